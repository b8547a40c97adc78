"""Keeps processes running: starts them, starts again what died, stops them in order.

    servers ──▶ roles, each as soon as it may ──▶ looked after ──▶ roles stopped ──▶ servers stopped

Children end with their supervisor, also when it is killed; the database does not, and is adopted by the next one.
What survived all the same is written down in ``run/processes.json`` and ended before a new start.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import groupby
from pathlib import Path
from typing import Literal, Protocol

import psutil

from runtime.embedded import privileges
from runtime.embedded.child import ServerUnavailable
from runtime.embedded.postgres import DatabaseUnavailable
from runtime.secret_files import write_whole

PATIENCE = 10.0
"""Seconds that a process has to end after it was asked to."""
STEADY = 20.0
"""Seconds after which a process counts as well again: its next start does not wait."""
SHORTEST, LONGEST = 0.2, 10.0
"""Seconds between a death and the next start; doubles with each death in a row."""
LOG_KEPT = 10_000_000
"""Bytes of a log above which the next start puts it aside."""

Heard = Callable[[str, str], None]
"""Is told a process's name and what became of it."""


class AlreadyRunning(Exception):
    """Another supervisor looks after this folder; the message names its process id."""


class Server(Protocol):
    """What the roles need before they start, runtime/embedded/: looked after like them, and longer."""

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""

    def start(self) -> None:
        """Have it answer. Raises what ``UNAVAILABLE`` names."""

    def stop(self) -> None: ...


UNAVAILABLE = (DatabaseUnavailable, ServerUnavailable)
"""A server did not start; the message says why, and the next round tries again."""


@dataclass
class Role:
    """One process to keep running.

    command      what to execute, its program first
    environment  variables beside those of everybody
    place        folder that it begins in; None: ours
    of           roles of the same word that stand beside each other are stopped together; its name without it
    again        after which ends it is started again
    patience     seconds that it has to end after it was asked to; None: PATIENCE
    may_start    whether its turn has come, asked again and again until then
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    place: Path | None = None
    of: str = ""
    again: Literal["always", "on-failure", "never"] = "always"
    patience: float | None = None
    may_start: Callable[[], bool] = lambda: True
    ended: int | None = field(default=None, init=False)
    """Exit code of a process that is not started again."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    """In a row."""
    starts_at: float = field(default=0.0, init=False)
    started_at: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None


class Supervisor:
    """Looks after one installation's processes. Use it from the main thread: children end with the thread that made them.

    folder   the installation's state; ``run/`` and ``log/`` are made in it
    roles    started in this order, stopped in this order too: first what people talk to
    servers  by name; started before the roles, stopped after them, the last one first
    """

    def __init__(
        self,
        folder: Path,
        roles: Sequence[Role],
        environment: Mapping[str, str],
        servers: Mapping[str, Server],
        heard: Heard,
    ) -> None:
        self.roles, self.servers = roles, servers
        self._folder, self._environment, self._heard = folder, environment, heard
        self._written = ""

    def run(self, stop: threading.Event, tick: Callable[[], None] = lambda: None) -> None:
        """Keep everything running until ``stop``; then end it, politely first. ``tick`` is called ten times a second."""
        try:
            while not stop.is_set():
                self.look_after()
                tick()
                stop.wait(0.1)
        finally:
            self.stop()

    def look_after(self) -> None:
        """One round: start again what is not running and whose turn it is."""
        for name, server in self.servers.items():
            self._look_after(name, server)
        for role in self.roles:
            if role.process is not None and role.pid is None:
                self._bury(role)
            if role.process is None and self._is_wanted(role):
                self._start(role)
        self._write_down()

    def stop(self) -> None:
        """End the roles in their order, then the servers."""
        for _, together in groupby(self.roles, key=lambda role: role.of or role.name):
            _end([role for role in together if role.process is not None], self._heard)
        for name in reversed(list(self.servers)):
            self.servers[name].stop()
            self._heard(name, "stopped")
        self._write_down()

    def _is_wanted(self, role: Role) -> bool:
        return role.ended is None and time.monotonic() >= role.starts_at and role.may_start()

    def _start(self, role: Role) -> None:
        with _log_of(self._folder, role.name).open("ab") as log:
            role.process = subprocess.Popen(
                [*privileges.dying_with_parent("TERM"), *role.command],
                env={**os.environ, **self._environment, **role.environment}, cwd=role.place,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        role.started_at = time.monotonic()
        self._heard(role.name, f"started, process {role.process.pid}")

    def _bury(self, role: Role) -> None:
        assert role.process is not None
        code, role.process = role.process.returncode, None
        if role.again == "never" or (role.again == "on-failure" and code == 0):
            role.ended = code
            self._heard(role.name, _last_of(code))
            return
        role.deaths = 0 if time.monotonic() - role.started_at > STEADY else role.deaths + 1
        wait = min(SHORTEST * 2 ** max(role.deaths - 1, 0), LONGEST)
        role.starts_at = time.monotonic() + wait
        self._heard(role.name, f"{_last_of(code)}, again in {wait:.1f} s")

    def _look_after(self, name: str, server: Server) -> None:
        if server.pid is not None:
            return
        try:
            server.start()
            self._heard(name, f"started, process {server.pid}")
        except UNAVAILABLE as error:
            self._heard(name, str(error))

    def _write_down(self) -> None:
        known = {one.name: one.pid for one in self.roles} | {
            name: one.pid for name, one in self.servers.items()
        }
        text = json.dumps({name: {"pid": pid, "since": _born(pid)} for name, pid in known.items() if pid})
        if text != self._written:
            # On a full disk this waits for the next round; the processes go on meanwhile.
            with suppress(OSError):
                write_whole(self._folder / "run" / "processes.json", text)
                self._written = text


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only supervisor of this folder. Raises AlreadyRunning."""
    file = folder / "run" / "supervisor"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a+") as held:
        try:
            flock(held, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AlreadyRunning(f"process {held.read().strip()} already runs what is in {folder}") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def processes(folder: Path) -> dict[str, int]:
    """Process ids of what runs in this folder now, by name."""
    try:
        known = json.loads((folder / "run" / "processes.json").read_text())
    except FileNotFoundError:
        return {}
    return {name: entry["pid"] for name, entry in known.items() if _born(entry["pid"]) == entry["since"]}


def end_survivors(folder: Path) -> None:
    """End roles that outlived a killed supervisor; the database may stay."""
    left = [psutil.Process(pid) for name, pid in processes(folder).items() if name != "postgres"]
    for process in left:
        process.terminate()
    for process in psutil.wait_procs(left, PATIENCE)[1]:
        process.kill()


def _end(roles: Sequence[Role], heard: Heard) -> None:
    """Ask all of them, then wait for each; who does not listen is killed."""
    for role in roles:
        assert role.process is not None
        role.process.terminate()
    for role in roles:
        assert role.process is not None
        try:
            role.process.wait(PATIENCE if role.patience is None else role.patience)
        except subprocess.TimeoutExpired:
            role.process.kill()
            role.process.wait()
        role.process = None
        heard(role.name, "stopped")


def _born(pid: int | None) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None


def _log_of(folder: Path, name: str) -> Path:
    file = folder / "log" / f"{name}.log"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_KEPT:
        file.replace(file.with_suffix(".log.1"))
    file.touch(mode=0o600)
    return file


def _last_of(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
