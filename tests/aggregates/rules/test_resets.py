"""A variable rate reset one by one while the loan runs is what the same schedule is when all values are known at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aggregates.rules.costs import Costs
from aggregates.rules.four_eyes import Decider
from aggregates.rules.resets import Indexed, at_new_rate
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.terms import Fee, Fixing, Insurance, Terms, UnsoundTerms, Variable
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints
from tests.stories import ADMIN, JEAN, JEAN_CONTACT, LOAN, eur

PAID_OUT = date(2026, 1, 31)
FOLLOWS = Variable("EURIBOR-3M", BasisPoints(150), 3, BasisPoints(100), BasisPoints(900))
TERMS = Terms(BasisPoints(400), variable=FOLLOWS)
TWELVE = 12


def opened(costs: Costs) -> Servicing:
    loan = Servicing.open(
        LOAN, JEAN, JEAN_CONTACT, costs.principal, costs.terms.rate, costs.payout_on, costs.lines,
        costs.terms.servicing(costs.principal.currency), costs.financed, Indexed.of(costs),
    )  # fmt: skip
    loan.collect_events()
    return loan


def reset_all(loan: Servicing, values: list[int]) -> None:
    for number, value in enumerate(values, 1):
        day = loan.next_reset_on
        assert day is not None
        loan.reset_rate(number, BasisPoints(value), ADMIN, day)


KINDS = st.sampled_from([
    TERMS,
    replace(TERMS, kind="linear"),
    replace(TERMS, kind="bullet"),
    replace(TERMS, frequency="quarterly", variable=replace(FOLLOWS, reset_every=1)),
    replace(TERMS, frequency="weekly", day_count="ACT/365F", due_day=5),
    replace(TERMS, day_count="ACT/ACT-ISDA", business_days="following", calendar="FR", due_day=31),
    replace(TERMS, subsidy=BasisPoints(50), balloon=BasisPoints(2_000)),
    replace(TERMS, grace_all=2, grace_principal=2, first_period="spread"),
    replace(TERMS, step_up=BasisPoints(500), step_every=4),
    replace(
        TERMS,
        insurance=Insurance(BasisPoints(36), "outstanding"),
        fees=(Fee("Dossier", "financed", BasisPoints(100)), Fee("Gestion", "per-instalment", fixed=eur(2_00))),
    ),
])  # fmt: skip
VALUES = st.lists(st.integers(-200, 1_000), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(KINDS, VALUES, st.integers(-100, 600))
def test_resets_one_by_one_are_the_schedule_with_all_fixings(terms: Terms, values: list[int], first: int):
    periods = TWELVE + 1
    known = (Fixing(PAID_OUT, BasisPoints(first)),)
    indexed = Indexed(terms, eur(12_000_00), periods, PAID_OUT, known)
    days = [indexed.reset_on(number) for number in range(1, len(values) + 1)]
    fixings = [Fixing(day, BasisPoints(value)) for day, value in zip(days, values, strict=True) if day]
    costs = Costs(terms, eur(12_000_00), periods, PAID_OUT, fixings=known)
    try:
        at_once = schedule(terms, eur(12_000_00), periods, PAID_OUT, fixings=[*known, *fixings])
        for upto in range(len(fixings) + 1):
            indexed.lines(fixings[:upto])
    except (UnsoundTerms, ValueError):
        assume(False)
    loan = opened(costs)
    reset_all(loan, values)
    assert loan.instalments == at_once
    assert loan.rate == terms.variable.rate_at(BasisPoints(values[-1]))
    assert [version.why for version in loan.versions[1:]] == ["rate-reset"] * (len(loan.versions) - 1)


def plain() -> Servicing:
    return opened(
        Costs(TERMS, eur(12_000_00), TWELVE, PAID_OUT, fixings=(Fixing(PAID_OUT, BasisPoints(250)),))
    )


def test_instalments_are_level_again_at_the_new_rate():
    """250 + 150 is the rate of the contract: until the index moves, nothing does."""
    loan = plain()
    before = [line.total for line in loan.instalments]
    assert len(set(before[:-1])) == 1
    reset_all(loan, [350])
    after = [line.total for line in loan.instalments]
    assert after[:3] == before[:3]
    assert len(set(after[3:-1])) == 1
    assert after[3] > before[3]
    assert sum(line.principal.minor for line in loan.instalments) == 12_000_00


def test_the_days_are_counted_from_the_payout_and_never_drift_from_short_months():
    indexed = plain().indexed
    assert indexed is not None
    assert [indexed.reset_on(n) for n in (1, 2, 4, 8)] == [
        date(2026, 4, 30), date(2026, 7, 31), date(2027, 1, 31), date(2028, 1, 31),
    ]  # fmt: skip
    assert indexed.reset_on(347) is None


def test_a_loan_that_stays_at_its_rate_follows_nothing():
    assert Indexed.of(Costs(Terms(BasisPoints(400)), eur(1_000_00), 12, PAID_OUT)) is None


# ── after the schedule was changed by hand ─────────────────────────────────


@pytest.fixture
def changed() -> Servicing:
    loan = plain()
    loan.move_due_day(15, "Le client touche sa paie le 15.", Decider(ADMIN), date(2026, 2, 1))
    return loan


def test_a_changed_schedule_is_level_again_too_from_the_first_period_after_the_day(changed: Servicing):
    days = [line.due_on for line in changed.instalments]
    before = list(changed.instalments)
    reset_all(changed, [450])
    assert [line.due_on for line in changed.instalments] == days
    at = next(at for at, line in enumerate(before) if line.starts_on >= date(2026, 4, 30))
    assert changed.instalments[:at] == before[:at]
    totals = [line.total.minor for line in changed.instalments[at:-1]]
    assert max(totals) - min(totals) <= 1
    assert totals[0] > before[at].total.minor
    assert sum(line.principal.minor for line in changed.instalments) == 12_000_00
    # A twelfth of 6 % of what is owed then.
    owed = 12_000_00 - sum(line.principal.minor for line in before[:at])
    assert abs(changed.instalments[at].interest.minor - round(owed * 0.06 / 12)) <= 1


def test_the_same_rate_changes_nothing_in_it(changed: Servicing):
    before = list(changed.instalments)
    changed.collect_events()
    reset_all(changed, [250])
    assert [type(event).kind for event in changed.collect_events() if "Due" not in type(event).kind] == [
        "Servicing.RateReset"
    ]
    assert changed.instalments == before


def test_level_parts_of_principal_stay_what_they_are():
    lines = schedule(Terms(BasisPoints(400), kind="linear"), eur(12_000_00), 12, PAID_OUT)
    indexed = Indexed(replace(TERMS, kind="linear"), eur(12_000_00), 12, PAID_OUT)
    later = at_new_rate(lines, indexed, BasisPoints(400), BasisPoints(800), ServicingTerms("EUR"))
    assert [line.principal for line in later] == [line.principal for line in lines]
    assert abs(later[0].interest.minor - 2 * lines[0].interest.minor) <= 1


def test_what_a_holiday_carried_to_an_instalment_stays_on_it():
    lines = schedule(Terms(BasisPoints(400), kind="linear"), eur(12_000_00), 12, PAID_OUT)
    carried = [replace(lines[0], interest=lines[0].interest + eur(77_00)), *lines[1:]]
    indexed = Indexed(replace(TERMS, kind="linear"), eur(12_000_00), 12, PAID_OUT)
    was, rate, terms = BasisPoints(400), BasisPoints(800), ServicingTerms("EUR")
    plain, more = (at_new_rate(each, indexed, was, rate, terms)[0] for each in (lines, carried))
    assert more.interest == plain.interest + eur(77_00)
