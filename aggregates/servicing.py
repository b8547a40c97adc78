"""The servicing of a paid-out loan, until everything is paid; a noun is one page, in as many lines as its events take.

    open ──the last cent is due and received──▶ repaid ──money of it comes back──▶ open
    open ──the client steps back──▶ one line is due, of what was paid out (rules/stepping_back.py) ──it is back──▶ repaid
    open ──one proposes and another confirms──▶ written-off ──all of it came back──▶ recovered
    recovered ──money of it comes back──▶ written-off

Money that arrived is a fact in every one of them: what is more than is owed waits for the borrower (0043).

What a loan owes and what each receipt pays of it follows from the facts by their value dates (rules/life.py): money
that becomes known late, or that goes back, changes what others paid, and that is said with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, TypeVar

from aggregates.rules.acceleration import AtOnce, accelerated, at_once, had_to_fall, in_default
from aggregates.rules.allocation import Allocation, sums
from aggregates.rules.amendments import HolidayInterest, amended
from aggregates.rules.calendar import dated, months_after
from aggregates.rules.costs import Costs
from aggregates.rules.drawdowns import to_come
from aggregates.rules.early import Keeps, Quote, quote, quotes, repaid_early, repay_in_part, settlement
from aggregates.rules.facts import Fact, Lifted, Noticed, Paused, Receipt, Refunded, Returned, Version, Why
from aggregates.rules.facts import WrittenOff as Loss
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import standing
from aggregates.rules.limits import Allowance
from aggregates.rules.reallocated import Reallocated as Change
from aggregates.rules.reallocated import Share, reallocated, unallocated_after
from aggregates.rules.repayments import Arrived, Leaving, Moved, Preview, Repayment, moved
from aggregates.rules.rescheduling import lines_to_come, moved_to_day, paused, spread
from aggregates.rules.resets import Indexed, InForce, at_value
from aggregates.rules.returns import Known, Undone, lifted, returned
from aggregates.rules.scheduled import Scheduled
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
from aggregates.rules.servicing_terms import EarlyFee, ServicingTerms
from aggregates.rules.shares import Paid, first_version, paid_anew, paid_by, paid_on_falling_due
from aggregates.rules.standing import Balance, Standing
from aggregates.rules.stepping_back import Return, came_back, line_to_return, returned_by
from aggregates.rules.taking_in import arrears_of, with_arrears
from aggregates.rules.terms import Drawdown, Fixing
from aggregates.rules.versions import grounds, standing_versions
from aggregates.values import (
    AccountId,
    BasisPoints,
    ContactId,
    CustomerId,
    LoanId,
    Method,
    Money,
    RepaymentId,
    ServicingId,
    ValueDateInvalid,
    derived,
)
from eventstore import Aggregate, Rejected, Sealed, when


def servicing_id(loan: LoanId) -> ServicingId:
    """Each loan that was paid out has one."""
    return ServicingId(derived(loan, "servicing"))


Planned = TypeVar("Planned")


class Servicing(Aggregate):
    customer_id: CustomerId
    loan_id: LoanId
    contact_id: ContactId
    principal: Money
    rate: BasisPoints
    value_date: date
    instalments: list[Scheduled] = field(default_factory=list)
    """In force, oldest first."""
    status: Literal["open", "repaid", "written-off", "recovered"] = "open"
    fallen_due: int = 0
    """How many instalments have fallen due; they do so in order."""
    paid: dict[int, Allocation] = field(default_factory=dict)
    """What each instalment has received, by its number."""
    held: Money | None = None
    """The advance; read ``advance``."""
    repayments: dict[RepaymentId, Repayment] = field(default_factory=dict)
    terms: ServicingTerms | None = None
    indexed: Indexed | None = None
    """Absent where the rate stays."""
    resets: list[Fixing] = field(default_factory=list)
    """Of the rate, oldest first: the day of each, and what the index was worth on it."""
    versions: list[Version] = field(default_factory=list)
    """Of the schedule, oldest first, also those that fell with the money they rested on; read ``chain``."""
    facts: list[Fact] = field(default_factory=list)
    """What is known, in the order in which it was learnt: the number of a fact is its place, from 1."""
    write_off_proposed_by: AccountId | None = None
    """Absent while none waits for a second person."""
    lost: Balance | None = None
    """What was written off, as it is known; absent while nothing was."""
    closed_month: date | None = None
    """The last day of the last month whose end is in the books."""
    noticed_by: dict[int, AccountId] = field(default_factory=dict)
    """Who put the borrower on notice, by the number of the fact."""
    to_return: Return | None = None
    """Absent unless the client stepped back."""
    reopenings: int = 0
    """How often it was repaid and money of it came back."""
    restorations: int = 0
    """How often a version of the schedule fell with the money it rested on."""

    # ── what can have happened ─────────────────────────────────────────────

    class Opened(Aggregate.Created, owner="customer_id"):
        schema: ClassVar = 2

        customer_id: CustomerId
        loan_id: LoanId
        contact_id: ContactId
        principal: Money
        rate: BasisPoints
        value_date: date
        """The day the money left; due dates are counted from it."""
        instalments: list[Scheduled]
        terms: ServicingTerms | None = None
        """Absent: the oldest first, interest before principal, and lateness costs nothing."""
        financed: Money | None = None
        """Fees that are repaid with the principal; absent for none."""
        indexed: Indexed | None = None
        """Absent where the rate stays."""
        first_reset_on: date | None = None
        """The day on which the rate is set anew first; absent where it stays."""

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> dict[str, Any]:
            return {**state, "instalments": dated(state["instalments"], state["value_date"])}

        def apply(self, servicing: Servicing) -> None:
            servicing.versions = [first_version(self.value_date, self.instalments, self.financed)]

    class InstalmentFellDue(Aggregate.Event):
        number: int
        due_on: date
        interest: Money
        principal: Money
        applied: list[Allocation]
        """What the advance paid of it at once; empty when there was none."""
        next_due_on: date | None = None
        """The day of the instalment after it; absent for the last one, and until November 2026."""
        fee: Money | None = None
        """Absent for nothing, like the insurance."""
        insurance: Money | None = None

        def apply(self, servicing: Servicing) -> None:
            servicing.fallen_due = self.number
            for part in self.applied:
                servicing._paid(part)
                servicing.held = servicing.advance - part.total

    class RepaymentReceived(Aggregate.Event):
        repayment_id: RepaymentId
        amount: Money
        value_date: date
        """The day the money arrived."""
        method: Method
        reference: str
        """Of the transfer, the receipt or the cheque."""
        allocations: list[Allocation]
        """What it paid, oldest instalment first."""
        advance: Money
        """The part kept for instalments that are not due yet."""
        by: AccountId
        beside: list[Share] = field(default_factory=list)
        """What it paid that is neither interest nor principal."""

        def apply(self, servicing: Servicing) -> None:
            number = len(servicing.facts) + 1
            servicing.facts.append(Receipt(number, self.value_date, self.amount, self.method))
            servicing.repayments[self.repayment_id] = Repayment(
                self.amount, self.method, number=number, by=self.by
            )
            servicing.held = servicing.advance + self.advance
            for part in self.allocations:
                servicing._paid(part)

    class RepaymentReversed(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        repayment_id: RepaymentId
        amount: Money
        reason: Sealed[str]
        allocations: list[Allocation]
        """What is no longer paid, newest instalment first: what this repayment had paid; until November 2026 what the
        rest no longer paid, whoever had paid it."""
        advance: Money
        """The part taken from the advance."""
        method: Method
        """Of the repayment: where the money is taken from again in the books."""
        by: AccountId
        beside: list[Share] = field(default_factory=list)
        """What it had paid that is neither interest nor principal."""

        def apply(self, servicing: Servicing) -> None:
            repayment = servicing.repayments[self.repayment_id]
            receipt = servicing.facts[repayment.number - 1]
            servicing.facts.append(Returned(len(servicing.facts) + 1, receipt.on, receipt.number))
            servicing.repayments[self.repayment_id] = replace(repayment, reversed=True)
            servicing.held = servicing.advance - self.advance
            for part in self.allocations:
                servicing._unpaid(part)

    class Reallocated(Aggregate.Event):
        """What was said of other repayments is no longer so, because more is known."""

        lines: list[Moved]

        def changed(self) -> tuple[Paid, Paid]:
            """What the repayments paid as it was known, together, and what they pay as it is known now."""
            before = [share for line in self.lines for share in line.before]
            after = [share for line in self.lines for share in line.after]
            currency = (before + after)[0].amount.currency
            return paid_by(before, currency), paid_by(after, currency)

        def apply(self, servicing: Servicing) -> None:
            no_longer, now = self.changed()
            servicing.held = servicing.advance - no_longer.advance + now.advance
            for part in no_longer.allocations:
                servicing._unpaid(part)
            for part in now.allocations:
                servicing._paid(part)

    class ScheduleChanged(Aggregate.Event, subject="customer_id"):
        """Other instalments are to come; every version before stays readable."""

        customer_id: CustomerId
        version: Version
        replaces: int
        """How many instalments of the version before it are no longer to come."""
        interest: Money
        """Of the whole schedule, what fell due before included."""
        by: AccountId
        reason: Sealed[str] | None = None
        """Absent where the money is the reason."""
        fees: Money | None = None
        """Of the whole schedule; absent for none, like the insurance."""
        insurance: Money | None = None
        drawn: Money | None = None
        """What left for the borrower with it; absent for nothing."""
        fallen_due: Allocation | None = None
        """What of those it replaces had fallen due, all together; absent for nothing, which is usual."""

        def apply(self, servicing: Servicing) -> None:
            servicing.versions.append(self.version)
            servicing.fallen_due = min(servicing.fallen_due, self.version.after)
            servicing.principal += self.drawn or Money.zero(servicing.currency)
            servicing.instalments = [*servicing.instalments[: self.version.after], *self.version.lines]

    class SteppedBack(Aggregate.Event):
        """The client stepped back after the payout: what was paid out comes back; the schedule that says so is told next."""

        notified_on: date
        """The day the client gave notice."""
        due_on: date
        """The last day on which it may come back."""
        with_interest: bool
        """Whether it costs the interest of the contract until it is back; it never costs anything else."""
        drawn: list[Drawdown]
        """That have left, oldest first, with what was kept of them."""
        by: AccountId
        kept_fee: Money | None = None
        """Of the first, at the payout; absent for nothing, like the interest."""
        kept_interest: Money | None = None
        no_reset: int | None = None
        """Number of the reset that no longer comes; absent where the rate stays."""

        def apply(self, servicing: Servicing) -> None:
            servicing.to_return = Return(
                self.notified_on,
                self.due_on,
                self.with_interest,
                self.drawn,
                self.kept_fee,
                self.kept_interest,
            )

    class RateReset(Aggregate.Event):
        number: int
        """From 1."""
        reset_on: date
        """The day that was agreed on: the rate counts from the first period that begins on it or later."""
        value: BasisPoints
        """Of the index on that day; may be negative."""
        was: BasisPoints
        """The rate until then, a year."""
        rate: BasisPoints
        """From then on: the value with the margin, within floor and cap."""
        next_on: date | None
        """The day of the next reset; absent beyond the longest loan."""
        instalment: Money | None = None
        """The first one reckoned at the rate; absent where none is to come."""
        due_on: date | None = None
        """Of that instalment."""

        def apply(self, servicing: Servicing) -> None:
            servicing.rate = self.rate
            servicing.resets = [*servicing.resets, Fixing(self.reset_on, self.value)]

    class ScheduleRestored(Aggregate.Event, subject="customer_id"):
        """The money that a version rested on came to nothing: the schedule before it is in force again.

        What vanishes has received nothing: what it had is told beforehand.
        """

        customer_id: CustomerId
        version: int
        """The one that is in force again."""
        after: int
        """The instalments up to this number stay as they are."""
        lines: list[Scheduled]
        """That come back, in place of all others; of those whose day is over it is told next."""
        replaces: int
        """How many vanish."""
        fallen_due: Allocation
        """What of those had fallen due, all together; its number is that of the last one that stays."""
        to_come: bool
        """Whether what comes back still falls due: not where the loan was written off."""
        principal: Money
        """Of the whole schedule, like the three below."""
        interest: Money
        fees: Money | None = None
        """Absent for none, like the insurance."""
        insurance: Money | None = None
        number: int | None = None
        """How often one was restored, with this time: the paper that says so has it. Absent until November 2026."""

        def apply(self, servicing: Servicing) -> None:
            servicing.instalments = [*servicing.instalments[: self.after], *self.lines]
            servicing.fallen_due = min(servicing.fallen_due, self.after)
            servicing.restorations += 1

    class OverpaymentRefunded(Aggregate.Event):
        """Money that paid nothing went back; which receipts it was of is said with it, as Reallocated."""

        amount: Money
        value_date: date
        """The day the money left."""
        method: Method
        reference: str
        """Of the transfer, the receipt or the cheque."""
        by: AccountId
        payee: int | None = None
        """Number of the customer's payee that a transfer went to; absent where none was on file."""
        self_approval: str | None = None
        """Why whoever recorded the money also sent it back; absent when two people did."""

        def apply(self, servicing: Servicing) -> None:
            servicing.facts.append(
                Refunded(len(servicing.facts) + 1, self.value_date, self.amount, self.method)
            )

    class WriteOffProposed(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        grounds: Sealed[str]
        """For the house; the borrower is not told."""
        by: AccountId
        would_lose: Balance | None = None
        """What would be given up on that day, by what it is owed for; absent until November 2026."""

        def apply(self, servicing: Servicing) -> None:
            servicing.write_off_proposed_by = self.by

    class WriteOffRefused(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        grounds: Sealed[str]
        """For the house; the borrower is not told."""
        by: AccountId

        def apply(self, servicing: Servicing) -> None:
            servicing.write_off_proposed_by = None

    class WrittenOff(Aggregate.Event):
        """What is owed is given up as lost; what still comes is a recovery. Why stands in the proposal."""

        written_off_on: date
        lost: Balance
        """By what it was owed for."""
        after: int
        """The last instalment that fell due."""
        replaces: int
        """How many are no longer to come."""
        by: AccountId
        """Who confirmed it."""
        proposed_by: AccountId
        self_approval: str | None = None
        """Why whoever proposed it also confirmed; absent when two people did."""
        no_reset: int | None = None
        """Number of the reset that no longer comes; absent where the rate stays."""

        def apply(self, servicing: Servicing) -> None:
            servicing.facts.append(Loss(len(servicing.facts) + 1, self.written_off_on))
            servicing.write_off_proposed_by = None
            servicing.status, servicing.lost = "written-off", self.lost

    class LossRestated(Aggregate.Event):
        """Money of before the write-off became known, or came to nothing: another sum was lost."""

        before: Balance
        """What was said of it until then."""
        lost: Balance
        """In all, by what it was owed for."""

        def apply(self, servicing: Servicing) -> None:
            servicing.lost = self.lost

    class Recovered(Aggregate.Event):
        """All that was written off came back."""

        recovered_on: date
        total: Money

        def apply(self, servicing: Servicing) -> None:
            servicing.status = "recovered"

    class RecoveryUndone(Aggregate.Event):
        """All that was written off had come back, and money of it came to nothing: the rest is lost again."""

        undone_on: date
        total: Money
        """What has come back of the loss, without that money."""

        def apply(self, servicing: Servicing) -> None:
            servicing.status = "written-off"

    class NoticeGiven(Aggregate.Event):
        """The borrower is put on notice to pay what is past due: else everything to come may be asked for."""

        given_on: date
        until: date
        """The last day to pay."""
        past_due: Money
        """What is to be paid, penalties so far included."""
        late_since: date
        """The day of the oldest instalment that is not paid."""
        by: AccountId

        def apply(self, servicing: Servicing) -> None:
            number = len(servicing.facts) + 1
            servicing.facts.append(Noticed(number, self.given_on, self.until))
            servicing.noticed_by[number] = self.by

    class Accelerated(Aggregate.Event, subject="customer_id"):
        """Everything to come is due on this day; the schedule that says so is told next."""

        customer_id: CustomerId
        accelerated_on: date
        overdue: Money
        """Owed without it, with penalties and what was sent back too much."""
        principal: Money
        """That was to come."""
        interest: Money
        """Of the current period so far."""
        indemnity: Money
        """For the default; zero where the terms ask for none."""
        reason: Sealed[str]
        by: AccountId
        self_approval: str | None = None
        """Why whoever gave the notice also accelerated; absent when two people did."""

        @property
        def total(self) -> Money:
            """What is owed on that day."""
            return self.overdue + self.principal + self.interest + self.indemnity

    class AccelerationLifted(Aggregate.Event, subject="customer_id"):
        """The notice is without effect, and what was to come is so again; which instalments is told next."""

        customer_id: CustomerId
        notice: int
        """The number of the fact."""
        lifted_on: date
        accelerated_on: date
        by: AccountId
        reason: Sealed[str] | None = None
        """Absent where money that became known shows that the notice had been obeyed."""

        def apply(self, servicing: Servicing) -> None:
            servicing.facts.append(Lifted(len(servicing.facts) + 1, self.lifted_on, self.notice))

    class PenaltiesPaused(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        first_day: date
        last_day: date | None
        """Absent while it has not ended."""
        reason: Sealed[str]
        by: AccountId

        def apply(self, servicing: Servicing) -> None:
            servicing.facts.append(Paused(len(servicing.facts) + 1, self.first_day, self.last_day))

    class PenaltiesResumed(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        pause: int
        """The number of the fact."""
        last_day: date
        """The last on which none are charged."""
        reason: Sealed[str]
        by: AccountId

        def apply(self, servicing: Servicing) -> None:
            before = servicing.facts[self.pause - 1]
            assert isinstance(before, Paused), "a pause ends"
            servicing.facts[self.pause - 1] = replace(before, until=self.last_day)

    class MonthClosed(Aggregate.Event):
        """The ends of months are in the books: interest accrued, penalties, provision."""

        since: date
        """The first day that was not closed."""
        month_end: date
        """The last day that is."""
        next_on: date | None
        """The first day after the next month; absent once the loan is closed."""

        def apply(self, servicing: Servicing) -> None:
            servicing.closed_month = self.month_end

    class Repaid(Aggregate.Event):
        repaid_on: date
        total: Money
        """Everything that was received and did not come back."""
        no_reset: int | None = None
        """Number of the reset that no longer comes; absent where the rate stays."""
        number: int = 1
        """One more each time: the quittance that says so has it."""

        def apply(self, servicing: Servicing) -> None:
            servicing.status = "repaid"
            servicing.write_off_proposed_by = None

    class Reopened(Aggregate.Event):
        """It was repaid, and money of it came to nothing: it is owed again."""

        reopened_on: date
        number: int
        """The same as that of the end that is no more."""
        next_on: date
        """The first day after the next month whose end is not in the books."""
        received: Money
        """Everything that was received and did not come back."""
        reset: int | None = None
        """Number of the reset of the rate that is to come again; absent where the rate stays, like its day."""
        reset_on: date | None = None

        def apply(self, servicing: Servicing) -> None:
            servicing.status, servicing.reopenings = "open", self.number

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def open(
        cls,
        loan_id: LoanId,
        customer_id: CustomerId,
        contact_id: ContactId,
        principal: Money,
        rate: BasisPoints,
        value_date: date,
        instalments: Sequence[Scheduled],
        terms: ServicingTerms | None = None,
        financed: Money | None = None,
        indexed: Indexed | None = None,
    ) -> Servicing:
        """``terms``, ``financed`` and ``indexed`` as in Opened."""
        return cls.begin(
            cls.Opened,
            servicing_id(loan_id),
            customer_id=customer_id,
            loan_id=loan_id,
            contact_id=contact_id,
            principal=principal,
            rate=rate,
            value_date=value_date,
            instalments=list(instalments),
            terms=terms,
            financed=financed or None,
            indexed=indexed,
            first_reset_on=indexed.reset_on(1) if indexed else None,
        )

    def mark_due(self, number: int, on: date) -> None:
        """Let the schedule fall due up to this instalment; what has fallen due already changes nothing."""
        if not 1 <= number <= len(self.instalments):
            raise self.reject(UnknownInstalment, f"the schedule ends with {len(self.instalments)}")
        if self.instalments[number - 1].due_on > on:
            raise self.reject(NotYetDue, f"it falls due on {self.instalments[number - 1].due_on}")
        self._fall_due(number, on)
        self._close_when_paid(on)

    def close_month(self, on: date) -> None:
        """Let the end of the last month that is over be in the books; what is already changes nothing.

        Months before it that were not closed are closed with it. A loan that is closed is looked at once more: what
        was provided for it is released.
        """
        since, month_end = self.open_from, on.replace(day=1) - timedelta(days=1)
        if month_end < since:
            return
        self._fall_due(sum(due.due_on <= month_end for due in self.instalments), on)
        self._close_when_paid(on)
        coming = months_after(month_end + timedelta(days=1), 1) if self.status == "open" else None
        self.record(self.MonthClosed, since=since, month_end=month_end, next_on=coming)

    def receive(
        self,
        repayment_id: RepaymentId,
        amount: Money,
        value_date: date,
        method: Method,
        reference: str,
        by: AccountId,
        on: date,
        keeps_overpayment: bool = False,
    ) -> None:
        """Money arrived, also after the end of the loan: it pays what it can, and the rest waits."""
        money = Arrived(repayment_id, amount, value_date, method, reference, keeps_overpayment)
        self._admit(repayment_id, amount, value_date, on)
        now = self.standing(on)
        self._let_in(money, now.owed, MoreThanOwed, f"{now.owed} is owed until the end of the loan")
        self._catch_up(on)
        self._take(money, by, now)

    @when("open", otherwise=AlreadyRepaid)
    def settle(self, money: Arrived, by: AccountId, on: date) -> None:
        """Repay everything before its time, by the quote for the day on which the money arrived."""
        then = self._standing_to_change(money.value_date, on)
        self._admit(money.repayment_id, money.amount, money.value_date, on)
        offer = self._possible(NothingRepaidEarly, lambda: self.quote(money.value_date))
        why = f"{offer.total} settles the loan on {money.value_date}"
        if money.amount < offer.total:
            raise self.reject(NotTheQuote, why)
        self._let_in(money, offer.total, NotTheQuote, why)
        if self.to_return is not None:
            return self._take(money, by, self.standing(on))
        version = settlement(then, offer, len(self.facts) + 1, len(self.versions) + 1)
        self._repay_early(version, money, by, on)

    @when("open", otherwise=AlreadyRepaid)
    def repay_early(self, money: Arrived, keeps: Keeps, by: AccountId, on: date) -> None:
        """Repay a part before its time: what is due first, then interest so far, then principal to come."""
        if self.to_return is not None:
            raise self.reject(NothingRepaidEarly, "the client stepped back: record it as a repayment")
        then = self._standing_to_change(money.value_date, on)
        self._admit(money.repayment_id, money.amount, money.value_date, on)
        number, receipt = len(self.versions) + 1, len(self.facts) + 1
        before = self.repaid_early(money.value_date)
        plan = self._possible(
            NothingRepaidEarly,
            lambda: repay_in_part(self.agreed, then, money.amount, keeps, receipt, number, before),
        )
        self._repay_early(plan.version, money, by, on)

    @when("open", otherwise=AlreadyRepaid)
    def move_due_day(self, day: int, reason: str, by: Decider, on: date) -> None:
        """Let every instalment to come fall due on another day of its month, clipped to the month's end, or of its week."""
        now = self._standing_agreed_with(by, on)
        lines = lines_to_come(now)
        self._change(now, "due-day-changed", lambda: moved_to_day(lines, day, on, self.agreed), reason, by)

    @when("open", otherwise=AlreadyRepaid)
    def grant_holiday(
        self, instalments: int, interest: HolidayInterest, reason: str, by: Decider, on: date
    ) -> None:
        """Let no principal fall due for the time of some instalments; every one comes so much later."""
        now = self._standing_agreed_with(by, on)
        lines = lines_to_come(now)
        self._change(
            now, "payment-holiday", lambda: paused(lines, instalments, interest, self.agreed), reason, by
        )

    @when("open", otherwise=AlreadyRepaid)
    def reschedule(
        self, instalments: int, reason: str, by: Decider, on: date, takes_in_arrears: bool = False
    ) -> None:
        """Repay the principal to come in another number of level instalments, at the same rate; with what is late, or
        beside it."""
        now = self._standing_agreed_with(by, on)
        if takes_in_arrears and arrears_of(now):
            return self._take_in(now, instalments, reason, by)
        lines = lines_to_come(now)
        self._change(
            now, "rescheduled", lambda: spread(lines, self.charged_rate, instalments, self.agreed), reason, by
        )

    def reset_rate(self, number: int, value: BasisPoints | None, by: AccountId, on: date) -> None:
        """Let the rate follow its index, and reckon what is to come at it. Repeats change nothing.

        value  of the index on the day of the reset; None when the register has none
        """
        day = self.next_reset_on
        if self.indexed is None or day is None or number != len(self.resets) + 1 or self.status != "open":
            return
        if day > on:
            raise self.reject(NotYetDue, f"the rate is set anew on {day}")
        if value is None:
            raise self.reject(NoIndexValue, f"enter the value of {self.indexed.variable.index} on {day}")
        self._fall_due(sum(due.due_on <= day for due in self.instalments), on)
        in_force = InForce(self.instalments, self.fallen_due, self.rate, self.resets)
        indexed, reset = self.indexed, Fixing(day, value)
        planned = self._possible(ImpossibleSchedule, lambda: at_value(reset, indexed, in_force, self.agreed))
        to_come = next((line for line in planned if line.starts_on >= day), None)
        self.record(
            self.RateReset,
            number=number,
            reset_on=day,
            value=value,
            was=self.rate,
            rate=self.indexed.variable.rate_at(value),
            next_on=self.indexed.reset_on(number + 1),
            instalment=to_come and to_come.total,
            due_on=to_come and to_come.due_on,
        )
        kept = next(
            (at for at, (old, new) in enumerate(zip(self.instalments, planned, strict=True)) if old != new),
            None,
        )
        if kept is not None:
            self._put_reset_in_force(planned[kept:], max(day, self.versions[-1].on), by, on)

    def refund(self, money: Leaving, by: Decider, allowed: Allowance, on: date) -> None:
        """Send back to the borrower what pays nothing."""
        if money.amount.currency != self.currency:
            raise self.reject(WrongCurrency, f"it is repaid in {self.currency}")
        if not self.value_date <= money.value_date <= on:
            raise self.reject(ValueDateInvalid, f"money that left did so from {self.value_date} to {on}")
        self._catch_up(on)
        then, now = self.standing(money.value_date), self.standing(on)
        free = min(then.unallocated, now.unallocated)
        if not 0 < money.amount.minor <= free.minor:
            raise self.reject(MoreThanUnallocated, f"{free} pays nothing")
        waiting = {each.receipt for each in now.waiting}
        recorded_by = [each.by for each in self.repayments.values() if each.number in waiting]
        alone = self._alone(by, OwnReceipt, *recorded_by)
        allowed.admit(money.amount)
        fact = Refunded(len(self.facts) + 1, money.value_date, money.amount, money.method)
        without = standing(self.agreed, self.versions, [*self.facts, fact], on)
        if without.but_for_what_waits != now.but_for_what_waits:
            why = f"what waited on {money.value_date} has paid since: choose a later day"
            raise self.reject(MoreThanUnallocated, why)
        moved = self._told(reallocated(now, without))
        self.record(
            self.OverpaymentRefunded,
            amount=money.amount,
            value_date=money.value_date,
            method=money.method,
            reference=money.reference,
            by=by.account_id,
            payee=money.payee,
            self_approval=alone,
        )
        self._say_moved(moved)
        self._ask_for_the_return(by.account_id, on)
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def draw(self, drawdown: Drawdown, costs: Costs, kept: Money, by: AccountId, on: date) -> None:
        """More has left for the borrower: what is to come is reckoned anew with it.

        costs  of the loan with every drawdown that has left
        kept   interest that was kept at the payout
        """
        self._catch_up(on)
        changed = next((each for each in self.versions if each.why not in ("agreed", "drawdown")), None)
        if changed is not None:
            raise self.reject(ScheduleMovedOn, f"it changed on {changed.on}: cancel the drawdowns to come")
        now = self.standing(on)
        if any(each.unpaid.total != each.line.total for each in now.instalments if each.line.due_on > on):
            raise self.reject(PaidAhead, "an instalment to come is paid in part")
        lines = to_come(costs, kept, self.instalments[: self.fallen_due])
        if not lines:
            raise self.reject(ScheduleMovedOn, "no instalment is to come: cancel the drawdowns to come")
        version = amended(now, drawdown.on, lines, "drawdown", len(self.versions) + 1)
        self._put_in_force(version, by, drawn=drawdown.amount)

    @when("open", otherwise=AlreadyRepaid)
    def give_notice(self, until: date, by: AccountId, on: date) -> None:
        """Put the borrower on notice to pay what is past due, until a day."""
        self._catch_up(on)
        now = self.standing(on)
        self._something_to_come()
        if not now.days_past_due:
            raise self.reject(NothingPastDue, "every instalment whose day is over is paid")
        notice = self.notice
        if notice is not None and on <= notice.until:
            raise self.reject(NoticeRunning, f"its last day is {notice.until}")
        first = on + timedelta(days=self.agreed.acceleration.notice_days)
        if until < first:
            raise self.reject(NoticeTooShort, f"give until {first} or later")
        self.record(
            self.NoticeGiven,
            given_on=on,
            until=until,
            past_due=now.past_due.total,
            late_since=on - timedelta(days=now.days_past_due),
            by=by,
        )

    @when("open", otherwise=AlreadyRepaid)
    def accelerate(self, reason: str, by: Decider, on: date) -> None:
        """Let everything to come fall due today: the borrower was put on notice, and has not paid in time."""
        notice = self.notice
        if notice is None or on <= notice.until:
            wait = "give notice first" if notice is None else f"its last day is {notice.until}"
            raise self.reject(NoNotice, wait)
        now = self._standing_to_change(on, on)
        owed = self._at_once(now)
        if not in_default(self.agreed, notice, now):
            fewest = self.agreed.acceleration.instalments
            why = f"an instalment of before {notice.on} is to be unpaid, and {fewest} in all"
            raise self.reject(NotInDefault, why)
        alone = self._alone(by, OwnNotice, self.noticed_by[notice.number])
        version = accelerated(now, owed, notice.number, len(self.versions) + 1)
        self.record(
            self.Accelerated,
            customer_id=self.customer_id,
            accelerated_on=on,
            overdue=owed.overdue,
            principal=owed.principal,
            interest=owed.interest,
            indemnity=owed.indemnity,
            reason=Sealed(reason),
            by=by.account_id,
            self_approval=alone,
        )
        self._put_in_force(version, by.account_id)
        self._falls_due(self.instalments[version.after], [])

    @when("open", otherwise=AlreadyRepaid)
    def lift_acceleration(self, reason: str, by: AccountId, on: date) -> None:
        """Let what was to come be so again, as if nothing had been accelerated."""
        if self.acceleration is None:
            raise self.reject(NotAccelerated, "there is nothing to lift")
        self._lift(self.acceleration, by, on, Sealed(reason))

    def step_back(self, asked: Return, by: AccountId, on: date) -> None:
        """The client stepped back: what was paid out is to come back instead of any instalment."""
        self._catch_up(on)
        self.record(
            self.SteppedBack,
            notified_on=asked.notified_on,
            due_on=asked.due_on,
            with_interest=asked.bears_interest,
            drawn=list(asked.drawn),
            by=by,
            kept_fee=asked.kept_fee,
            kept_interest=asked.kept_interest,
            no_reset=self._no_reset,
        )
        self._ask_for_the_return(by, on)
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def propose_write_off(self, reason: str, by: AccountId, on: date) -> None:
        """Ask a second person to give up as lost what is owed."""
        if self.write_off_proposed_by is not None:
            raise self.reject(WriteOffPending, "somebody else confirms or refuses it")
        _, lost = self._given_up(on)
        self.record(
            self.WriteOffProposed,
            customer_id=self.customer_id,
            grounds=Sealed(reason),
            by=by,
            would_lose=lost,
        )

    @when("open", otherwise=AlreadyRepaid)
    def refuse_write_off(self, reason: str, by: AccountId) -> None:
        """By anybody who may propose, also by whoever did."""
        self._proposed_by()
        self.record(self.WriteOffRefused, customer_id=self.customer_id, grounds=Sealed(reason), by=by)

    @when("open", otherwise=AlreadyRepaid)
    def write_off(self, by: Decider, on: date) -> None:
        """Give up as lost what is owed, as somebody else has proposed."""
        proposed_by = self._proposed_by()
        alone = self._alone(by, OwnWriteOff, proposed_by)
        self._catch_up(on)
        fact, lost = self._given_up(on)
        moved = self._moved_by([*self.facts, fact], self.standing(on))
        self.record(
            self.WrittenOff,
            written_off_on=on,
            lost=lost,
            after=self.fallen_due,
            replaces=len(self.instalments) - self.fallen_due,
            by=by.account_id,
            proposed_by=proposed_by,
            self_approval=alone,
            no_reset=self._no_reset,
        )
        self._say_moved(moved)
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def pause_penalties(
        self, first_day: date, last_day: date | None, reason: str, by: Decider, on: date
    ) -> None:
        """Charge nothing for lateness on some days; days that are over count, too."""
        self._let_change(by)
        if first_day < self.value_date or (last_day is not None and last_day < first_day):
            raise self.reject(
                ValueDateInvalid, f"a pause is from {self.value_date} on, its last day not before"
            )
        if any(pause.meets(first_day, last_day) for pause in self._pauses()):
            raise self.reject(PenaltiesPausedAlready, "end that pause first, or choose other days")
        self._catch_up(on)
        fact = Paused(len(self.facts) + 1, first_day, last_day)
        moved = self._moved_by([*self.facts, fact], self.standing(on))
        self.record(
            self.PenaltiesPaused,
            customer_id=self.customer_id,
            first_day=first_day,
            last_day=last_day,
            reason=Sealed(reason),
            by=by.account_id,
        )
        self._say_moved(moved)
        self._lift_what_was_paid(by.account_id, on)
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def resume_penalties(self, reason: str, by: AccountId, on: date) -> None:
        """Let the pause that is on, or the next one, end today: lateness costs from tomorrow on."""
        pauses = sorted(self._pauses(), key=lambda each: each.on)
        pause = next((each for each in pauses if each.until is None or each.until > on), None)
        if pause is None:
            raise self.reject(PenaltiesNotPaused, f"on {on} nothing is paused that ends later")
        self.record(
            self.PenaltiesResumed,
            customer_id=self.customer_id,
            pause=pause.number,
            last_day=on,
            reason=Sealed(reason),
            by=by,
        )

    def reverse(self, repayment_id: RepaymentId, reason: str, by: AccountId, on: date) -> None:
        """Undo a repayment that came to nothing: as if it had never come.

        A version of the schedule that rests on it falls, with those built on it; a loan that was repaid is open again,
        and one whose loss had come back is written off again.
        """
        repayment = self.repayments.get(repayment_id)
        if repayment is None:
            raise self.reject(UnknownRepayment, f"this loan has no repayment {repayment_id}")
        if repayment.reversed:
            raise self.reject(AlreadyReversed, "nothing is left to reverse")
        self._catch_up(on)
        gone = returned(self._known(), repayment.number, on, self.written_off_on or on)
        if any(version.why == "rate-reset" for version in gone.fallen):
            why = "its rate was set anew on a schedule that this money made: agree on one without the money first"
            raise self.reject(ImpossibleSchedule, why)
        now = gone.now
        paid = paid_by(gone.own.before, self.currency)
        self.record(
            self.RepaymentReversed,
            customer_id=self.customer_id,
            repayment_id=repayment_id,
            amount=repayment.amount,
            reason=Sealed(reason),
            allocations=paid.allocations[::-1],
            advance=paid.advance,
            method=repayment.method,
            by=by,
            beside=paid.beside,
        )
        if self.status == "repaid" and (now.status != "repaid" or gone.fell_due < len(now.instalments)):
            coming = months_after(self.open_from.replace(day=1), 1)
            self.record(
                self.Reopened,
                reopened_on=on,
                number=self.reopenings + 1,
                next_on=coming,
                received=self.received,
                reset=self._no_reset if self.next_reset_on else None,
                reset_on=self.next_reset_on,
            )
        if self.status == "recovered" and now.owed:
            self.record(self.RecoveryUndone, undone_on=on, total=now.recovered)
        self._say_undone(gone)
        self._ask_for_the_return(by, on)
        self._restate_the_loss(on)

    # ── what it knows ──────────────────────────────────────────────────────

    @property
    def currency(self) -> str:
        return self.principal.currency

    @property
    def agreed(self) -> ServicingTerms:
        terms = self.terms or ServicingTerms(self.currency)
        return terms if self.to_return is None else replace(terms, early=EarlyFee())

    @property
    def charged_rate(self) -> BasisPoints:
        """Of the rate what the borrower is charged: a third party may bear the rest."""
        return BasisPoints(max(0, self.rate - self.agreed.subsidy))

    @property
    def chain(self) -> list[Version]:
        """The versions of the schedule that stand, oldest first: the last one is in force."""
        return standing_versions(self.versions, grounds(self.facts))

    @property
    def acceleration(self) -> Version | None:
        """The version by which everything fell due at once; None while none is in force."""
        return next((version for version in self.chain if version.why == "accelerated"), None)

    @property
    def notice(self) -> Noticed | None:
        """The last one that was given and is not without effect."""
        standing = grounds(self.facts)
        given = (fact for fact in reversed(self.facts) if isinstance(fact, Noticed))
        return next((fact for fact in given if fact.number in standing), None)

    def at_once(self, on: date) -> AtOnce:
        """What an acceleration on a day would come to. Raises ValueError when nothing is to come."""
        return at_once(self.agreed, self.standing(on))

    def standing(self, on: date) -> Standing:
        """How the loan stands at the end of a day, as far as it is known; the day is not before the payout."""
        return standing(self.agreed, self.versions, self.facts, on)

    @property
    def next_reset_on(self) -> date | None:
        """The day on which the rate is set anew; None where it stays, also because the client stepped back."""
        follows = self.indexed if self.to_return is None else None
        return follows.reset_on(len(self.resets) + 1) if follows else None

    @property
    def advance(self) -> Money:
        """Received and not yet applied."""
        return self.held or Money.zero(self.principal.currency)

    @property
    def received(self) -> Money:
        """Everything received and not reversed."""
        currency = self.principal.currency
        return Money.total((r.amount for r in self.repayments.values() if not r.reversed), currency)

    def repaid_early(self, on: date) -> Money:
        """Principal that was repaid before its time in the twelve months before a day."""
        return repaid_early(self.chain, on, self.currency)

    def quote(self, on: date) -> Quote:
        """What settles the loan on a day. Raises ValueError when nothing is to come."""
        return quote(self.agreed, self.standing(on), self.repaid_early(on))

    def quotes(self, on: date) -> list[Quote]:
        """The same for each day from one to the last on which it is valid: the day before the next instalment's.

        None when nothing is to come, or everything was given up.
        """
        coming = [each.due_on for each in self.instalments if each.due_on > on]
        if not coming or self.status != "open":
            return []
        until = coming[0] - timedelta(days=1)
        return quotes(self.agreed, self.versions, self.facts, on, until, self.repaid_early(on))

    @property
    def written_off_on(self) -> date | None:
        """Absent while nothing was."""
        return next((fact.on for fact in self.facts if isinstance(fact, Loss)), None)

    @property
    def open_from(self) -> date:
        """The first day of the months whose end is not in the books."""
        return self.value_date if self.closed_month is None else self.closed_month + timedelta(days=1)

    def owed(self, on: date) -> Money:
        """What is still to come until the end of the loan, as far as a day knows, less what was received."""
        return self.standing(on).owed

    def would_pay(self, amount: Money, value_date: date, on: date) -> Preview:
        """What money would do if it were recorded and what is too much of it were kept; nothing is.

        amount  positive
        """
        self._arrives(amount, value_date, on)
        now, fact = self.standing(on), Receipt(len(self.facts) + 1, value_date, amount)
        paid, moved = self._changed_by(fact, fact.number, now)
        then = standing(self.agreed, self.versions, [*self.facts, fact], on)
        return Preview(paid, len(moved), then.overpaid - now.overpaid)

    @when("open", otherwise=AlreadyRepaid)
    def would_return(self, asked: Return) -> tuple[Scheduled, Money]:
        """The line that whoever steps back would owe, and how much of the fees would be given back; nothing is recorded."""
        line = line_to_return(asked, came_back(self.facts), self.charged_rate, self.agreed)
        lent = Money.total((each.principal for each in self.instalments), self.currency)
        given_back = returned_by(asked, self.chain, line, len(self.versions) + 1, lent).given_back
        return line, given_back.total if given_back else Money.zero(self.currency)

    def unpaid(self) -> list[Allocation]:
        """What is left of each instalment that has fallen due, oldest first."""
        due = (
            Allocation(i.number, i.interest, i.principal, i.fee or None, i.insurance or None)
            for i in self.instalments[: self.fallen_due]
        )
        left = [part.minus(self.paid[part.number]) if part.number in self.paid else part for part in due]
        return [part for part in left if part]

    def _paid(self, part: Allocation) -> None:
        known = self.paid.get(part.number)
        self.paid[part.number] = known.plus(part) if known else part

    def _unpaid(self, part: Allocation) -> None:
        self.paid[part.number] = self.paid[part.number].minus(part)

    def _catch_up(self, on: date) -> None:
        """What falls due until a day does so before anything else that is learnt on it."""
        self._fall_due(sum(due.due_on <= on for due in self.instalments), on)

    def _fall_due(self, number: int, on: date) -> None:
        if self.status != "open":
            return  # what was written off falls due no more
        falling = self.instalments[self.fallen_due : number]
        now = self.standing(on) if falling and self.advance else None
        for due in falling:
            self._falls_due(due, paid_on_falling_due(now, due).allocations if now else [])

    def _falls_due(self, line: Scheduled, applied: list[Allocation]) -> None:
        self.record(
            self.InstalmentFellDue,
            number=line.number,
            due_on=line.due_on,
            interest=line.interest,
            principal=line.principal,
            applied=applied,
            next_due_on=self._next_after(line.number),
            fee=line.fee or None,
            insurance=line.insurance or None,
        )

    def _next_after(self, number: int) -> date | None:
        return self.instalments[number].due_on if number < len(self.instalments) else None

    def _admit(self, repayment_id: RepaymentId, amount: Money, value_date: date, on: date) -> None:
        """Refuse money that cannot have arrived for this loan like that."""
        if repayment_id in self.repayments:
            raise self.reject(RepaymentExists, "choose a new id for another repayment")
        self._arrives(amount, value_date, on)

    def _let_in(self, money: Arrived, most: Money, refusal: type[Rejected], why: str) -> None:
        """Refuse what may be a slip of the pen: more than this, and nobody said that it is kept for the borrower."""
        if not money.amount.minor > 0 or (money.amount > most and not money.keeps_overpayment):
            raise self.reject(
                refusal, f"{why}: correct the amount, or say that the rest is kept for the borrower"
            )

    def _arrives(self, amount: Money, value_date: date, on: date) -> None:
        if amount.currency != self.principal.currency:
            raise self.reject(WrongCurrency, f"it is repaid in {self.principal.currency}")
        if not self.value_date <= value_date <= on:
            raise self.reject(ValueDateInvalid, f"money that arrived did so from {self.value_date} to {on}")

    def _take(self, money: Arrived, by: AccountId, now: Standing) -> None:
        """Money that arrived becomes known; ``now`` is the standing without it."""
        fact = Receipt(len(self.facts) + 1, money.value_date, money.amount, money.method)
        paid, moved = self._changed_by(fact, fact.number, now)
        self.record(
            self.RepaymentReceived,
            repayment_id=money.repayment_id,
            amount=money.amount,
            value_date=money.value_date,
            method=money.method,
            reference=money.reference,
            allocations=paid.allocations,
            advance=paid.advance,
            by=by,
            beside=paid.beside,
        )
        self._say_moved(moved)
        self._lift_what_was_paid(by, now.on)
        self._restate_the_loss(now.on)
        self._ask_for_the_return(by, now.on)
        self._close_when_paid(now.on)

    # ── how its schedule changes ───────────────────────────────────────────

    def _let_change(self, by: Decider) -> None:
        """Not under the single-operator policy either: what it would cost is said nowhere that somebody reads."""
        if by.is_party(self.customer_id):
            raise self.reject(OwnChange, "somebody else has to do it")

    def _standing_agreed_with(self, by: Decider, on: date) -> Standing:
        """The standing of today, for somebody who may agree with the borrower on another schedule."""
        self._let_change(by)
        return self._standing_to_change(on, on)

    def _standing_to_change(self, day: date, on: date) -> Standing:
        """The standing on the day from which the schedule is to change; nothing may have moved on since."""
        self._catch_up(on)
        due = sum(each.due_on <= day for each in self.instalments)
        if day < self.chain[-1].on or due < self.fallen_due:
            raise self.reject(ScheduleMovedOn, f"{self.fallen_due} instalments had fallen due by {on}")
        now = self.standing(day)
        if any(each.unpaid.total != each.line.total for each in now.instalments if each.line.due_on > day):
            raise self.reject(PaidAhead, "an instalment to come is paid in part")
        return now

    def _possible(self, refusal: type[Rejected], plan: Callable[[], Planned]) -> Planned:
        try:
            return plan()
        except ValueError as error:
            raise self.reject(refusal, str(error)) from error

    def _change(
        self, now: Standing, why: Why, lines: Callable[[], list[Scheduled]], reason: str, by: Decider
    ) -> None:
        self._let_agree()
        planned = self._possible(ImpossibleSchedule, lines)
        version = amended(now, now.on, planned, why, len(self.versions) + 1)
        self._put_in_force(version, by.account_id, Sealed(reason))

    def _let_agree(self) -> None:
        if self.to_return is not None:
            raise self.reject(
                ImpossibleSchedule, "the client stepped back: what was paid out is to come back"
            )

    def _take_in(self, before: Standing, instalments: int, reason: str, by: Decider) -> None:
        """What is late is repaid with what is to come; what it has received stays where it is."""
        self._let_agree()
        number = len(self.versions) + 1
        version = self._possible(
            ImpossibleSchedule,
            lambda: with_arrears(before, self.charged_rate, instalments, self.agreed, number),
        )
        now = standing(self.agreed, [*self.versions, version], self.facts, before.on)
        changes = reallocated(before, now)
        fell_due = version.after + version.taken_in
        self._say_moved(
            self._told(replace(each, after=unallocated_after(version.after, each.after)) for each in changes)
        )
        gone = self._fell_due_after(version.after)
        self._put_in_force(version, by.account_id, Sealed(reason), fallen_due=gone)
        for line in version.lines[: version.taken_in]:
            self._falls_due(line, paid_anew(changes, line).allocations)
        self._say_moved(
            self._told(replace(each, before=unallocated_after(fell_due, each.after)) for each in changes)
        )

    def _put_in_force(
        self,
        version: Version,
        by: AccountId,
        reason: Sealed[str] | None = None,
        drawn: Money | None = None,
        fallen_due: Allocation | None = None,
    ) -> None:
        lines = [*self.instalments[: version.after], *version.lines]
        self.record(
            self.ScheduleChanged,
            customer_id=self.customer_id,
            version=version,
            replaces=len(self.instalments) - version.after,
            interest=Money.total((line.interest for line in lines), self.currency),
            fees=Money.total((line.fee for line in lines), self.currency) or None,
            insurance=Money.total((line.insurance for line in lines), self.currency) or None,
            by=by,
            reason=reason,
            drawn=drawn,
            fallen_due=fallen_due,
        )

    def _ask_for_the_return(self, by: AccountId, on: date) -> None:
        """Whoever stepped back owes what the money that came back so far says; where that is so already, nothing is said."""
        if self.to_return is None or self.status != "open":
            return
        line = line_to_return(self.to_return, came_back(self.facts), self.charged_rate, self.agreed)
        chain = self.chain
        if chain[-1].why == "stepped-back" and chain[-1].lines == (line,):
            return
        lent = Money.total((each.principal for each in self.instalments), self.currency)
        version = returned_by(self.to_return, chain, line, len(self.versions) + 1, lent)
        before = self.standing(on)
        now = standing(self.agreed, [*self.versions, version], self.facts, on)
        changes = reallocated(before, now)
        fell_due = int(line.due_on <= on)
        self._say_moved(self._told(replace(each, after=unallocated_after(0, each.after)) for each in changes))
        self._put_in_force(version, by, fallen_due=self._fell_due_after(0))
        if fell_due:
            self._falls_due(line, paid_anew(changes, line).allocations)
        self._say_moved(
            self._told(replace(each, before=unallocated_after(fell_due, each.after)) for each in changes)
        )

    def _fell_due_after(self, number: int) -> Allocation | None:
        """What the instalments after this one came to that have fallen due, all together; None for nothing."""
        lines = [
            Allocation(line.number, line.interest, line.principal, line.fee or None, line.insurance or None)
            for line in self.instalments[number : self.fallen_due]
        ]
        return Allocation.of(number, sums(lines), self.currency) if lines else None

    def _put_reset_in_force(self, lines: list[Scheduled], day: date, by: AccountId, on: date) -> None:
        """Money that was paid ahead of these instalments goes where it belongs now, and that is said."""
        before = self.standing(on)
        version = amended(self.standing(day), day, lines, "rate-reset", len(self.versions) + 1)
        self._put_in_force(version, by)
        self._say_moved(self._told(reallocated(before, self.standing(on))))

    def _restore(self, gone: Undone) -> None:
        """The schedule in force is again what it was before a version that fell; what of it is due is so again."""
        now, kept = gone.now, gone.kept
        lines = [each.line for each in now.instalments]
        self.record(
            self.ScheduleRestored,
            customer_id=self.customer_id,
            version=now.version,
            number=self.restorations + 1,
            after=kept,
            lines=lines[kept:],
            replaces=len(self.instalments) - kept,
            fallen_due=self._fell_due_after(kept) or Allocation.of(kept, {}, self.currency),
            to_come=now.written_off is None,
            principal=Money.total((line.principal for line in lines), self.currency),
            interest=Money.total((line.interest for line in lines), self.currency),
            fees=Money.total((line.fee for line in lines), self.currency) or None,
            insurance=Money.total((line.insurance for line in lines), self.currency) or None,
        )
        for line in lines[kept : gone.fell_due]:
            self._falls_due(line, paid_anew(gone.others, line).allocations)

    def _repay_early(self, version: Version, money: Arrived, by: AccountId, on: date) -> None:
        before = self.standing(on)
        self._put_in_force(version, by)
        self._falls_due(self.instalments[version.after], [])
        self._take(money, by, before)

    def _known(self) -> Known:
        return Known(self.agreed, self.versions, self.facts, self.chain, len(self.instalments))

    def _say_undone(self, gone: Undone) -> None:
        """What receipts pay now that something came to nothing, and the schedule that is in force again."""
        self._say_moved(self._told(gone.before_it_is_back()))
        if gone.fallen:
            self._restore(gone)
            self._say_moved(self._told(gone.once_it_is_back()))

    def _changed_by(self, fact: Fact, receipt: int, now: Standing) -> tuple[Paid, list[Moved]]:
        """What a fact that becomes known makes a receipt pay, or no longer pay, and what that changes for others.

        now  the standing without it
        """
        changes = self._reallocated_by([*self.facts, fact], now)
        own = next(change for change in changes if change.receipt == receipt)
        paid = paid_by(own.after or own.before, self.currency)
        return paid, self._told([change for change in changes if change is not own])

    def _moved_by(self, facts: list[Fact], now: Standing) -> list[Moved]:
        """What other facts than are known make receipts pay otherwise."""
        return self._told(self._reallocated_by(facts, now))

    def _reallocated_by(self, facts: list[Fact], now: Standing) -> list[Change]:
        return reallocated(now, standing(self.agreed, self.versions, facts, now.on))

    def _told(self, changes: Iterable[Change]) -> list[Moved]:
        return moved(changes, self.repayments)

    def _say_moved(self, moved: list[Moved]) -> None:
        if moved:
            self.record(self.Reallocated, lines=moved)

    def _close_when_paid(self, on: date) -> None:
        everything_is_due = self.fallen_due == len(self.instalments)
        if self.status == "open" and everything_is_due and self.standing(on).status == "repaid":
            self.record(
                self.Repaid,
                repaid_on=on,
                total=self.received,
                no_reset=self._no_reset,
                number=self.reopenings + 1,
            )
        if self.status == "written-off" and not (now := self.standing(on)).owed:
            self.record(self.Recovered, recovered_on=on, total=now.recovered)

    # ── when everything falls due at once ──────────────────────────────────

    def _something_to_come(self) -> None:
        if self.fallen_due == len(self.instalments):
            raise self.reject(NothingToCome, "what is owed is due already")

    def _at_once(self, now: Standing) -> AtOnce:
        self._something_to_come()
        return at_once(self.agreed, now)

    def _lift_what_was_paid(self, by: AccountId, on: date) -> None:
        """An acceleration falls where it is known now that the notice had been obeyed before it."""
        version = self.acceleration
        if version is None:
            return
        if had_to_fall(self.agreed, self.versions, self.facts, version, self._notice_of(version)):
            self._lift(version, by, on, None)

    def _lift(self, version: Version, by: AccountId, on: date, reason: Sealed[str] | None) -> None:
        notice = self._notice_of(version).number
        gone = lifted(self._known(), notice, on, self.written_off_on or on)
        self.record(
            self.AccelerationLifted,
            customer_id=self.customer_id,
            notice=notice,
            lifted_on=on,
            accelerated_on=version.on,
            by=by,
            reason=reason,
        )
        self._say_undone(gone)

    def _notice_of(self, version: Version) -> Noticed:
        fact = self.facts[(version.rests_on or 0) - 1]
        assert isinstance(fact, Noticed), "an acceleration rests on a notice"
        return fact

    # ── when it is given up ────────────────────────────────────────────────

    def _given_up(self, on: date) -> tuple[Loss, Balance]:
        """The fact of a write-off, and what it would give up."""
        fact = Loss(len(self.facts) + 1, on)
        lost = standing(self.agreed, self.versions, [*self.facts, fact], on).written_off
        if lost is None or not lost.total or not self.owed(on):
            raise self.reject(NothingToWriteOff, "nothing is owed")
        return fact, lost

    def _restate_the_loss(self, on: date) -> None:
        """Money of before the write-off makes another loss of it."""
        if self.lost is not None:
            lost = self.standing(on).written_off
            if lost is not None and lost != self.lost:
                self.record(self.LossRestated, before=self.lost, lost=lost)

    @property
    def _no_reset(self) -> int | None:
        """The reset that never comes once nothing is to come; None where the rate follows nothing."""
        return len(self.resets) + 1 if self.indexed else None

    def _proposed_by(self) -> AccountId:
        if self.write_off_proposed_by is None:
            raise self.reject(NoWriteOffProposed, "propose it first")
        return self.write_off_proposed_by

    def _alone(self, by: Decider, refusal: type[Rejected], *others: AccountId | None) -> str | None:
        """The recorded reason when nobody else was involved; None when somebody was. Raises the refusal."""
        if not by.is_party(self.customer_id, *others):
            return None
        if by.alone_because is None:
            raise self.reject(refusal, "somebody else has to do it")
        return by.alone_because

    def _pauses(self) -> list[Paused]:
        return [fact for fact in self.facts if isinstance(fact, Paused)]
