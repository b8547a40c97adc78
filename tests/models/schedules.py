"""What a schedule must be, by walking every day of the loan: written from ADR 0031 alone, sharing no code with it.

Balances are looked at day by day, time is counted in whole ticks, and a level is found by walking a loan to its end
twice: what is owed then is a straight line in the level. Amounts are whole minor units, rates basis points a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from tests.models.days import TICKS, after, months_on, weight, working_day
from tests.models.deals import BY_MONTH, BY_WEEK, Deal


@dataclass(frozen=True)
class Row:
    number: int
    starts_on: date
    due_on: date
    interest: int
    principal: int
    fee: int
    insurance: int

    @property
    def total(self) -> int:
        return self.interest + self.principal + self.fee + self.insurance


@dataclass(frozen=True)
class Plan:
    rows: list[Row]
    kept: int
    """Odd interest kept at the payout."""
    up_front: int
    """Fees kept at the payout."""
    borne: list[int]
    """What the third party pays, by row."""


class Refused(Exception):
    """The terms lead to no schedule."""


def nearest(exact: Fraction, unit: int, half: str) -> int:
    """The multiple of ``unit`` that is nearest; an exact half to the even multiple or away from zero."""
    below = exact // unit
    rest = exact - below * unit
    up = 2 * rest > unit
    if 2 * rest == unit:
        up = below % 2 == 1 if half == "even" else exact > 0
    return int(below + up) * unit


@dataclass
class Loan:
    """One loan of a deal, walked."""

    deal: Deal
    principal: int
    periods: int
    payout_on: date
    first_due_on: date | None = None
    drawdowns: Sequence[tuple[date, int]] = ()
    fixings: Sequence[tuple[date, int]] = ()
    holidays: Sequence[date] = ()

    def round(self, exact: Fraction | int) -> int:
        return nearest(Fraction(exact), self.deal.unit, self.deal.half)

    # ── dates ──────────────────────────────────────────────────────────────

    @property
    def day_of_month(self) -> int:
        return self.deal.due_day or (self.first_due_on or self.payout_on).day

    @cached_property
    def edges(self) -> list[date]:
        """E(0) to E(n): the regular start, then the contractual days before the business-day rule."""
        months, days = BY_MONTH.get(self.deal.frequency), BY_WEEK.get(self.deal.frequency)
        first = self.first_due_on or self.invented_first_day()
        if days:
            return [first + timedelta(days=days * k) for k in range(-1, self.periods)]
        assert months is not None
        start = first.replace(day=1)
        for _ in range(months):
            start = (start - timedelta(days=1)).replace(day=1)
        return [months_on(start, months * k, self.day_of_month) for k in range(self.periods + 1)]

    def invented_first_day(self) -> date:
        if self.deal.frequency in BY_WEEK:
            day = self.payout_on + timedelta(days=BY_WEEK[self.deal.frequency])
            while self.deal.due_day and day.isoweekday() != self.deal.due_day:
                day = after(day)
            return day
        months = BY_MONTH[self.deal.frequency]
        day = months_on(self.payout_on, months, self.day_of_month)
        if (day - self.payout_on).days < self.deal.shortest_first:
            return months_on(self.payout_on, months + 1, self.day_of_month)
        return day

    def shift(self, day: date) -> int:
        """Ticks by which a clipped boundary stands later than its day: months of 30E/360 are never cut short."""
        if self.deal.count != "30E/360" or self.deal.frequency in BY_WEEK or day not in self.edges_set:
            return 0
        return (min(self.day_of_month, 30) - min(day.day, 30)) * (TICKS // 360)

    @cached_property
    def edges_set(self) -> set[date]:
        return set(self.edges)

    def tick(self, day: date) -> int:
        return weight(day, self.deal.count) + self.shift(after(day)) - self.shift(day)

    def ticks(self, start: date, end: date) -> int:
        passed, day = 0, start
        while day < end:
            passed += self.tick(day)
            day = after(day)
        return passed

    # ── money that is owed, day by day ─────────────────────────────────────

    @cached_property
    def whole(self) -> int:
        """All that is repaid: financed fees too."""
        return self.principal + self.fees("financed")

    def fees(self, when: str) -> int:
        return sum(
            fee.fixed + self.round(Fraction(self.principal * fee.share, 10_000))
            for fee in self.deal.fees
            if fee.when == when
        )

    @cached_property
    def drawn(self) -> list[tuple[date, int]]:
        if not self.drawdowns:
            return [(self.payout_on, self.whole)]
        (day, amount), *rest = self.drawdowns
        return [(day, amount + self.whole - self.principal), *rest]

    def drawn_between(self, first: date, last: date) -> int:
        """Drawn from ``first`` to ``last``, both included."""
        return sum(amount for day, amount in self.drawn if first <= day <= last)

    def weigh(self, start: date, end: date, owed: int) -> int:
        """Amount times ticks from ``start`` until ``end``: ``owed`` at first, and what is drawn later on top."""
        weighed, day = 0, start
        while day < end:
            if day > start:
                owed += self.drawn_between(day, day)
            weighed += owed * self.tick(day)
            day = after(day)
        return weighed

    # ── rates ──────────────────────────────────────────────────────────────

    @cached_property
    def rates(self) -> list[int]:
        """The whole rate of each period."""
        rates, rate, index = [], self.deal.rate, self.deal.index
        for k in range(1, self.periods + 1):
            if index and k > 1 and (k - 1) % index.every == 0:
                known = [value for on, value in sorted(self.fixings) if on <= self.edges[k - 1]]
                if known:
                    rate = known[-1] + index.margin
                    rate = rate if index.cap is None else min(rate, index.cap)
                    rate = rate if index.floor is None else max(rate, index.floor)
            rates.append(rate)
        return rates

    @cached_property
    def charged(self) -> list[int]:
        return [max(0, rate - self.deal.subsidy) for rate in self.rates]

    @staticmethod
    def at(rate: int, weighed: int) -> Fraction:
        return Fraction(rate * weighed, 10_000 * TICKS)

    # ── principal ──────────────────────────────────────────────────────────

    @cached_property
    def first_paid(self) -> int:
        """The first row that pays anything."""
        return self.deal.grace_all + 1

    @cached_property
    def first_amortising(self) -> int:
        if self.deal.kind == "bullet":
            return self.periods
        return self.deal.grace_all + self.deal.grace_principal + 1

    def step(self, k: int) -> Fraction:
        times = (k - self.first_amortising) // self.deal.step_every
        return Fraction(10_000 + self.deal.step_up, 10_000) ** times

    @cached_property
    def lengths(self) -> list[int]:
        """Ticks of each regular period."""
        return [self.ticks(start, end) for start, end in zip(self.edges, self.edges[1:], strict=False)]

    def left_after(self, k: int, owed: int, level: int) -> Fraction:
        """Walk from the start of period ``k`` to the end with this level, at the rate of period ``k``."""
        left = Fraction(owed)
        for j in range(k, self.periods + 1):
            if self.deal.kind == "annuity":
                left += left * self.charged[k - 1] * self.lengths[j - 1] / (10_000 * TICKS)
            left -= level * self.step(j)
        return left

    def level(self, k: int, owed: int) -> Fraction:
        """The level after which nothing but the balloon is left."""
        drawn = self.drawn_between(self.payout_on, self.settled_by(k))
        balloon = self.round(Fraction(drawn * self.deal.balloon, 10_000))
        without, with_one = self.left_after(k, owed, 0), self.left_after(k, owed, 1)
        return (without - balloon) / (without - with_one)

    def changes(self, k: int) -> bool:
        """Whether the level is found anew at row ``k``: another rate, or more was drawn."""
        if k == self.first_amortising:
            return True
        since = self.settled_by(k - 1)
        return self.charged[k - 1] != self.charged[k - 2] or any(
            since < day <= self.edges[k - 1] for day, _ in self.drawn
        )

    def settled_by(self, k: int) -> date:
        """Up to when drawdowns are in the balance at the start of period ``k``."""
        return max(self.payout_on, self.edges[0]) if k == 1 else self.edges[k - 1]

    # ── the walk ───────────────────────────────────────────────────────────

    def spread(self, amount: int, first: int) -> dict[int, int]:
        """Equal parts cut to the unit; the last takes what is left."""
        rows = range(first, self.periods + 1)
        each = abs(amount) // len(rows) // self.deal.unit * self.deal.unit * (1 if amount > 0 else -1)
        return {k: each if k < self.periods else amount - each * (len(rows) - 1) for k in rows}

    def walk(self) -> tuple[list[int], list[int], list[int]]:
        """By row: regular interest, principal, and what was owed times ticks."""
        interest, principal, weighed = [], [], []
        owed = self.drawn_between(self.payout_on, self.settled_by(1))
        level = Fraction(0)
        for k in range(1, self.periods + 1):
            start, end = self.edges[k - 1], self.edges[k]
            if k == 1 and self.payout_on > start:
                mass = owed * self.ticks(start, self.payout_on) + self.weigh(self.payout_on, end, owed)
            else:
                mass = self.weigh(start, end, owed)
            regular = self.round(self.at(self.charged[k - 1], mass))
            owed_now = owed + sum(amount for day, amount in self.drawn if self.settled_by(k) < day < end)
            part = 0
            if k >= self.first_amortising:
                if self.deal.kind != "bullet" and self.changes(k):
                    level = self.level(k, owed)
                part = self.round(level * self.step(k))
                part -= regular if self.deal.kind == "annuity" else 0
                part = owed_now if k == self.periods else part
                if part <= 0 or (k < self.periods and part >= owed_now):
                    raise Refused(f"row {k} repays {part} of {owed_now}")
            interest.append(regular)
            principal.append(part)
            weighed.append(mass)
            owed = (
                owed_now - part + sum(amount for day, amount in self.drawn if self.settled_by(k) < day == end)
            )
        return interest, principal, weighed

    def odd(self) -> int:
        """What was owed times ticks in the odd days: below zero when the first period is shorter."""
        start = self.edges[0]
        if self.payout_on <= start:
            return self.weigh(self.payout_on, start, self.drawn[0][1])
        return -self.drawn[0][1] * self.ticks(start, self.payout_on)

    def plan(self) -> Plan:
        interest, principal, weighed = self.walk()
        longer = self.payout_on < self.edges[0]
        treatment = self.deal.first_period
        if not longer and treatment != "spread":
            treatment = "with-first"
        odd = self.odd()
        exact_odd = self.at(self.charged[0], odd)
        on_top = dict.fromkeys(range(1, self.periods + 1), 0)

        def put(parts: dict[int, int]) -> None:
            for k, part in parts.items():
                on_top[k] += part

        if self.deal.kind == "flat":
            in_all = self.round(self.at(self.charged[0], self.whole * sum(self.lengths)))
            interest = [0] * self.periods
            put(self.spread(in_all, self.first_paid))
            if treatment == "with-first":
                put(
                    {1: self.round(exact_odd)}
                    if self.first_paid == 1
                    else self.spread(self.round(exact_odd), self.first_paid)
                )
        elif treatment == "with-first":
            interest[0] = self.round(self.at(self.charged[0], weighed[0] + odd))
        if treatment == "spread":
            put(self.spread(self.round(exact_odd), self.first_paid))
        if self.deal.grace_all and self.deal.kind != "flat":
            put(self.spread(sum(interest[: self.deal.grace_all]), self.first_paid))
            interest[: self.deal.grace_all] = [0] * self.deal.grace_all
        kept = self.round(exact_odd) if treatment == "at-payout" else 0
        received = self.drawn[0][1] - (self.whole - self.principal)
        if kept + self.fees("up-front") >= received:
            raise Refused("nothing is paid out")
        whole_first = [weighed[0] + odd, *weighed[1:]]
        return Plan(
            rows=[
                Row(
                    number=k,
                    starts_on=self.first_day(k),
                    due_on=working_day(self.edges[k], self.deal.business, self.deal.calendar, self.holidays),
                    interest=max(0, interest[k - 1] + on_top[k]),
                    principal=principal[k - 1],
                    fee=self.fees("per-instalment") if k >= self.first_paid else 0,
                    insurance=self.insured(k, whole_first),
                )
                for k in range(1, self.periods + 1)
            ],
            kept=kept,
            up_front=self.fees("up-front"),
            borne=[
                self.borne(k, weighed if treatment == "waived" else whole_first)
                for k in range(1, self.periods + 1)
            ],
        )

    def first_day(self, k: int) -> date:
        if k > 1:
            return self.edges[k - 1]
        unpaid = self.payout_on < self.edges[0] and self.deal.first_period in ("at-payout", "waived")
        return self.edges[0] if unpaid else self.payout_on

    def insured(self, k: int, weighed: list[int]) -> int:
        cover = self.deal.insurance
        if cover is None:
            return 0
        start = self.payout_on if k == 1 else self.edges[k - 1]
        mass = (
            weighed[k - 1] if cover.base == "outstanding" else self.whole * self.ticks(start, self.edges[k])
        )
        return self.round(self.at(cover.rate, mass))

    def borne(self, k: int, weighed: list[int]) -> int:
        mass = weighed[k - 1]
        if self.deal.kind == "flat":
            start = self.first_day(1) if k == 1 and self.deal.first_period == "waived" else self.payout_on
            start = start if k == 1 else self.edges[k - 1]
            mass = self.whole * self.ticks(start, self.edges[k])
        return self.round(self.at(self.rates[k - 1] - self.charged[k - 1], mass))
