"""What a loan comes to: its schedule, what is still owed after each instalment, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate

from aggregates.rules.apr import annual_percentage_rate
from aggregates.rules.calendar import DueInstalment, schedule
from aggregates.rules.instalments import Instalment
from aggregates.values import Money


@dataclass(frozen=True)
class Plan:
    """The instalments of a loan, seen from the day its money leaves. A contract and a simulation say the same by it."""

    principal: Money
    instalments: Sequence[Instalment]
    """One a month, oldest first."""
    payout_on: date
    """What the due dates are counted from."""

    @cached_property
    def schedule(self) -> list[DueInstalment]:
        return schedule(self.payout_on, self.instalments)

    @cached_property
    def remaining(self) -> list[Money]:
        """Principal still owed after each instalment."""
        return list(
            accumulate((part.principal for part in self.instalments), Money.__sub__, initial=self.principal)
        )[1:]

    @property
    def interest(self) -> Money:
        """What the loan costs: all interest, and nothing else is charged."""
        return Money.total((part.interest for part in self.instalments), self.principal.currency)

    @property
    def total(self) -> Money:
        return self.principal + self.interest

    @cached_property
    def apr(self) -> int:
        """Hundredths of a percent."""
        return annual_percentage_rate(self.principal, [part.total for part in self.instalments])
