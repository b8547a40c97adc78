"""What an approval grants, and each thing that has to be right for it: what a person reads before deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from aggregates.rules.ceilings import keep_below
from aggregates.rules.costs import Costs
from aggregates.rules.law import Law
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.terms import Drawdown
from aggregates.values import AccountId, BasisPoints, Ceiling, Money
from eventstore import Rejected

Question = Literal["request", "difference", "person", "limit", "payout-day", "ceiling"]
"""What is asked before an approval: does the request wait for a decision, may this person decide alone and on this
amount, is the planned day possible, does the loan cost no more than its law allows. Before a counter-offer also: is it
another loan than the one that was asked for."""


@dataclass(frozen=True)
class Conditions:
    """What would be lent on which terms, and the legal limit of the day."""

    plan: Costs
    """From the day on which the money should leave."""
    law: Law
    ceiling: Ceiling | None
    """In force on the day of the decision for this law and amount; None when the law has none, or none is entered."""

    @property
    def principal(self) -> Money:
        return self.plan.principal

    @property
    def rate(self) -> BasisPoints:
        """Nominal, a year."""
        return self.plan.terms.rate

    @property
    def instalments(self) -> list[Scheduled]:
        """Oldest first."""
        return self.plan.lines

    @property
    def drawdowns(self) -> list[Drawdown]:
        """Oldest first; none where everything leaves at once."""
        return list(self.plan.drawdowns) if len(self.plan.drawdowns) > 1 else []

    @property
    def planned_payout_on(self) -> date:
        return self.plan.payout_on

    @property
    def figures(self) -> Figures:
        """As they are put beside others."""
        first, last = self.instalments[0].total, self.instalments[-1].total
        return Figures(
            self.principal,
            self.plan.periods,
            self.rate,
            first,
            last,
            self.plan.cost,
            self.plan.total,
            self.plan.apr,
        )

    def is_same_loan(self, other: Conditions) -> bool:
        """Whether a borrower would be lent the same at the same price; the planned day aside."""
        return (self.principal, self.plan.periods, self.rate) == (
            other.principal,
            other.plan.periods,
            other.rate,
        )

    def come_to(self, on: date, ceiling: Ceiling | None) -> Conditions:
        """The same when they are accepted on a later day: no payout is planned for a day that has passed.

        ceiling  in force on that day
        """
        plan = replace(self.plan, payout_on=max(self.planned_payout_on, on))
        return replace(self, plan=plan, ceiling=ceiling)

    def keep_below_the_ceiling(self) -> None:
        """Raises AboveRateCeiling, CeilingNotEntered."""
        keep_below(self.ceiling, self.law, self.principal, self.plan.apr)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a loan is to whoever borrows it, to be put beside another one."""

    principal: Money
    months: int
    """Number of instalments."""
    rate: BasisPoints
    """Nominal, a year."""
    instalment: Money
    """The first one."""
    last_instalment: Money
    cost: Money
    """Interest, fees, and insurance that is required."""
    total: Money
    """All that is paid back."""
    apr: int
    """Annual percentage rate, hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """Other conditions than those that were asked for, as a loan keeps them until the client has answered."""

    conditions: Conditions
    by: AccountId
    """Who decided to lend on them."""
    self_approval: str | None
    """Why one person decided alone; absent when two did."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question."""

    question: Question
    refusal: Rejected | None
    """What an approval would be refused with; None where nothing is in the way."""


def highest_rate(
    ceiling: Ceiling, rate: BasisPoints, at: Callable[[BasisPoints], Conditions]
) -> BasisPoints | None:
    """The highest nominal rate, up to ``rate``, at which the loan costs no more than the ceiling; None where none does.

    at  the conditions of a nominal rate; what the loan costs grows with it
    """
    low, high = -1, int(rate)
    while low < high:
        middle = (low + high + 1) // 2
        fits = at(BasisPoints(middle)).plan.apr <= ceiling.rate
        low, high = (middle, high) if fits else (low, middle - 1)
    return None if low < 0 else BasisPoints(low)


def found(question: Question, ask: Callable[[], object]) -> Finding:
    """The answer to a question that raises what is in the way."""
    try:
        ask()
    except Rejected as refusal:
        return Finding(question, refusal)
    return Finding(question, None)
