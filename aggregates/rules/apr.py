"""What a loan costs in one number: the annual percentage rate (TAEG in France, TEG in West Africa)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from aggregates.values import Money

HALVINGS = 90
"""Enough for more exact digits than the result has."""


def annual_percentage_rate(lent: Money, payments: Sequence[Money]) -> int:
    """The yearly rate X at which the payments are worth what was lent, in hundredths of a percent (617 = 6.17 %).

    lent      what the borrower receives, positive
    payments  what falls due one month later, two months later, …; their sum is at least ``lent``

    Raises ValueError when less is paid back than was lent.

    Source: Directive 2008/48/EC, Annex I, kept by (EU) 2023/2225: Σ D(1+X)^−s = Σ C(1+X)^−t with t in years of
    twelve equal months; two decimals, rounded up from 5.
    """
    if sum(payment.minor for payment in payments) < lent.minor or lent.minor <= 0:
        raise ValueError("less is paid back than was lent")
    with localcontext() as context:
        context.prec = 34
        low, month = Decimal(0), Decimal(1)
        for _ in range(HALVINGS):
            middle = (low + month) / 2
            low, month = (middle, month) if _worth(payments, middle) < lent.minor else (low, middle)
        rate = (month**-12 - 1) * 10_000
        return int(rate.quantize(Decimal(1), ROUND_HALF_UP))


def _worth(payments: Sequence[Money], month: Decimal) -> Decimal:
    """What the payments are worth today when a unit is worth ``month`` if it comes a month later."""
    worth = Decimal(0)
    for payment in reversed(payments):
        worth = (worth + payment.minor) * month
    return worth
