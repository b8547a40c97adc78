"""What goes on beside the writers: transactions that stay open, and processes that are stopped and continued."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from random import Random
from uuid import uuid4

import psutil
import psycopg
from psycopg.pq import TransactionStatus

from tests.chaos.order_rows import Stream, append

_WRITERS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = 'app' AND query LIKE '%store.append%'"
)

_AROUND = 100
"""Transaction ids before and after the border during which writers are open across it."""


@contextmanager
def unrelated(owner_url: str) -> Iterator[None]:
    """A transaction with an id that is open throughout, and a writer of another table with long ones."""
    done = threading.Event()
    with psycopg.connect(owner_url) as idle, psycopg.connect(owner_url, autocommit=True) as busy:
        busy.execute("CREATE TABLE public.unrelated (what text)")
        idle.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        idle.execute("INSERT INTO public.unrelated VALUES ('held open')")
        writer = threading.Thread(target=_write_at_length, args=(busy, done))
        writer.start()
        try:
            yield
        finally:
            done.set()
            writer.join()
            idle.rollback()


def _write_at_length(connection: psycopg.Connection, done: threading.Event) -> None:
    while not done.is_set():
        with connection.transaction():
            connection.execute(
                "INSERT INTO public.unrelated SELECT repeat('x', 50) FROM generate_series(1, 500)"
            )
            done.wait(1.0)


@contextmanager
def across(app_url: str, border: int) -> Iterator[Callable[[], int]]:
    """Writers that are open when transaction ids pass a border, and for a while after: each is overtaken by others on
    both sides of it. Answers how many have committed."""
    done, committed = threading.Event(), [0]

    def straddle() -> None:
        with ExitStack() as unit:
            look, *pair = (unit.enter_context(psycopg.connect(app_url, autocommit=True)) for _ in range(3))
            _reach(look, border - _AROUND, done)
            for turn in count():
                if done.is_set() or _reached(look) > border + _AROUND:
                    break
                committed[0] += _commit(pair[turn % 2])
                pair[turn % 2].execute("BEGIN")
                append(pair[turn % 2].cursor(binary=True), [Stream(uuid4()).next()])
                _reach(look, _reached(look) + _AROUND // 4, done)
            committed[0] += sum(_commit(connection) for connection in pair)

    thread = threading.Thread(target=straddle)
    thread.start()
    try:
        yield lambda: committed[0]
    finally:
        done.set()
        thread.join()


def _commit(connection: psycopg.Connection) -> int:
    """Whether there was anything to commit."""
    is_open = connection.info.transaction_status == TransactionStatus.INTRANS
    connection.execute("COMMIT" if is_open else "SELECT 1")
    return is_open


def _reach(look: psycopg.Connection, id: int, done: threading.Event) -> None:
    while _reached(look) < id and not done.wait(0.005):
        pass


def _reached(look: psycopg.Connection) -> int:
    """The transaction id that is given out next, or one shortly before."""
    row = look.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def stops(pids: list[int], owner_url: str, random: Random, longest: float) -> Iterator[Callable[[], int]]:
    """Stop writing processes for seconds, and backends of theirs for milliseconds wherever they are.

    longest  seconds that a process of writers stands still; its backends keep their locks and ids

    Answers how often it has struck.
    """
    done, struck = threading.Event(), [0]

    def strike() -> None:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            while not done.wait(random.random() * 0.3):
                backends = [pid for (pid,) in connection.execute(_WRITERS)]
                if random.random() < 0.05:
                    struck[0] += _stop(random.choice(pids), random.random() * longest, done)
                elif backends:
                    struck[0] += _stop(random.choice(backends), random.random() * 0.03, done)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield lambda: struck[0]
    finally:
        done.set()
        thread.join()


def _stop(pid: int, seconds: float, done: threading.Event) -> int:
    """Whether it was there to be stopped; it always goes on."""
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGSTOP)
    except psutil.NoSuchProcess:
        return 0
    try:
        done.wait(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    return 1
