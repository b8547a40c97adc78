"""What is lent and how it is paid: the same for the same seed, within what the products allow."""

from __future__ import annotations

from datetime import date
from random import Random
from uuid import UUID

import pytest

from aggregates.rules.calendar import months_after
from aggregates.values import Money
from demo.plan import AHEAD, HABITS, LATE, Bounds, Due, Plan, payments, plans

OFFERS = {
    "EUR": Bounds(UUID(int=1), "pret", "EUR", 600, (Money(100_000, "EUR"), Money(3_000_000, "EUR")), (6, 60)),
    "XOF": Bounds(
        UUID(int=2), "credit", "XOF", 1800, (Money(100_000, "XOF"), Money(10_000_000, "XOF")), (3, 36)
    ),
}
DUE = date(2026, 12, 21)


def test_without_a_seed_it_is_the_demonstration() -> None:
    told = [(plan.borrower, str(plan.principal), plan.months) for plan in plans(None, OFFERS)]
    assert told == [("Jean", "5000.00 EUR", 24), ("Awa", "500000 XOF", 12)]


def test_the_same_seed_gives_the_same_loans_and_another_one_others() -> None:
    assert plans(7, OFFERS) == plans(7, OFFERS) != plans(8, OFFERS)


@pytest.mark.parametrize("seed", range(100))
def test_whatever_is_drawn_is_on_offer_and_every_habit_occurs(seed: int) -> None:
    for plan in plans(seed, OFFERS):
        offer = OFFERS[plan.principal.currency]
        assert offer.principal[0] <= plan.principal <= offer.principal[1]
        assert offer.months[0] <= plan.months <= offer.months[1]
        assert set(plan.habits.values()) == set(HABITS)


@pytest.mark.parametrize("seed", range(100))
def test_whatever_the_habits_everything_is_paid_once_and_before_the_next_month_is_over(seed: int) -> None:
    for plan in plans(seed, OFFERS):
        schedule = [Due(n, months_after(DUE, n), Money(n, "EUR")) for n in range(1, plan.months + 1)]
        paid = payments(plan, schedule, Random(seed))
        assert sum(payment.amount.minor for payment in paid) == sum(due.total.minor for due in schedule)
        assert all(payment.amount.minor > 0 for payment in paid)
        assert paid == sorted(paid, key=lambda payment: payment.on)
        for payment in paid:
            on = schedule[payment.number - 1].on
            assert on - AHEAD <= payment.on <= on + LATE


def test_a_part_is_paid_on_its_day_and_the_rest_later() -> None:
    plan = Plan("Jean", Money(100, "EUR"), 1, "", {1: "in part"})
    first, rest = payments(plan, [Due(1, DUE, Money(100, "EUR"))], Random(1))
    assert (first.on, rest.on) == (DUE, DUE + LATE)
    assert first.amount + rest.amount == Money(100, "EUR")


def test_a_shortened_story_is_paid_ahead_in_part_and_late() -> None:
    short = plans(None, OFFERS, longest=3)[-1]
    assert (short.months, list(short.habits.values())) == (3, ["ahead", "in part", "late"])
