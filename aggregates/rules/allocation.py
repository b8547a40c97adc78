"""What of one instalment was paid: the words in which events, read models and postings tell it; life.py decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add, sub
from typing import Any

from aggregates.rules.servicing_terms import COMPONENTS, Component
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of one instalment, by what it is made of."""

    number: int
    """Which instalment, from 1."""
    interest: Money
    principal: Money
    fee: Money | None = None
    """Absent for nothing, like the two below; before November 2026 always."""
    insurance: Money | None = None
    penalty: Money | None = None

    @classmethod
    def of(cls, number: int, minors: dict[Component, int], currency: str) -> Allocation:
        """From minor units by component; what is not named is nothing."""
        beside: dict[str, Any] = {
            what: Money(minors[what], currency)
            for what in ("fee", "insurance", "penalty")
            if minors.get(what)
        }
        interest, principal = (Money(minors.get(what, 0), currency) for what in ("interest", "principal"))
        return cls(number, interest, principal, **beside)

    def minor(self, what: Component) -> int:
        """How much of a component, in minor units."""
        amount: Money | None = getattr(self, what)
        return amount.minor if amount else 0

    @property
    def total(self) -> Money:
        return Money(sum(self.minor(what) for what in COMPONENTS), self.interest.currency)

    def __bool__(self) -> bool:
        return any(self.minor(what) for what in COMPONENTS)

    def plus(self, other: Allocation) -> Allocation:
        return self._with(other, add)

    def minus(self, other: Allocation) -> Allocation:
        return self._with(other, sub)

    def _with(self, other: Allocation, operator: Any) -> Allocation:
        minors: dict[Component, int] = {
            what: operator(self.minor(what), other.minor(what)) for what in COMPONENTS
        }
        return Allocation.of(self.number, minors, self.interest.currency)


def sums(parts: Iterable[Allocation]) -> dict[Component, int]:
    """What parts come to together, by component, in minor units."""
    parts = list(parts)
    return {what: sum(part.minor(what) for part in parts) for what in COMPONENTS}
