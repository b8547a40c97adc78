"""How long a period is by each convention."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.rules.day_count import UNITS, number, number_of_30


def units(count, start, end):
    return number(count, date.fromisoformat(end)) - number(count, date.fromisoformat(start))


@pytest.mark.parametrize(
    ("start", "end", "thirty", "actual"),
    [
        ("2026-01-15", "2026-02-15", 30, 31),
        ("2026-01-31", "2026-03-31", 60, 59),
        ("2027-12-15", "2028-12-15", 360, 366),
        ("2026-02-28", "2026-03-31", 32, 31),
    ],
)
def test_the_length_of_a_period(start, end, thirty, actual):
    """Source: QuantLib 1.44, Thirty360(European) and Actual365Fixed, run 2026-11-22."""
    assert units("30E/360", start, end) == thirty
    assert units("ACT/365F", start, end) == actual


def test_actual_actual_counts_each_year_by_its_own_days():
    """1 November 2003 to 1 May 2004: 61/365 + 121/366. Source: ISDA, EMU and market conventions, 1999, page 5."""
    assert units("ACT/ACT-ISDA", "2003-11-01", "2004-05-01") == 61 * 366 + 121 * 365
    assert units("ACT/ACT-ISDA", "2026-01-01", "2029-01-01") == 3 * UNITS["ACT/ACT-ISDA"]


def test_the_thirtieth_of_february_is_a_day_of_360():
    assert number_of_30(2026, 2, 31) - number_of_30(2026, 1, 31) == 30
