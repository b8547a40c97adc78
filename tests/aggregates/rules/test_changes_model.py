"""Early repayments, moved due days and payment holidays are those of another formulation, on lives drawn by lot.

LIVES=2000 draws so many; each failure names the seed with which its life is drawn again.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from aggregates.rules.amendments import on_other_days, with_holiday
from aggregates.rules.early import Quote, quotes, repay_in_part, settlement
from aggregates.rules.facts import Receipt
from aggregates.rules.life import standing
from aggregates.rules.rounding import Rounding
from aggregates.rules.servicing_terms import EarlyFee, ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.rules.taking_in import with_arrears
from aggregates.values import BasisPoints
from tests.modelled import euros, fact_of, line_of, scheduled, terms_of, version_of
from tests.models import changes
from tests.models.invented import Invented, a_life, later, some_lines
from tests.models.lives import Life
from tests.models.schedules import Refused, nearest

LIVES = int(os.environ.get("LIVES", "60"))

pytestmark = pytest.mark.timeout(3_600)
KEEPS = ("lower-instalment", "same-instalment", "same-principal")


def an_early_fee(lot: Random) -> changes.EarlyFee:
    free = lot.choice([None, 50_000, 50_000])
    return changes.EarlyFee(lot.choice([0, 80, 80, 300]), lot.choice([100, 200]), lot.choice([50, 0]), free)


def a_rounding(lot: Random) -> tuple[Rounding, changes.Cut]:
    """By both formulations: cents, coins of five, whole euros, hundreds."""
    unit, half = lot.choice([1, 1, 5, 100, 10_000]), lot.choice(["half-even", "half-up"])

    def cut(exact: Fraction) -> int:
        return nearest(exact, unit, half.removeprefix("half-"))

    return Rounding(unit, half), cut


def terms_with(invented: Invented, early: changes.EarlyFee) -> ServicingTerms:
    terms = terms_of(invented.rules)
    free = None if early.free_up_to is None else euros(early.free_up_to)
    fee = EarlyFee(BasisPoints(early.rate), BasisPoints(early.cap), BasisPoints(early.cap_last_year), free)
    return replace(terms, early=fee)


def drawn(seed: int) -> tuple[Random, Invented, changes.EarlyFee, date] | None:
    """A life and a day of it on which something is still to come; None when there is no such day."""
    lot = Random(seed)
    invented = a_life(lot)
    if any(fact.what == "written-off" for fact in invented.facts):
        return None
    on = later(lot, invented.begins_on, 1, (invented.ends_on - invented.begins_on).days)
    return lot, invented, an_early_fee(lot), on


def lived(invented: Invented, on: date) -> Life:
    return Life(invented.rules, invented.versions, invented.facts, on)


def stands(terms: ServicingTerms, invented: Invented, on: date) -> Standing:
    versions = [version_of(one) for one in invented.versions]
    return standing(terms, versions, [fact_of(one) for one in invented.facts], on)


def plain(offer: Quote) -> dict[str, int]:
    return {
        "due": offer.due.minor,
        "principal": offer.principal.minor,
        "accrued": offer.accrued.minor,
        "fee": offer.fee.minor,
        "credit": offer.credit.minor,
        "total": offer.total.minor,
    }


def test_quotes_are_those_of_the_model_and_settle_the_loan() -> None:
    asked = 0
    for seed in range(2 * LIVES):
        if (one := drawn(seed)) is None:
            continue
        lot, invented, early, on = one
        before = lot.choice([0, 40_000])
        if early.free_up_to is not None:
            whole = sum(line.principal for line in changes.lines_after(lived(invented, on)))
            early = replace(early, free_up_to=max(0, whole + before - lot.choice([0, 1])))
        terms = terms_with(invented, early)
        until = on + timedelta(days=3)
        if any(on < version.on <= until for version in invented.versions):
            continue
        versions = [version_of(version) for version in invented.versions]
        facts = [fact_of(fact) for fact in invented.facts]
        if not changes.lines_after(lived(invented, until)):
            continue
        offers = quotes(terms, versions, facts, on, until, euros(before))
        for offer in offers:
            model = changes.quote(lived(invented, offer.on), early, before)
            assert plain(offer) == model, f"seed {seed} on {offer.on}"
        assert [offer.on for offer in offers] == [on + timedelta(days=k) for k in range(4)]
        now, offer = stands(terms, invented, on), offers[0]
        known = [version for version in versions if version.on <= on]
        if offer.total.minor:
            end = settlement(now, offer, 999, known[-1].number + 1)
            after = standing(terms, [*known, end], [*facts, Receipt(999, on, offer.total)], on)
            assert after.status == "repaid", f"seed {seed} on {on}"
            assert not after.unallocated, f"seed {seed} on {on}"
            assert not after.claim, f"seed {seed} on {on}"
            asked += 1
    assert asked > LIVES // 8


@pytest.mark.parametrize("keeps", KEEPS)
def test_repayments_in_part_are_those_of_the_model(keeps: Any) -> None:
    asked = 0
    for seed in range(2 * LIVES):
        if (one := drawn(seed)) is None:
            continue
        lot, invented, early, on = one
        rounding, cut = a_rounding(lot)
        terms = replace(terms_with(invented, early), rounding=rounding)
        before, model = lot.choice([0, 40_000]), lived(invented, on)
        to_come = changes.lines_after(model)
        if not to_come:
            continue
        whole = sum(line.principal for line in to_come)
        amount = changes.due_today(model) + model.accrued + lot.randint(1, max(whole, 1))
        expected = changes.in_part(model, early, amount, keeps, before, cut)
        try:
            made = repay_in_part(
                terms, stands(terms, invented, on), euros(amount), keeps, 999, 9, euros(before)
            )
        except ValueError:
            assert expected is None, f"seed {seed} on {on}"
            continue
        assert expected is not None, f"seed {seed} on {on}"
        principal, lines = expected
        version = made.version
        assert made.principal.minor == principal, f"seed {seed} on {on}"
        assert tuple(line_of(line) for line in version.lines) == lines, f"seed {seed} on {on}"
        assert (version.on, version.over, version.rests_on) == (on, model.current, 999)
        assert version.after == lines[0].number - 1
        assert sum(line.principal.minor for line in version.lines) == whole
        assert all(line.principal.minor >= 0 for line in version.lines)
        assert all(line.interest.minor % rounding.unit == 0 for line in version.lines[1:])
        if keeps != "same-principal":
            repays = [line.principal.minor for line in version.lines[1:] if line.principal]
            assert all(minor % rounding.unit == 0 for minor in repays[:-1]), f"seed {seed} on {on}"
        asked += 1
    assert asked > LIVES // 8


def test_moved_lines_are_those_of_the_model() -> None:
    for seed in range(2 * LIVES):
        lot = Random(seed)
        _, lines = some_lines(lot)
        count: Any = lot.choice(["30E/360", "ACT/365F", "ACT/ACT-ISDA"])
        lines = lines[lot.randrange(len(lines)) :]
        rounding, cut = a_rounding(lot)
        days, day = [], lines[0].starts_on
        for _ in range(len(lines) + 3):
            day = later(lot, day, 5, 45)
            days.append(day)
        ours = [scheduled(line) for line in lines]
        made = on_other_days(ours, days[: len(lines)], count, rounding=rounding)
        assert [line_of(line) for line in made] == changes.moved(lines, days[: len(lines)], count, cut=cut), (
            seed
        )
        for carried in (False, True):
            pause, rest = days[:3], days[3:]
            held = with_holiday(ours, pause, rest, "carried" if carried else "paid", count, rounding=rounding)
            expected = changes.holiday(lines, pause, rest, carried, count, cut)
            assert [line_of(line) for line in held] == expected, seed
            assert all(line.interest.minor % rounding.unit == 0 for line in (*made, *held)), seed
            for lines_now in (made, held):
                assert sum(line.principal.minor for line in lines_now) == sum(
                    line.principal for line in lines
                )


def test_arrears_are_taken_in_as_the_model_does_it_and_nothing_is_late_then() -> None:
    asked = 0
    for seed in range(2 * LIVES):
        if (one := drawn(seed)) is None:
            continue
        lot, invented, _, on = one
        rate, count, model = lot.choice([0, 600, 1_999]), lot.randint(1, 40), lived(invented, on)
        if model.current != max(version.number for version in invented.versions if version.on <= on):
            continue  # a version that fell: its number is taken
        terms, before = terms_of(invented.rules), stands(terms_of(invented.rules), invented, on)
        if any(one.unpaid.total != one.line.total for one in before.instalments if one.line.due_on > on):
            continue  # paid ahead: nobody may change that
        number = max(version.number for version in invented.versions) + 1
        try:
            expected = changes.with_arrears(model, rate, count)
        except Refused:
            expected = None
        try:
            made = with_arrears(before, BasisPoints(rate), count, terms, number)
        except ValueError:
            assert expected is None, f"seed {seed} on {on}"
            continue
        assert expected == tuple(line_of(line) for line in made.lines), f"seed {seed} on {on}"
        known = [version_of(version) for version in invented.versions if version.on <= on]
        after = standing(terms, [*known, made], [fact_of(one) for one in invented.facts], on)
        assert after.past_due.total == after.past_due.penalty, f"seed {seed} on {on}"
        assert after.past_due.penalty == before.past_due.penalty
        assert (after.days_past_due, after.outstanding) == (0, before.outstanding), f"seed {seed} on {on}"
        assert after.unallocated == before.unallocated
        assert after.accrued.minor == before.accrued.minor + sum(
            each.unpaid.interest.minor for each in before.instalments if each.line.due_on <= on
        )
        asked += 1
    assert asked > LIVES // 8
