"""One line of a schedule: what falls due on a day, by what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Earlier:
    """A part of the interest of an instalment that is earned before its own period: of a time without instalments."""

    amount: Money
    """Positive; all of them together are at most the interest of the instalment."""
    starts_on: date
    ends_on: date
    """It is earned evenly from the one to the other."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An instalment with its place, its interest period and its day. No part is negative."""

    number: int
    """From 1."""
    starts_on: date
    """First day of its interest period, which ends where the next one starts."""
    due_on: date
    """Contractual day, after the business-day rule."""
    interest: Money
    principal: Money
    fee: Money
    """Fees charged with this instalment."""
    insurance: Money
    """The borrower's insurance for this period."""
    earlier: tuple[Earlier, ...] = ()
    """Of the interest what grace or payment holidays brought; empty where all of it is of this period."""

    @property
    def total(self) -> Money:
        return self.interest + self.principal + self.fee + self.insurance

    @property
    def put_off(self) -> Money:
        """Of the interest what is earned before the period."""
        return Money.total((each.amount for each in self.earlier), self.interest.currency)
