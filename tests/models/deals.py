"""What can be agreed about a loan, in the words of the model. Amounts are whole minor units, rates basis points a year."""

from __future__ import annotations

from dataclasses import dataclass

BY_MONTH = {"monthly": 1, "quarterly": 3}
BY_WEEK = {"weekly": 7, "fortnightly": 14}


@dataclass(frozen=True)
class Index:
    """A rate that follows a published one."""

    margin: int
    floor: int | None
    cap: int | None
    every: int
    """Periods between two resets."""


@dataclass(frozen=True)
class Fee:
    when: str
    """up-front, financed or per-instalment."""
    fixed: int
    share: int
    """Basis points of the principal."""


@dataclass(frozen=True)
class Insurance:
    rate: int
    base: str
    """initial or outstanding."""
    required: bool


@dataclass(frozen=True)
class Deal:
    """Everything that was agreed but the amount, the number of instalments and the days."""

    kind: str = "annuity"
    frequency: str = "monthly"
    count: str = "30E/360"
    rate: int = 0
    grace_all: int = 0
    grace_principal: int = 0
    first_period: str = "with-first"
    step_up: int = 0
    step_every: int = 1
    balloon: int = 0
    index: Index | None = None
    subsidy: int = 0
    fees: tuple[Fee, ...] = ()
    insurance: Insurance | None = None
    unit: int = 1
    half: str = "even"
    business: str = "none"
    calendar: str | None = None
    due_day: int | None = None
    shortest_first: int = 15
