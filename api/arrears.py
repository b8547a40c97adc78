"""Arrears over HTTP: how many loans are past due for how long, and how much of the portfolio is at risk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from pydantic import Field

from aggregates.rules.arrears import AT_RISK_AFTER
from api.deps import Read, Today
from api.described import offers
from api.routing import routes
from projections.line import Line
from projections.loan_account import ArrearsBucket, LoanAccount
from projections.schedule import Schedule

router = routes("/arrears", "servicing")

_FIRST_DAY: Final = {"current": 0, "1-30": 1, "31-60": 31, "61-90": 61, "90+": 91}


class AtRiskLine(Line):
    """Portfolio at risk: the principal of late loans as a share of all of it."""

    currency: str
    days: int = Field(examples=[30])
    """PAR 1, 30, 60 or 90: PAR 1 counts from the first day past due, the others beyond so many days."""
    loans: int
    outstanding: int
    """Principal of these loans; minor units of ``currency``."""
    share: int = Field(ge=0, le=10_000, examples=[421])
    """Of the outstanding principal of all loans, basis points, rounded down."""


class Arrears(Line):
    on: date
    buckets: list[ArrearsBucket]
    at_risk: list[AtRiskLine]


@router.get("", **offers(
    "Arrears",
    "Loans by how long they are past due, and portfolio at risk.\n\nOf the loans that the asker may see.",
    may="overview.read", reads=(LoanAccount, Schedule),
))  # fmt: skip
def arrears(read: Read, today: Today) -> Arrears:
    buckets = read(LoanAccount).arrears(today)
    return Arrears(on=today, buckets=buckets, at_risk=_at_risk(buckets))


def _at_risk(buckets: Iterable[ArrearsBucket]) -> list[AtRiskLine]:
    """Source of the measure: aggregates/rules/arrears.py."""
    lines, buckets = list[AtRiskLine](), list(buckets)
    for currency in sorted({bucket.currency for bucket in buckets}):
        here = [bucket for bucket in buckets if bucket.currency == currency]
        everything = sum(bucket.outstanding for bucket in here)
        for days in AT_RISK_AFTER:
            late = [bucket for bucket in here if _FIRST_DAY[bucket.bucket] >= max(1, days)]
            outstanding = sum(bucket.outstanding for bucket in late)
            share = 10_000 * outstanding // everything if everything else 0
            loans = sum(bucket.loans for bucket in late)
            lines.append(
                AtRiskLine(currency=currency, days=days, loans=loans, outstanding=outstanding, share=share)
            )
    return lines
