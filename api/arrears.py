"""Arrears over HTTP: which loans are past due for how long, and how much of the portfolio is at risk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import Field

from aggregates.rules.arrears import AT_RISK_AFTER
from api import asked, columns
from api.asked import InCurrency, Named, OfCustomer, Words
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, Today
from api.described import offers, shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.routing import routes
from eventstore import Page
from projections.customer_file import CustomerFile
from projections.late import BUCKETS, LateFilter, LateLoan, Sort
from projections.line import Line
from projections.loan_account import ArrearsBucket, LoanAccount
from projections.loan_book import LoanBook
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


# ── the loans themselves ───────────────────────────────────────────────────

InBucket = Annotated[
    str | None,
    Query(
        # A plus is a space in an address unless it is written %2B: both are taken.
        pattern=r"^(1-30|31-60|61-90|90[+ ])(,(1-30|31-60|61-90|90[+ ])){0,3}$",
        description=f"Only loans that are past due for so many days: {', '.join(BUCKETS)}. Several are written with commas.",
        examples=["31-60"],
    ),
]
Sorted = Annotated[
    Sort, Query(description="By what; the other way round with a minus. Amounts within their currency.")
]


async def late_filter(
    identity: TheIdentity, bucket: InBucket = None, currency: InCurrency = None, customer_id: OfCustomer = None,
    q: Words = "",
) -> LateFilter:  # fmt: skip
    asked.needs_names(identity, q)
    return LateFilter(asked.several(bucket and bucket.replace(" ", "+")), currency, customer_id, q)


Which = Annotated[LateFilter, Depends(late_filter)]


@router.get("/loans", **shows(
    LoanAccount, "late", Schedule, LoanBook, CustomerFile, may="loan.read", name="LateLoans",
))  # fmt: skip
def late_loans(
    read: Read, today: Today, which: Which, named: Named, identity: TheIdentity, sort: Sorted = "late_since",
    cursor: Cursor = None, limit: Limit = 50,
) -> Page[LateLoan]:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return read(LoanAccount).late(today, which, sort, cursor, limit, named)


@router.get("/loans/export", **takes_away("ExportLateLoans", "The late loans", may="loan.read"))
def export_late_loans(
    read: Read, today: Today, which: Which, named: Named, identity: TheIdentity, answer: ToTakeAway,
    sort: Sorted = "late_since",
) -> Export:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return answer(
        "late loans", columns.LATE_LOANS, read(LoanAccount).export_late(today, which, sort, named, MOST)
    )


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
