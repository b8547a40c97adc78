"""Business days: the passing of time, as events. One stream a year.

closed ──open──▶ open ──close──▶ closed          a day opens only when the last one is closed
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, UUID

from aggregates.values import derived
from eventstore import Aggregate, Rejected


class DayStillOpen(Rejected):
    """A business day opens only when the last one is closed."""


class DayPast(Rejected):
    """Business days open in their order, each once."""


class OtherYear(Rejected):
    """The day belongs to another year's stream."""


class DayNotOpen(Rejected):
    """Only the day that is open can be closed."""


def business_year_id(year: int) -> UUID:
    """The stream that holds a year's business days."""
    return derived(NAMESPACE_URL, f"business-day-{year}")


class BusinessDay(Aggregate):
    year: int
    after: date | None = None
    day: date | None = None
    status: Literal["closed", "open"] = "closed"

    # ── what can have happened ─────────────────────────────────────────────

    class YearBegun(Aggregate.Created):
        year: int
        after: date | None = None
        """The last business day before this year; absent when there was none ever."""

    class Opened(Aggregate.Event):
        day: date
        since: date
        """The first calendar day that it covers: the one after the last business day."""

        def apply(self, days: BusinessDay) -> None:
            days.day, days.status = self.day, "open"

    class Closed(Aggregate.Event):
        day: date

        def apply(self, days: BusinessDay) -> None:
            days.status = "closed"

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def begin_year(cls, year: int, after: date | None) -> BusinessDay:
        return cls.begin(cls.YearBegun, business_year_id(year), year=year, after=after)

    def open(self, day: date) -> None:
        """Opening the day that is open changes nothing."""
        if self.status == "open" and day == self.day:
            return
        if self.status == "open":
            raise self.reject(DayStillOpen, f"{self.day} is open")
        self._follows(day)
        last = self.last
        self.record(self.Opened, day=day, since=last + timedelta(days=1) if last else day)

    def close(self, day: date) -> None:
        """Closing the day that was closed last changes nothing."""
        if day != self.day:
            raise self.reject(DayNotOpen, f"the last one is {self.day}")
        if self.status == "open":
            self.record(self.Closed, day=day)

    def handed_over(self, last: date, year: int) -> None:
        """Let a later year begin. Raises DayStillOpen, or DayPast when ``last`` is not this year's last day."""
        if self.status == "open":
            raise self.reject(DayStillOpen, f"{self.day} is open")
        if last != self.last or year <= self.year:
            raise self.reject(DayPast, f"the last one was {self.last}")

    @property
    def last(self) -> date | None:
        """The last day that was opened, in this year or before it."""
        return self.day or self.after

    def _follows(self, day: date) -> None:
        if day.year != self.year:
            raise self.reject(OtherYear, f"{day} is not in {self.year}")
        if self.last and day <= self.last:
            raise self.reject(DayPast, f"the last one was {self.last}")
