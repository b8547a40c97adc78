"""A reader that reads everything while others write, beside the library's; and every chain verified.

Verification is counted in events for each second of processor time of the process that verifies, its share of the
reading included: what a core does, whatever else the machine does meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from bench.feed_filling import fill, settle
from bench.feed_processes import Process, opened, writer
from bench.figures import Contestant, Figure, Turn
from bench.place import Database, Place, parts
from eventstore.store import Store
from eventstore.verify import verify_chains

PAGE = 1000
WRITTEN = 200
"""Events a second that somebody writes meanwhile."""


def measure(place: Place) -> list[Figure]:
    events = place.pick(60_000, 500_000)
    at, other = place.database("feed_reading"), place.database("feed_library")
    with place.step("filling", 2) as done:
        fill(at, 1, events)
        settle(at)
        done()
        library = _library(other, place.pick(20_000, 100_000))
    with (
        opened(at.app_url, "reader") as store,
        closing(library.datastore),
        closing(Process(writer, at.app_url)) as writes,
    ):
        return place.interleave(
            "tailing and verifying",
            [
                Contestant("tailing, library", _beside(writes, lambda: _theirs(library)), note="select_notifications"),
                Contestant("tailing", _beside(writes, lambda: _ours(store)), over="tailing, library", note="read_feed"),
                Contestant("verification", lambda: _verified(store), unit="events/s per core"),
            ],
            place.pick(3, 7),
        )  # fmt: skip


def _beside(writes: Process, read: Callable[[], int]) -> Callable[[], Turn]:
    """Read everything there is while somebody writes."""

    def take() -> Turn:
        writing = threading.Thread(target=writes.ask, args=(WRITTEN, 0.8, 1))
        writing.start()
        began = time.perf_counter()
        seen = read()
        seconds = time.perf_counter() - began
        writing.join()
        return Turn.rate(seen, seconds)

    return take


def _ours(store: Store) -> int:
    after = seen = 0
    while (batch := store.read_feed(after, limit=PAGE)).events:
        after, seen = batch.through, seen + len(batch.events)
    return seen


def _theirs(recorder: PostgresApplicationRecorder) -> int:
    after = seen = 0
    while page := recorder.select_notifications(after + 1, PAGE):
        after, seen = page[-1].id, seen + len(page)
    return seen


def _verified(store: Store) -> Turn:
    chains = verify_chains(store)
    assert not chains.breaks, chains.breaks[:3]
    return Turn.rate(chains.events, chains.cpu)


def _library(at: Database, events: int) -> PostgresApplicationRecorder:
    """The library's own recorder with as many bytes an event as ours."""
    where = parts(at.owner_url)
    datastore = PostgresDatastore(
        where["dbname"], where["host"], where["port"], where["user"], where["password"]
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
    recorder.create_table()
    for _ in range(0, events, PAGE):
        recorder.insert_events(
            [StoredEvent(uuid4(), 1, "Notification.Requested", b"x" * 400) for _ in range(PAGE)]
        )
    return recorder
