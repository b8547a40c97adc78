"""Connections that the server ends: under load nothing is half done, at rest nobody notices, after an outage at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import Keyring, Store
from runtime import database as connections
from runtime.embedded import sockets
from runtime.embedded.postgres import PORT, SUPERUSER, Postgres
from tests.chaos import pg_ledger, pg_verdict
from tests.chaos.pg_commands import Drawing, Wish, first
from tests.chaos.pg_ledger import Ledger
from tests.chaos.pg_verdict import Verdict
from tests.chaos.pg_writer import write
from tests.chaos.proxy import proxy_to
from tests.conftest import Database
from tests.eventstore.library import IssueCard, LendWithSlip
from tests.soon import soon

SEED = 4
THREADS = 6
STRIKES = 25
"""Sessions ended under load, one every 100 to 200 ms."""


@contextmanager
def store_on(pool: ConnectionPool) -> Iterator[Store]:
    keyring = Keyring(pool, os.urandom(32))
    yield Store(pool, keyring, os.urandom(32))
    keyring.close()


def end_sessions(admin: psycopg.Connection[object], database: Database, how_many: int) -> int:
    """End so many sessions of the role ``app``, drawn at random; how many there were."""
    ended = admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app' AND datname = %s"
        " ORDER BY random() LIMIT %s",
        (database.name, how_many),
    )
    return len(ended.fetchall())


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection[object]]:
    with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        yield connection


def test_sessions_that_are_ended_under_load_leave_nothing_half_done(
    database: Database, admin: psycopg.Connection[object], tmp_path: Path
) -> None:
    random, stop = Random(SEED), threading.Event()
    with connections.pool(database.app_url, name="faults", size=THREADS) as pool, store_on(pool) as store:
        _begin(store, tmp_path)
        with ThreadPoolExecutor(THREADS) as threads:
            writing = [threads.submit(_write, store, tmp_path, number, stop) for number in range(THREADS)]
            struck = 0
            while struck < STRIKES:
                threading.Event().wait(random.uniform(0.1, 0.2))
                struck += end_sessions(admin, database, 1)
            stop.set()
            for one in writing:
                one.result()
        last = Ledger(tmp_path / "writer-last")
        for id, intention in pg_ledger.read(tmp_path).items():
            if intention.is_open:
                last.send(store, intention.wish, id, id)
        known, there = pg_ledger.read(tmp_path), pg_verdict.held(database.owner_url)
        assert pg_verdict.judge(known, there) == Verdict(0, 0, 0, 0)
        assert pg_verdict.broken_chains(store) == 0
        assert len(known) > STRIKES


def _begin(store: Store, folder: Path) -> None:
    random, ledger = Random(f"{SEED} first"), Ledger(folder / "writer-first")
    wishes = first(Random(SEED))
    card = next(wish.command.card_id for wish in wishes if isinstance(wish.command, IssueCard))
    for wish in (*wishes, Wish(LendWithSlip(), card)):
        ledger.ask(store, wish, UUID(int=random.getrandbits(128), version=4))


def _write(store: Store, folder: Path, number: int, stop: threading.Event) -> None:
    drawing = Drawing(Random(f"{SEED} {number}"))
    for wish in first(Random(SEED)):
        drawing.learn(wish)
    write(store, Ledger(folder / f"writer-{number}"), drawing, stop)


# ── the pool ─────────────────────────────────────────────────────────────────


def test_a_session_that_was_ended_at_rest_is_handed_to_nobody(
    database: Database, admin: psycopg.Connection[object]
) -> None:
    with connections.pool(database.app_url, name="faults", size=4) as pool:
        _end_all_at_rest(pool, database, admin)
        assert [_asks(pool) for _ in range(8)] == [1] * 8


def test_a_pool_that_does_not_look_hands_out_the_dead(
    database: Database, admin: psycopg.Connection[object]
) -> None:
    plain = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=plain, min_size=1, max_size=4, open=True) as pool:
        _end_all_at_rest(pool, database, admin)
        with pytest.raises(psycopg.OperationalError):
            _asks(pool)


def _end_all_at_rest(pool: ConnectionPool, database: Database, admin: psycopg.Connection[object]) -> None:
    """Four open connections, all ended by the server while nobody uses them."""
    with ThreadPoolExecutor(4) as threads:
        barrier = threading.Barrier(4)

        def hold(_: int) -> None:
            with pool.connection():
                barrier.wait(timeout=20)

        list(threads.map(hold, range(4)))
    assert end_sessions(admin, database, 10) == 4
    soon(lambda: end_sessions(admin, database, 0) == 0 and not _sessions(admin, database))


def _sessions(admin: psycopg.Connection[object], database: Database) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND datname = %s"
    return admin.execute(asked, (database.name,)).fetchone()[0]  # type: ignore[index]


def _asks(pool: ConnectionPool) -> int:
    with pool.connection() as connection:
        return connection.execute("SELECT 1").fetchone()[0]  # type: ignore[index]


HANGS_UP = 8
"""Tries within the deadline that the pool's own doubling pauses would need minutes for."""


def test_during_an_outage_the_pool_tries_again_every_half_second_while_somebody_waits(
    postgres: Postgres, database: Database
) -> None:
    with (
        proxy_to(sockets.folder_for(postgres.folder, PORT), PORT) as proxy,
        connections.pool(proxy.url(database.app_url), name="faults", size=2, wait=1.0) as pool,
    ):
        assert _asks(pool) == 1
        proxy.refusing = True
        proxy.cut_all()
        soon(lambda: _is_away(pool) and proxy.refused >= HANGS_UP, seconds=20)
        proxy.refusing = False
        soon(lambda: not _is_away(pool), seconds=10)


def test_the_pools_own_pauses_are_longer_than_anybody_waits(postgres: Postgres, database: Database) -> None:
    """The mutant: the pool as it comes tries at 0, 1, 3, 7 and 15 seconds, and so on for minutes."""
    with (
        proxy_to(sockets.folder_for(postgres.folder, PORT), PORT) as proxy,
        ConnectionPool(proxy.url(database.app_url), min_size=1, max_size=1, timeout=1.0, open=True) as pool,
    ):
        assert _asks(pool) == 1
        proxy.refusing = True
        proxy.cut_all()
        with pytest.raises(AssertionError, match="not within"):
            soon(lambda: _is_away(pool) and proxy.refused >= HANGS_UP, seconds=6)


def _is_away(pool: ConnectionPool) -> bool:
    try:
        return _asks(pool) != 1
    except (PoolTimeout, psycopg.OperationalError):
        return True
