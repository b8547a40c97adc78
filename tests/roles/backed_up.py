"""An installation with a past, its two backups, and what happened around them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import scalar_row

from demo.installation import of_its_own
from eventstore import Keyring, Receipt, Store
from eventstore.compare import compare
from eventstore.migrate import migrate
from eventstore.projector import Projector
from eventstore.read_models import ensure
from roles.backup import backup
from roles.migrate import FOLDERS, prepare
from runtime import database
from runtime.embedded import privileges
from runtime.embedded.postgres import SUPERUSER, Postgres, binary
from runtime.settings import DATABASE, Settings
from tests.connected import projecting
from tests.eventstore.shelf import MACHINE, SHELF, BuyBook, ReadPages, buy, settle, tell

READER = UUID(int=7)
EPOCH = 3
"""Of the transaction ids of the first cluster: they are past three times 2^32."""


@dataclass
class Installation:
    """One state folder with its server."""

    settings: Settings
    server: Postgres

    @classmethod
    def at(cls, state: Path) -> Installation:
        settings = of_its_own(state)
        return cls(settings, Postgres(settings.postgres_dir, die_with_parent=True))

    @contextmanager
    def store(self) -> Iterator[Store]:
        with database.pool(self.settings.database_url, name="test") as pool:
            keyring = Keyring(pool, self.settings.kek())
            yield Store(pool, keyring, self.settings.secret())
            keyring.close()

    def asked(self, query: str) -> list[Any]:
        with psycopg.connect(self.server.url(SUPERUSER, DATABASE)) as connection:
            return connection.cursor(row_factory=scalar_row).execute(query.encode()).fetchall()

    def differences(self, store: Store) -> list[Any]:
        found = compare(store, self.settings.owner_url, SHELF)
        return [difference for one in found for difference in one.differences]


@dataclass
class Backups:
    """What was taken from an installation, and what happened around it."""

    of: Installation
    dump: Path
    base: Path
    read_to: int
    """Where a reader of the feed was when the dump was taken."""
    command: UUID
    receipt: Receipt
    book: UUID
    moment: datetime
    """After the second event behind the base backup, before the third."""
    document: str
    """Stored after both backups."""


def begun(one: Installation) -> None:
    """A cluster that has used many transaction ids."""
    one.server.start()
    prepare(one.server)
    one.server.stop()
    resetwal = [str(binary("pg_resetwal")), f"--epoch={EPOCH}", str(one.server.data)]
    subprocess.run([*privileges.unprivileged(one.server.folder), *resetwal], check=True, capture_output=True)
    one.server.start()
    migrate(one.settings.owner_url, FOLDERS)
    ensure(one.settings.owner_url, SHELF)


def told(old: Installation, store: Store, folder: Path) -> Backups:
    books = [buy(store, dedication="À Awa") for _ in range(4)]
    command = uuid4()
    receipt = store.send(BuyBook(book_id=uuid4(), reader_id=READER), MACHINE, command_id=command)
    settle(Projector(*projecting(store), SHELF))
    old.asked("SELECT setval('jobs.procrastinate_jobs_id_seq', 4321)")
    kept(old, "contracts/before.pdf")
    assert backup(old.settings, folder / "dump", "dump") == 0
    assert backup(old.settings, folder / "base", "base") == 0
    read_to = store.read_feed().through
    tell(store, books[0], ReadPages(pages=10))
    tell(store, books[0], ReadPages(pages=20))
    moment = old.asked("SELECT clock_timestamp()")[0]
    tell(store, books[0], ReadPages(pages=40))
    document = kept(old, "contracts/after.pdf")
    return Backups(
        old, folder / "dump", folder / "base", read_to, command, receipt, books[0], moment, document
    )


def kept(one: Installation, key: str) -> str:
    file = one.settings.documents_dir / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(os.urandom(100))
    return key
