"""Days, walked one at a time: how much of a year each is, which day an instalment falls on, which days nobody works.

Nothing here is shared with the product. A day count is what a single day weighs, so a period is the sum of its days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

ONE = timedelta(days=1)
TICKS = 360 * 73 * 61
"""The smallest number that 360, 365 and 366 divide: a year in ticks makes every day of every count a whole number."""

PASCHAL_MOONS = {
    golden: date(2000, month, day)
    for golden, (month, day) in enumerate(
        [
            *[(4, 14), (4, 3), (3, 23), (4, 11), (3, 31), (4, 18), (4, 8), (3, 28), (4, 16), (4, 5)],
            *[(3, 25), (4, 13), (4, 2), (3, 22), (4, 10), (3, 30), (4, 17), (4, 7), (3, 27)],
        ],
        1,
    )
}
"""Paschal full moon by golden number, month and day alone: the table of 1900 to 2199, Inter gravissimas (1582)."""


def after(day: date) -> date:
    return day + ONE


def before(day: date) -> date:
    return day - ONE


def is_last_of_month(day: date) -> bool:
    return after(day).month != day.month


@cache
def is_leap(year: int) -> bool:
    """Whether the year has a 29 February, by looking for it."""
    return (date(year, 3, 1) - ONE).day == 29


@cache
def weight(day: date, count: str) -> int:
    """How many ticks pass between ``day`` and the day after it, when a year has TICKS of them.

    count  "30E/360": every month has thirty days, so the 30th of a longer month weighs nothing and the last day of
           February what is missing; "ACT/365F": a 365th; "ACT/ACT-ISDA": a 366th in a leap year
    """
    if count == "ACT/365F":
        return TICKS // 365
    if count == "ACT/ACT-ISDA":
        return TICKS // (366 if is_leap(day.year) else 365)
    if day.day == 30 and not is_last_of_month(day):
        return 0
    if is_last_of_month(day) and day.month == 2:
        return TICKS // 360 * (31 - day.day)
    return TICKS // 360


def ticks(start: date, end: date, count: str) -> int:
    """How many pass from ``start`` until ``end``, day by day."""
    passed, day = 0, start
    while day < end:
        passed += weight(day, count)
        day = after(day)
    return passed


def months_on(start: date, months: int, day_of_month: int | None = None) -> date:
    """Walk to the first of that month, then on to the day, stopping at the month's end."""
    wanted = start.day if day_of_month is None else day_of_month
    day = start.replace(day=1)
    for _ in range(months):
        day += timedelta(days=31)
        day = day.replace(day=1)
    while day.day < wanted and not is_last_of_month(day):
        day = after(day)
    return day


def easter(year: int) -> date:
    """The first Sunday after the paschal full moon. Years 1900 to 2199."""
    day = after(PASCHAL_MOONS[year % 19 + 1].replace(year=year))
    while day.isoweekday() != 7:
        day = after(day)
    return day


def monday_on_or_after(day: date) -> date:
    while day.isoweekday() != 1:
        day = after(day)
    return day


def is_working(day: date, country: str | None, given: Iterable[date] = ()) -> bool:
    """Neither Saturday, Sunday nor a holiday; without a country no holidays are known but those ``given``."""
    return day.isoweekday() < 6 and day not in holidays(day.year, country) and day not in given


@cache
def holidays(year: int, country: str | None) -> frozenset[date]:
    """What the country keeps every year: France, Côte d'Ivoire (its moon feasts are given), Quebec."""
    sunday = easter(year)

    def fixed(*days: tuple[int, int]) -> set[date]:
        return {date(year, month, day) for month, day in days}

    christian = {sunday + timedelta(days=days) for days in (1, 39, 50)}
    if country == "FR":
        days = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
        return frozenset(christian | fixed(*days))
    if country == "CI":
        kept = fixed((1, 1), (5, 1), (8, 7), (8, 15), (11, 1), (11, 15), (12, 25))
        moved = {after(day) for day in fixed((5, 1), (8, 7), (12, 25)) if day.isoweekday() == 7}
        return frozenset(christian | kept | moved)
    if country == "CA-QC":
        patriots = monday_on_or_after(date(year, 5, 18))
        labour = monday_on_or_after(date(year, 9, 1))
        thanks = monday_on_or_after(date(year, 10, 8))
        movable = {sunday - 2 * ONE, patriots, labour, thanks}
        moved = {after(day) for day in fixed((6, 24), (7, 1)) if day.isoweekday() == 7}
        return frozenset(movable | moved | fixed((1, 1), (6, 24), (7, 1), (12, 25)))
    return frozenset()


def working_day(day: date, rule: str, country: str | None, given: Iterable[date] = ()) -> date:
    """Where a payment goes that falls on ``day``: "none", "following", "preceding" or "modified-following"."""
    given = frozenset(given)
    if rule == "none":
        return day
    moved, step = day, -ONE if rule == "preceding" else ONE
    while not is_working(moved, country, given):
        moved += step
    if rule == "modified-following" and moved.month != day.month:
        return working_day(day, "preceding", country, given)
    return moved
