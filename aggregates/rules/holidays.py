"""Days on which no bank works, by country and by rule; feasts that follow the moon are data.

Sources, read 2026-11-22:
FR     Code du travail, art. L. 3133-1
CI     Code du travail 2015, art. 24.2; décret 96-205 of 7 March 1996, art. 2, changed by décret 2011-371: also the
       Monday after a national day, a first of May or a Christmas that falls on a Sunday. The end of Ramadan, Tabaski,
       and the days after the Night of Destiny and the Mawlid are proclaimed each year: they are settings.
CA-QC  Loi sur les normes du travail, RLRQ c. N-1.1, art. 60; Loi sur la fête nationale, RLRQ c. F-1.1, art. 2 and 4.
       Of Good Friday and Easter Monday, which an employer chooses between, the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

Calendar = Literal["FR", "CI", "CA-QC"]
BusinessDays = Literal["none", "following", "modified-following", "preceding"]

_A_DAY: Final = timedelta(days=1)
SUNDAY: Final = 6


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar.

    Source: J. Meeus, Astronomical Algorithms, chapter 8 (the algorithm of Butcher, 1876), read 2026-11-22.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    last = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + last - 7 * ((a + 11 * h + 22 * last) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(calendar: Calendar, year: int) -> frozenset[date]:
    """The holidays that a rule gives; on whichever weekday."""
    return frozenset(_RULES[calendar](year))


def is_business_day(day: date, calendar: Calendar | None, proclaimed: Collection[date] = ()) -> bool:
    """Monday to Friday, and no holiday.

    calendar    None knows no holiday
    proclaimed  holidays beside those of the rule
    """
    if day.weekday() >= 5 or day in proclaimed:
        return False
    return calendar is None or day not in holidays(calendar, day.year)


def moved(
    day: date, rule: BusinessDays, calendar: Calendar | None, proclaimed: Collection[date] = ()
) -> date:
    """The business day on which is paid what falls due on ``day``."""
    if rule == "none":
        return day
    if rule == "preceding":
        return _next(day, -_A_DAY, calendar, proclaimed)
    after = _next(day, _A_DAY, calendar, proclaimed)
    if rule == "modified-following" and after.month != day.month:
        return _next(day, -_A_DAY, calendar, proclaimed)
    return after


def _next(day: date, step: timedelta, calendar: Calendar | None, proclaimed: Collection[date]) -> date:
    while not is_business_day(day, calendar, proclaimed):
        day += step
    return day


def _of_france(year: int) -> Iterable[date]:
    yield from _christian(year)
    for month, day in [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]:
        yield date(year, month, day)


def _of_ivory_coast(year: int) -> Iterable[date]:
    yield from _christian(year)
    for month, day in [(1, 1), (8, 15), (11, 1), (11, 15)]:
        yield date(year, month, day)
    for month, day in [(5, 1), (8, 7), (12, 25)]:
        yield date(year, month, day)
        yield _not_a_sunday(date(year, month, day))


def _of_quebec(year: int) -> Iterable[date]:
    yield date(year, 1, 1)
    yield easter(year) - 2 * _A_DAY
    yield _monday(date(year, 5, 18))
    yield _not_a_sunday(date(year, 6, 24))
    yield _not_a_sunday(date(year, 7, 1))
    yield _monday(date(year, 9, 1))
    yield _monday(date(year, 10, 8))
    yield date(year, 12, 25)


def _christian(year: int) -> Iterable[date]:
    """Easter Monday, Ascension, Whit Monday."""
    return (easter(year) + timedelta(days=days) for days in (1, 39, 50))


def _not_a_sunday(day: date) -> date:
    return day + _A_DAY if day.weekday() == SUNDAY else day


def _monday(earliest: date) -> date:
    return earliest + timedelta(days=-earliest.weekday() % 7)


_RULES: Final[Mapping[Calendar, Callable[[int], Iterable[date]]]] = {
    "FR": _of_france,
    "CI": _of_ivory_coast,
    "CA-QC": _of_quebec,
}
