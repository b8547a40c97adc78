"""A durable PostgreSQL of a run's own, and kill -9 for all of it at once."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from eventstore.migrate import migrate, prepare
from eventstore.projection import Projection
from eventstore.read_models import ensure
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.conftest import migration_folders, passwords_of

DATABASE = "chaos"


@dataclass(frozen=True)
class Struck:
    """One server that is killed again and again, with one migrated database in it."""

    server: Postgres

    @property
    def app_url(self) -> str:
        return self.server.url("app", DATABASE)

    @property
    def owner_url(self) -> str:
        return self.server.url("store_owner", DATABASE)

    @property
    def admin_url(self) -> str:
        return self.server.url(SUPERUSER, DATABASE)

    def kill(self) -> None:
        """kill -9 of the postmaster and of every child, before any of them can say goodbye."""
        pid = self.server.pid
        assert pid is not None, "the server is not running"
        postmaster = psutil.Process(pid)
        children = postmaster.children(recursive=True)
        for number in (pid, *(child.pid for child in children)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        psutil.wait_procs([postmaster, *children], timeout=10)

    def start(self) -> float:
        """Start it as the product does; seconds until it answers."""
        began = time.monotonic()
        self.server.start()
        return time.monotonic() - began

    def hold_answers_back(self, held: bool) -> None:
        """From now on what is committed is on the disk and nobody is told: a standby that does not exist is waited for."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(
                f"ALTER SYSTEM SET synchronous_standby_names = '{'nobody' if held else ''}'".encode()
            )
            admin.execute("SELECT pg_reload_conf()")

    @property
    def answers_held_back(self) -> int:
        """How many commits nobody was told of yet."""
        waiting = "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        return int(str(self.one(waiting, self.admin_url)))

    def one(self, question: str, url: str | None = None) -> object:
        """The one value that a question has, asked as the tables' owner."""
        with psycopg.connect(url or self.owner_url, autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row[0]


@contextmanager
def struck(
    kinds: Sequence[type[Projection]] = (), settings: Sequence[str] = (), folder: Path | None = None
) -> Iterator[Struck]:
    """A server in a temporary folder, durable as an installation's; ends with the block or with the process.

    settings  of the whole server, as ``wal_writer_delay = '10s'``
    folder    where instead of a temporary folder
    """
    with tempfile.TemporaryDirectory(prefix="chaos-pg-") as temporary:
        server = Postgres((folder or Path(temporary)) / "postgres", die_with_parent=True, durable=True)
        server.start()
        try:
            yield furnished(server, kinds, settings)
        finally:
            server.stop()


def furnished(
    server: Postgres, kinds: Sequence[type[Projection]] = (), settings: Sequence[str] = ()
) -> Struck:
    """Make the roles, a migrated database and the tables of these read models on a running server."""
    prepare(server.url(SUPERUSER, "postgres"), DATABASE, passwords_of(server))
    made = Struck(server)
    migrate(made.owner_url, migration_folders())
    ensure(made.owner_url, list(kinds))
    with psycopg.connect(made.admin_url, autocommit=True) as admin:
        for setting in settings:
            admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        admin.execute("SELECT pg_reload_conf()")
    return made
