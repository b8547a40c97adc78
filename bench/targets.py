"""What every run must reach: the target, and the floor below which a run fails. Ratios, because machines differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.figures import Figure, ratio

Verdict = Literal["reached", "below target", "below floor", "not measured"]


@dataclass(frozen=True)
class Target:
    """One promise.

    section  where its figures come from
    figure   the name of the figure, in that section
    over     the figure it is divided by; None: the figure itself is promised
    target   what we want; ``floor`` what a run fails on
    most     both are upper bounds: a smaller number is a better one
    """

    section: str
    figure: str
    over: str | None
    target: float
    floor: float
    most: bool = False

    @property
    def label(self) -> str:
        return f"{self.figure} ÷ {self.over}" if self.over else self.figure


@dataclass(frozen=True)
class Judged:
    """A promise and what became of it in one run; ``value`` is None when it was not measured."""

    target: Target
    value: float | None
    verdict: Verdict


TARGETS = (
    Target("writing", "send, 2×8", "raw, 2×8", 0.60, 0.40),
    Target("writing", "send, 2×8, slow disk", "raw, 2×8, slow disk", 0.65, 0.50),
    Target("writing", "send, 2×8", "library, 2×8", 4.0, 3.0),
    Target("writing", "send, 2×8, slow disk", "library, 2×8, slow disk", 10.0, 8.0),
    Target("http", "command", "bare route", 0.6, 0.4),
    Target("book", "slowest answer", None, 250, 500, most=True),
    Target("reading", "projector, row-wise", "library's runner, row-wise", 15.0, 10.0),
    Target("reading", "projector, folded", "library's runner, folded", 60.0, 40.0),
    Target("reading", "rebuild", "COPY out", 0.5, 0.3),
    Target("feed", "commit to visible, 200/s, p99", "raw LISTEN round trip, 200/s, p99", 3.0, 6.0, most=True),
    Target("feed", "verification", None, 150_000, 100_000),
    Target("growth", "append, 10^6", "append, 10^4", 1.2, 1.5, most=True),
    Target("growth", "point query, 10^6", "point query, 10^4", 1.2, 1.5, most=True),
    Target("servicing", "back-dated payment", None, 150, 200, most=True),
    Target("servicing", "back-dated payment, worst", None, 200, 400, most=True),
    Target("day", "business day", None, 45, 60, most=True),
    Target("day", "command meanwhile", "command alone", 2.0, 3.0, most=True),
    Target("day", "command meanwhile, p95", "command alone, p95", 2.0, 3.0, most=True),
    Target("kafka", "relay", "plain produce", 0.6, 0.4),
    Target("kafka", "consumer", "plain consume", 0.6, 0.4),
    Target("kafka", "relay and consumer", "plain loop", 0.6, 0.4),
    Target("kafka", "commit to visible by Kafka, 200/s, p99", "plain loop, 200/s, p99", 3.0, 6.0, most=True),
)
"""The promises of the store. Growth is measured in time for one operation: more is worse."""


def judge(results: Mapping[str, Sequence[Figure]], targets: Sequence[Target] = TARGETS) -> list[Judged]:
    """Every promise about a section that ran; one that has no figures is as bad as one below its floor."""
    return [_judge(target, results[target.section]) for target in targets if target.section in results]


def _judge(target: Target, figures: Sequence[Figure]) -> Judged:
    named = {figure.name: figure for figure in figures if figure.samples}
    figure, over = named.get(target.figure), named.get(target.over or target.figure)
    if figure is None or over is None:
        return Judged(target, None, "not measured")
    value = ratio(figure, over) if target.over else figure.median
    return Judged(target, value, _verdict(target, value))


def _verdict(target: Target, value: float) -> Verdict:
    sign = -1 if target.most else 1
    if value * sign < target.floor * sign:
        return "below floor"
    return "reached" if value * sign >= target.target * sign else "below target"


def broken(judged: Sequence[Judged]) -> bool:
    """Whether the run fails."""
    return any(each.verdict in ("below floor", "not measured") for each in judged)
