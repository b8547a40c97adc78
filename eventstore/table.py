"""What a handler writes to: changes are folded in memory, row by row, and reach PostgreSQL in bulk.

A batch of a thousand events becomes a handful of statements (bulk.py). What a handler reads with ``get`` includes
what was written before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row

from eventstore import bulk
from eventstore.bulk import Row, Shape

Key = tuple[Any, ...]

_EXACT = (int, Decimal)


@dataclass(slots=True)
class _Change:
    """What becomes of one row: it is put whole, or is gone, or gets sums (``starts``) and then new values."""

    sets: Row = field(default_factory=dict)
    whole: bool = False
    gone: bool = False
    starts: Row | None = None
    """What a row that does not exist begins with; the first ``add`` sets it."""
    adds: Row = field(default_factory=dict)


class Table:
    """The one table a read model writes, for the length of a batch.

    shape       of that table, from ``Shape.of``
    connection  inside the transaction that also moves the positions
    """

    def __init__(self, shape: Shape, connection: Connection[Any]) -> None:
        self._shape = shape
        self._cursor: Cursor[DictRow] = connection.cursor(row_factory=dict_row)
        self._changes: dict[Key, _Change] = {}
        self._known: dict[Key, Row | None] = {}

    # ── what a handler says ────────────────────────────────────────────────

    def put(self, **columns: Any) -> None:
        """The row is exactly this; columns that are not named take their default."""
        self._within_a_lane("put")
        self._shape.check(columns)
        self._changes[self._key_in(columns)] = _Change(columns, whole=True)

    def patch(self, key: Any, **columns: Any) -> None:
        """Change some columns of a row, none of them in the key; where there is no row, nothing happens.

        key  the value of the key column, or a tuple in the order of the key's columns
        """
        self._within_a_lane("patch")
        self._shape.check(columns)
        if not columns.keys().isdisjoint(self._shape.key):
            raise TypeError(
                f"a row keeps its key ({', '.join(self._shape.key)}): delete it and put another one"
            )
        change = self._changes.setdefault(self._key(key), _Change())
        if not change.gone:
            change.sets.update(columns)

    def add(self, key: Mapping[str, Any], **deltas: int | Decimal) -> None:
        """Add to numbers of a row; where there is no row, it begins with these.

        key     the key's columns; in a table with lanes also others, which only a new row takes
        deltas  whole numbers or Decimals, also negative
        """
        self._shape.check(key)
        self._shape.check(deltas)
        if self._shape.laneless and len(key) > len(self._shape.key):
            raise TypeError(f"{self._shape.name} sums over lanes: a new row has its key and sums, no more")
        change = self._summing(self._key_in(key), key, deltas)
        for name, delta in deltas.items():
            if type(delta) not in _EXACT:
                raise TypeError(f"{name}: sums are of whole numbers or Decimals")
            into = change.sets if change.whole or name in change.sets else change.adds
            into[name] = (into.get(name) or 0) + delta

    def get(self, key: Any) -> Row | None:
        """The row as it is now, this batch's changes included; None when there is none."""
        self._within_a_lane("get")
        key = self._key(key)
        change = self._changes.get(key, _Change())
        if change.gone:
            return None
        if change.whole and not self._shape.defaults_missing_from(change.sets):
            return self._shape.completed(change.sets)
        if change.whole or change.starts is not None:
            self.flush()
            return self._stored(key)
        found = self._stored(key)
        return None if found is None else {**found, **change.sets}

    def delete(self, key: Any) -> None:
        """Remove a row, if there is one."""
        self._within_a_lane("delete")
        self._changes[self._key(key)] = _Change(gone=True)

    def sql(self, statement: str, **values: Any) -> None:
        """Anything else, on rows of the event's own lane; ``{table}`` is this table, ``%(name)s`` a value."""
        self._within_a_lane("sql")
        self.flush()
        self._cursor.execute(statement.replace("{table}", self._shape.name), values)

    # ── how it reaches the database ────────────────────────────────────────

    def flush(self, copying: bool = False) -> None:
        """Write what was folded.

        copying  rows that were put are expected to be new and go by COPY: the way of a rebuild
        """
        changes, self._changes = self._changes, {}
        self._known.clear()
        cursor, shape = self._cursor, self._shape
        bulk.delete(cursor, shape, [self._row_of(key) for key, change in changes.items() if change.gone])
        whole = [change.sets for change in changes.values() if change.whole]
        if not (copying and whole and bulk.copy(cursor, shape, whole)):
            bulk.put(cursor, shape, whole)
        bulk.add(cursor, shape, [(change.starts or {}, change.adds) for change in _sums_by_key(changes)])
        bulk.patch(
            cursor,
            shape,
            [{**self._row_of(key), **c.sets} for key, c in changes.items() if c.sets and not c.whole],
        )

    @property
    def size(self) -> int:
        """Rows that wait for ``flush``."""
        return len(self._changes)

    # ── what is known of a row ─────────────────────────────────────────────

    def _summing(self, key: Key, starts: Mapping[str, Any], deltas: Mapping[str, Any]) -> _Change:
        """The change that sums go into; what was folded and cannot take them is written first."""
        change = self._changes.get(key)
        if change is not None and change.starts is None and not self._takes(change, deltas):
            self.flush()
            change = None
        if change is None:
            change = self._changes[key] = _Change(starts=dict(starts))
        return change

    def _takes(self, change: _Change, deltas: Mapping[str, Any]) -> bool:
        """Whether all that is added to is known: a row that was put, with no default among it."""
        return change.whole and not self._shape.defaults_missing_from(change.sets).intersection(deltas)

    def _stored(self, key: Key) -> Row | None:
        if key not in self._known:
            same = " AND ".join(f"{column} = %s" for column in self._shape.key)
            names = ", ".join(self._shape.columns)
            self._cursor.execute(f"SELECT {names} FROM {self._shape.name} WHERE {same}", key)
            self._known[key] = self._cursor.fetchone()
        return self._known[key]

    def _row_of(self, key: Key) -> Row:
        return dict(zip(self._shape.key, key, strict=True))

    def _key_in(self, columns: Mapping[str, Any]) -> Key:
        try:
            return self._key(tuple([columns[name] for name in self._shape.key]))
        except KeyError as missing:
            raise TypeError(f"the key of {self._shape.name} needs {missing.args[0]}") from None

    def _key(self, key: Any) -> Key:
        values = key if isinstance(key, tuple) else (key,)
        if len(values) != len(self._shape.key):
            raise TypeError(f"the key of {self._shape.name} is ({', '.join(self._shape.key)})")
        if not any(isinstance(value, str) for value in values):
            return values
        return tuple(
            UUID(value) if is_uuid and isinstance(value, str) else value
            for value, is_uuid in zip(values, self._shape.uuids, strict=True)
        )

    def _within_a_lane(self, verb: str) -> None:
        if self._shape.laneless:
            raise TypeError(f"{self._shape.name} sums over lanes: use add, not {verb}")


def _sums_by_key(changes: Mapping[Key, _Change]) -> list[_Change]:
    """In order of the key, so that two processes that sum the same rows never wait for each other in a circle."""
    return [
        changes[key] for key in sorted(key for key, change in changes.items() if change.starts is not None)
    ]
