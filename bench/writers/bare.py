"""Without the product: the INSERT alone, which is the limit, and the statements of `send` with ready-made values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic_ns
from typing import Any
from uuid import uuid4

import psycopg

from bench.rows import rows
from bench.writers import Step, Where
from eventstore.session import APPEND_ONE, Line
from eventstore.wire import Prepared

TABLE = """
    CREATE SCHEMA bench;
    CREATE TABLE bench.events (LIKE store.events INCLUDING ALL);
    GRANT USAGE ON SCHEMA bench TO app;
    GRANT INSERT ON bench.events TO app"""
"""Columns, checks and indexes of the store's own table; without its trigger, which looks at changes only."""

INSERT = f"INSERT INTO bench.events VALUES ({', '.join(['%b'] * 9)}, clock_timestamp(), %b)"
APPEND = f"SELECT store.append({', '.join(['%b'] * 4)}, %b::uuid[], {', '.join(['%b'] * 15)})"
LOAD = "SELECT * FROM store.load(%b, %b::uuid[], %b)"
INSERT_BY_WIRE = Prepared(
    "raw",
    f"INSERT INTO bench.events VALUES ({', '.join(f'${n}' for n in range(1, 10))}, clock_timestamp(), $10)"
    " RETURNING 1",
    ["uuid", "int4", "int8", "int2", "uuid", "text", "int2", "bytea", "bytea", "bytea"],
)
MAC = bytes(32)


def raw(where: Where) -> list[Step]:
    """One prepared INSERT in autocommit, by a cursor of the driver: the limit that everybody knows."""

    def step(connection: psycopg.Connection[Any], row: Line, position: int) -> None:
        stream, version, *middle, link, _ = row
        values = (stream, version, position, *middle, link)
        connection.cursor(binary=True).execute(INSERT, values, prepare=True)

    return _inserting(where, step)


def raw_by_wire(where: Where) -> list[Step]:
    """The same over libpq itself, as the store speaks to it: nothing in Python can store this row faster."""

    def step(connection: psycopg.Connection[Any], row: Line, position: int) -> None:
        stream, version, *middle, link, _ = row.in_binary()
        INSERT_BY_WIRE(connection, (stream, version, position.to_bytes(8), *middle, link))

    return _inserting(where, step)


def append(where: Where) -> list[Step]:
    """The SQL function for any number of events, by a cursor."""

    def opened(cursor: psycopg.Cursor[Any]) -> Step:
        coming = rows()
        return lambda: cursor.execute(APPEND, _arrays(next(coming)), prepare=True).fetchone()

    return [opened(connection.cursor(binary=True)) for connection in _connections(where)]


def read_and_append(where: Where) -> list[Step]:
    """What a store without memory says for one command: read the stream unless it begins one, then append."""

    def opened(cursor: psycopg.Cursor[Any]) -> Step:
        coming = rows()

        def step() -> None:
            row = next(coming)
            if row.version > 1:
                cursor.execute(LOAD, (row.stream, None, 0), prepare=True).fetchall()
            cursor.execute(APPEND, _arrays(row), prepare=True).fetchone()

        return step

    return [opened(connection.cursor(binary=True)) for connection in _connections(where)]


def statements(where: Where) -> list[Step]:
    """What `send` says to the database for one command: the scalar function over libpq, and nothing before it."""

    def opened(connection: psycopg.Connection[Any]) -> Step:
        coming = rows()
        return lambda: APPEND_ONE(connection, (uuid4().bytes, MAC, None, *next(coming).in_binary()))

    return [opened(connection) for connection in _connections(where)]


def _inserting(where: Where, insert: Callable[[psycopg.Connection[Any], Line, int], None]) -> list[Step]:
    def opened(connection: psycopg.Connection[Any], writer: int) -> Step:
        coming = rows()
        # Increasing over all writers, like positions: the same end of the index is written by everybody.
        return lambda: insert(connection, next(coming), monotonic_ns() << 8 | writer)

    return [opened(each, where.number * 64 + thread) for thread, each in enumerate(_connections(where))]


def _arrays(row: Line) -> Sequence[Any]:
    """Arguments of ``store.append`` for one event without claims."""
    return (uuid4(), MAC, row.stream, row.version, None, *([column] for column in row), [], [], [], [], [])


def _connections(where: Where) -> Iterator[psycopg.Connection[Any]]:
    for _ in range(where.threads):
        yield where.stack.enter_context(psycopg.connect(where.app_url, autocommit=True))
