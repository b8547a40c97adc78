"""When instalments fall due: the same day every month, clipped to the month's end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from aggregates.rules.instalments import Instalment
from aggregates.rules.scheduled import Scheduled
from aggregates.values import Money


def months_after(anchor: date, months: int) -> date:
    """The anchor's day, so many months later; the last day of a month that is too short.

    Always computed from the anchor, never from the date before: 31 January, 28 February, 31 March.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def schedule(value_date: date, instalments: Sequence[Instalment]) -> list[Scheduled]:
    """The instalments with their due dates: instalment n is due n months after the money left."""
    days = [months_after(value_date, n) for n in range(len(instalments) + 1)]
    return [
        Scheduled(n, days[n - 1], days[n], each.interest, each.principal, _none(each), _none(each))
        for n, each in enumerate(instalments, 1)
    ]


def _none(instalment: Instalment) -> Money:
    return Money.zero(instalment.interest.currency)


def dated(instalments: Sequence[dict[str, Any]], value_date: str) -> list[dict[str, Any]]:
    """Stored instalments of before November 2026, one a month and nothing but interest and principal, as lines are now."""
    days = [months_after(date.fromisoformat(value_date), n).isoformat() for n in range(len(instalments) + 1)]
    return [
        {
            **{name: each[name] for name in ("interest", "principal")},
            **{name: {**each["interest"], "minor": 0} for name in ("fee", "insurance")},
            "number": n,
            "starts_on": days[n - 1],
            "due_on": days[n],
        }
        for n, each in enumerate(instalments, 1)
    ]
