"""Rows built by hand and given to the store's own functions: writers whose every pause is under control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection, Cursor

from eventstore.aggregate import NO_LINK, lane_of
from eventstore.chain import link_after
from eventstore.session import Line

_ARRAYS = "%b::uuid[], %b::int[], %b::smallint[], %b::uuid[], %b::text[], %b::smallint[], %b, %b, %b, %b"
_APPEND = f"SELECT store.append(%b, %b, %b, %b, NULL, {_ARRAYS}, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')"
_APPEND_ONE = f"SELECT store.append_one(%b, %b, NULL, {', '.join(['%b'] * 10)})"
_MAC, _META = bytes(32), b'{"by":"nobody","on":"2026-05-04"}'


@dataclass
class Stream:
    """Where a stream is: what its next event is linked to."""

    id: UUID
    owner: UUID | None = None
    version: int = 0
    link: bytes = NO_LINK

    def next(self, kind: str = "Tally.Counted", state: bytes = b"{}") -> Line:
        """The next event; the stream goes on from it."""
        lane, previous, version = lane_of(self.owner or self.id), self.link, self.version + 1
        link = link_after(previous, self.id, version, kind, 1, lane, self.owner, _META, state)
        self.version, self.link = version, link
        return Line(self.id, version, lane, self.owner, kind, 1, state, _META, link, previous)


def append(cursor: Cursor[Any], lines: Sequence[Line]) -> bytes:
    """The stored answer. Raises the database's own error for each outcome."""
    columns = [list(column) for column in zip(*lines, strict=True)] or [[]] * len(Line._fields)
    stream, version = lines[-1][:2] if lines else (uuid4(), 0)
    values = (uuid4(), _MAC, stream, version, *columns)
    answer: bytes = cursor.execute(_APPEND, values, prepare=True).fetchone()[0]  # type: ignore[index]
    return answer


def append_one(cursor: Cursor[Any], line: Line) -> int:
    """The position, by the form for one event."""
    place: int = cursor.execute(_APPEND_ONE, (uuid4(), _MAC, *line), prepare=True).fetchone()[0]  # type: ignore[index]
    return place


def resume(connection: Connection[Any], id: UUID) -> Stream:
    """A stream at its newest version, as it stands in the store."""
    row = connection.execute("SELECT owner, version, link FROM store.newest(%s)", (id,)).fetchone()
    return Stream(id) if row is None else Stream(id, *row)
