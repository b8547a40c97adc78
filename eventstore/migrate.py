"""Roles, database and numbered migrations.

``prepare`` runs once as a superuser: four roles and a database. ``migrate`` runs as ``store_owner`` before every
start: it applies what is new, each file in a transaction, under a lock, so that two starts at once are harmless.

    store_owner  owns everything, runs migrations and rebuilds
    app          the running processes: appends, reads history, reads the rows of a scope
    projector    keeps the read models up to date: reads the feed, writes their rows and positions, appends nothing
    auditor      reads everything but what proves who somebody is, writes nothing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

HERE = Path(__file__).parent / "migrations"
ROLES = ("store_owner", "app", "projector", "auditor")
_MAY_NOTHING_MORE = SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
_LOCK = 4_713_000_001
"""Advisory lock held while migrating; any constant nobody else uses."""


class RolesMissing(Exception):
    """The server lacks a role that this version of the code works as; the message says how it is made."""


def prepare(admin: str, database: str, passwords: Mapping[str, str]) -> None:
    """Create the four roles and an empty database that ``store_owner`` owns.

    admin      connection string of a superuser, to any database of the server
    passwords  one for each of ``ROLES``

    Repeating it sets the passwords, takes back what the roles were given beside, and keeps everything else.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        for role in ROLES:
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verb = SQL("CREATE ROLE" if known is None else "ALTER ROLE")
            proof = Literal(scram(connection, role, passwords[role]))
            connection.execute(
                SQL("{} {} LOGIN {} PASSWORD {}").format(verb, Identifier(role), _MAY_NOTHING_MORE, proof)
            )
        # The horizon of the feed is read from the backends of other roles.
        connection.execute("GRANT pg_read_all_stats TO store_owner")
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
            connection.execute(SQL("CREATE DATABASE {} OWNER store_owner").format(Identifier(database)))
        connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
        connection.execute(
            SQL("GRANT CONNECT ON DATABASE {} TO app, projector, auditor").format(Identifier(database))
        )
        # A comparison folds the events once more into a table that only its own connection sees.
        connection.execute(SQL("GRANT TEMPORARY ON DATABASE {} TO auditor").format(Identifier(database)))


def scram(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    """What the server keeps of a password: made here, so that neither the line nor its log ever holds the password."""
    proof = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return proof.decode()


def migrate(owner: str, folders: Sequence[Path] = ()) -> list[str]:
    """Apply every migration that is not applied yet; returns their names.

    owner    connection string of ``store_owner``
    folders  further folders of ``NNNN_name.sql`` files, applied after the store's own, in this order

    Raises RolesMissing before anything is done; psycopg.Error when a file fails, and what came before it stays applied.
    """
    applied = []
    with psycopg.connect(owner, autocommit=True) as connection:
        _have_roles(connection)
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
        connection.execute("GRANT SELECT ON public.migrations TO app, auditor")
    return applied


def pending(done: set[str], folders: Sequence[Path] = ()) -> list[Path]:
    """The files that ``migrate`` would apply, in order."""
    return [
        file
        for folder in (HERE, *folders)
        for file in sorted(folder.glob("*.sql"))
        if _name(file) not in done
    ]


def _have_roles(connection: psycopg.Connection[Any]) -> None:
    there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    if missing := [role for role in ROLES if role not in there]:
        raise RolesMissing(
            f"The server has no role {' and no role '.join(missing)}: say `manage.py migrate` once with a superuser"
            " in QUITTANCE_ADMIN_URL, and the connection strings of all four roles."
        )


def _name(file: Path) -> str:
    return f"{file.parent.parent.name}/{file.stem}"
