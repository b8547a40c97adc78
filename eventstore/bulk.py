"""Many rows in one statement: upsert, patch, sum and delete by ``unnest``, and COPY for rows known to be new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from psycopg import Connection, Cursor, errors
from psycopg.rows import tuple_row

from eventstore import cells

Row = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]

_MASKED = 63
"""Columns whose changes fit the bits of a bigint."""

_AS_TEXT: dict[str, set[type]] = {
    "numeric": {int, Decimal},
    "uuid": {UUID, str},
    "double precision": {float},
    "interval": {timedelta},
}
"""What a COPY as text makes the same of as a statement does, beside what can be packed."""
_LISTED = {str, int, UUID, Decimal, date}
"""The same of the items of a list."""


class Unsuited(Exception):
    """Values that go by a statement only."""


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

    def cells(self, values: list[Any]) -> list[bytes] | None:
        """As a binary COPY takes them; None when they cannot be packed. Raises Unsuited when a COPY as text would
        not make the same of them as a statement, or refuse what that takes."""
        packed = cells.cells(self.type, values)
        if packed is None and not self.is_json:
            allowed = {list} if self.is_list else _AS_TEXT.get(self.type, set())
            items = chain.from_iterable(filter(None, values)) if self.is_list else ()
            if not (_types(values) <= allowed and _types(items) <= _LISTED):
                raise Unsuited(self.name)
        return packed

    def array(self, values: list[Any]) -> Any:
        """The parameter that its values travel in."""
        if self.is_list or self.is_json:
            values = [_json(value) for value in values]
        elif self.type == "numeric":
            values = [None if value is None else Decimal(value) for value in values]
        return cells.array(self.sent_as, values)


@dataclass(frozen=True)
class Shape:
    """A table as PostgreSQL knows it, without its generated columns."""

    name: str
    """With its schema."""
    key: tuple[str, ...]
    columns: dict[str, Column]
    laneless: bool = False
    checked: dict[str, set[tuple[str, ...]]] = field(default_factory=dict, compare=False)
    """Columns that a handler named, by verb: they are looked at once, not with every event."""

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
    def required(self) -> tuple[str, ...]:
        """Columns without a default: what is not named is null."""
        return tuple(c.name for c in self.columns.values() if not c.has_default)

    @cached_property
    def defaults(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns.values() if c.has_default)

    @cached_property
    def _nothing(self) -> Row:
        return dict.fromkeys(self.required)

    def check(self, row: Mapping[str, Any]) -> None:
        """Raises TypeError for a column that the table does not have."""
        if not row.keys() <= self.columns.keys():
            raise TypeError(f"{self.name} has no column {', '.join(row.keys() - self.columns.keys())}")

    def defaults_missing_from(self, row: Row) -> frozenset[str]:
        return self.defaults - row.keys() if self.defaults else self.defaults

    def completed(self, row: Row) -> Row:
        """With every column but those that are left to their default."""
        return {**self._nothing, **row}


def put(cursor: Cursor[Any], shape: Shape, rows: Iterable[Row]) -> None:
    """Each row is exactly this from now on, whether it existed or not."""
    overwrite = ", ".join(f"{c} = EXCLUDED.{c}" for c in shape.values)
    for columns, group in _whole(shape, rows):
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


def patch(cursor: Cursor[Any], shape: Shape, patches: Sequence[tuple[Key, Row]]) -> None:
    """Each pair is a key and the columns that change; rows that do not exist stay away.

    One statement, however many combinations of columns there are: with each row travels which of them change.
    """
    if not patches:
        return
    combinations = {tuple(changes) for _, changes in patches}
    named = set().union(*combinations)
    columns = [c for c in shape.values if c in named]
    rows = [changes for _, changes in patches]
    if len(combinations) == 1 or all(set(changed) == named for changed in combinations):
        assigned = [f"{c} = {shape.columns[c].received()}" for c in columns]
        masks: list[tuple[str, str, Any]] = []
    elif len(columns) <= _MASKED:
        bits = {c: 1 << n for n, c in enumerate(columns)}
        mask_of = {changed: sum(bits[c] for c in changed) for changed in combinations}
        masks = [("changed_", "bigint", cells.array("bigint", [mask_of[tuple(row)] for row in rows]))]
        assigned = [
            f"{c} = CASE WHEN u.changed_ & {bits[c]} <> 0 THEN {shape.columns[c].received()} ELSE t.{c} END"
            for c in columns
        ]
    else:
        for combination in combinations:
            patch(cursor, shape, [pair for pair in patches if tuple(pair[1]) == combination])
        return
    before = f"UPDATE {shape.name} AS t SET {', '.join(assigned)} FROM"
    keys = _key_arrays(shape, [key for key, _ in patches])
    _run(cursor, before, keys + masks + _arrays(shape, columns, rows), _same_key(shape))


def delete(cursor: Cursor[Any], shape: Shape, keys: Sequence[Key]) -> None:
    if keys:
        _run(cursor, f"DELETE FROM {shape.name} AS t USING", _key_arrays(shape, keys), _same_key(shape))


def copy(cursor: Cursor[Any], shape: Shape, rows: Sequence[Row]) -> bool:
    """Rows that should be new, the fastest way there is; False, and nothing done, when one of them exists, or holds
    a value of which ``put`` makes something else, or may."""
    try:
        with cursor.connection.transaction():
            for columns, group in _whole(shape, rows):
                _copy(cursor, shape, columns, group)
    except (errors.UniqueViolation, errors.DataError, Unsuited):
        return False
    return True


def _copy(cursor: Cursor[Any], shape: Shape, columns: Sequence[str], rows: Sequence[Row]) -> None:
    into = f"COPY {shape.name} ({', '.join(columns)}) FROM STDIN"
    packed = [shape.columns[c].cells([row.get(c) for row in rows]) for c in columns]
    whole = [column for column in packed if column is not None]
    if len(whole) == len(packed):
        with cursor.copy(f"{into} (FORMAT binary)") as stream:
            stream.write(cells.START + cells.rows(whole) + cells.END)
        return
    sent = [(c, _json if shape.columns[c].is_json else _itself) for c in columns]
    with cursor.copy(into) as stream:
        for row in rows:
            stream.write_row([send(row.get(name)) for name, send in sent])


def _insert(
    cursor: Cursor[Any], shape: Shape, columns: Sequence[str], rows: Sequence[Row], overwrite: str
) -> None:
    received = ", ".join(shape.columns[c].received() for c in columns)
    before = f"INSERT INTO {shape.name} AS t ({', '.join(columns)}) SELECT {received} FROM"
    action = f"UPDATE SET {overwrite}" if overwrite else "NOTHING"
    _run(
        cursor,
        before,
        _arrays(shape, columns, rows),
        f"ON CONFLICT ({', '.join(shape.key)}) DO {action}",
    )


def _arrays(shape: Shape, columns: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, str, Any]]:
    """Name, type and values of each column."""
    found = [shape.columns[c] for c in columns]
    return [(c.name, c.sent_as, c.array([row.get(c.name) for row in rows])) for c in found]


def _key_arrays(shape: Shape, keys: Sequence[Key]) -> list[tuple[str, str, Any]]:
    found = [shape.columns[c] for c in shape.key]
    return [(c.name, c.sent_as, c.array([key[n] for key in keys])) for n, c in enumerate(found)]


def _run(cursor: Cursor[Any], before: str, columns: Sequence[tuple[str, str, Any]], after: str) -> None:
    arrays = ", ".join(f"%b::{sent_as}[]" for _, sent_as, _ in columns)
    statement = f"{before} unnest({arrays}) AS u ({', '.join(name for name, _, _ in columns)}) {after}"
    cursor.execute(statement, [values for _, _, values in columns])


def _same_key(shape: Shape) -> str:
    return "WHERE " + " AND ".join(f"t.{c} = u.{c}" for c in shape.key)


def _whole(shape: Shape, rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows that are put: with every column but those that are left to their default."""
    if not shape.defaults:
        rows = list(rows)
        return iter([(shape.required, rows)] if rows else [])
    return _grouped(map(shape.completed, rows))


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows with the same columns together, so that each group is one statement."""
    groups: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        groups.setdefault(frozenset(row), []).append(row)
    for columns, group in groups.items():
        yield tuple(sorted(columns)), group


def _types(values: Iterable[Any]) -> set[type]:
    return set(map(type, values)) - {type(None)}


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _itself(value: Any) -> Any:
    return value
