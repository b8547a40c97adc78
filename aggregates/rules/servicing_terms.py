"""What was agreed about paying back, beside the schedule: what money pays first, what lateness and haste cost.

What each number means to the day and the cent: docs/decisions/0032-servicing-by-facts.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from aggregates.rules.buckets import Provisions
from aggregates.rules.day_count import DayCount
from aggregates.rules.holidays import BusinessDays, Calendar
from aggregates.rules.rounding import TO_THE_UNIT, Rounding
from aggregates.values import BasisPoints, Money

Component = Literal["penalty", "fee", "insurance", "interest", "principal"]
"""What an instalment is made of, and what comes on top of it."""

Frequency = Literal["weekly", "fortnightly", "monthly", "quarterly"]
"""How often an instalment falls due."""

Timing = Literal["past_due", "due", "in_advance"]
"""Where an instalment stands on a day: its day is over, it is today, it is to come."""

COMPONENTS: Final[tuple[Component, ...]] = get_args(Component)

_NOTHING, _HALF_A_PERCENT, _ONE_PERCENT = BasisPoints(0), BasisPoints(50), BasisPoints(100)


@dataclass(frozen=True, slots=True)
class Order:
    """What money pays first.

    Source of the default: code civil (FR), art. 1343-1 (interest before principal) and 1342-10 (the oldest debt
    first), read 2026-11-21.
    """

    components: tuple[Component, ...] = COMPONENTS
    """A permutation of all five."""
    timings: tuple[Timing, ...] = ("past_due", "due")
    """A permutation of past_due and due, and of in_advance unless money ahead waits for its instalment."""
    by: Literal["instalment", "component"] = "instalment"
    """Each instalment whole, the oldest first; or each component of all of them."""

    def __post_init__(self) -> None:
        if sorted(self.components) != sorted(COMPONENTS):
            raise ValueError(f"components: name each of {', '.join(COMPONENTS)} once")
        if sorted({*self.timings, "in_advance"}) != sorted(get_args(Timing)) or len(self.timings) > 3:
            raise ValueError("timings: name past_due and due once, and in_advance at most once")
        if len({*self.timings}) != len(self.timings):
            raise ValueError("timings: name none twice")


@dataclass(frozen=True, slots=True)
class Late:
    """What lateness costs: so much a day on what is unpaid, and so much once, within caps."""

    rate: BasisPoints
    """A year, actual/365."""
    base: tuple[Component, ...] = ("principal",)
    """What of an instalment bears penalties; never penalties."""
    grace_days: int = 0
    """Days after the due day that cost nothing, even when payment comes later."""
    fixed: Money | None = None
    """Once for each instalment, on the first day that costs."""
    cap_each: BasisPoints | None = None
    """The most for one instalment, of its total."""
    cap_all: BasisPoints | None = None
    """The most over the life of the loan, of the principal of its first schedule."""
    share: BasisPoints = _NOTHING
    """Once for each instalment, on the first day that costs: of what is unpaid of it then, rounded down."""

    def __post_init__(self) -> None:
        if "penalty" in self.base:
            raise ValueError("base: a penalty bears no penalty")
        if self.rate < 0 or self.grace_days < 0 or self.share < 0:
            raise ValueError("rate, grace_days, share: not below zero")


@dataclass(frozen=True, slots=True)
class Acceleration:
    """How everything to come may fall due at once, when the borrower does not pay."""

    indemnity: BasisPoints = _NOTHING
    """Of the principal outstanding, once, rounded down."""
    notice_days: int = 30
    """The fewest days that the borrower gets to pay what is past due."""
    instalments: int = 2
    """The fewest that are unpaid."""

    def __post_init__(self) -> None:
        if not 0 <= self.indemnity <= 10_000 or self.notice_days < 1 or self.instalments < 1:
            raise ValueError("indemnity: 0 to 10,000 ten-thousandths; notice_days, instalments: 1 or more")


@dataclass(frozen=True, slots=True)
class EarlyFee:
    """What an early repayment may cost the borrower.

    Source of the caps: directive (EU) 2023/2225, art. 29, and 2008/48/EC, art. 16, cited 2026-11-22 without its text; they are
    settings, with the exemption that a country grants.
    """

    rate: BasisPoints = _NOTHING
    """Of the principal repaid early."""
    cap: BasisPoints = _ONE_PERCENT
    cap_last_year: BasisPoints = _HALF_A_PERCENT
    """When the last instalment is due at most a year later."""
    free_up_to: Money | None = None
    """No fee while what was repaid early within twelve months, this time included, is at most this."""


@dataclass(frozen=True, slots=True)
class ServicingTerms:
    """Everything that servicing needs to know beside the lines of the schedule."""

    currency: str
    day_count: DayCount = "30E/360"
    """For the interest accrued inside a period."""
    order: Order = field(default_factory=Order)
    late: Late | None = None
    """Absent: lateness costs nothing."""
    early: EarlyFee = field(default_factory=EarlyFee)
    provisions: Provisions = field(default_factory=Provisions)
    frequency: Frequency = "monthly"
    rounding: Rounding = TO_THE_UNIT
    """Of amounts that are agreed anew."""
    business_days: BusinessDays = "none"
    calendar: Calendar | None = None
    subsidy: BasisPoints = _NOTHING
    """The part of the rate that a third party bears, basis points a year."""
    acceleration: Acceleration = field(default_factory=Acceleration)
