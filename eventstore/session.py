"""The store's functions over one connection: load, append, feed. SQL is spelled here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from eventstore.aggregate import Aggregate
from eventstore.chain import link_after
from eventstore.codec import Codec, Meta, encode_meta
from eventstore.command import NotFound
from eventstore.rows import COLUMNS, Batch, Recorded

if TYPE_CHECKING:
    from eventstore.ask import Ask

A = TypeVar("A", bound=Aggregate)

_APPEND = f"SELECT store.append({', '.join(['%b'] * 4)}, %b::uuid[], {', '.join(['%b'] * 15)})"
_LOAD = f"SELECT {COLUMNS} FROM store.load(%b, %b::uuid[], %b)"
_NEWEST = f"SELECT {COLUMNS} FROM store.newest(%b)"
_AT = f"SELECT {COLUMNS} FROM store.at(%b)"
_FEED = f"SELECT {COLUMNS} FROM store.read_feed(%b, %b::smallint[], %b)"
_SERIES_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%b::text, 0))"


@dataclass(slots=True)
class Lines:
    """The rows of one append, column by column as the function takes them."""

    streams: list[UUID] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    lanes: list[int] = field(default_factory=list)
    owners: list[UUID | None] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    schemas: list[int] = field(default_factory=list)
    states: list[bytes] = field(default_factory=list)
    metas: list[bytes] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)
    previous: list[bytes] = field(default_factory=list)

    def add(self, aggregate: Aggregate, meta: bytes, codec: Codec) -> None:
        """Everything the aggregate has recorded and not yet stored, each linked to the one before."""
        for event in aggregate.collect_events():
            assert isinstance(event, Aggregate.Event)
            kind, state = type(event).kind, codec.encode(event)
            link = link_after(
                aggregate.link,
                aggregate.id,
                event.originator_version,
                kind,
                type(event).schema,
                aggregate.lane,
                aggregate.owner,
                meta,
                state,
            )
            self.streams.append(aggregate.id)
            self.versions.append(event.originator_version)
            self.lanes.append(aggregate.lane)
            self.owners.append(aggregate.owner)
            self.kinds.append(kind)
            self.schemas.append(type(event).schema)
            self.states.append(state)
            self.metas.append(meta)
            self.links.append(link)
            self.previous.append(aggregate.link)
            aggregate.link = link


@dataclass(frozen=True, slots=True)
class Claims:
    """Values made unique or given back by one append, as keyed hashes."""

    scopes: list[str] = field(default_factory=list)
    macs: list[bytes] = field(default_factory=list)
    holders: list[UUID] = field(default_factory=list)
    released_scopes: list[str] = field(default_factory=list)
    released_macs: list[bytes] = field(default_factory=list)


class Session:
    """One connection in autocommit, borrowed for one unit of work."""

    def __init__(self, connection: Connection[Any], codec: Codec) -> None:
        assert connection.autocommit, "the store's connections are in autocommit"
        self._connection, self._codec = connection, codec
        self._cursor = connection.cursor(binary=True, row_factory=tuple_row)
        self._in_transaction = False

    def begin(self, unit: ExitStack) -> None:
        """Open a transaction that ends with the unit of work; does nothing the second time."""
        if not self._in_transaction:
            unit.enter_context(self._connection.transaction())
            self._in_transaction = True

    def load(self, kind: type[A], id: UUID, customers: frozenset[UUID] | None = None) -> A:
        """Replay a stream. Raises NotFound when there is none, it is of another kind, or somebody else's."""
        try:
            rows = self.rows(_LOAD, (id, _list(customers), 0))
        except psycopg.DatabaseError as error:
            if error.sqlstate != "QS005":
                raise
            raise NotFound(f"there is no {kind.__name__} {id}") from error
        if not rows or rows[0].kind.partition(".")[0] != kind.__name__:
            raise NotFound(f"there is no {kind.__name__} {id}")
        aggregate: Any = None
        for row in rows:
            aggregate = row.event().mutate(aggregate)
        aggregate.link = rows[-1].link
        return aggregate  # type: ignore[no-any-return]

    def history(self, stream: UUID) -> list[Recorded]:
        """Every event of a stream, oldest first; empty when there is none."""
        return self.rows(_LOAD, (stream, None, 0))

    def newest(self, stream: UUID) -> Recorded | None:
        rows = self.rows(_NEWEST, (stream,))
        return rows[0] if rows else None

    def at(self, position: int) -> Recorded | None:
        rows = self.rows(_AT, (position,))
        return rows[0] if rows else None

    def read_feed(self, after: int, lanes: Sequence[int] | None, limit: int) -> Batch:
        rows = self.rows(_FEED, (after, None if lanes is None else list(lanes), limit))
        through = rows[-1].position if rows else after
        if rows and rows[-1].stream_id is None:
            rows.pop()
        return Batch(rows, through)

    def answer_of(self, command: UUID) -> tuple[bytes, bytes] | None:
        """What a command was answered: the keyed hash of its request, and the answer."""
        self._cursor.execute("SELECT request_mac, answer FROM store.answer_of(%b)", (command,), prepare=True)
        return self._cursor.fetchone()

    def claimed(self, scope: str, mac: bytes) -> UUID | None:
        self._cursor.execute("SELECT store.claimed(%b, %b)", (scope, mac), prepare=True)
        row = self._cursor.fetchone()
        return row[0] if row else None

    def streams(self, after: UUID | None, limit: int) -> list[UUID]:
        self._cursor.execute("SELECT * FROM store.streams(%b, %b)", (after, limit), prepare=True)
        return [row[0] for row in self._cursor]

    def rows(self, statement: str, values: Sequence[Any]) -> list[Recorded]:
        self._cursor.execute(statement, values, prepare=True)
        recorded: Any = Recorded
        codec = self._codec
        return [recorded(*row, codec) for row in self._cursor.fetchall()]

    def append(
        self,
        command: UUID,
        mac: bytes,
        target: Aggregate,
        customers: frozenset[UUID] | None,
        lines: Lines,
        claims: Claims,
    ) -> bytes:
        """Append, or answer what was answered before; the stored answer as JSON bytes.

        Raises the database's own error for each outcome: the SQLSTATEs stand in migration 0001.
        """
        self._cursor.execute(
            _APPEND,
            (
                command,
                mac,
                target.id,
                target.version,
                _list(customers),
                lines.streams,
                lines.versions,
                lines.lanes,
                lines.owners,
                lines.kinds,
                lines.schemas,
                lines.states,
                lines.metas,
                lines.links,
                lines.previous,
                claims.scopes,
                claims.macs,
                claims.holders,
                claims.released_scopes,
                claims.released_macs,
            ),
            prepare=True,
        )
        row = self._cursor.fetchone()
        assert row is not None
        return bytes(row[0])

    def take_number(self, kind: type[Any], series: UUID, facts: dict[str, Any], ask: Ask) -> int:
        """See Ask.number: lock, newest version, one more event. The series is never replayed."""
        ask.in_transaction()
        self._cursor.execute(_SERIES_LOCK, (str(series),))
        newest = self.newest(series)
        held = next((a for a in ask.changed if a.id == series), None)
        if held is None:
            held = ask.add(_resumed(kind, series, newest) if newest else kind.begin(kind.Begun, series))
        held.record(kind.Taken, **facts)
        return held.version - 1


def stamped(by: str, **rest: Any) -> bytes:
    """The meta of an append as stored bytes; absent values are left out."""
    return encode_meta(Meta(by=by, **rest))


def _resumed(kind: type[A], series: UUID, newest: Recorded) -> A:
    """A series at its newest version, without its history."""
    resumed: A = kind.__new__(kind)
    resumed.__base_init__(series, newest.version, newest.recorded_at)
    resumed.owner, resumed.lane, resumed.link = newest.owner, newest.lane, newest.link
    return resumed


def _list(customers: frozenset[UUID] | None) -> list[UUID] | None:
    return None if customers is None else sorted(customers)
