"""What can be asked of a loan that was paid out: repayments, early ones too, and other instalments to come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aggregates.loan import Loan, NotDisbursed
from aggregates.rules.amendments import HolidayInterest
from aggregates.rules.early import Keeps
from aggregates.servicing import (
    AlreadyRepaid,
    AlreadyReversed,
    Arrived,
    ImpossibleSchedule,
    MoreThanOwed,
    NothingRepaidEarly,
    NotTheQuote,
    NotYetDue,
    PaidAhead,
    RepaymentExists,
    ScheduleMovedOn,
    ScheduleRestsOnIt,
    Servicing,
    UnknownInstalment,
    UnknownRepayment,
    WrongCurrency,
)
from aggregates.values import AccountId, LoanId, Method, RepaymentId, ValueDateInvalid
from commands.fields import Amount, Count, Day, NewId, Prose, Receipted
from commands.terms import Periods
from eventstore import AlreadyExists, Ask, Command


class OpenServicing(Command, on=Servicing, rejects=(NotDisbursed, AlreadyExists)):
    """Begin the schedule of a loan on the day its money left. Sent by workers/service.py."""

    loan_id: LoanId

    def create(self, ask: Ask) -> Servicing:
        loan = ask.load(Loan, self.loan_id)
        if loan.value_date is None or loan.rate is None:
            raise loan.reject(NotDisbursed, f"{loan.reference} is {loan.status}")
        costs = loan.costs(loan.value_date)
        return Servicing.open(
            self.loan_id,
            loan.customer_id,
            loan.contact_id,
            loan.principal,
            loan.rate,
            loan.value_date,
            costs.lines,
            costs.terms.servicing(loan.principal.currency),
            costs.financed,
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
    rejects=(AlreadyRepaid, AlreadyReversed, ScheduleRestsOnIt, UnknownRepayment),
):
    """Undo a repayment that was recorded by mistake, as if it had never come."""

    repayment_id: RepaymentId
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.reverse(self.repayment_id, self.reason, by=AccountId(ask.by), on=ask.on)


EARLY = (
    AlreadyRepaid, NothingRepaidEarly, PaidAhead, RepaymentExists, ScheduleMovedOn, ValueDateInvalid, WrongCurrency,
)  # fmt: skip


class RepayInFull(
    Command, on=Servicing, may="repayment.record", decides=Servicing.settle, rejects=(*EARLY, NotTheQuote)
):
    """Record money that repays the whole loan before its time: exactly the quote for the day on which it arrived.

    Interest ends on that day, and the loan is closed.
    """

    repayment_id: NewId[RepaymentId]
    amount: Amount
    value_date: Day = Field(
        description="The day the money arrived: since the last instalment, not after today."
    )
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.settle(_arrived(self), by=AccountId(ask.by), on=ask.on)


class RepayEarly(Command, on=Servicing, may="repayment.record", decides=Servicing.repay_early, rejects=EARLY):
    """Record money that repays a part of the loan before its time: what is due, interest so far, then principal.

    The schedule is made anew; the version before stays readable.
    """

    repayment_id: NewId[RepaymentId]
    amount: Amount
    value_date: Day = Field(
        description="The day the money arrived: since the last instalment, not after today."
    )
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    keeps: Keeps = Field(
        description="What becomes of the instalments: as many and smaller, or as big and fewer.",
        examples=["lower-instalment"],
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.repay_early(_arrived(self), self.keeps, by=AccountId(ask.by), on=ask.on)


CHANGED = (AlreadyRepaid, ImpossibleSchedule, PaidAhead, ScheduleMovedOn)


class ChangeDueDay(
    Command, on=Servicing, may="schedule.change", decides=Servicing.move_due_day, rejects=CHANGED
):
    """Let every instalment to come fall due on another day of its month, or of its week. Interest follows the days."""

    day: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=31,
            description="Of the month, clipped to its end; by week the weekday, 1 Monday to 7 Sunday.",
            examples=[15],
        ),
    ]
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.move_due_day(self.day, self.reason, by=AccountId(ask.by), on=ask.on)


class GrantPaymentHoliday(
    Command, on=Servicing, may="schedule.change", decides=Servicing.grant_holiday, rejects=CHANGED
):
    """Let no principal fall due for the time of some instalments; every one comes so much later."""

    instalments: Annotated[
        int, Field(strict=True, ge=1, le=24, description="For how many of them.", examples=[3])
    ]
    interest: HolidayInterest = Field(
        description="Paid as it falls due, or carried to the first instalment after the holiday.",
        examples=["paid"],
    )
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.grant_holiday(self.instalments, self.interest, self.reason, by=AccountId(ask.by), on=ask.on)


class RescheduleLoan(
    Command, on=Servicing, may="schedule.change", decides=Servicing.reschedule, rejects=CHANGED
):
    """Repay the principal to come in another number of level instalments, at the same rate."""

    instalments: Periods = Field(description="How many are to come.", examples=[36])
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.reschedule(self.instalments, self.reason, by=AccountId(ask.by), on=ask.on)


def _arrived(asked: RepayInFull | RepayEarly) -> Arrived:
    return Arrived(asked.repayment_id, asked.amount, asked.value_date, asked.method, asked.reference)
