"""The life of a loan is that of another formulation, which lives every day of it; on lives drawn by lot.

LIVES=2000 draws so many; each failure names the seed with which its life is drawn again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from aggregates.rules.arrears import aging, portfolio_at_risk
from aggregates.rules.life import life, movements, standing
from aggregates.rules.movements import Movement, to_enter
from aggregates.rules.reallocated import Share, reallocated
from tests.modelled import (
    PROVISIONS,
    evenings,
    expected,
    fact_of,
    roles,
    said,
    terms_of,
    version_of,
)
from tests.models.books import Books
from tests.models.facts import TIMINGS, Fact, Version
from tests.models.invented import Invented, a_life
from tests.models.lives import Life

LIVES = int(os.environ.get("LIVES", "60"))

pytestmark = pytest.mark.timeout(3_600)
BATCHES = 6


@pytest.mark.parametrize("batch", range(BATCHES))
def test_lives_are_those_of_the_model(batch: int) -> None:
    for seed in range(batch, LIVES, BATCHES):
        lot = Random(seed)
        invented = a_life(lot)
        terms = terms_of(invented.rules)
        versions = [version_of(one) for one in invented.versions]
        facts = [fact_of(one) for one in invented.facts]
        for on in evenings(lot, invented):
            now, entries = life(terms, versions, facts, on)
            model = Books(invented.rules, invented.versions, invented.facts, on, PROVISIONS)
            assert said(now) == expected(model), f"seed {seed} on {on}"
            assert standing(terms, versions, facts, on) == now, "the same without books"
            assert roles(entries) == model.roles(), f"seed {seed} on {on}"
            assert all(sum(amount.minor for _, amount in entry.amounts) == 0 for entry in entries)


def test_any_order_of_learning_gives_the_same_life() -> None:
    for seed in range(LIVES):
        lot = Random(seed)
        invented = a_life(lot)
        terms = terms_of(invented.rules)
        versions = [version_of(one) for one in invented.versions]
        facts = [fact_of(one) for one in invented.facts]
        as_drawn = life(terms, versions, facts, invented.ends_on)
        lot.shuffle(versions)
        lot.shuffle(facts)
        assert life(terms, versions, facts, invented.ends_on) == as_drawn, f"seed {seed}"


def learnt_by(invented: Invented, day: date) -> tuple[list[Version], list[Fact]]:
    """What was known on a day. A version is known from its day on, or from that of its ground, or when the one that
    it passes over has fallen; never before an older one."""
    facts = [fact for fact in invented.facts if invented.learnt[fact.number] <= day]
    grounds = {fact.number for fact in facts if fact.what in ("receipt", "noticed")}
    gone = {fact.receipt for fact in facts if fact.what in ("returned", "lifted")}
    versions: list[Version] = []
    for version in invented.versions:
        if version.on > day or not {version.rests_on or 0} <= grounds | {0}:
            break
        passed_over = [one for one in versions if version.over < one.number]
        if any(one.rests_on not in gone for one in passed_over):
            break
        versions.append(version)
    return versions, facts


def test_what_is_learnt_late_is_entered_by_its_difference() -> None:
    """The sum of all that was ever entered is, on every evening, what the model has in its books."""
    for seed in range(0, LIVES, 4):
        invented = a_life(Random(seed))
        terms, entered, before = terms_of(invented.rules), list[Movement](), list[Movement]()
        days = sorted({day for day in invented.learnt.values() if day >= invented.begins_on})
        for day in days:
            known, facts = learnt_by(invented, day)
            after = movements(terms, [version_of(one) for one in known], [fact_of(one) for one in facts], day)
            fresh = to_enter(before, after, day, day - timedelta(days=20), ("reallocation", 1))
            assert all(day - timedelta(days=20) <= entry.on <= day for entry in fresh), (
                f"seed {seed} on {day}"
            )
            assert all(sum(amount.minor for _, amount in entry.amounts) == 0 for entry in fresh)
            entered, before = [*entered, *fresh], after
            model = Books(invented.rules, known, facts, day, PROVISIONS)
            assert roles(entered) == model.roles(), f"seed {seed} on {day}"


def shares(model: Life) -> dict[int, Counter[Any]]:
    """By receipt, where its money is."""
    found: dict[int, Counter[Any]] = {}
    for money in model.money:
        found[money.number] = Counter({(0, 0, None): money.left} if money.left else {})
        for part in money.parts:
            found[money.number][part.version, part.number, part.what] += part.amount
    return found


def in_plain(given: Sequence[Share]) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for share in given:
        counted[share.version, share.number, share.what] += share.amount.minor
    return counted


def test_what_is_learnt_late_says_which_receipts_pay_something_else() -> None:
    for seed in range(LIVES):
        lot = Random(seed)
        invented = a_life(lot)
        terms, on = terms_of(invented.rules), invented.ends_on
        known, facts = learnt_by(invented, lot.choice(evenings(lot, invented)))
        if not known:
            continue
        said_then = standing(terms, [version_of(one) for one in known], [fact_of(one) for one in facts], on)
        every = [version_of(one) for one in invented.versions], [fact_of(one) for one in invented.facts]
        before = shares(Life(invented.rules, known, facts, on))
        after = shares(Life(invented.rules, invented.versions, invented.facts, on))
        assert {
            one.receipt: (in_plain(one.before), in_plain(one.after))
            for one in reallocated(said_then, standing(terms, *every, on))
        } == {
            receipt: (before.get(receipt, Counter()), after.get(receipt, Counter()))
            for receipt in {*before, *after}
            if before.get(receipt) != after.get(receipt)
        }, f"seed {seed}"


def test_arrears_are_those_of_the_model() -> None:
    """Of all lives as one portfolio, each on an evening of its own."""
    standings, models = [], []
    for seed in range(LIVES):
        lot = Random(seed)
        invented = a_life(lot)
        on = evenings(lot, invented)[0]
        every = [version_of(one) for one in invented.versions], [fact_of(one) for one in invented.facts]
        standings.append(standing(terms_of(invented.rules), *every, on))
        models.append(Life(invented.rules, invented.versions, invented.facts, on))
    alive = [model for model in models if model.is_active]

    def principal(some: Sequence[Life]) -> int:
        return sum(model.balance(*TIMINGS)["principal"] for model in some)

    for line in aging(standings, "EUR"):
        here = [model for model in alive if model.bucket == line.bucket]
        assert (line.loans, line.outstanding.minor) == (len(here), principal(here))
        assert line.past_due.minor == sum(sum(model.balance("past_due").values()) for model in here)
        assert line.provision.minor == sum(model.provision(PROVISIONS) for model in here)
    for at_risk in portfolio_at_risk(standings, "EUR"):
        least = 1 if at_risk.days == 1 else at_risk.days + 1
        late = [model for model in alive if model.days_past_due >= least]
        assert (at_risk.loans, at_risk.outstanding.minor) == (len(late), principal(late))
        assert at_risk.share == Fraction(principal(late), principal(alive))
