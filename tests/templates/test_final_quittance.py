"""The receipt for everything, read back from its PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.values import Money
from providers.rendering.papers import FinalQuittance, Repayment


@pytest.fixture
def quittance(sample):
    return sample(FinalQuittance)


def paid(*amounts: int, currency: str = "EUR") -> list[Repayment]:
    return [
        Repayment(value_date=date(2026, 6, 4), amount=Money(minor, currency), method="cash")
        for minor in amounts
    ]


def test_it_says_what_was_received_from_whom_and_for_what(read, quittance):
    (page,) = read(quittance)
    for words in (
        "Quittance pour solde",
        "Nº Q-2026-000123, établie le 4 mai 2028 — contrat K-2026-000123, dossier L-2026-000123",
        "Crédit du Canal",
        "Awa Traoré",
        "Le Prêteur reconnaît avoir reçu de l’Emprunteur la somme de 5 318,49 €",
        "cinq mille trois cent dix-huit euros et quarante-neuf centimes",
        "dont 5 000,00 € de principal et 318,49 € d’intérêts",
        "contrat nº K-2026-000123 du 27 avril 2026",
    ):
        assert words in page


def test_it_extinguishes_every_claim(read, quittance):
    (page,) = read(quittance)
    assert "quittance entière et définitive, sans réserve" in page
    assert (
        "Toutes les créances nées de ce contrat, en principal, intérêts et accessoires, sont éteintes" in page
    )


def test_it_lists_each_payment_with_its_day_its_way_and_its_amount(read, quittance):
    (page,) = read(quittance)
    for words in (
        "04/09/2026 virement VIR 0926-118 120,00",
        "19/09/2026 espèces R-0042 101,60",
        "04/01/2027 chèque VIR 0127-107 221,60",
        "Total 5 318,49",
    ):
        assert words in page


def test_a_few_payments_stand_in_one_column(read, quittance):
    few = replace(
        quittance,
        principal=Money(300_00, "EUR"),
        interest=Money(1_25, "EUR"),
        repayments=paid(100_00, 201_25),
    )
    (page,) = read(few)
    assert "04/06/2026 espèces 100,00 04/06/2026 espèces 201,25 Total 301,25" in page


def test_three_years_of_payments_fit_on_one_page(read, quittance):
    many = replace(
        quittance,
        principal=Money(3_600, "XOF"),
        interest=Money(0, "XOF"),
        charges=Money(0, "XOF"),
        overpaid=Money(0, "XOF"),
        repayments=paid(*[100] * 36, currency="XOF"),
    )
    (page,) = read(many)
    assert "Total 3 600" in page
    assert "Paiements reçus, en francs CFA" in page


def test_three_hundred_payments_are_all_there_and_each_page_says_what_it_belongs_to(read, quittance):
    many = replace(
        quittance, principal=Money(30_000, "EUR"), interest=Money(0, "EUR"), repayments=paid(*[100] * 300)
    )
    pages = read(many)
    assert sum(page.count("espèces 1,00") for page in pages) == 300
    for number, page in enumerate(pages, 1):
        assert f"Quittance Q-2026-000123 page {number} / {len(pages)}" in page


def test_francs_of_abidjan_quote_no_french_code(read, quittance):
    (page,) = read(replace(quittance, lender=replace(quittance.lender, country="CI")))
    assert "Code civil" not in page


def test_after_stepping_back_it_is_no_repayment_but_a_return(read, quittance):
    (page,) = read(replace(quittance, stepped_back_on=date(2026, 5, 16)))
    assert "en restitution, après la rétractation du 16 mai 2026, du prêt qu’il lui a consenti" in page
    (usual,) = read(quittance)
    assert "en paiement intégral du prêt" in usual
    assert "rétractation" not in usual
