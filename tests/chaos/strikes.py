"""kill -9 at chosen places of an installation's processes, and the proof that each one struck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from demo.desk import until
from demo.installation import Installation

Place = tuple[str, str]
"""A point of eventstore/faults.py, and the role that reaches it first."""

PLACES: dict[Place, Sequence[str]] = {
    ("append-answer", "serve"): ("ask", "approve", "refuse the copy", "accept the copy", "pay out", "repay"),
    ("rows-position", "project"): ("ask", "approve", "accept the copy", "pay out", "a month passes"),
    ("position-job", "react"): ("approve", "refuse the copy", "accept the copy", "pay out"),
    ("attempt-call", "react"): ("approve", "refuse the copy", "accept the copy", "pay out", "a month passes"),
    ("file-command", "serve"): ("hand a copy in", "hand another copy in"),
}
"""Between append and answer, rows and position, position and job, attempt and call, file and command; and the steps
of the story during which the place is reached."""

THE_CLOCK_TOO = ("append-answer", "clock")


@dataclass(frozen=True)
class Strike:
    """Whoever reaches the point is killed, or kills the database."""

    point: str
    role: str
    kills: Literal["self", "postgres"]


def drawn(random: Random) -> dict[str, list[Strike]]:
    """Strikes by step: each place once for its process and once for the database, at different steps."""
    while True:
        strikes: dict[str, list[Strike]] = {"two months pass": [Strike(*THE_CLOCK_TOO, "self")]}
        for (point, role), steps in PLACES.items():
            first, second = random.sample(list(steps), 2)
            strikes.setdefault(first, []).append(Strike(point, role, "self"))
            strikes.setdefault(second, []).append(Strike(point, role, "postgres"))
        if all(_bearable(each) for each in strikes.values()):
            return strikes


def _bearable(strikes: Sequence[Strike]) -> bool:
    """A strike names its victim by the process id of before: so each victim dies once a step."""
    victims = [strike.role if strike.kills == "self" else "postgres" for strike in strikes]
    return len(victims) == len(set(victims))


class Faults:
    """The folder that ``QUITTANCE_FAULTS`` names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.struck: list[Strike] = []
        """What has struck the process it was meant for, whose victim was started again since."""

    @contextmanager
    def during(self, installation: Installation, strikes: Sequence[Strike]) -> Iterator[None]:
        """Arm them; after the block wait until each has struck the right process and its victim lives again."""
        before = {role: installation.pid(role) for role in ("postgres", *(strike.role for strike in strikes))}
        for strike in strikes:
            self._arm(strike, before["postgres"])
        yield
        for strike in strikes:
            file = until(f"{strike} strikes", lambda: self._taken(strike))  # noqa: B023
            victim = "postgres" if strike.kills == "postgres" else strike.role
            installation.restarted(victim, before[victim])
            assert _pid(file) in (before[strike.role], installation.pid(strike.role)), f"{strike} hit another"
            file.unlink()
            self.struck.append(strike)

    def _arm(self, strike: Strike, postgres: int) -> None:
        fresh = self.folder / f".{strike.point}"
        fresh.write_text("self" if strike.kills == "self" else f"postgres {postgres}")
        fresh.rename(self.folder / strike.point)

    def _taken(self, strike: Strike) -> Path | None:
        """What the process that reached the point left of the file."""
        return next(self.folder.glob(f"{strike.point}.struck-*"), None)


def _pid(file: Path) -> int:
    return int(file.name.rpartition("-")[2])
