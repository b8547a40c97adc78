"""What a handler writes to: changes are folded in memory, row by row, and reach PostgreSQL in bulk.

A batch of a thousand events becomes a handful of statements (bulk.py). What a handler reads with ``get`` includes
what was written before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row

from eventstore import bulk
from eventstore.bulk import Key, Row, Shape

_EXACT = (int, Decimal)


class _Change(msgspec.Struct):
    """What becomes of one row: it is put whole, or is gone, or gets sums (``starts``) and then new values."""

    key: Key
    sets: Row
    whole: bool = False
    gone: bool = False
    starts: Row | None = None
    """What a row that does not exist begins with; the first ``add`` sets it."""
    adds: Row = {}


class Table:
    """The one table a read model writes, for the length of a batch.

    shape       of that table, from ``Shape.of``
    connection  inside the transaction that also moves the positions
    streams     of the batch: when one of them is the key of a row that is read, the others' rows are read with it
    """

    def __init__(
        self, shape: Shape, connection: Connection[Any], streams: Callable[[], Iterable[UUID]] = tuple
    ) -> None:
        self._shape, self._streams = shape, streams
        self._cursor: Cursor[DictRow] = connection.cursor(row_factory=dict_row)
        # A uuid is found by its number: its own hash and comparison are Python, and take longer than the rest.
        self._changes: dict[Any, _Change] = {}
        self._known: dict[Any, Row | None] = {}
        checked = shape.checked
        self._put, self._patched = checked.setdefault("put", set()), checked.setdefault("patch", set())
        self._keyed, self._added = checked.setdefault("key", set()), checked.setdefault("add", set())
        self._id_column = shape.key[0] if shape.uuids == (True,) else None

    # ── what a handler says ────────────────────────────────────────────────

    def put(self, **columns: Any) -> None:
        """The row is exactly this; columns that are not named take their default."""
        named = tuple(columns)
        if named not in self._put:
            self._within_a_lane("put")
            self._shape.check(columns)
            self._key_in(columns)
            self._put.add(named)
        if self._id_column is not None and type(id := columns[self._id_column]) is UUID:
            self._changes[id.int] = _Change((id,), columns, True)
        else:
            key = self._key_in(columns)
            self._changes[_number(key)] = _Change(key, columns, True)

    def patch(self, key: Any, **columns: Any) -> None:
        """Change some columns of a row, none of them in the key; where there is no row, nothing happens.

        key  the value of the key column, or a tuple in the order of the key's columns
        """
        named = tuple(columns)
        if named not in self._patched:
            self._check_patch(columns)
            self._patched.add(named)
        if self._id_column is not None and type(key) is UUID:
            number, key = key.int, (key,)
        else:
            key = self._key(key)
            number = _number(key)
        change = self._changes.get(number)
        if change is None:
            self._changes[number] = _Change(key, columns)
        elif not change.gone:
            change.sets.update(columns)
        if number in self._known and (row := self._known[number]) is not None:
            row.update(columns)

    def add(self, key: Mapping[str, Any], **deltas: int | Decimal) -> None:
        """Add to numbers of a row; where there is no row, it begins with these.

        key     the key's columns; in a table with lanes also others, which only a new row takes
        deltas  whole numbers or Decimals, also negative
        """
        if tuple(key) not in self._keyed or tuple(deltas) not in self._added:
            self._check_add(key, deltas)
        change = self._summing(self._key_in(key), key, deltas)
        for name, delta in deltas.items():
            if type(delta) not in _EXACT:
                raise TypeError(f"{name}: sums are of whole numbers or Decimals")
            into = change.sets if change.whole or name in change.sets else change.adds
            into[name] = (into.get(name) or 0) + delta

    def get(self, key: Any) -> Row | None:
        """The row as it is now, this batch's changes included; None when there is none."""
        if self._id_column is not None and type(key) is UUID:
            number, key = key.int, (key,)
        else:
            self._within_a_lane("get")
            key = self._key(key)
            number = _number(key)
        change = self._changes.get(number)
        if change is None or not (change.whole or change.gone or change.starts is not None):
            return self._as_patched(number, key)
        if change.gone:
            return None
        if change.whole and not self._shape.defaults_missing_from(change.sets):
            if len(change.sets) < len(self._shape.columns):
                change.sets = self._shape.completed(change.sets)
            return dict(change.sets)
        self.flush()
        return self._as_patched(number, key)

    def delete(self, key: Any) -> None:
        """Remove a row, if there is one."""
        self._within_a_lane("delete")
        key = self._key(key)
        self._changes[_number(key)] = _Change(key, {}, gone=True)

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
        changes, self._changes = list(self._changes.values()), {}
        self._known.clear()
        cursor, shape = self._cursor, self._shape
        bulk.delete(cursor, shape, [change.key for change in changes if change.gone])
        whole = [change.sets for change in changes if change.whole]
        if not (copying and whole and bulk.copy(cursor, shape, whole)):
            bulk.put(cursor, shape, whole)
        # In order of the key, so that two processes that sum the same rows never wait for each other in a circle.
        sums = sorted((change for change in changes if change.starts is not None), key=attrgetter("key"))
        bulk.add(cursor, shape, [(change.starts or {}, change.adds) for change in sums])
        bulk.patch(
            cursor,
            shape,
            [(change.key, change.sets) for change in changes if change.sets and not change.whole],
        )

    @property
    def size(self) -> int:
        """Rows that wait for ``flush``."""
        return len(self._changes)

    # ── what is known of a row ─────────────────────────────────────────────

    def _summing(self, key: Key, starts: Mapping[str, Any], deltas: Mapping[str, Any]) -> _Change:
        """The change that sums go into; what was folded and cannot take them is written first."""
        number = _number(key)
        change = self._changes.get(number)
        if change is not None and change.starts is None and not self._takes(change, deltas):
            self.flush()
            change = None
        if change is None:
            change = self._changes[number] = _Change(key, {}, starts=dict(starts))
        return change

    def _takes(self, change: _Change, deltas: Mapping[str, Any]) -> bool:
        """Whether all that is added to is known: a row that was put, with no default among it."""
        return change.whole and not self._shape.defaults_missing_from(change.sets).intersection(deltas)

    def _as_patched(self, number: Any, key: Key) -> Row | None:
        """A stored row with what the batch has changed of it; a copy, which the handler may keep."""
        if number not in self._known:
            self._read(number, key)
        found = self._known[number]
        return None if found is None else dict(found)

    def _read(self, number: Any, key: Key) -> None:
        """Most handlers look at the row of the event's stream: then those of the whole batch are read at once."""
        # By their numbers, like every uuid here.
        streams = {stream.int: stream for stream in self._streams()} if self._id_column is not None else {}
        read: dict[Any, Row | None] = {}
        if number in streams:
            read = dict.fromkeys(streams)
            for row in self._rows_at([(stream,) for stream in streams.values()]):
                read[row[self._id_column or ""].int] = row
        else:
            read[number] = next(iter(self._rows_at([key])), None)
        for place, stored in read.items():
            if stored is not None and (change := self._changes.get(place)) is not None:
                stored.update(change.sets)
        self._known.update(read)

    def _rows_at(self, keys: Sequence[Key]) -> list[Row]:
        shape = self._shape
        columns = [shape.columns[name] for name in shape.key]
        asked = ", ".join(f"%b::{column.sent_as}[]" for column in columns)
        same = " AND ".join(f"t.{c} = u.{c}" for c in shape.key)
        return self._cursor.execute(
            f"SELECT {', '.join(f't.{c}' for c in shape.columns)} FROM {shape.name} AS t"
            f" JOIN unnest({asked}) AS u ({', '.join(shape.key)}) ON {same}",
            [column.array([key[n] for key in keys]) for n, column in enumerate(columns)],
        ).fetchall()

    def _key_in(self, columns: Mapping[str, Any]) -> Key:
        try:
            return self._key(tuple([columns[name] for name in self._shape.key]))
        except KeyError as missing:
            raise TypeError(f"the key of {self._shape.name} needs {missing.args[0]}") from None

    def _key(self, key: Any) -> Key:
        values = key if isinstance(key, tuple) else (key,)
        if len(values) != len(self._shape.key):
            raise TypeError(f"the key of {self._shape.name} is ({', '.join(self._shape.key)})")
        if str not in map(type, values):
            return values
        return tuple(
            UUID(value) if is_uuid and isinstance(value, str) else value
            for value, is_uuid in zip(values, self._shape.uuids, strict=True)
        )

    # ── what a handler may say, looked at once ─────────────────────────────

    def _check_patch(self, columns: Row) -> None:
        self._within_a_lane("patch")
        self._shape.check(columns)
        if not columns.keys().isdisjoint(self._shape.key):
            raise TypeError(
                f"a row keeps its key ({', '.join(self._shape.key)}): delete it and put another one"
            )

    def _check_add(self, key: Mapping[str, Any], deltas: Mapping[str, Any]) -> None:
        self._shape.check(key)
        self._shape.check(deltas)
        if self._shape.laneless and len(key) > len(self._shape.key):
            raise TypeError(f"{self._shape.name} sums over lanes: a new row has its key and sums, no more")
        self._keyed.add(tuple(key))
        self._added.add(tuple(deltas))

    def _within_a_lane(self, verb: str) -> None:
        if self._shape.laneless:
            raise TypeError(f"{self._shape.name} sums over lanes: use add, not {verb}")


def _number(key: Key) -> Any:
    """What a key is found by."""
    if len(key) == 1:
        return key[0].int if type(key[0]) is UUID else key
    return tuple([value.int if type(value) is UUID else value for value in key])
