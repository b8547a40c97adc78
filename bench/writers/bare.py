"""Without the product: the INSERT alone, which is the limit, and the statements of `send` with ready-made values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic_ns
from typing import Any
from uuid import uuid4

import psycopg

from bench.rows import META, Row, rows
from bench.writers import Step, Where

TABLE = """
    CREATE SCHEMA bench;
    CREATE TABLE bench.events (LIKE store.events INCLUDING ALL);
    GRANT USAGE ON SCHEMA bench TO app;
    GRANT INSERT ON bench.events TO app"""
"""Columns, checks and indexes of the store's own table; without its trigger, which looks at changes only."""

INSERT = f"INSERT INTO bench.events VALUES ({', '.join(['%b'] * 9)}, clock_timestamp(), %b)"
APPEND = f"SELECT store.append({', '.join(['%b'] * 4)}, %b::uuid[], {', '.join(['%b'] * 15)})"
LOAD = "SELECT * FROM store.load(%b, %b::uuid[], %b)"
MAC = bytes(32)


def raw(where: Where) -> list[Step]:
    """One prepared INSERT in autocommit: nothing can store this row faster."""
    return [_insert(cursor, where.number * 64 + thread) for thread, cursor in enumerate(_cursors(where))]


def append(where: Where) -> list[Step]:
    """The SQL function alone."""
    return [_append(cursor) for cursor in _cursors(where)]


def statements(where: Where) -> list[Step]:
    """What `send` says to the database: read the stream unless it begins one, then append."""
    return [_read_and_append(cursor) for cursor in _cursors(where)]


def _insert(cursor: psycopg.Cursor[Any], writer: int) -> Step:
    made = rows()

    def step() -> None:
        row = next(made)
        # Increasing over all writers, like positions: the same end of the index is written by everybody.
        position = monotonic_ns() << 8 | writer
        values = (
            row.stream, row.version, position, row.lane, row.owner, row.kind, row.schema, row.state, META, row.link,
        )  # fmt: skip
        cursor.execute(INSERT, values, prepare=True)

    return step


def _append(cursor: psycopg.Cursor[Any]) -> Step:
    made = rows()
    return lambda: cursor.execute(APPEND, appended(next(made)), prepare=True).fetchone()


def _read_and_append(cursor: psycopg.Cursor[Any]) -> Step:
    made = rows()

    def step() -> None:
        row = next(made)
        if row.version > 1:
            cursor.execute(LOAD, (row.stream, None, 0), prepare=True).fetchall()
        cursor.execute(APPEND, appended(row), prepare=True).fetchone()

    return step


def appended(row: Row) -> Sequence[Any]:
    """Arguments of ``store.append`` for one event without claims."""
    return (
        uuid4(), MAC, row.stream, row.version, None,
        [row.stream], [row.version], [row.lane], [row.owner], [row.kind], [row.schema],
        [row.state], [META], [row.link], [row.previous],
        [], [], [], [], [],
    )  # fmt: skip


def _cursors(where: Where) -> Iterator[psycopg.Cursor[Any]]:
    for _ in range(where.threads):
        connection = where.stack.enter_context(psycopg.connect(where.app_url, autocommit=True))
        yield connection.cursor(binary=True)
