"""The loan products."""

from dataclasses import replace
from datetime import date

from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints
from projections.product_list import ProductList
from tests.stories import (
    EQUIPMENT_LOAN,
    MAY_4,
    MAY_6,
    PERSONAL_LOAN,
    equipment_loan,
    equipment_terms_revised,
    personal_loan,
    weekly_terms,
    withdrawn_product,
)


def test_what_is_offered_is_listed_by_code(screens):
    screens.happened(personal_loan, equipment_loan.but(law="umoa-microfinance"))
    equipment, personal = screens.read(ProductList).offered(MAY_6)
    assert (equipment.code, equipment.title_fr, equipment.title_en) == (
        "credit-equipement",
        "Crédit équipement",
        "Equipment loan",
    )
    assert (equipment.currency, equipment.rate) == ("XOF", 1_800)
    assert (equipment.min_principal, equipment.max_principal) == (100_000, 10_000_000)
    assert (personal.product_id, personal.min_months, personal.max_months) == (PERSONAL_LOAN, 6, 60)
    assert (equipment.law, personal.law) == ("umoa-microfinance", "unspecified")
    assert (personal.launched_on, personal.version) == (MAY_4, 1)


def test_what_is_in_the_money_of_the_house_is_offered_first(screens):
    screens.happened(personal_loan, equipment_loan)
    for currency, first in (
        ("EUR", "pret-personnel"),
        ("XOF", "credit-equipement"),
        ("CAD", "credit-equipement"),
    ):
        offered = screens.read(ProductList).offered(MAY_6, currency)
        assert [len(offered), offered[0].code] == [2, first]


def test_a_withdrawn_product_is_no_longer_offered_but_known(screens):
    screens.happened(personal_loan, equipment_loan)
    screens.happened(replace(withdrawn_product, stream=EQUIPMENT_LOAN), on=MAY_6)
    products = screens.read(ProductList)
    assert [line.code for line in products.offered(MAY_6)] == ["pret-personnel"]
    assert (
        products.line(EQUIPMENT_LOAN, MAY_6).withdrawn_on,
        products.line(EQUIPMENT_LOAN, MAY_6).version,
    ) == (MAY_6, 2)
    assert products.line(PERSONAL_LOAN, MAY_6).withdrawn_on is None


def test_terms_that_were_revised_count_from_their_day(screens):
    screens.happened(equipment_loan, personal_loan)
    screens.happened(replace(equipment_terms_revised, stream=EQUIPMENT_LOAN), on=MAY_6)
    products = screens.read(ProductList)
    before, after = (products.line(EQUIPMENT_LOAN, day) for day in (MAY_6, date(2026, 6, 1)))
    assert (before.rate, after.rate, after.version) == (1_800, 1_200, 2)
    assert [each.from_on for each in after.terms] == [MAY_4, date(2026, 6, 1)]
    assert after.terms[0].terms == Terms(BasisPoints(1_800))
    assert after.terms[1].terms == weekly_terms
    assert products.line(PERSONAL_LOAN, MAY_6).rate == 600


def test_terms_said_again_for_a_day_take_the_place_of_the_first(screens):
    screens.happened(equipment_loan)
    screens.happened(replace(equipment_terms_revised, stream=EQUIPMENT_LOAN))
    again = equipment_terms_revised.but(terms=Terms(BasisPoints(1_700)))
    screens.happened(replace(again, stream=EQUIPMENT_LOAN))
    line = screens.read(ProductList).line(EQUIPMENT_LOAN, date(2026, 6, 1))
    assert [each.terms.rate for each in line.terms] == [1_800, 1_700]
