"""What can be known about a loan that was paid out: facts with their value dates, and versions of its schedule.

Facts are a set: the same ones say the same, in whatever order they were learnt.
See docs/decisions/0032-servicing-by-facts.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from aggregates.rules.scheduled import Scheduled
from aggregates.values import Method, Money


@dataclass(frozen=True, slots=True)
class Disbursed:
    """Money left for the borrower."""

    number: int
    """Unique among the facts of the loan, given once."""
    on: date
    """Value date."""
    amount: Money
    """What is lent, with what was kept of it."""
    kept_fee: Money | None = None
    """Up-front fees that were kept."""
    kept_interest: Money | None = None
    """Interest of a long first period that was kept."""
    method: Method = "transfer"


@dataclass(frozen=True, slots=True)
class Paused:
    """No penalty is charged from one day to another, both included."""

    number: int
    on: date
    until: date | None = None
    """Absent while it has not ended."""

    def meets(self, first_day: date, last_day: date | None) -> bool:
        """Whether it has a day in common with those from one to another, or from one on."""
        return (self.until is None or self.until >= first_day) and (last_day is None or last_day >= self.on)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money arrived."""

    number: int
    on: date
    """Value date."""
    amount: Money
    """Positive."""
    method: Method = "transfer"


@dataclass(frozen=True, slots=True)
class Returned:
    """A receipt came to nothing: a debit returned, a cheque unpaid, a mistake. It is as if it had never come.

    Source: code monétaire et financier (FR), L131-67 (a cheque extinguishes nothing until it is paid);
    directive (EU) 2015/2366, art. 73 and 76 (a debit is booked back with its own value date), cited 2026-11-22 without its text.
    """

    number: int
    on: date
    """The day of its entry in the books."""
    receipt: int
    """The number of the receipt."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money that paid nothing went back to the borrower."""

    number: int
    on: date
    amount: Money
    """Positive."""
    method: Method = "transfer"


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """What is owed is given up as lost; what still comes is a recovery."""

    number: int
    on: date


@dataclass(frozen=True, slots=True)
class Noticed:
    """The borrower was put on notice to pay what is past due; an acceleration rests on it."""

    number: int
    on: date
    until: date
    """The last day to pay."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """A notice is without effect, and the acceleration that rests on it with it: as if neither had been."""

    number: int
    on: date
    """The day of its entry in the books."""
    notice: int
    """The number of the notice."""


Fact = Disbursed | Paused | Receipt | Returned | Refunded | WrittenOff | Noticed | Lifted

Why = Literal[
    "agreed",
    "drawdown",
    "repaid-in-part",
    "repaid-in-full",
    "rescheduled",
    "payment-holiday",
    "due-day-changed",
    "rate-reset",
    "accelerated",
    "stepped-back",
]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What of the principal need not come back, because the client stepped back: it was never the borrower's cost."""

    fees: Money
    """Kept or financed."""
    interest: Money
    """Kept at the payout; what is really due is in the line."""

    @property
    def total(self) -> Money:
        return self.fees + self.interest


@dataclass(frozen=True, slots=True)
class Version:
    """A schedule as it was agreed, or a change to one; the earlier ones stay readable."""

    number: int
    """From 1, in the order in which they were agreed."""
    on: date
    """The day it takes effect."""
    over: int
    """The version it was built on; 0 for the first."""
    after: int
    """The lines of that version up to this number stay as they are."""
    lines: tuple[Scheduled, ...]
    """In place of all others, numbered from ``after`` + 1."""
    why: Why = "agreed"
    rests_on: int | None = None
    """The fact without which it falls: the money of an early repayment, the notice before an acceleration."""
    capitalised: Money | None = None
    """What of the new principal was not paid out: financed fees in the first version, interest in others."""
    indemnity: Money | None = None
    """For the default: a penalty that its first line owes at once."""
    given_back: GivenBack | None = None
    """What of the principal its lines no longer ask for; absent for nothing."""
    taken_in: int = 0
    """So many of its first lines had fallen due: each asks only for what it has received, and keeps it. The rest of
    them is in the lines that follow."""

    @property
    def repays_early(self) -> bool:
        """Its first line is principal that was paid before its time."""
        return self.why in ("repaid-in-part", "repaid-in-full")

    @property
    def puts_off(self) -> bool:
        """Instalments that were agreed for earlier come later: what was late may hide behind it."""
        return self.why in ("rescheduled", "payment-holiday")

    @property
    def costs_nothing_until(self) -> date | None:
        """To this day no lateness costs anything, from the payout on; absent where this version does not say so."""
        return self.lines[0].due_on if self.why == "stepped-back" else None
