"""Together: one job for all the events of a lane that a reaction answers to and that wait; on most days that is one.

    event ──reactor──▶ is a job of its reaction and lane waiting? ──yes──▶ nothing: that job will find the event
                                                                  └─no──▶ a job, from this event's position on
    job ──each event of the lane, up to where the reactor is──▶ function ──fails──▶ a job of its own, and its stream's
                                                                             later events queue up behind that one

A job of the queue costs four times what it takes to enter an interest in the journal, so a day on which thousands of
instalments fall due is done by a few hundred jobs (decision 36). Nothing is kept beside the queue: a job whose
process was killed begins again at its first event, and the store recognises what is already there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, LiteralString

from procrastinate.jobs import Job
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from eventstore import Recorded, Store
from runtime.jobs import defer, job
from runtime.parking import lock_of
from runtime.reactions import REACTIONS, Reaction

PAGE = 500
"""Events that are read at a time."""

_WAITING: LiteralString = """
    SELECT lock FROM jobs.procrastinate_jobs WHERE status = 'todo' AND lock = ANY (%s) FOR UPDATE
"""
"""Locked, so that none of them begins before the events that are left to it can be found."""
_APART: LiteralString = """
    SELECT EXISTS (SELECT FROM store.parked WHERE consumer = %(consumer)s)
        OR EXISTS (SELECT FROM jobs.procrastinate_jobs
                   WHERE queue_name = %(queue)s AND status IN ('todo', 'doing') AND NOT args ? 'lane')
"""
_STREAM_APART: LiteralString = """
    SELECT EXISTS (SELECT FROM store.parked WHERE consumer = %(consumer)s AND stream_id = %(stream)s)
        OR EXISTS (SELECT FROM jobs.procrastinate_jobs WHERE lock = %(lock)s AND status IN ('todo', 'doing'))
"""
_NOW = "SELECT clock_timestamp() + make_interval(secs => %s)"


def lane_job(reaction: Reaction, lane: int, position: int) -> Job:
    """All that a reaction has to do in a lane, from the event at this position on."""
    return job(reaction.name, f"{reaction.name}:lane {lane}", position=position, lane=lane)


def without_waiting(connection: Connection[Any], jobs: Sequence[Job]) -> list[Job]:
    """Those of the jobs that are not of a lane whose job waits already; in the transaction that defers them."""
    of_lanes = {each.lock for each in jobs if "lane" in each.task_kwargs}
    if not of_lanes:
        return list(jobs)
    with connection.cursor(row_factory=tuple_row) as cursor:
        waiting = {lock for (lock,) in cursor.execute(_WAITING, (sorted(map(str, of_lanes)),))}
    return [each for each in jobs if each.lock not in waiting or "lane" not in each.task_kwargs]


def events_of(store: Store, reaction: Reaction, lane: int, first: int, last: int) -> Iterator[Recorded]:
    """What the reaction answers to in a lane between two positions, both included, oldest first."""
    kinds = {kind for kind, found in REACTIONS.items() if any(each.name == reaction.name for each in found)}
    after = first - 1
    while rows := store.read_feed(after, [lane], PAGE).events:
        for row in rows:
            if row.position > last:
                return
            if row.kind in kinds:
                yield row
        after = rows[-1].position


class Apart:
    """The events that have a job of their own, because they failed or wait behind one that did."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    def any_of(self, reaction: Reaction) -> bool:
        """Whether there may be one at all: asked once a job."""
        return self._found(_APART, consumer=reaction.consumer, queue=reaction.name)

    def holds(self, reaction: Reaction, row: Recorded) -> bool:
        """Whether something of this event's stream is apart, so that this event has to queue up behind it."""
        lock = lock_of(reaction, row.stream_id)
        return self._found(_STREAM_APART, consumer=reaction.consumer, stream=row.stream_id, lock=lock)

    def put(self, reaction: Reaction, row: Recorded, wait: float | None = None) -> None:
        """Give an event a job of its own; ``wait``: it has failed once, and is tried again after so many seconds."""
        alone = job(reaction.name, lock_of(reaction, row.stream_id), position=row.position)
        with self._pool.connection() as connection, connection.transaction():
            if wait is not None:
                alone = alone.evolve(priority=1, scheduled_at=_in(connection, wait))
            defer(connection, [alone])

    def _found(self, question: LiteralString, **values: Any) -> bool:
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(question, values).fetchone()
        return bool(row and row[0])


def _in(connection: Connection[Any], seconds: float) -> datetime:
    """By the clock of the database, which is the queue's."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_NOW, (seconds,)).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def jobs_of(rows: Iterable[Recorded]) -> Iterator[Job]:
    """A job for each event and reaction, or for each lane and reaction that does all that waits."""
    begun: set[tuple[str, int]] = set()
    for row in rows:
        for reaction in REACTIONS.get(row.kind, ()):
            if not reaction.together:
                yield job(reaction.name, lock_of(reaction, row.stream_id), position=row.position)
            elif (reaction.name, row.lane) not in begun:
                begun.add((reaction.name, row.lane))
                yield lane_job(reaction, row.lane, row.position)
