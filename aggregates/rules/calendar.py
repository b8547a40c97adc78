"""When instalments fall due: the same day every month, clipped to the month's end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aggregates.rules.instalments import Instalment
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class DueInstalment:
    """An instalment with its place in the schedule and its day."""

    number: int
    """From 1."""
    due_on: date
    interest: Money
    principal: Money

    @property
    def total(self) -> Money:
        return self.interest + self.principal


def months_after(anchor: date, months: int) -> date:
    """The anchor's day, so many months later; the last day of a month that is too short.

    Always computed from the anchor, never from the date before: 31 January, 28 February, 31 March.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def schedule(value_date: date, instalments: Sequence[Instalment]) -> list[DueInstalment]:
    """The instalments with their due dates: instalment n is due n months after the money left."""
    return [
        DueInstalment(n, months_after(value_date, n), instalment.interest, instalment.principal)
        for n, instalment in enumerate(instalments, 1)
    ]
