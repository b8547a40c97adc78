"""Events that a consumer could not handle: kept with their cause, in order, until a person or a release helps.

    handled ◀──retry── parked ──leave out, by a named person──▶ recorded as Omission.Decided
               who asks for it over HTTP is recorded as Retrial.Asked

Later events of the same stream are held behind the parked one. What a person decides to leave out is recorded as an
event; it stays left out of every table of that read model for as long as it cannot be handled there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, LiteralString, TypeAlias
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

Name: TypeAlias = Annotated[
    str,
    Field(
        min_length=1, max_length=100, pattern=r"^[a-zA-Z0-9_.:]+$", examples=["reaction:notify.send_the_letter"],
        description="The table of a read model, or a reaction.",
    ),
]  # fmt: skip


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

    consumer: Name
    stream_id: UUID
    version: Annotated[int, Field(ge=1, lt=2**31, examples=[2])]
    reason: Annotated[
        str,
        Field(
            min_length=10, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$",
            examples=["L'écriture a été passée deux fois, voir C-2026-000012."],
        ),
    ]  # fmt: skip

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


class Retrial(Aggregate):
    """Somebody wants what is parked of one stream for one consumer to be tried again."""

    class Asked(Aggregate.Created):
        consumer: str
        """As the list shows it: the table of a read model, or a reaction."""
        stream_id: UUID
        by: UUID


class RetryParked(Command, on=Retrial, may="event.retry", of_house=True):
    """Try what is parked of a stream again, in order, with what waits behind it; whoever parked it does so shortly."""

    retrial_id: UUID
    consumer: Name
    stream_id: UUID

    def create(self, ask: Ask) -> Retrial:
        return Retrial.begin(
            Retrial.Asked, self.retrial_id, consumer=self.consumer, stream_id=self.stream_id, by=ask.by
        )


AGAIN: frozenset[str] = frozenset({Omission.Decided.kind, Retrial.Asked.kind})
"""Events after which a consumer looks at what it has parked of a stream."""


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


@dataclass(frozen=True)
class Listed(Parked):
    """The same for a screen."""

    kind: str | None
    """Of the event; None: it is no event, but something that falls due."""


_LIST: LiteralString = """
    SELECT p.consumer, p.stream_id, p.version, p.position, p.lane, p.cause, p.parked_at, e.kind
    FROM store.parked AS p LEFT JOIN LATERAL store.at(p.position) AS e ON p.position > 0
    WHERE (%(consumer)s::text IS NULL OR p.consumer = %(consumer)s)
      AND (%(stream)s::uuid IS NULL OR p.stream_id = %(stream)s)
      AND (%(after)s::text IS NULL OR (p.consumer, p.stream_id, p.version)
           > (%(after)s, %(after_stream)s::uuid, %(after_version)s::int))
    ORDER BY p.consumer, p.stream_id, p.version LIMIT %(limit)s
"""


def listed(
    connection: Connection[Any],
    consumer: str | None = None,
    stream: UUID | None = None,
    after: tuple[str, UUID, int] | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Some of what is parked, in the order of consumer, stream and version.

    after  the last one that was seen
    """
    last, of, version = after or (None, None, None)
    asked = {
        "consumer": consumer, "stream": stream, "after": last, "after_stream": of, "after_version": version,
        "limit": limit,
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(Listed)) as cursor:
        return cursor.execute(_LIST, asked).fetchall()


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
    "AGAIN",
    "Entry",
    "LeaveOut",
    "Listed",
    "Omission",
    "Parked",
    "Retrial",
    "RetryParked",
    "cause_of",
    "is_left_out",
    "leave_out",
    "listed",
    "note_cause",
    "omission_id",
    "park",
    "parked",
    "release",
    "streams",
]
