"""A part of an amount by days: what has been earned of it."""

from datetime import date, timedelta

import pytest

from aggregates.rules.day_count import UNITS, DayCount
from aggregates.rules.pro_rata import earned

MARCH_1, APRIL_1 = date(2026, 3, 1), date(2026, 4, 1)
COUNTS = pytest.mark.parametrize("count", list(UNITS))


@COUNTS
def test_it_grows_from_nothing_to_all_of_it_and_never_back(count: DayCount):
    days = [MARCH_1 + timedelta(days=number) for number in range(-40, 75)]
    grown = [earned(31_00, MARCH_1, day, APRIL_1, count) for day in days]
    assert grown == sorted(grown)
    assert [amount for day, amount in zip(days, grown, strict=True) if day <= MARCH_1] == [0] * 41
    assert {amount for day, amount in zip(days, grown, strict=True) if day >= APRIL_1} == {31_00}


def test_a_third_of_the_days_is_a_third_of_it():
    """Ten of March's 31 days by the calendar, ten of thirty by months of thirty."""
    assert earned(31_00, MARCH_1, date(2026, 3, 11), APRIL_1, "ACT/365F") == 10_00
    assert earned(30_00, MARCH_1, date(2026, 3, 11), APRIL_1, "30E/360") == 10_00


@COUNTS
def test_of_a_period_without_length_nothing_is_earned_before_it_and_all_after(count: DayCount):
    """From the 30th to the 31st no time passes by months of thirty."""
    start, end = date(2026, 3, 30), date(2026, 3, 31)
    assert earned(5_00, start, start - timedelta(days=1), end, count) == 0
    assert earned(5_00, start, start, end, count) == 0
    assert earned(5_00, start, end, end, count) == 5_00
    assert earned(5_00, end, start, end, count) == 0
    assert earned(5_00, end, end + timedelta(days=1), end, count) == 5_00
