"""Parked: what a reaction could not do, kept with its cause for a person, and what waits behind it.

Later events of the same stream are held for that reaction, in order; everything else goes on.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import UUID

import structlog
from procrastinate.jobs import Job
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from eventstore import Recorded, Store, parking
from runtime.jobs import AWAY, Task, TryAgain, defer, job
from runtime.reactions import Reaction, every_reaction

log = structlog.get_logger()

_PARK = """
    INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (consumer, stream_id, version) DO NOTHING
"""
_BEFORE: LiteralString = """
    SELECT EXISTS (
        SELECT FROM store.parked WHERE consumer = %(consumer)s AND stream_id = %(stream)s AND position <= %(position)s
    ), EXISTS (
        SELECT FROM jobs.procrastinate_jobs
        WHERE lock = %(lock)s AND status = 'todo' AND args ? 'position' AND (args ->> 'position')::bigint < %(position)s
    )
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
"""Held while the list of a reaction changes: nothing may be put behind an event that is being taken off it."""
_RELEASE = """
    DELETE FROM store.parked WHERE consumer = %s AND (%s::uuid IS NULL OR stream_id = %s)
    RETURNING position
"""


class Parking:
    """The rows of ``store.parked`` that belong to reactions."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    def park(self, reaction: Reaction, row: Recorded, error: Exception) -> None:
        """Keep an event that was given up; from now on its stream waits for this reaction."""
        with self._pool.connection() as connection:
            _insert(connection, reaction, row, cause := cause_of(error))
        log.error("parked", reaction=reaction.name, because=row.id, cause=cause)

    def holds(self, reaction: Reaction, row: Recorded) -> bool:
        """Whether this event has to wait behind a parked one of its stream, or is parked itself; keeps it there.

        Raises TryAgain when earlier events of its stream were taken off the list while this one was on its way:
        they go first.
        """
        with self._pool.connection() as connection:
            if not self._is_behind(connection, reaction, row):
                return False
            with connection.transaction():
                connection.execute(_ONE_AT_A_TIME, (reaction.consumer,))
                if held := self._is_behind(connection, reaction, row):
                    _insert(connection, reaction, row, None)
        return held

    def _is_behind(self, connection: Connection[Any], reaction: Reaction, row: Recorded) -> bool:
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                _BEFORE,
                {
                    "consumer": reaction.consumer,
                    "stream": row.stream_id,
                    "position": row.position,
                    "lock": lock_of(reaction, row.stream_id),
                },
            )
            parked, released = cursor.fetchone() or (False, False)
        if released:
            raise TryAgain(0.0, failed=False)
        return bool(parked)


def retry_parked(store: Store, reaction: Reaction, stream_id: UUID | None = None) -> int:
    """Take parked events and those held behind them off the list and do them again, in order; returns how many.

    stream_id  of one stream; None for all streams of this reaction

    They go before what was queued since, so each stream keeps its order. What a person has decided to leave out
    (``eventstore.parking.leave_out``) is taken off the list and not done.
    """
    with store.pool.connection() as connection, connection.transaction():
        connection.execute(_ONE_AT_A_TIME, (reaction.consumer,))
        with connection.cursor(row_factory=tuple_row) as cursor:
            released = sorted(cursor.execute(_RELEASE, (reaction.consumer, stream_id, stream_id)))
        if not isinstance(reaction.cause, str):
            # A deadline needs no job: the next look at the agenda finds it.
            rows = [store.at(position) for (position,) in released]
            wanted = [row for row in rows if not parking.is_left_out(store, reaction.consumer, row)]
            defer(connection, [_again(reaction, row) for row in wanted])
    return len(released)


TASK = "parking.again"
"""Queue and task of what somebody asked for over HTTP."""


def jobs_for(row: Recorded) -> Iterator[Job]:
    """The job of a reaction's consumer when somebody wants what it has parked again; none for read models."""
    if row.kind in parking.AGAIN:
        asked: Any = row.event()
        if any(reaction.consumer == asked.consumer for reaction in every_reaction()):
            yield job(TASK, f"{TASK}:{asked.stream_id}", position=row.position)


def retrying(store: Store) -> Task:
    """Does such a job."""

    def do(failures: int, position: int) -> None:
        try:
            asked: Any = store.at(position).event()
            for reaction in every_reaction():
                if reaction.consumer == asked.consumer:
                    retry_parked(store, reaction, asked.stream_id)
        except AWAY as error:
            log.info("retrial-waits", cause=type(error).__name__)
            raise TryAgain(1.0, failed=False) from None

    return Task(TASK, do)


def _insert(connection: Connection[Any], reaction: Reaction, row: Recorded, cause: str | None) -> None:
    connection.execute(_PARK, (reaction.consumer, row.stream_id, row.version, row.position, row.lane, cause))


def _again(reaction: Reaction, row: Recorded) -> Job:
    return job(reaction.name, lock_of(reaction, row.stream_id), first=True, position=row.position)


def lock_of(reaction: Reaction, stream_id: UUID) -> str:
    """Events of one stream reach one reaction one at a time."""
    return f"{reaction.name}:{stream_id}"


def cause_of(error: BaseException) -> str:
    """What went wrong and where in our code; never the message, which may hold personal data."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" at {frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in last)
    return parking.cause_of(error) + where
