"""How long a period is in years, by the convention of the contract: exact, in whole units.

Source: ISDA 2006 Definitions, 4.16(b) Actual/Actual, (d) Actual/365 (Fixed), (g) 30E/360, read 2026-11-22.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

DayCount = Literal["30E/360", "ACT/365F", "ACT/ACT-ISDA"]

UNITS: Final[Mapping[DayCount, int]] = {"30E/360": 360, "ACT/365F": 365, "ACT/ACT-ISDA": 365 * 366}
"""How many units of a convention are a year."""


def number(count: DayCount, day: date) -> int:
    """A day's place on the line of time: the difference of two is the length between them, in units."""
    if count == "30E/360":
        return number_of_30(day.year, day.month, day.day)
    if count == "ACT/365F":
        return day.toordinal()
    of_the_year = day.toordinal() - date(day.year, 1, 1).toordinal()
    return day.year * UNITS[count] + of_the_year * (365 if isleap(day.year) else 366)


def number_of_30(year: int, month: int, day: int) -> int:
    """The same where each month has 30 days, for a day that a short month may lack: 30 February is one."""
    return 360 * year + 30 * month + min(day, 30)


def number_clipped(count: DayCount, day: date, anchor: int | None) -> int:
    """The same of a day on which a period ends: by 30E/360 a month that clips the due day has 30 days, February too.

    anchor  day of the month on which periods end; None by week
    """
    if count == "30E/360" and anchor and day.day == min(anchor, monthrange(day.year, day.month)[1]):
        return number_of_30(day.year, day.month, anchor)
    return number(count, day)
