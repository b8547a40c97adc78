"""The interest periods of a loan: where they begin and end, and how long they are by the day count of its terms.

Every boundary is counted from the anchor, never from the boundary before: 31 January, 28 February, 31 March.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from aggregates.rules.calendar import months_after
from aggregates.rules.day_count import UNITS, number, number_of_30
from aggregates.rules.terms import DAYS, MONTHS, MOST_PERIODS, Terms, UnsoundTerms


class Periods:
    """The boundaries of the periods, numbered from 0, where a regular first period would begin.

    terms         sound
    periods       1 to 1,040
    payout_on     the day the first money leaves
    first_due_on  when agreed on; otherwise it follows from the terms

    Raises UnsoundTerms. Source: docs/decisions/0031-terms-and-schedules.md, Dates and Day counts.
    """

    def __init__(self, terms: Terms, periods: int, payout_on: date, first_due_on: date | None = None) -> None:
        if not 1 <= periods <= MOST_PERIODS:
            raise UnsoundTerms("periods", f"give 1 to {MOST_PERIODS:,} instalments")
        self._terms = terms
        self._anchor = terms.due_day or (first_due_on or payout_on).day
        self._first = first_due_on or self._first_after(payout_on)
        if first_due_on is not None:
            self._agree(first_due_on, payout_on)
        self.boundaries = [self._boundary(k) for k in range(periods + 1)]
        self._numbers = [self._number(day) for day in self.boundaries]
        self._of_boundary = dict(zip(self.boundaries, self._numbers, strict=True))

    @property
    def units_a_year(self) -> int:
        return UNITS[self._terms.day_count]

    def units(self, k: int) -> int:
        """The length of period k, from 1, as if it were regular: divided by ``units_a_year`` it is in years."""
        return self._numbers[k] - self._numbers[k - 1]

    def between(self, start: date, end: date) -> int:
        """The same between two days; a day that is a boundary has the boundary's place."""
        return self._at(end) - self._at(start)

    def _at(self, day: date) -> int:
        known = self._of_boundary.get(day)
        return number(self._terms.day_count, day) if known is None else known

    def _number(self, boundary: date) -> int:
        if self._terms.day_count == "30E/360" and self._terms.frequency in MONTHS:
            return number_of_30(boundary.year, boundary.month, self._anchor)
        return number(self._terms.day_count, boundary)

    def _boundary(self, k: int) -> date:
        if self._terms.frequency in DAYS:
            return self._first + timedelta(days=(k - 1) * DAYS[self._terms.frequency])
        return self._in_month((k - 1) * MONTHS[self._terms.frequency], self._first)

    def _in_month(self, months: int, start: date) -> date:
        """The anchor's day so many months on, clipped."""
        first = months_after(start.replace(day=1), months)
        return first.replace(day=min(self._anchor, monthrange(first.year, first.month)[1]))

    def _first_after(self, payout_on: date) -> date:
        if self._terms.frequency in DAYS:
            due = payout_on + timedelta(days=DAYS[self._terms.frequency])
            weekday = self._terms.due_day or due.isoweekday()
            return due + timedelta(days=(weekday - due.isoweekday()) % 7)
        months = MONTHS[self._terms.frequency]
        due = self._in_month(months, payout_on)
        too_soon = (due - payout_on).days < self._terms.shortest_first
        return self._in_month(months + 1, payout_on) if too_soon else due

    def _agree(self, first_due_on: date, payout_on: date) -> None:
        if first_due_on <= payout_on:
            raise UnsoundTerms("first_due_on", f"choose a day after the payout on {payout_on}")
        if self._terms.due_day is None:
            return
        by_week = self._terms.frequency in DAYS
        due = (
            first_due_on + timedelta(days=(self._terms.due_day - first_due_on.isoweekday()) % 7)
            if by_week
            else self._in_month(0, first_due_on)
        )
        if due != first_due_on:
            raise UnsoundTerms("first_due_on", f"choose the due day of the terms, {due} for one")
