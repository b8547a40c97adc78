"""The terms of a loan: everything that a contract agrees on besides the amount, the number of instalments and the day.

What they come to is in schedules.py; every formula is in docs/decisions/0031-terms-and-schedules.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from aggregates.rules.day_count import DayCount
from aggregates.rules.holidays import BusinessDays, Calendar
from aggregates.rules.rounding import TO_THE_UNIT, Rounding
from aggregates.rules.servicing_terms import Acceleration, EarlyFee, Frequency, Late, Order, ServicingTerms
from aggregates.values import BasisPoints, Money
from eventstore import Rejected

Kind = Literal["annuity", "linear", "bullet", "flat"]
"""Constant instalment, constant principal, interest only and then everything, interest on the initial principal."""
FirstPeriod = Literal["with-first", "at-payout", "spread", "waived"]
"""What becomes of the interest of the days by which the first period differs from the others."""

MONTHS: Final = {"monthly": 1, "quarterly": 3}
DAYS: Final = {"weekly": 7, "fortnightly": 14}
WHOLE: Final = 10_000
"""Basis points of a whole."""
NOTHING: Final = BasisPoints(0)
PLAIN_ORDER: Final = Order()
NO_FEE: Final = EarlyFee()
NO_INDEMNITY: Final = Acceleration()
MOST_PERIODS: Final = 1_040
"""Twenty years of weeks."""


class UnsoundTerms(Rejected):
    """Terms that contradict themselves, or a plan by which a loan is not repaid."""

    status: ClassVar[int] = 422

    def __init__(self, field: str, remedy: str) -> None:
        """``field`` as in Terms, or the argument of ``schedule``."""
        super().__init__(f"{field}: {remedy}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Variable:
    """A rate that follows a published index. Until the first reset the rate of the terms is charged."""

    index: str
    """Its name, like ``EURIBOR-3M``."""
    margin: BasisPoints
    """Added to the index; may be negative."""
    reset_every: int
    """Periods between two resets; the first is so many periods after the payout."""
    floor: BasisPoints = NOTHING
    cap: BasisPoints | None = None

    def rate_at(self, value: BasisPoints) -> BasisPoints:
        """The rate that a value of the index makes, basis points a year."""
        floored = max(value + self.margin, self.floor)
        return BasisPoints(floored if self.cap is None else min(floored, self.cap))


@dataclass(frozen=True, slots=True)
class Fixing:
    """A published value of the index."""

    on: date
    """From this day until the next one."""
    rate: BasisPoints


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A part of the principal that is paid out on a day."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Fee:
    """What a loan costs besides interest: a fixed amount and a share of the principal."""

    title: str
    when: Literal["up-front", "financed", "per-instalment"]
    """Kept from the payout, added to what is repaid, or charged with each instalment."""
    share: BasisPoints = NOTHING
    """Of the principal without financed fees, in ten-thousandths."""
    fixed: Money | None = None


@dataclass(frozen=True, slots=True)
class Insurance:
    """The borrower's insurance."""

    rate: BasisPoints
    """Basis points a year."""
    of: Literal["initial", "outstanding"] = "initial"
    """Of the principal at the start, or of what is still owed."""
    is_required: bool = True
    """Without it there is no loan: then it is part of the annual percentage rate."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a loan is charged and repaid. Unless said otherwise: level monthly instalments, as 0011 computes them."""

    rate: BasisPoints
    """Nominal, basis points a year; 0 is a rate."""
    kind: Kind = "annuity"
    frequency: Frequency = "monthly"
    day_count: DayCount = "30E/360"
    due_day: int | None = None
    """Day of the month, clipped to its end, or weekday from 1 (Monday); that of the payout when absent."""
    shortest_first: int = 15
    """Days: by month, a first period that would be shorter is a month longer."""
    first_period: FirstPeriod = "with-first"
    grace_all: int = 0
    """Periods at the start in which nothing is paid but insurance."""
    grace_principal: int = 0
    """Periods after those in which only interest is paid."""
    step_up: BasisPoints = NOTHING
    """By how much instalments (or parts of principal) grow, in ten-thousandths, after each ``step_every`` of them."""
    step_every: int = 0
    """Instalments in a step; 0 without steps."""
    balloon: BasisPoints = NOTHING
    """The part of the principal that is due with the last instalment, in ten-thousandths."""
    variable: Variable | None = None
    subsidy: BasisPoints = NOTHING
    """The part of the rate that a third party bears, basis points a year."""
    fees: tuple[Fee, ...] = ()
    insurance: Insurance | None = None
    order: Order = PLAIN_ORDER
    """What a repayment pays first."""
    late: Late | None = None
    """What lateness costs; nothing when absent."""
    early: EarlyFee = NO_FEE
    """What repaying before the time costs."""
    rounding: Rounding = TO_THE_UNIT
    business_days: BusinessDays = "none"
    calendar: Calendar | None = None
    """Whose holidays; None knows Saturdays and Sundays alone."""
    acceleration: Acceleration = NO_INDEMNITY
    """How everything falls due at once where the borrower does not pay, and what that costs."""

    def checked(self, currency: str | None = None) -> Terms:
        """These terms. Raises UnsoundTerms, which names the field and says what would do.

        currency  in which every amount has to be; not looked at when absent
        """
        for is_sound, name, remedy in _checks(self):
            if not is_sound:
                raise UnsoundTerms(name, remedy)
        for name, amount in self._amounts():
            if amount is not None and currency not in (None, amount.currency):
                raise UnsoundTerms(name, f"write every amount in {currency}")
        return self

    def _amounts(self) -> Iterable[tuple[str, Money | None]]:
        yield from (("fees", fee.fixed) for fee in self.fees)
        yield "late", self.late.fixed if self.late else None
        yield "early", self.early.free_up_to

    def amount(self, fee: Fee, principal: Money) -> int:
        """What a fee comes to, in minor units."""
        fixed = fee.fixed.minor if fee.fixed else 0
        return fixed + self.rounding.of(principal.minor * fee.share, WHOLE)

    def servicing(self, currency: str) -> ServicingTerms:
        """What of it counts once the money has left."""
        return ServicingTerms(
            currency,
            self.day_count,
            self.order,
            self.late,
            self.early,
            frequency=self.frequency,
            rounding=self.rounding,
            business_days=self.business_days,
            calendar=self.calendar,
            subsidy=self.subsidy,
            acceleration=self.acceleration,
        )

    def charged(self, when: str, principal: Money) -> Money:
        """All fees of a moment: ``up-front``, ``financed``, or in each instalment."""
        due = sum(self.amount(fee, principal) for fee in self.fees if fee.when == when)
        return Money(due, principal.currency)


def _checks(t: Terms) -> Iterable[tuple[bool, str, str]]:
    yield from _of_numbers(t)
    yield from _of_kind(t)
    yield from _of_parts(t)


def _of_numbers(t: Terms) -> Iterable[tuple[bool, str, str]]:
    by_week = t.frequency in DAYS
    days, last = ("weekday, 1 Monday to 7 Sunday", 7) if by_week else ("day of the month, 1 to 31", 31)
    yield 0 <= t.rate <= WHOLE, "rate", "give 0 to 10,000 basis points a year"
    yield t.due_day is None or 1 <= t.due_day <= last, "due_day", f"give a {days}, or leave it out"
    yield 0 <= t.shortest_first <= 31, "shortest_first", "give 0 to 31 days"
    yield t.grace_all >= 0, "grace_all", "give a number of periods, 0 without grace"
    yield t.grace_principal >= 0, "grace_principal", "give a number of periods, 0 without grace"
    yield 0 <= t.step_up <= WHOLE, "step_up", "give 0 to 10,000 ten-thousandths"
    yield t.step_every >= (1 if t.step_up else 0), "step_every", "say after how many instalments they grow"
    yield (
        0 <= t.balloon < WHOLE,
        "balloon",
        "give 0 to 9,999 ten-thousandths; a bullet loan repays all at the end",
    )
    yield 0 <= t.subsidy <= t.rate, "subsidy", "let the third party bear at most the rate"
    yield t.rounding.unit >= 1, "rounding", "round to 1 or more minor units"


def _of_kind(t: Terms) -> Iterable[tuple[bool, str, str]]:
    if t.kind == "bullet":
        yield t.balloon == 0, "balloon", "a bullet loan repays all at the end: leave it out"
        yield t.grace_principal == 0, "grace_principal", "a bullet loan is interest-only: leave it out"
    if t.kind in ("bullet", "flat"):
        yield t.step_up == 0, "step_up", "only constant instalments or constant principal can grow"
    if t.kind == "flat":
        yield t.variable is None, "variable", "flat interest is fixed at the start: leave the index out"


def _of_parts(t: Terms) -> Iterable[tuple[bool, str, str]]:
    if t.variable is not None:
        highest = t.variable.cap
        yield t.variable.reset_every >= 1, "variable", "reset the rate after 1 or more periods"
        yield t.variable.floor >= 0, "variable", "the floor is 0 or more"
        yield highest is None or highest >= t.variable.floor, "variable", "the cap is at least the floor"
    for fee in t.fees:
        fixed = fee.fixed.minor if fee.fixed else 0
        yield fee.share >= 0 and fixed >= 0, "fees", f"{fee.title}: give no negative amount or share"
        yield fee.share <= WHOLE, "fees", f"{fee.title}: charge at most the principal"
    if t.insurance is not None:
        yield 0 <= t.insurance.rate <= WHOLE, "insurance", "give 0 to 10,000 basis points a year"
