"""The loan products."""

from dataclasses import replace

from projections.product_list import ProductList
from tests.stories import (
    EQUIPMENT_LOAN,
    MAY_4,
    MAY_6,
    PERSONAL_LOAN,
    equipment_loan,
    personal_loan,
    withdrawn_product,
)


def test_what_is_offered_is_listed_by_code(screens):
    screens.happened(personal_loan, equipment_loan)
    equipment, personal = screens.read(ProductList).offered()
    assert (equipment.code, equipment.title_fr, equipment.title_en) == (
        "credit-equipement",
        "Crédit équipement",
        "Equipment loan",
    )
    assert (equipment.currency, equipment.rate) == ("XOF", 1_800)
    assert (equipment.min_principal, equipment.max_principal) == (100_000, 10_000_000)
    assert (personal.product_id, personal.min_months, personal.max_months) == (PERSONAL_LOAN, 6, 60)
    assert (personal.launched_on, personal.version) == (MAY_4, 1)


def test_a_withdrawn_product_is_no_longer_offered_but_known(screens):
    screens.happened(personal_loan, equipment_loan)
    screens.happened(replace(withdrawn_product, stream=EQUIPMENT_LOAN), on=MAY_6)
    products = screens.read(ProductList)
    assert [line.code for line in products.offered()] == ["pret-personnel"]
    assert (products.line(EQUIPMENT_LOAN).withdrawn_on, products.line(EQUIPMENT_LOAN).version) == (MAY_6, 2)
    assert products.line(PERSONAL_LOAN).withdrawn_on is None
