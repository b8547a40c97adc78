"""The contract that people sign, read back from its PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import EarlyFee, Late
from aggregates.rules.terms import Drawdown, Fee, Insurance, Terms
from aggregates.values import BasisPoints, Money
from providers.checking.child import CheckingInAChild
from providers.rendering.papers import Borrower, Lender, LoanAgreement

ABIDJAN = Lender(
    legal_name="Fonds de Cocody",
    legal_form="SA au capital de 500 000 000 F CFA",
    registration="RCCM CI-ABJ-03-2024-B14-00712",
    registered_office="Boulevard Latrille\nAbidjan",
    country="CI",
)


PLANNED = date(2026, 5, 4)


def terms(amount: str, currency: str, rate: int, months: int, planned: date = PLANNED) -> dict:
    principal = Money.parse(amount, currency)
    terms = Terms(BasisPoints(rate))
    lines = schedule(terms, principal, months, planned)
    return {"principal": principal, "terms": terms, "instalments": lines, "planned_payout_on": planned}


@pytest.fixture
def agreement(sample):
    return sample(LoanAgreement)


def test_it_names_both_sides(read, agreement):
    first, *_ = read(agreement)
    for words in (
        "Crédit du Canal",
        "Société par actions simplifiée au capital de 250 000 €",
        "RCS Paris 904 512 336",
        "Siège : 18, quai de Jemmapes, 75010 Paris, France",
        "ci-après « le Prêteur »",
        "Awa Traoré",
        "7, rue des Vinaigriers",
        "Client C-2026-000042",
        "ci-après « l’Emprunteur »",
    ):
        assert words in first


def test_it_says_the_terms_in_figures_and_in_words(read, agreement):
    whole = " ".join(read(agreement))
    for words in (
        "Montant prêté 5 000,00 €",
        "soit en toutes lettres : cinq mille euros.",
        "Durée 24 mois",
        "23 échéances mensuelles de 221,60 €, puis une de 221,69 €",
        "Taux débiteur annuel 6,00 %, fixe",
        "Taux annuel effectif global (TAEG) 6,17 %",
        "Coût total du crédit (intérêts) 318,49 €",
        "Montant total dû par l’Emprunteur 5 318,49 €",
        "soit cinq mille trois cent dix-huit euros et quarante-neuf centimes",
        "Versement des fonds prévu le 4 mai 2026",
        "« Achat d’un four et aménagement de l’atelier »",
    ):
        assert words in whole


def test_the_annex_holds_every_instalment_and_adds_up(read, agreement):
    annex = read(agreement)[-1]
    assert "1 04/06/2026 25,00 196,60 221,60 4 803,40" in annex
    assert "24 04/05/2028 1,10 220,59 221,69 0,00" in annex
    assert "Total 318,49 5 000,00 5 318,49" in annex


def test_every_page_carries_the_reference_and_its_number(read, agreement):
    pages = read(agreement)
    for number, words in enumerate(pages, 1):
        assert "Contrat de prêt K-2026-000123" in words
        assert "Paraphes" in words
        assert f"page {number} / {len(pages)}" in words


def test_it_says_where_and_how_it_is_signed(read, agreement):
    whole = " ".join(read(agreement))
    for words in (
        "Fait à",
        "Pour Crédit du Canal",
        "mention manuscrite « lu et approuvé »",
        "ou par courriel à contrats@credit-du-canal.example",
    ):
        assert words in whole


def test_a_french_consumer_reads_the_rights_that_french_law_gives(read, agreement):
    whole = " ".join(read(agreement))
    assert "art. L. 312-19 du Code de la consommation" in whole
    assert "droit français" in whole
    assert "Commission nationale de l’informatique et des libertés" in whole


def test_a_company_signs_through_a_person_and_reads_no_consumer_law(read, agreement):
    company = Borrower(name="Boulangerie du Canal SARL", address="3 rue Bichat\n75010 Paris", kind="company")
    whole = " ".join(read(replace(agreement, borrower=company)))
    assert "représentée par la personne qui signe ci-dessous" in whole
    assert "rétracter" not in whole
    assert "les tribunaux du ressort du siège du Prêteur sont compétents" in whole


def test_in_abidjan_it_follows_the_law_of_abidjan_and_counts_whole_francs(read, agreement):
    whole = " ".join(read(replace(agreement, lender=ABIDJAN, **terms("500000", "XOF", 1800, 12))))
    for words in (
        "Montant prêté 500 000 F CFA",
        "cinq cent mille francs CFA",
        "11 échéances mensuelles de 45 840 F CFA, puis une de 45 839 F CFA",
        "Taux effectif global (TEG) 19,56 %",
        "chaque montant est arrondi au franc",
        "droit ivoirien et aux actes uniformes de l’OHADA",
        "Autorité de régulation des télécommunications/TIC de Côte d’Ivoire",
        "taux de l’usure fixé dans l’Union monétaire ouest-africaine",
        "Montants en francs CFA",
        "12 04/05/2027 677 45 162 45 839 0",
    ):
        assert words in whole
    assert "Code civil" not in whole


def test_elsewhere_it_names_the_law_of_the_lenders_country(read, agreement):
    whole = " ".join(read(replace(agreement, lender=replace(ABIDJAN, country="SN"))))
    assert "droit du pays où le Prêteur a son siège (Sénégal)" in whole


def test_a_schedule_over_many_pages_repeats_its_head(read, agreement):
    pages = read(replace(agreement, **terms("98765.43", "EUR", 725, 60, date(2026, 1, 31))))
    annex = [words for words in pages if "restant dû" in words and "Échéance (indicative)" in words]
    assert len(annex) == 2
    assert "1 28/02/2026" in annex[0]
    assert "2 31/03/2026" in annex[0]
    assert "60 31/01/2031" in annex[1]


def test_one_instalment_is_spoken_of_in_the_singular(read, agreement):
    whole = " ".join(read(replace(agreement, **terms("300.00", "EUR", 500, 1))))
    assert "Échéances 1 échéance de 301,25 €" in whole
    assert "en une échéance, un mois après le versement des fonds." in whole


def test_a_loan_without_interest_costs_nothing(read, agreement):
    whole = " ".join(read(replace(agreement, **terms("1200.00", "EUR", 0, 12))))
    assert "12 échéances mensuelles de 100,00 €" in whole
    assert "(TAEG) 0,00 %" in whole
    assert "Coût total du crédit (intérêts) 0,00 €" in whole


def test_other_terms_are_put_in_words_and_nothing_is_said_that_no_longer_holds(read, agreement):
    rich = Terms(
        BasisPoints(600), kind="linear", frequency="quarterly", day_count="ACT/365F", balloon=BasisPoints(2_000),
        fees=(
            Fee("Frais de dossier", "up-front", fixed=Money(75_00, "EUR")),
            Fee("Garantie", "financed", share=BasisPoints(100)),
        ),
        insurance=Insurance(BasisPoints(36)), business_days="following", calendar="FR",
        late=Late(BasisPoints(800), grace_days=5), early=EarlyFee(BasisPoints(100)),
    )  # fmt: skip
    lines = schedule(rich, agreement.principal, 8, PLANNED)
    whole = " ".join(read(replace(agreement, terms=rich, instalments=lines)))
    for words in (
        "Durée 24 mois",
        "8 échéances trimestrielles de",
        "Frais ajoutés au capital à rembourser 50,00 €",
        "Retenu sur le versement 75,00 €",
        "Coût total du crédit (intérêts, frais, assurance obligatoire)",
        "en jours exacts, sur 365 jours",
        "Le Prêteur retient sur ce versement 75,00 €",
        "20,00 % du capital sont dus avec la dernière échéance",
        "est reportée au jour ouvré suivant",
        "leurs montants sont calculés de la même manière",
        "pénalités, puis frais, puis assurance, puis intérêts, puis capital",
        "ce qui reste impayé en capital porte des pénalités de 8,00 % l’an",
        "moyennant une indemnité de 1,00 %",
        "Intérêts Capital Assurance À payer",
    ):
        assert words in whole, words
    for words in (
        "Aucun frais",
        "douzième de ce taux",
        "un mois après",
        "sans frais ni indemnité",
        "taux légal",
    ):
        assert words not in whole, words


def test_only_the_letters_that_we_ship_are_in_it(press, agreement):
    with pikepdf.open(io.BytesIO(press.render(agreement).content)) as document:
        names = {
            str(thing.FontName)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
        }
    assert names
    assert all("Inter" in name for name in names)


def test_our_own_contract_would_come_in_at_our_own_door(press, agreement):
    made = press.render(agreement)
    facts = CheckingInAChild(10_000_000).check(made.content, "K-2026-000123.pdf", "application/pdf")
    assert (facts.pages, facts.sha256) == (made.pages, made.sha256)


def test_a_loan_of_several_drawdowns_says_each_and_that_its_interest_runs_from_its_day(read, agreement):
    drawn = [Drawdown(PLANNED, Money(3_000_00, "EUR")), Drawdown(date(2026, 7, 4), Money(2_000_00, "EUR"))]
    terms = Terms(BasisPoints(600))
    lines = schedule(terms, Money(5_000_00, "EUR"), 24, PLANNED, drawdowns=drawn)
    whole = " ".join(
        read(
            replace(
                agreement,
                principal=Money(5_000_00, "EUR"),
                terms=terms,
                instalments=lines,
                planned_payout_on=PLANNED,
                drawdowns=drawn,
            )
        )
    )
    assert "Les fonds sont versés en 2 tirages" in whole
    assert "3 000,00 € le 4 mai 2026 ; 2 000,00 € le 4 juillet 2026" in whole
    assert "en une fois" not in whole
