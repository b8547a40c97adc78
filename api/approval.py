"""What stands between a request and its approval, or a counter-offer, over HTTP: asked before deciding, nothing is recorded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request
from pydantic import AfterValidator, Field, TypeAdapter

from aggregates.loan import Loan
from aggregates.loan_product import AboveProductRate, OutsideProduct
from aggregates.rules.approval import Conditions, Finding, Question, highest_rate
from aggregates.rules.law import LAWS, Law
from aggregates.values import BasisPoints, Ceiling, Money
from api.auth import TheIdentity
from api.deps import Read, TheOne, asker
from api.described import offers
from api.language import Language, language_of
from api.platform import ThePlatform
from api.problem import Problem, problem_of
from api.routing import routes
from commands.fields import Day
from commands.loan import ApproveLoan, MakeCounterOffer, as_requested
from commands.terms import WrittenDrawdown
from eventstore import Ask, NotFound
from projections.line import Line
from projections.loan_book import LoanBook
from projections.proofs import FiguresLine, figures

router = routes("/loans/{loan_id}", "loan")

AtRate = Annotated[
    int | None,
    Query(ge=0, le=10_000, description="Basis points a year, at most the product's; the product's when left out.",
          examples=[600]),
]  # fmt: skip
Planned = Annotated[
    Day | None,
    Query(description="The day the money should leave; today when left out.", examples=["2026-05-04"]),
]

_DAY: Final = TypeAdapter[date](Day)


def _of_days(said: str) -> str:
    """Raises ValueError when one of the days is none."""
    for each in said.split(","):
        _DAY.validate_python(each.partition(":")[0])
    return said


_ONE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}:[1-9][0-9]{0,14}"
# One text, because a field of a query is taken once.
InDrawdowns = Annotated[
    Annotated[str, Field(pattern=f"^{_ONE}(,{_ONE}){{0,49}}$"), AfterValidator(_of_days)] | None,
    Query(
        description="When there are several: the planned day of each, a colon, and its amount in minor units of the"
        " loan's currency, with commas between. They sum to the principal.",
        examples=["2026-05-04:200000,2026-07-06:300000"],
    ),
]

Alone = Annotated[
    bool, Query(description="Whether a reason would be given for deciding on a request of one's own.")
]

Offered = Annotated[
    int | None,
    Query(ge=1, le=10**15 - 1, description="Minor units of the loan's currency; what was asked for when left out.",
          examples=[400_000]),
]  # fmt: skip
OverMonths = Annotated[
    int | None,
    Query(
        ge=1, le=360, description="Number of instalments; what was asked for when left out.", examples=[36]
    ),
]

WOULD_SAY: Final = "the reason that would be given"
"""Any reason: whether one is enough is the policy's to say, what it is nobody asks before it is given."""


class CeilingInForce(Line):
    """The legal limit of the day for this law and amount, and where it is written."""

    rate: int
    """Highest annual percentage rate, hundredths of a percent."""
    source: str
    from_on: date
    until_on: date | None
    """The last day; absent until a later one follows."""
    number: int | None
    """Of the rate in the register of legal rates."""
    above: int | None
    """For amounts above this one, minor units of the loan's currency; absent: from nothing on."""
    up_to: int | None
    """For amounts up to this one, which is within; absent: however large."""


class ApprovalQuestion(Line):
    """One thing that has to be right before the request is approved."""

    question: Question
    refusal: Problem | None
    """What an approval would be refused with; absent where nothing is in the way."""


class ApprovalCheck(Line):
    """What an approval with these conditions would say, and what it would be refused for."""

    loan_id: UUID
    currency: str
    principal: int
    """Minor units, like every amount here."""
    rate: int
    """Nominal, basis points a year."""
    apr: int = Field(examples=[617])
    """Annual percentage rate of the loan (TAEG, TEG), hundredths of a percent."""
    law: Law
    law_source: str
    """Text and article."""
    has_ceiling: bool
    """Whether the law puts a ceiling on the annual percentage rate."""
    ceiling: CeilingInForce | None
    """Absent where the law has none, and where none is entered for this day: the question says which."""
    highest_rate: int | None
    """The highest nominal rate that keeps below the ceiling, basis points; absent unless this one is above it."""
    questions: list[ApprovalQuestion]
    """In the order in which they would refuse."""
    on: date
    """The business day on which the ceiling was looked up."""


class CounterOfferCheck(ApprovalCheck):
    """What a counter-offer would be beside the request, and what it would be refused for."""

    offered: FiguresLine
    requested: FiguresLine | None
    """What the request itself would come to today; absent where the product no longer lends it."""


@router.get("/approval-check", **offers(
    "ApprovalCheck",
    "What would stand in the way of an approval: annual percentage rate, ceiling with its source, and each question.\n\n"
    "Nothing is recorded, nothing is decided.",
    NotFound, AboveProductRate, OutsideProduct, may="loan.approve", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def approval_check(
    loan_id: UUID, request: Request, platform: ThePlatform, identity: TheIdentity, read: Read, found: TheOne,
    rate: AtRate = None, planned_payout_on: Planned = None, drawdowns: InDrawdowns = None, alone: Alone = False,
) -> ApprovalCheck:  # fmt: skip
    # Both walls: nothing is appended here, which the database would look at.
    found.exists(read(LoanBook).line(loan_id))
    with platform.store.looking(asker(platform, identity, request)) as ask:
        loan = ask.load(Loan, loan_id)
        asked = ApproveLoan(
            rate=None if rate is None else BasisPoints(rate),
            planned_payout_on=planned_payout_on,
            drawdowns=[_drawdown(each, loan.principal.currency) for each in drawdowns.split(",")]
            if drawdowns
            else [],
            reason=WOULD_SAY if alone else None,
        )
        conditions = asked.conditions(loan, ask)
        return ApprovalCheck.model_validate(_checked(asked, loan, conditions, language_of(request), ask))


@router.get("/counter-offer-check", **offers(
    "CounterOfferCheck",
    "What a counter-offer would come to beside the request, and what would stand in its way: instalments, cost, annual"
    " percentage rate, ceiling with its source, and each question.\n\nNothing is recorded, nothing is decided.",
    NotFound, AboveProductRate, OutsideProduct, may="loan.approve", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def counter_offer_check(
    loan_id: UUID, request: Request, platform: ThePlatform, identity: TheIdentity, read: Read, found: TheOne,
    principal: Offered = None, months: OverMonths = None, rate: AtRate = None, planned_payout_on: Planned = None,
    alone: Alone = False,
) -> CounterOfferCheck:  # fmt: skip
    # Both walls: nothing is appended here, which the database would look at.
    found.exists(read(LoanBook).line(loan_id))
    with platform.store.looking(asker(platform, identity, request)) as ask:
        loan = ask.load(Loan, loan_id)
        asked = MakeCounterOffer(
            principal=None if principal is None else Money(principal, loan.principal.currency),
            months=months,
            rate=None if rate is None else BasisPoints(rate),
            planned_payout_on=planned_payout_on,
            reason=WOULD_SAY,
            alone_because=WOULD_SAY if alone else None,
        )
        conditions, as_asked = asked.conditions(loan, ask), as_requested(loan, ask)
        return CounterOfferCheck.model_validate({
            **_checked(asked, loan, conditions, language_of(request), ask),
            "offered": figures(conditions.figures),
            "requested": None if as_asked is None else figures(as_asked.figures),
        })  # fmt: skip


def _drawdown(said: str, currency: str) -> WrittenDrawdown:
    on, minor = said.split(":")
    return WrittenDrawdown(on=_DAY.validate_python(on), amount=Money(int(minor), currency))


def _checked(
    asked: ApproveLoan | MakeCounterOffer, loan: Loan, conditions: Conditions, language: Language, ask: Ask
) -> dict[str, Any]:
    """The parts of an ApprovalCheck."""
    return {
        "loan_id": loan.id,
        "currency": conditions.principal.currency,
        "principal": conditions.principal.minor,
        "rate": conditions.rate,
        "apr": conditions.plan.apr,
        "law": conditions.law,
        "law_source": LAWS[conditions.law].source,
        "has_ceiling": LAWS[conditions.law].ceilings_in is not None,
        "ceiling": in_force(conditions.ceiling),
        "highest_rate": _highest(asked, loan, conditions, ask),
        "questions": [_said(each, language) for each in asked.examine(loan, conditions, ask)],
        "on": ask.on,
    }


def _highest(
    asked: ApproveLoan | MakeCounterOffer, loan: Loan, conditions: Conditions, ask: Ask
) -> int | None:
    if conditions.ceiling is None or conditions.plan.apr <= conditions.ceiling.rate:
        return None
    return highest_rate(
        conditions.ceiling,
        conditions.rate,
        lambda rate: asked.model_copy(update={"rate": rate}).conditions(loan, ask),
    )


def _said(finding: Finding, language: Language) -> ApprovalQuestion:
    refusal = None if finding.refusal is None else problem_of(finding.refusal, language)
    return ApprovalQuestion(question=finding.question, refusal=refusal)


def in_force(ceiling: Ceiling | None) -> CeilingInForce | None:
    """A ceiling as it is shown; None where there is none."""
    if ceiling is None:
        return None
    return CeilingInForce(
        rate=ceiling.rate,
        source=ceiling.source,
        from_on=ceiling.from_on,
        until_on=ceiling.until_on,
        number=ceiling.number,
        above=None if ceiling.above is None else ceiling.above.minor,
        up_to=None if ceiling.up_to is None else ceiling.up_to.minor,
    )
