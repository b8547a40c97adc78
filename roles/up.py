"""`manage.py up`: everything on this machine, looked after until Ctrl-C.

PostgreSQL ──▶ migrate ──▶ seed an empty store ──▶ serve, clock, react, project, mail ──▶ looked after
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from demo.seed import SeededAccount
from roles import migrate, ports, rebuild, web
from roles.bootstrap import ROOT
from roles.process import stop_signal
from roles.seed import seed_if_new
from runtime import log
from runtime.embedded.postgres import DatabaseUnavailable, Postgres
from runtime.embedded.privileges import NeedsAnotherUser
from runtime.secret_files import write_whole
from runtime.settings import Settings
from runtime.supervise import AlreadyRunning, Role, Supervisor, alone, end_survivors

ROLES = ("serve", "clock", "react", "project", "mail")
"""In the order in which they are stopped: first what people talk to, last what the others talk to."""


def up(settings: Settings, *, any_ports: bool, with_parent: bool) -> int:
    """Exit code: 0 after a clean stop, 1 when it could not start; then one line says what to do."""
    console = Console(soft_wrap=True)
    log.setup("up", "warning")
    if with_parent:
        end_with_parent()  # whoever started this one has built the web, or does without it
    else:
        web.ready(console)
    try:
        with alone(settings.state_dir):
            return _up(_with_free_ports(settings) if any_ports else settings, console, with_parent)
    except (AlreadyRunning, DatabaseUnavailable, NeedsAnotherUser, PermissionError, ports.Taken) as error:
        console.print(str(error), style="red", markup=False)
        return 1


def _up(settings: Settings, console: Console, with_parent: bool) -> int:
    stop = stop_signal()
    server = Postgres(settings.postgres_dir, die_with_parent=with_parent)
    supervisor = Supervisor(
        settings.state_dir,
        _roles(settings),
        settings.environment(),
        {"postgres": server},
        Told(console).heard,
    )
    end_survivors(settings.state_dir)
    (settings.state_dir / "run" / "up.json").unlink(missing_ok=True)
    if complaint := ports.complaint(settings.http_host, _ports(settings)):
        raise ports.Taken(complaint)
    try:
        with console.status("Starting PostgreSQL"):
            server.start()
        _prepare(settings, server, console)
        supervisor.run(stop, Arrival(settings, console, seed_if_new(settings)).look)
    finally:
        server.stop()
    return 0


def _roles(settings: Settings) -> list[Role]:
    """What is started. Those that show their figures have a port each, from the one that is set upwards."""
    first = settings.metrics_port
    return [
        Role(
            name,
            [sys.executable, str(ROOT / "manage.py"), name],
            {"QUITTANCE_METRICS_PORT": str(first + number if first else 0)},
        )
        for number, name in enumerate(ROLES)
    ]


def _ports(settings: Settings) -> dict[str, int]:
    return {name: getattr(settings, name) for name in ("http_port", "smtp_port", "mail_page_port")}


def _with_free_ports(settings: Settings) -> Settings:
    chosen: dict[str, Any] = {name: ports.free() for name in _ports(settings)}
    return Settings.load(**settings.model_dump(exclude={"public_url", *chosen}), **chosen)


def _prepare(settings: Settings, server: Postgres, console: Console) -> None:
    with console.status("Preparing the database"):
        migrate.prepare(server)
        for line in migrate.migrate(settings):
            console.print(line, style="dim", highlight=False)
    rebuild.rebuild_what_waits(settings, console)


# ── what is printed ────────────────────────────────────────────────────────


class Told:
    """Prints what becomes of the processes, without the noise of a first start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: set[str] = set()

    def heard(self, name: str, what: str) -> None:
        usual = what.startswith("started") and name not in self._seen
        self._seen.add(name)
        if not usual:
            style = "dim" if what in ("stopped", "ended with code 0") else "yellow"
            self._console.print(f"{name}: {what}", style=style, highlight=False)


class Arrival:
    """Says where to go once the API answers; writes the same down for programs in ``run/up.json``."""

    def __init__(self, settings: Settings, console: Console, accounts: Sequence[SeededAccount]) -> None:
        self._settings, self._console, self._accounts = settings, console, accounts
        self._next_look, self._arrived = 0.0, False

    def look(self) -> None:
        if self._arrived or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 0.25
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"{_address(self._settings)}/health/ready", timeout=2.0)
            self._arrived = answer.status_code == 200
        if self._arrived:
            self._show()
            write_whole(self._settings.state_dir / "run" / "up.json", json.dumps(self._facts()))

    def _facts(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "api": _address(self._settings),
            "public": self._settings.public_url,
            "mails": _mails(self._settings),
            "accounts": [one.label for one in self._accounts],
        }

    def _show(self) -> None:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        door = self._settings.public_url.rstrip("/")
        table.add_row("Portal", f"{door}/")
        table.add_row("Back-office", f"{door}/bureau/")
        table.add_row("API", f"{door}/docs")
        table.add_row("Mails", _mails(self._settings))
        table.add_row("State", str(self._settings.state_dir))
        self._console.print(table)
        if self._accounts:
            show_accounts(self._console, self._accounts, self._settings.state_dir)
        self._console.print(f"\nCtrl-C ends it. Logs are in {self._settings.state_dir / 'log'}", style="dim")


def show_accounts(console: Console, accounts: Sequence[SeededAccount], state: Path) -> None:
    """Who plays, and how to be one of them."""
    # Lines, and no table that is cut to the terminal: half a password is none.
    console.print("\nDemonstration accounts:", style="bold")
    wide = max(len(one.email) for one in accounts)
    console.print(f"  {'who':<11} {'address':<{wide}}  {'password':<19}", style="dim", highlight=False)
    for one in accounts:
        line = f"  {one.label:<11} {one.email:<{wide}}  {one.password:<19}  [dim]{one.about}[/]"
        console.print(line, highlight=False)
    where = "" if state == ROOT / "var" else f" --state {state}"
    console.print(
        f"\nA one-time code:           python3 manage.py sign-in advisor --code{where}\n"
        f"An access token for curl:  python3 manage.py sign-in advisor{where}",
        highlight=False,
    )


def _address(settings: Settings) -> str:
    host = "localhost" if settings.http_host in ("127.0.0.1", "0.0.0.0") else settings.http_host
    return f"http://{host}:{settings.http_port}"


def _mails(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.mail_page_port}"


def end_with_parent() -> None:
    """Ask Linux for a SIGTERM when the process that started this one ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
