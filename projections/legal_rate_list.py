"""The register of legal rates: every rate that was entered, with its source, and whether it counts on a given day."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from aggregates.legal_rates import LegalRates
from aggregates.rules.law import LAWS, CappedLaw
from eventstore import Projection, Table, on
from projections.line import Line


class LegalRateLine(Line):
    rates_id: UUID
    """The law's; what is asked of a rate is sent to it."""
    number: int
    """From 1, in each law."""
    law: CappedLaw
    rate: int
    """Highest annual percentage rate, hundredths of a percent."""
    currency: str
    """Of the amounts."""
    above: int | None
    """It is for amounts above this one, minor units of ``currency``; absent: from nothing on."""
    up_to: int | None
    """It is for amounts up to this one, which is within; absent: however large."""
    from_on: date
    until_on: date | None
    """The last day; absent until a later one follows. Before ``from_on``: it was taken out and never counted."""
    source: str
    """Text, article or notice, and when it was read."""
    entered_by: UUID
    entered_on: date
    corrected_by: int | None
    """Number of the rate that took its place."""
    reason: str | None
    """Why it was ended, or entered in the place of another; absent where nobody had to say."""


class LegalRateEntry(LegalRateLine):
    """A rate as it stands on a given day."""

    state: Literal["upcoming", "in-force", "over", "corrected", "taken-out"]


class LegalRateList(Projection):
    key = ("rates_id", "number")
    row = LegalRateLine
    ddl = """
        CREATE TABLE {table} (
            rates_id     uuid NOT NULL,
            number       int NOT NULL,
            law          text NOT NULL,
            rate         int NOT NULL,
            currency     char(3) NOT NULL,
            above        bigint,
            up_to        bigint,
            from_on      date NOT NULL,
            until_on     date,
            source       text NOT NULL,
            entered_by   uuid NOT NULL,
            entered_on   date NOT NULL,
            corrected_by int,
            reason       text,
            PRIMARY KEY (rates_id, number)
        )"""

    @on(LegalRates.Entered)
    def _entered(self, e: LegalRates.Entered, table: Table) -> None:
        if e.corrects is not None:
            table.patch((e.originator_id, e.corrects), corrected_by=e.number)
        table.put(
            rates_id=e.originator_id,
            number=e.number,
            law=e.law,
            rate=e.rate,
            currency=LAWS[e.law].ceilings_in,
            above=None if e.above is None else e.above.minor,
            up_to=None if e.up_to is None else e.up_to.minor,
            from_on=e.from_on,
            until_on=e.until_on,
            source=e.source,
            entered_by=e.by,
            entered_on=e.on,
            reason=e.reason,
        )

    @on(LegalRates.Ended)
    def _ended(self, e: LegalRates.Ended, table: Table) -> None:
        table.patch((e.originator_id, e.number), until_on=e.until_on, reason=e.reason)

    # ── what the screen asks ───────────────────────────────────────────────

    def entered(self, day: date) -> list[LegalRateEntry]:
        """Every rate that was ever entered, by law, the latest days first, as it stands on the business day."""
        return self.rows(
            """
            SELECT *, CASE
                WHEN corrected_by IS NOT NULL THEN 'corrected'
                WHEN until_on < from_on THEN 'taken-out'
                WHEN from_on > %(day)s THEN 'upcoming'
                WHEN until_on < %(day)s THEN 'over'
                ELSE 'in-force' END AS state
            FROM {table}
            ORDER BY law, from_on DESC, above NULLS FIRST, number""",
            into=LegalRateEntry,
            day=day,
        )
