"""Instalments on other days: a change of due day, a payment holiday. The version before stays readable.

Principal, fees and insurance stay what they were; interest follows the days. Interest never becomes principal:
code civil (FR), art. 1343-2 (interest bears interest only when it is due for a whole year), cited 2026-11-22 without its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from aggregates.rules.day_count import DayCount, number_clipped
from aggregates.rules.facts import Version, Why
from aggregates.rules.rounding import TO_THE_UNIT, Rounding
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.standing import Standing
from aggregates.values import Money

Anchors = tuple[int | None, int | None]
"""A day of the month before and after a change; None by week."""

HolidayInterest = Literal["paid", "carried"]
"""Paid as it falls due in the holiday; or added to the first instalment after it."""


def on_other_days(
    lines: Sequence[Scheduled],
    days: Sequence[date],
    day_count: DayCount,
    starts_on: date | None = None,
    anchors: Anchors = (None, None),
    rounding: Rounding = TO_THE_UNIT,
) -> list[Scheduled]:
    """The same instalments, each due on its new day.

    lines      those that move, in order
    days       as many, ascending
    starts_on  the first day of the first period; that of the first line unless given
    anchors    on which days of the month periods have ended, and end from now on
    rounding   of the interest for the new days
    """
    if len(lines) != len(days):
        raise ValueError(f"{len(lines)} instalments have {len(days)} new days")
    then, now = anchors
    moved, starts_on = [], starts_on or lines[0].starts_on
    begins = number_clipped(day_count, starts_on, then)
    for line, ended_on, due_on in zip(lines, _ends(lines), days, strict=True):
        if due_on <= starts_on:
            raise ValueError(f"instalment {line.number} cannot be due on {due_on}: it starts on {starts_on}")
        own = line.interest - line.put_off
        ends = number_clipped(day_count, due_on, now)
        interest = _for_days(own, _length(line.starts_on, ended_on, day_count, then), ends - begins, rounding)
        moved.append(replace(line, starts_on=starts_on, due_on=due_on, interest=interest + line.put_off))
        starts_on, begins = due_on, ends
    return moved


def with_holiday(
    lines: Sequence[Scheduled],
    pause: Sequence[date],
    days: Sequence[date],
    interest: HolidayInterest,
    day_count: DayCount,
    anchor: int | None = None,
    rounding: Rounding = TO_THE_UNIT,
) -> list[Scheduled]:
    """A payment holiday: instalments without principal on the days of the pause, then all others on later days.

    lines     those that move, in order
    pause     the days on which only interest is paid, or nothing; ascending
    days      the new days of the lines
    interest  whether it is paid in the pause or carried to the first instalment after it
    anchor    on which day of the month periods end; None by week
    rounding  of the interest for the new days

    Raises ValueError where interest is put off already: nothing would say what the pause costs.
    """
    if any(each.ends_on > lines[0].starts_on for line in lines for each in line.earlier):
        raise ValueError(f"instalment {lines[0].number} is put off already: wait until that time is over")
    first, starts_on, nothing = lines[0], lines[0].starts_on, Money.zero(lines[0].interest.currency)
    length = _length(first.starts_on, next(_ends(lines)), day_count, anchor)
    paused = []
    for number, due_on in enumerate(pause, first.number):
        here = _length(starts_on, due_on, day_count, anchor)
        owed = _for_days(first.interest - first.put_off, length, here, rounding)
        paused.append(Scheduled(number, starts_on, due_on, owed, nothing, nothing, nothing))
        starts_on = due_on
    later = on_other_days(lines, days, day_count, starts_on, (anchor, anchor), rounding)
    if interest == "carried":
        carried = Money.total((line.interest for line in paused), nothing.currency)
        paused = [replace(line, interest=nothing) for line in paused]
        more = (Earlier(carried, first.starts_on, later[0].starts_on),) if carried else ()
        later[0] = replace(later[0], interest=later[0].interest + carried, earlier=(*later[0].earlier, *more))
    return paused + [replace(line, number=line.number + len(paused)) for line in later]


def amended(now: Standing, on: date, lines: Sequence[Scheduled], why: Why, number: int) -> Version:
    """The version that puts these lines in place of those in force from the first of them on.

    number  of the new version
    """
    return Version(number, on, now.version, lines[0].number - 1, tuple(lines), why)


def _ends(lines: Sequence[Scheduled]) -> Iterator[date]:
    """Where the interest period of each ends: where the next one starts."""
    for line, following in zip(lines, [*(line.starts_on for line in lines[1:]), date.min], strict=True):
        yield following if following > line.starts_on else line.due_on


def _length(start: date, end: date, day_count: DayCount, anchor: int | None) -> int:
    return number_clipped(day_count, end, anchor) - number_clipped(day_count, start, anchor)


def _for_days(whole: Money, then: int, now: int, rounding: Rounding) -> Money:
    """Interest of one period for another one, by their lengths."""
    return Money(rounding.of(whole.minor * now, then), whole.currency) if then else whole
