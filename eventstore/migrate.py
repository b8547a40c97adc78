"""Roles, database and numbered migrations.

``prepare`` runs once as a superuser: two roles and a database. ``migrate`` runs as ``store_owner`` before every
start: it applies what is new, each file in a transaction, under a lock, so that two starts at once are harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

HERE = Path(__file__).parent / "migrations"
_LOCK = 4_713_000_001
"""Advisory lock held while migrating; any constant nobody else uses."""


def prepare(admin: str, database: str, owner_password: str, app_password: str) -> None:
    """Create the roles ``store_owner`` and ``app`` and an empty database that the first one owns.

    admin  connection string of a superuser, to any database of the server

    Repeating it sets the passwords and keeps everything else.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        for role, password in (("store_owner", owner_password), ("app", app_password)):
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verb = SQL("CREATE ROLE" if known is None else "ALTER ROLE")
            connection.execute(
                SQL("{} {} LOGIN PASSWORD {}").format(verb, Identifier(role), Literal(password))
            )
        # The horizon of the feed is read from the backends of other roles.
        connection.execute("GRANT pg_read_all_stats TO store_owner")
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
            connection.execute(SQL("CREATE DATABASE {} OWNER store_owner").format(Identifier(database)))
        connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
        connection.execute(SQL("GRANT CONNECT ON DATABASE {} TO app").format(Identifier(database)))


def migrate(owner: str, folders: Sequence[Path] = ()) -> list[str]:
    """Apply every migration that is not applied yet; returns their names.

    owner    connection string of ``store_owner``
    folders  further folders of ``NNNN_name.sql`` files, applied after the store's own, in this order

    Raises psycopg.Error when a file fails; what came before it stays applied.
    """
    applied = []
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        done = {name for (name,) in connection.execute("SELECT name FROM public.migrations")}
        for file in pending(done, folders):
            with connection.transaction():
                connection.execute(file.read_bytes())
                connection.execute("INSERT INTO public.migrations (name) VALUES (%s)", (_name(file),))
            applied.append(_name(file))
        connection.execute("GRANT SELECT ON public.migrations TO app")
    return applied


def pending(done: set[str], folders: Sequence[Path] = ()) -> list[Path]:
    """The files that ``migrate`` would apply, in order."""
    return [
        file
        for folder in (HERE, *folders)
        for file in sorted(folder.glob("*.sql"))
        if _name(file) not in done
    ]


def _name(file: Path) -> str:
    return f"{file.parent.parent.name}/{file.stem}"
