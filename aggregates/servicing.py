"""The servicing of a paid-out loan, until everything is paid; a noun is one page, in as many lines as its events take.

    open ──the last cent is due and received──▶ repaid

What a loan owes and what each receipt pays of it follows from the facts by their value dates (rules/life.py): money
that becomes known late, or that goes back, changes what others paid, and that is said with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, TypeVar

from aggregates.rules.allocation import Allocation
from aggregates.rules.amendments import HolidayInterest, amended
from aggregates.rules.calendar import dated, months_after
from aggregates.rules.early import Keeps, Quote, quote, quotes, repay_in_part, settlement
from aggregates.rules.facts import Fact, Receipt, Returned, Version, Why
from aggregates.rules.life import standing
from aggregates.rules.reallocated import Share, reallocated
from aggregates.rules.rescheduling import lines_to_come, moved_to_day, paused, spread
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.shares import Paid, first_version, paid_by, paid_on_falling_due
from aggregates.rules.standing import Standing
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


class MoreThanOwed(Rejected):
    """A repayment is at most what is still owed until the end of the loan."""


class WrongCurrency(Rejected):
    """A loan is repaid in its own currency."""


class RepaymentExists(Rejected):
    """A repayment with this id is recorded already."""


class UnknownRepayment(Rejected):
    """There is no such repayment."""

    status = 404


class AlreadyReversed(Rejected):
    """The repayment was reversed already."""


class AlreadyRepaid(Rejected):
    """Everything is paid and the quittance is issued."""


class NotYetDue(Rejected):
    """An instalment falls due on its day, not before."""


class NotTheQuote(Rejected):
    """A loan is settled by the amount of its quote for the day on which the money arrived."""


class NothingRepaidEarly(Rejected):
    """There is nothing to repay early, or the amount does not do it in part."""


class PaidAhead(Rejected):
    """What was paid in advance of its instalment is settled first."""


class ScheduleMovedOn(Rejected):
    """An instalment fell due since that day, or the schedule changed: it is too late to change it from there."""


class ScheduleRestsOnIt(Rejected):
    """The schedule in force was made anew because of this repayment: it is not undone alone."""


class ImpossibleSchedule(Rejected):
    """The instalments to come cannot be moved like that."""


class UnknownInstalment(Rejected):
    """The schedule has no such instalment."""

    status = 404


def servicing_id(loan: LoanId) -> ServicingId:
    """Each loan that was paid out has one."""
    return ServicingId(derived(loan, "servicing"))


@dataclass(frozen=True, slots=True)
class Repayment:
    """What the page remembers of a repayment."""

    amount: Money
    method: Method
    reversed: bool = False
    number: int = 0
    """Of the fact, from 1 in the order in which they were learnt."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a repayment paid as it was known, and what it pays as it is known now."""

    repayment_id: RepaymentId
    before: list[Share]
    after: list[Share]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money that arrived by hand."""

    repayment_id: RepaymentId
    amount: Money
    value_date: date
    """The day it arrived."""
    method: Method
    reference: str
    """Of the transfer, the receipt or the cheque."""


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
    status: Literal["open", "repaid"] = "open"
    fallen_due: int = 0
    """How many instalments have fallen due; they do so in order."""
    paid: dict[int, Allocation] = field(default_factory=dict)
    """What each instalment has received, by its number."""
    held: Money | None = None
    """The advance; read ``advance``."""
    repayments: dict[RepaymentId, Repayment] = field(default_factory=dict)
    terms: ServicingTerms | None = None
    versions: list[Version] = field(default_factory=list)
    """Of the schedule, oldest first."""
    facts: list[Fact] = field(default_factory=list)
    """What is known, in the order in which it was learnt: the number of a fact is its place, from 1."""

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
            servicing.repayments[self.repayment_id] = Repayment(self.amount, self.method, number=number)
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

        def apply(self, servicing: Servicing) -> None:
            servicing.versions.append(self.version)
            servicing.instalments = [*servicing.instalments[: self.version.after], *self.version.lines]

    class Repaid(Aggregate.Event):
        repaid_on: date
        total: Money
        """Everything that was received: principal and interest."""

        def apply(self, servicing: Servicing) -> None:
            servicing.status = "repaid"

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
    ) -> Servicing:
        """``terms`` and ``financed`` as in Opened."""
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
        )

    def mark_due(self, number: int, on: date) -> None:
        """Let the schedule fall due up to this instalment; what has fallen due already changes nothing."""
        if not 1 <= number <= len(self.instalments):
            raise self.reject(UnknownInstalment, f"the schedule ends with {len(self.instalments)}")
        if self.instalments[number - 1].due_on > on:
            raise self.reject(NotYetDue, f"it falls due on {self.instalments[number - 1].due_on}")
        self._fall_due(number, on)
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def receive(
        self,
        repayment_id: RepaymentId,
        amount: Money,
        value_date: date,
        method: Method,
        reference: str,
        by: AccountId,
        on: date,
    ) -> None:
        if repayment_id in self.repayments:
            raise self.reject(RepaymentExists, "choose a new id for another repayment")
        now = self._takes(amount, value_date, on)
        self._catch_up(on)
        self._take(Arrived(repayment_id, amount, value_date, method, reference), by, now)

    @when("open", otherwise=AlreadyRepaid)
    def settle(self, money: Arrived, by: AccountId, on: date) -> None:
        """Repay everything before its time, by the quote for the day on which the money arrived."""
        then = self._standing_to_change(money.value_date, on)
        self._admit(money.repayment_id, money.amount, money.value_date, on)
        offer = self._possible(NothingRepaidEarly, lambda: self.quote(money.value_date))
        if money.amount != offer.total:
            raise self.reject(NotTheQuote, f"{offer.total} settles the loan on {money.value_date}")
        version = settlement(then, offer, len(self.facts) + 1, len(self.versions) + 1)
        self._repay_early(version, money, by, on)

    @when("open", otherwise=AlreadyRepaid)
    def repay_early(self, money: Arrived, keeps: Keeps, by: AccountId, on: date) -> None:
        """Repay a part before its time: what is due first, then interest so far, then principal to come."""
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
    def move_due_day(self, day: int, reason: str, by: AccountId, on: date) -> None:
        """Let every instalment to come fall due on another day of its month, clipped to the month's end, or of its week."""
        now = self._standing_to_change(on, on)
        lines = lines_to_come(now)
        self._change(now, "due-day-changed", lambda: moved_to_day(lines, day, on, self.agreed), reason, by)

    @when("open", otherwise=AlreadyRepaid)
    def grant_holiday(
        self, instalments: int, interest: HolidayInterest, reason: str, by: AccountId, on: date
    ) -> None:
        """Let no principal fall due for the time of some instalments; every one comes so much later."""
        now = self._standing_to_change(on, on)
        lines = lines_to_come(now)
        self._change(
            now, "payment-holiday", lambda: paused(lines, instalments, interest, self.agreed), reason, by
        )

    @when("open", otherwise=AlreadyRepaid)
    def reschedule(self, instalments: int, reason: str, by: AccountId, on: date) -> None:
        """Repay the principal to come in another number of level instalments, at the same rate."""
        now = self._standing_to_change(on, on)
        lines = lines_to_come(now)
        self._change(
            now, "rescheduled", lambda: spread(lines, self.rate, instalments, self.agreed), reason, by
        )

    @when("open", otherwise=AlreadyRepaid)
    def reverse(self, repayment_id: RepaymentId, reason: str, by: AccountId, on: date) -> None:
        """Undo a repayment that was recorded by mistake: as if it had never come."""
        repayment = self.repayments.get(repayment_id)
        if repayment is None:
            raise self.reject(UnknownRepayment, f"this loan has no repayment {repayment_id}")
        if repayment.reversed:
            raise self.reject(AlreadyReversed, "nothing is left to reverse")
        if any(version.rests_on == repayment.number for version in self.versions):
            raise self.reject(ScheduleRestsOnIt, "agree on a schedule without it first")
        self._catch_up(on)
        fact = Returned(len(self.facts) + 1, on, repayment.number)
        paid, moved = self._changed_by(fact, repayment.number, self.standing(on))
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
        self._say_moved(moved)

    # ── what it knows ──────────────────────────────────────────────────────

    @property
    def currency(self) -> str:
        return self.principal.currency

    @property
    def agreed(self) -> ServicingTerms:
        return self.terms or ServicingTerms(self.currency)

    def standing(self, on: date) -> Standing:
        """How the loan stands at the end of a day, as far as it is known; the day is not before the payout."""
        return standing(self.agreed, self.versions, self.facts, on)

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
        since = months_after(on, -12)
        early = (v.lines[0].principal for v in self.versions if v.rests_on is not None and since < v.on <= on)
        return Money.total(early, self.currency)

    def quote(self, on: date) -> Quote:
        """What settles the loan on a day. Raises ValueError when nothing is to come."""
        return quote(self.agreed, self.standing(on), self.repaid_early(on))

    def quotes(self, on: date) -> list[Quote]:
        """The same for each day from one to the last on which it is valid: the day before the next instalment's.

        None when nothing is to come.
        """
        coming = [each.due_on for each in self.instalments if each.due_on > on]
        if not coming:
            return []
        until = coming[0] - timedelta(days=1)
        return quotes(self.agreed, self.versions, self.facts, on, until, self.repaid_early(on))

    def owed(self, on: date) -> Money:
        """What is still to come until the end of the loan, as far as a day knows, less what was received."""
        return _owed(self.standing(on))

    @when("open", otherwise=AlreadyRepaid)
    def would_pay(self, amount: Money, value_date: date, on: date) -> tuple[Paid, int]:
        """What money would pay, and of how many other repayments it would change what they pay; nothing is recorded.

        Refused like the money itself.
        """
        now = self._takes(amount, value_date, on)
        fact = Receipt(len(self.facts) + 1, value_date, amount)
        paid, moved = self._changed_by(fact, fact.number, now)
        return paid, len(moved)

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

    def _takes(self, amount: Money, value_date: date, on: date) -> Standing:
        """The standing without money that is at most what is owed."""
        self._arrives(amount, value_date, on)
        now = self.standing(on)
        if not amount.minor > 0 or amount > _owed(now):
            raise self.reject(MoreThanOwed, f"{_owed(now)} is owed until the end of the loan")
        return now

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
        self._close_when_paid(now.on)

    # ── how its schedule changes ───────────────────────────────────────────

    def _standing_to_change(self, day: date, on: date) -> Standing:
        """The standing on the day from which the schedule is to change; nothing may have moved on since."""
        self._catch_up(on)
        due = sum(each.due_on <= day for each in self.instalments)
        if day < self.versions[-1].on or due < self.fallen_due:
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
        self, now: Standing, why: Why, lines: Callable[[], list[Scheduled]], reason: str, by: AccountId
    ) -> None:
        planned = self._possible(ImpossibleSchedule, lines)
        self._put_in_force(amended(now, now.on, planned, why, len(self.versions) + 1), by, Sealed(reason))

    def _put_in_force(self, version: Version, by: AccountId, reason: Sealed[str] | None = None) -> None:
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
        )

    def _repay_early(self, version: Version, money: Arrived, by: AccountId, on: date) -> None:
        before = self.standing(on)
        self._put_in_force(version, by)
        self._falls_due(self.instalments[version.after], [])
        self._take(money, by, before)

    def _changed_by(self, fact: Fact, receipt: int, now: Standing) -> tuple[Paid, list[Moved]]:
        """What a fact that becomes known makes a receipt pay, or no longer pay, and what that changes for others.

        now  the standing without it
        """
        after = standing(self.agreed, self.versions, [*self.facts, fact], now.on)
        changes = {change.receipt: change for change in reallocated(now, after)}
        own = changes.pop(receipt)
        ids = {repayment.number: id for id, repayment in self.repayments.items()}
        moved = [
            Moved(ids[change.receipt], list(change.before), list(change.after)) for change in changes.values()
        ]
        return paid_by(own.after or own.before, self.currency), moved

    def _say_moved(self, moved: list[Moved]) -> None:
        if moved:
            self.record(self.Reallocated, lines=moved)

    def _close_when_paid(self, on: date) -> None:
        everything_is_due = self.fallen_due == len(self.instalments)
        if self.status == "open" and everything_is_due and self.standing(on).status == "repaid":
            self.record(self.Repaid, repaid_on=on, total=self.received)


def _owed(now: Standing) -> Money:
    return now.past_due.total + now.due.total + now.not_due.total + now.claim - now.unallocated
