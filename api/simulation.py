"""What a loan would cost, over HTTP: nothing is recorded, nothing is decided."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from aggregates.loan_product import AboveProductRate, LoanProduct, OutsideProduct, ProductWithdrawn
from aggregates.rules.servicing_terms import Frequency
from aggregates.values import BasisPoints, Money
from api.auth import TheIdentity
from api.deps import Today, asker
from api.described import offers
from api.headers import KEPT_BY_THE_BROWSER
from api.loan_simulation import SimulatedCeiling, compared
from api.platform import ThePlatform
from api.routing import routes
from commands.fields import Day
from commands.legal_rates import ceiling_for
from eventstore import NotFound
from projections.line import Line

router = routes("/loan-products/{product_id}", "loan product")

Principal = Annotated[
    int, Query(ge=1, le=10**15 - 1, description="Minor units of the product's currency.", examples=[500_000])
]
Months = Annotated[
    int,
    Query(
        ge=1, le=360, description="Number of instalments: months, or what the product counts.", examples=[24]
    ),
]
AtRate = Annotated[
    int | None,
    Query(ge=0, le=10_000, description="Basis points a year, at most the product's; the product's when left out.",
          examples=[600]),
]  # fmt: skip
Start = Annotated[
    Day | None,
    Query(description="The day the money would leave; today when left out.", examples=["2026-05-04"]),
]


class SimulatedInstalment(Line):
    number: int
    """From 1."""
    due_on: date
    interest: int
    """Minor units, like every amount here."""
    principal: int
    fee: int
    insurance: int
    total: int
    remaining: int
    """Principal still owed afterwards."""


class Simulation(Line):
    """What a contract under this product would say, by the arithmetic of the contract itself."""

    product_id: UUID
    currency: str
    principal: int
    """Minor units, like every amount here."""
    months: int
    """Number of instalments: as ``frequency`` says months, weeks, fortnights or quarters."""
    frequency: Frequency
    rate: int
    """Basis points a year, nominal."""
    is_indicative: bool
    """The rate is the product's, the most that an approval may grant: it may be less in the end."""
    start: date
    """The day the money would leave."""
    instalment: int
    """The first one."""
    last_instalment: int
    """The last one takes the rounding."""
    kept: int
    """Kept from the payout: up-front fees, and interest of a longer first period where it is charged there."""
    interest: int
    """All interest, what is kept of it included."""
    fees: int
    """All fees, those that are kept or financed included."""
    insurance: int
    total: int
    """All that the borrower pays."""
    apr: int = Field(examples=[617])
    """Annual percentage rate (TAEG, TEG), hundredths of a percent."""
    ceiling: SimulatedCeiling
    schedule: list[SimulatedInstalment]


@router.get("/simulation", **offers(
    "Simulation",
    "What a loan under a product would cost: instalments, interest, annual percentage rate.\n\nNothing is recorded.",
    NotFound, OutsideProduct, ProductWithdrawn, AboveProductRate, may="product.read",
))  # fmt: skip
def simulation(
    product_id: UUID, principal: Principal, months: Months, platform: ThePlatform, identity: TheIdentity,
    today: Today, request: Request, response: Response, rate: AtRate = None, start: Start = None,
) -> Simulation:  # fmt: skip
    product = platform.store.load(LoanProduct, product_id, identity.customers)
    lent = Money(principal, product.currency)
    product.admit(lent, months, today)
    granted = product.rate_for(None if rate is None else BasisPoints(rate), today)
    plan = product.plan(lent, granted, months, today, start or today)
    with platform.store.looking(asker(platform, identity, request)) as ask:
        ceiling = ceiling_for(ask, product.law, lent)
    response.headers["Cache-Control"] = KEPT_BY_THE_BROWSER
    return Simulation(
        product_id=product_id,
        currency=product.currency,
        principal=principal,
        months=months,
        frequency=plan.terms.frequency,
        rate=granted,
        is_indicative=rate is None,
        start=plan.payout_on,
        instalment=plan.lines[0].total.minor,
        last_instalment=plan.lines[-1].total.minor,
        kept=plan.kept.minor,
        interest=plan.interest.minor,
        fees=plan.fees.minor,
        insurance=plan.insurance.minor,
        total=plan.total.minor,
        apr=plan.apr,
        ceiling=compared(product.law, ceiling, plan.apr, today),
        schedule=[
            SimulatedInstalment(
                number=each.number,
                due_on=each.due_on,
                interest=each.interest.minor,
                principal=each.principal.minor,
                fee=each.fee.minor,
                insurance=each.insurance.minor,
                total=each.total.minor,
                remaining=left.minor,
            )
            for each, left in zip(plan.lines, plan.remaining, strict=True)
        ],
    )
