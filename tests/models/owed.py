"""What a life of the model is kept in: what is still owed of a line, a receipt and what it paid.

Sharing no code with the product. Amounts are whole minor units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.models.facts import Line


@dataclass
class Owed:
    """A line and what is still unpaid of it."""

    version: int
    line: Line
    unpaid: dict[str, int]
    charged: int = 0
    """Penalties so far."""
    sum_of_bases: int = 0
    once: int | None = None
    """What lateness has cost beside its days; None before the first day that counts."""

    @property
    def place(self) -> tuple[int, int]:
        return self.version, self.line.number


@dataclass(frozen=True, order=True)
class Part:
    """What a receipt paid."""

    receipt: int
    on: date
    version: int
    number: int
    what: str
    amount: int


@dataclass
class Money:
    """A receipt, and what is left of it."""

    number: int
    on: date
    amount: int
    left: int
    parts: list[Part] = field(default_factory=list)

    def spend(self, on: date, version: int, number: int, what: str, most: int) -> int:
        amount = min(self.left, most)
        if amount > 0:
            self.left -= amount
            self.parts.append(Part(self.number, on, version, number, what, amount))
        return max(amount, 0)


def half_even(exact: Fraction) -> int:
    return round(exact)


def new(version: int, line: Line) -> Owed:
    return Owed(
        version,
        line,
        {
            "penalty": 0,
            "fee": line.fee,
            "insurance": line.insurance,
            "interest": line.interest,
            "principal": line.principal,
        },
    )
