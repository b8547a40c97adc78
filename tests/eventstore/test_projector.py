"""How read models are kept up to date: each event once, whoever is killed, restarted or in the way."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore import LANES, Receipt, Store, lane_of, positions
from eventstore.compare import compare
from eventstore.projector import AllLanes, Projector
from eventstore.read_models import ensure
from eventstore.reader import Reader
from eventstore.shares import LaneShares
from tests.connected import projecting
from tests.eventstore.shelf import (
    SHELF,
    BookList,
    MoveBook,
    ReaderFile,
    ReadPages,
    SellBook,
    Tally,
    buy,
    settle,
    tell,
    until,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


def differences(store: Store, owner_url: str) -> int:
    """Rows that a fresh replay makes otherwise; every read model has rows."""
    compared = compare(store, owner_url, SHELF, seed=random.randrange(10_000))
    assert all(comparison.rows for comparison in compared)
    return sum(len(comparison.differences) for comparison in compared)


def live_a_little(store: Store, books: int = 6, seed: int = 1) -> Receipt:
    """Some events of every kind; returns the receipt of the last one."""
    chance = random.Random(seed)
    shelf = [buy(store, title=f"book {n}") for n in range(books)]
    for _ in range(books * 4):
        book = chance.choice(shelf)
        tell(
            store,
            book,
            chance.choice([ReadPages(pages=3, times=2), MoveBook(shelf=str(chance.randrange(9)))]),
        )
    tell(store, shelf[0], SellBook())
    return tell(store, shelf[1], ReadPages(pages=1))


def has_all(store: Store, receipt: Receipt) -> bool:
    reached = {int(lane): int(position) for lane, position in receipt.positions.items()}
    return Reader(store.pool).has_reached(reached, SHELF)


def caught_up(store: Store, database) -> bool:
    """Whether every lane with events is at its last event, for every table."""
    with psycopg.connect(database.owner_url) as owner:
        lanes = owner.execute("SELECT lane, max(position) FROM store.events GROUP BY lane").fetchall()
    return Reader(store.pool).has_reached(dict(lanes), SHELF)


@contextmanager
def running(projector: Projector) -> Iterator[None]:
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(projector.run, stop)
        try:
            yield
        finally:
            stop.set()
            done.result(timeout=20)


@contextmanager
def process(database, faults: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A projector in a process of its own; ends with the block."""
    environment = {**os.environ, **({"QUITTANCE_FAULTS": str(faults)} if faults else {})}
    command = [sys.executable, "-m", "tests.eventstore.projecting", database.app_url]
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(timeout=20)


# ── each event once ──────────────────────────────────────────────────────────


def test_a_projector_killed_between_rows_and_position_loses_and_doubles_nothing(
    store: Store, database, tmp_path
) -> None:
    live_a_little(store)
    for _ in range(2):
        (tmp_path / "rows-position").write_text("self")
        with process(database, tmp_path) as killed:
            until(lambda killed=killed: killed.poll() is not None)
            assert killed.returncode == -9
    receipt = live_a_little(store, seed=2)
    with process(database):
        until(lambda: has_all(store, receipt) and caught_up(store, database))
    assert differences(store, database.owner_url) == 0


def test_two_projectors_in_each_others_way_count_each_event_once(store: Store, database) -> None:
    first = Projector(*projecting(store), SHELF, lanes=AllLanes(), batch=7)
    second = Projector(*projecting(store), SHELF, lanes=AllLanes(), batch=5)
    with running(first), running(second):
        for seed in range(4):
            live_a_little(store, seed=seed)
        until(lambda: caught_up(store, database))
    assert differences(store, database.owner_url) == 0


def test_two_processes_share_the_lanes_and_one_takes_over(store: Store, database) -> None:
    ours = LaneShares(database.app_url)
    assert len(ours.lanes()) == LANES
    with process(database):
        until(lambda: len(ours.lanes()) == LANES // 2)
        with running(Projector(*projecting(store), SHELF, lanes=ours)):
            live_a_little(store)
            until(lambda: caught_up(store, database))
    until(lambda: len(ours.lanes()) == LANES)
    with running(Projector(*projecting(store), SHELF, lanes=ours)):
        live_a_little(store, seed=2)
        until(lambda: caught_up(store, database))
    ours.close()
    assert differences(store, database.owner_url) == 0


def test_a_position_moves_only_from_where_it_was_seen(store: Store, database) -> None:
    with projecting(store)[1].connection() as connection:
        move = positions.Move("tally_v1", 3, 0, 10)
        assert positions.move(connection, [move]) == {("tally_v1", 3)}
        assert positions.move(connection, [move]) == set()
        with pytest.raises(positions.Moved):
            positions.move_all(connection, "tally_v1", {3: 0, 4: 0}, {3: 12, 4: 12})


# ── whatever happens to the database ─────────────────────────────────────────


def test_a_projector_goes_on_after_its_connections_died(store: Store, database) -> None:
    with running(Projector(*projecting(store), SHELF)):
        live_a_little(store)
        for seed in range(2, 5):
            with psycopg.connect(database.app_url, autocommit=True) as app:
                app.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = 'app' AND pid <> pg_backend_pid()"
                )
            live_a_little(store, seed=seed)
        until(lambda: caught_up(store, database))
    assert differences(store, database.owner_url) == 0


def test_what_the_database_forgot_in_a_crash_is_projected_again(store: Store, database) -> None:
    last = last_position(live_a_little(store))
    with running(Projector(*projecting(store), SHELF)):
        until(lambda: lowest_position(store) == last)
        forget(database.owner_url)
        until(lambda: caught_up(store, database))
    assert differences(store, database.owner_url) == 0


def test_what_the_database_forgot_is_noticed_before_anything_is_written(store: Store, database) -> None:
    book = buy(store)
    projector = Projector(*projecting(store), SHELF)
    tell(store, book, ReadPages(pages=5))
    settle(projector)
    forget(database.owner_url)
    tell(store, book, MoveBook(shelf="upper"))
    settle(projector)
    assert differences(store, database.owner_url) == 0


def test_idle_lanes_follow_and_then_rest(store: Store, database) -> None:
    last = last_position(live_a_little(store))
    with running(Projector(*projecting(store), SHELF)):
        until(lambda: lowest_position(store) >= last)
    assert lowest_position(store) == last


def last_position(receipt: Receipt) -> int:
    return max(int(position) for position in receipt.positions.values())


def lowest_position(store: Store) -> int:
    """Of all lanes of all tables."""
    with store.pool.connection() as connection:
        return min(p for kind in SHELF for p in positions.read(connection, kind.table_name()).values())


def forget(owner_url: str) -> None:
    """What a crash does to transactions that were not on disk yet: rows and positions are as they were before."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        for kind in SHELF:
            owner.execute(f"DELETE FROM read.{kind.table_name()}")
        owner.execute("UPDATE store.positions SET position = 0")


def test_a_new_read_model_starts_from_the_first_event(store: Store, database) -> None:
    live_a_little(store)
    settle(Projector(*projecting(store), [BookList]))
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        (moved,) = owner.execute("SELECT count(*) FROM store.positions WHERE position > 0").fetchone() or (0,)
        assert moved > 0
    live_a_little(store, seed=2)
    settle(Projector(*projecting(store), SHELF))
    assert differences(store, database.owner_url) == 0


# ── read your writes ─────────────────────────────────────────────────────────


def test_a_query_waits_for_the_position_it_was_given(store: Store, database) -> None:
    book = buy(store)
    receipt = tell(store, book, MoveBook(shelf="upper"))
    reached = {int(lane): int(position) for lane, position in receipt.positions.items()}
    reader = Reader(store.pool)
    assert not asyncio.run(reader.reached(reached, SHELF, timeout=0.05))
    with running(Projector(*projecting(store), SHELF)):
        assert asyncio.run(reader.reached(reached, [BookList, ReaderFile, Tally], timeout=10.0))
        assert reader.wait_for(reached, SHELF, timeout=10.0)
    line = reader.read(BookList).line(book)
    assert line is not None
    assert line.shelf == "upper"


def test_many_may_wait_at_once_and_none_holds_a_connection(store: Store, database) -> None:
    with ConnectionPool(
        database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=1, open=True
    ) as one:
        reader = Reader(one)
        far = {0: 1 << 60, 1: 1 << 60}

        async def wait() -> list[bool]:
            return await asyncio.gather(*(reader.reached(far, SHELF, timeout=0.2) for _ in range(20)))

        assert asyncio.run(wait()) == [False] * 20


# ── lanes that change hands ──────────────────────────────────────────────────


class Late(BookList):
    """A table that appears while projectors are at work."""

    name = "late"


class AllBut(AllLanes):
    """Lanes as the shares give them out, and take them away."""

    def __init__(self, *away: int) -> None:
        self.away = frozenset(away)

    def lanes(self) -> frozenset[int]:
        return super().lanes() - self.away


def test_an_end_that_waits_in_a_lane_is_forgotten_when_the_lane_is_given_up(
    store: Store, database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would move a table that has not seen the lane yet, and whoever has it now would leave the event out."""
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    reader, given_up = uuid4(), AllBut()
    book, lane = buy(store, reader), lane_of(reader)
    ours = Projector(*projecting(store), [Tally, Late], lanes=given_up)
    ours._advance()

    ensure(database.owner_url, [Late])
    buy(store, next(other for other in iter(uuid4, None) if lane_of(other) != lane))
    others = Projector(*projecting(store), [Late], lanes=AllBut(lane))
    for _ in range(3):  # lanes without events follow once there is nothing else to do
        settle(others)
    given_up.away = frozenset([lane])
    ours._advance()
    ours._follow()

    settle(Projector(*projecting(store), [Late]))
    assert Reader(store.pool).read(Late).line(book) is not None


def test_what_nobody_follows_is_never_reached(store: Store) -> None:
    assert not Reader(store.pool).has_reached({0: 1 << 60}, SHELF)
    assert Reader(store.pool).has_reached({}, SHELF)
