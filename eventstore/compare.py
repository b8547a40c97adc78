"""Is what is read what was written? A fresh replay of each read model against its table, row by row.

The replay runs in a scratch table that nobody else sees, with the lanes in an order of its own and batches of
another size: a handler that depends on either shows as a difference.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from eventstore import parking, positions, read_models
from eventstore.bulk import Shape
from eventstore.follower import Seen, begin, decode, hand_over, is_fault_of_data
from eventstore.projection import Projection
from eventstore.read_models import ReadModel
from eventstore.rows import Recorded
from eventstore.store import Store
from eventstore.table import Table

SCRATCH = "pg_temp"
"""The schema of the scratch tables: seen by one connection, gone with it."""
_SHOWN = 1000
"""Differences reported for one table at most."""


@dataclass(frozen=True)
class Difference:
    """A row that a fresh replay makes otherwise. The values may be personal, so they are not printed."""

    read_model: str
    table: str
    key: tuple[Any, ...]
    columns: tuple[str, ...]
    """Those that differ; empty when the row is missing on one side."""
    live: dict[str, Any] | None = field(repr=False)
    """None: the row is in the replay only."""
    fresh: dict[str, Any] | None = field(repr=False)
    """None: the row is in the table only."""


@dataclass(frozen=True)
class Comparison:
    """One table against its replay."""

    read_model: str
    table: str
    rows: int
    """Rows of the table."""
    events: int
    """Events replayed."""
    parked: int
    """Events that are parked or held for this table: it lacks them."""
    differences: list[Difference]


def compare(
    store: Store,
    auditor: str,
    kinds: Sequence[type[Projection]],
    batch: int = 777,
    seed: int | None = None,
    progress: Callable[[Comparison], None] | None = None,
) -> list[Comparison]:
    """Replay every read model up to where its table is, and compare; the store may be in use meanwhile.

    auditor  connection string of the role ``auditor``
    batch    events folded at once in the replay
    seed     lanes are interleaved at random by this seed, each in its own order; None: in the order of the store

    Raises LookupError when a read model has no live table.
    """
    done = []
    with psycopg.connect(auditor) as connection:
        known = {(t.name, t.version): t for t in read_models.tables(connection) if t.state == "live"}
        connection.rollback()
        for kind in kinds:
            if (kind.name, kind.version) not in known:
                raise LookupError(
                    f"{kind.name} version {kind.version} has no live table: run manage.py migrate"
                )
            comparison = _compare(store, connection, kind, known[kind.name, kind.version], batch, seed)
            done.append(comparison)
            if progress is not None:
                progress(comparison)
    return done


def _compare(
    store: Store,
    connection: Connection[Any],
    kind: type[Projection],
    live: ReadModel,
    batch: int,
    seed: int | None,
) -> Comparison:
    """Everything in one transaction with one snapshot: the rows and the positions that belong together."""
    try:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        begin(connection)
        ends = positions.read(connection, live.table_name)
        parked = _count(connection, "store.parked WHERE consumer = %s", live.table_name)
        scratch = f"{SCRATCH}.{live.table_name}"
        read_models.create(connection, kind, scratch)
        replay = _Replay(store, connection, kind, Shape.of(connection, scratch, kind.keys(), kind.laneless))
        for rows in _in_batches(_events(store, ends, seed), batch):
            replay.take([seen for seen in decode(rows) if kind.concerns(seen.row.kind)])
        differences = list(_differences(connection, kind, live, scratch))
        count = _count(connection, live.qualified)
        return Comparison(kind.__name__, live.table_name, count, replay.events, parked, differences)
    finally:
        connection.rollback()


class _Replay:
    """Folds events into the scratch table; what fails there is held as a projector would hold it."""

    def __init__(
        self, store: Store, connection: Connection[Any], kind: type[Projection], shape: Shape
    ) -> None:
        self._store, self._connection, self._projection, self._shape = store, connection, kind(), shape
        self._held: set[UUID] = set()
        self.events = 0

    def take(self, events: Sequence[Seen]) -> None:
        try:
            with self._connection.transaction():
                self._fold([seen for seen in events if seen.row.stream_id not in self._held])
        except Exception as error:
            if not is_fault_of_data(error):
                raise
            self._one_by_one(events)
        else:
            self.events += len(events)

    def _fold(self, events: Sequence[Seen]) -> None:
        table = Table(self._shape, self._connection, lambda: [seen.row.stream_id for seen in events])
        hand_over(self._projection, events, table)
        table.flush()
        # What a table checks at commit is checked now, while the culprit can still be found.
        self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _one_by_one(self, events: Sequence[Seen]) -> None:
        if len(events) > 1:
            for seen in events:
                self.take([seen])
        elif not parking.is_left_out(self._store, self._projection.name, events[0].row):
            self._held.add(events[0].row.stream_id)


def _events(store: Store, ends: Mapping[int, int], seed: int | None) -> Iterator[Recorded]:
    """Everything up to the end of each lane."""
    if seed is None:
        return (row for row in _in_order(store, None, max(ends.values())) if row.position <= ends[row.lane])
    return _shuffled(store, ends, random.Random(seed))


def _shuffled(store: Store, ends: Mapping[int, int], chance: random.Random) -> Iterator[Recorded]:
    lanes = [_in_order(store, [lane], end) for lane, end in ends.items() if end]
    while lanes:
        lane = chance.choice(lanes)
        run = list(islice(lane, chance.randint(1, 20)))
        yield from run
        if not run:
            lanes.remove(lane)


def _in_order(store: Store, lanes: Sequence[int] | None, end: int) -> Iterator[Recorded]:
    after = 0
    while after < end:
        batch = store.read_feed(after, lanes, 1000)
        yield from (row for row in batch.events if row.position <= end)
        if not batch.events:
            return
        after = batch.through


def _in_batches(rows: Iterator[Recorded], size: int) -> Iterator[list[Recorded]]:
    while batch := list(islice(rows, size)):
        yield batch


def _differences(
    connection: Connection[Any], kind: type[Projection], live: ReadModel, scratch: str
) -> Iterator[Difference]:
    columns_of_key = kind.keys()
    key = ", ".join(columns_of_key)
    query = (
        f"SELECT {key}, to_jsonb(l) AS live_row, to_jsonb(f) AS fresh_row"
        f" FROM {live.qualified} AS l FULL JOIN {scratch} AS f USING ({key})"
        f" WHERE to_jsonb(l) IS DISTINCT FROM to_jsonb(f) ORDER BY {key} LIMIT {_SHOWN}"
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(query.encode()):
            stands, made = row["live_row"], row["fresh_row"]
            columns = tuple(c for c in stands if stands[c] != made[c]) if stands and made else ()
            id = tuple(row[column] for column in columns_of_key)
            yield Difference(kind.__name__, live.table_name, id, columns, stands, made)


def _count(connection: Connection[Any], what: str, *values: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {what}".encode(), values).fetchone()
    return row[0] if row else 0
