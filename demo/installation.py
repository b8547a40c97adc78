"""The processes that `manage.py up` runs, on a state of their own: started, looked at, killed, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from demo.desk import NeverHappened, until
from demo.judge import Verdict
from runtime.embedded.postgres import Postgres
from runtime.settings import ROLE_OF, Settings
from runtime.supervise import alone, end_survivors, processes

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds that everything may take to start, or to stop."""


@dataclass(frozen=True)
class Addresses:
    """Where an installation is reached.

    public  what people call it, and where their passkeys work
    """

    api: str
    mails: str
    public: str


class Installation:
    """`manage.py up` in time-lapse as a child of this process; it ends with it, also when that is killed.

    state        folder of its own; whatever was in it is removed
    environment  further variables for every process
    """

    verb: ClassVar[str] = "up"
    patience: ClassVar[float] = PATIENCE

    def __init__(self, state: Path, environment: Mapping[str, str] | None = None) -> None:
        self.state = state.resolve()
        # Ours win over the settings of another installation, in the environment or in .env.
        settings = {**of_its_own(self.state).environment(), "QUITTANCE_PUBLIC_URL": ""}
        self._environment = {**os.environ, **settings, **(environment or {})}
        self._up: subprocess.Popen[bytes] | None = None

    def settings(self) -> Settings:
        """By which it is looked into, once it runs."""
        return of_its_own(self.state)

    def start(self, seconds: float | None = None) -> Addresses:
        """Begin on an empty state. Raises NeverHappened with its last words when it does not come up.

        Raises AlreadyRunning while another supervisor looks after the folder.
        """
        self._clear()
        command = [
            sys.executable,
            str(ROOT / "manage.py"),
            self.verb,
            "--state",
            str(self.state),
            "--port",
            "0",
        ]
        with self._log.open("wb") as log:
            self._up = subprocess.Popen(
                [*command, "--time-lapse", "--with-parent"],
                cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            return until(f"manage.py {self.verb} is ready", self._addresses, seconds or self.patience)
        except NeverHappened as error:
            raise NeverHappened(f"{error}\n{_tail(self._log, 15)}") from None

    def stop(self, seconds: float = PATIENCE) -> None:
        """End everything, politely; killed when it does not listen."""
        if self._up is None:
            return
        self._up.send_signal(signal.SIGINT)
        try:
            self._up.wait(seconds)
        except subprocess.TimeoutExpired:
            self._up.kill()
            self._up.wait()
        self._up = None

    def pid(self, role: str) -> int:
        """Process id of a running role, or of ``postgres``; waits while it is being started again."""
        return until(f"{role} runs", lambda: processes(self.state).get(role))

    def ways(self, kept: Iterable[str]) -> list[Verdict]:
        """By what it did its work, where that is not the store alone.

        kept  keys of the documents that the records name
        """
        return []

    def kill(self, role: str) -> int:
        """kill -9; returns the process id that is no more."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        return pid

    def restarted(self, role: str, killed: int) -> int:
        """Wait until the supervisor has started it again; returns the new process id."""
        return until(f"{role} is started again", lambda: self._other(role, killed))

    def last_words(self, lines: int = 6) -> str:
        """The end of what each process said."""
        files = sorted((self.state / "log").glob("*.log"))
        return "\n".join(f"{file.name}:\n{_tail(file, lines)}" for file in files)

    @property
    def _log(self) -> Path:
        return self.state / f"{self.verb}.log"

    def _clear(self) -> None:
        """Nothing stays of an earlier run, also not of one that was killed."""
        with alone(self.state):
            end_survivors(self.state)
            Postgres(self.state / "postgres").stop()
            shutil.rmtree(self.state)
        self.state.mkdir(mode=0o700, parents=True)

    def _other(self, role: str, killed: int) -> int | None:
        pid = processes(self.state).get(role)
        return pid if pid != killed else None

    def _addresses(self) -> Addresses | None:
        assert self._up is not None
        if (code := self._up.poll()) is not None:
            raise NeverHappened(f"manage.py {self.verb} ended with code {code}")
        try:
            facts: dict[str, Any] = json.loads((self.state / "run" / f"{self.verb}.json").read_text())
        except FileNotFoundError:
            return None
        return Addresses(facts["api"], facts["mails"], facts["public"])


def of_its_own(state: Path) -> Settings:
    """The settings of an installation in ``state``, whatever the environment and ``.env`` say about another one."""
    # A year in a minute: everybody asks for months at once.
    return exactly({"state_dir": state, "time_lapse": True, "requests_per_minute": 100_000})


def exactly(said: Mapping[str, Any]) -> Settings:
    """These settings and the usual ones, whatever the environment and ``.env`` say."""
    usual = {name: info.default for name, info in Settings.model_fields.items()}
    derived = dict.fromkeys(
        (*ROLE_OF, "public_url", "kek_file", "secret_file", "fleeting_file", "signing_dir"), ""
    )
    return Settings.load(**{**usual, **derived, **said})


def _tail(file: Path, lines: int) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
