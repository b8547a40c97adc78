"""The register of legal rates: entered, followed, corrected, ended; never two at once, never one deleted."""

from datetime import date

import pytest
from pydantic import ValidationError

from aggregates.legal_rates import (
    EndsBeforeItBegins,
    LegalRates,
    NoSuchRate,
    NothingToImport,
    OtherCurrency,
    RatesOverlap,
    legal_rates_id,
)
from aggregates.rules.published_rates import PUBLISHED
from commands.legal_rates import CorrectLegalRate, EndLegalRate, EnterLegalRate, ImportLegalRates
from tests.kit import Given, fact, given, replay, said
from tests.stories import ADMIN, QUARTER, eur, french_rate, rates_begun, xof

WHY = "Lu de travers dans le Journal officiel."
SAYS = {
    "rate": 1_587,
    "above": eur(3_000_00),
    "up_to": eur(6_000_00),
    "from_on": date(2026, 4, 1),
    "until_on": date(2026, 6, 30),
    "source": QUARTER,
}
ends = fact(LegalRates.Ended, number=1, until_on=date(2026, 5, 31), by=ADMIN, reason=WHY)


def enters(law="fr-consumer", **other) -> EnterLegalRate:
    return EnterLegalRate(law=law, says=SAYS | other)


def corrects(number=1, **other) -> CorrectLegalRate:
    return CorrectLegalRate(number=number, says=SAYS | other, reason=WHY)


def register(*facts) -> Given:
    return given(rates_begun, *facts).as_(ADMIN)


def known(*facts) -> Given:
    return given().with_(rates_begun, *facts).as_(ADMIN)


# ── entered ────────────────────────────────────────────────────────────────


def test_the_first_rate_begins_the_register_of_its_law():
    given().as_(ADMIN).when(enters()).then(rates_begun, french_rate)


def test_rates_of_other_amounts_or_other_days_stand_beside_it():
    lower = french_rate.but(number=2, above=None, up_to=eur(3_000_00))
    known(french_rate).when(enters(above=None, up_to=eur(3_000_00))).then(lower)
    later = french_rate.but(number=2, from_on=date(2026, 7, 1), until_on=None)
    known(french_rate).when(enters(from_on=date(2026, 7, 1), until_on=None)).then(later)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"from_on": date(2026, 6, 30), "until_on": None},
        {"above": None, "up_to": None},
        {"above": eur(5_999_99), "up_to": None},
        {"from_on": date(2000, 1, 1), "until_on": date(2026, 4, 1)},
    ],
)
def test_two_rates_never_count_for_one_amount_on_one_day(other):
    known(french_rate).when(enters(**other)).then_rejected(RatesOverlap, "rate 1 is 15.87 %")


def test_a_rate_without_an_end_ends_when_the_next_one_begins():
    open_ended = french_rate.but(until_on=None)
    ended = ends.but(until_on=date(2026, 6, 30), reason=None)
    later = {"from_on": date(2026, 7, 1), "until_on": None}
    known(open_ended).when(enters(**later)).then(ended, french_rate.but(number=2, **later))


def test_it_does_not_end_by_itself_for_other_amounts_or_for_an_earlier_day():
    open_ended = french_rate.but(until_on=None)
    wider = enters(from_on=date(2026, 7, 1), until_on=None, up_to=eur(9_000_00))
    known(open_ended).when(wider).then_rejected(RatesOverlap)
    earlier = enters(from_on=date(2026, 3, 1), until_on=None)
    known(open_ended).when(earlier).then_rejected(RatesOverlap)


def test_amounts_are_in_the_currency_of_the_law():
    in_francs = {"above": xof(1_000), "up_to": None}
    given().as_(ADMIN).when(enters(**in_francs)).then_rejected(OtherCurrency, "in EUR")
    register(french_rate).when(corrects(**in_francs)).then_rejected(OtherCurrency)
    assert given().as_(ADMIN).when(enters("umoa-bank", **in_francs)).refusal is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"above": eur(6_000_00)},
        {"above": xof(1)},
        {"until_on": date(2026, 3, 31)},
        {"rate": 10_001},
        {"source": " "},
        {"law": "fr-business"},
    ],
)
def test_what_no_rate_is(wrong):
    with pytest.raises(ValidationError):
        enters(**wrong)


# ── corrected, ended ───────────────────────────────────────────────────────


def test_a_corrected_rate_takes_the_place_of_the_wrong_one():
    better = french_rate.but(number=2, rate=1_578, corrects=1, reason=WHY)
    register(french_rate).when(corrects(rate=1_578)).then(better)
    register(french_rate, better).when(corrects(1)).then_rejected(NoSuchRate)
    register(french_rate, better).when(corrects(2)).then(better.but(number=3, rate=1_587, corrects=2))


def test_a_correction_meets_no_other_rate_either():
    lower = french_rate.but(number=2, above=None, up_to=eur(3_000_00))
    register(french_rate, lower).when(corrects(above=None)).then_rejected(RatesOverlap, "rate 2")


def test_a_rate_ends_on_a_day_with_a_reason():
    end = EndLegalRate(number=1, until_on=date(2026, 5, 31), reason=WHY)
    register(french_rate).when(end).then(ends)
    register(french_rate).when(EndLegalRate(number=2, until_on=date(2026, 5, 31), reason=WHY)).then_rejected(
        NoSuchRate
    )


def test_the_day_before_its_first_one_takes_it_out():
    out = ends.but(until_on=date(2026, 3, 31))
    register(french_rate).when(EndLegalRate(number=1, until_on=date(2026, 3, 31), reason=WHY)).then(out)
    before = EndLegalRate(number=1, until_on=date(2026, 3, 30), reason=WHY)
    register(french_rate).when(before).then_rejected(EndsBeforeItBegins, "2026-04-01")
    known(french_rate, out).when(enters()).then(french_rate.but(number=2))
    assert replay(rates_begun, french_rate, out)[0].ceiling_for(eur(5_000_00), date(2026, 4, 1)) is None


def test_it_is_not_made_longer_into_the_days_of_another():
    later = french_rate.but(number=2, from_on=date(2026, 7, 1), until_on=None)
    longer = EndLegalRate(number=1, until_on=date(2026, 7, 1), reason=WHY)
    register(french_rate, later).when(longer).then_rejected(RatesOverlap, "rate 2")


# ── imported ───────────────────────────────────────────────────────────────


def test_what_was_published_is_entered_with_one_command():
    entered = given().as_(ADMIN).when(ImportLegalRates()).recorded
    assert len(entered) == len(PUBLISHED) + sum(map(len, PUBLISHED.values()))
    assert {event.by for event in entered if isinstance(event, LegalRates.Entered)} == {ADMIN}


def test_what_people_entered_is_left_as_it_is():
    own = french_rate.but(from_on=date(2026, 3, 31), until_on=None, rate=1_500)
    outcome = known(own).when(ImportLegalRates())
    french = [event for event in outcome.recorded if event.originator_id == legal_rates_id("fr-consumer")]
    assert [(event.number, event.rate) for event in french] == [(2, 2_356), (3, 867)]


def test_what_was_imported_is_not_imported_again():
    first = given().as_(ADMIN).when(ImportLegalRates()).recorded
    again = given().as_(ADMIN).with_(*(fact(type(e), e.originator_id, **said(e)[1]) for e in first))
    again.when(ImportLegalRates()).then_rejected(NothingToImport, "fr-consumer")


def test_the_register_takes_a_fresh_proof():
    end = EndLegalRate(number=1, until_on=date(2026, 5, 31), reason=WHY)
    assert all(command.needs_step_up() for command in (enters(), corrects(), end, ImportLegalRates()))
