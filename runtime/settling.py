"""Settling: whether everything that follows from what has happened so far is done.

Asked before a business day is closed, by `manage.py status`, and by tests and the demo before they look at a screen.
"""

from __future__ import annotations

from collections import defaultdict

from psycopg.rows import tuple_row

from eventstore import LANES, Store, positions
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
        newest = self.reacted_to()
        while rows := self._store.read_feed(newest, limit=1000).events:
            newest = rows[-1].position
        return newest

    def waits_for(self, position: int) -> str | None:
        """What is not done yet of the events up to a position: ``reactions``, ``jobs`` or ``read models``.

        None when all is done. What is parked, or failed and is tried again later, is nobody's next step.
        """
        if self.reacted_to() < position:
            return "reactions"
        if self._jobs.open_up_to(position):
            return "jobs"
        return "read models" if self._unread(position) else None

    def reacted_to(self) -> int:
        """Every event up to this position has its jobs."""
        with self._store.pool.connection() as connection:
            return min(positions.read(connection, CONSUMER).values())

    def _unread(self, position: int) -> bool:
        """Whether some read model has still to see an event. A lane's position is that of its last event seen."""
        with self._store.pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            reached: dict[int, int] = dict(cursor.execute(_READ_MODELS))
        behind: defaultdict[int, list[int]] = defaultdict(list)
        for lane in range(LANES):
            behind[reached.get(lane, position)].append(lane)
        return any(
            row.position <= position
            for after, lanes in sorted(behind.items())
            for row in self._store.read_feed(after, lanes, 1).events
        )
