"""Holidays by rule, and the business day on which is paid what falls due on another."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.rules.holidays import easter, holidays, is_business_day, moved


@pytest.mark.parametrize(
    "day",
    [
        "1961-04-02",
        "1981-04-19",
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
    ],
)
def test_easter_falls_where_the_tables_say(day):
    """Source: United States Naval Observatory, "Dates of Easter"; earliest and latest days of our time among them."""
    assert easter(int(day[:4])).isoformat() == day


@pytest.mark.parametrize(
    ("calendar", "days"),
    [
        ("FR", "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
        ("CI", "01-01 04-06 05-01 05-14 05-25 08-07 08-15 11-01 11-15 12-25"),
        ("CA-QC", "01-01 04-03 05-18 06-24 07-01 09-07 10-12 12-25"),
    ],
)
def test_the_holidays_of_2026(calendar, days):
    """Source: the package holidays 0.109 (github.com/vacanza/holidays), run 2026-11-22; moons left out."""
    assert sorted(f"{day:%m-%d}" for day in holidays(calendar, 2026)) == days.split()


@pytest.mark.parametrize(
    ("calendar", "year", "extra"),
    [
        ("CI", 2022, "2022-05-02"),
        ("CI", 2033, "2033-05-02"),
        ("CI", 2033, "2033-08-08"),
        ("CI", 2033, "2033-12-26"),
    ],
)
def test_a_feast_on_a_sunday_is_kept_on_monday_too(calendar, year, extra):
    assert date.fromisoformat(extra) in holidays(calendar, year)


def test_a_national_day_of_quebec_on_a_sunday_is_kept_on_monday():
    assert {date(2029, 6, 25), date(2029, 7, 2)} <= holidays("CA-QC", 2029)


def test_saturdays_sundays_and_proclaimed_days_are_no_business_days():
    friday = date(2026, 5, 29)
    assert is_business_day(friday, "FR")
    assert not is_business_day(friday, None, {friday})
    assert not is_business_day(date(2026, 5, 30), None)
    assert is_business_day(date(2026, 7, 14), None)
    assert not is_business_day(date(2026, 7, 14), "FR")


@pytest.mark.parametrize(
    ("rule", "day", "paid"),
    [
        ("following", "2026-04-03", "2026-04-03"),  # Good Friday is none in France
        ("following", "2026-04-04", "2026-04-07"),  # Easter Monday is
        ("preceding", "2026-04-06", "2026-04-03"),
        ("modified-following", "2026-10-31", "2026-10-30"),  # Saturday; Monday is in November
        ("modified-following", "2026-08-15", "2026-08-17"),
        ("none", "2026-08-15", "2026-08-15"),
    ],
)
def test_a_day_moves_by_its_rule(rule, day, paid):
    assert moved(date.fromisoformat(day), rule, "FR") == date.fromisoformat(paid)
