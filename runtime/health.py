"""Whether a process is well, asked by a command again and again, by Docker's rules.

starting ──a look that succeeds──▶ healthy ──so many in a row that fail──▶ unhealthy ──one that succeeds──▶ healthy

Failures do not count while it may still be starting. Source: Dockerfile reference, "HEALTHCHECK", read 2026-11-21.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from runtime.compose import Check

State = Literal["starting", "healthy", "unhealthy"]


class Health:
    """Of one process. Nothing waits here: ``look`` is called now and then.

    command      what to execute; exit code 0 says that it is well
    environment  variables beside ours
    place        folder that the command begins in
    """

    def __init__(
        self, check: Check, command: Sequence[str], environment: Mapping[str, str], place: Path
    ) -> None:
        self._check, self._command, self._place = check, command, place
        self._environment = {**os.environ, **environment}
        self._of: int | None = None
        self._asked: subprocess.Popen[bytes] | None = None
        self._began = self._asked_at = self._next = 0.0
        self._failures = 0
        self.state: State = "starting"
        self.looks = 0
        """How often it was asked."""

    def look(self, pid: int | None) -> None:
        """One round, for the process that runs now; another one than before starts from the beginning."""
        if pid != self._of:
            self._begin(pid)
        if pid is None:
            return
        if self._asked is not None:
            self._hear(self._asked)
        elif time.monotonic() >= self._next:
            self._ask()

    def _begin(self, pid: int | None) -> None:
        self.close()
        self._of, self.state, self._failures = pid, "starting", 0
        self._began = time.monotonic()
        self._next = self._began + min(self._check.eagerly, self._check.interval)

    def _ask(self) -> None:
        self._asked_at, self.looks = time.monotonic(), self.looks + 1
        self._asked = subprocess.Popen(
            self._command, env=self._environment, cwd=self._place,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _hear(self, asked: subprocess.Popen[bytes]) -> None:
        code = asked.poll()
        if code is None and time.monotonic() - self._asked_at < self._check.timeout:
            return
        self.close()
        self._count(well=code == 0)
        eager = self.state == "starting" and self._may_start()
        self._next = time.monotonic() + (self._check.eagerly if eager else self._check.interval)

    def _count(self, *, well: bool) -> None:
        if well:
            self.state, self._failures = "healthy", 0
            return
        if self.state == "starting" and self._may_start():
            return
        self._failures += 1
        if self._failures >= self._check.retries:
            self.state = "unhealthy"

    def _may_start(self) -> bool:
        return time.monotonic() - self._began < self._check.patience

    def close(self) -> None:
        """End a command that is still asking."""
        if self._asked is not None:
            if self._asked.poll() is None:
                self._asked.kill()
            self._asked.wait()
            self._asked = None
