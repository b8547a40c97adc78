"""A PostgreSQL of our own for the tests, and a fresh database for each one that asks."""

from __future__ import annotations

import asyncio
import os
import shutil
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
from psycopg.sql import SQL, Composed, Identifier

from eventstore.migrate import ROLES, migrate, prepare
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.servers import broker, s3_server, three_brokers, valkey

if TYPE_CHECKING:
    from providers.simulators.mail import Mailbox

__all__ = ["broker", "s3_server", "three_brokers", "valkey"]
"""Fixtures of tests/servers.py, for every test."""

TEMPLATE = "template_quittance"
INHABITED = "template_inhabited"
_NUMBERS = count(1)
_PLENTY = 8 << 30
"""Bytes free, below which the disk is used."""


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
    with _quick_folder(tmp_path_factory) as folder:
        server = Postgres(folder / "postgres", die_with_parent=True, durable=False)
        server.start()
        yield server
        server.stop()


@contextmanager
def _quick_folder(elsewhere: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory where there is plenty: a database is made for nearly every test, and its files are most of that work
    (46 ms against 103 to 280 on a disk). A run that was killed leaves its folder to the next one, which removes it."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < _PLENTY:
        yield elsewhere.mktemp("postgres")
        return
    for left in memory.glob("quittance-tests-*"):
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = memory / f"quittance-tests-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


@pytest.fixture(scope="session")
def _inhabited(postgres: Postgres, _template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The template of houses: a fifth of a second each is what the tables and the first thirty commands take."""
    from tests.api.house import opened

    with fresh_database(postgres) as first, psycopg.connect(postgres.url(SUPERUSER, "postgres")) as admin:
        with opened(first.app_url, first.owner_url, tmp_path_factory.mktemp("inhabited")):
            pass
        admin.autocommit = True
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (first.name,)
        )
        admin.execute(_copy(INHABITED, first.name))
    return INHABITED


@pytest.fixture
def inhabited(postgres: Postgres, _inhabited: str) -> Iterator[Database]:
    """A database of the test's own with empty read models, where the people of tests/api/house.py live."""
    with fresh_database(postgres, INHABITED) as fresh:
        yield fresh


@contextmanager
def fresh_database(server: Postgres, template: str = TEMPLATE) -> Iterator[Database]:
    """The same for fixtures that live longer than a test; ask for ``_template`` first, or for ``_inhabited``."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(_copy(name, template))
        # A copy of a database takes nobody's rights on it along.
        admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))
        admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO app, projector, auditor").format(Identifier(name)))
        admin.execute(SQL("GRANT TEMPORARY ON DATABASE {} TO auditor").format(Identifier(name)))
    yield Database(name, *(server.url(role, name) for role in ("app", "store_owner", "projector", "auditor")))
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _copy(name: str, template: str) -> Composed:
    """File by file: a third of the work of writing every page to the WAL, where nothing is synchronised anyway."""
    made = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER store_owner")
    return made.format(Identifier(name), Identifier(template))


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
    with mailbox(tmp_path / "mail") as server:
        yield server


@contextmanager
def mailbox(folder: Path) -> Iterator[MailServer]:
    """The same for fixtures that live longer than a test."""
    # Here and not above: a test of the store must run while a provider is broken.
    from providers.simulators.mail import Mailbox, serve

    box = Mailbox(folder)
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


@pytest.fixture(scope="session")
def built() -> None:
    """Both applications of the web, of the sources as they are; built at most once for all workers."""
    from rich.console import Console

    from roles import web

    try:
        web.build(Console(stderr=True))
    except web.CannotBuild as error:
        pytest.skip(f"screens not shown: {error}")


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: whatever comes last leaves the other cores without work."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_configure() -> None:
    """The settings of the machine's owner must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("QUITTANCE_")]:
        del os.environ[name]
    # Every client of httpx reads the authorities it trusts, 140 of them, which takes longer than most of its requests.
    # Here it reads one, whose key was thrown away: no test has a peer that everybody knows.
    os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("no-authority.pem"))
