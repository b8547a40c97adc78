"""The amortisation schedule, read back from its PDF: every line, in both languages, over many pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from aggregates.rules.costs import Costs
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.terms import Fee, Insurance, Terms
from aggregates.values import BasisPoints, Money
from providers.checking.child import CheckingInAChild
from providers.rendering.formats import figures, short_day
from providers.rendering.papers import AmortisationSchedule

PLAIN = Terms(BasisPoints(600))
ON_TOP = replace(
    PLAIN,
    fees=(Fee("Tenue de compte", "per-instalment", fixed=Money(2_00, "EUR")),),
    insurance=Insurance(BasisPoints(36)),
)


@pytest.fixture
def paper(sample):
    return sample(AmortisationSchedule)


def lent(paper: AmortisationSchedule, terms: Terms, principal: Money, periods: int) -> AmortisationSchedule:
    costs = Costs(terms, principal, periods, date(2026, 5, 4))
    return replace(paper, principal=principal, capitalised=costs.financed, lines=costs.lines)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def row(line: Scheduled, left: Money, language: str, *parts: str) -> str:
    """A line as its text is extracted."""
    amounts = [figures(getattr(line, part), language) for part in ("interest", "principal", *parts, "total")]
    cells = [str(line.number), short_day(line.due_on, language), *amounts, figures(left, language)]
    return plain(" ".join(cells))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("amount", [Money(98_765_43, "EUR"), Money(125_000_000, "XOF")])
@pytest.mark.parametrize("periods", [12, 60, 240])
def test_every_line_is_there_once_with_its_figures(read, paper, periods, amount, language):
    made = replace(lent(paper, PLAIN, amount, periods), language=language)
    whole = " ".join(read(made))
    rows = [row(line, left, language) for line, left in made.instalments.rows]
    assert len(rows) == periods
    assert [each for each in rows if whole.count(each) != 1] == []


def test_fees_and_insurance_have_columns_when_there_are_any(read, paper):
    made = lent(paper, ON_TOP, Money(5_000_00, "EUR"), 24)
    whole = " ".join(read(made))
    assert "Intérêts Capital Frais Assurance À payer" in whole
    rows = [row(line, left, "fr", "fee", "insurance") for line, left in made.instalments.rows]
    assert [each for each in rows if whole.count(each) != 1] == []


@pytest.mark.parametrize(
    ("terms", "head", "not_there"),
    [
        (PLAIN, "Intérêts Capital À payer", ("Frais", "Assurance")),
        (replace(ON_TOP, insurance=None), "Intérêts Capital Frais À payer", ("Assurance",)),
        (replace(ON_TOP, fees=()), "Intérêts Capital Assurance À payer", ("Frais",)),
    ],
)
def test_a_column_of_nothing_is_not_printed(read, paper, terms, head, not_there):
    whole = " ".join(read(lent(paper, terms, Money(5_000_00, "EUR"), 12)))
    assert head in whole
    assert [word for word in not_there if word in whole] == []


def test_each_year_has_its_totals_and_the_whole_its_own(read, paper):
    whole = " ".join(read(lent(paper, PLAIN, Money(5_000_00, "EUR"), 24)))
    # Added up by hand from the first seven lines in templates/contract/loan_agreement.sample.json.
    assert "Total 2026 154,20 1 397,00 1 551,20 3 603,00" in whole
    assert "Total 318,49 5 000,00 5 318,49" in whole
    assert whole.count("Total 202") == 3


def test_within_one_year_the_total_is_said_once(read, paper):
    whole = " ".join(read(lent(paper, PLAIN, Money(700_00, "EUR"), 7)))
    assert "Total 2026" not in whole
    assert whole.count("Total 14,") == 1


def test_francs_have_no_cents_in_either_language(read, paper):
    francs = lent(paper, PLAIN, Money(500_000, "XOF"), 12)
    french, english = read(francs), read(replace(francs, language="en"))
    assert "Montant prêté 500 000 F CFA" in french[0]
    assert "Échéances, en francs CFA" in french[0]
    assert "Amount lent XOF 500,000" in english[0]
    assert "Instalments, in CFA francs" in english[0]
    assert not re.search(r"\d[.,]\d\d\b(?!\d|\s?%)", " ".join(french))


def test_every_page_repeats_the_head_and_says_what_it_belongs_to(read, paper):
    pages = read(lent(paper, ON_TOP, Money(198_765_43, "EUR"), 240))
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert "Nº Échéance Intérêts Capital Frais Assurance À payer" in page
        assert f"Tableau d’amortissement T-2026-000123-1 page {number} / {len(pages)}" in page


def test_it_says_whose_loan_it_is_which_version_and_why(read, paper):
    first, *_ = read(replace(paper, version=3, why="repaid-in-part", unchanged=5, early=(6,)))
    for words in (
        "Nº T-2026-000123-1, établi le 4 mai 2026 — prêt L-2026-000123, contrat K-2026-000123",
        "Crédit du Canal",
        "Awa Traoré",
        "Version 3 : remboursement anticipé partiel",
        "Taux débiteur annuel 6,00 %",
        "TAEG du contrat 7,78 %",
        "Les 5 premières échéances restent celles de la version précédente.",
        "6 04/11/2026 *",
    ):
        assert words in first


def test_a_first_version_replaces_none_and_marks_none(read, paper):
    whole = " ".join(read(paper))
    assert "remplace" not in whole
    assert "*" not in whole


def test_what_was_added_to_the_principal_is_said(read, paper):
    financed = replace(PLAIN, fees=(Fee("Dossier", "financed", fixed=Money(75_00, "EUR")),))
    whole = " ".join(read(lent(paper, financed, Money(5_000_00, "EUR"), 12)))
    assert "Montant prêté 5 000,00 €" in whole
    assert "Ajouté au capital à rembourser 75,00 €" in whole


def test_in_abidjan_the_rate_has_its_own_name(read, paper):
    whole = " ".join(read(replace(paper, lender=replace(paper.lender, country="CI"))))
    assert "TEG du contrat" in whole
    assert "TAEG" not in whole


def test_a_schedule_of_ours_would_come_in_at_our_own_door(press, paper):
    made = press.render(paper)
    facts = CheckingInAChild(10_000_000).check(made.content, "T-2026-000123-1.pdf", "application/pdf")
    assert (facts.pages, facts.sha256) == (made.pages, made.sha256)
