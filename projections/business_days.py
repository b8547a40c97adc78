"""The business days: which one is open, and which calendar days each of them covered."""

from __future__ import annotations

from datetime import date

from aggregates.business_day import BusinessDay
from eventstore import Page, Projection, Table, on
from projections.line import Line


class BusinessDayLine(Line):
    day: date
    since: date
    """The first calendar day that it covers: the one after the last business day."""
    status: str
    """``open`` or ``closed``."""


class BusinessDays(Projection):
    key = "day"
    row = BusinessDayLine
    ddl = """
        CREATE TABLE {table} (
            day    date PRIMARY KEY,
            since  date NOT NULL,
            status text NOT NULL
        )"""

    @on(BusinessDay.Opened)
    def _opened(self, e: BusinessDay.Opened, table: Table) -> None:
        table.put(day=e.day, since=e.since, status="open")

    @on(BusinessDay.Closed)
    def _closed(self, e: BusinessDay.Closed, table: Table) -> None:
        table.patch(e.day, status="closed")

    # ── what the screen asks ───────────────────────────────────────────────

    def current(self) -> BusinessDayLine | None:
        """The newest business day, open or just closed."""
        return self.one("SELECT * FROM {table} ORDER BY day DESC LIMIT 1")

    def lines(self, cursor: str | None = None, limit: int = 50) -> Page[BusinessDayLine]:
        """The business days, newest first."""
        return self.page("SELECT * FROM {table}", order="day DESC", cursor=cursor, limit=limit)
