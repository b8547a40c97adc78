"""Reactions: what happens next by itself. Declared in ``workers/``, one job for each event, never replayed.

    event ──reacts_to──▶ job ──▶ function ──yield (command, target)──▶ committed ──▶ receipt handed back in

Deadlines are the other cause: ``on_deadline`` names what is done on the business day something falls due.
How they are run: ``runtime/acting.py``. How events become jobs: ``runtime/reactor.py``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from eventstore import Aggregate, Command, Receipt

Answers: TypeAlias = Generator[tuple[Command, UUID | None], Receipt, None]
"""What a reaction is: it yields a command and the stream it is for (None when the command creates one)."""

Act = TypeVar("Act", bound=Callable[..., Answers])

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_GROWTH = 4.0
"""Each wait is four times the one before: six waits in 24 h are 1, 4, 17 and 67 minutes, 4.5 and 18 hours."""


@dataclass(frozen=True)
class Retry:
    """How often a reaction that failed is tried again before it is parked for a person.

    times   further tries after the first
    within  what all the waits together add up to at most
    """

    times: int
    within: timedelta

    @classmethod
    def parse(cls, policy: str) -> Retry:
        """Read ``"6 times in 24 h"``; units s, min, h, d. Raises ValueError for anything else."""
        written = re.fullmatch(r"(\d+) times? in (\d+) ?(s|min|h|d)", policy)
        if written is None:
            raise ValueError(f"{policy!r} is no retry policy: write it like '6 times in 24 h'")
        times, amount, unit = written.groups()
        return cls(int(times), timedelta(seconds=int(amount) * _UNITS[unit]))

    def wait(self, failures: int) -> float | None:
        """Seconds to wait after that many failures (at least 1), with jitter; None when it is time to park."""
        if failures > self.times:
            return None
        parts = sum(_GROWTH**n for n in range(self.times))
        share = _GROWTH ** (failures - 1) / parts
        return self.within.total_seconds() * share * random.uniform(0.6, 1.0)


SOON = "5 times in 10 min"
"""The policy of a reaction that declares none: it waits about 2, 7, 28 and 112 seconds and 7.5 minutes."""


@dataclass(frozen=True)
class Deadline:
    """Something falls due: one line of the agenda. The same line read twice is the same deadline; one that came back
    for another day is another, or what was answered to the first would be taken for its answer."""

    kind: str
    stream_id: UUID
    number: int
    """Which of the stream's deadlines of this kind, from 1; a schedule that is restored has its numbers again."""
    due: date
    lane: int

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.stream_id}:{self.number}:{self.due}"


@dataclass(frozen=True)
class Reaction:
    """A function of ``workers/`` and what it answers to."""

    name: str
    """``render.draft_the_agreement``: the file and the function. Stored with parked events, so it is for ever."""
    path: str
    """``workers.render.draft_the_agreement``."""
    cause: type[Aggregate.Event] | str
    """The event, or the kind of deadline."""
    retry: Retry
    act: Callable[..., Answers] = field(compare=False)
    together: bool = False
    """Whether one job does all the events of a lane that wait."""

    @property
    def consumer(self) -> str:
        """Under which name its events are parked, and what its jobs are called."""
        return f"reaction:{self.name}"

    @property
    def who(self) -> str:
        """What events that it causes say in ``meta.by``."""
        return f"worker:{self.name}"

    @property
    def account(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.who)


REACTIONS: dict[str, list[Reaction]] = {}
"""By kind of event, in the order of declaration."""

DEADLINES: dict[str, Reaction] = {}
"""By kind of deadline: one function each."""


def reacts_to(
    event: type[Aggregate.Event], retry: str = SOON, *, together: bool = False
) -> Callable[[Act], Act]:
    """Run the function for each such event, at least once, in the order of the event's stream.

    together  let one job do all that waits in a lane (``runtime/together.py``): for a function that comes often, is done
              in milliseconds and talks to the store alone

    Before the function goes on after a ``yield``, its command is committed; a refusal is raised at the ``yield``.
    A repeat sends the same commands under the same ids, so only calls to the outside must bear repeating; one that
    must show that it is a repeat sends a command with a ``number`` (``command_id``).
    What it raises is tried again by ``retry``, then parked, and later events of that stream wait.
    """

    def declare(act: Act) -> Act:
        REACTIONS.setdefault(event.kind, []).append(_reaction(act, event, retry, together))
        return act

    return declare


def on_deadline(kind: str, retry: str = SOON) -> Callable[[Act], Act]:
    """Run the function on the first open business day on or after the day that something of this kind is due."""

    def declare(act: Act) -> Act:
        if kind in DEADLINES:
            raise ValueError(f"{DEADLINES[kind].path} answers to the deadline {kind!r} already")
        DEADLINES[kind] = _reaction(act, kind, retry)
        return act

    return declare


def every_reaction() -> Iterator[Reaction]:
    """All that is declared, for tasks and for the map."""
    for reactions in REACTIONS.values():
        yield from reactions
    yield from DEADLINES.values()


def command_id(cause: str, reaction: Reaction, target: UUID | None, command: Command, ordinal: int) -> UUID:
    """The same for every run of the same reaction to the same cause, so a repeat is recognised by the store.

    ordinal  how many commands of this type went to this target before, in this run

    A command with a field ``number`` is another one for each number: a further run may count one further.
    """
    asked = type(command).__name__
    which = (
        f"{ordinal}|{number}" if (number := getattr(command, "number", None)) is not None else f"{ordinal}"
    )
    return uuid5(NAMESPACE_URL, f"{cause}|{reaction.name}|{target or ''}|{asked}|{which}")


def _reaction(
    act: Callable[..., Answers], cause: type[Aggregate.Event] | str, retry: str, together: bool = False
) -> Reaction:
    file = act.__module__.rpartition(".")[2]
    path = f"{act.__module__}.{act.__name__}"
    return Reaction(f"{file}.{act.__name__}", path, cause, Retry.parse(retry), act, together)


__all__ = [
    "DEADLINES",
    "REACTIONS",
    "Answers",
    "Deadline",
    "Reaction",
    "Retry",
    "command_id",
    "every_reaction",
    "on_deadline",
    "reacts_to",
]
