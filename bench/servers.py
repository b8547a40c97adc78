"""The PostgreSQL of a run: the product's embedded one with its durable settings, or any server by its address."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier, Literal

from eventstore.migrate import ROLES
from runtime.embedded.postgres import SUPERUSER, Postgres

OURS = "made by quittance's benchmark"


class Embedded:
    """A server of the run's own: it ends with the run, also when that is killed."""

    def __init__(self, folder: Path) -> None:
        self._postgres = Postgres(folder, die_with_parent=True, durable=True)
        self.described = "embedded, durable settings"

    @property
    def passwords(self) -> dict[str, str]:
        return {role: self._postgres.password(role) for role in ROLES}

    def url(self, role: str, database: str = "postgres") -> str:
        """Connection string for ``admin``, ``owner`` or another role by its name."""
        return self._postgres.url(_name(role), database)

    @contextmanager
    def running(self) -> Iterator[None]:
        self._postgres.start()
        try:
            with psycopg.connect(self.url("admin"), autocommit=True) as admin:
                # The copying of full log segments runs beside the measurement and would bill one
                # contestant's log to the next: segments are archived as ever, by a command that does nothing.
                admin.execute("ALTER SYSTEM SET archive_command = 'true'")
                admin.execute("SELECT pg_reload_conf()")
            yield
        finally:
            self._postgres.stop()


class Elsewhere:
    """A server at an address; the four roles of the store must not be in use on it by anybody else.

    admin  connection string of a superuser
    """

    def __init__(self, admin: str) -> None:
        self._admin = admin
        self.passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        self.described = "a server by its address"

    def url(self, role: str, database: str = "postgres") -> str:
        if role == "admin":
            return make_conninfo(self._admin, dbname=database)
        name = _name(role)
        return make_conninfo(self._admin, dbname=database, user=name, password=self.passwords[name])

    @contextmanager
    def running(self) -> Iterator[None]:
        self._take_roles()
        try:
            yield
        finally:
            with psycopg.connect(self._admin, autocommit=True) as admin:
                for role in ROLES:
                    admin.execute(SQL("DROP ROLE {}").format(Identifier(role)))

    def _take_roles(self) -> None:
        """Raises SystemExit when somebody else's roles of these names are there: their passwords would change."""
        with psycopg.connect(self._admin, autocommit=True) as admin:
            for role in ROLES:
                query = "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s"
                known = admin.execute(query, [role]).fetchone()
                if known is None:
                    admin.execute(SQL("CREATE ROLE {}").format(Identifier(role)))
                    admin.execute(SQL("COMMENT ON ROLE {} IS {}").format(Identifier(role), Literal(OURS)))
                elif known[0] != OURS:
                    raise SystemExit(
                        f"The server has a role {role}: this is an installation. Take another server."
                    )


def _name(role: str) -> str:
    return {"owner": "store_owner", "admin": SUPERUSER}.get(role, role)
