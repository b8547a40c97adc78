"""The list of late loans: what one line says, what the list can be asked, and the query that answers.

Asked of LoanAccount. The instalments that are late stand in an index of Schedule, a few thousand of millions: they are
summed by loan first, and everything else is looked up for these loans alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from projections.filters import CUSTOMER, NO_CUSTOMER, OF_CUSTOMER, Filters
from projections.line import Line

LateBucket = Literal["1-30", "31-60", "61-90", "90+"]
BUCKETS: Final = ("1-30", "31-60", "61-90", "90+")
Sort = Literal[
    "late_since", "-late_since", "past_due", "-past_due", "outstanding", "-outstanding",
    "reference", "-reference", "customer", "-customer",
]  # fmt: skip


class LateLoan(Line):
    """A loan with an instalment whose day is over and that is not wholly paid."""

    servicing_id: UUID
    loan_id: UUID
    reference: str
    """``L-2026-000123``."""
    customer_id: UUID
    customer_name: str | None
    """Absent for a program that may not read customers."""
    customer_reference: str | None
    bucket: LateBucket
    """Calendar days past due of the oldest of these instalments."""
    late_since: date
    """The day on which the oldest of them fell due."""
    days_past_due: int
    """Calendar days since then."""
    late_instalments: int
    """How many there are."""
    currency: str
    past_due: int
    """Unpaid of them; minor units of ``currency``, like every amount here."""
    outstanding: int
    """Principal lent and not paid back, late or not."""
    next_due_on: date | None
    """When the next instalment falls due; absent after the last."""


@dataclass(frozen=True, slots=True)
class LateFilter:
    """Which late loans: all that is named has to fit."""

    bucket: tuple[str, ...] = ()
    currency: str | None = None
    customer_id: UUID | None = None
    q: str = ""
    """A reference or how it begins, a number, or words of the customer's name."""

    def asked(self) -> Filters:
        return (
            Filters()
            .one_of("bucket", self.bucket)
            .equal("currency", self.currency)
            .equal("customer_id", self.customer_id)
            .searched(self.q, "reference", "customer_id", "L")
        )


EVERY_ONE: Final = LateFilter()

SORTS: Final = {
    "late_since": "late_since, reference, servicing_id",
    "past_due": "currency, past_due, reference, servicing_id",
    "outstanding": "currency, outstanding, reference, servicing_id",
    "reference": "reference, servicing_id",
    "customer": "customer_sort, reference, servicing_id",
}
"""By the word that is asked for: the columns, none of them ever null. Amounts of one currency stand together."""


def late_loans(asked: LateFilter, day: date, sort: Sort) -> tuple[str, dict[str, Any]]:
    """The query of the list as it stands on a day, and its values."""
    kept = asked.asked()
    # Who is not in the customer file yet comes in with the file.
    customer = """JOIN LATERAL (
                SELECT name_sort AS customer_sort FROM {CustomerFile} WHERE customer_id = account.customer_id LIMIT 1
            ) AS customer ON true"""
    # Each limit keeps a lookup behind the sums. Joined freely they came first, for PostgreSQL believes that one row in
    # two hundred passes a policy, and the sums were made again for every one of them: 12 s at 100,000 loans, now 0.1.
    query = f"""
        WITH late AS MATERIALIZED (
            SELECT *, %(day)s - late_since AS days_past_due, CASE
                WHEN %(day)s - late_since <= 30 THEN '1-30'
                WHEN %(day)s - late_since <= 60 THEN '31-60'
                WHEN %(day)s - late_since <= 90 THEN '61-90'
                ELSE '90+' END AS bucket
            FROM (
                SELECT servicing_id, min(due_on) AS late_since, count(*) AS late_instalments,
                    sum(amount - paid)::bigint AS past_due
                FROM {{Schedule}} WHERE fell_due AND paid < amount AND NOT given_up AND due_on < %(day)s GROUP BY servicing_id
            ) AS unpaid
            JOIN LATERAL (
                SELECT loan_id, customer_id, currency, principal - principal_paid AS outstanding, next_due_on
                FROM {{table}} WHERE servicing_id = unpaid.servicing_id AND status = 'open' LIMIT 1
            ) AS account ON true
            JOIN LATERAL (
                SELECT reference FROM {{LoanBook}} WHERE loan_id = account.loan_id LIMIT 1
            ) AS loan ON true
            {customer if sort.endswith("customer") else ""}
        )
        SELECT * FROM late WHERE {kept.sql}"""
    return query, {**kept.values, "day": day}


def beside(named: bool) -> tuple[str, str]:
    """Names, looked up for the rows that are shown; for whoever may read customers."""
    return (CUSTOMER, OF_CUSTOMER) if named else (NO_CUSTOMER, "")
