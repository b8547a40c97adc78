"""Settling: whether everything that follows from what has happened so far is done.

Asked before a business day is closed, by `manage.py status`, and by tests and the demo before they look at a screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from psycopg.rows import tuple_row

from eventstore import Store, positions
from runtime.jobs import Jobs

CONSUMER = "reactions"
"""The consumer that turns the feed into jobs."""

_READ_MODELS = """
    SELECT lane, min(position) FROM store.positions
    JOIN store.read_models ON table_name = consumer AND state = 'live' GROUP BY lane
"""


class Settling:
    def __init__(self, store: Store) -> None:
        self._store, self._jobs = store, Jobs(store.pool)

    def newest(self) -> int:
        """The position of the newest event that readers may see; 0 in an empty store."""
        return max(self._store.lane_ends().values())

    def waits_for(self, position: int) -> str | None:
        """What is not done yet of the events up to a position: ``reactions``, ``jobs`` or ``read models``.

        None when all is done. What is parked, or failed and is tried again later, is nobody's next step.
        """
        # Lanes move by themselves, and one without events may stay far behind: each has to be at its own last event.
        ends = self._store.lane_ends(position)
        if max(ends.values()) < position or _behind(self._reacted_to(), ends):
            return "reactions"
        if self._jobs.open_up_to(position):
            return "jobs"
        return "read models" if _behind(self._read(), ends) else None

    def _reacted_to(self) -> dict[int, int]:
        """By lane: every event up to this position has its jobs."""
        with self._store.pool.connection() as connection:
            return positions.read(connection, CONSUMER)

    def _read(self) -> dict[int, int]:
        """By lane, up to where every live read model has seen the events."""
        with self._store.pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return dict(cursor.execute(_READ_MODELS))


def _behind(reached: Mapping[int, int], ends: Mapping[int, int]) -> bool:
    """Whether some lane has events that were not reached; a lane that nobody follows has none."""
    return any(reached.get(lane, end) < end for lane, end in ends.items())
