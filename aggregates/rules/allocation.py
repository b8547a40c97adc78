"""What of one instalment was paid: the words in which events, read models and postings tell it; life.py decides it."""

from __future__ import annotations

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
