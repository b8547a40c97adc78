"""Many rows in one statement: upsert, patch, sum and delete by ``unnest``, and COPY for rows known to be new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

import msgspec
from psycopg import Connection, Cursor, errors
from psycopg.rows import tuple_row

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column that can be written."""

    name: str
    type: str
    has_default: bool

    @property
    def is_list(self) -> bool:
        return self.type.endswith("[]")

    @property
    def is_json(self) -> bool:
        return self.type in ("json", "jsonb")

    @property
    def sent_as(self) -> str:
        """The type of the elements of the array that its values travel in."""
        return "text" if self.is_list or self.is_json else self.type

    def received(self) -> str:
        """Makes the value of what travelled. Lists travel as JSON, because unnest flattens arrays of arrays."""
        if self.is_list:
            items = f"ARRAY(SELECT jsonb_array_elements_text(u.{self.name}::jsonb))::{self.type}"
            return f"CASE WHEN u.{self.name} IS NOT NULL THEN {items} END"
        return f"u.{self.name}::{self.type}" if self.is_json else f"u.{self.name}"

    def values(self, rows: Iterable[Row]) -> list[Any]:
        found = list(map(itemgetter(self.name), rows))
        if self.is_list or self.is_json:
            return [_json(value) for value in found]
        if self.type == "numeric":
            return [None if value is None else Decimal(value) for value in found]
        return found


@dataclass(frozen=True)
class Shape:
    """A table as PostgreSQL knows it, without its generated columns."""

    name: str
    """With its schema."""
    key: tuple[str, ...]
    columns: dict[str, Column]
    laneless: bool = False

    @classmethod
    def of(
        cls, connection: Connection[Any], name: str, key: tuple[str, ...], laneless: bool = False
    ) -> Shape:
        """Read it from the catalogue. Raises psycopg.errors.UndefinedTable."""
        with connection.cursor(row_factory=tuple_row) as catalogue:
            catalogue.execute(
                "SELECT attname, format_type(atttypid, -1), atthasdef FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
                " ORDER BY attnum",
                (name,),
            )
            return cls(name, key, {row[0]: Column(*row) for row in catalogue}, laneless)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The columns beside the key."""
        return tuple(name for name in self.columns if name not in self.key)

    @cached_property
    def uuids(self) -> tuple[bool, ...]:
        """Which columns of the key are uuids."""
        return tuple(self.columns[name].type == "uuid" for name in self.key)

    @cached_property
    def _nothing(self) -> Row:
        return {c.name: None for c in self.columns.values() if not c.has_default}

    @cached_property
    def _defaults(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns.values() if c.has_default)

    def check(self, row: Mapping[str, Any]) -> None:
        """Raises TypeError for a column that the table does not have."""
        if not row.keys() <= self.columns.keys():
            raise TypeError(f"{self.name} has no column {', '.join(row.keys() - self.columns.keys())}")

    def defaults_missing_from(self, row: Row) -> frozenset[str]:
        return self._defaults - row.keys()

    def completed(self, row: Row) -> Row:
        """With every column but those that are left to their default."""
        return {**self._nothing, **row}


def put(cursor: Cursor[Any], shape: Shape, rows: Iterable[Row]) -> None:
    """Each row is exactly this from now on, whether it existed or not."""
    overwrite = ", ".join(f"{c} = EXCLUDED.{c}" for c in shape.values)
    for columns, group in _grouped(map(shape.completed, rows)):
        _insert(cursor, shape, columns, group, overwrite)


def add(cursor: Cursor[Any], shape: Shape, sums: Sequence[tuple[Row, Row]]) -> None:
    """Each pair is what a new row begins with and what is added; the order of the pairs is kept.

    In a table without lanes one statement names every sum, so that rows are locked in that order throughout.
    """
    if shape.laneless:
        nothing = dict.fromkeys(shape.values, 0)
        sums = [(starts, {**nothing, **deltas}) for starts, deltas in sums]
    by_deltas: dict[tuple[str, ...], list[Row]] = {}
    for starts, deltas in sums:
        by_deltas.setdefault(tuple(sorted(deltas)), []).append({**starts, **deltas})
    for summed, rows in by_deltas.items():
        overwrite = ", ".join(f"{c} = coalesce(t.{c}, 0) + EXCLUDED.{c}" for c in summed)
        for columns, group in _grouped(rows):
            _insert(cursor, shape, columns, group, overwrite)


def patch(cursor: Cursor[Any], shape: Shape, rows: Iterable[Row]) -> None:
    """Each row holds a key and the columns that change; rows that do not exist stay away."""
    for columns, group in _grouped(rows):
        changed = ", ".join(f"{c} = {shape.columns[c].received()}" for c in columns if c not in shape.key)
        _run(cursor, shape, f"UPDATE {shape.name} AS t SET {changed} FROM", columns, group, _same_key(shape))


def delete(cursor: Cursor[Any], shape: Shape, keys: Sequence[Row]) -> None:
    if keys:
        _run(cursor, shape, f"DELETE FROM {shape.name} AS t USING", shape.key, keys, _same_key(shape))


def copy(cursor: Cursor[Any], shape: Shape, rows: Iterable[Row]) -> bool:
    """Rows that should be new, the fastest way there is; False, and nothing done, when one of them exists."""
    try:
        with cursor.connection.transaction():
            for columns, group in _grouped(map(shape.completed, rows)):
                _copy(cursor, shape, columns, group)
    except errors.UniqueViolation:
        return False
    return True


def _copy(cursor: Cursor[Any], shape: Shape, columns: Sequence[str], rows: Iterable[Row]) -> None:
    cells: list[tuple[str, Callable[[Any], Any]]] = [
        (c, _json if shape.columns[c].is_json else _itself) for c in columns
    ]
    with cursor.copy(f"COPY {shape.name} ({', '.join(columns)}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row([send(row[name]) for name, send in cells])


def _insert(
    cursor: Cursor[Any], shape: Shape, columns: Sequence[str], rows: Sequence[Row], overwrite: str
) -> None:
    received = ", ".join(shape.columns[c].received() for c in columns)
    before = f"INSERT INTO {shape.name} AS t ({', '.join(columns)}) SELECT {received} FROM"
    action = f"UPDATE SET {overwrite}" if overwrite else "NOTHING"
    _run(cursor, shape, before, columns, rows, f"ON CONFLICT ({', '.join(shape.key)}) DO {action}")


def _run(
    cursor: Cursor[Any], shape: Shape, before: str, columns: Sequence[str], rows: Sequence[Row], after: str
) -> None:
    found = [shape.columns[c] for c in columns]
    arrays = ", ".join(f"%b::{column.sent_as}[]" for column in found)
    statement = f"{before} unnest({arrays}) AS u ({', '.join(columns)}) {after}"
    cursor.execute(statement, [column.values(rows) for column in found])


def _same_key(shape: Shape) -> str:
    return "WHERE " + " AND ".join(f"t.{c} = u.{c}" for c in shape.key)


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows with the same columns together, so that each group is one statement."""
    groups: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        groups.setdefault(frozenset(row), []).append(row)
    for columns, group in groups.items():
        yield tuple(sorted(columns)), group


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _itself(value: Any) -> Any:
    return value
