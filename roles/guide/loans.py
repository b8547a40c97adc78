"""The loans of the guide until the payout: their inputs, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, get_args

from aggregates.rules.apr import Flow, effective_rate, in_hundredths
from aggregates.rules.costs import Costs
from aggregates.rules.day_count import UNITS, DayCount, number
from aggregates.rules.holidays import BusinessDays
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Frequency
from aggregates.rules.terms import (
    DAYS,
    WHOLE,
    Drawdown,
    Fee,
    FirstPeriod,
    Fixing,
    Insurance,
    Kind,
    Terms,
    Variable,
)
from aggregates.values import BasisPoints, Money
from providers.rendering import formats

DAY_COUNTS: Final[Sequence[DayCount]] = get_args(DayCount)
DAYS_OF_A_MONTH: Final = 30
"""By 30E/360."""
MONTHS_OF_A_YEAR: Final = UNITS["30E/360"] // DAYS_OF_A_MONTH
KINDS: Final[dict[Kind, str]] = {
    "annuity": "échéances constantes",
    "linear": "capital constant",
    "bullet": "in fine",
    "flat": "intérêts forfaitaires",
}
FREQUENCIES: Final[dict[Frequency, str]] = {
    "weekly": "semaine",
    "fortnightly": "quinzaine",
    "monthly": "mois",
    "quarterly": "trimestre",
}


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


class HandLoan:
    """Small enough to be followed by hand: each month is one percent."""

    principal: Money = euros(1_200)
    rate: BasisPoints = BasisPoints(1_200)
    periods: int = 4
    payout_on: date = date(2026, 1, 15)

    @property
    def terms(self) -> Terms:
        return Terms(self.rate)

    def under(self, terms: Terms, **said: Any) -> Costs:
        """The same loan under other terms."""
        whole = Costs(terms, self.principal, self.periods, self.payout_on)
        return replace(whole, **said)

    @property
    def kinds(self) -> dict[Kind, Costs]:
        return {kind: self.under(replace(self.terms, kind=kind)) for kind in KINDS}

    @property
    def costs(self) -> Costs:
        return self.kinds["annuity"]

    @property
    def of_a_period(self) -> Fraction:
        """The rate of one month of thirty days, as a fraction of one."""
        return Fraction(self.rate, WHOLE) * DAYS_OF_A_MONTH / UNITS["30E/360"]

    @property
    def worths(self) -> list[Fraction]:
        """What a euro that is paid with each instalment is worth at the start."""
        return [(1 / (1 + self.of_a_period)) ** k for k in range(1, self.periods + 1)]

    @property
    def worth(self) -> Fraction:
        return sum(self.worths, Fraction(0))

    @property
    def level(self) -> Fraction:
        """The constant instalment before it is rounded, in minor units: another way than that of the rules."""
        return self.principal.minor / self.worth


HAND: Final = HandLoan()


# ── time ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Counted:
    """The interest of one stretch of time by one day count."""

    day_count: DayCount
    start: date
    end: date
    interest: Money

    @property
    def calculation(self) -> str:
        """The time in years, as it is written by hand."""
        units = number(self.day_count, self.end) - number(self.day_count, self.start)
        if self.day_count != "ACT/ACT-ISDA":
            return _quotient(units, UNITS[self.day_count])
        parts = []
        for year in range(self.start.year, self.end.year + 1):
            first, last = max(self.start, date(year, 1, 1)), min(self.end, date(year + 1, 1, 1))
            length = date(year + 1, 1, 1).toordinal() - date(year, 1, 1).toordinal()
            parts.append(_quotient((last - first).days, length))
        return " + ".join(parts)


def _quotient(days: int, of: int) -> str:
    """Kept on one line."""
    return f"{days}{formats.WIDE}÷{formats.WIDE}{of}"


class DayCounts:
    """What a month costs by each day count."""

    principal: Money = euros(10_000)
    rate: BasisPoints = BasisPoints(600)
    starts: tuple[date, ...] = (date(2026, 1, 15), date(2026, 2, 15), date(2027, 12, 15))

    @cached_property
    def rows(self) -> list[list[Counted]]:
        """A row for each start, the day counts beside one another."""
        return [[self._of(start, day_count) for day_count in DAY_COUNTS] for start in self.starts]

    def _of(self, start: date, day_count: DayCount) -> Counted:
        [line] = Costs(Terms(self.rate, day_count=day_count), self.principal, 1, start).lines
        return Counted(day_count, line.starts_on, line.due_on, line.interest)


class DueDays:
    """The days of a loan that is paid out on the last of a month, by each business-day rule."""

    payout_on: date = date(2026, 1, 31)
    periods: int = 5
    rules: tuple[BusinessDays, ...] = ("none", "following", "modified-following", "preceding")

    @cached_property
    def rows(self) -> list[list[date]]:
        return [list(days) for days in zip(*(self._under(rule) for rule in self.rules), strict=True)]

    def _under(self, rule: BusinessDays) -> list[date]:
        terms = Terms(HAND.rate, business_days=rule, calendar="FR")
        return [line.due_on for line in Costs(terms, HAND.principal, self.periods, self.payout_on).lines]


class FirstPeriods:
    """A first period that is longer, and the ways to charge its odd days."""

    payout_on: date = date(2026, 1, 5)
    first_due_on: date = date(2026, 2, 15)
    regular_start: date = date(2026, 1, 15)
    """What the first period would start on if it were as long as the others."""
    ways: tuple[FirstPeriod, ...] = ("with-first", "at-payout", "spread", "waived")

    @property
    def days(self) -> int:
        return (self.regular_start - self.payout_on).days

    @cached_property
    def under(self) -> dict[FirstPeriod, Costs]:
        return {
            way: HAND.under(
                replace(HAND.terms, first_period=way),
                payout_on=self.payout_on,
                first_due_on=self.first_due_on,
            )
            for way in self.ways
        }

    @property
    def odd(self) -> Money:
        """Interest of the odd days."""
        return self.under["at-payout"].reckoned.kept_interest


# ── other terms ────────────────────────────────────────────────────────────


class Variants:
    """The same loan, one thing changed at a time."""

    step_up: BasisPoints = BasisPoints(1_000)
    step_every: int = 2
    balloon: BasisPoints = BasisPoints(5_000)
    margin: BasisPoints = BasisPoints(900)
    fixing: BasisPoints = BasisPoints(500)
    fixed_on: date = date(2026, 3, 1)
    reset_every: int = 2
    subsidy: BasisPoints = BasisPoints(300)
    fee: Fee = Fee("frais de gestion", "per-instalment", fixed=euros(3))
    financed: Fee = Fee("frais de dossier", "financed", fixed=euros(20))
    insurance: Insurance = Insurance(BasisPoints(60))
    drawn: tuple[Money, Money] = (euros(800), euros(400))
    drawn_later_on: date = date(2026, 3, 15)

    @cached_property
    def under(self) -> dict[str, Costs]:
        base = HAND.terms
        variable = Variable("indice", self.margin, self.reset_every)
        drawdowns = (Drawdown(HAND.payout_on, self.drawn[0]), Drawdown(self.drawn_later_on, self.drawn[1]))
        return {
            "grace_principal": HAND.under(replace(base, grace_principal=1)),
            "grace_all": HAND.under(replace(base, grace_all=1)),
            "step_up": HAND.under(replace(base, step_up=self.step_up, step_every=self.step_every)),
            "balloon": HAND.under(replace(base, balloon=self.balloon)),
            "variable": HAND.under(
                replace(base, variable=variable), fixings=(Fixing(self.fixed_on, self.fixing),)
            ),
            "subsidy": HAND.under(replace(base, subsidy=self.subsidy)),
            "fee": HAND.under(replace(base, fees=(self.fee,))),
            "financed": HAND.under(replace(base, fees=(self.financed,))),
            "insurance": HAND.under(replace(base, insurance=self.insurance)),
            "drawdowns": HAND.under(base, drawdowns=drawdowns),
        }

    @cached_property
    def frequencies(self) -> dict[Frequency, Costs]:
        return {
            frequency: HAND.under(
                replace(
                    HAND.terms, frequency=frequency, day_count="ACT/365F" if frequency in DAYS else "30E/360"
                )
            )
            for frequency in FREQUENCIES
        }


# ── the annual percentage rate ─────────────────────────────────────────────


@dataclass(frozen=True)
class Discounted:
    """A movement, and what it is worth on the first day."""

    years: Fraction
    amount: Money
    """To the lender; negative to the borrower."""
    factor: Decimal
    worth: Decimal
    """In minor units."""

    @property
    def value(self) -> Money:
        return Money(round(self.worth), self.amount.currency)

    @property
    def discount(self) -> str:
        """The factor with six decimals, as it is written in French."""
        return decimals(Fraction(self.factor))


@dataclass(frozen=True)
class Equation:
    """The equation of the annual percentage rate with its numbers."""

    flows: tuple[Flow, ...]
    currency: str

    @cached_property
    def rate(self) -> Decimal:
        return effective_rate(self.flows)

    @property
    def hundredths(self) -> int:
        return in_hundredths(self.rate)

    @property
    def received(self) -> Money:
        """By the borrower on the first day."""
        return Money(-sum(flow.minor for flow in self.flows if flow.years == 0), self.currency)

    @property
    def paid(self) -> Money:
        return Money(sum(flow.minor for flow in self.flows if flow.years > 0), self.currency)

    @cached_property
    def discounted(self) -> list[Discounted]:
        """What the borrower pays, in its order."""
        with localcontext() as context:
            context.prec = 28
            return [self._of(flow) for flow in self.flows if flow.years > 0]

    @property
    def worth(self) -> Money:
        """Of everything that the borrower pays, on the first day."""
        return Money(round(sum(each.worth for each in self.discounted)), self.currency)

    def at(self, hundredths: int) -> Money:
        """The same worth at another rate."""
        growth = 1 + Decimal(hundredths) / WHOLE
        years = ((flow, Decimal(flow.years.numerator) / flow.years.denominator) for flow in self.flows)
        worth = sum(flow.minor * growth**-time for flow, time in years if time > 0)
        return Money(round(worth), self.currency)

    def _of(self, flow: Flow) -> Discounted:
        factor = (1 + self.rate) ** -(Decimal(flow.years.numerator) / flow.years.denominator)
        return Discounted(flow.years, Money(flow.minor, self.currency), factor, flow.minor * factor)


class Rates:
    """Loans whose annual percentage rate is worked out."""

    lent: Money = euros(6_000)
    yearly: Money = Money(1_852_00, "EUR")
    years: int = 4
    fee: Fee = Fee("frais de dossier", "up-front", fixed=euros(20))
    tried: tuple[int, ...] = (2_000, 2_500)
    """Rates that are not the one, in hundredths of a percent."""
    known_fee: Fee = Fee("frais de dossier", "up-front", fixed=euros(75))

    @cached_property
    def by_year(self) -> Equation:
        """Payments a year apart: the discount factors are plain powers."""
        paid = (Flow(Fraction(year), self.yearly.minor) for year in range(1, self.years + 1))
        return Equation((Flow(Fraction(0), -self.lent.minor), *paid), self.lent.currency)

    @cached_property
    def with_fee(self) -> Equation:
        return _equation(HAND.under(replace(HAND.terms, fees=(self.fee,))))

    @cached_property
    def without_fee(self) -> Equation:
        return _equation(HAND.costs)

    @cached_property
    def by_kind(self) -> dict[Kind, int]:
        return {kind: costs.apr for kind, costs in HAND.kinds.items()}

    @cached_property
    def known(self) -> list[tuple[str, Costs]]:
        """Other loans with what they cost, for comparison."""
        return [
            ("sans frais", KNOWN),
            ("avec frais", replace(KNOWN, terms=replace(KNOWN.terms, fees=(self.known_fee,)))),
            ("en francs CFA", FRANCS),
        ]


def _equation(costs: Costs) -> Equation:
    return Equation(tuple(costs.flows()), costs.principal.currency)


class LongLoan:
    """Five years of instalments, where the shift from interest to principal shows."""

    principal: Money = euros(15_000)
    rate: BasisPoints = BasisPoints(600)
    periods: int = 60
    payout_on: date = date(2026, 1, 15)

    @property
    def costs(self) -> Costs:
        return Costs(Terms(self.rate), self.principal, self.periods, self.payout_on)

    @property
    def lines(self) -> list[Scheduled]:
        return self.costs.lines


LONG: Final = LongLoan()
KNOWN: Final = Costs(Terms(BasisPoints(600)), euros(5_000), 24, date(2026, 1, 15))
"""A loan whose annual percentage rate was worked out by others."""
FRANCS: Final = Costs(Terms(BasisPoints(1_800)), Money(500_000, "XOF"), 12, date(2026, 1, 15))


# ── how they are written ───────────────────────────────────────────────────


def decimals(value: Fraction, places: int = 6) -> str:
    """A positive number with so many decimals, in French: ``3,901966``."""
    whole, part = divmod(round(value * 10**places), 10**places)
    return f"{whole:,}".replace(",", formats.NARROW) + f",{part:0{places}}"


def percent_of(share: Fraction) -> int:
    """A share in hundredths of a percent, as they are written."""
    return round(share * WHOLE)
