"""What a loan product can do. What it says about a request: test_loan.py."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from aggregates.loan_product import AboveProductRate, OutsideProduct, ProductWithdrawn, RevisedTooLate
from aggregates.rules.terms import Drawdown, Terms, UnsoundTerms
from aggregates.values import BasisPoints
from commands.loan_product import LaunchLoanProduct, ReviseLoanProduct, WithdrawLoanProduct
from tests.kit import given, replay
from tests.stories import (
    EQUIPMENT_LOAN,
    MAY_4,
    equipment_loan,
    equipment_terms_revised,
    eur,
    weekly_terms,
    withdrawn_product,
    xof,
)


def launches(**other) -> LaunchLoanProduct:
    says = {name: value for name, value in equipment_loan.says.items() if name != "currency"}
    return LaunchLoanProduct(**({"product_id": EQUIPMENT_LOAN} | says | other))


def test_a_product_is_launched_under_a_code_of_its_own():
    outcome = given().when(launches())
    outcome.then(equipment_loan)
    assert outcome.claims == [("product-code", "credit-equipement")]


def test_a_product_is_launched_under_a_law():
    given().when(launches(law="umoa-bank")).then(equipment_loan.but(law="umoa-bank"))


def test_a_product_is_withdrawn_once():
    withdraw = WithdrawLoanProduct(reason="Remplacé par une autre offre.")
    given(equipment_loan).when(withdraw).then(withdrawn_product)
    given(equipment_loan, withdrawn_product).when(withdraw).then_rejected(ProductWithdrawn)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_principal": xof(10_000_001)},
        {"min_principal": eur(1_000_00)},
        {"min_months": 37},
        {"rate": -1},
        {"rate": 10_001},
        {"rate": 18.0},
        {"max_months": 361},
        {"code": "Crédit équipement"},
        {"law": "fr-consumer"},
        {"law": "roman"},
    ],
)
def test_what_no_product_is(wrong):
    with pytest.raises(ValidationError):
        launches(**wrong)


# ── terms ──────────────────────────────────────────────────────────────────


def test_a_product_is_launched_with_terms():
    outcome = given().when(launches(terms={"rate": 1_800, "frequency": "quarterly"}))
    outcome.then(equipment_loan.but(terms=Terms(BasisPoints(1_800), frequency="quarterly")))


@pytest.mark.parametrize(
    "terms",
    [
        {"rate": 1_700},
        {"rate": 1_800, "kind": "balloon"},
        {"rate": 1_800, "due_day": 0},
        {"rate": 1_800, "order": {"components": ["fee"] * 5}},
        {"rate": 1_800, "fees": [{"title": "F", "when": "later"}]},
        {"rate": 1_800, "rounding": {"unit": 0}},
    ],
)
def test_what_no_terms_are(terms):
    with pytest.raises(ValidationError):
        launches(terms=terms)


def test_terms_that_contradict_themselves_are_refused():
    unsound = {"rate": 1_800, "kind": "bullet", "balloon": 100}
    given().when(launches(terms=unsound)).then_rejected(UnsoundTerms)
    in_euros = {"rate": 1_800, "late": {"rate": 500, "fixed": {"amount": "5.00", "currency": "EUR"}}}
    given().when(launches(terms=in_euros)).then_rejected(UnsoundTerms)
    given(equipment_loan).when(ReviseLoanProduct(terms=in_euros)).then_rejected(UnsoundTerms)


def test_terms_are_revised_from_a_day_on():
    weekly = {
        "rate": 1_200, "kind": "linear", "frequency": "weekly", "day_count": "ACT/365F", "due_day": 5,
        "first_period": "spread", "grace_principal": 2, "subsidy": 100, "business_days": "following", "calendar": "CI",
        "variable": {"index": "BCEAO", "margin": 300, "reset_every": 13, "cap": 1_500},
        "fees": [{"title": "Frais de dossier", "when": "up-front", "share": 50,
                  "fixed": {"amount": "5000", "currency": "XOF"}}],
        "insurance": {"rate": 90, "of": "outstanding"},
        "late": {"rate": 500, "grace_days": 3},
        "rounding": {"unit": 5, "mode": "half-up"},
    }  # fmt: skip
    revise = ReviseLoanProduct(terms=weekly, from_on=date(2026, 6, 1))
    given(equipment_loan).when(revise).then(equipment_terms_revised)


def test_the_past_is_not_revised_and_a_withdrawn_product_neither():
    terms = {"rate": 1_500}
    given(equipment_loan).when(ReviseLoanProduct(terms=terms, from_on=date(2026, 5, 3))).then_rejected(
        RevisedTooLate
    )
    given(equipment_loan, withdrawn_product).when(ReviseLoanProduct(terms=terms)).then_rejected(
        ProductWithdrawn
    )


def test_terms_count_from_their_day_and_the_last_said_for_a_day_counts():
    plain = Terms(BasisPoints(1_500))
    product = replay(
        equipment_loan,
        equipment_terms_revised,
        equipment_terms_revised.but(from_on=date(2026, 5, 20), terms=plain),
        equipment_terms_revised.but(terms=replace(plain, rate=BasisPoints(1_400))),
    )[0]
    days = [
        date(2026, 5, 1),
        MAY_4,
        date(2026, 5, 19),
        date(2026, 5, 20),
        date(2026, 5, 31),
        date(2026, 6, 1),
    ]
    assert [product.terms_on(day).rate for day in days] == [1_800, 1_800, 1_800, 1_500, 1_500, 1_400]
    assert product.rate_for(None, date(2026, 6, 1)) == 1_400
    with pytest.raises(AboveProductRate):
        product.rate_for(BasisPoints(1_500), date(2026, 6, 1))


def test_a_loan_is_lent_on_the_terms_of_its_day():
    fixed = replace(weekly_terms, variable=None)
    product = replay(equipment_loan, equipment_terms_revised.but(terms=fixed))[0]
    monthly = product.plan(xof(500_000), BasisPoints(1_200), 12, MAY_4, MAY_4)
    assert monthly.terms == Terms(BasisPoints(1_200))
    weekly = product.plan(xof(500_000), BasisPoints(1_200), 12, date(2026, 6, 1), MAY_4)
    assert weekly.terms.frequency == "weekly"
    assert weekly.fees.minor > 0
    assert (weekly.lines[1].due_on - weekly.lines[0].due_on).days == 7


def test_a_loan_at_a_variable_rate_is_lent_in_one_drawdown():
    product = replay(equipment_loan, equipment_terms_revised)[0]
    june = date(2026, 6, 1)
    rate = product.terms_on(june).rate
    assert len(product.plan(xof(500_000), rate, 12, june, june).lines) == 12
    parts = [Drawdown(june, xof(250_000)), Drawdown(date(2026, 6, 20), xof(250_000))]
    with pytest.raises(OutsideProduct, match="one drawdown"):
        product.plan(xof(500_000), rate, 12, june, june, parts)


def test_a_product_that_would_lend_crumbs_does_not():
    crumbs = replay(equipment_loan.but(min_principal=xof(1)))[0]
    with pytest.raises(OutsideProduct, match="does not amortise"):
        crumbs.plan(xof(2), BasisPoints(1_800), 12, MAY_4, MAY_4)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (
            {"rate": 600, "acceleration": {"indemnity": 801}},
            "8 % of the capital (Code de la consommation, art. L. 312-39 et D. 312-16)",
        ),
        (
            {"rate": 600, "late": {"rate": 600, "share": 801}},
            "8 % of an unpaid instalment (Code de la consommation, art. L. 312-39 et D. 312-17)",
        ),
    ],
)
def test_a_default_costs_at_most_what_the_law_of_the_product_lets_be_asked(terms, says):
    consumer = {
        "law": "fr-consumer",
        "min_principal": eur(500_00),
        "max_principal": eur(9_000_00),
        "rate": 600,
    }
    given().when(launches(**consumer, terms=terms)).then_rejected(UnsoundTerms, says)
    just = {
        part: ({**value, **_at_the_cap(value)} if isinstance(value, dict) else value)
        for part, value in terms.items()
    }
    assert given().when(launches(**consumer, terms=just)).refusal is None
    assert given().when(launches(**consumer | {"law": "fr-business"}, terms=terms)).refusal is None
    revised = ReviseLoanProduct(terms=terms)
    launched = equipment_loan.but(
        law="fr-consumer", currency="EUR", min_principal=eur(500_00), max_principal=eur(9_000_00)
    )
    given(launched).when(revised).then_rejected(UnsoundTerms, says)


def _at_the_cap(part: dict[str, int]) -> dict[str, int]:
    return {what: 800 for what in ("indemnity", "share") if what in part}
