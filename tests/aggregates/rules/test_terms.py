"""Terms that contradict themselves, and plans by which a loan is not repaid: one error that names field and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.rules.rounding import Rounding
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import EarlyFee, Late
from aggregates.rules.terms import Drawdown, Fee, Insurance, Terms, UnsoundTerms, Variable
from aggregates.values import BasisPoints
from tests.stories import eur, xof

JAN_15 = date(2026, 1, 15)
SIX = Terms(BasisPoints(600))
INDEXED = Variable("EURIBOR-3M", BasisPoints(200), reset_every=3)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("rate", {"rate": BasisPoints(-1)}),
        ("due_day", {"due_day": 32}),
        ("due_day", {"due_day": 8, "frequency": "weekly"}),
        ("shortest_first", {"shortest_first": 40}),
        ("grace_all", {"grace_all": -1}),
        ("grace_principal", {"grace_principal": -1}),
        ("grace_principal", {"grace_principal": 12}),
        ("step_up", {"step_up": BasisPoints(-1)}),
        ("step_every", {"step_up": BasisPoints(100)}),
        ("step_up", {"step_up": BasisPoints(100), "step_every": 2, "kind": "flat"}),
        ("balloon", {"balloon": BasisPoints(10_000)}),
        ("balloon", {"balloon": BasisPoints(100), "kind": "bullet"}),
        ("grace_principal", {"grace_principal": 1, "kind": "bullet"}),
        ("variable", {"variable": INDEXED, "kind": "flat"}),
        ("variable", {"variable": replace(INDEXED, reset_every=0)}),
        ("variable", {"variable": replace(INDEXED, floor=BasisPoints(-1))}),
        ("variable", {"variable": replace(INDEXED, floor=BasisPoints(60), cap=BasisPoints(50))}),
        ("subsidy", {"subsidy": BasisPoints(700)}),
        ("rounding", {"rounding": Rounding(0)}),
        ("fees", {"fees": (Fee("a", "up-front", fixed=eur(-1)),)}),
        ("fees", {"fees": (Fee("a", "up-front", fixed=eur(1_000_00)),)}),
        ("fees", {"fees": (Fee("a", "financed", fixed=xof(1)),)}),
        ("insurance", {"insurance": Insurance(BasisPoints(-1))}),
        ("late", {"late": Late(BasisPoints(0), fixed=xof(1))}),
        ("early", {"early": EarlyFee(free_up_to=xof(1))}),
    ],
)
def test_unsound_terms_name_the_field_and_the_remedy(field, changes):
    with pytest.raises(UnsoundTerms) as refused:
        schedule(replace(SIX, **changes), eur(1_000_00), 12, JAN_15)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("field", "drawn"),
    [
        ("drawdowns", [(JAN_15, 500_00)]),
        ("drawdowns", [(date(2026, 1, 16), 1_000_00)]),
        ("drawdowns", [(JAN_15, 500_00), (date(2026, 12, 15), 500_00)]),
        ("drawdowns", [(JAN_15, 1_000_00), (date(2026, 2, 15), 0)]),
    ],
)
def test_drawdowns_that_do_not_add_up_are_refused(field, drawn):
    with pytest.raises(UnsoundTerms, match=field):
        schedule(SIX, eur(1_000_00), 12, JAN_15, drawdowns=[Drawdown(on, eur(minor)) for on, minor in drawn])


@pytest.mark.parametrize(("amount", "periods"), [(0, 12), (100_00, 0), (100_00, 1_041), (10, 24)])
def test_what_is_not_repaid_is_refused(amount, periods):
    with pytest.raises(UnsoundTerms):
        schedule(Terms(BasisPoints(0)), eur(amount), periods, JAN_15)


@pytest.mark.parametrize("first_due_on", [JAN_15, date(2026, 2, 16)])
def test_a_first_due_day_that_the_terms_exclude_is_refused(first_due_on):
    with pytest.raises(UnsoundTerms, match="first_due_on"):
        schedule(replace(SIX, due_day=15), eur(1_000_00), 12, JAN_15, first_due_on)


def test_steps_so_steep_that_the_first_instalments_pay_less_than_interest_are_refused():
    with pytest.raises(UnsoundTerms, match="does not amortise"):
        schedule(replace(SIX, step_up=BasisPoints(5_000), step_every=12), eur(10_000_00), 120, JAN_15)
