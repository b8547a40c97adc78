"""Working days: days off as published, and the first day after them."""

from datetime import date, timedelta

import pytest

from aggregates.rules.working_days import is_holiday, next_working


def days_off(year: int, calendar) -> list[date]:
    first = date(year, 1, 1)
    return [day for n in range(366) if is_holiday(day := first + timedelta(days=n), calendar)]


def test_french_days_off_of_2026():
    """As published by service-public.fr for 2026."""
    assert [f"{day:%d/%m}" for day in days_off(2026, "FR") if day.year == 2026] == [
        "01/01", "06/04", "01/05", "08/05", "14/05", "25/05", "14/07", "15/08", "01/11", "11/11", "25/12",
    ]  # fmt: skip


def test_days_off_of_quebec_in_2026():
    """Loi d’interprétation, art. 61, 23°: 3 April is Good Friday, 18 May the Monday before the 25th."""
    assert [f"{day:%d/%m}" for day in days_off(2026, "CA-QC") if day.year == 2026] == [
        "01/01", "03/04", "06/04", "18/05", "24/06", "01/07", "07/09", "12/10", "25/12",
    ]  # fmt: skip


def test_the_first_of_july_is_kept_on_the_second_when_it_is_a_sunday():
    assert date(2029, 7, 1).weekday() == 6
    assert not is_holiday(date(2029, 7, 1), "CA-QC")
    assert is_holiday(date(2029, 7, 2), "CA-QC")


@pytest.mark.parametrize(
    ("day", "calendar", "working"),
    [
        (date(2026, 5, 6), "FR", date(2026, 5, 6)),
        (date(2026, 5, 8), "FR", date(2026, 5, 11)),  # a holiday on a Friday, then the week-end
        (date(2026, 5, 8), "CA-QC", date(2026, 5, 8)),
        (date(2026, 5, 16), "CA-QC", date(2026, 5, 19)),
        (date(2026, 4, 4), "FR", date(2026, 4, 7)),
        (date(2026, 12, 25), "FR", date(2026, 12, 28)),
        (date(2022, 12, 31), "FR", date(2023, 1, 2)),
    ],
)
def test_the_first_working_day(day, calendar, working):
    assert next_working(day, calendar) == working
