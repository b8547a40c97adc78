"""How a loan is paid back: level monthly instalments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aggregates.values import BasisPoints, Money

A_MONTH: Final = 120_000
"""A rate in basis points a year, divided by this, is the fraction of one month."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """What one month pays: first the interest on what is still owed, the rest is principal."""

    interest: Money
    principal: Money

    @property
    def total(self) -> Money:
        return self.interest + self.principal


def level_instalments(principal: Money, rate: BasisPoints, months: int) -> list[Instalment]:
    """Equal monthly payments that repay ``principal`` with interest on what is still owed.

    principal  positive
    rate       nominal, basis points a year, charged monthly at rate/12; 0 is allowed
    months     positive
    returns    ``months`` instalments, oldest first; equal totals except the last, which
               absorbs the rounding, so the principal parts sum to ``principal`` exactly

    Raises ValueError when the amount is so small, or the rate so large, that some month would repay nothing.

    Source: annuity formula A = P·i / (1 − (1 + i)^−n) with i = rate/120 000, in whole numbers throughout:
    a decimal i (2000/120 000 = 0.01666…) turns exact halves into something else. Rounded half to even.
    """
    if principal.minor <= 0 or months <= 0 or rate < 0:
        raise ValueError(f"nothing to repay: {principal} over {months} months at {rate} basis points")
    level, owed, plan = _level(principal.minor, rate, months), principal.minor, []
    for left in range(months, 0, -1):
        interest = _nearest(owed * rate, A_MONTH)
        part = owed if left == 1 else level - interest
        if not 0 < part <= owed:
            raise ValueError(f"{principal} over {months} months at {rate} basis points does not amortise")
        plan.append(Instalment(Money(interest, principal.currency), Money(part, principal.currency)))
        owed -= part
    return plan


def _level(owed: int, rate: int, months: int) -> int:
    """The annuity: with q = 1 + rate/A_MONTH it is owed · (q − 1) · qⁿ / (qⁿ − 1)."""
    if rate == 0:
        return _nearest(owed, months)
    grown, kept = (A_MONTH + rate) ** months, A_MONTH**months
    return _nearest(owed * rate * grown, A_MONTH * (grown - kept))


def _nearest(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, an exact half to the even one."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))
