"""What lateness costs: by the day, in whole cents, with pauses and caps."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.rules.facts import Disbursed, Paused, Receipt
from aggregates.rules.life import standing
from aggregates.rules.penalties import Pauses
from aggregates.rules.servicing_terms import Late, Order
from aggregates.values import BasisPoints
from tests.lives import LOAN, due, terms
from tests.stories import eur

TEN_PERCENT = BasisPoints(1_000)


def penalty(days: int, *facts: Any, rate: BasisPoints = TEN_PERCENT, **rule: Any) -> int:
    """Penalties, in cents, so many days after the first instalment fell due unpaid: 25.00 interest, 196.60 principal."""
    return charged(due(1) + timedelta(days=days), *facts, rate=rate, **rule)


def charged(on: date, *facts: Any, rate: BasisPoints = TEN_PERCENT, **rule: Any) -> int:
    return standing(terms(late=Late(rate, **rule)), [LOAN], facts, on).past_due.penalty.minor


def test_each_day_after_the_due_day_costs():
    """196.60 at 10 % for 10 days of 365: 0.5386."""
    assert [penalty(days) for days in (0, 1, 10)] == [0, 5, 54]


def test_what_bears_penalties_is_what_was_agreed():
    """221.60 for 10 days: 0.607."""
    assert penalty(10, base=("interest", "principal")) == 61


def test_only_what_is_unpaid_costs():
    """196.60 for 4 days and 96.60 for 6: 0.2154, of which 0.22 was charged and paid, and 0.1588: 0.37 in all."""
    part = Receipt(2, due(1) + timedelta(days=4), eur(22 + 25_00 + 100_00))
    assert penalty(10, part) == 15


def test_the_days_of_grace_cost_nothing_even_afterwards():
    """Five days of 196.60: 0.2693."""
    assert [penalty(days, grace_days=5) for days in (5, 6, 10)] == [0, 5, 27]


def test_something_is_charged_once_where_that_is_agreed():
    assert [penalty(days, rate=BasisPoints(0), fixed=eur(7_50)) for days in (0, 1, 29)] == [0, 7_50, 7_50]
    assert charged(due(2) + timedelta(days=1), rate=BasisPoints(0), fixed=eur(7_50)) == 15_00


def test_paused_days_cost_nothing():
    """Of ten days the third to the sixth, both included, are paused: six days, 0.3232."""
    pause = Paused(2, due(1) + timedelta(days=3), due(1) + timedelta(days=6))
    assert penalty(10, pause) == 32
    assert penalty(10, pause, Paused(3, due(1) + timedelta(days=5), due(1) + timedelta(days=6))) == 32


def test_a_pause_that_has_not_ended_goes_on():
    assert penalty(100, Paused(2, due(1))) == 0


def test_the_cap_of_an_instalment_is_a_share_of_it():
    """2 % of 221.60 is 4.43."""
    assert charged(due(2), rate=BasisPoints(10_000), cap_each=BasisPoints(200)) == 4_43
    assert penalty(1, fixed=eur(7_50), cap_each=BasisPoints(200)) == 4_43


def test_the_cap_of_the_loan_is_reached_on_its_day_and_nothing_comes_after():
    """0.3 % of 5,000.00 is 15.00."""
    rule: Any = {"rate": BasisPoints(10_000), "cap_all": BasisPoints(30)}
    days = [charged(due(1) + timedelta(days=days), **rule) for days in range(100)]
    assert max(days) == days[-1] == 15_00
    assert days == sorted(days)
    paid = Receipt(2, due(3), eur(1_000_00))
    assert charged(due(8), paid, **rule) == 0, "what was charged counts against the cap though it was paid"


def test_what_was_charged_stays_charged_when_it_is_paid_late():
    assert penalty(12, Receipt(2, due(1) + timedelta(days=10), eur(54))) == 11
    wholly = Receipt(2, due(1) + timedelta(days=10), eur(221_60 + 54))
    assert penalty(12, wholly) == 0


def test_penalties_alone_make_no_days_past_due():
    last = Order(components=("fee", "insurance", "interest", "principal", "penalty"))
    agreed, late = terms(late=Late(TEN_PERCENT), order=last), due(1) + timedelta(days=10)
    now = standing(agreed, [LOAN], [Receipt(2, late, eur(221_60))], late)
    assert (now.past_due.penalty, now.past_due.total, now.days_past_due) == (eur(54), eur(54), 0)


def test_a_penalty_bears_no_penalty():
    with pytest.raises(ValueError, match="bears no penalty"):
        Late(TEN_PERCENT, ("principal", "penalty"))


@pytest.mark.parametrize("rule", [{"rate": BasisPoints(-1)}, {"rate": TEN_PERCENT, "grace_days": -1}])
def test_a_rule_of_lateness_is_not_below_zero(rule):
    with pytest.raises(ValueError, match="below zero"):
        Late(**rule)


DAYS = st.integers(0, 60).map(lambda days: due(1) + timedelta(days=days))


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS))), DAYS, DAYS)
def test_days_that_are_not_paused_are_counted_one_by_one(spans, after, until):
    spans = [(first, last) for first, last in spans if last is None or first <= last]
    days = [after + timedelta(days=days) for days in range(1, (until - after).days + 1)]
    open_days = [day for day in days if not any(first <= day <= (last or date.max) for first, last in spans)]
    assert Pauses(spans).open_days(after, until) == len(open_days)


@settings(deadline=None)
@given(st.integers(0, 3_000), st.integers(0, 40), st.integers(1, 90))
def test_a_stretch_of_days_costs_what_its_days_cost(rate, grace, days):
    """On each instalment: money paid out, which moves no balance, makes each day one on which something happens."""
    each_day = [Disbursed(10 + n, due(1) + timedelta(days=n), eur(1)) for n in range(days)]
    agreed = terms(late=Late(BasisPoints(rate), grace_days=grace, cap_all=BasisPoints(10)))
    on = due(1) + timedelta(days=days)
    at_once, by_days = (standing(agreed, [LOAN], facts, on) for facts in ([], each_day))
    assert at_once.instalments == by_days.instalments
