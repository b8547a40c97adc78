"""The terms of a loan as they are written in a request: the same words as aggregates/rules/terms.py, with bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aggregates.rules.day_count import DayCount
from aggregates.rules.holidays import BusinessDays, Calendar
from aggregates.rules.rounding import HalfTo, Rounding
from aggregates.rules.servicing_terms import (
    COMPONENTS,
    Acceleration,
    Component,
    EarlyFee,
    Frequency,
    Late,
    Order,
    Timing,
)
from aggregates.rules.terms import (
    Drawdown,
    Fee,
    FirstPeriod,
    Fixing,
    Insurance,
    Kind,
    Terms,
    Variable,
)
from aggregates.values import BasisPoints
from commands.fields import Amount, Day, Line, Rate

Share = Annotated[
    BasisPoints,
    Field(strict=True, ge=0, le=10_000, description="Ten-thousandths: 50 is 0.50 %.", examples=[50]),
]
Signed = Annotated[BasisPoints, Field(strict=True, ge=-10_000, le=10_000, description="Basis points a year.")]
Periods = Annotated[
    int, Field(strict=True, ge=1, le=1_040, description="Number of instalments.", examples=[24])
]


class Written(BaseModel):
    """A part of the terms."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WrittenVariable(Written):
    """A rate that follows a published index. Until the first reset the rate of the terms is charged."""

    index: Line = Field(examples=["EURIBOR-3M"])
    margin: Signed
    reset_every: Periods = Field(description="Periods between two resets.")
    floor: Rate = BasisPoints(0)
    cap: Rate | None = None

    def said(self) -> Variable:
        return Variable(self.index, self.margin, self.reset_every, self.floor, self.cap)


class WrittenFee(Written):
    """What a loan costs besides interest: a fixed amount and a share of the principal."""

    title: Line = Field(examples=["Frais de dossier"])
    when: Literal["up-front", "financed", "per-instalment"] = Field(
        description="Kept from the payout, added to what is repaid, or charged with each instalment."
    )
    share: Share = Field(BasisPoints(0), description="Of the principal, in ten-thousandths.")
    fixed: Amount | None = None

    def said(self) -> Fee:
        return Fee(self.title, self.when, self.share, self.fixed)


class WrittenInsurance(Written):
    """The borrower's insurance."""

    rate: Rate
    of: Literal["initial", "outstanding"] = Field(
        "initial", description="Of the principal at the start, or of what is still owed."
    )
    is_required: bool = Field(True, strict=True, description="Then it is part of the annual percentage rate.")

    def said(self) -> Insurance:
        return Insurance(self.rate, self.of, self.is_required)


class WrittenLate(Written):
    """What lateness costs: so much a day on what is unpaid, and so much once, within caps."""

    rate: Rate
    base: Annotated[
        list[Literal["fee", "insurance", "interest", "principal"]], Field(min_length=1, max_length=4)
    ] = Field(default=["principal"], description="What of an instalment bears penalties.")
    grace_days: int = Field(
        0, strict=True, ge=0, le=366, description="Days after the due day that cost nothing."
    )
    fixed: Amount | None = Field(None, description="Once for each late instalment.")
    cap_each: Share | None = Field(None, description="The most for one instalment, of its total.")
    cap_all: Share | None = Field(None, description="The most over the life of the loan, of its principal.")
    share: Share = Field(
        BasisPoints(0),
        description="Once for each late instalment, of what is unpaid of it. France, consumer: 800 at most.",
    )

    def said(self) -> Late:
        base: tuple[Component, ...] = tuple(dict.fromkeys(self.base))
        return Late(self.rate, base, self.grace_days, self.fixed, self.cap_each, self.cap_all, self.share)


class WrittenEarlyFee(Written):
    """What repaying before the time costs, within what the law lets be asked."""

    rate: Share = Field(description="Of the principal repaid early.")
    cap: Share = BasisPoints(100)
    cap_last_year: Share = Field(
        BasisPoints(50), description="When the last instalment is a year away at most."
    )
    free_up_to: Amount | None = Field(None, description="Up to this in twelve months it costs nothing.")

    def said(self) -> EarlyFee:
        return EarlyFee(self.rate, self.cap, self.cap_last_year, self.free_up_to)


class WrittenAcceleration(Written):
    """How everything falls due at once where the borrower was put on notice and does not pay."""

    indemnity: Share = Field(
        BasisPoints(0), description="Once, of the principal outstanding. France, consumer: 800 at most."
    )
    notice_days: int = Field(
        30, strict=True, ge=1, le=366, description="The fewest days that a notice gives to pay."
    )

    instalments: int = Field(2, strict=True, ge=1, le=12, description="The fewest that are unpaid.")

    def said(self) -> Acceleration:
        return Acceleration(self.indemnity, self.notice_days, self.instalments)


class WrittenRounding(Written):
    """To which multiple every amount is rounded, and where an exact half goes."""

    unit: int = Field(1, strict=True, ge=1, le=1_000, description="Minor units.")
    mode: HalfTo = "half-even"

    def said(self) -> Rounding:
        return Rounding(self.unit, self.mode)


class WrittenOrder(Written):
    """What a repayment pays first."""

    components: Annotated[tuple[Component, ...], Field(min_length=5, max_length=5)] = Field(
        COMPONENTS, description="All five, each once."
    )
    timings: Annotated[list[Timing], Field(min_length=2, max_length=3)] = Field(
        default=["past_due", "due"],
        description="Without in_advance, money ahead waits for its instalment.",
    )
    by: Literal["instalment", "component"] = "instalment"

    @model_validator(mode="after")
    def _each_once(self) -> WrittenOrder:
        self.said()
        return self

    def said(self) -> Order:
        """Raises ValueError where one stands twice."""
        return Order(self.components, tuple(self.timings), self.by)


class WrittenTerms(Written):
    """How a loan is charged and repaid; level monthly instalments unless said otherwise."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"rate": 600, "day_count": "ACT/365F"}]}
    )

    rate: Rate
    kind: Kind = Field(
        "annuity",
        description="Constant instalment, constant principal, interest only and then everything, or interest on the"
        " initial principal.",
    )
    frequency: Frequency = "monthly"
    day_count: DayCount = "30E/360"
    due_day: int | None = Field(
        None, strict=True, ge=1, le=31,
        description="Day of the month, clipped to its end; by week the weekday, 1 Monday to 7 Sunday.",
    )  # fmt: skip
    shortest_first: int = Field(
        15,
        strict=True,
        ge=0,
        le=31,
        description="Days: a first period that would be shorter is a month longer.",
    )
    first_period: FirstPeriod = Field(
        "with-first", description="What becomes of the interest of odd days in the first period."
    )
    grace_all: int = Field(0, strict=True, ge=0, le=1_039, description="Periods in which nothing is paid.")
    grace_principal: int = Field(
        0, strict=True, ge=0, le=1_039, description="Periods after those with interest only."
    )
    step_up: Share = Field(BasisPoints(0), description="By how much instalments grow, in ten-thousandths.")
    step_every: int = Field(0, strict=True, ge=0, le=1_040, description="Instalments in a step.")
    balloon: Share = Field(
        BasisPoints(0), description="Part of the principal due at the end, in ten-thousandths."
    )
    variable: WrittenVariable | None = None
    subsidy: Rate = Field(BasisPoints(0), description="The part of the rate that a third party bears.")
    fees: Annotated[list[WrittenFee], Field(max_length=20)] = []
    insurance: WrittenInsurance | None = None
    order: WrittenOrder = WrittenOrder()
    late: WrittenLate | None = None
    early: WrittenEarlyFee | None = None
    rounding: WrittenRounding = WrittenRounding()
    business_days: BusinessDays = Field("none", description="Where a due day moves that is no business day.")
    calendar: Calendar | None = Field(None, description="Whose holidays.")
    acceleration: WrittenAcceleration = WrittenAcceleration()

    def said(self) -> Terms:
        """Raises UnsoundTerms."""
        return Terms(
            self.rate,
            self.kind,
            self.frequency,
            self.day_count,
            self.due_day,
            self.shortest_first,
            self.first_period,
            self.grace_all,
            self.grace_principal,
            self.step_up,
            self.step_every,
            self.balloon,
            self.variable.said() if self.variable else None,
            self.subsidy,
            tuple(fee.said() for fee in self.fees),
            self.insurance.said() if self.insurance else None,
            self.order.said(),
            self.late.said() if self.late else None,
            self.early.said() if self.early else EarlyFee(),
            self.rounding.said(),
            self.business_days,
            self.calendar,
            self.acceleration.said(),
        ).checked()


class WrittenFixing(Written):
    """A published value of the index, from a day on."""

    on: Day
    rate: Signed

    def said(self) -> Fixing:
        return Fixing(self.on, self.rate)


class WrittenDrawdown(Written):
    """A part of the principal that is paid out on a day."""

    on: Day
    amount: Amount

    def said(self) -> Drawdown:
        return Drawdown(self.on, self.amount)
