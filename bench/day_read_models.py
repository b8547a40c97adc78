"""The read models of loans that are copies: the product rebuilds those of the first copies, whose rows are copied too.

Rebuilding every table from a million and a half events takes longer than anybody waits, and says nothing about a
business day. That the rows are those which the product would have made is looked at in every run, on loans drawn by
lot: their events and their rows are put into a database of their own, where the product compares the two.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from bench.day_filling import Filling, Pattern, write
from bench.figures import NotStored
from bench.place import Database
from bench.reading_history import copy_in
from eventstore import Projection, Store, compare, positions, read_models, rebuild
from eventstore.session import Line, Lines
from roles.migrate import every_read_model

_COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'read' AND table_name = %s ORDER BY ordinal_position
"""
_EVENTS = """
    SELECT stream_id, version, lane, owner, kind, schema, state, meta, link
    FROM store.events WHERE owner = ANY (%s) ORDER BY position
"""


def fill_all(
    at: Database,
    store: Store,
    filling: Filling,
    done: Callable[[], None],
    kinds: Sequence[type[Projection]] | None = None,
) -> None:
    """Write the events of every copy, and its rows in every read model.

    done   called once for the events, and once for each read model
    kinds  None: every read model
    """
    write(at, filling, range(1))
    tables = {
        kind: rebuild.rebuild(store, at.owner_url, kind, handover=0) for kind in kinds or every_read_model()
    }
    write(at, filling, range(1, filling.each))
    done()
    with _everything(at.owner_url) as owner:
        for kind, table in tables.items():
            with owner.transaction():
                if kind.laneless:
                    _multiply(owner, kind, table, filling.each)
                else:
                    _copy(owner, table, filling)
                positions.move_all(owner, table, positions.read(owner, table), store.lane_ends())
            owner.execute(_of("VACUUM (ANALYZE) {}", table))
            done()


def look_at_some(
    at: Database,
    aside: Database,
    of_aside: Store,
    filling: Filling,
    count: int,
    every: Sequence[type[Projection]] | None = None,
) -> int:
    """Compare the rows of so many copies drawn by lot with what their events make; returns how many rows that were.

    aside     a database of which nothing else is asked
    of_aside  its store
    every     None: every read model

    Raises NotStored when a row is another one, or is missing on one side.
    """
    chance = random.Random(2)
    drawn = [(chance.choice(filling.models), chance.randrange(filling.each)) for _ in range(count)]
    customers = [model.customer_of(number) for model, number in drawn]
    ids = [id for model, number in drawn for id in model.own(number)]
    kinds, rows = [kind for kind in every or every_read_model() if not kind.laneless], 0
    read_models.ensure(aside.owner_url, kinds)
    with _everything(at.owner_url) as here, _everything(aside.owner_url) as there:
        lines = Lines()
        lines.rows = [Line._make((*row, b"")) for row in here.execute(_EVENTS, (customers,))]
        with there.transaction():
            copy_in(there, lines)
        for kind in kinds:
            old, new = _live(here, kind), _live(there, kind)
            found = _rows(here, old, ids)
            with there.transaction():
                _take_in(there, new, [found])
                positions.move_all(there, new, positions.read(there, new), of_aside.lane_ends())
    for seen in compare.compare(of_aside, aside.auditor_url, kinds):
        if seen.differences or seen.parked:
            raise NotStored(
                f"{seen.read_model}: {len(seen.differences)} of {seen.rows:,} rows are not what was written"
            )
        rows += seen.rows
    return rows


def _copy(owner: Connection[Any], table: str, filling: Filling) -> None:
    """The rows of the first copies under the ids of all others."""
    loans = {id: model.loan for model in filling.models for id in model.own(0)}
    patterns = defaultdict[UUID, list[Pattern]](list)
    for row in _rows(owner, table, loans).splitlines(keepends=True):
        pattern = Pattern(row)
        ids = (UUID(id.decode()) for id in pattern.ids)
        patterns[next(loans[id] for id in ids if id in loans)].append(pattern)
    indexes = read_models.take_indexes_off(owner, f"read.{table}")
    _take_in(owner, table, _copies(filling, patterns))
    for index in indexes:
        owner.execute(index.encode())


def _copies(filling: Filling, patterns: Mapping[UUID, Sequence[Pattern]]) -> Iterator[bytes]:
    for model in filling.models:
        if found := patterns.get(model.loan):
            first = {new: old for old, new in model.names(0).items()}
            known = {id for pattern in found for id in pattern.ids}
            for number in range(1, filling.each):
                names = model.names(number)
                named = {id: names[first[id]] if id in first else id for id in known}
                yield b"".join(pattern.with_ids(named) for pattern in found)


def _multiply(owner: Connection[Any], kind: type[Projection], table: str, by: int) -> None:
    """Sums over all loans: every loan that was lived has as many copies as any other."""
    key = kind.keys()
    sums = [name for name, _ in _columns(owner, table) if name not in key]
    times = SQL(", ").join(SQL("{0} = {0} * {1}").format(Identifier(name), Literal(by)) for name in sums)
    owner.execute(_of("UPDATE {} SET ", table) + times)


def _rows(owner: Connection[Any], table: str, ids: Collection[UUID]) -> bytes:
    """The rows in which one of these ids stands, as COPY writes them."""
    named = [name for name, type in _columns(owner, table) if type == "uuid"]
    if not named:
        return b""
    either = SQL(" OR ").join(
        SQL("{} = ANY ({})").format(Identifier(name), Literal(list(ids))) for name in named
    )
    query = SQL("COPY (") + _of("SELECT * FROM {} WHERE ", table) + either + SQL(") TO STDOUT")
    with owner.cursor().copy(query) as copy:
        return b"".join(bytes(block) for block in copy)


def _take_in(owner: Connection[Any], table: str, rows: Iterable[bytes]) -> None:
    """Add rows. COPY and row policies do not go together, so they go through a table of their own; a lane is that of
    the stream."""
    names = [name for name, _ in _columns(owner, table)]
    owner.execute(_of("CREATE TEMPORARY TABLE taken ON COMMIT DROP AS SELECT * FROM {} WITH NO DATA", table))
    with owner.cursor().copy("COPY taken FROM STDIN") as copy:
        for block in rows:
            copy.write(block)
    values = SQL(", ").join(
        SQL("(SELECT lane FROM store.events AS e WHERE e.stream_id = taken.stream_id AND e.version = 1)")
        if name == "lane"
        else Identifier(name)
        for name in names
    )
    owner.execute(_of("INSERT INTO {} SELECT ", table) + values + SQL(" FROM taken"))


def _columns(owner: Connection[Any], table: str) -> list[tuple[str, str]]:
    """Their names and types, in order."""
    return owner.execute(_COLUMNS, (table,)).fetchall()


def _live(owner: Connection[Any], kind: type[Projection]) -> str:
    known = read_models.tables(owner)
    return next(
        t.table_name for t in known if (t.name, t.version, t.state) == (kind.name, kind.version, "live")
    )


def _of(statement: LiteralString, table: str) -> Composed:
    return SQL(statement).format(Identifier("read", table))


@contextmanager
def _everything(owner: str) -> Iterator[Connection[Any]]:
    """The owner of the store, who sees every row."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SELECT set_config('quittance.scope', 'all', false)")
        yield connection
