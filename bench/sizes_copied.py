"""Many copies of a few loans, written by the owner of the tables: ids of their own, everything else as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from bench.place import Database
from eventstore import Recorded, read_models
from roles.migrate import every_read_model

LOAN_TABLES = (
    "contract_desk_v4", "document_access_v1", "document_shelf_v3", "journal_v1", "loan_account_v7", "loan_book_v8",
    "mail_log_v3", "repayment_list_v3", "schedule_v5",
)  # fmt: skip
"""Those that grow with the loans; the others grow with customers, accounts and days."""

_SOURCE = "CREATE TEMP TABLE source (LIKE {table})"
_EVENTS = """
    INSERT INTO store.events
    SELECT md5(stream_id::text || n)::uuid, version, n * {each} + row_number() OVER (PARTITION BY n ORDER BY position),
           lane, md5(owner::text || n)::uuid, kind, schema, state, meta, recorded_at, link
    FROM source, generate_series(0, {last}) AS n ORDER BY n, position
"""
_COMMANDS = """
    INSERT INTO store.commands
    SELECT md5(command_id::text || n)::uuid, request_mac, answer, recorded_at FROM source, generate_series(0, {last}) AS n
"""


class Copied:
    """So many copies in a database of the run.

    copies  of everything that is filled in
    """

    def __init__(self, at: Database, copies: int) -> None:
        self._at, self.copies = at, copies
        read_models.ensure(at.owner_url, every_read_model())

    def fill(
        self,
        events: Sequence[Recorded],
        commands: Sequence[dict[str, Any]],
        rows: Mapping[str, Sequence[dict[str, Any]]],
    ) -> None:
        """Copy them, then put the tables in order as autovacuum would."""
        with psycopg.connect(self._at.owner_url, autocommit=True) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', false)")
            self._copy(owner, "store.events", [_event(row) for row in events], _EVENTS, len(events) + 1)
            self._copy(owner, "store.commands", commands, _COMMANDS, len(commands))
            for table, found in rows.items():
                self._copy(owner, f"read.{table}", found, _into(owner, table), len(found))
            owner.execute("VACUUM (ANALYZE)")

    def _copy(
        self,
        owner: psycopg.Connection[Any],
        table: str,
        rows: Sequence[dict[str, Any]],
        statement: str,
        each: int,
    ) -> None:
        if not rows:
            return
        owner.execute(_SOURCE.format(table=table).encode())
        columns = list(rows[0])
        into = f"INSERT INTO source ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        owner.cursor().executemany(into.encode(), [tuple(map(_written, row.values())) for row in rows])
        owner.execute(statement.format(each=each, last=self.copies - 1).encode())
        owner.execute("DROP TABLE source")

    # ── how large ──────────────────────────────────────────────────────────

    def bytes_of(self, table: str) -> int:
        """With its indexes and what is stored beside it."""
        return self._asked(f"SELECT pg_total_relation_size('{table}')")

    def rows_of(self, table: str) -> int:
        return self._asked(f"SELECT count(*) FROM {table}")

    def bytes_a_row(self, table: str) -> float:
        return self.bytes_of(table) / self.rows_of(table)

    def index_bytes_a_row(self, table: str) -> float:
        return self._asked(f"SELECT pg_indexes_size('{table}')") / self.rows_of(table)

    def _asked(self, question: str) -> int:
        with psycopg.connect(self._at.owner_url) as owner, owner.cursor(row_factory=tuple_row) as cursor:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            row = cursor.execute(question.encode()).fetchone()
        assert row is not None
        return int(row[0])


def _event(row: Recorded) -> dict[str, Any]:
    return {
        "stream_id": row.stream_id, "version": row.version, "position": row.position, "lane": row.lane,
        "owner": row.owner, "kind": row.kind, "schema": row.schema, "state": row.state, "meta": row.meta,
        "recorded_at": row.recorded_at, "link": row.link,
    }  # fmt: skip


def _into(owner: psycopg.Connection[Any], table: str) -> str:
    """Each row again under other ids: a uuid is another one in each copy, and the same one wherever it stands there."""
    found = owner.execute(
        "SELECT attname, atttypid = 'uuid'::regtype FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " ORDER BY attnum",
        (f"read.{table}",),
    ).fetchall()
    columns = [f"md5({name}::text || n)::uuid" if is_id else name for name, is_id in found]
    return (
        f"INSERT INTO read.{table} SELECT {', '.join(columns)} FROM source, generate_series(0, {{last}}) AS n"
    )


def _written(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value
