"""What can be asked of the calendar. Everything is sent by workers/watch.py, with the day as its business date."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aggregates.business_day import (
    BusinessDay,
    DayNotOpen,
    DayPast,
    DayStillOpen,
    OtherYear,
    business_year_id,
)
from commands.fields import Day
from eventstore import AlreadyExists, Ask, Command


class BeginBusinessYear(Command, on=BusinessDay, rejects=(AlreadyExists, DayStillOpen, DayPast)):
    """Begin a year of business days, once the last day before it is closed."""

    year: Annotated[int, Field(strict=True, ge=2000, le=2199)]
    after: Day | None = Field(None, description="The last business day before this year; none for the first.")

    def create(self, ask: Ask) -> BusinessDay:
        if self.after is not None:
            ask.load(BusinessDay, business_year_id(self.after.year)).handed_over(self.after, self.year)
        return BusinessDay.begin_year(self.year, self.after)


class OpenBusinessDay(Command, on=BusinessDay, rejects=(DayStillOpen, DayPast, OtherYear)):
    """Open a business day; it covers the calendar days since the last one. Repeats change nothing."""

    on: Day

    def perform(self, days: BusinessDay, ask: Ask) -> None:
        days.open(self.on)


class CloseBusinessDay(Command, on=BusinessDay, rejects=(DayNotOpen,)):
    """Close the business day that is open. Repeats change nothing."""

    on: Day

    def perform(self, days: BusinessDay, ask: Ask) -> None:
        days.close(self.on)
