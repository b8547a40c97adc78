"""Loans over HTTP, from the request to the payout. What comes after: servicing.py."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from api import asked, columns
from api.asked import FromAmount, FromDay, InCurrency, Named, OfCustomer, OfProduct, ToAmount, ToDay, Words
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, Send, TheOne, Today
from api.described import asks, shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.routing import routes
from commands.loan import (
    AcceptCounterOffer,
    ApproveLoan,
    CancelDrawdowns,
    ConfirmInformation,
    DeclineCounterOffer,
    DeclineLoan,
    DisburseLoan,
    MakeCounterOffer,
    RequestLoan,
    StepBack,
    WithdrawLoanRequest,
)
from eventstore import Page, Receipt
from projections.counts import StateCounts
from projections.customer_file import CustomerFile
from projections.loan_account import LoanAccount
from projections.loan_book import STATES, LoanBook, LoanEntry, LoanFilter, Sort
from projections.loan_clocks import LoanClock, LoanClocks
from projections.schedule import Schedule

router = routes("/loans", "loan")

Status = Annotated[str | None, asked.states(STATES, "Only loans in this state.")]
Late = Annotated[bool, Query(description="Only loans with something overdue.")]
Overpaid = Annotated[
    bool,
    Query(
        description="Only loans that hold money for the borrower: beyond all that is owed, or after their end."
    ),
]
ToPayOut = Annotated[
    bool,
    Query(
        description="Only loans whose money is to leave: signed and not paid out, or with a drawdown planned for today"
        " or before."
    ),
]
Sorted = Annotated[
    Sort, Query(description="By what; the other way round with a minus. Amounts within their currency.")
]


async def loan_filter(
    identity: TheIdentity, today: Today, status: Status = None, product_id: OfProduct = None, currency: InCurrency = None,
    customer_id: OfCustomer = None, requested_from: FromDay = None, requested_to: ToDay = None,
    principal_from: FromAmount = None, principal_to: ToAmount = None, overdue: Late = False,
    overpaid: Overpaid = False,
    to_pay_out: ToPayOut = False, q: Words = "",
) -> LoanFilter:  # fmt: skip
    asked.needs_names(identity, q)
    return LoanFilter(
        asked.several(status), product_id, currency, customer_id, requested_from, requested_to, principal_from,
        principal_to, overdue, overpaid, today if to_pay_out else None, q,
    )  # fmt: skip


Which = Annotated[LoanFilter, Depends(loan_filter)]


@router.get("", **shows(LoanBook, "lines", CustomerFile, LoanAccount, Schedule, may="loan.read"))
def loans(
    read: Read, which: Which, named: Named, identity: TheIdentity, sort: Sorted = "-requested_on",
    cursor: Cursor = None, limit: Limit = 50,
) -> Page[LoanEntry]:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return read(LoanBook).lines(which, sort, cursor, limit, named)


@router.get("/counts", **shows(LoanBook, "counts", may="loan.read", name="LoanCounts"))
def loan_counts(read: Read, which: Which) -> StateCounts:
    return read(LoanBook).counts(which)


@router.get("/export", **takes_away("ExportLoans", "The loans", may="loan.read"))
def export_loans(
    read: Read, which: Which, named: Named, identity: TheIdentity, answer: ToTakeAway,
    sort: Sorted = "-requested_on",
) -> Export:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return answer("loans", columns.LOANS, read(LoanBook).export_of(which, sort, named, MOST))


@router.get(
    "/{loan_id}",
    **shows(LoanBook, "line", CustomerFile, LoanAccount, Schedule, may="loan.read", name="Loan", one=True),
)
def loan(loan_id: UUID, read: Read, found: TheOne, named: Named) -> LoanEntry:
    return found(read(LoanBook).line(loan_id, named))


@router.get("/{loan_id}/clocks", **shows(LoanClocks, "of", LoanBook, may="loan.read", one=True))
def loan_clocks(loan_id: UUID, read: Read, found: TheOne, today: Today) -> list[LoanClock]:
    found.exists(read(LoanBook).line(loan_id))
    return read(LoanClocks).of(loan_id, today)


@router.post("", **asks(RequestLoan))
def request_loan(command: RequestLoan, send: Send) -> Receipt:
    return send(command)


@router.post("/{loan_id}/approve", **asks(ApproveLoan))
def approve_loan(loan_id: UUID, command: ApproveLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/decline", **asks(DeclineLoan))
def decline_loan(loan_id: UUID, command: DeclineLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/counter-offer", **asks(MakeCounterOffer))
def make_counter_offer(loan_id: UUID, command: MakeCounterOffer, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/counter-offer/accept", **asks(AcceptCounterOffer))
def accept_counter_offer(loan_id: UUID, command: AcceptCounterOffer, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/counter-offer/decline", **asks(DeclineCounterOffer))
def decline_counter_offer(loan_id: UUID, command: DeclineCounterOffer, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/withdraw", **asks(WithdrawLoanRequest))
def withdraw_loan_request(loan_id: UUID, command: WithdrawLoanRequest, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/information", **asks(ConfirmInformation))
def confirm_information(loan_id: UUID, command: ConfirmInformation, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/step-back", **asks(StepBack))
def step_back(loan_id: UUID, command: StepBack, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/disburse", **asks(DisburseLoan))
def disburse_loan(loan_id: UUID, command: DisburseLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/drawdowns/cancel", **asks(CancelDrawdowns))
def cancel_drawdowns(loan_id: UUID, command: CancelDrawdowns, send: Send) -> Receipt:
    return send(command, to=loan_id)
