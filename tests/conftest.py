"""A PostgreSQL of our own for the tests, and a fresh database for each one that asks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest
import structlog
from psycopg.sql import SQL, Identifier

from eventstore.migrate import ROLES, migrate, prepare
from runtime.embedded.postgres import SUPERUSER, Postgres

if TYPE_CHECKING:
    from providers.simulators.mail import Mailbox

TEMPLATE = "template_quittance"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Database:
    """One database; the strings say who connects."""

    name: str
    app_url: str
    """What a running process may do."""
    owner_url: str
    """Owns the tables: migrations, rebuilds, and tests that look behind the functions."""
    projector_url: str
    """Keeps the read models up to date."""
    auditor_url: str
    """Reads everything, writes nothing."""


@pytest.fixture(autouse=True)
def _logs_as_ever() -> None:
    """A verb that runs inside a test, or in a fixture of a module, silences its process: the next test reads logs."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server for this run alone; it ends with the run, even when that is killed."""
    server = Postgres(tmp_path_factory.mktemp("postgres"), die_with_parent=True, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _template(postgres: Postgres) -> str:
    prepare(postgres.url(SUPERUSER, "postgres"), TEMPLATE, passwords_of(postgres))
    migrate(postgres.url("store_owner", TEMPLATE), migration_folders())
    return TEMPLATE


@pytest.fixture
def database(postgres: Postgres, _template: str) -> Iterator[Database]:
    """A database of the test's own: migrated, without events and without read models."""
    with fresh_database(postgres) as fresh:
        yield fresh


@contextmanager
def fresh_database(server: Postgres) -> Iterator[Database]:
    """The same for fixtures that live longer than a test; ask for ``_template`` first."""
    name = f"test_{next(_NUMBERS)}"
    made = SQL("CREATE DATABASE {} TEMPLATE {} OWNER store_owner").format(
        Identifier(name), Identifier(TEMPLATE)
    )
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(made)
        # A copy of a database takes nobody's rights on it along.
        admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))
        admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO app, projector, auditor").format(Identifier(name)))
        admin.execute(SQL("GRANT TEMPORARY ON DATABASE {} TO auditor").format(Identifier(name)))
    yield Database(name, *(server.url(role, name) for role in ("app", "store_owner", "projector", "auditor")))
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def passwords_of(server: Postgres) -> dict[str, str]:
    """Of the four roles, as `manage.py up` gives them."""
    return {role: server.password(role) for role in ROLES}


@dataclass(frozen=True)
class MailServer:
    """A running mail simulator: send to ``smtp_port``, look into ``box`` or at ``page``."""

    box: Mailbox
    smtp_port: int
    page: str


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """The simulator of providers/simulators/mail.py on free ports, with an empty box."""
    # Here and not above: a test of the store must run while a provider is broken.
    from providers.simulators.mail import Mailbox, serve

    box = Mailbox(tmp_path / "mail")
    ports: Queue[tuple[int, int]] = Queue()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    serving = serve(box, stop, "127.0.0.1", 0, 0, lambda *chosen: ports.put(chosen))
    thread = Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    smtp_port, page_port = ports.get(timeout=10)
    yield MailServer(box, smtp_port, f"http://127.0.0.1:{page_port}")
    loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)
    loop.close()


def migration_folders() -> list[Path]:
    """Migrations beside the store's own, as `manage.py migrate` applies them."""
    root = Path(__file__).parents[1]
    return [root / "runtime" / "migrations", root / "access" / "migrations"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_ALL (CI) a test that is left out because something is missing has failed."""
    report = yield
    if report.skipped and "REQUIRE_ALL" in os.environ and "not here:" not in str(report.longrepr):
        report.outcome = "failed"
    return report


def pytest_configure() -> None:
    """The settings of the machine's owner must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("QUITTANCE_")]:
        del os.environ[name]
