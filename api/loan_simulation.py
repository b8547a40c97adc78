"""What a loan under any terms would come to, over HTTP: schedule, totals, annual rate, ceiling. Nothing is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from aggregates.loan_product import LoanProduct, OutsideProduct, ProductWithdrawn
from aggregates.rules.apr import NoRate
from aggregates.rules.costs import Costs
from aggregates.rules.law import LAWS, Law
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.schedules import YearTotals
from aggregates.rules.terms import Terms, UnsoundTerms
from aggregates.values import Ceiling, Money
from api.approval import CeilingInForce, in_force
from api.auth import TheIdentity
from api.deps import Today, asker
from api.described import offers
from api.platform import ThePlatform
from api.routing import routes
from commands.fields import Amount, Day, Rate
from commands.legal_rates import ceiling_for
from commands.terms import Periods, WrittenDrawdown, WrittenFixing, WrittenTerms
from eventstore import NotFound
from projections.line import Line

router = routes("/loan-simulations", "loan product")


class LoanToSimulate(BaseModel):
    """Under a product or under terms of one's own, how much, in how many instalments, from which day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"terms": {"rate": 600}, "principal": {"amount": "5000.00", "currency": "EUR"}, "periods": 24}
            ]
        },
    )

    product_id: UUID | None = Field(None, description="Whose terms and law; left out where terms are given.")
    terms: WrittenTerms | None = Field(None, description="Left out where a product is named.")
    law: Law | None = Field(None, description="Whose ceiling; the product's when left out.")
    rate: Rate | None = Field(None, description="In the place of that of the terms.")
    principal: Amount
    periods: Periods
    payout_on: Day | None = Field(None, description="The day the first money leaves; today when left out.")
    first_due_on: Day | None = Field(None, description="It follows from the terms when left out.")
    drawdowns: Annotated[list[WrittenDrawdown], Field(max_length=50)] = Field(
        default=[],
        description="When there are several: they sum to the principal, the first on the payout day.",
    )
    fixings: Annotated[list[WrittenFixing], Field(max_length=200)] = Field(
        default=[], description="Published values of the index, for a variable rate."
    )
    holidays: Annotated[list[Day], Field(max_length=200)] = Field(
        default=[], description="Proclaimed ones, beside those of the calendar."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> LoanToSimulate:
        if (self.product_id is None) == (self.terms is None):
            raise ValueError("name a product or give terms, one of both")
        return self


class SimulatedLine(Line):
    number: int
    """From 1."""
    starts_on: date
    """First day of its interest period."""
    due_on: date
    interest: int
    """Minor units, like every amount here."""
    principal: int
    fee: int
    insurance: int
    total: int
    remaining: int
    """Principal still to be repaid afterwards."""
    borne: int
    """Interest that the third party pays."""


class SimulatedYear(Line):
    """What falls due in a calendar year."""

    year: int
    interest: int
    principal: int
    fee: int
    insurance: int
    total: int


Answer = Literal["no-ceiling", "not-entered", "kept", "above", "no-rate"]


class SimulatedCeiling(Line):
    """Whether the law allows this annual percentage rate today."""

    law: Law
    law_source: str
    """Text and article."""
    answer: Answer
    """``no-ceiling``: the law has none; ``not-entered``: nobody can say; ``no-rate``: there is nothing to compare."""
    ceiling: CeilingInForce | None
    on: date
    """The business day on which it was looked up."""


class LoanSimulation(Line):
    """A loan as its contract would have it."""

    currency: str
    principal: int
    """Minor units, like every amount here."""
    received: int
    """What leaves in all, less what is kept at the payout."""
    financed: int
    """Fees that are added to what is repaid."""
    kept: int
    """Kept from the first payout: fees, and the interest of odd days where it is charged there."""
    periods: int
    rate: int
    """Nominal, basis points a year."""
    payout_on: date
    interest: int
    fees: int
    insurance: int
    borne: int
    """Interest that the third party pays."""
    cost: int
    """Total cost: interest, fees, and insurance that is required."""
    total: int
    """All that the borrower pays, insurance of either kind included."""
    apr: int | None = Field(examples=[617])
    """Annual percentage rate (TAEG, TEG), hundredths of a percent; absent where there is none."""
    no_apr: str | None
    """Why there is none."""
    ceiling: SimulatedCeiling
    years: list[SimulatedYear]
    schedule: list[SimulatedLine]


@router.post("", **offers(
    "LoanSimulation",
    "What a loan would come to: schedule, totals by year, annual percentage rate, total cost, and whether its law allows"
    " it today.\n\nNothing is recorded.",
    NotFound, OutsideProduct, ProductWithdrawn, UnsoundTerms, may="product.read", body=True,
))  # fmt: skip
def simulate_loan(
    asked: LoanToSimulate, request: Request, platform: ThePlatform, identity: TheIdentity, today: Today
) -> LoanSimulation:
    product = None
    if asked.product_id is not None:
        product = platform.store.load(LoanProduct, asked.product_id, identity.customers)
    costs = _costs(asked, _terms(asked, product, today), asked.payout_on or today)
    law = asked.law or (product.law if product else "unspecified")
    with platform.store.looking(asker(platform, identity, request)) as ask:
        ceiling = ceiling_for(ask, law, asked.principal)
    return _said(costs, law, ceiling, today)


def _terms(asked: LoanToSimulate, product: LoanProduct | None, on: date) -> Terms:
    """Those that are given, or the product's today. Raises OutsideProduct, UnsoundTerms."""
    if asked.terms is not None:
        terms = asked.terms.said()
    else:
        assert product is not None, "one of both is named"
        product.bound(asked.principal, asked.periods)
        terms = product.terms_on(on)
    return terms if asked.rate is None else replace(terms, rate=asked.rate)


def _costs(asked: LoanToSimulate, terms: Terms, payout_on: date) -> Costs:
    return Costs(
        terms,
        asked.principal,
        asked.periods,
        payout_on,
        asked.first_due_on,
        [each.said() for each in asked.drawdowns],
        [each.said() for each in asked.fixings],
        frozenset(asked.holidays),
    )


def _said(costs: Costs, law: Law, ceiling: Ceiling | None, on: date) -> LoanSimulation:
    apr, no_apr = _apr(costs)
    return LoanSimulation(
        currency=costs.principal.currency,
        principal=costs.principal.minor,
        received=(costs.principal - costs.kept).minor,
        financed=costs.financed.minor,
        kept=costs.kept.minor,
        periods=costs.periods,
        rate=costs.terms.rate,
        payout_on=costs.payout_on,
        interest=costs.interest.minor,
        fees=costs.fees.minor,
        insurance=costs.insurance.minor,
        borne=costs.borne.minor,
        cost=costs.cost.minor,
        total=costs.total.minor,
        apr=apr,
        no_apr=no_apr,
        ceiling=compared(law, ceiling, apr, on),
        years=[_year(each) for each in costs.years],
        schedule=[
            _line(*each) for each in zip(costs.lines, costs.remaining, costs.reckoned.borne, strict=True)
        ],
    )


def _apr(costs: Costs) -> tuple[int | None, str | None]:
    try:
        return costs.apr, None
    except NoRate as error:
        return None, str(error)


def compared(law: Law, ceiling: Ceiling | None, apr: int | None, on: date) -> SimulatedCeiling:
    """What a law says of an annual percentage rate, in hundredths of a percent; ``on``: when the ceiling was found."""
    return SimulatedCeiling(
        law=law,
        law_source=LAWS[law].source,
        answer=_answer(law, ceiling, apr),
        ceiling=in_force(ceiling),
        on=on,
    )


def _answer(law: Law, ceiling: Ceiling | None, apr: int | None) -> Answer:
    if LAWS[law].ceilings_in is None:
        return "no-ceiling"
    if ceiling is None:
        return "not-entered"
    if apr is None:
        return "no-rate"
    return "above" if apr > ceiling.rate else "kept"


def _year(year: YearTotals) -> SimulatedYear:
    return SimulatedYear(
        year=year.year,
        interest=year.interest.minor,
        principal=year.principal.minor,
        fee=year.fee.minor,
        insurance=year.insurance.minor,
        total=year.total.minor,
    )


def _line(line: Scheduled, remaining: Money, borne: Money) -> SimulatedLine:
    return SimulatedLine(
        number=line.number,
        starts_on=line.starts_on,
        due_on=line.due_on,
        interest=line.interest.minor,
        principal=line.principal.minor,
        fee=line.fee.minor,
        insurance=line.insurance.minor,
        total=line.total.minor,
        remaining=remaining.minor,
        borne=borne.minor,
    )
