"""A reader that reads everything while others write, beside the library's; and every chain verified.

Verification is counted in events for each second of processor time of the process that verifies, its share of the
reading included: what a core does, whatever else the machine does meanwhile. "Server included" divides by the time of
the backends that read the rows for it too. After each turn it is counted whether everything was read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

import psutil
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from bench.feed_filling import fill, settle
from bench.feed_processes import Process, opened, writer
from bench.figures import Contestant, Figure, Turn, all_of
from bench.place import Database, Place, count, parts
from eventstore.store import Store
from eventstore.verify import verify_chains

PAGE = 1000
A_PIPELINE = 100
"""Events that the library stores at once. Its pipeline can wait for ever with more than the socket's buffer takes."""
WRITTEN = 200
"""Events a second that somebody writes meanwhile."""
EVENTS = "store.events"


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
        opened(at.auditor_url, "auditor") as auditor,
        closing(library.datastore),
        closing(Process(writer, at.app_url)) as writes,
    ):
        return place.interleave(
            "tailing and verifying",
            [
                Contestant(
                    "tailing, library", beside(writes, lambda: _theirs(library), other, "public.stored_events"),
                    note="select_notifications",
                ),
                Contestant(
                    "tailing", beside(writes, lambda: _ours(store), at), over="tailing, library", note="read_feed",
                ),
                Contestant("verification", lambda: verified(auditor, at), unit="events per CPU second"),
            ],
            place.pick(3, 7),
        )  # fmt: skip


def beside(writes: Process, read: Callable[[], int], at: Database, table: str = EVENTS) -> Callable[[], Turn]:
    """Read everything there is in a table while somebody writes."""

    def take() -> Turn:
        there = count(at.owner_url, table)
        writing = threading.Thread(target=writes.ask, args=(WRITTEN, 0.8, 1))
        writing.start()
        began = time.perf_counter()
        seen = read()
        seconds = time.perf_counter() - began
        writing.join()
        all_of(f"events read of {table}", seen, there, count(at.owner_url, table))
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


def verified(store: Store, at: Database) -> Turn:
    """Every chain, while nobody writes."""
    before = _backends(store)
    chains = verify_chains(store)
    after = _backends(store)
    all_of("events verified", chains.events, count(at.owner_url, EVENTS))
    all_of("chains whole", chains.streams - len({each.stream_id for each in chains.breaks}), chains.streams)
    also = {}
    if before is not None and after is not None:
        also["server included"] = chains.events / (chains.cpu + after - before)
    return Turn(chains.events / chains.cpu, also=also)


def _backends(store: Store) -> float | None:
    """Seconds of processor time of the store's backends so far; None when the server is not on this machine."""
    with store.pool.connection() as connection:
        mine = connection.info.parameter_status("application_name")
        pids = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND usename = current_user", [mine]
        ).fetchall()
        local = connection.info.host.startswith("/")
    try:
        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for (pid,) in pids) if local else None
    except psutil.NoSuchProcess:
        return None


def _library(at: Database, events: int) -> PostgresApplicationRecorder:
    """The library's own recorder with as many bytes an event as ours."""
    where = parts(at.owner_url)
    datastore = PostgresDatastore(
        where["dbname"], where["host"], where["port"], where["user"], where["password"]
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
    recorder.create_table()
    for _ in range(0, events, A_PIPELINE):
        recorder.insert_events(
            [StoredEvent(uuid4(), 1, "Notification.Requested", b"x" * 400) for _ in range(A_PIPELINE)]
        )
    return recorder
