"""A program that runs behind us on this machine: started, frozen, ended by its process id, never adopted."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import psutil

from runtime.embedded import privileges

ATTEMPTS = 5
"""Starts tried on other ports, when somebody took one between the choice and the start."""
_LAST = 8
"""Lines of its log that say why it ended."""


class ServerUnavailable(Exception):
    """A server did not start or cannot be had here; the message says why and what to do."""


class Child:
    """One program, whose words go to a file.

    command          the program and its arguments
    log              made when missing, for this user's eyes only
    die_with_parent  it is killed when the *thread* that started it ends: start it from one that lives on
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        die_with_parent: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = [*(privileges.dying_with_parent("KILL") if die_with_parent else []), *command]
        self._environment = {**os.environ, **(environment or {})}
        self.log = log
        self._said = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running program; a frozen one counts as running."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Have it run; nothing happens when it does."""
        if self.pid is not None:
            return
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.touch(mode=0o600)
        self._said = self.log.stat().st_size
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor, not the servers behind it.
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self.log.parent,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, umask=0o077,
            )  # fmt: skip

    def listens(self, *ports: int) -> bool:
        """Whether it is this program, and no other, that has these ports."""
        try:
            own = psutil.Process(self.pid).net_connections("tcp") if self.pid is not None else []
        except psutil.NoSuchProcess:
            return False
        return set(ports) <= {one.laddr.port for one in own if one.status == psutil.CONN_LISTEN}

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Whether it was ready in time; False as soon as it has ended."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.pid is None or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end(self, seconds: float = 15.0) -> None:
        """Politely first. A frozen one is woken: it would hear nothing else."""
        self.ask_to_end()
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def ask_to_end(self) -> None:
        """The polite half of ``end``, which waits for nothing."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """At once, as a power cut would; it is gone on return."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing, until ``thaw``; it has stopped on return."""
        self._signal(signal.SIGSTOP)
        if (pid := self.pid) is not None:
            os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def words(self) -> str:
        """What it has said since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as opened:
            opened.seek(self._said)
            return opened.read().decode(errors="replace")

    def lacked_a_port(self) -> bool:
        """Whether that is why it ended, in the words of every program that asks the system for one."""
        return "address already in use" in self.words().lower()

    def last_words(self) -> str:
        return "\n".join(self.words().strip().splitlines()[-_LAST:]) or "it said nothing"

    def _signal(self, sign: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(sign)


def first_to_answer(launch: Callable[[], Child], answers: Callable[[Child], bool], seconds: float) -> Child:
    """A child that is ready.

    launch   one that has not started; asked again, for other ports, when one was taken
    seconds  in which it must answer

    Raises ServerUnavailable with its last words.
    """
    for _ in range(ATTEMPTS):
        child = launch()
        child.start()
        if child.wait_until(partial(answers, child), seconds):
            return child
        child.kill()
        if not child.lacked_a_port():
            break
    raise ServerUnavailable(f"It does not start. Its last words ({child.log}):\n{child.last_words()}")
