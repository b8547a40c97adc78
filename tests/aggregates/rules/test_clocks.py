"""The times that the law gives, counted by hand on a calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.rules.clocks import ClockSettings, clocks_after_signature, offer_clock
from aggregates.rules.law import LAWS
from aggregates.rules.working_days import is_holiday
from aggregates.values import BasisPoints

MAY_4 = date(2026, 5, 4)
NOTHING_SAID = ClockSettings()
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def ends(clocks) -> dict[str, date]:
    return {clock.name: clock.ends_on for clock in clocks}


def signed(law, on=MAY_4, apr=617, settings=NOTHING_SAID):
    return clocks_after_signature(law, apr, on, settings, first=1)


def test_france_seven_days_without_payment_and_fourteen_to_step_back():
    """Signed on Monday 4 May 2026: 5 May is the first day; 11 May the seventh, 18 May, a Monday, the fourteenth."""
    no_payment, step_back = signed("fr-consumer")
    assert (no_payment.number, no_payment.name, no_payment.days) == (1, "no-payment", 7)
    assert (no_payment.began_on, no_payment.ends_on) == (MAY_4, date(2026, 5, 11))
    assert no_payment.source == "Code de la consommation, art. L. 312-25, consulté le 2026-11-22"
    assert (step_back.number, step_back.name, step_back.days) == (2, "step-back", 14)
    assert step_back.ends_on == date(2026, 5, 18)
    assert step_back.source == "Code de la consommation, art. L. 312-19, consulté le 2026-11-22"


@pytest.mark.parametrize(
    ("signed_on", "last"),
    [
        (date(2026, 5, 2), date(2026, 5, 18)),  # the 16th is a Saturday
        (date(2026, 5, 3), date(2026, 5, 18)),  # the 17th a Sunday
        (date(2026, 5, 11), date(2026, 5, 26)),  # the 25th Whit Monday
        (date(2026, 4, 24), date(2026, 5, 11)),  # Friday 8 May, then the week-end
        (date(2026, 12, 11), date(2026, 12, 28)),  # Christmas on a Friday
        (date(2026, 12, 18), date(2027, 1, 4)),  # New Year's Day on a Friday
    ],
)
def test_the_last_day_to_step_back_is_a_working_day(signed_on, last):
    """Règlement 1182/71, art. 3, paragraph 4."""
    assert ends(signed("fr-consumer", signed_on))["step-back"] == last


def test_the_time_without_payment_ends_on_its_day_also_on_a_holiday():
    """Nobody has to act by its end: Friday 1 May and seven days are Friday 8 May, a holiday."""
    assert ends(signed("fr-consumer", date(2026, 5, 1)))["no-payment"] == date(2026, 5, 8)


def test_quebec_two_days():
    [clock] = signed(
        "qc-consumer", MAY_4, apr=2_000, settings=ClockSettings(high_cost_apr=BasisPoints(2_600))
    )
    assert (clock.name, clock.days, clock.ends_on) == ("step-back", 2, date(2026, 5, 6))


@pytest.mark.parametrize(
    ("apr", "limit", "days"),
    [(2_600, 2_600, 2), (2_601, 2_600, 10), (2_000, None, 10), (None, 2_600, 10)],
)
def test_quebec_ten_days_above_the_entered_limit_and_while_something_is_not_known(apr, limit, days):
    [clock] = signed("qc-consumer", MAY_4, apr, ClockSettings(high_cost_apr=limit))
    assert clock.days == days


def test_quebec_had_two_days_for_all_before_there_was_credit_of_high_cost():
    assert signed("qc-consumer", date(2019, 7, 31))[0].days == 2
    assert signed("qc-consumer", date(2019, 8, 1))[0].days == 10


@pytest.mark.parametrize("law", ["unspecified", "fr-business", "umoa-bank", "umoa-microfinance"])
def test_laws_that_give_no_time_set_no_clock_going(law):
    assert signed(law) == []
    assert offer_clock(law, MAY_4, NOTHING_SAID, 1) is None


def test_an_offer_holds_fifteen_days_in_france():
    clock = offer_clock("fr-consumer", MAY_4, NOTHING_SAID, 1)
    assert clock is not None
    assert (clock.name, clock.days, clock.ends_on) == ("offer", 15, date(2026, 5, 19))
    assert clock.over_on == date(2026, 5, 20)
    assert not clock.is_over(date(2026, 5, 19))
    assert clock.is_over(date(2026, 5, 20))


@pytest.mark.parametrize(("days", "holds"), [(None, 15), (10, 15), (15, 15), (30, 30)])
def test_the_organisation_may_let_an_offer_hold_longer_never_shorter(days, holds):
    clock = offer_clock("fr-consumer", MAY_4, ClockSettings(offer_days=days), 1)
    assert clock is not None
    assert clock.days == holds
    assert clock.source == "Code de la consommation, art. L. 312-18, consulté le 2026-11-22"


def test_where_the_law_is_silent_the_organisation_may_give_an_offer_an_end():
    clock = offer_clock("fr-business", MAY_4, ClockSettings(offer_days=5), 3)
    assert clock is not None
    assert (clock.number, clock.ends_on, clock.source) == (3, date(2026, 5, 9), None)


@given(DAYS, st.sampled_from(sorted(LAWS)))
def test_no_time_is_shorter_than_the_law_gives(day, law):
    offer = offer_clock(law, day, NOTHING_SAID, 1)
    for clock in [*signed(law, day), *([offer] if offer else [])]:
        assert clock.ends_on >= day + timedelta(days=clock.days)
        assert clock.ends_on <= day + timedelta(days=clock.days + 5)
        if clock.name != "no-payment":
            assert clock.ends_on.weekday() < 5
            assert not is_holiday(clock.ends_on, "CA-QC" if law == "qc-consumer" else "FR")
