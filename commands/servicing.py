"""What can be asked of a loan that was paid out: instalments fall due, repayments are recorded and reversed."""

from __future__ import annotations

from pydantic import Field

from aggregates.loan import Loan, NotDisbursed
from aggregates.servicing import (
    AlreadyRepaid,
    AlreadyReversed,
    MoreThanOwed,
    NotYetDue,
    RepaymentExists,
    Servicing,
    UnknownInstalment,
    UnknownRepayment,
    WrongCurrency,
)
from aggregates.values import AccountId, LoanId, Method, RepaymentId, ValueDateInvalid
from commands.fields import Amount, Count, Day, NewId, Prose, Receipted
from eventstore import AlreadyExists, Ask, Command


class OpenServicing(Command, on=Servicing, rejects=(NotDisbursed, AlreadyExists)):
    """Begin the schedule of a loan on the day its money left. Sent by workers/service.py."""

    loan_id: LoanId

    def create(self, ask: Ask) -> Servicing:
        loan = ask.load(Loan, self.loan_id)
        if loan.value_date is None or loan.rate is None:
            raise loan.reject(NotDisbursed, f"{loan.reference} is {loan.status}")
        return Servicing.open(
            self.loan_id,
            loan.customer_id,
            loan.contact_id,
            loan.principal,
            loan.rate,
            loan.value_date,
            loan.instalments,
        )


class MarkInstalmentDue(Command, on=Servicing, rejects=(NotYetDue, UnknownInstalment)):
    """Let an instalment fall due, with any before it that did not yet; an advance pays of it what it can.

    Sent by workers/service.py on its day; repeats change nothing.
    """

    number: Count

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.mark_due(self.number, ask.on)


class RecordRepayment(
    Command,
    on=Servicing,
    may="repayment.record",
    decides=Servicing.receive,
    rejects=(AlreadyRepaid, MoreThanOwed, RepaymentExists, ValueDateInvalid, WrongCurrency),
):
    """Record money that arrived by hand: in part, late or ahead.

    It pays the oldest instalment first, its interest before its principal; what is more than is due is kept as an
    advance for the next instalments. Its value date decides, not the day it is recorded: money learnt late changes
    what later repayments pay, and that is recorded with its numbers.
    """

    repayment_id: NewId[RepaymentId]
    amount: Amount
    value_date: Day = Field(description="The day the money arrived: not before the payout, not after today.")
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.receive(
            self.repayment_id,
            self.amount,
            self.value_date,
            self.method,
            self.reference,
            by=AccountId(ask.by),
            on=ask.on,
        )


class ReverseRepayment(
    Command,
    on=Servicing,
    may="repayment.reverse",
    step_up=True,
    decides=Servicing.reverse,
    rejects=(AlreadyRepaid, AlreadyReversed, UnknownRepayment),
):
    """Undo a repayment that was recorded by mistake, as if it had never come."""

    repayment_id: RepaymentId
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.reverse(self.repayment_id, self.reason, by=AccountId(ask.by), on=ask.on)
