"""Events that a consumer could not handle: kept with their cause, in order, until a person or a release helps.

    handled ◀──retry── parked ──leave out, by a named person──▶ recorded as Omission.Decided

Later events of the same stream are held behind the parked one. What a person decides to leave out is recorded as an
event; it stays left out of every table of that read model for as long as it cannot be handled there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
from psycopg import Connection
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool
from pydantic import Field

from eventstore.aggregate import Aggregate
from eventstore.command import AlreadyExists, Asker, Command
from eventstore.rows import Recorded
from eventstore.store import Store

if TYPE_CHECKING:
    from eventstore.ask import Ask

Entry: TypeAlias = tuple[Recorded, str | None]
"""An event to park: with its cause, or held behind an earlier one."""


class Omission(Aggregate):
    """The decision that an event is left out of a read model."""

    class Decided(Aggregate.Created):
        consumer: str
        """The read model, or the reaction."""
        stream_id: UUID
        version: int
        reason: str
        by: UUID


class LeaveOut(Command, on=Omission, may="event.leave_out"):
    """Leave a parked event out of one read model, for a reason that is kept."""

    consumer: Annotated[str, Field(min_length=1, max_length=100)]
    stream_id: UUID
    version: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(min_length=10, max_length=500)]

    def create(self, ask: Ask) -> Omission:
        id = omission_id(self.consumer, self.stream_id, self.version)
        return Omission.begin(
            Omission.Decided,
            id,
            consumer=self.consumer,
            stream_id=self.stream_id,
            version=self.version,
            reason=self.reason,
            by=ask.by,
        )


@dataclass(frozen=True)
class Parked:
    """One parked or held event of one consumer."""

    consumer: str
    """The table of a read model, or a reaction."""
    stream_id: UUID
    version: int
    position: int
    lane: int
    cause: str | None
    """Class of the error and address of the event, never personal data; None: held behind an earlier event."""
    parked_at: datetime


def omission_id(consumer: str, stream: UUID, version: int) -> UUID:
    """The stream that holds the decision, if there is one: a decision is made once."""
    return uuid5(NAMESPACE_URL, f"omission:{consumer}:{stream}:{version}")


def leave_out(store: Store, asker: Asker, consumer: str, stream: UUID, version: int, reason: str) -> None:
    """Record the decision; deciding again changes nothing."""
    command = LeaveOut(consumer=consumer, stream_id=stream, version=version, reason=reason)
    try:
        store.send(command, asker)
    except AlreadyExists:
        return


def is_left_out(store: Store, consumer: str, row: Recorded) -> bool:
    return store.last(omission_id(consumer, row.stream_id, row.version)) is not None


# ── the list ───────────────────────────────────────────────────────────────


def parked(pool: ConnectionPool, consumer: str | None = None, stream: UUID | None = None) -> list[Parked]:
    """Everything that is parked, each stream in order, oldest first."""
    with pool.connection() as connection, connection.cursor(row_factory=class_row(Parked)) as cursor:
        return cursor.execute(
            "SELECT consumer, stream_id, version, position, lane, cause, parked_at FROM store.parked"
            " WHERE (%(consumer)s::text IS NULL OR consumer = %(consumer)s)"
            " AND (%(stream)s::uuid IS NULL OR stream_id = %(stream)s)"
            " ORDER BY consumer, stream_id, version",
            {"consumer": consumer, "stream": stream},
        ).fetchall()


def streams(connection: Connection[Any], consumer: str, lanes: Collection[int]) -> set[UUID]:
    """Streams whose events are held; nobody else changes them while the lanes are locked."""
    query = "SELECT DISTINCT stream_id FROM store.parked WHERE consumer = %s AND lane = ANY(%s::smallint[])"
    return {stream for (stream,) in connection.execute(query, (consumer, list(lanes)))}


def park(connection: Connection[Any], consumer: str, entries: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [(consumer, r.stream_id, r.version, r.position, r.lane, cause) for r, cause in entries],
        )


def release(connection: Connection[Any], consumer: str, row: Recorded) -> bool:
    """Take an event off the list; False when somebody else did, or when an earlier one is still on it."""
    query = (
        "DELETE FROM store.parked p WHERE consumer = %(consumer)s AND stream_id = %(stream)s AND version = %(version)s"
        " AND NOT EXISTS (SELECT FROM store.parked e WHERE e.consumer = p.consumer"
        " AND e.stream_id = p.stream_id AND e.version < p.version)"
    )
    values = {"consumer": consumer, "stream": row.stream_id, "version": row.version}
    return connection.execute(query, values).rowcount == 1


def note_cause(connection: Connection[Any], consumer: str, row: Recorded, cause: str) -> None:
    """It failed again, or an event that was only held has failed now."""
    connection.execute(
        "UPDATE store.parked SET cause = %s WHERE consumer = %s AND stream_id = %s AND version = %s",
        (cause, consumer, row.stream_id, row.version),
    )


def cause_of(error: BaseException) -> str:
    """What may be kept and shown: the class of the error and what it says about the schema, never its message."""
    if isinstance(error, psycopg.Error):
        about = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
        return " ".join([type(error).__name__, *(part for part in about if part)])
    inner = error.__cause__
    return type(error).__name__ + (f" from {type(inner).__name__}" if inner is not None else "")


__all__ = [
    "Entry",
    "LeaveOut",
    "Omission",
    "Parked",
    "cause_of",
    "is_left_out",
    "leave_out",
    "note_cause",
    "omission_id",
    "park",
    "parked",
    "release",
    "streams",
]
