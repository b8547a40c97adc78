"""The register of index values: every value that was entered, with its source."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.index_rates import IndexRates
from eventstore import Projection, Table, on
from projections.line import Line


class IndexRateLine(Line):
    rates_id: UUID
    """The index's; what is asked of a value is sent to it."""
    number: int
    """From 1, in each index."""
    index_name: str
    """Like ``EURIBOR-3M``."""
    value: int
    """Hundredths of a percent a year; may be negative."""
    from_on: date
    """It counts until the next value's day."""
    source: str
    """Who publishes it, and when it was read."""
    entered_by: UUID
    entered_on: date
    corrected_by: int | None
    """Number of the value that took its place."""
    reason: str | None
    """Why it was entered in the place of another; absent where nobody had to say."""


class IndexRateList(Projection):
    key = ("rates_id", "number")
    row = IndexRateLine
    ddl = """
        CREATE TABLE {table} (
            rates_id     uuid NOT NULL,
            number       int NOT NULL,
            index_name   text NOT NULL,
            value        int NOT NULL,
            from_on      date NOT NULL,
            source       text NOT NULL,
            entered_by   uuid NOT NULL,
            entered_on   date NOT NULL,
            corrected_by int,
            reason       text,
            PRIMARY KEY (rates_id, number)
        )"""

    @on(IndexRates.Entered)
    def _entered(self, e: IndexRates.Entered, table: Table) -> None:
        if e.corrects is not None:
            table.patch((e.originator_id, e.corrects), corrected_by=e.number)
        table.put(
            rates_id=e.originator_id,
            number=e.number,
            index_name=e.index,
            value=e.value,
            from_on=e.from_on,
            source=e.source,
            entered_by=e.by,
            entered_on=e.on,
            reason=e.reason,
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def entered(self) -> list[IndexRateLine]:
        """Every value that was ever entered, by index, the latest days first."""
        return self.rows("SELECT * FROM {table} ORDER BY index_name, from_on DESC, number DESC")
