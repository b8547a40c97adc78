"""What a loan product can do. What it says about a request: test_loan.py."""

import pytest
from pydantic import ValidationError

from aggregates.loan_product import OutsideProduct, ProductWithdrawn
from aggregates.values import BasisPoints
from commands.loan_product import LaunchLoanProduct, WithdrawLoanProduct
from tests.kit import given, replay
from tests.stories import EQUIPMENT_LOAN, equipment_loan, eur, withdrawn_product, xof


def launches(**other) -> LaunchLoanProduct:
    says = {name: value for name, value in equipment_loan.says.items() if name != "currency"}
    return LaunchLoanProduct(**({"product_id": EQUIPMENT_LOAN} | says | other))


def test_a_product_is_launched_under_a_code_of_its_own():
    outcome = given().when(launches())
    outcome.then(equipment_loan)
    assert outcome.claims == [("product-code", "credit-equipement")]


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
    ],
)
def test_what_no_product_is(wrong):
    with pytest.raises(ValidationError):
        launches(**wrong)


def test_a_product_that_would_lend_crumbs_does_not():
    crumbs = replay(equipment_loan.but(min_principal=xof(1)))[0]
    with pytest.raises(OutsideProduct, match="does not amortise"):
        crumbs.plan(xof(2), BasisPoints(1_800), 12)
