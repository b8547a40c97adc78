"""A loan that is not paid, over HTTP: notice, what would be due at once, acceleration."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from aggregates.loan import NotDisbursed
from aggregates.rules.acceleration import AtOnce, in_default, unpaid_of
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from api.auth import TheIdentity
from api.deps import Read, TheOne, Today
from api.described import asks, offers
from api.platform import ThePlatform
from api.routing import routes
from api.servicing import ToServicing
from commands.servicing import AccelerateLoan, GiveNotice, LiftAcceleration
from eventstore import NotFound, Receipt
from projections.line import Line
from projections.loan_book import LoanBook

router = routes("/loans/{loan_id}", "servicing")


class AtOnceLine(Line):
    """What is owed when everything falls due; minor units."""

    overdue: int
    """Owed without it: past due and due, with penalties."""
    principal: int
    """Of the instalments to come."""
    interest: int
    """Of the current period so far."""
    indemnity: int
    total: int


class LoanDefault(Line):
    """What follows when a loan is not paid: the notice, and what falls due at once after it."""

    loan_id: UUID
    on: date
    currency: str
    days_past_due: int
    past_due: int
    """Minor units, like every amount here; penalties included."""
    owed_now: int
    """What should have been paid by today; everything, once the loan is accelerated."""
    first_until: date
    """The first last day that a notice of today may give."""
    noticed_on: date | None
    """Of the notice that was given last and counts; absent where there is none, like its last day."""
    noticed_until: date | None
    noticed_unpaid: int
    """Of the instalments that the notice asks for, without penalties; 0 where it was obeyed, and without one."""
    is_over: bool
    """Whether the last day of that notice is over."""
    is_own: bool
    """Whether whoever asks gave it: somebody else accelerates the loan."""
    may_accelerate: bool
    """Whether the loan may be accelerated today: the last day is over, and the borrower in default as the terms say."""
    accelerated_on: date | None
    at_once: AtOnceLine | None
    """What an acceleration of today would come to; absent where nothing is to come."""


@router.get("/default", **offers(
    "LoanDefault",
    "What follows when a loan is not paid.\n\nThe notice and its last day, and what would fall due at once after it;"
    " nothing is recorded.",
    NotFound, may="loan.read", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def loan_default(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, today: Today
) -> LoanDefault:
    found.exists(read(LoanBook).line(loan_id))
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    now, notice, version = servicing.standing(today), servicing.notice, servicing.acceleration
    is_to_come = servicing.status == "open" and any(line.due_on > today for line in servicing.instalments)
    is_over = notice is not None and notice.until < today
    return LoanDefault(
        loan_id=loan_id,
        on=today,
        currency=servicing.currency,
        days_past_due=now.days_past_due,
        past_due=now.past_due.total.minor,
        owed_now=max(0, (now.owed_now - now.unallocated).minor),
        first_until=today + timedelta(days=servicing.agreed.acceleration.notice_days),
        noticed_on=notice and notice.on,
        noticed_until=notice and notice.until,
        noticed_unpaid=unpaid_of(notice, now).minor if notice else 0,
        is_over=is_over,
        is_own=notice is not None and servicing.noticed_by[notice.number] == identity.account,
        may_accelerate=is_to_come
        and notice is not None
        and is_over
        and in_default(servicing.agreed, notice, now),
        accelerated_on=version and version.on,
        at_once=_at_once(servicing.at_once(today)) if is_to_come else None,
    )


def _at_once(owed: AtOnce) -> AtOnceLine:
    return AtOnceLine(
        overdue=owed.overdue.minor,
        principal=owed.principal.minor,
        interest=owed.interest.minor,
        indemnity=owed.indemnity.minor,
        total=owed.total.minor,
    )


@router.post("/notice", **asks(GiveNotice, NotDisbursed))
def give_notice(loan_id: UUID, command: GiveNotice, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/acceleration", **asks(AccelerateLoan, NotDisbursed))
def accelerate_loan(loan_id: UUID, command: AccelerateLoan, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/acceleration/lift", **asks(LiftAcceleration, NotDisbursed))
def lift_acceleration(loan_id: UUID, command: LiftAcceleration, send: ToServicing) -> Receipt:
    return send(command, loan_id)
