"""Challenges: what somebody has to bring back, once, soon, and for the purpose and the account it was made for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg_pool import ConnectionPool

from runtime.clock import Clock


class Challenges:
    """pool  connections of the role ``app``, in autocommit"""

    def __init__(self, pool: ConnectionPool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock

    def put(
        self, id: UUID, purpose: str, value: bytes, lasts: timedelta, account: UUID | None = None
    ) -> None:
        """Remember a value that nobody can guess the id of."""
        now = self._clock.now()
        said = (id, account, purpose, value, now + lasts, now)
        with self._pool.connection() as connection:
            connection.execute("SELECT access.put_challenge(%s, %s, %s, %s, %s, %s)", said)

    def take(self, id: UUID, purpose: str, account: UUID | None = None) -> bytes | None:
        """The value, to whoever asks first; None when it is taken, over, for another purpose or another account."""
        said = (id, account, purpose, self._clock.now())
        with self._pool.connection() as connection:
            row = connection.execute("SELECT access.take_challenge(%s, %s, %s, %s)", said).fetchone()
        value: bytes | None = row[0] if row else None
        return value
