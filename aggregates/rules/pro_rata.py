"""A part of an amount by days or by proportion, in whole minor units: rounded once, an exact half to the even one."""

from __future__ import annotations

from datetime import date

from aggregates.rules.day_count import DayCount, number
from aggregates.rules.rounding import TO_THE_UNIT


def nearest(numerator: int, denominator: int) -> int:
    """The quotient in whole units; ``denominator`` is positive."""
    return TO_THE_UNIT.of(numerator, denominator)


def elapsed(start: date, end: date, count: DayCount) -> int:
    """The time between two days, in units of the day count: only good for being divided by another one."""
    return number(count, end) - number(count, start)


def earned(whole: int, start: date, on: date, end: date, count: DayCount) -> int:
    """What of an amount that grows evenly from ``start`` to ``end`` has grown by a day: nothing before it begins."""
    if on <= start:
        return 0
    span = elapsed(start, end, count)
    if on >= end or span <= 0:
        return whole
    return nearest(whole * elapsed(start, on, count), span)
