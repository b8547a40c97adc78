"""The register of legal rates."""

from datetime import date

from aggregates.legal_rates import LegalRates, legal_rates_id
from projections.legal_rate_list import LegalRateList
from tests.kit import fact
from tests.stories import ADMIN, DEPUTY, MAY_4, MAY_6, eur, french_rate, rates_begun

banks_begun = fact(LegalRates.Begun, legal_rates_id("umoa-bank"), law="umoa-bank")
bank_rate = french_rate.but(law="umoa-bank", rate=1_400, above=None, up_to=None, until_on=None)
lower = french_rate.but(number=2, above=None, up_to=eur(3_000_00), rate=2_356)


def test_every_rate_is_listed_by_law_with_its_source(screens):
    screens.happened(rates_begun, french_rate, lower, banks_begun, bank_rate)
    small, middle, bank = screens.read(LegalRateList).entered(MAY_6)
    assert [each.rate for each in (small, middle, bank)] == [2_356, 1_587, 1_400]
    assert (middle.rates_id, middle.number, middle.law) == (legal_rates_id("fr-consumer"), 1, "fr-consumer")
    assert (middle.above, middle.up_to, middle.currency) == (3_000_00, 6_000_00, "EUR")
    assert (bank.above, bank.up_to, bank.currency) == (None, None, "XOF")
    assert (middle.source, middle.entered_by, middle.entered_on) == (french_rate.says["source"], ADMIN, MAY_4)


def test_how_a_rate_stands_depends_on_the_day(screens):
    screens.happened(rates_begun, french_rate)
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)]
    states = [screens.read(LegalRateList).entered(day)[0].state for day in days]
    assert states == ["upcoming", "in-force", "in-force", "over"]


def test_what_was_corrected_ended_and_taken_out_stays_readable(screens):
    corrected = french_rate.but(number=3, corrects=1, reason="Lu de travers.", by=DEPUTY)
    ended = fact(LegalRates.Ended, number=3, until_on=MAY_4, by=ADMIN, reason="Un autre arrêté.")
    out = fact(LegalRates.Ended, number=2, until_on=date(2026, 3, 31), by=ADMIN, reason="Une autre loi.")
    screens.happened(rates_begun, french_rate, lower)
    screens.happened(corrected, ended, out, on=MAY_6)
    taken, first, second = screens.read(LegalRateList).entered(MAY_6)
    assert (taken.number, taken.state, taken.reason) == (2, "taken-out", "Une autre loi.")
    assert (first.number, first.state, first.corrected_by, first.until_on) == (
        1,
        "corrected",
        3,
        date(2026, 6, 30),
    )
    assert (second.number, second.state, second.until_on, second.entered_by) == (3, "over", MAY_4, DEPUTY)
