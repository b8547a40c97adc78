"""Processes that ship, carry and project by way of Kafka, and those that only send and receive.

    relay ─▶ topic ─▶ carrier                  the product's two ends, without what is done with the events
    plain producer ─▶ topic ─▶ plain consumer  the library alone; value and header of the product's message in the value

Each counts its own seconds of processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection as Pipe
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

import workers  # noqa: F401 - every reaction is known once this is imported
from bench.feed_processes import Noted, at_rate, heard_from, note_commits, opened, tell_what_was
from eventstore import Doorbell, Store, StoreFeed, restoring
from eventstore.follower import ends_of
from eventstore.projector import Projector
from roles.migrate import every_read_model
from runtime import log
from runtime.kafka import connection
from runtime.kafka.carrier import KafkaCarrier, carrier_for
from runtime.kafka.connection import ensure_topic, group_of, topic_of
from runtime.kafka.lease import Lease
from runtime.kafka.relay import Relay
from runtime.kafka.shipment import Shipping
from runtime.kafka.stamp import Stamp
from runtime.kafka.wire import handed_on, stamp_of
from runtime.reactor import Reactor
from runtime.settings import Settings

Chosen = Mapping[str, Any]
"""Settings, as they travel to another process."""

AT_ONCE = 1_000
"""Events that a consumer asks for."""
PATIENCE = 60.0
SHARED_OUT = 420.0
"""Seconds. Whoever ended while a group was being shared out could not say goodbye: it is waited for as a member that is
to join, and once more as one that is to hear what is its own, each as long as HELD in kafka_projecting.py."""
PAYLOAD = 800
"""Bytes: about as many as a posting's event has on the wire."""


class Run(NamedTuple):
    """From the first event that was through to the last; the first ones are the run-up and are not counted."""

    events: int
    seconds: float
    processor: float
    """Seconds of it, of the whole process."""


class TooSlow(Exception):
    """Not everything arrived in time."""


class Watch:
    """Counts from the first events on."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + PATIENCE
        self._began: tuple[int, float, float] | None = None

    def saw(self, events: int) -> None:
        """So many were through by now, all together. Raises TooSlow."""
        if self._began is None and events:
            self._began = events, time.perf_counter(), time.process_time()
        if time.monotonic() > self._deadline:
            raise TooSlow(f"{events:,} events in {PATIENCE:.0f} s")

    def over(self, events: int) -> Run:
        assert self._began is not None, "nothing was seen"
        before, at, processor = self._began
        return Run(events - before, time.perf_counter() - at, time.process_time() - processor)


def told(pipe: Pipe, answer: Callable[..., Any]) -> None:
    """Answer every question until nobody asks any more."""
    pipe.send("ready")
    while (asked := heard_from(pipe)) is not None:
        pipe.send(answer(*asked))


def incarnation_of(url: str) -> UUID:
    with psycopg.connect(url) as database:
        return restoring.incarnation(database).incarnation


# ── the product's two ends ───────────────────────────────────────────────────


def relay(pipe: Pipe, chosen: Chosen) -> None:
    """`manage.py relay`; begins at the first question, which is up to which position it shall ship."""
    settings, stop = _settings(chosen), threading.Event()
    with opened(settings.projector_url, "relay") as store, closing(Doorbell(settings.projector_url)) as bell:
        ours = Relay(settings, store, StoreFeed(store, bell), Lease(store.pool))
        thread = threading.Thread(target=ours.run, args=(stop,))

        def until(position: int) -> Run:
            if not thread.is_alive():
                thread.start()
            return _shipped(ours.shipping, position)

        told(pipe, until)
        stop.set()
        thread.join()


def _shipped(shipping: Shipping, position: int) -> Run:
    watch = Watch()
    while shipping.position < position or not shipping.leading:
        watch.saw(shipping.events)
        time.sleep(0.002)
    watch.saw(shipping.events)
    return watch.over(shipping.events) if position else Run(0, 0.0, 0.0)


def carrier(pipe: Pipe, chosen: Chosen) -> None:
    """A consumer that does nothing with the events; asked for a group and for how many there are."""
    settings = _settings(chosen)
    incarnation = incarnation_of(settings.projector_url)

    def take(name: str, count: int) -> Run:
        topic, group = topic_of(settings, incarnation), group_of(settings, incarnation, name)
        ensure_topic(settings, topic)
        _begin_at_the_beginning(settings, topic, group)
        watch, seen = Watch(), 0
        with (
            opened(settings.projector_url, "carrier") as store,
            closing(KafkaCarrier(settings, incarnation, group, store.codec)) as kafka,
        ):
            while seen < count:
                carried = kafka.take(0.2, AT_ONCE)
                seen += len(carried.events)
                kafka.done(ends_of(carried.events))
                watch.saw(seen)
            return watch.over(seen)

    told(pipe, take)


def _begin_at_the_beginning(settings: Settings, topic: str, group: str) -> None:
    with closing(connection.opened(KafkaConsumer, settings, group_id=group)) as consumer:
        everything = _partitions(consumer, topic)
        consumer.commit({each: OffsetAndMetadata(0, "", -1) for each in everything})


# ── the library alone ────────────────────────────────────────────────────────


def plain_producer(pipe: Pipe, chosen: Chosen) -> None:
    """Sends the bytes of every event in the store; asked for a topic."""
    settings = _settings(chosen)
    with opened(settings.projector_url, "plain") as store:
        messages = _messages(store, stamp_of(settings, incarnation_of(settings.projector_url)))

    def send(topic: str) -> Run:
        partitions, watch = ensure_topic(settings, topic), Watch()
        with closing(connection.opened(
            KafkaProducer, settings, acks="all", linger_ms=20, batch_size=131_072, metrics_enabled=False
        )) as producer:  # fmt: skip
            producer.partitions_for(topic)
            for number, (lane, key, value) in enumerate(messages):
                future = producer.send(topic, value, key, partition=lane % partitions)
                if number == 0:
                    future.add_callback(lambda _: watch.saw(1))
            producer.flush(PATIENCE)
            return watch.over(len(messages))

    told(pipe, send)


def _messages(store: Store, stamp: Stamp) -> list[tuple[int, bytes, bytes]]:
    made: list[tuple[int, bytes, bytes]] = []
    after = 0
    while rows := store.read_on(after, AT_ONCE):
        after = rows[-1][2]
        for row in rows:
            key, value, ((_, event),) = handed_on(row, after, stamp)
            made.append((int.from_bytes(row[3], "big"), key, value + event))
    return made


def plain_consumer(pipe: Pipe, chosen: Chosen) -> None:
    """Receives; asked for a topic and for how many there are."""
    settings = _settings(chosen)

    def receive(topic: str, count: int) -> Run:
        ensure_topic(settings, topic)
        watch, seen = Watch(), 0
        with closing(connection.opened(KafkaConsumer, settings, enable_auto_commit=False)) as consumer:
            everything = _partitions(consumer, topic)
            consumer.assign(everything)
            consumer.seek_to_beginning(*everything)
            while seen < count:
                found = consumer.poll(timeout_ms=100, max_records=2 * AT_ONCE)
                seen += sum(map(len, found.values()))
                watch.saw(seen)
            return watch.over(seen)

    told(pipe, receive)


def _partitions(consumer: Any, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]


def plain_sender(pipe: Pipe, chosen: Chosen, topic: str) -> None:
    """Sends numbers as people come; tells each with the moment before it was sent. The library's settings as they come,
    but for the acknowledgement of everybody."""
    settings = _settings(chosen)
    with closing(connection.opened(KafkaProducer, settings, acks="all")) as producer:
        producer.partitions_for(topic)

        def send(number: int) -> tuple[int, int]:
            at = time.monotonic_ns()
            producer.send(topic, number.to_bytes(8, "big") + bytes(PAYLOAD))
            return number, at

        told(pipe, lambda rate, seconds, seed: at_rate(send, rate, seconds, seed))


def plain_receiver(pipe: Pipe, chosen: Chosen, topic: str) -> None:
    """Tells which numbers were received, and when."""
    settings, stop = _settings(chosen), threading.Event()
    seen: Noted = []
    with closing(connection.opened(KafkaConsumer, settings, enable_auto_commit=False)) as consumer:
        everything = _partitions(consumer, topic)
        consumer.assign(everything)
        consumer.seek_to_end(*everything)
        for each in everything:
            consumer.position(each)

        def receive() -> None:
            while not stop.is_set():
                for records in consumer.poll(timeout_ms=100).values():
                    at = time.monotonic_ns()
                    seen.extend((int.from_bytes(record.value[:8], "big"), at) for record in records)

        thread = threading.Thread(target=receive)
        thread.start()
        pipe.send("ready")
        tell_what_was(seen, pipe)
        stop.set()
        thread.join()


# ── who works with the events ────────────────────────────────────────────────


def projector(pipe: Pipe, chosen: Chosen) -> None:
    """`manage.py project` on Kafka; tells which events were committed to a table, and when."""
    settings = _settings(chosen)
    seen: Noted = []
    note_commits(seen, each=True)
    url = settings.projector_url
    with opened(url, "projector") as store, closing(Doorbell(url)) as bell:
        kafka = carrier_for(settings, store, store.pool, "projections")
        ours = Projector(store, store.pool, every_read_model(), StoreFeed(store, bell), carrier=kafka)
        with _at_work(ours, kafka):
            pipe.send("ready")
            tell_what_was(seen, pipe, lambda: ours.figures.read)


def reactor(pipe: Pipe, chosen: Chosen) -> None:
    """The half of `manage.py react` that turns events into jobs, on Kafka; nobody runs the jobs."""
    settings = _settings(chosen)
    url = settings.database_url
    with opened(url, "reactor") as store, closing(Doorbell(url)) as bell:
        kafka = carrier_for(settings, store, store.pool, "reactions")
        ours = Reactor(StoreFeed(store, bell), store.pool, kafka)
        with _at_work(ours, kafka):
            pipe.send("ready")
            tell_what_was([], pipe, lambda: ours.figures.read)


@contextmanager
def _at_work(ours: Projector | Reactor, kafka: KafkaCarrier | None) -> Iterator[None]:
    """It runs, and the group has given it its lanes. Raises TooSlow, with nothing left running, when it does not."""
    assert kafka is not None, "kafka_servers is set"
    stop = threading.Event()
    thread = threading.Thread(target=ours.run, args=(stop,))
    thread.start()
    try:
        deadline = time.monotonic() + SHARED_OUT
        while not kafka.lanes():
            if time.monotonic() > deadline:
                raise TooSlow(f"the group has not shared out its partitions in {SHARED_OUT:.0f} s")
            time.sleep(0.01)
        yield
    finally:
        stop.set()
        thread.join()


def _settings(chosen: Chosen) -> Settings:
    log.setup("bench", "error")
    return Settings.load(**chosen)
