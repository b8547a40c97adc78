"""Level instalments: worked examples with their source, and what holds for every loan."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregates.rules.instalments import level_instalments
from aggregates.values import BasisPoints, Money
from tests import oracle
from tests.stories import MAY_4, eur, xof

AMOUNTS = st.tuples(st.integers(1, 10**13), st.sampled_from(["EUR", "XOF", "GNF", "CDF"]))
RATES = st.one_of(st.just(0), st.integers(1, 10_000))
MONTHS = st.integers(1, 360)


def test_5000_euros_at_6_percent_over_24_months():
    """Vector of the rules of lending, APR section."""
    plan = level_instalments(eur(5_000_00), BasisPoints(600), 24)
    assert [part.total for part in plan] == [eur(221_60)] * 23 + [eur(221_69)]
    assert plan[0].interest == eur(25_00)
    assert Money.total((part.principal for part in plan), "EUR") == eur(5_000_00)


def test_500000_francs_at_18_percent_over_12_months():
    plan = level_instalments(xof(500_000), BasisPoints(1_800), 12)
    assert [part.total for part in plan] == [xof(45_840)] * 11 + [xof(45_839)]


def test_without_interest_the_principal_is_divided():
    plan = level_instalments(eur(100_00), BasisPoints(0), 24)
    assert len(plan) == 24
    assert [part.total for part in plan] == [eur(4_17)] * 23 + [eur(4_09)]
    assert not any(part.interest for part in plan)


def test_360_instalments_of_10000_at_7_percent_lose_no_cent():
    """0.49 was left over elsewhere: reliability, failure 50."""
    plan = level_instalments(eur(10_000_00), BasisPoints(700), 360)
    assert Money.total((part.principal for part in plan), "EUR") == eur(10_000_00)


def test_a_single_instalment_pays_a_month_of_interest():
    assert level_instalments(eur(1_200_00), BasisPoints(600), 1)[0].total == eur(1_206_00)


@pytest.mark.parametrize(
    ("minor", "rate", "months"),
    [(10, 0, 24), (40, 0, 24), (1, 600, 2), (100, 10_000, 360), (0, 600, 12), (-5, 0, 1)],
)
def test_what_does_not_amortise_is_refused(minor: int, rate: int, months: int):
    with pytest.raises(ValueError, match=r"amortise|nothing to repay"):
        level_instalments(eur(minor), BasisPoints(rate), months)


def test_no_months_and_a_negative_rate_are_refused():
    for rate, months in [(600, 0), (-1, 12)]:
        with pytest.raises(ValueError, match="nothing to repay"):
            level_instalments(eur(100_00), BasisPoints(rate), months)


def test_an_exact_half_is_rounded_to_the_even_amount():
    """2000/120 000 has no last decimal; in decimals month 42 of this loan came out one cent too high."""
    plan = level_instalments(eur(5_855_491_96), BasisPoints(2_000), 119)
    assert plan[41].interest == eur(82_207_18)


@given(AMOUNTS, RATES, MONTHS)
def test_every_plan_repays_the_principal_exactly(amount, rate, months):
    principal = Money(*amount)
    try:
        plan = level_instalments(principal, BasisPoints(rate), months)
    except ValueError:
        assume(False)
    assert len(plan) == months
    assert sum(part.principal.minor for part in plan) == principal.minor
    assert all(part.principal.minor > 0 and part.interest.minor >= 0 for part in plan)
    assert len({part.total for part in plan[:-1]}) <= 1
    owed = principal.minor
    for part in plan:
        assert abs(part.interest.minor * 120_000 - owed * rate) <= 60_000, "interest is on what is still owed"
        owed -= part.principal.minor


@given(st.integers(100_00, 10**9), st.integers(0, 3_000), st.integers(1, 120))
def test_the_plan_is_the_oracles(minor, rate, months):
    try:
        plan = level_instalments(eur(minor), BasisPoints(rate), months)
    except ValueError:
        assume(False)
    expected = oracle.schedule(minor, rate, months, MAY_4)
    assert [(p.interest.minor, p.principal.minor) for p in plan] == [
        (m.interest, m.principal) for m in expected
    ]


@given(st.integers(1_000_00, 30_000_00), st.integers(0, 600), st.integers(6, 60))
def test_every_loan_that_our_products_allow_amortises(minor, rate, months):
    assert len(level_instalments(eur(minor), BasisPoints(rate), months)) == months
