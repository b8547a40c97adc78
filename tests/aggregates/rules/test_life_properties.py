"""What holds for every life of a loan: nothing is lost, the order of learning is nothing, the books agree."""

import os
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.posting import balanced
from aggregates.rules.calendar import months_after
from aggregates.rules.charts import CHARTS
from aggregates.rules.facts import Receipt, Returned
from aggregates.rules.life import life, movements, standing
from aggregates.rules.movements import balances, to_enter
from aggregates.rules.postings import lines
from aggregates.rules.standing import Standing
from tests.lives import PAID_OUT, random_life, random_terms

LIVES = int(os.environ.get("LIVES", "120"))
"""How many random lives each test follows."""

pytestmark = pytest.mark.timeout(3_600)
"""LIVES=2000 takes its time on a busy machine."""

MONTH_ENDS = [months_after(date(2026, 5, 31), month) for month in range(18)]


def lives(test):
    """Run a test on as many random lives; the seed is shown when it fails."""
    return settings(max_examples=LIVES, deadline=None)(given(chance=st.integers(0, 2**32).map(Random))(test))


@lives
def test_the_order_of_learning_changes_nothing(chance):
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    on = chance.choice(MONTH_ENDS)
    once = life(agreed, versions, facts, on)
    again = life(agreed, chance.sample(versions, len(versions)), chance.sample(facts, len(facts)), on)
    assert once == again


@lives
def test_the_numbers_that_the_order_of_learning_gives_change_no_balance(chance):
    """A fact is numbered when it is learnt: of two receipts of one day the other one may have paid, and nothing else."""
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    on = chance.choice(MONTH_ENDS)
    now, made = life(agreed, versions, facts, on)
    numbers = {fact.number: number for number, fact in enumerate(chance.sample(facts, len(facts)), 1)}
    otherwise = [
        replace(fact, number=numbers[fact.number], receipt=numbers[fact.receipt])
        if isinstance(fact, Returned)
        else replace(fact, number=numbers[fact.number])
        for fact in facts
    ]
    resting = [replace(one, rests_on=one.rests_on and numbers[one.rests_on]) for one in versions]
    again, remade = life(agreed, resting, otherwise, on)
    assert _but_for_receipts(again) == _but_for_receipts(now)
    assert _moved(remade) == _moved(made)


def _but_for_receipts(now: Standing) -> tuple:
    return replace(now, parts=(), waiting=()), now.unallocated


@lives
def test_every_cent_of_every_receipt_is_somewhere(chance):
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    on = chance.choice(MONTH_ENDS)
    now = standing(agreed, versions, facts, on)
    returned = {fact.receipt for fact in facts if isinstance(fact, Returned)}
    for fact in facts:
        if isinstance(fact, Receipt):
            used = sum(part.amount.minor for part in now.parts if part.receipt == fact.number)
            waiting = sum(money.amount.minor for money in now.waiting if money.receipt == fact.number)
            counts = fact.on <= on and fact.number not in returned
            assert used + waiting == (fact.amount.minor if counts else 0)
    assert all(part.amount.minor > 0 for part in now.parts)


@lives
def test_no_balance_is_below_zero_and_none_is_above_what_was_agreed(chance):
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    now = standing(agreed, versions, facts, chance.choice(MONTH_ENDS))
    for instalment in now.instalments:
        for what in ("fee", "insurance", "interest", "principal"):
            unpaid = getattr(instalment.unpaid, what)
            assert 0 <= unpaid.minor <= getattr(instalment.line, what).minor
        assert instalment.unpaid.penalty.minor >= 0
    assert 0 <= now.accrued.minor <= sum(instalment.line.interest.minor for instalment in now.instalments)


@lives
def test_the_books_say_what_the_standing_says(chance):
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    for on in MONTH_ENDS[::3]:
        now, made = life(agreed, versions, facts, on)
        book = balances(made)
        ahead = _paid_ahead(now)
        if now.written_off is None:
            assert book["loans"] == now.outstanding.minor + ahead["principal"]
        assert book["interest_due"] == now.past_due.interest.minor + now.due.interest.minor
        assert book["fees_due"] == now.past_due.fee.minor + now.due.fee.minor
        assert book["insurance_due"] == now.past_due.insurance.minor + now.due.insurance.minor
        assert book["penalties_due"] == now.past_due.penalty.minor
        assert book["advances"] == now.claim.minor - now.unallocated.minor - sum(ahead.values())
        assert book["interest_accrued"] == now.accrued.minor
        assert book["provision"] == -now.provision.minor
        assert book["losses"] == (now.written_off.total.minor if now.written_off else 0)
        assert book["recoveries"] == -now.recovered.minor


@lives
def test_every_movement_balances_on_both_charts(chance):
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    for movement in movements(agreed, versions, facts, MONTH_ENDS[-1]):
        for chart in CHARTS.values():
            balanced(lines(movement, chart))


@lives
def test_entries_made_as_facts_become_known_add_up_to_the_life_that_is_known(chance):
    """Facts are learnt one by one, in any order, on later and later days; what is in the books is never changed."""
    agreed = random_terms(chance)
    versions, facts = random_life(chance, agreed)
    learnt, entered, before = [], [], []
    known_on = PAID_OUT + timedelta(days=200)
    for fact in chance.sample(facts, len(facts)):
        learnt.append(fact)
        after = movements(agreed, versions, learnt, known_on)
        new = to_enter(before, after, known_on, known_on.replace(day=1), ("reallocation", 1))
        assert all(known_on.replace(day=1) <= movement.on <= known_on for movement in new)
        assert sum(movement.kind == "reallocation" for movement in new) <= 1
        entered += new
        before, known_on = after, known_on + timedelta(days=chance.randrange(40))
        assert _moved(entered) == _moved(after)


def _moved(made):
    return {role: minor for role, minor in balances(made).items() if minor}


def _paid_ahead(now: Standing) -> dict[str, int]:
    return {
        what: sum(
            getattr(instalment.line, what).minor - getattr(instalment.unpaid, what).minor
            for instalment in now.instalments
            if instalment.line.due_on > now.on and now.written_off is None
        )
        for what in ("fee", "insurance", "interest", "principal")
    }
