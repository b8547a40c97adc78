"""What LISTEN and NOTIFY alone take between two processes: one way, and there and back.

process A ──NOTIFY, commit──▶ process B ──NOTIFY of its own, commit──▶ process A
        └────── one way ─────┘
        └──────────────────────── round trip ────────────────────────┘
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe

import psycopg

from bench.feed_processes import Noted, at_rate, heard_from, tell_what_was

CALLED, ASKED, ANSWERED = "bench_called", "bench_asked", "bench_answered"
PATIENCE = 30.0
"""Seconds in which the last answers arrive, or the run fails."""


def asker(pipe: Pipe, url: str) -> None:
    """Process A. Answers (channel, notices a second, seconds, seed) with what was sent, committed and heard.

    The moment of sending is before the statement: its commit is part of the way. The moment of the commit is when the
    statement has returned.
    """
    heard: Noted = []
    committed: Noted = []
    _listening(url, [ANSWERED], lambda channel, number: heard.append((number, time.monotonic_ns())))
    mine = threading.local()

    def send_on(channel: str) -> Callable[[int], tuple[int, int]]:
        def send(number: int) -> tuple[int, int]:
            if not hasattr(mine, "connection"):
                mine.connection = psycopg.connect(url, autocommit=True)
            began = time.monotonic_ns()
            _notify(mine.connection, channel, number)
            committed.append((number, time.monotonic_ns()))
            return number, began

        return send

    pipe.send("ready")
    while (asked := heard_from(pipe)) is not None:
        channel, rate, seconds, seed = asked
        sent = at_rate(send_on(channel), rate, seconds, seed)
        until = time.monotonic() + PATIENCE
        while channel == ASKED and len(heard) < len(sent) and time.monotonic() < until:
            time.sleep(0.02)
        pipe.send((sent, committed[:], heard[:]))
        heard.clear()
        committed.clear()


def answerer(pipe: Pipe, url: str) -> None:
    """Process B. Notes what it hears, answers what was asked at once, and tells when it is asked by its pipe."""
    heard: Noted = []
    with psycopg.connect(url, autocommit=True) as connection:

        def hear(channel: str, number: int) -> None:
            heard.append((number, time.monotonic_ns()))
            if channel == ASKED:
                _notify(connection, ANSWERED, number)

        _listening(url, [CALLED, ASKED], hear)
        pipe.send("ready")
        tell_what_was(heard, pipe)


def _notify(connection: psycopg.Connection, channel: str, number: int) -> None:
    connection.execute("SELECT pg_notify(%s, %s)", (channel, str(number)), prepare=True)


def _listening(url: str, channels: list[str], hear: Callable[[str, int], object]) -> None:
    """Returns when it listens, on a connection and a thread of its own."""
    connection = psycopg.connect(url, autocommit=True)
    for channel in channels:
        connection.execute(f"LISTEN {channel}".encode())

    def listen() -> None:
        for notice in connection.notifies():
            hear(notice.channel, int(notice.payload))

    threading.Thread(target=listen, daemon=True).start()
