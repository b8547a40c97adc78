"""The one clock: what time it is for everything that waits, expires or gets a date."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import Unavailable

CACHED_FOR = 0.1
"""Seconds for which a process may not have heard that the time was moved."""


class BackwardsInTime(ValueError):
    """The clock only goes forward: name a moment that is still to come."""


class Clock:
    """The machine's time plus an offset kept in the database, so that all processes lapse together.

    pool  connections in autocommit of the role ``app``
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._lock = Lock()
        self._ahead, self._read_at = timedelta(0), float("-inf")
        self._failed: tuple[float, Exception | None] = float("-inf"), None
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The present moment, UTC; never earlier than what this process was told before. Raises Unavailable."""
        asked_at = time.monotonic()
        with self._lock:
            if time.monotonic() - self._read_at > CACHED_FOR:
                self._look(asked_at)
            self._latest = max(self._latest, _machine() + self._ahead)
            return self._latest

    def today(self, zone: str) -> date:
        """The date on the wall in a time zone, by its IANA name. Raises ZoneInfoNotFoundError (a KeyError)."""
        return self.now().astimezone(ZoneInfo(zone)).date()

    def advance_to(self, moment: datetime) -> None:
        """Move the time for every process. Raises BackwardsInTime for a moment that has passed."""
        with self._lock:
            ahead = moment - _machine()
            with self._pool.connection() as connection:
                moved = connection.execute(
                    "UPDATE store.clock SET ahead = %s WHERE ahead <= %s RETURNING ahead", (ahead, ahead)
                ).fetchone()
            self._read_at = float("-inf")
        if moved is None:
            raise BackwardsInTime(f"it is already later than {moment.isoformat()}")

    def _look(self, asked_at: float) -> None:
        """Read the offset. Who waited here while another one looked in vain hears the same: while the database is away
        they would otherwise look one after the other, each for as long as a connection is waited for."""
        failed_at, why = self._failed
        if failed_at > asked_at:
            raise Unavailable("the database cannot be reached just now") from why
        try:
            self._ahead = self._stored()
        except (PoolTimeout, psycopg.OperationalError) as error:
            self._failed = time.monotonic(), error
            raise
        self._read_at = time.monotonic()

    def _stored(self) -> timedelta:
        with self._pool.connection() as connection:
            row = connection.execute("SELECT ahead FROM store.clock").fetchone()
        assert row is not None, "store.clock has one row from the first migration"
        ahead: timedelta = row[0]
        return ahead


def _machine() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine
