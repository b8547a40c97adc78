"""The store's functions over one connection: load, append, feed. SQL is spelled here and nowhere else."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.types.string import ByteaBinaryLoader

from eventstore.aggregate import Aggregate
from eventstore.chain import link_after
from eventstore.codec import Codec, Meta, encode_meta
from eventstore.command import NotFound, Receipt
from eventstore.rows import COLUMNS, Batch, Recorded, Unread
from eventstore.wire import Prepared

if TYPE_CHECKING:
    from eventstore.ask import Ask

A = TypeVar("A", bound=Aggregate)

# A repeated command is answered without writing, so without a transaction id.
_APPEND = (
    f"SELECT store.append({', '.join(['%b'] * 4)}, %b::uuid[], {', '.join(['%b'] * 15)}),"
    " pg_current_xact_id_if_assigned() IS NOT NULL"
)
APPEND_ONE = Prepared(
    "append_one",
    f"SELECT store.append_one({', '.join(f'${n}' for n in range(1, 14))})",
    [
        "uuid",
        "bytea",
        "uuid[]",
        "uuid",
        "int4",
        "int2",
        "uuid",
        "text",
        "int2",
        "bytea",
        "bytea",
        "bytea",
        "bytea",
    ],
)
_LOAD = f"SELECT {COLUMNS} FROM store.load(%b, %b::uuid[], %b)"
_NEWEST = f"SELECT {COLUMNS} FROM store.newest(%b)"
_AT = f"SELECT {COLUMNS} FROM store.at(%b)"
_LATEST = f"SELECT {COLUMNS} FROM store.latest(%b, %b::uuid[], %b::text[], %b)"
_FEED = f"SELECT {COLUMNS} FROM store.read_feed(%b, %b::smallint[], %b)"
_LEFT_AS_THEY_ARE = ("uuid", "int2", "int4", "text", "timestamptz")
"""Types that ``read_on`` does not make values of."""
_INT2, _INT4 = struct.Struct(">h").pack, struct.Struct(">i").pack
_SERIES_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%b::text, 0))"


class Line(NamedTuple):
    """The row of one event, as the append takes it."""

    stream: UUID
    version: int
    lane: int
    owner: UUID | None
    kind: str
    schema: int
    state: bytes
    meta: bytes
    link: bytes
    previous: bytes

    def in_binary(self) -> tuple[bytes | None, ...]:
        """Each in the binary form of its type."""
        stream, version, lane, owner, kind, schema, *stored = self
        owned_by = None if owner is None else owner.bytes
        return stream.bytes, _INT4(version), _INT2(lane), owned_by, kind.encode(), _INT2(schema), *stored


class Lines:
    """The rows of one append, in the order in which they get their positions."""

    def __init__(self) -> None:
        self.rows: list[Line] = []

    def add(self, aggregate: Aggregate, meta: bytes, codec: Codec) -> None:
        """Everything the aggregate has recorded and not yet stored, each linked to the one before."""
        id, lane, owner, previous = aggregate.id, aggregate.lane, aggregate.owner, aggregate.link
        for event in aggregate.collect_events():
            assert isinstance(event, Aggregate.Event)
            kind, schema, version = event.kind, event.schema, event.originator_version
            state = codec.encode(event)
            link = link_after(previous, id, version, kind, schema, lane, owner, meta, state)
            self.rows.append(Line(id, version, lane, owner, kind, schema, state, meta, link, previous))
            previous = link
        aggregate.link = previous


@dataclass(frozen=True, slots=True)
class Claims:
    """Values made unique or given back by one append, as keyed hashes."""

    scopes: list[str] = field(default_factory=list)
    macs: list[bytes] = field(default_factory=list)
    holders: list[UUID] = field(default_factory=list)
    released_scopes: list[str] = field(default_factory=list)
    released_macs: list[bytes] = field(default_factory=list)

    def columns(self) -> tuple[list[Any], ...]:
        """As the function takes them."""
        return self.scopes, self.macs, self.holders, self.released_scopes, self.released_macs

    def __bool__(self) -> bool:
        return bool(self.scopes or self.released_scopes)


NO_CLAIMS = Claims()


class Session:
    """One connection in autocommit, borrowed for one unit of work."""

    def __init__(self, connection: Connection[Any], codec: Codec) -> None:
        assert connection.autocommit, "the store's connections are in autocommit"
        self._connection, self._codec = connection, codec
        self._in_transaction = False

    @cached_property
    def _cursor(self) -> psycopg.Cursor[tuple[Any, ...]]:
        """Made for the first statement that needs one: an append of one event does not."""
        return self._connection.cursor(binary=True, row_factory=tuple_row)

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
        # Whose stream it is was said when it began, perhaps by an earlier release: what the class says now may differ.
        aggregate.owner, aggregate.lane, aggregate.link = rows[-1].owner, rows[-1].lane, rows[-1].link
        return aggregate  # type: ignore[no-any-return]

    def history(self, stream: UUID, customers: frozenset[UUID] | None = None) -> list[Recorded]:
        """Every event of a stream, oldest first; empty when there is none. Somebody else's is refused."""
        return self.rows(_LOAD, (stream, _list(customers), 0))

    def newest(self, stream: UUID) -> Recorded | None:
        rows = self.rows(_NEWEST, (stream,))
        return rows[0] if rows else None

    def latest(
        self, before: int, owners: frozenset[UUID] | None, kinds: Sequence[str], limit: int
    ) -> list[Recorded]:
        return self.rows(_LATEST, (before, _list(owners), list(kinds), limit))

    def at(self, position: int) -> Recorded | None:
        rows = self.rows(_AT, (position,))
        return rows[0] if rows else None

    def read_feed(self, after: int, lanes: Sequence[int] | None, limit: int) -> Batch:
        rows = self.rows(_FEED, (after, None if lanes is None else list(lanes), limit))
        through = rows[-1].position if rows else after
        if rows and rows[-1].stream_id is None:
            rows.pop()
        return Batch(rows, through)

    def read_on(self, after: int, limit: int) -> list[Unread]:
        """The feed of all lanes for whoever hands it on unread: a third of the time."""
        with self._connection.cursor(binary=True, row_factory=tuple_row) as cursor:
            for name in _LEFT_AS_THEY_ARE:
                cursor.adapters.register_loader(name, ByteaBinaryLoader)
            rows: Any = cursor.execute(_FEED, (after, None, limit), prepare=True).fetchall()
        return rows  # type: ignore[no-any-return]

    def lane_ends(self, upto: int | None) -> dict[int, int]:
        self._cursor.execute("SELECT lane, position FROM store.lane_ends(%b)", (upto,), prepare=True)
        return dict(self._cursor.fetchall())

    def missing(self, positions: Collection[int]) -> list[int]:
        query = (
            "SELECT p FROM unnest(%b::bigint[]) AS p WHERE NOT EXISTS (SELECT FROM store.at(p)) ORDER BY p"
        )
        self._cursor.execute(query, (list(positions),), prepare=True)
        return [position for (position,) in self._cursor.fetchall()]

    def answer_of(self, command: UUID) -> tuple[bytes, bytes] | None:
        """What a command was answered: the keyed hash of its request, and the answer."""
        self._cursor.execute("SELECT request_mac, answer FROM store.answer_of(%b)", (command,), prepare=True)
        return self._cursor.fetchone()

    def claimed(self, scope: str, mac: bytes) -> UUID | None:
        found: UUID | None = self._one("SELECT store.claimed(%b, %b)", (scope, mac))
        return found

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
    ) -> tuple[Receipt, bool]:
        """Append, or answer what was answered before; the second value is whether anything was stored now.

        Raises the database's own error for each outcome: the SQLSTATEs stand in migration 0001.
        """
        alone = len(lines.rows) == 1 and lines.rows[0].stream == target.id and not claims
        if alone and not self._in_transaction:
            return self._append_one(command, mac, customers, lines.rows[0])
        columns = [list(column) for column in zip(*lines.rows, strict=True)] or [[]] * 10
        about = (command, mac, target.id, target.version, _list(customers))
        self._cursor.execute(_APPEND, (*about, *columns, *claims.columns()), prepare=True)
        row = self._cursor.fetchone()
        assert row is not None
        return receipt_of(row[0]), row[1]

    def _append_one(
        self, command: UUID, mac: bytes, customers: frozenset[UUID] | None, line: Line
    ) -> tuple[Receipt, bool]:
        place = APPEND_ONE(self._connection, (command.bytes, mac, _uuids(customers), *line.in_binary()))
        if place is None:
            answered = self.answer_of(command)
            assert answered is not None, "a command that was carried out has an answer"
            return receipt_of(answered[1]), False
        position = int.from_bytes(place, "big")
        return Receipt(line.stream, line.version, {str(line.lane): str(position)}), True

    def _one(self, statement: str, values: Sequence[Any]) -> Any:
        """The one value that a statement answers."""
        self._cursor.execute(statement, values, prepare=True)
        row = self._cursor.fetchone()
        return row[0] if row else None

    def take_number(self, kind: type[Any], series: UUID, facts: dict[str, Any], ask: Ask) -> int:
        """See Ask.number: lock, newest version, one more event. The series is never replayed."""
        ask.in_transaction()
        self._cursor.execute(_SERIES_LOCK, (str(series),))
        newest = self.newest(series)
        held = next((a for a in ask.changed if a.id == series), None)
        if held is None:
            held = ask.add(_resumed(kind, series, newest) if newest else kind.begin(kind.Begun, series))
            ask.numbered.append(held)
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


def receipt_of(answer: bytes) -> Receipt:
    """From the stored answer."""
    return msgspec.json.decode(answer, type=Receipt)


def _uuids(ids: frozenset[UUID] | None) -> bytes | None:
    """``uuid[]`` in binary: dimensions, nulls, type, length and lower bound, then each with its length."""
    if ids is None:
        return None
    head = struct.pack(">5i", 1, 0, psycopg.adapters.types["uuid"].oid, len(ids), 1)
    return head + b"".join(b"\0\0\0\x10" + id.bytes for id in sorted(ids))


def _list(customers: frozenset[UUID] | None) -> list[UUID] | None:
    return None if customers is None else sorted(customers)
