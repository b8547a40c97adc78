"""The business days."""

from datetime import date

from aggregates.business_day import BusinessDay
from projections.business_days import BusinessDays
from tests.stories import MAY_4, MAY_6

NEW_YEAR = date(2027, 1, 4)


def told(screens) -> BusinessDay:
    days = BusinessDay.begin_year(2026, None)
    days.open(MAY_4)
    days.close(MAY_4)
    days.open(MAY_6)
    screens.happened(days)
    return days


def test_there_is_no_day_before_the_first(screens):
    assert screens.read(BusinessDays).current() is None


def test_the_current_day_is_the_newest_and_says_what_it_covers(screens):
    told(screens)
    current = screens.read(BusinessDays).current()
    assert (current.day, current.since, current.status) == (MAY_6, date(2026, 5, 5), "open")


def test_a_closed_day_stays_the_current_one_until_the_next_opens(screens):
    days = told(screens)
    days.close(MAY_6)
    screens.happened(days)
    assert screens.read(BusinessDays).current().status == "closed"


def test_the_days_of_all_years_are_one_list_newest_first(screens):
    days = told(screens)
    days.close(MAY_6)
    next_year = BusinessDay.begin_year(2027, MAY_6)
    next_year.open(NEW_YEAR)
    screens.happened(days, next_year)
    page = screens.read(BusinessDays).lines(limit=2)
    assert [(line.day, line.status) for line in page.items] == [(NEW_YEAR, "open"), (MAY_6, "closed")]
    assert [line.day for line in screens.read(BusinessDays).lines(cursor=page.next).items] == [MAY_4]
