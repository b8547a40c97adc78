"""A throwaway server whose transaction ids begin where a run wants them: low, just below 2^32, or in a later epoch."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from eventstore.migrate import migrate, prepare
from runtime.embedded import privileges
from runtime.embedded.postgres import SUPERUSER, Postgres, binary
from tests.conftest import passwords_of

WRAP = 2**32
"""Transaction ids are 32 bits wide inside PostgreSQL; above, an epoch counts their rounds."""

DATABASE = "order_of_events"
_IDS_A_FILE = 32 * 8192 * 4
"""Transaction ids whose outcome one file of pg_xact holds: 32 pages, two bits each."""


@dataclass(frozen=True)
class Cluster:
    """A server with one migrated database."""

    server: Postgres
    app_url: str
    owner_url: str

    def restart_with(self, **settings: str) -> None:
        """Set what takes effect at a start only, and start again."""
        with psycopg.connect(self.server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
            for name, value in settings.items():
                admin.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        self.server.stop()
        self.server.start()


@contextmanager
def throwaway(first_id: int | None = None, durable: bool = False) -> Iterator[Cluster]:
    """A fresh server in a temporary folder that is gone afterwards.

    first_id  the first transaction id with its epoch in the upper 32 bits; None: where a new server begins
    durable   False: no flush to disk
    """
    with tempfile.TemporaryDirectory(prefix="order-") as folder:
        server = Postgres(Path(folder, "postgres"), die_with_parent=True, durable=durable)
        server.start()
        try:
            if first_id is not None:
                _move_ids(server, first_id)
            prepare(server.url(SUPERUSER, "postgres"), DATABASE, passwords_of(server))
            migrate(server.url("store_owner", DATABASE))
            yield Cluster(server, server.url("app", DATABASE), server.url("store_owner", DATABASE))
        finally:
            server.stop()


@contextmanager
def standby_of(cluster: Cluster) -> Iterator[Cluster]:
    """A second server that follows the first one's log and answers readers. The first must allow replication."""
    with tempfile.TemporaryDirectory(prefix="order-") as folder:
        server = Postgres(Path(folder, "postgres"), die_with_parent=True, durable=False)
        shutil.copytree(cluster.server.folder / "passwords", server.folder / "passwords")
        privileges.give(server.folder)
        source = cluster.server.url(SUPERUSER, "postgres")
        copying = [
            "--write-recovery-conf",
            "--checkpoint=fast",
            f"--pgdata={server.data}",
            f"--dbname={source}",
        ]
        _run("pg_basebackup", *copying)
        server.start()
        try:
            yield Cluster(server, server.url("app", DATABASE), server.url("store_owner", DATABASE))
        finally:
            server.stop()


def _run(name: str, *words: str) -> None:
    program = binary(name)
    done = subprocess.run(
        [*privileges.unprivileged(program), str(program), *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def _move_ids(server: Postgres, first_id: int) -> None:
    """As pg_upgrade does it: freeze what there is, so that no id of before matters, then set the counters."""
    _freeze_all(server)
    server.stop()
    low = first_id % WRAP
    outcomes = server.data / "pg_xact" / f"{low // _IDS_A_FILE:04X}"
    if not outcomes.exists():
        outcomes.write_bytes(bytes(32 * 8192))
        privileges.give(outcomes)
    counters = [
        f"--epoch={first_id // WRAP}",
        f"--next-transaction-id={low}",
        f"--oldest-transaction-id={low}",
    ]
    _run("pg_resetwal", *counters, str(server.data))
    server.start()
    _in_each_database(
        server, f"UPDATE pg_class SET relfrozenxid = '{low}' WHERE relfrozenxid <> '0'",
        f"UPDATE pg_database SET datfrozenxid = '{low}' WHERE datname = current_database()",
    )  # fmt: skip


def _freeze_all(server: Postgres) -> None:
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS true")
    _in_each_database(server, "VACUUM (FREEZE)")


def _in_each_database(server: Postgres, *statements: str) -> None:
    for database in ("template0", "template1", "postgres"):
        with psycopg.connect(server.url(SUPERUSER, database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
