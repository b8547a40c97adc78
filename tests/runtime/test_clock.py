"""The clock: one time for all processes, forwards only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import Unavailable
from runtime.clock import BackwardsInTime, Clock
from runtime.database import pool
from tests.conftest import Database
from tests.soon import soon

NEXT_YEAR = datetime(2099, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def connections(database: Database) -> Iterator[ConnectionPool]:
    with pool(database.app_url, name="test", size=2) as connections:
        yield connections


def test_it_is_the_time_of_the_machine_until_somebody_moves_it(connections: ConnectionPool) -> None:
    assert abs(Clock(connections).now() - datetime.now(UTC)) < timedelta(seconds=5)  # noqa: TID251 - the oracle


def test_every_process_lapses_together(connections: ConnectionPool) -> None:
    here, there = Clock(connections), Clock(connections)
    there.now()
    here.advance_to(NEXT_YEAR)
    assert timedelta(0) <= here.now() - NEXT_YEAR < timedelta(seconds=5)
    soon(lambda: there.now() >= NEXT_YEAR, seconds=2)


def test_it_goes_on_ticking_after_a_leap(connections: ConnectionPool) -> None:
    clock = Clock(connections)
    clock.advance_to(NEXT_YEAR)
    before = clock.now()
    soon(lambda: clock.now() > before)


def test_it_never_goes_back(connections: ConnectionPool) -> None:
    clock = Clock(connections)
    clock.advance_to(NEXT_YEAR)
    with pytest.raises(BackwardsInTime):
        clock.advance_to(NEXT_YEAR - timedelta(days=1))
    assert clock.now() >= NEXT_YEAR


def test_the_date_depends_on_where_one_is(connections: ConnectionPool) -> None:
    clock = Clock(connections)
    clock.advance_to(NEXT_YEAR)
    assert clock.today("UTC") == date(2099, 12, 31)
    assert clock.today("Europe/Paris") == date(2100, 1, 1)


def test_a_zone_that_does_not_exist_is_refused(connections: ConnectionPool) -> None:
    with pytest.raises(KeyError):
        Clock(connections).today("Europe/Atlantis")


def test_while_the_database_is_away_who_asks_together_waits_together(tmp_path: Path) -> None:
    with pool(f"postgresql://app@/nowhere?host={tmp_path}", name="test", wait=1.0) as nobody:
        clock = Clock(nobody)

        def refused(_: int) -> float:
            began = time.monotonic()
            with pytest.raises((Unavailable, PoolTimeout)):
                clock.now()
            return time.monotonic() - began

        with ThreadPoolExecutor(10) as threads:
            assert max(threads.map(refused, range(10))) < 5.0
        with pytest.raises(PoolTimeout):  # who comes later looks for himself
            clock.now()
