"""PostgreSQL is killed under a running projector, again and again; afterwards every figure is right."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore import Doorbell, Keyring, Reader, Store, StoreFeed, Unavailable
from eventstore.compare import compare
from eventstore.migrate import migrate, prepare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.conftest import passwords_of
from tests.connected import projecting
from tests.eventstore.shelf import SHELF, MoveBook, ReadPages, buy, tell, until


@dataclass(frozen=True)
class Place:
    server: Postgres
    app_url: str
    owner_url: str


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A server of the test's own, to be killed."""
    server = Postgres(tmp_path / "postgres", die_with_parent=True, durable=False)
    server.start()
    prepare(server.url(SUPERUSER, "postgres"), "shelf", passwords_of(server))
    owner = server.url("store_owner", "shelf")
    migrate(owner)
    ensure(owner, SHELF)
    yield Place(server, server.url("app", "shelf"), owner)
    server.stop()


def write(store: Store, done: threading.Event) -> int:
    """Go on buying and reading until told to stop, whatever becomes of the database; returns the books bought."""
    bought = 0
    while not done.is_set():
        try:
            book = buy(store)
            bought += 1
            tell(store, book, ReadPages(pages=2, times=3))
            tell(store, book, MoveBook(shelf="upper"))
        except Unavailable:
            done.wait(0.05)
    return bought


def test_a_killed_database_costs_a_projector_nothing_but_time(place: Place) -> None:
    done, stop = threading.Event(), threading.Event()
    with (
        ConnectionPool(place.app_url, kwargs={"autocommit": True}, min_size=1, max_size=8, open=True) as pool,
        ThreadPoolExecutor(2) as threads,
    ):
        store = Store(pool, Keyring(pool, os.urandom(32)), os.urandom(32))
        bell = Doorbell(place.app_url)
        store.after_append = bell.ring
        projector = Projector(*projecting(store), SHELF, feed=StoreFeed(store, bell), batch=20)
        following, writing = threads.submit(projector.run, stop), threads.submit(write, store, done)
        for kill in range(1, 4):
            until(lambda kill=kill: has_rows(place, 10 * kill), 60.0)
            pid = place.server.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            place.server.start()
        until(lambda: has_rows(place, 40), 60.0)
        done.set()
        assert writing.result(timeout=60) >= 40
        with psycopg.connect(place.owner_url) as owner:
            lanes = dict(
                owner.execute("SELECT lane, max(position) FROM store.events GROUP BY lane").fetchall()
            )
        until(lambda: Reader(pool).has_reached(lanes, SHELF), 60.0)
        stop.set()
        following.result(timeout=20)
        bell.close()
        compared = compare(store, place.owner_url, SHELF, seed=7)
        assert [(bool(c.rows), c.parked, c.differences) for c in compared] == [(True, 0, [])] * 3


def has_rows(place: Place, count: int) -> bool:
    try:
        with psycopg.connect(place.owner_url) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            row = owner.execute("SELECT count(*) FROM read.book_list_v1").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] >= count
