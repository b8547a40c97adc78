"""A variable rate that is set anew while a loan runs: on which days, and what is to come at the new rate.

Every rule is in docs/decisions/0040-variable-rates-in-service.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aggregates.rules.costs import Costs
from aggregates.rules.day_count import UNITS, number_clipped
from aggregates.rules.periods import Periods
from aggregates.rules.rescheduling import anchor_of, ends_of, spread
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.terms import MONTHS, MOST_PERIODS, WHOLE, Fixing, Terms, UnsoundTerms, Variable
from aggregates.values import BasisPoints, Money


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the instalments of a loan with a variable rate follow from, as it was when its money left."""

    terms: Terms
    """With a variable rate."""
    principal: Money
    """Without financed fees."""
    periods: int
    payout_on: date
    fixings: tuple[Fixing, ...] = ()
    """Values of the index that were known then."""

    @classmethod
    def of(cls, costs: Costs) -> Indexed | None:
        """None for a loan whose rate stays."""
        if costs.terms.variable is None:
            return None
        return cls(costs.terms, costs.principal, costs.periods, costs.payout_on, tuple(costs.fixings))

    @property
    def variable(self) -> Variable:
        assert self.terms.variable is not None, "else nothing follows an index"
        return self.terms.variable

    def reset_on(self, number: int) -> date | None:
        """The day of a reset, from 1: where period 1 + number · reset_every of the first schedule begins, or would
        begin if it went on. None beyond the longest loan."""
        before = number * self.variable.reset_every
        if before > MOST_PERIODS:
            return None
        return Periods(self.terms, before, self.payout_on).boundaries[-1]

    def lines(self, fixings: Sequence[Fixing]) -> list[Scheduled]:
        """The whole schedule, as these values make it beside those of the payout. Raises ValueError."""
        known = (*self.fixings, *fixings)
        try:
            return Costs(self.terms, self.principal, self.periods, self.payout_on, fixings=known).lines
        except UnsoundTerms as error:
            raise ValueError(str(error)) from error

    def charged(self, rate: BasisPoints) -> BasisPoints:
        """What the borrower is charged of a rate that a third party bears a part of."""
        return BasisPoints(max(0, rate - self.terms.subsidy))


@dataclass(frozen=True, slots=True)
class InForce:
    """What a reset finds."""

    instalments: Sequence[Scheduled]
    fallen_due: int
    """How many of them have."""
    rate: BasisPoints
    resets: Sequence[Fixing]
    """Those that were before it, oldest first."""


def at_value(reset: Fixing, indexed: Indexed, now: InForce, terms: ServicingTerms) -> list[Scheduled]:
    """All instalments, those to come at the rate that a value makes: as the contract reckons them where nothing
    else was agreed since, else level again. What has fallen due stays, however late the value is known.

    Raises ValueError when it does not amortise.
    """
    lines, fallen = list(now.instalments), now.fallen_due
    planned = indexed.lines([*now.resets, reset])
    if lines == indexed.lines(now.resets) and planned[:fallen] == lines[:fallen]:
        return planned
    first = next((at for at, line in enumerate(lines) if at >= fallen and line.starts_on >= reset.on), None)
    rate = indexed.variable.rate_at(reset.rate)
    if first is None or rate == now.rate:
        return lines
    return [*lines[:first], *at_new_rate(lines[first:], indexed, now.rate, rate, terms)]


def at_new_rate(
    lines: Sequence[Scheduled], indexed: Indexed, was: BasisPoints, rate: BasisPoints, terms: ServicingTerms
) -> list[Scheduled]:
    """Instalments of a schedule that was changed by hand, at another rate: as many, on the same days, level again.

    lines      those whose periods begin with the new rate or later, in order
    was, rate  in force before and from now on, basis points a year

    Level instalments get new parts of principal; other loans keep theirs, and so do those with steps or a balloon.
    Interest is that of the new rate, with what stood on a line beside the interest of its own period: what a payment
    holiday carried to it stays. Fees and insurance stay.
    Raises ValueError when it does not amortise.
    """
    agreed, before, now = indexed.terms, indexed.charged(was), indexed.charged(rate)
    parts = [line.principal for line in lines]
    if agreed.kind == "annuity" and not (agreed.step_up or agreed.balloon or min(parts).minor <= 0):
        nothing = Money.zero(terms.currency)
        bare = [replace(line, fee=nothing, insurance=nothing) for line in lines]
        parts = [line.principal for line in spread(bare, now, len(lines), terms)]
    owed_then = owed_now = sum(line.principal.minor for line in lines)
    ends = ends_of(lines, terms.frequency)
    place, changed = _places(ends, terms), []
    for line, end, part in zip(lines, ends, parts, strict=True):
        span = place(end) - place(line.starts_on)

        def interest(rate: BasisPoints, owed: int, span: int = span) -> int:
            return terms.rounding.of(rate * owed * span, WHOLE * UNITS[terms.day_count])

        beside = line.interest.minor - interest(before, owed_then)
        due = max(0, interest(now, owed_now) + beside)
        changed.append(replace(line, interest=Money(due, terms.currency), principal=part))
        owed_then, owed_now = owed_then - line.principal.minor, owed_now - part.minor
    return changed


def _places(ends: Sequence[date], terms: ServicingTerms) -> Callable[[date], int]:
    """The number of a day by the day count; by 30E/360 every month that ends where these do has 30 days (0031)."""
    anchor = anchor_of(ends).day if terms.frequency in MONTHS else None
    return lambda day: number_clipped(terms.day_count, day, anchor)
