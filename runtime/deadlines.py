"""Deadlines: what falls due is done on the first open business day on or after its date, never counted in days.

The clock's process shares the due lines of the agenda out, one job for each lane; a job sends what the functions
declared with ``on_deadline`` yield. A line leaves the agenda when its event has been recorded and projected, so
whatever was killed on the way is found again at the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import structlog
from procrastinate.exceptions import AlreadyEnqueued
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from runtime.acting import Acting, Behind
from runtime.business_days import BusinessDate
from runtime.jobs import AWAY, Task, TryAgain, defer, job
from runtime.parking import cause_of
from runtime.reactions import DEADLINES, Deadline

log = structlog.get_logger()

TASK = "deadlines"
"""Name of the queue."""

Due = Callable[[date, int | None, dict[int, int]], Sequence[Deadline]]
"""The agenda: what is due on a day or before it, oldest first, of one lane or of all; not before the read model
behind it has passed these positions."""


class Deadlines:
    """The lines of the agenda that are due and nobody has given up.

    pool  connections in autocommit of the role ``app``
    due   the agenda
    """

    def __init__(self, pool: ConnectionPool, due: Due) -> None:
        self._pool, self._due = pool, due

    def open(self, on: date, lane: int | None = None, seen: dict[int, int] | None = None) -> list[Deadline]:
        """What is still to be done on this day. Raises Behind when the agenda has not seen enough."""
        lines = [line for line in self._due(on, lane, seen or {}) if line.kind in DEADLINES]
        given_up = self._parked() if lines else set()
        return [line for line in lines if (DEADLINES[line.kind].consumer, line.stream_id) not in given_up]

    def share_out(self, on: date) -> int:
        """See that each lane with something due has a job waiting; returns how many lines are due."""
        lines = self.open(on)
        for lane in sorted({line.lane for line in lines}):
            with self._pool.connection() as connection:
                try:
                    with connection.transaction():
                        defer(connection, [job(TASK, f"{TASK}:{lane}", once=True, lane=lane)])
                except AlreadyEnqueued:
                    continue
        return len(lines)

    def park(self, line: Deadline, error: Exception) -> None:
        """Give a line up until a person asks for it again; its stream's later lines of this kind wait."""
        reaction = DEADLINES[line.kind]
        with self._pool.connection() as connection:
            connection.execute(
                "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (
                    reaction.consumer,
                    line.stream_id,
                    line.number,
                    0,
                    line.lane,
                    cause := cause_of(error),
                ),
            )
        log.error("parked", reaction=reaction.name, because=line.id, cause=cause)

    def _parked(self) -> set[tuple[str, UUID]]:
        consumers = [reaction.consumer for reaction in DEADLINES.values()]
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                "SELECT consumer, stream_id FROM store.parked WHERE consumer = ANY (%s)", (consumers,)
            )
            return set(cursor)


class DueWork:
    """What a job of a lane does: everything that is due there."""

    def __init__(self, acting: Acting, deadlines: Deadlines, business_date: BusinessDate) -> None:
        self._acting, self._deadlines, self._business_date = acting, deadlines, business_date

    def task(self) -> Task:
        return Task(TASK, self._do)

    def _do(self, failures: int, lane: int) -> None:
        try:
            failed = self._work(lane)
        except (*AWAY, Behind) as error:
            log.info("deadlines-wait", lane=lane, cause=type(error).__name__)
            raise TryAgain(1.0, failed=False) from None
        waits = [self._given_up(line, error, failures + 1) for line, error in failed]
        if again := [wait for wait in waits if wait is not None]:
            raise TryAgain(min(again)) from None

    def _work(self, lane: int) -> list[tuple[Deadline, Exception]]:
        """Look until nothing new is due: what was just done may have put a line that is due already."""
        seen: dict[int, int] = {}
        tried: set[str] = set()
        failed: dict[UUID, tuple[Deadline, Exception]] = {}
        while lines := [
            line
            for line in self._deadlines.open(self._business_date.today(), lane, seen)
            if line.id not in tried and line.stream_id not in failed
        ]:
            for line in lines:
                tried.add(line.id)
                if line.stream_id not in failed and (error := self._meet(line, seen)) is not None:
                    failed[line.stream_id] = line, error
        return list(failed.values())

    def _meet(self, line: Deadline, seen: dict[int, int]) -> Exception | None:
        try:
            seen.update(self._acting.meet(DEADLINES[line.kind], line))
        except (*AWAY, Behind):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again or parked
            log.warning("reaction-failed", because=line.id, cause=type(error).__name__)
            return error
        return None

    def _given_up(self, line: Deadline, error: Exception, failures: int) -> float | None:
        """Seconds until the next try; None when this was the last and the line is parked."""
        wait = DEADLINES[line.kind].retry.wait(failures)
        if wait is None:
            self._deadlines.park(line, error)
        return wait
