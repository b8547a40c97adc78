"""The ceiling of its law: what stands between a request and its approval, and what stays as proof."""

from dataclasses import replace
from datetime import date

import pytest

from aggregates.legal_rates import LegalRates, legal_rates_id
from aggregates.loan import OwnRequest
from aggregates.rules.approval import Conditions, highest_rate
from aggregates.rules.ceilings import AboveRateCeiling, CeilingNotEntered
from aggregates.rules.costs import Costs
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints
from commands.loan import ApproveLoan
from tests.kit import Fact, Given, fact, given
from tests.stories import (
    ANA,
    BEN,
    FRENCH_CEILING,
    HOUSE,
    MAY_4,
    QUARTER,
    approved,
    consumer_loan,
    eur,
    french_rate,
    personal_loan,
    rates_begun,
    requested,
)


def request(*rates: Fact) -> Given:
    """Jean's request under French consumer law, and what the register says."""
    others = [consumer_loan if each is personal_loan else each for each in HOUSE]
    return given(requested).with_(*others, *rates).as_(BEN).on(MAY_4)


def test_an_approval_keeps_what_it_cost_and_the_ceiling_it_was_checked_against():
    under = approved.but(law="fr-consumer", ceiling=FRENCH_CEILING)
    request(rates_begun, french_rate).when(ApproveLoan()).then(under)


def test_a_loan_that_costs_more_than_its_law_allows_is_refused_with_the_numbers():
    """6 % nominal over 24 months cost 6.17 % a year: allowed at 6.17, not at 6.16."""
    request(rates_begun, french_rate.but(rate=617)).when(ApproveLoan()).then(
        approved.but(law="fr-consumer", ceiling=replace(FRENCH_CEILING, rate=BasisPoints(617)))
    )
    refused = request(rates_begun, french_rate.but(rate=616)).when(ApproveLoan())
    figures = refused.then_rejected(AboveRateCeiling, "6.17 % a year is above the 6.16 %").figures
    assert (figures["apr"], figures["ceiling"], figures["source"]) == (617, 616, QUARTER)


def test_a_lower_rate_keeps_below_the_ceiling():
    low = request(rates_begun, french_rate.but(rate=500))
    low.when(ApproveLoan()).then_rejected(AboveRateCeiling)
    assert low.when(ApproveLoan(rate=450)).recorded[0].apr == 459


@pytest.mark.parametrize(
    "rates",
    [
        (),
        (rates_begun,),
        (rates_begun, french_rate.but(until_on=date(2026, 5, 3))),
        (rates_begun, french_rate.but(from_on=date(2026, 5, 5))),
        (rates_begun, french_rate.but(above=eur(5_000_00))),
        (rates_begun, french_rate.but(up_to=eur(4_999_99))),
        (fact(LegalRates.Begun, legal_rates_id("qc-consumer"), law="qc-consumer"), french_rate),
    ],
)
def test_while_no_ceiling_is_entered_for_the_day_and_the_amount_nobody_approves(rates):
    refused = request(*rates).when(ApproveLoan())
    figures = refused.then_rejected(CeilingNotEntered, "5000.00 EUR").figures
    assert figures == {"law": "fr-consumer", "amount": 5_000_00, "currency": "EUR"}


def test_a_law_without_ceilings_asks_for_none():
    others = [each.but(law="fr-business") if each is personal_loan else each for each in HOUSE]
    given(requested).with_(*others).as_(BEN).on(MAY_4).when(ApproveLoan()).then(
        approved.but(law="fr-business")
    )


def test_the_person_is_refused_before_the_ceiling_is_looked_at():
    request().as_(ANA).when(ApproveLoan()).then_rejected(OwnRequest)


# ── what a lower rate would do ─────────────────────────────────────────────


def at(rate: BasisPoints) -> Conditions:
    lent = eur(5_000_00)
    return Conditions(Costs(Terms(rate), lent, 24, MAY_4), "fr-consumer", FRENCH_CEILING)


@pytest.mark.parametrize(("ceiling", "highest"), [(617, 600), (616, 599), (459, 450), (0, 0)])
def test_the_highest_rate_is_the_last_that_keeps_below(ceiling, highest):
    found = highest_rate(replace(FRENCH_CEILING, rate=BasisPoints(ceiling)), BasisPoints(600), at)
    assert found == highest
    assert at(BasisPoints(highest)).plan.apr <= ceiling
    assert highest == 600 or at(BasisPoints(highest + 1)).plan.apr > ceiling


def test_no_rate_keeps_below_what_nothing_costs():
    assert highest_rate(replace(FRENCH_CEILING, rate=BasisPoints(-1)), BasisPoints(600), at) is None
