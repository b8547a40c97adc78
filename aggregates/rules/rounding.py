"""How an exact fraction becomes an amount: to which multiple, and where an exact half goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

HalfTo = Literal["half-even", "half-up"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """The same for every amount of a loan."""

    unit: int = 1
    """Minor units, positive: 5 for francs that are paid in cash, 1 for cents."""
    mode: HalfTo = "half-even"
    """An exact half goes to the even multiple, or away from zero."""

    def of(self, numerator: int, denominator: int) -> int:
        """The multiple of the unit nearest to the quotient, in minor units. The denominator is positive."""
        whole, rest = divmod(abs(numerator), denominator * self.unit)
        twice, one = 2 * rest, denominator * self.unit
        up = twice > one or (twice == one and (self.mode == "half-up" or whole % 2 == 1))
        rounded = (whole + up) * self.unit
        return -rounded if numerator < 0 else rounded

    def spread(self, amount: int, rows: int) -> list[int]:
        """An amount over so many rows: the same multiple of the unit in each, towards zero; the last has the rest."""
        each = abs(amount) // rows // self.unit * self.unit
        each = -each if amount < 0 else each
        return [each] * (rows - 1) + [amount - each * (rows - 1)]


TO_THE_UNIT: Final = Rounding()
"""To whole minor units, halves to the even one."""
