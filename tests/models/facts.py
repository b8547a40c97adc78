"""What the lives of the model are made of: lines, versions, facts, and how a loan is serviced.

Amounts are whole minor units, rates basis points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

COMPONENTS = ("penalty", "fee", "insurance", "interest", "principal")
TIMINGS = ("past_due", "due", "in_advance")


@dataclass(frozen=True)
class Line:
    """An instalment as it was agreed."""

    number: int
    starts_on: date
    due_on: date
    interest: int
    principal: int
    fee: int = 0
    insurance: int = 0
    earlier: tuple[tuple[int, date, date], ...] = ()
    """Of the interest what was earned in other times, each from one day to another."""

    @property
    def total(self) -> int:
        return self.interest + self.principal + self.fee + self.insurance


@dataclass(frozen=True)
class Version:
    number: int
    on: date
    over: int
    after: int
    lines: tuple[Line, ...]
    rests_on: int | None = None
    capitalised: int = 0
    """What of the principal of its lines was not paid out."""
    at_once: bool = False
    """Everything to come fell due, as one line."""
    indemnity: int = 0
    """What that line owes for the default."""
    free_until: date | None = None
    """The client stepped back: lateness costs nothing on any day to this one."""
    given_back: tuple[int, int] = (0, 0)
    """Fees and interest that its lines no longer ask for."""
    taken_in: int = 0
    """So many of its first lines had fallen due: each keeps what the line of its number has received, up to what it
    asks for."""


@dataclass(frozen=True)
class Fact:
    """One fact; ``what`` says which of the other fields count."""

    what: str
    """disbursed, paused, receipt, refunded, written-off, returned, noticed, lifted."""
    number: int
    on: date
    amount: int = 0
    until: date | None = None
    receipt: int = 0
    """That came to nothing; of what was lifted, the notice."""
    method: str = "transfer"
    kept_fee: int = 0
    kept_interest: int = 0


@dataclass(frozen=True)
class Order:
    components: tuple[str, ...] = COMPONENTS
    timings: tuple[str, ...] = TIMINGS[:2]
    by: str = "instalment"


@dataclass(frozen=True)
class Late:
    rate: int = 0
    base: tuple[str, ...] = ("principal",)
    grace_days: int = 0
    fixed: int = 0
    cap_each: int | None = None
    cap_all: int | None = None
    share: int = 0


@dataclass(frozen=True)
class Rules:
    """How this loan is serviced."""

    order: Order = Order()
    late: Late = Late()
    count: str = "30E/360"
