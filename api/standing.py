"""How a loan stands by the facts, over HTTP: what settles it, what each repayment pays, every schedule it had."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from aggregates.rules.early import Quote
from aggregates.rules.facts import Version, Why
from aggregates.rules.repayments import Preview
from aggregates.rules.servicing_refusals import NothingRepaidEarly
from aggregates.rules.shares import Paid
from aggregates.rules.standing import What
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId, Money, ValueDateInvalid
from api.auth import TheIdentity
from api.deps import Read, TheOne, Today
from api.described import offers
from api.platform import ThePlatform
from api.routing import routes
from commands.fields import Day
from eventstore import NotFound
from projections.line import Line
from projections.loan_book import LoanBook

router = routes("/loans/{loan_id}", "servicing")

PartName = Literal["due", "principal", "accrued", "fee", "credit"]

LAWS: Final[dict[PartName, str]] = {
    "due": "code civil (FR), art. 1342-10, 1343-1",
    "principal": "directive (UE) 2023/2225, art. 29 (1)",
    "accrued": "directive (UE) 2023/2225, art. 29 (1)",
    "fee": "directive (UE) 2023/2225, art. 29 (2)–(4)",
    "credit": "code civil (FR), art. 1342",
}
"""What each part of a quote rests on; cited 2026-11-22 without their texts."""

On = Annotated[
    Day | None,
    Query(
        description="The day on which the money would arrive; today when left out.", examples=["2026-06-21"]
    ),
]


OfAmount = Annotated[
    int | None,
    Query(ge=1, le=10**15 - 1, description="Minor units of the loan's currency.", examples=[22_160]),
]
Arrived = Annotated[
    Day | None,
    Query(description="The day the money arrived; today when left out.", examples=["2026-06-06"]),
]


class QuotePart(Line):
    part: PartName
    """What is due now; principal to come; interest of the period so far; the fee; what was paid already, taken off."""
    amount: int
    """Minor units, never negative."""
    law: str
    """The text that it rests on."""


class QuotedDay(Line):
    on: date
    total: int
    """What settles the loan when it arrives on this day; minor units."""


class EarlyRepaymentQuote(Line):
    """What settles a loan before its time, on a day and on each of those that follow until it is no longer valid."""

    loan_id: UUID
    on: date
    valid_until: date
    """The day before the next instalment falls due."""
    currency: str
    total: int
    """Minor units, like every amount here."""
    parts: list[QuotePart]
    interest_saved: int
    """Of the instalments to come, what is never owed."""
    days: list[QuotedDay]


class VersionLine(Line):
    number: int
    due_on: date
    interest: int
    """Minor units, like every amount here."""
    principal: int
    fee: int
    insurance: int


class ScheduleVersion(Line):
    """A schedule as it was agreed, or as it was changed; those before stay readable."""

    number: int = Field(examples=[2])
    on: date
    """The day it took effect."""
    why: Why
    in_force: bool
    fell: bool
    """Whether the money that it was made with came to nothing: the one before is in force again."""
    after: int
    """The instalments of the version before up to this number stayed as they were."""
    currency: str
    lines: list[VersionLine]
    """All instalments as of this version."""


class AllocatedPart(Line):
    what: What
    number: int
    """The instalment, from 1; 0 for what is not one."""
    on: date
    """The day it was applied."""
    amount: int


class RepaymentAllocation(Line):
    """What a repayment pays, as far as is known today."""

    repayment_id: UUID
    value_date: date
    currency: str
    amount: int
    """Minor units, like every amount here."""
    waiting: int
    """What has paid nothing yet."""
    parts: list[AllocatedPart]


class PreviewedPart(Line):
    number: int
    """The instalment, from 1."""
    due_on: date | None
    """Absent for one that another schedule replaced and that still owes penalties."""
    penalty: int
    """Minor units, like every amount here."""
    fee: int
    insurance: int
    interest: int
    principal: int
    total: int


class RepaymentPreview(Line):
    """What money would pay, instalment by instalment; without an amount, only what is usually paid."""

    loan_id: UUID
    currency: str
    parts: list[PreviewedPart]
    advance: int
    """What would wait: for instalments to come, or for the borrower; minor units, like every amount here."""
    overpaid: int
    """How much more than now would wait beyond all that is owed, to be sent back: of this money, or of money that came
    after it. It is taken only with ``keeps_overpayment``."""
    recovered: int
    """What it would bring back of a loss."""
    others: int
    """Of so many repayments it would change what they pay, because its value date is earlier."""
    owed_now: int
    """What should have been paid by today, penalties included, less what waits."""
    next: int
    """What the next instalment still lacks."""
    owed: int
    """Until the end of the loan, as far as today knows."""


@router.get("/early-repayment-quote", **offers(
    "EarlyRepaymentQuote",
    "What settles a loan before its time.\n\nNothing is recorded. `RepayInFull` takes the total of the day on which the"
    " money arrived.",
    NotFound, NothingRepaidEarly, ValueDateInvalid, may="repayment.read", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def early_repayment_quote(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, today: Today,
    on: On = None,
) -> EarlyRepaymentQuote:  # fmt: skip
    found.exists(read(LoanBook).line(loan_id))
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    day = on or today
    if day < today:
        raise servicing.reject(ValueDateInvalid, f"a quote is for {today} or later")
    quotes = servicing.quotes(day)
    if not quotes:
        why = "every instalment is due" if servicing.status == "open" else f"the loan is {servicing.status}"
        raise servicing.reject(NothingRepaidEarly, why)
    first, last = quotes[0], quotes[-1]
    to_come = sum(each.interest.minor for each in servicing.instalments if each.due_on > day)
    return EarlyRepaymentQuote(
        loan_id=loan_id,
        on=first.on,
        valid_until=last.on,
        currency=servicing.currency,
        total=first.total.minor,
        parts=[
            QuotePart(part=name, amount=_amount(first, name).minor, law=law) for name, law in LAWS.items()
        ],
        interest_saved=to_come - first.accrued.minor,
        days=[QuotedDay(on=each.on, total=each.total.minor) for each in quotes],
    )


def _amount(quote: Quote, part: PartName) -> Money:
    amount: Money = getattr(quote, part)
    return amount


@router.get("/repayment-preview", **offers(
    "RepaymentPreview",
    "What money would pay if it were recorded now, and what is usually paid.\n\nBy the agreed order and the value"
    " date; more than is owed too, and how much of it would be too much. Nothing is recorded.",
    NotFound, ValueDateInvalid, may="repayment.record", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def repayment_preview(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, today: Today,
    amount: OfAmount = None, value_date: Arrived = None,
) -> RepaymentPreview:  # fmt: skip
    found.exists(read(LoanBook).line(loan_id))
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    now, nothing = servicing.standing(today), Money.zero(servicing.currency)
    would = Preview(Paid([], nothing, []), 0, nothing)
    if amount is not None:
        would = servicing.would_pay(Money(amount, servicing.currency), value_date or today, today)
    due = {line.number: line.due_on for line in servicing.instalments}
    coming = [each.unpaid.total for each in now.instalments if each.line.due_on > today][:1]
    return RepaymentPreview(
        loan_id=loan_id,
        currency=servicing.currency,
        parts=[
            PreviewedPart(
                number=part.number,
                due_on=due.get(part.number),
                penalty=part.minor("penalty"),
                fee=part.minor("fee"),
                insurance=part.minor("insurance"),
                interest=part.interest.minor,
                principal=part.principal.minor,
                total=part.total.minor,
            )
            for part in would.paid.allocations
        ],
        advance=would.paid.advance.minor,
        overpaid=would.overpaid.minor,
        recovered=sum(share.amount.minor for share in would.paid.beside if share.what == "recovery"),
        others=would.others,
        owed_now=max(0, (now.owed_now - now.unallocated).minor),
        next=max(0, (Money.total(coming, servicing.currency) - now.unallocated).minor),
        owed=now.owed.minor,
    )


@router.get("/schedule-versions", **offers(
    "ScheduleVersions",
    "Every schedule that a loan had, the first one first.\n\nEach with all its instalments as of then.",
    NotFound, may="loan.read", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def schedule_versions(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity
) -> list[ScheduleVersion]:
    found.exists(read(LoanBook).line(loan_id))
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    versions, lines = list[ScheduleVersion](), dict[int, list[VersionLine]]()
    standing = {version.number for version in servicing.chain}
    for version in servicing.versions:
        lines[version.number] = [*lines.get(version.over, [])[: version.after], *_lines(version)]
        versions.append(
            ScheduleVersion(
                number=version.number,
                on=version.on,
                why=version.why,
                in_force=version is servicing.chain[-1],
                fell=version.number not in standing,
                after=version.after,
                currency=servicing.currency,
                lines=lines[version.number],
            )
        )
    return versions


def _lines(version: Version) -> list[VersionLine]:
    return [
        VersionLine(
            number=line.number,
            due_on=line.due_on,
            interest=line.interest.minor,
            principal=line.principal.minor,
            fee=line.fee.minor,
            insurance=line.insurance.minor,
        )
        for line in version.lines
    ]


@router.get("/allocations", **offers(
    "RepaymentAllocations",
    "What each repayment pays, as far as is known today.\n\nBy the value dates: money that becomes known late changes"
    " what the others pay.",
    NotFound, may="repayment.read", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def repayment_allocations(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, today: Today
) -> list[RepaymentAllocation]:
    found.exists(read(LoanBook).line(loan_id))
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    now = servicing.standing(today)
    waiting = {money.receipt: money.amount.minor for money in now.waiting}
    return [
        RepaymentAllocation(
            repayment_id=id,
            value_date=servicing.facts[repayment.number - 1].on,
            currency=servicing.currency,
            amount=repayment.amount.minor,
            waiting=waiting.get(repayment.number, 0),
            parts=[
                AllocatedPart(what=part.what, number=part.number, on=part.on, amount=part.amount.minor)
                for part in now.parts
                if part.receipt == repayment.number
            ],
        )
        for id, repayment in servicing.repayments.items()
        if not repayment.reversed
    ]
