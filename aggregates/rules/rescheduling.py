"""Which days and amounts the instalments to come get when they are moved: another due day, a pause, another length."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count as numbers

from aggregates.rules.amendments import HolidayInterest, on_other_days, with_holiday
from aggregates.rules.calendar import months_after
from aggregates.rules.holidays import moved
from aggregates.rules.pro_rata import earned
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import Frequency, ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.rules.terms import DAYS, MONTHS, Terms, UnsoundTerms
from aggregates.values import BasisPoints, Money


def lines_to_come(now: Standing) -> list[Scheduled]:
    """The instalments after the day of the standing."""
    return [each.line for each in now.instalments if each.line.due_on > now.on]


def moved_to_day(lines: Sequence[Scheduled], day: int, on: date, terms: ServicingTerms) -> list[Scheduled]:
    """Each instalment on another day of its month, clipped to the month's end, or of its week; interest follows the days.

    day  1 to 31; by week 1 Monday to 7 Sunday
    on   the day of the change

    Raises ValueError when there is none, when there is no such day, or when the first would be due on that day or
    before it.
    """
    _some(lines)
    if terms.frequency in DAYS and day > 7:
        raise ValueError("it is repaid by the week: name a weekday, 1 Monday to 7 Sunday")
    ends = ends_of(lines, terms.frequency)
    days = [_on_day(end, day, terms.frequency) for end in ends]
    if days[0] <= on:
        raise ValueError(f"instalment {lines[0].number} would be due on {days[0]}, which is not to come")
    anchors = _anchor(ends, terms.frequency), day if terms.frequency in MONTHS else None
    moved_lines = on_other_days(lines, days, terms.day_count, anchors=anchors, rounding=terms.rounding)
    return _on_business_days(moved_lines, terms)


def paused(
    lines: Sequence[Scheduled], count: int, interest: HolidayInterest, terms: ServicingTerms
) -> list[Scheduled]:
    """No principal for the time of so many instalments, then every instalment that much later, on the day it had.

    Raises ValueError when there is none.
    """
    _some(lines)
    ends = ends_of(lines, terms.frequency)
    place, anchor = _places(ends, terms.frequency), _anchor(ends, terms.frequency)
    dates = [place(number) for number in range(count + len(lines))]
    later = with_holiday(
        lines, dates[:count], dates[count:], interest, terms.day_count, anchor, terms.rounding
    )
    return _on_business_days(later, terms)


def spread(
    lines: Sequence[Scheduled], rate: BasisPoints, count: int, terms: ServicingTerms
) -> list[Scheduled]:
    """The principal to come in another number of level instalments, as often and on the same day as before.

    rate  nominal, basis points a year

    Raises ValueError when there is none, when it does not amortise, or when it bears insurance, whose cost follows
    from a contract of its own.
    """
    fee = some_alike(lines).fee
    owed = Money.total((line.principal for line in lines), lines[0].principal.currency)
    ends = ends_of(lines, terms.frequency)
    planned = leveled(owed, rate, count, lines[0].starts_on, ends[0], ends, terms)
    before = lines[0].number - 1
    new = [replace(line, number=before + line.number, fee=fee) for line in planned]
    return _with_put_off(new, lines, terms)


def leveled(
    owed: Money,
    rate: BasisPoints,
    count: int,
    starts_on: date,
    first_end: date,
    ends: Sequence[date],
    terms: ServicingTerms,
) -> list[Scheduled]:
    """So much principal in level instalments, as often as before, on the day on which periods have ended.

    starts_on  the first day of the first period
    first_end  its last
    ends       of the periods as they were agreed, for the day of the month

    Raises ValueError when it does not amortise.
    """
    level = Terms(
        rate,
        frequency=terms.frequency,
        day_count=terms.day_count,
        due_day=anchor_of(ends).day if terms.frequency in MONTHS else None,
        rounding=terms.rounding,
        business_days=terms.business_days,
        calendar=terms.calendar,
    )
    try:
        return list(schedule(level, owed, count, starts_on, first_end))
    except UnsoundTerms as error:
        raise ValueError(str(error)) from error


def some_alike(lines: Sequence[Scheduled]) -> Scheduled:
    """The first of lines that can be spread anew.

    Raises ValueError when there is none, or when they bear insurance or different fees: what those cost follows from a
    contract of its own.
    """
    _some(lines)
    if any(line.insurance for line in lines):
        raise ValueError("instalments with insurance are not spread anew: agree on them in a new contract")
    if len({line.fee for line in lines}) > 1:
        raise ValueError(
            "instalments with different fees are not spread anew: agree on them in a new contract"
        )
    return lines[0]


def _with_put_off(
    new: Sequence[Scheduled], old: Sequence[Scheduled], terms: ServicingTerms
) -> list[Scheduled]:
    """Interest of a time without instalments that was earned before the new ones begin, in equal parts on them."""
    begins_on = new[0].starts_on
    earned_before = [
        (earned(each.amount.minor, each.starts_on, begins_on, each.ends_on, terms.day_count), each.starts_on)
        for line in old
        for each in line.earlier
    ]
    if not any(amount for amount, _ in earned_before):
        return list(new)
    since = min(day for _, day in earned_before)
    shares = terms.rounding.spread(sum(amount for amount, _ in earned_before), len(new))
    return [
        replace(
            line,
            interest=line.interest + Money(share, terms.currency),
            earlier=(Earlier(Money(share, terms.currency), since, begins_on),) if share > 0 else (),
        )
        for line, share in zip(new, shares, strict=True)
    ]


def ends_of(lines: Sequence[Scheduled], frequency: Frequency) -> list[date]:
    """Where each interest period ends, on its own day whatever business day the instalment is paid on."""
    ends = [line.starts_on for line in lines[1:]]
    return [*ends, _places(ends, frequency)(len(ends)) if ends else lines[-1].due_on]


def _places(ends: Sequence[date], frequency: Frequency) -> Callable[[int], date]:
    """The day of the n-th instalment from 0, as often as those before and never back from a short month."""
    if frequency in DAYS:
        return lambda number: ends[0] + timedelta(days=number * DAYS[frequency])
    anchor, first = anchor_of(ends), ends[0]
    behind = (first.year - anchor.year) * 12 + first.month - anchor.month
    return lambda number: months_after(anchor, behind + number * MONTHS[frequency])


def next_end(ends: Sequence[date], on: date, frequency: Frequency) -> date:
    """The first end of a period after a day, with or without an instalment that is to come."""
    place = _places(ends, frequency)
    return next(end for end in map(place, numbers()) if end > on)


def anchor_of(ends: Sequence[date]) -> date:
    """The one that no short month has clipped."""
    return max(ends[:12], key=lambda day: day.day)


def _anchor(ends: Sequence[date], frequency: Frequency) -> int | None:
    return anchor_of(ends).day if frequency in MONTHS else None


def _on_day(end: date, day: int, frequency: Frequency) -> date:
    if frequency in DAYS:
        return end + timedelta(days=day - end.isoweekday())
    return end.replace(day=min(day, monthrange(end.year, end.month)[1]))


def _on_business_days(lines: Sequence[Scheduled], terms: ServicingTerms) -> list[Scheduled]:
    """Where the terms say so the instalment is paid on a business day; interest still runs to its own."""
    return [replace(line, due_on=moved(line.due_on, terms.business_days, terms.calendar)) for line in lines]


def _some(lines: Sequence[Scheduled]) -> None:
    if not lines:
        raise ValueError("no instalment is to come")
