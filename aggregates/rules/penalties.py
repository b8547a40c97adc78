"""What lateness costs: so much a day on what is unpaid, without the days on which it is paused, within caps.

Penalties grow evenly as long as nothing is paid, so a stretch of days is charged at once; day by day only where
the cap of the whole loan is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from aggregates.rules.facts import Fact, Paused, Version
from aggregates.rules.owed import FEE, PENALTY, Line
from aggregates.rules.pro_rata import nearest
from aggregates.rules.servicing_terms import COMPONENTS, Late

A_DAY: Final = timedelta(days=1)
A_DAYS_PENALTY: Final = 3_650_000
"""A rate in basis points a year, divided by this, is the fraction of one day of 365."""


class Pauses:
    """Days on which no penalty is charged."""

    def __init__(self, spans: Iterable[tuple[date, date | None]]) -> None:
        """Spans with their first and last day; None for a last day that is not known."""
        self.spans: list[tuple[date, date]] = []
        for first, last in sorted((first, last or date.max) for first, last in spans):
            if self.spans and first <= self.spans[-1][1]:
                self.spans[-1] = self.spans[-1][0], max(last, self.spans[-1][1])
            else:
                self.spans.append((first, last))

    @classmethod
    def of(cls, facts: Iterable[Fact], chain: Sequence[Version]) -> Pauses:
        """Those that were granted, and the days that cost nothing since the client stepped back."""
        granted = [(fact.on, fact.until) for fact in facts if isinstance(fact, Paused)]
        return cls(
            [
                *granted,
                *((chain[0].on, each.costs_nothing_until) for each in chain if each.costs_nothing_until),
            ]
        )

    def open_days(self, after: date, until: date) -> int:
        """How many days after one day, up to another, are not paused."""
        days = (until - after).days
        for first, last in self.spans:
            days -= max(0, (min(last, until) - max(first - A_DAY, after)).days)
        return max(0, days)


class Penalties:
    """What is charged on late lines, and what may still be."""

    def __init__(self, late: Late, pauses: Pauses, principal: int) -> None:
        """The principal is that of the first schedule, in minor units: the cap of the loan is a share of it."""
        self.late, self.pauses = late, pauses
        self.left = None if late.cap_all is None else principal * late.cap_all // 10_000
        """What may still be charged on this loan; None without a cap."""

    def charge(self, lines: Sequence[Line], before: date, day: date) -> int:
        """Charge the days after ``before``, up to ``day``, on what was unpaid at the end of ``before``.

        lines    those that fell due, oldest first
        returns  what was charged, in minor units
        """
        if not lines or self.left == 0:
            return 0
        stretch = self._cost(lines, before, day)
        if self.left is None or sum(amount for *_, amount in stretch) <= self.left:
            return self._put_on(stretch)
        charged = 0
        while before < day and self.left:
            charged += self._put_on(self._cost(lines, before, before + A_DAY))
            before += A_DAY
        return charged

    def _cost(self, lines: Sequence[Line], before: date, day: date) -> list[tuple[Line, int, int, int]]:
        """For each late line its base times the days that count so far, what lateness costs once, what is to be added."""
        cost = []
        base_of = [COMPONENTS.index(what) for what in self.late.base]
        for line in lines:
            if not (base := sum(line.left[component] for component in base_of)):
                continue
            if days := self.pauses.open_days(max(before, line.due_on + A_DAY * self.late.grace_days), day):
                base_days = line.base_days + base * days
                once = line.once if line.base_days else self._once(line)
                total = nearest(base_days * self.late.rate, A_DAYS_PENALTY) + once
                total = total if line.cap is None else min(total, line.cap)
                cost.append((line, base_days, once, total - line.charged))
        return cost

    def _once(self, line: Line) -> int:
        """What the first day that counts costs, beside its share of the year."""
        if not line.bears_once:
            return 0
        fixed = self.late.fixed.minor if self.late.fixed else 0
        unpaid: int = sum(line.left[FEE:])
        return fixed + unpaid * self.late.share // 10_000

    def _put_on(self, cost: list[tuple[Line, int, int, int]]) -> int:
        """Where more is to be added than may be, the oldest lines take what is left: then nothing is."""
        charged = 0
        for line, base_days, once, amount in cost:
            if self.left is not None:
                amount = min(amount, self.left)
                self.left -= amount
            line.base_days, line.once = base_days, once
            line.charged += amount
            line.left[PENALTY] += amount
            charged += amount
        return charged
