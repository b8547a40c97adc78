"""What happens to a loan after its payout, over HTTP: schedule, account, repayments."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from aggregates.servicing import servicing_id
from aggregates.values import LoanId, RepaymentId
from api.deps import Read, Send, TheOne, Today
from api.described import asks, shows
from api.routing import routes
from commands.fields import Prose
from commands.servicing import RecordRepayment, ReverseRepayment
from eventstore import Receipt
from projections.loan_account import LoanAccount, LoanBalance
from projections.loan_book import LoanBook
from projections.repayment_list import RepaymentLine, RepaymentList
from projections.schedule import Schedule, ScheduleEntry

router = routes("/loans/{loan_id}", "servicing")


class Reversal(BaseModel):
    """Why a repayment is undone; which one stands in the address."""

    model_config = ConfigDict(extra="forbid")

    reason: Prose


@router.get("/schedule", **shows(Schedule, "of", LoanBook, may="loan.read", one=True))
def schedule(loan_id: UUID, read: Read, found: TheOne, today: Today) -> list[ScheduleEntry]:
    found.exists(read(LoanBook).line(loan_id))
    return read(Schedule).of(loan_id, today)


@router.get("/account", **shows(LoanAccount, "of", Schedule, may="loan.read", one=True))
def loan_account(loan_id: UUID, read: Read, found: TheOne, today: Today) -> LoanBalance:
    return found(read(LoanAccount).of(loan_id, today))


@router.get("/repayments", **shows(RepaymentList, "of", LoanBook, may="repayment.read", one=True))
def repayments(loan_id: UUID, read: Read, found: TheOne) -> list[RepaymentLine]:
    found.exists(read(LoanBook).line(loan_id))
    return read(RepaymentList).of(loan_id)


@router.post("/repayments", **asks(RecordRepayment))
def record_repayment(loan_id: UUID, command: RecordRepayment, send: Send) -> Receipt:
    return send(command, to=servicing_id(LoanId(loan_id)))


@router.post("/repayments/{repayment_id}/reverse", **asks(ReverseRepayment))
def reverse_repayment(loan_id: UUID, repayment_id: UUID, body: Reversal, send: Send) -> Receipt:
    command = ReverseRepayment(repayment_id=RepaymentId(repayment_id), reason=body.reason)
    return send(command, to=servicing_id(LoanId(loan_id)))
