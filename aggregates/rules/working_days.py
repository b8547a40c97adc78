"""Working days: what a legal period that ends on a day off is prolonged to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

from aggregates.rules.holidays import easter, holidays

Calendar = Literal["FR", "CA-QC"]
"""Whose days off: metropolitan France, or Quebec."""

_DAY: Final = timedelta(days=1)
_MONDAY, _SATURDAY = 0, 5


def next_working(day: date, calendar: Calendar) -> date:
    """This day, or the first one after it that is neither of the week-end nor a holiday."""
    while day.weekday() >= _SATURDAY or is_holiday(day, calendar):
        day += _DAY
    return day


def is_holiday(day: date, calendar: Calendar) -> bool:
    """Whether the day is a public holiday there; week-ends are none.

    FR  as everywhere, holidays.py
    QC  Loi d’interprétation, RLRQ c. I-16, art. 61, 23°, read 2026-11-22; days that a decree proclaims are not in it
    """
    return day in (holidays("FR", day.year) if calendar == "FR" else _of_quebec(day.year))


def _of_quebec(year: int) -> set[date]:
    """Those of the law on interpretation, which are not quite those of the law on work."""
    sunday, first_of_july = easter(year), date(year, 7, 1)
    return {
        date(year, 1, 1),
        sunday - 2 * _DAY,
        sunday + _DAY,
        _monday_from(date(year, 5, 18)),  # the Monday before 25 May
        date(year, 6, 24),
        first_of_july + _DAY if first_of_july.weekday() == _SATURDAY + 1 else first_of_july,
        _monday_from(date(year, 9, 1)),
        _monday_from(date(year, 10, 8)),  # the second one of October
        date(year, 12, 25),
    }


def _monday_from(day: date) -> date:
    return day + ((_MONDAY - day.weekday()) % 7) * _DAY
