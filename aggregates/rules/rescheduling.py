"""Which days and amounts the instalments to come get when they are moved: another due day, a pause, another length."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from aggregates.rules.amendments import HolidayInterest, on_other_days, with_holiday
from aggregates.rules.calendar import months_after
from aggregates.rules.day_count import DayCount
from aggregates.rules.instalments import level_instalments
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.standing import Standing
from aggregates.values import BasisPoints, Money


def lines_to_come(now: Standing) -> list[Scheduled]:
    """The instalments after the day of the standing."""
    return [each.line for each in now.instalments if each.line.due_on > now.on]


def moved_to_day(lines: Sequence[Scheduled], day: int, on: date, day_count: DayCount) -> list[Scheduled]:
    """Each instalment on another day of its month, clipped to the month's end; interest follows the days.

    day  1 to 31
    on   the day of the change

    Raises ValueError when there is none, or when the first would be due on that day or before it.
    """
    _some(lines)
    days = [_on_day(line.due_on, day) for line in lines]
    if days[0] <= on:
        raise ValueError(f"instalment {lines[0].number} would be due on {days[0]}, which is not to come")
    return on_other_days(lines, days, day_count)


def paused(
    lines: Sequence[Scheduled], months: int, interest: HolidayInterest, day_count: DayCount
) -> list[Scheduled]:
    """No principal for so many months, then every instalment that much later, on the day of the month it had.

    Raises ValueError when there is none.
    """
    _some(lines)
    days = [line.due_on for line in lines]
    anchor = max(days[:12], key=lambda day: day.day)
    first = (days[0].year - anchor.year) * 12 + days[0].month - anchor.month
    dates = [months_after(anchor, first + place) for place in range(months + len(lines))]
    return with_holiday(lines, dates[:months], dates[months:], interest, day_count)


def spread(lines: Sequence[Scheduled], rate: BasisPoints, months: int) -> list[Scheduled]:
    """The principal to come in another number of level monthly instalments, on the same day of the month.

    rate  nominal, basis points a year

    Raises ValueError when there is none, or when it does not amortise.
    """
    _some(lines)
    if any(line.fee or line.insurance for line in lines):
        raise ValueError("instalments with fees or insurance are not spread anew")
    currency = lines[0].principal.currency
    nothing, owed = Money.zero(currency), Money.total((line.principal for line in lines), currency)
    spread_out, starts_on = [], lines[0].starts_on
    anchor = max((line.due_on for line in lines[:12]), key=lambda day: day.day)
    first = (lines[0].due_on.year - anchor.year) * 12 + lines[0].due_on.month - anchor.month
    for place, part in enumerate(level_instalments(owed, rate, months)):
        due_on = months_after(anchor, first + place)
        number = lines[0].number + place
        spread_out.append(
            Scheduled(number, starts_on, due_on, part.interest, part.principal, nothing, nothing)
        )
        starts_on = due_on
    return spread_out


def _on_day(due_on: date, day: int) -> date:
    return due_on.replace(day=min(day, monthrange(due_on.year, due_on.month)[1]))


def _some(lines: Sequence[Scheduled]) -> None:
    if not lines:
        raise ValueError("no instalment is to come")
