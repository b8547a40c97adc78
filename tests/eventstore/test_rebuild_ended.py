"""A rebuild that is ended or fails leaves nobody behind who still copies, and the next one begins afresh."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from eventstore import Store
from eventstore.copying import CopyFailed, Copying, Told
from eventstore.read_models import ensure
from eventstore.rebuild import rebuild
from tests.eventstore.shelf import SHELF, BookList, buy, rows_of, until

ROOT = Path(__file__).parents[2]

PROCESSES = 2


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


def connections(database) -> int:
    """Those of the owner, with whom every rebuild works, but for the one that asks."""
    with psycopg.connect(database.owner_url) as owner:
        row = owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def halted(database) -> Iterator[subprocess.Popen[bytes]]:
    """A rebuild in a process of its own, with processes that hold rows of the new table. Whatever is left
    at the end of the block is killed."""
    command = [
        sys.executable,
        "-m",
        "tests.eventstore.rebuilding",
        database.app_url,
        database.owner_url,
        str(PROCESSES),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        try:
            assert [child.stdout.readline() for _ in range(PROCESSES)] == [b"halted\n"] * PROCESSES
            yield child
        finally:
            os.killpg(child.pid, signal.SIGKILL)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_with_a_rebuild_its_processes_end(store: Store, database, ending: signal.Signals) -> None:
    for _ in range(24):
        buy(store)
    with halted(database) as child:
        child.send_signal(ending)
        child.wait(timeout=20)
        until(lambda: not connections(database))
        table = rebuild(store, database.owner_url, BookList, handover=0)
    assert len(rows_of(database.owner_url, table)) == 24


class Halting(Copying):
    """The first process never comes to an end, and the last one fails."""

    def share(self, number: int, of: int, told: Told) -> None:
        if number == of - 1:
            raise ArithmeticError
        threading.Event().wait()


def halting(store: Store, database) -> Copying:
    return Halting(database.owner_url, store, BookList, "any", horizon=0)


def test_the_first_failure_ends_the_other_processes(store: Store, database) -> None:
    with pytest.raises(CopyFailed, match="ArithmeticError"):
        halting(store, database).run(lambda events: None, processes=3)


@pytest.fixture
def _deaf_to_sigterm() -> Iterator[None]:
    """As a role of the platform is: it makes a note that it is to end."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("_deaf_to_sigterm")
def test_what_ends_the_others_is_not_deaf_to_it(store: Store, database) -> None:
    def fail() -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        halting(store, database).run(lambda events: None, 3, fail)
