"""`manage.py cluster`: what docker-compose.yml describes, as processes on this machine, looked after until Ctrl-C.

docker-compose.yml ──▶ its servers ──▶ its containers, in their order ──▶ people to play with ──▶ looked after

State in a folder of its own; passwords are made at the first start and stay in it. What differs from containers is
said in roles/composed.py, and shown.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shlex
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from re import findall

from rich.console import Console
from rich.table import Table

from demo.clustered import ENVIRONMENT, settings_in
from demo.seed import SeededAccount, seed
from roles import ports
from roles.composed import FILE, substitutions
from roles.process import stop_signal, store_on
from roles.topology import Topology
from roles.up import Told, end_with_parent, show_accounts
from runtime import compose, database, log
from runtime.clock import Clock
from runtime.compose import NotUnderstood, Service
from runtime.embedded.jars import NoJars, NoJava
from runtime.embedded.ports import free_ports
from runtime.embedded.postgres import SUPERUSER, DatabaseUnavailable, Postgres
from runtime.embedded.privileges import NeedsAnotherUser
from runtime.entry import Entry
from runtime.secret_files import keep_once, write_whole
from runtime.supervise import UNAVAILABLE, AlreadyRunning, Supervisor, alone, end_survivors

PORTS = {"QUITTANCE_HTTP_PORT": 8000, "QUITTANCE_MAIL_PAGE_PORT": 8026}
"""What this machine shows, unless the environment says otherwise."""
FACTS = "cluster.json"
"""In ``run/``: where a cluster that is ready is reached."""
SHOW_FIGURES = ("serve", "relay", "project", "react", "clock")
"""Services whose processes answer ``/metrics``."""
LAST_WORDS = 10


@dataclass(frozen=True)
class Wish:
    """What a cluster is to be like.

    any_ports    whatever port is free, for everything
    with_parent  it ends when the process that started it does
    time_lapse   the API may move the clock, and people may ask as often as they like
    replicas     other numbers than those of the file, by service
    """

    any_ports: bool = False
    with_parent: bool = False
    time_lapse: bool = False
    replicas: Mapping[str, int] = field(default_factory=dict)


class Failed(Exception):
    """Something that others need did not work; the message has its last words."""


def cluster(folder: Path, wish: Wish) -> int:
    """Exit code: 0 after a clean stop, 1 when it could not start; then the last line says why."""
    console = Console(soft_wrap=True)
    log.setup("cluster", "warning")
    if wish.with_parent:
        end_with_parent()
    for name in [name for name in os.environ if name.startswith("QUITTANCE_") and name not in PORTS]:
        del os.environ[name]  # what somebody else's installation is told
    try:
        with alone(folder):
            _cluster(folder, wish, console)
    except (AlreadyRunning, DatabaseUnavailable, Failed, NeedsAnotherUser, NoJars, NoJava, NotUnderstood,
            PermissionError, ports.Taken, *UNAVAILABLE) as error:  # fmt: skip
        console.print(str(error), style="red", markup=False)
        return 1
    return 0


def _cluster(folder: Path, wish: Wish, console: Console) -> None:
    stop = stop_signal()
    end_survivors(folder)
    (folder / "run" / FACTS).unlink(missing_ok=True)
    topology, told = Topology(_services(folder, wish), folder), Told(console)
    try:
        for name, server in topology.servers.items():
            with console.status(f"Starting {name}"):
                server.server.start()
            told.heard(name, f"started, process {server.server.pid}")
        roles = topology.lay_out()
        servers = {name: one.server for name, one in topology.servers.items()}
        arrival = Arrival(topology, folder, console)
        with published(topology):
            Supervisor(folder, roles, {}, servers, told.heard).run(stop, arrival.look)
    finally:
        topology.close()
        for server in topology.servers.values():
            server.server.stop()


# ── what the file asks for ─────────────────────────────────────────────────


def _services(folder: Path, wish: Wish) -> dict[str, Service]:
    services = compose.read(FILE, _variables(folder, wish))
    if unknown := wish.replicas.keys() - services.keys():
        raise NotUnderstood(f"there is no service {', '.join(sorted(unknown))}")
    return {
        name: replace(one, replicas=wish.replicas.get(name, one.replicas)) for name, one in services.items()
    }


def _variables(folder: Path, wish: Wish) -> dict[str, str]:
    """What stands in ``.env`` beside a compose file, of this cluster's own."""
    shown = _free() if wish.any_ports else _usual()
    lapsed = {"QUITTANCE_TIME_LAPSE": "true", "QUITTANCE_REQUESTS_PER_MINUTE": "100000"}
    return {
        **_passwords(folder),
        **{name: str(port) for name, port in shown.items()},
        **(lapsed if wish.time_lapse else {}),
    }


def _free() -> dict[str, int]:
    return dict(zip(PORTS, free_ports(len(PORTS)), strict=True))


def _usual() -> dict[str, int]:
    """Raises Taken."""
    chosen = {name: int(os.environ.get(name, usual)) for name, usual in PORTS.items()}
    settings = {name.removeprefix("QUITTANCE_").lower(): port for name, port in chosen.items()}
    if complaint := ports.complaint("127.0.0.1", settings, "cluster"):
        raise ports.Taken(complaint)
    return chosen


def _passwords(folder: Path) -> dict[str, str]:
    """One for each variable that has to have a value, made when it is asked for first."""
    wanted = set(findall(r"\$\{(\w+):\?", FILE.read_text()))
    kept = {name: keep_once(folder / "passwords" / name, secrets.token_hex(24).encode()) for name in wanted}
    # Its own server has chosen that one.
    superuser = Postgres(folder / "postgres").password(SUPERUSER)
    return {**{name: value.decode() for name, value in kept.items()}, "POSTGRES_PASSWORD": superuser}


# ── the ports that this machine shows ──────────────────────────────────────


@contextmanager
def published(topology: Topology) -> Iterator[None]:
    """Lead from this machine's ports to those of the containers, as Docker does."""
    entries = [
        Entry((port.host, port.outside), [(container.address, port.inside)], ready=None)
        for port, container in topology.published()
    ]
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        await asyncio.gather(*(entry.serve(stop) for entry in entries))

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="ports")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


# ── what is told ───────────────────────────────────────────────────────────


class Arrival:
    """People to play with as soon as there is a store; once everything is well a table for who looks, and
    ``run/cluster.json`` for programs."""

    def __init__(self, topology: Topology, folder: Path, console: Console) -> None:
        self._topology, self._folder, self._console = topology, folder, console
        self._accounts: list[SeededAccount] = []
        self._ill: frozenset[str] = frozenset()
        self._arrived = False

    def look(self) -> None:
        self._topology.look()
        if (failed := self._topology.failed()) is not None:
            raise Failed(
                f"{failed.container.name}: {failed.state}\n{self._last_words(failed.container.name)}"
            )
        if self._topology.held_back and self._topology.is_done("migrate"):
            self._seed()
            self._topology.held_back = False
        self._tell_who_is_ill()
        if not self._arrived and self._topology.is_well():
            self._arrived = True
            write_whole(self._folder / "run" / FACTS, json.dumps(self._facts()))
            self._show()

    def _tell_who_is_ill(self) -> None:
        ill = frozenset(one.container.name for one in self._topology.members if one.state == "unhealthy")
        for name in sorted(ill ^ self._ill):
            word = "does not answer its health check" if name in ill else "is well again, or started anew"
            self._console.print(f"{name}: {word}", style="yellow", highlight=False)
        self._ill = ill

    def _seed(self) -> None:
        """Whoever starts this is alone with it. As with `manage.py up`, before anybody reacts: who has a password
        already is not invited to choose one."""
        lines = (f"{name}={shlex.quote(value)}\n" for name, value in self._told())
        write_whole(self._folder / ENVIRONMENT, "".join(lines))
        (self._folder / ENVIRONMENT).chmod(0o600)
        keys = self._folder / "keys"
        if not keys.is_symlink():
            keys.symlink_to(self._folder / "volumes" / "keys")
        settings = settings_in(self._folder)
        with (
            self._console.status("Seeding"),
            database.pool(settings.database_url, name="seed", size=4) as pool,
        ):
            self._accounts = seed(store_on(pool, settings), settings, Clock(pool))

    def _told(self) -> Iterator[tuple[str, str]]:
        for name, value in self._topology.environment("migrate").items():
            if name.startswith("QUITTANCE_"):
                yield name, str(self._folder) if name == "QUITTANCE_STATE_DIR" else value

    def _facts(self) -> dict[str, object]:
        reached = {container.service.name: port.outside for port, container in self._topology.published()}
        return {
            "pid": os.getpid(),
            "api": f"http://localhost:{reached['entry']}",
            "public": self._topology.environment("migrate")["QUITTANCE_PUBLIC_URL"],
            "mails": f"http://127.0.0.1:{reached['mail']}",
            "accounts": [one.label for one in self._accounts],
            "figures": dict(self._asked("QUITTANCE_METRICS_PORT", "/metrics", *SHOW_FIGURES)),
            "ready": dict(self._asked("QUITTANCE_HTTP_PORT", "/health/ready", "serve")),
        }

    def _asked(self, port: str, path: str, *services: str) -> Iterator[tuple[str, str]]:
        """By container, where each replica of these services answers by itself."""
        for member in self._topology.members:
            if member.container.service.name in services:
                at = f"{member.container.address}:{member.role.environment[port]}"
                yield member.container.name, f"http://{at}{path}"

    def _show(self) -> None:
        self._console.print(_table(self._topology))
        self._console.print("\nReplaced, of what docker-compose.yml says:", style="dim")
        for line in substitutions(self._topology.replaced):
            self._console.print(f"  {line}", style="dim", highlight=False)
        facts = self._facts()
        places = f"\nAPI    {facts['public']}/docs\nMails  {facts['mails']}\nState  {self._folder}"
        self._console.print(places, highlight=False)
        show_accounts(self._console, self._accounts, self._folder)
        self._console.print(f"\nCtrl-C ends it. Logs are in {self._folder / 'log'}", style="dim")

    def _last_words(self, name: str) -> str:
        lines = (self._folder / "log" / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-LAST_WORDS:])


def _table(topology: Topology) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("service", "process", "address", "health"):
        table.add_column(head)
    for name, one in topology.servers.items():
        host, port = one.place()
        table.add_row(name, str(one.server.pid), f"{host}:{port}", "answers")
    for member in topology.members:
        pid = "" if member.role.pid is None else str(member.role.pid)
        table.add_row(member.container.name, pid, member.container.address, member.state)
    return table
