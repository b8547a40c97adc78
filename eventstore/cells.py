"""Values as PostgreSQL's binary cells: one packing for arrays and for COPY, without a call of psycopg for each value.

    cell = length, int4 ‖ bytes          array = header ‖ cells          row of COPY = number of cells, int2 ‖ cells

What this does not know (numeric, lists, a value of another type) goes the way of psycopg: ``cells`` answers None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from struct import Struct
from struct import error as DoesNotFit
from typing import Any
from uuid import UUID

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

NULL = b"\xff\xff\xff\xff"
START, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
"""Before the first and after the last row of a binary COPY."""

_HEADER = Struct(">iiIii").pack
_DAY_0 = date(2000, 1, 1).toordinal()
_MOMENT_0, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Packed(bytes):
    """A whole array; the statement says of what type, ``%b::bigint[]``."""


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, packed: Packed) -> bytes:
        return packed


adapters.register_dumper(Packed, _PackedDumper)


def array(type: str, values: Sequence[Any]) -> Packed | list[Any]:
    """A column of values as one parameter."""
    packed = cells(type, values)
    if packed is None:
        return list(values)
    return Packed(_HEADER(1, 1, _OIDS[type], len(packed), 1) + b"".join(packed))


def rows(columns: Sequence[Sequence[bytes]]) -> bytes:
    """Columns of cells as the rows of a binary COPY, without ``START`` and ``END``."""
    count = len(columns).to_bytes(2, "big")
    return b"".join(chain.from_iterable(zip(repeat(count), *columns, strict=False)))


def cells(type: str, values: Sequence[Any]) -> list[bytes] | None:
    """One cell for each value; None when a value is not of the type that is packed here."""
    expected, pack = _PACKERS.get(type, (None, None))
    kinds = set(map(_type, values))
    absent = _NOTHING in kinds
    kinds.discard(_NOTHING)
    if pack is None or not kinds <= {expected}:
        return None
    try:
        if not absent:
            return pack(values)
        packed = iter(pack([value for value in values if value is not None]))
    except (DoesNotFit, UnicodeEncodeError, TypeError):
        return None
    return [NULL if value is None else next(packed) for value in values]


_type = type
_NOTHING = type(None)


def _fixed(code: str) -> Callable[[Sequence[Any]], list[bytes]]:
    made = Struct(">i" + code)
    pack, size = made.pack, made.size - 4
    return lambda values: [pack(size, value) for value in values]


class _Known(dict[Any, bytes]):
    """Cells of values that come again and again."""

    def __init__(self, pack: Callable[[Any], bytes]) -> None:
        self._pack = pack

    def __missing__(self, value: Any) -> bytes:
        cell = self[value] = self._pack(value)
        return cell


def _often_the_same(pack: Callable[[Any], bytes]) -> Callable[[Sequence[Any]], list[bytes]]:
    return lambda values: list(map(_Known(pack).__getitem__, values))


def _text(value: str) -> bytes:
    written = value.encode()
    return len(written).to_bytes(4, "big") + written


def _uuids(values: Sequence[UUID]) -> list[bytes]:
    return [b"\0\0\0\x10" + value.int.to_bytes(16, "big") for value in values]


_4, _8 = Struct(">ii").pack, Struct(">iq").pack

_PACKERS: dict[str, tuple[type, Callable[[Sequence[Any]], list[bytes]]]] = {
    "uuid": (UUID, _uuids),
    "bigint": (int, _fixed("q")),
    "integer": (int, _fixed("i")),
    "smallint": (int, _fixed("h")),
    "boolean": (bool, _fixed("?")),
    "text": (str, _often_the_same(_text)),
    "character varying": (str, _often_the_same(_text)),
    "bpchar": (str, _often_the_same(_text)),
    "date": (date, _often_the_same(lambda day: _4(4, day.toordinal() - _DAY_0))),
    "timestamp with time zone": (
        datetime,
        _often_the_same(lambda moment: _8(8, (moment - _MOMENT_0) // _MICROSECOND)),
    ),
}
_OIDS = {
    "uuid": 2950,
    "bigint": 20,
    "integer": 23,
    "smallint": 21,
    "boolean": 16,
    "text": 25,
    "character varying": 1043,
    "bpchar": 1042,
    "date": 1082,
    "timestamp with time zone": 1184,
}
