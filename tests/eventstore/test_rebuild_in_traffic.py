"""A rebuild during traffic: whoever reads all the time sees no error, and never loses a row that was there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from psycopg_pool import ConnectionPool

from eventstore import Doorbell, Reader, Store, StoreFeed
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.reader import LiveTables
from eventstore.rebuild import Progress, _Rebuild, rebuild
from eventstore.shares import LaneShares
from tests.conftest import Database
from tests.connected import projecting
from tests.eventstore.shelf import SHELF, BookList, ReadPages, Tally, buy, rows_of, tell
from tests.soon import soon

TIMES = 3
HANDOVER = 1.2
"""Seconds; the projectors look for new tables once a second."""


@pytest.fixture(autouse=True)
def _shelf(database: Database) -> None:
    ensure(database.owner_url, SHELF)


@dataclass
class Watchman:
    """Reads all the time, over connections of his own, and notes what he misses."""

    pool: ConnectionPool
    seen: set[UUID] = field(default_factory=set)
    times_read: int = 0
    pages: int = 0
    missing: list[int] = field(default_factory=list)
    """How many rows were gone, for each look at which some were."""
    tables: set[str] = field(default_factory=set)

    def watch(self, stop: threading.Event) -> None:
        while not stop.wait(0.01):
            self.look()

    def look(self) -> None:
        """Books are never sold here and pages never unread: what was there is there."""
        reader = Reader(self.pool)
        rows = reader.fetch(BookList, "SELECT book_id, tableoid::regclass::text AS place FROM {table}", {})
        found = {row["book_id"] for row in rows}
        lines = reader.read(Tally).lines()
        pages = lines["read"].pages if "read" in lines else 0
        if lost := len(self.seen - found) + (pages < self.pages):
            self.missing.append(lost)
        self.seen |= found
        self.pages = max(self.pages, pages)
        self.tables |= {row["place"] for row in rows}
        self.times_read += 1


@contextmanager
def traffic(store: Store, database: Database) -> Iterator[None]:
    """Books are bought and read, and two projectors share the lanes, until the end of the block."""
    stop, bell = threading.Event(), Doorbell(database.app_url)
    store.after_append = bell.ring
    shares = [LaneShares(database.app_url) for _ in range(2)]
    projectors = [Projector(*projecting(store), SHELF, StoreFeed(store, bell), lanes=each) for each in shares]

    def write() -> None:
        while not stop.wait(0.01):
            tell(store, buy(store), ReadPages(pages=2))

    with during(stop, write, *(lambda one=one: one.run(stop) for one in projectors)):
        yield
    bell.close()
    for each in shares:
        each.close()


@contextmanager
def during(stop: threading.Event, *work: Callable[[], None]) -> Iterator[None]:
    with ThreadPoolExecutor(len(work)) as threads:
        going_on = [threads.submit(each) for each in work]
        try:
            yield
        finally:
            stop.set()
        for each in going_on:
            each.result(60)


@contextmanager
def watching(database: Database) -> Iterator[list[Watchman]]:
    """Two who read all the time: one who looks up the live table once a second, and one at every query."""
    stop, kwargs = threading.Event(), {"autocommit": True}
    with (
        ConnectionPool(database.app_url, kwargs=kwargs, min_size=1, max_size=2, open=True) as one,
        ConnectionPool(database.app_url, kwargs=kwargs, min_size=1, max_size=2, open=True) as other,
    ):
        Reader(other)._live.FRESH = 0.0
        watchmen = [Watchman(one), Watchman(other)]
        with during(stop, *(lambda w=w: w.watch(stop) for w in watchmen)):
            yield watchmen


def settle(store: Store) -> None:
    projector = Projector(*projecting(store), SHELF)
    while projector.step():
        pass


@pytest.mark.slow
def test_a_table_is_rebuilt_again_and_again_and_nobody_who_reads_notices(
    store: Store, database: Database
) -> None:
    for _ in range(100):
        tell(store, buy(store), ReadPages(pages=2, times=3))
    settle(store)
    with traffic(store, database), watching(database) as watchmen:
        soon(lambda: all(one.times_read > 5 for one in watchmen))
        for generation in range(2, 2 + TIMES):
            tables = {
                rebuild(store, database.owner_url, kind, handover=HANDOVER) for kind in (BookList, Tally)
            }
            assert tables == {f"book_list_v1_g{generation}", f"tally_v1_g{generation}"}
            now = f"read.book_list_v1_g{generation}"
            soon(lambda now=now: all(now in one.tables for one in watchmen), 60)
    assert [one.missing for one in watchmen] == [[], []]
    assert all(len(one.tables) == 1 + TIMES and one.times_read > 50 for one in watchmen)
    settle(store)
    compared = compare(store, database.owner_url, SHELF, seed=3)
    assert [(bool(c.rows), c.parked, c.differences) for c in compared] == [(True, 0, [])] * 3
    generations = ["book_list_v1", *(f"book_list_v1_g{generation}" for generation in range(2, 2 + TIMES))]
    assert len({tuple(rows_of(database.owner_url, table)) for table in generations}) == 1


@pytest.mark.parametrize(
    "waits", [True, False], ids=["who waits for it misses nothing", "who does not would"]
)
def test_a_switch_without_catching_up(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(_Rebuild, "catch_up", lambda *_: None)
    if not waits:
        monkeypatch.setattr(LiveTables, "_is_behind", lambda self, used, live: False)
    monkeypatch.setattr(LiveTables, "FRESH", 0.0)
    watchman = Watchman(store.pool)
    buy(store)

    def meanwhile(progress: Progress) -> None:
        """Thirty books are bought, and read in the old table, after the new one was copied."""
        if progress.phase == "copying":
            for _ in range(30):
                buy(store)
            settle(store)
            watchman.look()

    assert rebuild(store, database.owner_url, BookList, meanwhile, handover=0) == "book_list_v1_g2"
    watchman.look()
    assert watchman.missing == ([] if waits else [30])
    settle(store)
    soon(lambda: watchman.look() or "read.book_list_v1_g2" in watchman.tables)
    assert watchman.missing == ([] if waits else [30])
    assert watchman.tables == {"read.book_list_v1", "read.book_list_v1_g2"}
