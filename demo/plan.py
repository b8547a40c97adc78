"""What is lent in the demo, and how each borrower pays: the same plan for the same seed.

Plan ──the loan is paid out──▶ schedule ──payments()──▶ what is received, on which day
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal
from uuid import UUID

from aggregates.values import Money

Habit = Literal["on time", "in part", "late", "ahead"]

HABITS: tuple[Habit, ...] = ("on time", "in part", "late", "ahead")
_WEIGHTS = (55, 15, 15, 15)

AHEAD = timedelta(days=6)
"""How long before its due date an instalment that is paid ahead comes in."""
LATE = timedelta(days=12)
"""How long after it a late one comes in, and the rest of one that was paid in part."""


@dataclass(frozen=True)
class Bounds:
    """What a product allows."""

    product_id: UUID
    code: str
    currency: str
    rate: int
    """Basis points a year."""
    principal: tuple[Money, Money]
    """Smallest and largest."""
    months: tuple[int, int]
    """Shortest and longest."""


@dataclass(frozen=True)
class Plan:
    """One loan of the story."""

    borrower: str
    """First name of the client, as the demonstration data call her or him."""
    principal: Money
    months: int
    purpose: str
    habits: dict[int, Habit]
    """By number of the instalment, from 1; the others are paid on time."""


@dataclass(frozen=True)
class Payment:
    """Money that comes in."""

    on: date
    number: int
    """The instalment it is meant for."""
    amount: Money
    habit: Habit


@dataclass(frozen=True)
class Due:
    """One line of a schedule, as far as a payer cares."""

    number: int
    on: date
    total: Money


JEAN = Plan(
    borrower="Jean",
    principal=Money(500_000, "EUR"),
    months=24,
    purpose="Remplacement d’une chaudière",
    habits={4: "in part", 7: "late", 11: "ahead", 18: "late", 20: "in part"},
)
AWA = Plan(
    borrower="Awa",
    principal=Money(500_000, "XOF"),
    months=12,
    purpose="Achat d’un congélateur pour la boutique",
    habits={3: "ahead", 5: "in part", 8: "late"},
)


def plans(seed: int | None, offers: dict[str, Bounds], longest: int | None = None) -> list[Plan]:
    """The loans of a run: the two of the demonstration, or others of the same people drawn from the seed.

    offers   by currency, what may be lent
    longest  shorten every loan to this many months, for the short stories of the tests
    """
    told = [JEAN, AWA] if seed is None else _drawn(Random(seed), offers)
    return [_shortened(plan, longest) for plan in told]


def payments(plan: Plan, schedule: Sequence[Due], random: Random) -> list[Payment]:
    """What the borrower pays, in order of date. The sum is what the schedule asks for."""
    received = [
        payment for due in schedule for payment in _paid(due, plan.habits.get(due.number, "on time"), random)
    ]
    return sorted(received, key=lambda payment: (payment.on, payment.number))


def _paid(due: Due, habit: Habit, random: Random) -> list[Payment]:
    match habit:
        case "late":
            return [Payment(due.on + LATE, due.number, due.total, habit)]
        case "ahead":
            return [Payment(due.on - AHEAD, due.number, due.total, habit)]
        case "in part" if due.total.minor > 1:
            part = Money(max(1, due.total.minor * random.randint(20, 80) // 100), due.total.currency)
            rest = due.total - part
            return [
                Payment(due.on, due.number, part, habit),
                Payment(due.on + LATE, due.number, rest, habit),
            ]
    return [Payment(due.on, due.number, due.total, habit)]


def _drawn(random: Random, offers: dict[str, Bounds]) -> list[Plan]:
    return [_drawn_like(model, offers[model.principal.currency], random) for model in (JEAN, AWA)]


def _drawn_like(model: Plan, offer: Bounds, random: Random) -> Plan:
    smallest, largest = (bound.minor for bound in offer.principal)
    months = random.randint(max(offer.months[0], len(HABITS)), min(offer.months[1], 36))
    habits: dict[int, Habit] = {n: random.choices(HABITS, _WEIGHTS)[0] for n in range(1, months + 1)}
    # Whatever is drawn, each way of paying is tried at least once.
    habits.update(zip(random.sample(range(1, months + 1), len(HABITS)), HABITS, strict=True))
    principal = Money(random.randint(smallest, largest), offer.currency)
    return Plan(model.borrower, principal, months, model.purpose, habits)


def _shortened(plan: Plan, longest: int | None) -> Plan:
    if longest is None or plan.months <= longest:
        return plan
    habits = dict(zip(range(1, longest + 1), ("ahead", "in part", "late"), strict=False))
    return Plan(plan.borrower, plan.principal, longest, plan.purpose, habits)  # type: ignore[arg-type]
