"""Which tables hold the read models: made, guarded, switched and dropped by the owner of the store.

    building ──switch──▶ live ──a newer one is switched──▶ retiring ──grace is over──▶ dropped

Readers and projectors are of one version of the code, and look for tables of that version only: a process of the
last release goes on with its own table until it is gone. Tables are never renamed; a row of configuration says
which one is live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

from eventstore import positions
from eventstore.projection import Projection

SCHEMA = "read"
GRACE = timedelta(minutes=10)
"""How long a retiring table is kept for processes that may still read it."""

_LOCK = 4_713_000_002
"""Advisory lock of whoever changes the list of tables; any constant nobody else uses."""
_ALL = "(SELECT current_setting('quittance.scope', true)) = 'all'"
_OWN = "{owner} = ANY (string_to_array(nullif((SELECT current_setting('quittance.scope', true)), 'all'), ',')::uuid[])"
RIGHTS = {"app": "SELECT", "projector": "SELECT, INSERT, UPDATE, DELETE", "auditor": "SELECT"}
"""What each role may do with every table here, row policies apart."""


@dataclass(frozen=True)
class ReadModel:
    """One table of one read model."""

    name: str
    version: int
    generation: int
    table_name: str
    """Also the name under which its positions are kept and its events are parked."""
    state: str
    since: datetime

    @property
    def qualified(self) -> str:
        return f"{SCHEMA}.{self.table_name}"


def ensure(owner: str, kinds: Sequence[type[Projection]]) -> list[type[Projection]]:
    """Have a table for every read model; run by ``manage.py migrate`` before any process starts.

    owner    connection string of ``store_owner``
    returns  those that must be rebuilt (rebuild.py) before this code can read them, because an older version is
             in use; everything else is live, and the projectors fill what is new from the first event

    Tables that have been retiring for longer than ``GRACE`` are dropped.
    """
    with psycopg.connect(owner, autocommit=True) as connection:
        with connection.transaction():
            only_one(connection)
            known = tables(connection)
            for kind in kinds:
                if not [t for t in known if (t.name, t.version) == (kind.name, kind.version)]:
                    _introduce(connection, kind, any(t.name == kind.name for t in known))
        drop_retired(connection)
        building = {(t.name, t.version) for t in tables(connection)} - {
            (t.name, t.version) for t in tables(connection) if t.state != "building"
        }
    return [kind for kind in kinds if (kind.name, kind.version) in building]


def tables(connection: Connection[Any]) -> list[ReadModel]:
    """Every table, oldest version and generation first."""
    with connection.cursor(row_factory=class_row(ReadModel)) as cursor:
        return cursor.execute(
            "SELECT name, version, generation, table_name, state, since FROM store.read_models"
            " ORDER BY name, version, generation"
        ).fetchall()


def only_one(connection: Connection[Any]) -> None:
    """Until the transaction ends nobody else changes the list of tables."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def register(connection: Connection[Any], kind: type[Projection], state: str) -> ReadModel:
    """The next generation of this version, with positions at 0; its table is made by ``create``."""
    same = [t for t in tables(connection) if (t.name, t.version) == (kind.name, kind.version)]
    generation = max((t.generation for t in same), default=0) + 1
    name = kind.table_name(generation)
    connection.execute(
        "INSERT INTO store.read_models (name, version, generation, table_name, state) VALUES (%s, %s, %s, %s, %s)",
        (kind.name, kind.version, generation, name, state),
    )
    positions.start(connection, name)
    return next(t for t in tables(connection) if t.table_name == name)


def create(connection: Connection[Any], kind: type[Projection], table: str) -> None:
    """Make the table by its ``ddl``; readable by nobody else until ``guard``.

    table  with its schema
    """
    connection.execute(kind.ddl.replace("{table}", table).encode())


def take_indexes_off(connection: Connection[Any], table: str) -> list[str]:
    """Drop what only helps readers while a table is filled; returns the statements that make it again.

    Unique indexes stay: they refuse rows.
    """
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisunique AND NOT indisexclusion",
        (table,),
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}".encode())
    return [definition for _, definition in found]


def guard(connection: Connection[Any], kind: type[Projection], table: str) -> None:
    """Row policies and grants, one for each role. They bind everybody, the owner of the table too.

    The application sees the rows of its scope: every row when that is ``all``, those of a list of customers, or none
    when none is set. Projectors write every row, the auditor reads every row; the owner does what the scope ``all``
    allows.
    """
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *(f"CREATE POLICY {name} ON {table} {policy}" for name, policy in policies(kind.owner).items()),
        *(f"GRANT {rights} ON {table} TO {role}" for role, rights in RIGHTS.items()),
    ):
        connection.execute(statement.encode())


def policies(owner: str | None) -> dict[str, str]:
    """The row policies of a table, by their names.

    owner  the column that holds the customer; None: no row belongs to anybody
    """
    every = {
        "everything": f"TO store_owner USING ({_ALL}) WITH CHECK ({_ALL})",
        "projected": "TO projector USING (true) WITH CHECK (true)",
        "audited": "FOR SELECT TO auditor USING (true)",
        "all_rows": f"FOR SELECT TO app USING ({_ALL})",
    }
    if owner is not None:
        every["own_rows"] = f"FOR SELECT TO app USING ({_OWN.format(owner=owner)})"
    return every


def switch(connection: Connection[Any], table: ReadModel) -> None:
    """Readers of this version go to this table; what was live under the name is retiring."""
    with connection.transaction():
        only_one(connection)
        connection.execute(
            "UPDATE store.read_models SET state = 'retiring', since = clock_timestamp()"
            " WHERE name = %s AND state = 'live'",
            (table.name,),
        )
        connection.execute(
            "UPDATE store.read_models SET state = 'live', since = clock_timestamp() WHERE table_name = %s",
            (table.table_name,),
        )


def drop_retired(connection: Connection[Any], grace: timedelta = GRACE) -> list[str]:
    """Drop the tables that nobody reads any more; returns their names."""
    query = (
        "SELECT table_name FROM store.read_models WHERE state = 'retiring' AND since < clock_timestamp() - %s"
    )
    names = [name for (name,) in connection.execute(query, (grace,)).fetchall()]
    for name in names:
        drop(connection, name)
    return names


def drop(connection: Connection[Any], name: str) -> None:
    """Remove a table with its trigger functions, positions and parked events. Waits at most 5 s for whoever uses it."""
    table = f"{SCHEMA}.{name}"
    with connection.transaction():
        only_one(connection)
        connection.execute("SET LOCAL lock_timeout = '5s'")
        functions = connection.execute(
            "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger"
            " WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal",
            (table,),
        ).fetchall()
        # Positions before the table, and by lane: the order of everybody who works on it.
        connection.execute(
            "SELECT FROM store.positions WHERE consumer = %s ORDER BY lane FOR UPDATE", (name,)
        )
        connection.execute("DELETE FROM store.positions WHERE consumer = %s", (name,))
        connection.execute(f"DROP TABLE IF EXISTS {table}".encode())
        for (function,) in functions:
            connection.execute(f"DROP FUNCTION {function}".encode())
        connection.execute("DELETE FROM store.parked WHERE consumer = %s", (name,))
        connection.execute("DELETE FROM store.read_models WHERE table_name = %s", (name,))


def _introduce(connection: Connection[Any], kind: type[Projection], replaces_another: bool) -> None:
    """A version that is new here: filled by the projectors, or, beside an older version, by a rebuild."""
    table = register(connection, kind, "building" if replaces_another else "live")
    if not replaces_another:
        create(connection, kind, table.qualified)
        guard(connection, kind, table.qualified)
