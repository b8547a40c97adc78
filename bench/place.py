"""Where a run takes place: one PostgreSQL, databases of its own, a disk that can be made slow, a progress bar."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier, Literal
from rich.console import Console
from rich.progress import Progress

from bench.figures import Contestant, Figure, interleave
from bench.servers import Elsewhere, Embedded
from eventstore.migrate import migrate, prepare

ROOT = Path(__file__).parents[1]
FOLDERS = [ROOT / "runtime" / "migrations", ROOT / "access" / "migrations"]
"""Migrations beside the store's own, as `manage.py migrate` applies them."""

SLOW = {"commit_delay": "3000", "commit_siblings": "0"}
"""Every flush of the log takes 3 ms more: a disk across a network. Commits that wait meanwhile share it."""


@dataclass(frozen=True)
class Database:
    """One database of the run; the strings say who connects."""

    name: str
    app_url: str
    """What a running process of the product may do."""
    owner_url: str
    """Owns the tables and may look behind the functions."""
    admin_url: str
    """A superuser, in this database."""
    projector_url: str
    """Keeps the read models up to date."""
    auditor_url: str
    """Reads everything, writes nothing."""


class Place:
    """What a section is given. ``full`` asks for long rounds; a short run of everything takes under five minutes."""

    def __init__(self, server: Embedded | Elsewhere, folder: Path, full: bool, progress: Progress) -> None:
        self.server, self.folder, self.full, self.progress = server, folder, full, progress
        self._databases: list[str] = []

    # ── databases ──────────────────────────────────────────────────────────

    def database(self, name: str) -> Database:
        """A fresh database: roles, migrations, nothing in it. It is dropped at the end of the run."""
        full_name = f"quittance_bench_{name}"
        self._drop(full_name)
        self._databases.append(full_name)
        prepare(self.server.url("admin"), full_name, self.server.passwords)
        roles = ("app", "owner", "admin", "projector", "auditor")
        made = Database(full_name, *(self.server.url(role, full_name) for role in roles))
        migrate(made.owner_url, FOLDERS)
        return made

    def drop(self) -> None:
        """Drop every database of the run."""
        for name in self._databases:
            self._drop(name)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self.server.url("admin"), autocommit=True) as admin:
            admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    @contextmanager
    def slow_disk(self) -> Iterator[None]:
        """Every flush takes 3 ms more inside this block."""
        self._settings(SLOW)
        try:
            yield
        finally:
            self._settings(dict.fromkeys(SLOW))

    def _settings(self, wanted: Mapping[str, str | None]) -> None:
        with psycopg.connect(self.server.url("admin"), autocommit=True) as admin:
            for name, value in wanted.items():
                change = SQL("RESET {}").format(Identifier(name))
                if value is not None:
                    change = SQL("SET {} = {}").format(Identifier(name), Literal(value))
                admin.execute(SQL("ALTER SYSTEM ") + change)
            admin.execute("SELECT pg_reload_conf()")
            self._until_in_force(wanted)

    def _until_in_force(self, wanted: Mapping[str, str | None]) -> None:
        """A reload is a signal to every backend, idle ones too; a new one has seen it when the others soon will."""
        deadline = time.monotonic() + 10
        while not self._in_force(wanted):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    "the server does not take over commit_delay: is it set on its command line?"
                )
            time.sleep(0.02)
        time.sleep(0.1)

    def _in_force(self, wanted: Mapping[str, str | None]) -> bool:
        query = "SELECT name, setting, boot_val FROM pg_settings WHERE name = ANY (%s)"
        with psycopg.connect(self.server.url("admin"), autocommit=True) as admin:
            rows = admin.execute(query, [list(wanted)]).fetchall()
        return all(setting == (wanted[name] or at_start) for name, setting, at_start in rows)

    # ── how long, and who when ─────────────────────────────────────────────

    def pick(self, short: Any, full: Any) -> Any:
        """The one for a short run or the one for a full run."""
        return full if self.full else short

    def interleave(self, title: str, contestants: Sequence[Contestant], rounds: int) -> list[Figure]:
        """``figures.interleave`` with a progress bar. Use it for everything that will be divided by each other."""
        turns = rounds * sum(each.absent is None for each in contestants)
        with self.step(title, turns) as done:
            return interleave(contestants, rounds, done)

    @contextmanager
    def step(self, title: str, total: int = 1) -> Iterator[Callable[[], None]]:
        """A line of the progress bar; call what it gives once for each of ``total`` steps."""
        task = self.progress.add_task(title, total=total)
        yield lambda: self.progress.advance(task)
        self.progress.update(task, completed=total)


@contextmanager
def opened(url: str | None, full: bool, console: Console | None = None) -> Iterator[Place]:
    """A place on an embedded server in a temporary folder, or on the server at ``url`` (its superuser's string)."""
    folder = Path(tempfile.mkdtemp(prefix="quittance-bench-"))
    server = Elsewhere(url) if url else Embedded(folder / "postgres")
    console = console or Console(stderr=True)
    try:
        with server.running(), Progress(console=console, disable=not console.is_terminal) as progress:
            place = Place(server, folder, full, progress)
            try:
                yield place
            finally:
                place.drop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def parts(url: str) -> dict[str, str]:
    """A connection string taken apart, for drivers that do not read libpq's form; the password is among them."""
    found = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    if "passfile" in found:
        found["password"] = Path(found.pop("passfile")).read_text().strip().rpartition(":")[2]
    return found


def count(url: str, table: str) -> int:
    """How many rows a table holds now; ``table`` is ours, with its schema."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            SQL("SELECT count(*) FROM {}").format(Identifier(*table.split(".")))
        ).fetchone()
    assert row is not None
    return int(row[0])
