"""What can be asked of a loan that was paid out, paid back or not; its schedule changes in many ways, hence the lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from aggregates.loan import Loan, NotDisbursed
from aggregates.payee import PayeeCoolingOff, PayeeNotConfirmed
from aggregates.rules.amendments import HolidayInterest
from aggregates.rules.early import Keeps
from aggregates.rules.limits import AboveLimit
from aggregates.rules.repayments import Arrived, Leaving
from aggregates.rules.resets import Indexed
from aggregates.rules.servicing_refusals import (
    AlreadyRepaid,
    AlreadyReversed,
    ImpossibleSchedule,
    MoreThanOwed,
    MoreThanUnallocated,
    NoIndexValue,
    NoNotice,
    NotAccelerated,
    NothingPastDue,
    NothingRepaidEarly,
    NothingToCome,
    NothingToWriteOff,
    NoticeRunning,
    NoticeTooShort,
    NotInDefault,
    NotTheQuote,
    NotYetDue,
    NoWriteOffProposed,
    OwnChange,
    OwnNotice,
    OwnReceipt,
    OwnWriteOff,
    PaidAhead,
    PenaltiesNotPaused,
    PenaltiesPausedAlready,
    RepaymentExists,
    ScheduleMovedOn,
    UnknownInstalment,
    UnknownRepayment,
    WriteOffPending,
    WrongCurrency,
)
from aggregates.servicing import Servicing
from aggregates.stop_switch import MoneyStopped
from aggregates.values import AccountId, LoanId, Method, RepaymentId, ValueDateInvalid
from commands.account import decider
from commands.fields import Amount, Count, Day, KeepsOverpayment, NewId, Prose, Receipted, StepUpReason
from commands.index_rates import fixing_on
from commands.organisation import allowed
from commands.payout_day import count_payout, payee_for
from commands.stop_switch import let_money_leave
from commands.terms import Periods
from eventstore import AlreadyExists, Ask, Command


class OpenServicing(Command, on=Servicing, rejects=(NotDisbursed, AlreadyExists)):
    """Begin the schedule of a loan on the day its money left. Sent by workers/service.py."""

    loan_id: LoanId

    def create(self, ask: Ask) -> Servicing:
        loan = ask.load(Loan, self.loan_id)
        if not loan.drawn or loan.rate is None:
            raise loan.reject(NotDisbursed, f"{loan.reference} is {loan.status}")
        first = loan.drawn[0]
        costs = loan.costs([first])
        if costs.terms.variable is not None:
            fixing = fixing_on(ask, costs.terms.variable, first.on)
            costs = replace(costs, fixings=[fixing] if fixing else costs.fixings)
        return Servicing.open(
            self.loan_id,
            loan.customer_id,
            loan.contact_id,
            first.amount,
            loan.rate,
            first.on,
            costs.lines,
            costs.terms.servicing(first.amount.currency),
            costs.financed,
            Indexed.of(costs),
        )


class MarkInstalmentDue(Command, on=Servicing, rejects=(NotYetDue, UnknownInstalment)):
    """Let an instalment fall due, with any before it that did not yet; an advance pays of it what it can.

    Sent by workers/service.py on its day; repeats change nothing.
    """

    number: Count

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.mark_due(self.number, ask.on)


class ResetRate(Command, on=Servicing, rejects=(ImpossibleSchedule, NoIndexValue, NotYetDue)):
    """Let a variable rate follow its index, and reckon the instalments to come at it.

    Sent by workers/service.py on the day of the reset; repeats change nothing. Refused while the register has no value
    for that day: the event is parked, and tried again by a person once the value is entered.
    """

    number: Count = Field(description="Of the reset, from 1.")

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        day = servicing.next_reset_on
        if servicing.indexed is None or day is None:
            return
        fixing = fixing_on(ask, servicing.indexed.variable, day)
        servicing.reset_rate(self.number, fixing.rate if fixing else None, by=AccountId(ask.by), on=ask.on)


class CloseMonth(Command, on=Servicing):
    """Let the end of the last month that is over be in the books, and of those before it that are not.

    Sent by workers/service.py on the first business day after it; repeats change nothing.
    """

    number: Count

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.close_month(ask.on)


class RecordRepayment(
    Command,
    on=Servicing,
    may="repayment.record",
    rejects=(MoreThanOwed, RepaymentExists, ValueDateInvalid, WrongCurrency),
):
    """Record money that arrived by hand: in part, late, ahead, or too much, also after the end of the loan.

    It pays the oldest instalment first, its interest before its principal; what is more than is due is kept as an
    advance for the next instalments. Its value date decides, not the day it is recorded: money learnt late changes
    what later repayments pay, and that is recorded with its numbers. Money beyond all that is owed is taken only where
    ``keeps_overpayment`` says so; it waits until it is sent back.
    """

    repayment_id: NewId[RepaymentId]
    amount: Amount
    value_date: Day = Field(description="The day the money arrived: not before the payout, not after today.")
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    keeps_overpayment: KeepsOverpayment = False

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.receive(
            self.repayment_id,
            self.amount,
            self.value_date,
            self.method,
            self.reference,
            by=AccountId(ask.by),
            on=ask.on,
            keeps_overpayment=self.keeps_overpayment,
        )


class ReverseRepayment(
    Command,
    on=Servicing,
    may="repayment.reverse",
    step_up=True,
    rejects=(AlreadyReversed, ImpossibleSchedule, UnknownRepayment),
):
    """Undo a repayment that came to nothing, as if it had never come: a mistake, a returned debit, an unpaid cheque.

    A schedule that was made anew with its money gives way to the one before; a loan that was repaid is open again, and
    one whose loss had come back is written off again.
    """

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
    """Record money that repays the whole loan before its time: the quote for the day on which it arrived.

    Interest ends on that day, and the loan is closed. Money above the quote is taken only where ``keeps_overpayment``
    says so; it waits until it is sent back.
    """

    repayment_id: NewId[RepaymentId]
    amount: Amount
    value_date: Day = Field(
        description="The day the money arrived: since the last instalment, not after today."
    )
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    keeps_overpayment: KeepsOverpayment = False

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        money = replace(_arrived(self), keeps_overpayment=self.keeps_overpayment)
        servicing.settle(money, by=AccountId(ask.by), on=ask.on)


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


CHANGED = (AlreadyRepaid, ImpossibleSchedule, OwnChange, PaidAhead, ScheduleMovedOn)


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
        servicing.move_due_day(self.day, self.reason, by=decider(ask, None), on=ask.on)


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
        servicing.grant_holiday(
            self.instalments, self.interest, self.reason, by=decider(ask, None), on=ask.on
        )


class RescheduleLoan(
    Command, on=Servicing, may="schedule.change", decides=Servicing.reschedule, rejects=CHANGED
):
    """Repay the principal to come in another number of level instalments, at the same rate; arrears too where it says so."""

    instalments: Periods = Field(description="How many are to come.", examples=[36])
    takes_in_arrears: bool = Field(
        False,
        description="What is late is repaid with them, and is late no more; its interest bears none, penalties stay owed.",
    )
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.reschedule(self.instalments, self.reason, decider(ask, None), ask.on, self.takes_in_arrears)


class RefundOverpayment(
    Command,
    on=Servicing,
    may="loan.disburse",
    step_up=True,
    rejects=(
        AboveLimit, MoneyStopped, MoreThanUnallocated, OwnReceipt, PayeeCoolingOff, PayeeNotConfirmed,
        ValueDateInvalid, WrongCurrency,
    ),
):  # fmt: skip
    """Record that money which pays nothing was sent back to the borrower by hand: at most what is unallocated.

    Whoever recorded the money does not send it back alone. A transfer goes to the customer's payee in force, when
    there is one, and the record says which.
    """

    amount: Amount
    value_date: Day = Field(description="The day the money left: not before the payout, not after today.")
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    reason: StepUpReason | None = Field(
        None,
        description="Why whoever recorded the money sends it back: only under the single-operator policy.",
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        let_money_leave(ask)
        most = allowed(ask, "loan.disburse", servicing.currency)
        payee = payee_for(ask, servicing.customer_id, self.method)
        money = Leaving(self.amount, self.value_date, self.method, self.reference, payee)
        servicing.refund(money, by=decider(ask, self.reason), allowed=most, on=ask.on)
        count_payout(ask, servicing.loan_id, self.amount, most)


class GiveNotice(
    Command,
    on=Servicing,
    may="loan.accelerate",
    decides=Servicing.give_notice,
    rejects=(AlreadyRepaid, NothingPastDue, NothingToCome, NoticeRunning, NoticeTooShort),
):
    """Put the borrower on notice to pay what is past due; once the last day is over, the loan may be accelerated."""

    until: Day = Field(
        description="The last day to pay: at least as many days away as the terms give, 30 unless they say."
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.give_notice(self.until, by=AccountId(ask.by), on=ask.on)


class AccelerateLoan(
    Command,
    on=Servicing,
    may="loan.accelerate",
    step_up=True,
    decides=Servicing.accelerate,
    rejects=(AlreadyRepaid, NoNotice, NothingToCome, NotInDefault, OwnNotice, PaidAhead, ScheduleMovedOn),
):
    """Let everything to come fall due today, after a notice that was not obeyed: principal, interest so far, indemnity.

    Whoever gave the notice does not do so alone. No interest, fee or insurance is to come any more.
    """

    grounds: Prose = Field(description="For the house; the borrower is told the amounts.")
    reason: StepUpReason | None = Field(
        None,
        description="Why whoever gave the notice also accelerates: only under the single-operator policy.",
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.accelerate(self.grounds, by=decider(ask, self.reason), on=ask.on)


class LiftAcceleration(
    Command,
    on=Servicing,
    may="loan.accelerate",
    step_up=True,
    decides=Servicing.lift_acceleration,
    rejects=(AlreadyRepaid, NotAccelerated),
):
    """Take an acceleration back, as if it had never been: instalments are to come as before, the indemnity goes."""

    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.lift_acceleration(self.reason, by=AccountId(ask.by), on=ask.on)


class ProposeWriteOff(
    Command,
    on=Servicing,
    may="loan.write-off",
    decides=Servicing.propose_write_off,
    rejects=(AlreadyRepaid, NothingToWriteOff, WriteOffPending),
):
    """Propose to give up as lost what is owed. Somebody else confirms it."""

    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.propose_write_off(self.reason, by=AccountId(ask.by), on=ask.on)


class RefuseWriteOff(
    Command,
    on=Servicing,
    may="loan.write-off",
    decides=Servicing.refuse_write_off,
    rejects=(AlreadyRepaid, NoWriteOffProposed),
):
    """Refuse a proposed write-off, or take it back: nothing is given up."""

    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.refuse_write_off(self.reason, by=AccountId(ask.by))


class ConfirmWriteOff(
    Command,
    on=Servicing,
    may="loan.write-off",
    step_up=True,
    decides=Servicing.write_off,
    rejects=(AlreadyRepaid, NothingToWriteOff, NoWriteOffProposed, OwnWriteOff),
):
    """Give up as lost what is owed, as somebody else has proposed. What still comes is a recovery."""

    reason: StepUpReason | None = Field(
        None, description="Why whoever proposed it also confirms: only under the single-operator policy."
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.write_off(by=decider(ask, self.reason), on=ask.on)


class PausePenalties(
    Command,
    on=Servicing,
    may="schedule.change",
    decides=Servicing.pause_penalties,
    rejects=(AlreadyRepaid, OwnChange, PenaltiesPausedAlready, ValueDateInvalid),
):
    """Charge nothing for lateness on some days; what was charged on such days already is taken back."""

    first_day: Day = Field(description="Not before the payout; days that are over count, too.")
    last_day: Day | None = Field(None, description="Left out while it is not known.")
    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.pause_penalties(
            self.first_day, self.last_day, self.reason, by=decider(ask, None), on=ask.on
        )


class ResumePenalties(
    Command,
    on=Servicing,
    may="schedule.change",
    decides=Servicing.resume_penalties,
    rejects=(AlreadyRepaid, PenaltiesNotPaused),
):
    """Let the pause end today: lateness costs again from tomorrow on."""

    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.resume_penalties(self.reason, by=AccountId(ask.by), on=ask.on)


def _arrived(asked: RepayInFull | RepayEarly) -> Arrived:
    return Arrived(asked.repayment_id, asked.amount, asked.value_date, asked.method, asked.reference)
