"""Deadlines: what falls due is done on the first open business day on or after its date, never counted in days.

The clock's process shares the due lines of the agenda out, one job for each lane; a job sends what the functions
declared with ``on_deadline`` yield. A line leaves the agenda when its event has been recorded and projected, so
whatever was killed on the way is found again at the next look.

    lane's job ──a line fails──▶ a job of its own, tried again by its policy ──in vain──▶ parked
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import date
from typing import LiteralString
from uuid import UUID

import structlog
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from runtime.acting import Acting, Behind
from runtime.business_days import BusinessDate
from runtime.jobs import AWAY, TURN, Task, TryAgain, defer, job
from runtime.parking import cause_of
from runtime.reactions import DEADLINES, Deadline

log = structlog.get_logger()

TASK = "deadlines"
"""Name of the queue."""

_WAITING: LiteralString = """
    SELECT args ->> 'stream' FROM jobs.procrastinate_jobs
    WHERE queue_name = %s AND status IN ('todo', 'doing') AND args ? 'stream'
"""

Due = Callable[[date, int | None, dict[int, int]], Sequence[Deadline]]
"""The agenda: what is due on a day or before it, oldest first, of one lane or of all; not before the read model
behind it has passed these positions."""
Count = Callable[[date, Collection[str], Collection[tuple[str, UUID]]], dict[int, int]]
"""By lane, how many lines of some kinds are due on a day or before it, without those of some kinds and streams."""

_SHARED: LiteralString = """
    SELECT queueing_lock FROM jobs.procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY (%s)
"""


class Deadlines:
    """The lines of the agenda that are due and nobody has given up.

    pool  connections in autocommit of the role ``app``
    due   the agenda
    count the same counted, which is what the clock asks five times a second; None: by reading its lines
    """

    def __init__(self, pool: ConnectionPool, due: Due, count: Count | None = None) -> None:
        self._pool, self._due = pool, due
        self._count = count or self._counted

    def open(self, on: date, lane: int | None = None, seen: dict[int, int] | None = None) -> list[Deadline]:
        """What is still to be done on this day. Raises Behind when the agenda has not seen enough."""
        lines = [line for line in self._due(on, lane, seen or {}) if line.kind in DEADLINES]
        given_up = self._parked() if lines else set()
        return [line for line in lines if (line.kind, line.stream_id) not in given_up]

    def ready(self, on: date, lane: int | None = None, seen: dict[int, int] | None = None) -> list[Deadline]:
        """The same without the streams in which a line waits for its next try. Raises Behind."""
        lines = self.open(on, lane, seen)
        waiting = self._waiting() if lines else set()
        return [line for line in lines if line.stream_id not in waiting]

    def share_out(self, on: date) -> int:
        """See that each lane with something to do has a job waiting; returns how many lines are due."""
        if not self._count(on, DEADLINES, ()):
            return 0
        given_up, waiting = self._parked(), self._waiting()
        ready = left = self._count(on, DEADLINES, given_up)
        if waiting:
            apart = {(kind, stream) for kind in DEADLINES for stream in waiting}
            ready = self._count(on, DEADLINES, given_up | apart)
        jobs = [job(TASK, f"{TASK}:{lane}", once=True, lane=lane) for lane in sorted(ready)]
        for work in self._not_shared_yet(jobs):
            self._defer(work)
        return sum(left.values())

    def left(self, on: date) -> int:
        """How many lines are due and neither done nor given up."""
        return sum(self._count(on, DEADLINES, self._parked()).values())

    def try_again(self, line: Deadline) -> None:
        """Give a line that has failed a job of its own, which counts its failures and nobody else's."""
        stream, number = line.stream_id.int, line.number
        self._defer(job(TASK, f"{TASK}:{line.id}", once=True, lane=line.lane, stream=stream, number=number))

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

    def _defer(self, work: Job) -> None:
        with suppress(AlreadyEnqueued), self._pool.connection() as connection, connection.transaction():
            defer(connection, [work])

    def _not_shared_yet(self, jobs: Sequence[Job]) -> list[Job]:
        """Without those that wait already: a queue that refuses one more writes an error into the server's log."""
        if not jobs:
            return []
        locks = [each.queueing_lock for each in jobs]
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            there = {lock for (lock,) in cursor.execute(_SHARED, (locks,))}
        return [each for each in jobs if each.queueing_lock not in there]

    def _counted(
        self, on: date, kinds: Collection[str], without: Collection[tuple[str, UUID]]
    ) -> dict[int, int]:
        lines = self._due(on, None, {})
        return Counter(
            line.lane for line in lines if line.kind in kinds and (line.kind, line.stream_id) not in without
        )

    def _waiting(self) -> set[UUID]:
        """Streams with a line that has a job of its own."""
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return {UUID(int=int(stream)) for (stream,) in cursor.execute(_WAITING, (TASK,))}

    def _parked(self) -> set[tuple[str, UUID]]:
        """By kind and stream."""
        kinds = {reaction.consumer: kind for kind, reaction in DEADLINES.items()}
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                "SELECT consumer, stream_id FROM store.parked WHERE consumer = ANY (%s)", (list(kinds),)
            )
            return {(kinds[consumer], stream) for consumer, stream in cursor}


class Course:
    """How a day's lines become fewer, for whoever watches; lines that come later count from when they come."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._left = self.total = 0
        """``total``: what there was to be done on this day, as far as it was watched."""

    def look(self, day: date, left: int) -> bool:
        """Note how many are left; returns whether that is news."""
        if day != self._day:
            self._day, self._left, self.total = day, 0, 0
        news, self.total, self._left = left != self._left, self.total + max(left - self._left, 0), left
        return news

    @property
    def done(self) -> int:
        return self.total - self._left

    def __str__(self) -> str:
        return f"{self.done:,} of {self.total:,} deadlines of {self._day}"


class DueWork:
    """What a job does: everything that is due in a lane, or one line that has failed before."""

    def __init__(self, acting: Acting, deadlines: Deadlines, business_date: BusinessDate) -> None:
        self._acting, self._deadlines, self._business_date = acting, deadlines, business_date

    def task(self) -> Task:
        return Task(TASK, self._do)

    def _do(self, failures: int, lane: int, stream: int | None = None, number: int = 0) -> None:
        try:
            if stream is None:
                self._work(lane)
            else:
                self._once_more(failures, lane, UUID(int=stream), number)
        except (*AWAY, Behind) as error:
            log.info("deadlines-wait", lane=lane, cause=type(error).__name__)
            raise TryAgain(1.0, failed=False) from None

    def _work(self, lane: int) -> None:
        """Look until nothing new is due: what was just done may have put a line that is due already."""
        seen: dict[int, int] = {}
        tried: set[str] = set()
        failed: set[UUID] = set()
        while lines := [
            line
            for line in self._deadlines.ready(self._business_date.today(), lane, seen)
            if line.id not in tried and line.stream_id not in failed
        ]:
            for line in lines:
                tried.add(line.id)
                if line.stream_id in failed:
                    continue
                with TURN:
                    error = self._meet(line, seen)
                if error is not None:
                    failed.add(line.stream_id)
                    if self._wait(line, error, 1) is not None:
                        self._deadlines.try_again(line)

    def _once_more(self, failures: int, lane: int, stream: UUID, number: int) -> None:
        """Try one line. The first failure was in the lane's job: it is counted here, and waited for."""
        due = self._deadlines.open(self._business_date.today(), lane)
        line = next((line for line in due if (line.stream_id, line.number) == (stream, number)), None)
        if line is None:
            return
        if not failures:
            raise TryAgain(DEADLINES[line.kind].retry.wait(1) or 0.0)
        error = self._meet(line, {})
        if error is not None and (wait := self._wait(line, error, failures + 1)) is not None:
            raise TryAgain(wait) from None

    def _meet(self, line: Deadline, seen: dict[int, int]) -> Exception | None:
        try:
            seen.update(self._acting.meet(DEADLINES[line.kind], line))
        except (*AWAY, Behind):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again or parked
            log.warning("reaction-failed", because=line.id, cause=type(error).__name__)
            return error
        return None

    def _wait(self, line: Deadline, error: Exception, failures: int) -> float | None:
        """Seconds until the next try; None when this was the last and the line is parked."""
        wait = DEADLINES[line.kind].retry.wait(failures)
        if wait is None:
            self._deadlines.park(line, error)
        return wait
