"""Loans over HTTP, from the request to the payout. What comes after: servicing.py."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.loan import ApproveLoan, DeclineLoan, DisburseLoan, RequestLoan, WithdrawLoanRequest
from eventstore import Page, Receipt
from projections.loan_book import LoanBook, LoanLine

router = routes("/loans", "loan")

Status = Annotated[
    Literal["requested", "declined", "withdrawn", "approved", "ready", "disbursed", "repaid"] | None,
    Query(description="Only loans in this state."),
]
OfCustomer = Annotated[UUID | None, Query(description="Only those of this customer.")]


@router.get("", **shows(LoanBook, "lines", may="loan.read"))
def loans(
    read: Read,
    status: Status = None,
    customer_id: OfCustomer = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[LoanLine]:
    return read(LoanBook).lines(status, customer_id, cursor, limit)


@router.get("/{loan_id}", **shows(LoanBook, "line", may="loan.read", name="Loan", one=True))
def loan(loan_id: UUID, read: Read, found: TheOne) -> LoanLine:
    return found(read(LoanBook).line(loan_id))


@router.post("", **asks(RequestLoan))
def request_loan(command: RequestLoan, send: Send) -> Receipt:
    return send(command)


@router.post("/{loan_id}/approve", **asks(ApproveLoan))
def approve_loan(loan_id: UUID, command: ApproveLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/decline", **asks(DeclineLoan))
def decline_loan(loan_id: UUID, command: DeclineLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/withdraw", **asks(WithdrawLoanRequest))
def withdraw_loan_request(loan_id: UUID, command: WithdrawLoanRequest, send: Send) -> Receipt:
    return send(command, to=loan_id)


@router.post("/{loan_id}/disburse", **asks(DisburseLoan))
def disburse_loan(loan_id: UUID, command: DisburseLoan, send: Send) -> Receipt:
    return send(command, to=loan_id)
