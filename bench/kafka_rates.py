"""How many events a second go in, come out, and go through; the plain loop has the same bytes and the same broker.

    relay, consumer             one end alone: the store into a topic, a topic into a process that does nothing with it
    relay and consumer          both at once, counted where they come out

Each turn has a topic of its own. What is counted is checked: the topic holds exactly as many events as the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition

from bench import feed_filling
from bench.feed_processes import Process
from bench.figures import Contestant, Figure, Turn, all_of
from bench.kafka_processes import (
    Chosen,
    Run,
    carrier,
    incarnation_of,
    plain_consumer,
    plain_producer,
    relay,
)
from bench.place import Database, Place
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import admin, opened, topic_of
from runtime.settings import Settings

PROMISED = ("relay", "consumer", "relay and consumer")
_NUMBERS = count(1)


def chosen_for(place: Place, at: Database, kafka: Kafka, **further: Any) -> Chosen:
    """Settings of processes on this database and this broker, with topics of their own."""
    return {
        "state_dir": str(place.folder / "kafka-state"), "database_url": at.app_url, "projector_url": at.projector_url,
        "kafka_servers": kafka.servers, "kafka_topic": f"bench-{next(_NUMBERS)}", **further,
    }  # fmt: skip


def measure(place: Place, kafka: Kafka) -> list[Figure]:
    at, events = place.database("kafka_rates"), place.pick(30_000, 150_000)
    feed_filling.fill(at, 1, events)
    feed_filling.settle(at)
    with ExitStack() as held:
        loop = held.enter_context(_plain(place, at, kafka))
        ours = Ours(place, at, kafka, events)
        filled, plainly = ours.filled(), loop.filled()
        contest = [
            Contestant("plain produce", loop.produced, note="the library's producer"),
            Contestant("relay", ours.shipped, over="plain produce"),
            Contestant("plain consume", lambda: loop.consumed(plainly, events), note="the library's consumer"),
            Contestant("consumer", lambda: ours.carried(filled), over="plain consume"),
            Contestant("plain loop", lambda: loop.both(events), note="both at once"),
            Contestant("relay and consumer", ours.both, over="plain loop"),
        ]  # fmt: skip
        figures = place.interleave("by way of Kafka", contest, place.pick(3, 5))
        return [*figures, _size(filled, at, events)]


def _turn(run: Run) -> Turn:
    return Turn(run.events / run.seconds, also={"per core": run.events / run.processor})


# ── the library alone ────────────────────────────────────────────────────────


class Plain:
    """A producer with everything in its hands, and a consumer."""

    def __init__(self, chosen: Chosen, producer: Process, consumer: Process) -> None:
        self._settings, self._producer, self._consumer = Settings.load(**chosen), producer, consumer

    def filled(self) -> str:
        topic = f"plain-{next(_NUMBERS)}"
        self._producer.ask(topic)
        return topic

    def produced(self) -> Turn:
        topic = f"plain-{next(_NUMBERS)}"
        run = Run(*self._producer.ask(topic))
        _forget(self._settings, topic)
        return _turn(run)

    def consumed(self, topic: str, events: int) -> Turn:
        return _turn(Run(*self._consumer.ask(topic, events)))

    def both(self, events: int) -> Turn:
        topic = f"plain-{next(_NUMBERS)}"
        with ThreadPoolExecutor(1) as beside:
            receiving = beside.submit(self._consumer.ask, topic, events)
            self._producer.ask(topic)
            run = Run(*receiving.result())
        _forget(self._settings, topic)
        return Turn(run.events / run.seconds)


@contextmanager
def _plain(place: Place, at: Database, kafka: Kafka) -> Iterator[Plain]:
    chosen = chosen_for(place, at, kafka)
    with (
        closing(Process(plain_producer, chosen)) as producer,
        closing(Process(plain_consumer, chosen)) as consumer,
    ):
        yield Plain(chosen, producer, consumer)


# ── the product ──────────────────────────────────────────────────────────────


class Ours:
    """A relay and a consumer of a turn's own: they start, connect and end outside of what is measured."""

    def __init__(self, place: Place, at: Database, kafka: Kafka, events: int) -> None:
        self._place, self._at, self._kafka, self._events = place, at, kafka, events
        self._incarnation = incarnation_of(at.projector_url)

    def filled(self) -> Settings:
        """Of a topic with everything in it."""
        chosen = self._begin()
        with closing(Process(relay, chosen)) as ships:
            ships.ask(self._events)
        return Settings.load(**chosen)

    def shipped(self) -> Turn:
        chosen = self._begin()
        with closing(Process(relay, chosen)) as ships:
            run = Run(*ships.ask(self._events))
        self._checked(chosen)
        return _turn(run)

    def carried(self, filled: Settings) -> Turn:
        with closing(Process(carrier, filled.model_dump())) as takes:
            return _turn(Run(*takes.ask(f"turn-{next(_NUMBERS)}", self._events)))

    def both(self) -> Turn:
        chosen = self._begin()
        with (
            closing(Process(relay, chosen)) as ships,
            closing(Process(carrier, chosen)) as takes,
            ThreadPoolExecutor(1) as beside,
        ):
            taking = beside.submit(takes.ask, "both", self._events)
            ships.ask(self._events)
            run = Run(*taking.result())
        self._checked(chosen)
        return Turn(run.events / run.seconds)

    def _begin(self) -> Chosen:
        """Nothing is shipped yet, to a topic that nobody knows."""
        with psycopg.connect(self._at.owner_url) as owner:
            owner.execute("UPDATE store.relay SET position = 0, until = '-infinity'")
        return chosen_for(self._place, self._at, self._kafka)

    def _checked(self, chosen: Chosen) -> None:
        settings = Settings.load(**chosen)
        topic = topic_of(settings, self._incarnation)
        all_of("events in the topic", _held(settings, topic), self._events)
        _forget(settings, topic)


def _held(settings: Settings, topic: str) -> int:
    with closing(opened(KafkaConsumer, settings)) as consumer:
        numbers = consumer.partitions_for_topic(topic)
        return sum(consumer.end_offsets([TopicPartition(topic, number) for number in numbers]).values())


def _forget(settings: Settings, topic: str) -> None:
    with closing(admin(settings)) as brokers:
        brokers.delete_topics([topic])


def _size(settings: Settings, at: Database, events: int) -> Figure:
    """What the broker keeps on its disk for each event, batch headers included."""
    topic = topic_of(settings, incarnation_of(at.projector_url))
    with closing(admin(settings)) as brokers:
        found = brokers.describe_log_dirs([topic])
    held = sum(
        partition["partition_size"]
        for broker in found for folder in broker["log_dirs"]
        for each in folder["topics"] for partition in each["partitions"]
    )  # fmt: skip
    with psycopg.connect(at.owner_url) as owner:
        row = owner.execute("SELECT avg(length(state) + length(meta)) FROM store.events").fetchone()
    assert row is not None
    return Figure(
        "on the wire", "bytes an event", (held / events,), note=f"of {row[0]:.0f} of state and meta"
    )
