"""What goes on beside the writers: transactions that stay open, and processes that are stopped and continued."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import psutil
import psycopg

_WRITERS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = 'app' AND query LIKE '%store.append%'"
)


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
