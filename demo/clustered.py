"""The other installation: `manage.py cluster` in time-lapse, several processes of each role on Kafka, S3 and Redis."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from demo import carriage
from demo.desk import until
from demo.installation import Installation, exactly
from demo.judge import Verdict
from runtime.settings import Settings
from runtime.supervise import processes

ENVIRONMENT = "environment"
"""In the state folder: the settings of whoever may everything, as lines that a shell reads. For this user's eyes."""


class Clustered(Installation):
    """`manage.py cluster` as a child of this process. A role is the first of its replicas, or named: ``react-2``."""

    verb: ClassVar[str] = "cluster"
    patience: ClassVar[float] = 240.0

    def settings(self) -> Settings:
        return settings_in(self.state)

    def ways(self, kept: Iterable[str]) -> list[Verdict]:
        facts = json.loads((self.state / "run" / "cluster.json").read_text())
        return carriage.seen(facts, self.settings(), kept).verdicts()

    def pid(self, role: str) -> int:
        return until(f"{role} runs", lambda: self._running(role))

    def _running(self, role: str) -> int | None:
        known = processes(self.state)
        return known.get(role, known.get(f"{role}-1"))

    def _other(self, role: str, killed: int) -> int | None:
        pid = self._running(role)
        return pid if pid != killed else None


def settings_in(state: Path) -> Settings:
    """The settings by which a cluster is looked into."""
    said = dict(line.split("=", 1) for line in shlex.split((state / ENVIRONMENT).read_text()))
    return exactly({name.removeprefix("QUITTANCE_").lower(): value for name, value in said.items()})
