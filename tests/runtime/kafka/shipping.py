"""What the tests of the relay share: a relay on a thread or as a process, events to ship, and what the topic holds then."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import psycopg
from kafka import KafkaConsumer, TopicPartition

from eventstore import Keyring, Recorded, Store, StoreFeed, restoring
from runtime import database as connections
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import opened, topic_of
from runtime.kafka.lease import Lease
from runtime.kafka.relay import Relay
from runtime.kafka.wire import decode, stamp_of
from runtime.settings import Settings
from tests.conftest import Database
from tests.eventstore.shelf import MACHINE, BuyBook, ReadPages
from tests.soon import soon

ROOT = Path(__file__).parents[3]
Arrived = dict[int, list[tuple[Recorded, int]]]
"""By lane the rows in the order of their partition, each with its ``after``."""


def settings_of(database: Database, kafka: Kafka, folder: Path, **chosen: Any) -> Settings:
    """Of an installation with topics of its own: every database of the tests has the incarnation of its template."""
    return Settings.load(
        state_dir=folder, database_url=database.app_url, projector_url=database.projector_url,
        kafka_servers=kafka.servers, kafka_topic=f"test-{uuid4().hex[:12]}", kafka_replicas=len(kafka.nodes), **chosen,
    )  # fmt: skip


def incarnation_of(settings: Settings) -> UUID:
    with psycopg.connect(settings.projector_url) as connection:
        return restoring.incarnation(connection).incarnation


def topic(settings: Settings) -> str:
    return topic_of(settings, incarnation_of(settings))


@contextmanager
def relaying(settings: Settings, patience: float = 20.0, seconds: float = 5.0) -> Iterator[Relay]:
    """A relay on a thread; it ends with the block, politely."""
    stop = threading.Event()
    with (
        connections.pool(settings.projector_url, name="relay", size=4) as pool,
        closing(Keyring(pool, os.urandom(32))) as keyring,
    ):
        store = Store(pool, keyring, os.urandom(32))
        relay = Relay(settings, store, StoreFeed(store), Lease(pool, seconds), patience)
        thread = threading.Thread(target=relay.run, args=(stop,))
        thread.start()
        try:
            yield relay
        finally:
            stop.set()
            thread.join(30)
            assert not thread.is_alive()


class Process:
    """`manage.py relay`, with a folder in which faults are armed."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.faults = folder
        environment = {**os.environ, **settings.environment(), "QUITTANCE_FAULTS": str(folder)}
        self._log = (folder / "log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from roles.verbs import app; app()", "relay"],
            cwd=ROOT, env=environment, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def ended(self, seconds: float = 30.0) -> int:
        """Its exit code."""
        return self._process.wait(seconds)

    def threads(self) -> int:
        return int(psutil.Process(self._process.pid).num_threads())

    def said(self) -> str:
        return (self.faults / "log").read_text()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


# ── what is shipped ──────────────────────────────────────────────────────────


def append(store: Store, books: int = 20, times: int = 5) -> None:
    """A stream for each book with that many events behind its first, over the lanes."""
    for _ in range(books):
        book = store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), MACHINE).id
        store.send(ReadPages(pages=7, times=times), MACHINE, to=book)


def stored(store: Store) -> list[Recorded]:
    rows, after = list[Recorded](), 0
    while (batch := store.read_feed(after)).events:
        rows, after = rows + batch.events, batch.through
    return rows


def position_of(settings: Settings) -> int:
    """How far the relays have moved."""
    with psycopg.connect(settings.projector_url) as connection:
        row = connection.execute("SELECT position FROM store.relay").fetchone()
    assert row is not None
    return int(row[0])


def all_shipped(settings: Settings, store: Store, seconds: float = 60.0) -> None:
    """Wait until everything is acknowledged."""
    last = stored(store)[-1].position
    soon(lambda: position_of(settings) >= last, seconds)


@contextmanager
def load(store: Store) -> Iterator[list[int]]:
    """Somebody who appends for as long as the block takes; a number for each book, when it is in the store."""
    stop, done = threading.Event(), list[int]()

    def go_on() -> None:
        while not stop.is_set():
            append(store, books=1, times=3)
            done.append(len(done))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(30)


# ── what arrived ─────────────────────────────────────────────────────────────


def arrived(settings: Settings) -> Arrived:
    """Everything that the topic holds now."""
    name, stamp, found = topic(settings), stamp_of(settings, incarnation_of(settings)), Arrived()
    with closing(opened(KafkaConsumer, settings, enable_auto_commit=False)) as consumer:
        partitions = _partitions(consumer, name)
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        consumer.seek_to_beginning(*partitions)
        while any(consumer.position(each) < ends[each] for each in partitions):
            for records in consumer.poll(timeout_ms=200).values():
                for record in records:
                    row, after = decode(record, None, stamp)  # type: ignore[arg-type]
                    found.setdefault(row.lane, []).append((row, after))
    return found


def partitions_used(settings: Settings) -> int:
    """How many partitions of the topic hold something."""
    with closing(opened(KafkaConsumer, settings)) as consumer:
        ends = consumer.end_offsets(_partitions(consumer, topic(settings)))
    return sum(end > 0 for end in ends.values())


def _partitions(consumer: KafkaConsumer, name: str) -> list[TopicPartition]:
    return [TopicPartition(name, number) for number in consumer.partitions_for_topic(name)]


def followed(found: Arrived) -> tuple[list[Recorded], int, int]:
    """What a consumer without the store makes of it: the rows by position, how often it missed some, and how many it
    had already."""
    taken, missed, again = list[Recorded](), 0, 0
    for messages in found.values():
        reached = 0
        for row, after in messages:
            if row.position <= reached:
                again += 1
                continue
            missed += after > reached
            taken.append(row)
            reached = row.position
    return sorted(taken, key=lambda row: row.position), missed, again


def plain(rows: list[Recorded]) -> list[tuple[Any, ...]]:
    """Rows that can be compared, whoever decodes their events."""
    names = [name for name in Recorded.__struct_fields__ if name != "codec"]
    return [tuple(getattr(row, name) for name in names) for row in rows]


def is_whole(settings: Settings, store: Store) -> int:
    """Everything in the store is in the topic, exactly, and could be followed without a gap; how many were there twice."""
    found = arrived(settings)
    taken, missed, again = followed(found)
    before = _before(stored(store))
    assert {row.position: after for messages in found.values() for row, after in messages} == before
    assert missed == 0
    assert plain(taken) == plain(stored(store))
    return again


def _before(rows: list[Recorded]) -> dict[int, int]:
    """By position of an event the position of the one before it in its lane."""
    last, found = dict[int, int](), dict[int, int]()
    for row in rows:
        found[row.position], last[row.lane] = last.get(row.lane, 0), row.position
    return found
