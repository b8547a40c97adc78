"""Lanes are shared out among the processes that project, and taken over when one of them ends.

Each process holds its lanes by advisory locks on a connection of its own, so a killed process lets go at once. That
two of them never handle the same event is not decided here: compare-and-set of the positions does that. This saves
the work of losing.
"""

from __future__ import annotations

import math
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection

from eventstore.aggregate import LANES

LOOK_AGAIN = 1.0
"""Seconds between two looks at who else is there."""

_GROUP = 4_713
"""First key of the advisory locks; any constant nobody else uses."""
_PRESENT = LANES
"""Second key of the lock that every process shares to be counted."""

_HELD = """
    SELECT objid::int, count(*), bool_or(pid = pg_backend_pid()) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY objid
"""


class LaneShares:
    """The lanes of this process, an even share of all.

    url    connection string; one connection is kept open
    group  processes with the same number share the lanes
    """

    def __init__(self, url: str, group: int = _GROUP) -> None:
        self._url, self._group = url, group
        self._connection: Connection[Any] | None = None
        self._lanes: frozenset[int] = frozenset()
        self._until = 0.0

    def lanes(self) -> frozenset[int]:
        """Which lanes are ours now. Raises psycopg.OperationalError while the database is away."""
        if self._until < monotonic():
            try:
                self._lanes = self._shared_out(self._connected())
            except psycopg.Error:
                self.close()
                raise
            self._until = monotonic() + LOOK_AGAIN
        return self._lanes

    def close(self) -> None:
        """Let go of every lane."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._lanes, self._until = None, frozenset(), 0.0

    def _connected(self) -> Connection[Any]:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True)
            self._connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (self._group, _PRESENT))
        return self._connection

    def _shared_out(self, connection: Connection[Any]) -> frozenset[int]:
        held = {key: (count, ours) for key, count, ours in connection.execute(_HELD, (self._group,))}
        present, _ = held.pop(_PRESENT)
        share = math.ceil(LANES / present)
        ours = sorted(lane for lane, (_, mine) in held.items() if mine)
        for lane in ours[share:]:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (self._group, lane))
        free = [lane for lane in range(LANES) if lane not in held][: max(share - len(ours), 0)]
        taken = connection.execute(
            "SELECT lane FROM unnest(%s::int[]) AS lane WHERE pg_try_advisory_lock(%s, lane)",
            (free, self._group),
        )
        return frozenset(ours[:share]) | {lane for (lane,) in taken}
