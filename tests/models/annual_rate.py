"""The annual percentage rate a second time: time counted back month by month, the rate found by halving.

Written from ADR 0031 alone, sharing no code with the product. Amounts are whole minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.models.days import months_on

Flow = tuple[date, int]


def back(day: date, months: int) -> date:
    """So many months earlier, on the same day or the month's end."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    return months_on(date(year, month + 1, 1), 0, day.day)


def years(first: date, day: date, by: str) -> Fraction:
    """How long after the first drawdown; ``by`` month or week."""
    if by == "week":
        whole = (day - first).days // 7
        days_end = day - timedelta(days=7 * whole)
        passed = Fraction(whole, 52)
    else:
        whole = 12 * (day.year - first.year) + day.month - first.month
        if months_on(first, whole) == day:
            return Fraction(whole, 12)
        while back(day, whole) < first:
            whole -= 1
        days_end = back(day, whole)
        passed = Fraction(whole, 12)
    return passed + Fraction((days_end - first).days, (days_end - back(days_end, 12)).days)


def annual_rate(drawn: Sequence[Flow], paid: Sequence[Flow], by: str) -> int:
    """Hundredths of a percent, a half upwards, of a loan that is paid back at least in full."""
    first = drawn[0][0]
    flows = [(years(first, day, by), amount) for day, amount in drawn]
    flows += [(years(first, day, by), -amount) for day, amount in paid if amount]
    with localcontext() as context:
        context.prec = 50
        timed = [(Decimal(t.numerator) / t.denominator, amount) for t, amount in flows]
        high = 1
        while worth(timed, high) <= 0:
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if worth(timed, middle) <= 0 else (low, middle)
        return low


def worth(flows: Sequence[tuple[Decimal, int]], rate: int) -> Decimal:
    """What the flows are worth on the first day half a hundredth of a percent below this rate.

    It grows with the rate when a loan is paid back, so the rate sought is the last at which it is not above nothing.
    """
    grown = (1 + (rate - Decimal("0.5")) / 10_000).ln()
    return sum((amount * (-grown * t).exp() for t, amount in flows), Decimal(0))
