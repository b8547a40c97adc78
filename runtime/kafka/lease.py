"""The relay's lease: of all relays the one that ships, and how far everything is shipped.

    free ──take, epoch + 1──▶ held ──renew, move──▶ held
      ▲                         │ release, or not renewed in time
      └─────────────────────────┘

One row of the database (migration 0009), by the database's clock. Every renewal and every move names the epoch and the
holder, and counts only while the lease has not run out: whoever slept past it has moved nothing since.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg_pool import ConnectionPool

SECONDS = 5.0
"""For which a lease holds. A standby takes over after as many seconds when its holder was killed."""

_HISTORY = "(SELECT incarnation FROM store.store)"
_TAKE = f"""
    UPDATE store.relay SET epoch = epoch + 1, holder = %(holder)s, until = clock_timestamp() + %(length)s
    WHERE until <= clock_timestamp() OR holder = %(holder)s
    RETURNING epoch, position, {_HISTORY}
"""
"""One's own lease too: an answer that was lost on its way is no reason to wait for it to run out."""
_HELD = "epoch = %(epoch)s AND holder = %(holder)s AND until > clock_timestamp()"
_RENEW = f"UPDATE store.relay SET until = clock_timestamp() + %(length)s WHERE {_HELD} RETURNING {_HISTORY}"
# A crash of the server may forget the last moves: then these events are sent once more. Nobody waits for the disk.
_MOVE = f"""
    WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE store.relay
    SET position = %(new)s, moved_at = clock_timestamp(), until = clock_timestamp() + %(length)s FROM lazily
    WHERE {_HELD} AND position = %(old)s RETURNING {_HISTORY}
"""
_RELEASE = "UPDATE store.relay SET until = '-infinity' WHERE epoch = %(epoch)s AND holder = %(holder)s"


class Lost(Exception):
    """The lease has run out, or another relay has taken it: nothing was moved. Take it again, or stand by."""


class AnotherHistory(Exception):
    """The database was restored under a running relay: its positions and its topic are those of another history."""


class Lease:
    """One relay's claim to be the one that ships.

    pool     connections of the role ``projector``
    seconds  for which it holds without being renewed
    """

    def __init__(self, pool: ConnectionPool, seconds: float = SECONDS) -> None:
        self._pool, self.seconds = pool, seconds
        self.holder = f"{socket.gethostname()} {os.getpid()} {uuid4().hex[:8]}"
        self.epoch = 0
        """Of the last take; 0 before the first one."""
        self.position = 0
        """Everything up to here is acknowledged, as this holder knows it."""
        self.incarnation: UUID | None = None
        """The history that is shipped: the one of the first take."""

    def take(self) -> bool:
        """Become the holder when nobody is. Raises AnotherHistory."""
        row = self._one(_TAKE)
        if row is None:
            return False
        self.epoch, self.position, incarnation = row
        self._same(incarnation)
        return True

    def renew(self) -> None:
        """Stay the holder. Raises Lost, AnotherHistory."""
        self._still(_RENEW)

    def move(self, new: int) -> None:
        """Everything up to ``new`` is acknowledged; renews too. Raises Lost, AnotherHistory."""
        self._still(_MOVE, old=self.position, new=new)
        self.position = new

    def release(self) -> None:
        """Nobody holds it: a standby need not wait until it runs out. Does nothing when it was lost."""
        with self._pool.connection() as connection:
            connection.execute(_RELEASE, self._values())

    def _still(self, statement: str, **values: int) -> None:
        row = self._one(statement, **values)
        if row is None:
            raise Lost(f"epoch {self.epoch} has run out, or another relay ships")
        self._same(row[0])

    def _one(self, statement: str, **values: int) -> Any:
        with self._pool.connection() as connection:
            return connection.execute(statement.encode(), self._values() | values).fetchone()

    def _values(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "holder": self.holder, "length": timedelta(seconds=self.seconds)}

    def _same(self, incarnation: UUID) -> None:
        self.incarnation = self.incarnation or incarnation
        if incarnation != self.incarnation:
            raise AnotherHistory(f"this relay ships {self.incarnation}, the store is {incarnation} now")
