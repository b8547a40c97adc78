"""What a payment pays: the oldest instalment first, in each its interest and then its principal.

Because the order is fixed, what is paid depends only on how much was received in all and on what has fallen due,
never on the way the money came: taking back the newest parts of a repayment that was recorded by mistake leaves
exactly what would be there without it.

Source: code civil (FR), art. 1343-1 (interest before principal) and 1342-10 (the oldest debt first), read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of one instalment: how much of its interest and of its principal."""

    number: int
    """Which instalment, from 1."""
    interest: Money
    principal: Money

    @property
    def total(self) -> Money:
        return self.interest + self.principal

    def __bool__(self) -> bool:
        return bool(self.interest) or bool(self.principal)

    def plus(self, other: Allocation) -> Allocation:
        return Allocation(self.number, self.interest + other.interest, self.principal + other.principal)

    def minus(self, other: Allocation) -> Allocation:
        return Allocation(self.number, self.interest - other.interest, self.principal - other.principal)


def allocate(amount: Money, open: Iterable[Allocation]) -> tuple[list[Allocation], Money]:
    """Spread an amount over what is due and not yet paid.

    open     what is left of each instalment that has fallen due, in any order
    returns  the parts that are paid, oldest instalment first, and what is left over: an advance
    """
    parts = []
    for owed in sorted(open, key=lambda part: part.number):
        interest = min(amount, owed.interest)
        principal = min(amount - interest, owed.principal)
        if part := Allocation(owed.number, interest, principal):
            parts.append(part)
            amount -= part.total
    return parts, amount


def take_back(amount: Money, paid: Iterable[Allocation]) -> list[Allocation]:
    """The reverse: take an amount back from what was paid, newest instalment first, principal before interest.

    paid     what each instalment has received, in any order; in all at least ``amount``
    returns  the parts taken back, newest instalment first
    """
    parts = []
    for received in sorted(paid, key=lambda part: -part.number):
        principal = min(amount, received.principal)
        interest = min(amount - principal, received.interest)
        if part := Allocation(received.number, interest, principal):
            parts.append(part)
            amount -= part.total
    if amount:
        raise ValueError(f"{amount} more to take back than was paid")
    return parts
