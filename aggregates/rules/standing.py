"""How a loan stands on a day: what is owed and since when, what each receipt paid, what may be lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aggregates.rules.buckets import Bucket, bucket_of
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import COMPONENTS, Component
from aggregates.values import Money

What = Component | Literal["refund", "claim", "recovery"]
"""What money went to: a component of an instalment, back to the borrower, for too much sent back, or a loss."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Money by what it is owed for."""

    penalty: Money
    fee: Money
    insurance: Money
    interest: Money
    principal: Money

    @classmethod
    def of(cls, minors: list[int], currency: str) -> Balance:
        """From minor units, in the order of COMPONENTS."""
        return cls(*(Money(minor, currency) for minor in minors))

    @property
    def total(self) -> Money:
        return self.penalty + self.fee + self.insurance + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a receipt, and where it went."""

    receipt: int
    on: date
    """The day it was applied: the value date, or later when the money waited."""
    version: int
    """The version that brought the instalment; 0 for what is not one."""
    number: int
    """The instalment, from 1; 0 for what is not one."""
    what: What
    amount: Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money of a receipt that has paid nothing yet."""

    receipt: int
    amount: Money


@dataclass(frozen=True, slots=True)
class InstalmentStanding:
    """An instalment in force, with what of it is not paid."""

    version: int
    line: Scheduled
    unpaid: Balance
    accrued: Money
    """The part of its interest that is earned, where it is still to come."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan at the end of a day, as far as it is known."""

    on: date
    version: int
    """The schedule in force."""
    fallen: tuple[int, ...]
    """Versions that fell with the receipt they rested on."""
    rescheduled: bool
    """A change was granted that puts instalments off: a new schedule, or a payment holiday."""
    past_due: Balance
    """Of instalments whose day is over; all penalties."""
    due: Balance
    """Of the instalment of this day."""
    not_due: Balance
    """Of those to come, with all their interest."""
    accrued: Money
    """The part of the interest to come that is earned already."""
    instalments: tuple[InstalmentStanding, ...]
    parts: tuple[Part, ...]
    """In the order in which they were applied."""
    waiting: tuple[Waiting, ...]
    """Unallocated money, the oldest first."""
    claim: Money
    """Sent back beyond what was unallocated: the borrower owes it."""
    days_past_due: int
    provision: Money
    written_off: Balance | None
    """What was given up; absent while nothing was."""
    recovered: Money
    """Received of what was given up."""

    @property
    def bucket(self) -> Bucket:
        return bucket_of(self.days_past_due)

    @property
    def unallocated(self) -> Money:
        return Money.total((money.amount for money in self.waiting), self.claim.currency)

    @property
    def outstanding(self) -> Money:
        """Principal lent and not paid back."""
        return self.past_due.principal + self.due.principal + self.not_due.principal

    @property
    def owed_now(self) -> Money:
        """What should have been paid by the end of this day."""
        return self.past_due.total + self.due.total + self.claim

    @property
    def paid(self) -> Balance:
        """What receipts paid, by what it was owed for; money that went back or to a loss is not in it."""
        by: Counter[What] = Counter()
        for part in self.parts:
            by[part.what] += part.amount.minor
        return Balance.of([by[component] for component in COMPONENTS], self.claim.currency)

    @property
    def owed(self) -> Money:
        """Until the end of the loan; of a loss what has not come back. Less what waits, never below zero."""
        return max(self._lacking, Money.zero(self.claim.currency))

    @property
    def overpaid(self) -> Money:
        """What waits beyond all that is owed: nothing will ever take it, it is the borrower's. Never below zero."""
        return max(-self._lacking, Money.zero(self.claim.currency))

    @property
    def _lacking(self) -> Money:
        if self.written_off is not None:
            return self.written_off.total - self.recovered + self.claim - self.unallocated
        return self.owed_now + self.not_due.total - self.unallocated

    @property
    def but_for_what_waits(self) -> tuple[Balance | Money | None, ...]:
        """What is paid, owed, lost and recovered: money that only waits may go without changing any of it."""
        return self.paid, self.past_due, self.due, self.not_due, self.claim, self.written_off, self.recovered

    @property
    def status(self) -> Literal["active", "repaid", "written_off"]:
        if self.written_off is not None:
            return "written_off"
        return "active" if self.owed_now or self.not_due.total else "repaid"
