"""What a loan costs in one number: the annual percentage rate (TAEG in France, TEG in West Africa)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final, Literal

from aggregates.rules.calendar import months_after
from aggregates.values import Money

HALVINGS: Final = 110
"""Enough for more exact digits than the result has."""
DIGITS: Final = 34
EXACT: Final = Decimal("1e-28")
HIGHEST: Final = 10_000
"""As a fraction of one: beyond it a rate says nothing to anybody."""
WIDEST: Final = 10
"""More than the logarithm of what the bracket of rates spans."""

Whole = Literal["months", "weeks", "years"]
"""The equal periods in which the time between two days is told first; days make up the rest."""


class NoRate(ValueError):
    """No annual percentage rate, or more than one, makes both sides worth the same."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moves so long after the first drawdown."""

    years: Fraction
    """From the first drawdown, 0 or more."""
    minor: int
    """To the lender; negative to the borrower."""


def annual_percentage_rate(lent: Money, payments: Sequence[Money]) -> int:
    """The yearly rate X at which the payments are worth what was lent, in hundredths of a percent (617 = 6.17 %).

    lent      what the borrower receives, positive
    payments  what falls due one month later, two months later, …; their sum is at least ``lent``

    Raises NoRate when less is paid back than was lent.

    Source: Directive 2008/48/EC, Annex I, kept by (EU) 2023/2225: Σ D(1+X)^−s = Σ C(1+X)^−t with t in years of
    twelve equal months; two decimals, rounded up from 5.
    """
    paid = [Flow(Fraction(month, 12), payment.minor) for month, payment in enumerate(payments, 1)]
    return in_hundredths(effective_rate([Flow(Fraction(0), -lent.minor), *paid]))


def in_hundredths(rate: Decimal) -> int:
    """A rate as a fraction of one, in hundredths of a percent, rounded up from 5."""
    with localcontext() as context:
        context.prec = DIGITS
        return int((rate * 10_000).quantize(Decimal(1), ROUND_HALF_UP))


def effective_rate(flows: Iterable[Flow]) -> Decimal:
    """The yearly rate, as a fraction of one, at which everything is worth the same on the first day.

    It is sought between 0 and without limit, and it is the only one: at this rate the borrower owes the lender
    something, or nothing, from the first drawdown to the last payment. Where the lender would owe the borrower on the
    way, several rates may satisfy the equation, and none is given.

    Raises NoRate, in words for whoever asked.

    Source: Annex I as above. One root: D. Teichroew, A. Robichek, M. Montalbano, "An Analysis of Criteria for
    Investment and Financing Decisions under Certainty", Management Science 12 (1965), 151-179: a pure investment has
    one internal rate; read 2026-11-22.
    """
    ordered = sorted(flows, key=lambda flow: flow.years)
    merged = [(years, sum(f.minor for f in same)) for years, same in groupby(ordered, lambda f: f.years)]
    if not merged or merged[0][1] >= 0:
        raise NoRate("the borrower receives nothing at the start: charge less before the payout")
    cost = sum(minor for _, minor in merged)
    if cost < 0:
        raise NoRate("less is paid back than was lent")
    with localcontext() as context:
        context.prec = DIGITS
        series = _Series(merged)
        year = _root(series) if cost else Decimal(1)
        series.check_owed(year)
        return 1 / year - 1


class _Series:
    """Flows in their order, and how long it is from each to the next."""

    def __init__(self, flows: Sequence[tuple[Fraction, int]]) -> None:
        self.minors = [minor for _, minor in flows]
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(flows)]
        kinds = {(gap.numerator, gap.denominator): n for n, gap in enumerate(gaps)}
        self.of_gap = [kinds[gap.numerator, gap.denominator] for gap in gaps]
        self.lengths = {n: Decimal(part) / Decimal(whole) for (part, whole), n in kinds.items()}

    def worth(self, year: Decimal) -> tuple[Decimal, Decimal]:
        """What all is worth on the first day when a unit is worth ``year`` if it comes a year later.

        And by how much that grows with the logarithm of ``year``.
        """
        factors = {n: year**length for n, length in self.lengths.items()}
        worth, slope = Decimal(self.minors[-1]), Decimal(0)
        for minor, gap in zip(self.minors[-2::-1], reversed(self.of_gap), strict=True):
            slope = (slope + worth * self.lengths[gap]) * factors[gap]
            worth = worth * factors[gap] + minor
        return worth, slope

    def check_owed(self, year: Decimal) -> None:
        """Raises NoRate when on some day before the last the lender owes the borrower."""
        growth = {n: year**-length for n, length in self.lengths.items()}
        owed = Decimal(-self.minors[0])
        for minor, gap in zip(self.minors[1:-1], self.of_gap, strict=False):
            owed = owed * growth[gap] - minor
            # Half a minor unit is no debt; money drawn again after more than that would have a second rate.
            if owed < Decimal("-0.5"):
                raise NoRate("more than is owed is paid before more is drawn: no single rate can be given")


def _root(series: _Series) -> Decimal:
    """What a unit is worth that comes a year later: by Newton's steps, halving where one leaves the bracket.

    At the highest rate all is worth less than nothing and at 0 more, so the bracket always holds a root. Raises NoRate
    where the rate is higher.
    """
    low, high, year = 1 / (Decimal(HIGHEST) + 1), Decimal(1), Decimal("0.9")
    if series.worth(low)[0] > 0:
        raise NoRate("the rate is above 1,000,000 %: lend for longer, or ask for less")
    for _ in range(HALVINGS):
        worth, slope = series.worth(year)
        low, high = (year, high) if worth < 0 else (low, year)
        better = (low + high) / 2
        # Beyond the bracket's width a step says nothing, and its power is without bounds.
        if abs(worth) < slope * WIDEST:
            step = year * (-worth / slope).exp()
            if abs(step - year) < EXACT:
                return year
            better = step if low < step < high else better
        year = better
    return year


def years_between(start: date, end: date, whole: Whole) -> Fraction:
    """The time from the first drawdown to a day, in years: whole equal periods, and days for the rest.

    A day that is exactly so many months after ``start``, clipped to its month's end, is so many twelfths. Otherwise
    whole periods are counted back from ``end``, then the days that are left are divided by the days of the year that
    ends where they end, 365 or 366.

    Source: Directive 2008/48/EC, Annex I, remark (c); for periods that are not whole Directive 2014/17/EU, Annex I,
    remark (c), read 2026-11-22.
    """
    if whole == "weeks":
        weeks, days = divmod((end - start).days, 7)
        return Fraction(weeks, 52) + _of_a_year(start + timedelta(days=days), days)
    step = 12 if whole == "years" else 1
    months = (end.year - start.year) * 12 + end.month - start.month
    months -= months % step
    if months_after(start, months) == end:
        return Fraction(months, 12)
    while months_after(end, -months) < start:
        months -= step
    rest = months_after(end, -months)
    return Fraction(months, 12) + _of_a_year(rest, (rest - start).days)


def _of_a_year(last: date, days: int) -> Fraction:
    """Days as a part of the year that ends on the last of them."""
    return Fraction(days, (last - months_after(last, -12)).days)
