"""What happens to a loan after its payout, over HTTP: schedule, account, repayments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from aggregates.loan import Loan, NotDisbursed
from aggregates.servicing import servicing_id
from aggregates.values import LoanId, RepaymentId
from api.auth import TheIdentity
from api.deps import Read, Send, Sender, TheOne, Today
from api.described import asks, shows
from api.routing import routes
from commands.fields import Prose
from commands.servicing import (
    ChangeDueDay,
    ConfirmWriteOff,
    GrantPaymentHoliday,
    PausePenalties,
    ProposeWriteOff,
    RecordRepayment,
    RefundOverpayment,
    RefuseWriteOff,
    RepayEarly,
    RepayInFull,
    RescheduleLoan,
    ResumePenalties,
    ReverseRepayment,
)
from eventstore import Command, NotFound, Receipt, Rejected
from eventstore.command import accepted_by
from projections.loan_account import NOTHING_PROPOSED, LoanAccount, LoanBalance
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
def loan_account(
    loan_id: UUID, read: Read, found: TheOne, today: Today, identity: TheIdentity
) -> LoanBalance:
    account = found(read(LoanAccount).of(loan_id, today))
    # Why a loss is proposed is said among the house; the borrower is not told.
    return account if identity.customers is None else account.model_copy(update=NOTHING_PROPOSED)


@router.get("/repayments", **shows(RepaymentList, "of", LoanBook, may="repayment.read", one=True))
def repayments(loan_id: UUID, read: Read, found: TheOne) -> list[RepaymentLine]:
    found.exists(read(LoanBook).line(loan_id))
    return read(RepaymentList).of(loan_id)


class Servicing:
    """Sends a command to the servicing of a loan; before there is one, the loan itself says why not."""

    def __init__(self, send: Sender) -> None:
        self._send = send

    def __call__(self, command: Command, loan_id: UUID) -> Receipt:
        """Raises NotDisbursed; NotFound when there is no such loan, or none that the asker may see."""
        try:
            return self._send(command, to=servicing_id(LoanId(loan_id)))
        except NotFound:
            raise _not_yet(self._send.load(Loan, loan_id)) from None


async def to_servicing(send: Send) -> Servicing:
    return Servicing(send)


def _not_yet(loan: Loan) -> Rejected:
    why = f"{loan.reference} is {loan.status}"
    if loan.value_date is not None:
        why = f"{loan.reference} was paid out just now: repayments open in a moment, send this again"
    refusal = loan.reject(NotDisbursed, why)
    refusal.accepts = accepted_by(loan)
    return refusal


ToServicing = Annotated[Servicing, Depends(to_servicing)]


@router.post("/repayments", **asks(RecordRepayment, NotDisbursed))
def record_repayment(loan_id: UUID, command: RecordRepayment, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/repayments/{repayment_id}/reverse", **asks(ReverseRepayment, NotDisbursed))
def reverse_repayment(loan_id: UUID, repayment_id: UUID, body: Reversal, send: ToServicing) -> Receipt:
    return send(ReverseRepayment(repayment_id=RepaymentId(repayment_id), reason=body.reason), loan_id)


@router.post("/settlement", **asks(RepayInFull, NotDisbursed))
def settle_loan(loan_id: UUID, command: RepayInFull, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/early-repayments", **asks(RepayEarly, NotDisbursed))
def repay_early(loan_id: UUID, command: RepayEarly, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/due-day", **asks(ChangeDueDay, NotDisbursed))
def change_due_day(loan_id: UUID, command: ChangeDueDay, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/payment-holiday", **asks(GrantPaymentHoliday, NotDisbursed))
def grant_payment_holiday(loan_id: UUID, command: GrantPaymentHoliday, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/refund", **asks(RefundOverpayment, NotDisbursed))
def refund_overpayment(loan_id: UUID, command: RefundOverpayment, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/write-off/propose", **asks(ProposeWriteOff, NotDisbursed))
def propose_write_off(loan_id: UUID, command: ProposeWriteOff, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/write-off/confirm", **asks(ConfirmWriteOff, NotDisbursed))
def confirm_write_off(loan_id: UUID, command: ConfirmWriteOff, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/write-off/refuse", **asks(RefuseWriteOff, NotDisbursed))
def refuse_write_off(loan_id: UUID, command: RefuseWriteOff, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/penalties/pause", **asks(PausePenalties, NotDisbursed))
def pause_penalties(loan_id: UUID, command: PausePenalties, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/penalties/resume", **asks(ResumePenalties, NotDisbursed))
def resume_penalties(loan_id: UUID, command: ResumePenalties, send: ToServicing) -> Receipt:
    return send(command, loan_id)


@router.post("/reschedule", **asks(RescheduleLoan, NotDisbursed))
def reschedule_loan(loan_id: UUID, command: RescheduleLoan, send: ToServicing) -> Receipt:
    return send(command, loan_id)
