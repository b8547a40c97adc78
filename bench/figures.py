"""A figure, and how contestants take turns so that the noise of a machine cancels out of their ratios."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


class NotStored(Exception):
    """A contestant says it stored what its table does not hold, or read less than there was: its figure is worth
    nothing."""


def all_of(what: str, seen: int, there: int, later: int | None = None) -> None:
    """Raises NotStored unless everything was seen that was there; ``later``: what was there when the reading ended."""
    if not there <= seen <= (there if later is None else later):
        raise NotStored(f"{what}: {seen:,} of {there:,}{'' if later is None else f' to {later:,}'}")


@dataclass(frozen=True)
class Turn:
    """What one turn of a contestant came to.

    value   in the contestant's unit
    stored  how many rows it says it stored; the frame counts them
    also    further values of the same turn, each a figure of its own: ``{"p99": 3.1}``
    """

    value: float
    stored: int | None = None
    also: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def rate(cls, count: int, seconds: float, stored: bool = False) -> Turn:
        """So many in so many seconds, as a number per second; ``stored``: they are rows, count them."""
        return cls(count / seconds, stored=count if stored else None)


@dataclass(frozen=True)
class Contestant:
    """Somebody who takes a turn in every round.

    take     one turn; what it prepares first is not part of its value
    rows     how many rows there are now; needed where a turn says how many it stored
    over     the contestant of the same rounds that it is divided by in the table
    column   the condition that its name ends with (``send, 2×8``): such figures are shown as rows by columns
    absent   why it cannot take part here; the table says so
    """

    name: str
    take: Callable[[], Turn]
    rows: Callable[[], int] | None = None
    unit: str = "events/s"
    over: str | None = None
    absent: str | None = None
    note: str = ""
    column: str = ""


@dataclass(frozen=True)
class Figure:
    """A measured thing: a sample of each round, in order, so that two of the same rounds can be divided."""

    name: str
    unit: str
    samples: tuple[float, ...]
    over: str | None = None
    """The figure of the same section that the table divides it by."""
    note: str = ""
    column: str = ""

    @property
    def row(self) -> str:
        """The name without the condition that is its column."""
        return self.name.removesuffix(f", {self.column}")

    @property
    def median(self) -> float:
        return median(self.samples)


def absent(name: str, why: str, unit: str = "events/s", column: str = "") -> Figure:
    """The row of somebody who is not here, so that nobody takes the gap for an oversight."""
    return Figure(name, unit, (), note=f"not here: {why}", column=column)


def ratio(figure: Figure, over: Figure) -> float:
    """The median of the ratios of each round: what slows a whole round down is in both and cancels.

    Raises ValueError when the two did not run in the same rounds: give both to one ``interleave``.
    """
    if not figure.samples or len(figure.samples) != len(over.samples):
        raise ValueError(f"{figure.name} and {over.name} did not run in the same rounds")
    return median(a / b for a, b in zip(figure.samples, over.samples, strict=True))


def interleave(
    contestants: Sequence[Contestant], rounds: int, done: Callable[[], None] = lambda: None
) -> list[Figure]:
    """Everybody takes a turn, then everybody again: a, b, c, b, c, a … never a, a, a, b, b, b.

    Each round begins with another one, so that nobody always follows the same neighbour.
    Raises NotStored when a contestant stored less or more than it counted.
    """
    present = [each for each in contestants if each.absent is None]
    turns: dict[str, list[Turn]] = {each.name: [] for each in present}
    for number in range(rounds):
        for each in _in_order(present, number):
            turns[each.name].append(_checked(each))
            done()
    return [figure for each in contestants for figure in _figures(each, turns.get(each.name, []))]


def _in_order(contestants: list[Contestant], number: int) -> list[Contestant]:
    return random.Random(number).sample(contestants, len(contestants)) if number else contestants


def _checked(contestant: Contestant) -> Turn:
    before = contestant.rows() if contestant.rows else 0
    turn = contestant.take()
    if turn.stored is None:
        return turn
    if contestant.rows is None:
        raise NotStored(f"{contestant.name} says that it stores, but not where: give it rows=")
    there = contestant.rows() - before
    if there != turn.stored:
        raise NotStored(f"{contestant.name} counted {turn.stored:,} rows and stored {there:,}")
    return turn


def _figures(contestant: Contestant, turns: list[Turn]) -> list[Figure]:
    name, unit = contestant.name, contestant.unit
    if contestant.absent is not None:
        return [absent(name, contestant.absent, unit, contestant.column)]
    samples = tuple(turn.value for turn in turns)
    whole = Figure(name, unit, samples, contestant.over, contestant.note, contestant.column)
    further = [
        Figure(f"{name}, {key}", unit, tuple(turn.also[key] for turn in turns), _same(contestant.over, key))
        for key in (turns[0].also if turns else ())
    ]
    return [whole, *further]


def _same(over: str | None, key: str) -> str | None:
    return f"{over}, {key}" if over else None
