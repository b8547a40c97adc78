"""One leader: of all processes with the same role the one that holds a lock in PostgreSQL; the others stand by.

The lock ends with its connection, so a killed leader is replaced at the next look of a standby.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import structlog

from runtime.database import connect
from runtime.jobs import AWAY

log = structlog.get_logger()

LOOK = 0.5
"""Seconds between two looks of a standby."""
_GROUP = 4_714
"""First key of the advisory locks; any constant nobody else uses."""


def lead(url: str, role: int, work: Callable[[], float], stop: threading.Event) -> None:
    """Wait to become the leader, then do the work again and again until ``stop`` is set.

    url   connection string of the role ``app``
    role  which lock: one number for each kind of leader
    work  one round; returns for how many seconds there is nothing to do
    """
    while not stop.is_set():
        try:
            with connect(url, name="leader") as connection:
                _lead(connection, role, work, stop)
        except AWAY as error:
            log.warning("leader-waits", cause=type(error).__name__)
            stop.wait(LOOK)


def _lead(
    connection: psycopg.Connection[object], role: int, work: Callable[[], float], stop: threading.Event
) -> None:
    while not stop.is_set():
        held = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_GROUP, role)).fetchone()
        if held == (True,):
            break
        stop.wait(LOOK)
    log.info("leading", lock=role)
    while not stop.is_set():
        connection.execute("SELECT")  # fails when the lock was lost with the connection
        stop.wait(work())
