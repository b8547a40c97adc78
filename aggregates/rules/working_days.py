"""Working days: what a legal period that ends on a day off is prolonged to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

Calendar = Literal["FR", "CA-QC"]
"""Whose days off: metropolitan France, or Quebec."""

_DAY: Final = timedelta(days=1)
_MONDAY, _SATURDAY = 0, 5


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, 1583 to 9999.

    Source: Meeus, Astronomical Algorithms, chapter 8 (the method of Butcher), as in the tables of the Bureau des longitudes.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + week - 7 * ((a + 11 * h + 22 * week) // 451) + 114, 31)
    return date(year, month, day + 1)


def next_working(day: date, calendar: Calendar) -> date:
    """This day, or the first one after it that is neither of the week-end nor a holiday."""
    while day.weekday() >= _SATURDAY or is_holiday(day, calendar):
        day += _DAY
    return day


def is_holiday(day: date, calendar: Calendar) -> bool:
    """Whether the day is a public holiday there; week-ends are none.

    FR  Code du travail, art. L. 3133-1, read 2026-11-22
    QC  Loi d’interprétation, RLRQ c. I-16, art. 61, 23°, read 2026-11-22; days that a decree proclaims are not in it
    """
    return day in (_french(day.year) if calendar == "FR" else _of_quebec(day.year))


def _french(year: int) -> set[date]:
    sunday = easter(year)
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    movable = {
        sunday + timedelta(days=after) for after in (1, 39, 50)
    }  # Easter Monday, Ascension, Whit Monday
    return {date(year, month, day) for month, day in fixed} | movable


def _of_quebec(year: int) -> set[date]:
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
