"""The servicing of a paid-out loan: instalments fall due, repayments come in, until everything is paid.

    open ──the last cent is due and received──▶ repaid

What is due is paid oldest first (rules/allocation.py). Money beyond that is kept as an advance and applied when
the next instalment falls due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from aggregates.rules.allocation import Allocation, allocate, take_back
from aggregates.rules.calendar import DueInstalment, schedule
from aggregates.rules.instalments import Instalment
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


class Servicing(Aggregate):
    customer_id: CustomerId
    loan_id: LoanId
    contact_id: ContactId
    principal: Money
    rate: BasisPoints
    value_date: date
    instalments: list[DueInstalment] = field(default_factory=list)
    status: Literal["open", "repaid"] = "open"
    fallen_due: int = 0
    """How many instalments have fallen due; they do so in order."""
    paid: dict[int, Allocation] = field(default_factory=dict)
    """What each instalment has received, by its number."""
    held: Money | None = None
    """The advance; read ``advance``."""
    repayments: dict[RepaymentId, Repayment] = field(default_factory=dict)

    # ── what can have happened ─────────────────────────────────────────────

    class Opened(Aggregate.Created, owner="customer_id"):
        customer_id: CustomerId
        loan_id: LoanId
        contact_id: ContactId
        principal: Money
        rate: BasisPoints
        value_date: date
        """The day the money left; due dates are counted from it."""
        instalments: list[DueInstalment]

    class InstalmentFellDue(Aggregate.Event):
        number: int
        due_on: date
        interest: Money
        principal: Money
        applied: list[Allocation]
        """What the advance paid of it at once; empty when there was none."""

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

        def apply(self, servicing: Servicing) -> None:
            servicing.repayments[self.repayment_id] = Repayment(self.amount, self.method)
            servicing.held = servicing.advance + self.advance
            for part in self.allocations:
                servicing._paid(part)

    class RepaymentReversed(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        repayment_id: RepaymentId
        amount: Money
        reason: Sealed[str]
        allocations: list[Allocation]
        """What is no longer paid, newest instalment first: not always what this repayment paid itself."""
        advance: Money
        """The part taken from the advance."""
        method: Method
        """Of the repayment: where the money is taken from again in the books."""
        by: AccountId

        def apply(self, servicing: Servicing) -> None:
            repayment = servicing.repayments[self.repayment_id]
            servicing.repayments[self.repayment_id] = replace(repayment, reversed=True)
            servicing.held = servicing.advance - self.advance
            for part in self.allocations:
                servicing.paid[part.number] = servicing.paid[part.number].minus(part)

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
        instalments: Sequence[Instalment],
    ) -> Servicing:
        return cls.begin(
            cls.Opened,
            servicing_id(loan_id),
            customer_id=customer_id,
            loan_id=loan_id,
            contact_id=contact_id,
            principal=principal,
            rate=rate,
            value_date=value_date,
            instalments=schedule(value_date, instalments),
        )

    def mark_due(self, number: int, on: date) -> None:
        """Let the schedule fall due up to this instalment; what has fallen due already changes nothing."""
        if not 1 <= number <= len(self.instalments):
            raise self.reject(UnknownInstalment, f"the schedule ends with {len(self.instalments)}")
        if self.instalments[number - 1].due_on > on:
            raise self.reject(NotYetDue, f"it falls due on {self.instalments[number - 1].due_on}")
        for due in self.instalments[self.fallen_due : number]:
            applied, _ = allocate(self.advance, [Allocation(due.number, due.interest, due.principal)])
            self.record(
                self.InstalmentFellDue,
                number=due.number,
                due_on=due.due_on,
                interest=due.interest,
                principal=due.principal,
                applied=applied,
            )
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
        if amount.currency != self.principal.currency:
            raise self.reject(WrongCurrency, f"it is repaid in {self.principal.currency}")
        if not self.value_date <= value_date <= on:
            raise self.reject(ValueDateInvalid, f"money that arrived did so from {self.value_date} to {on}")
        if not amount.minor > 0 or amount > self.owed:
            raise self.reject(MoreThanOwed, f"{self.owed} is owed until the end of the loan")
        allocations, advance = allocate(amount, self.unpaid())
        self.record(
            self.RepaymentReceived,
            repayment_id=repayment_id,
            amount=amount,
            value_date=value_date,
            method=method,
            reference=reference,
            allocations=allocations,
            advance=advance,
            by=by,
        )
        self._close_when_paid(on)

    @when("open", otherwise=AlreadyRepaid)
    def reverse(self, repayment_id: RepaymentId, reason: str, by: AccountId) -> None:
        """Undo a repayment that was recorded by mistake: as if it had never come."""
        repayment = self.repayments.get(repayment_id)
        if repayment is None:
            raise self.reject(UnknownRepayment, f"this loan has no repayment {repayment_id}")
        if repayment.reversed:
            raise self.reject(AlreadyReversed, "nothing is left to reverse")
        from_advance = min(repayment.amount, self.advance)
        self.record(
            self.RepaymentReversed,
            customer_id=self.customer_id,
            repayment_id=repayment_id,
            amount=repayment.amount,
            reason=Sealed(reason),
            allocations=take_back(repayment.amount - from_advance, self.paid.values()),
            advance=from_advance,
            method=repayment.method,
            by=by,
        )

    # ── what it knows ──────────────────────────────────────────────────────

    @property
    def advance(self) -> Money:
        """Received and not yet applied."""
        return self.held or Money.zero(self.principal.currency)

    @property
    def received(self) -> Money:
        """Everything received and not reversed."""
        currency = self.principal.currency
        return Money.total((r.amount for r in self.repayments.values() if not r.reversed), currency)

    @property
    def owed(self) -> Money:
        """What is still to come until the end of the loan: principal and interest, less what was received."""
        return Money.total((i.total for i in self.instalments), self.principal.currency) - self.received

    def unpaid(self) -> list[Allocation]:
        """What is left of each instalment that has fallen due, oldest first."""
        due = (Allocation(i.number, i.interest, i.principal) for i in self.instalments[: self.fallen_due])
        left = [part.minus(self.paid[part.number]) if part.number in self.paid else part for part in due]
        return [part for part in left if part]

    def _paid(self, part: Allocation) -> None:
        known = self.paid.get(part.number)
        self.paid[part.number] = known.plus(part) if known else part

    def _close_when_paid(self, on: date) -> None:
        everything_is_due = self.fallen_due == len(self.instalments)
        if self.status == "open" and everything_is_due and not self.unpaid():
            self.record(self.Repaid, repaid_on=on, total=self.received)
