"""What business days can do: open in their order, each once, and close."""

from datetime import date

import pytest

from aggregates.business_day import (
    BusinessDay,
    DayNotOpen,
    DayPast,
    DayStillOpen,
    OtherYear,
    business_year_id,
)
from commands.business_day import BeginBusinessYear, CloseBusinessDay, OpenBusinessDay
from eventstore import NotFound
from tests.kit import fact, given

THU, FRI, MON = date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 28)
JAN_4 = date(2027, 1, 4)

first_year = fact(BusinessDay.YearBegun, business_year_id(2026), year=2026, after=None)
next_year = fact(BusinessDay.YearBegun, business_year_id(2027), year=2027, after=MON)


def opened(day: date, since: date):
    return fact(BusinessDay.Opened, day=day, since=since)


def closed(day: date):
    return fact(BusinessDay.Closed, day=day)


def test_the_first_day_covers_itself():
    given(first_year).when(OpenBusinessDay(on=THU)).then(opened(THU, THU))


def test_a_day_covers_what_was_skipped():
    given(first_year, opened(THU, THU), closed(THU)).when(OpenBusinessDay(on=MON)).then(opened(MON, FRI))


def test_a_day_opens_only_when_the_last_one_is_closed():
    given(first_year, opened(THU, THU)).when(OpenBusinessDay(on=FRI)).then_rejected(DayStillOpen)


def test_days_open_in_their_order():
    past = given(first_year, opened(FRI, FRI), closed(FRI))
    for day in (THU, FRI):
        past.when(OpenBusinessDay(on=day)).then_rejected(DayPast)


def test_opening_and_closing_twice_changes_nothing():
    given(first_year, opened(THU, THU)).when(OpenBusinessDay(on=THU)).then_nothing()
    given(first_year, opened(THU, THU), closed(THU)).when(CloseBusinessDay(on=THU)).then_nothing()


def test_only_the_open_day_is_closed():
    given(first_year, opened(THU, THU)).when(CloseBusinessDay(on=THU)).then(closed(THU))
    given(first_year, opened(THU, THU)).when(CloseBusinessDay(on=FRI)).then_rejected(DayNotOpen)
    given(first_year).when(CloseBusinessDay(on=THU)).then_rejected(DayNotOpen)


def test_a_year_has_its_own_days():
    given(first_year).when(OpenBusinessDay(on=JAN_4)).then_rejected(OtherYear)


LAST = (first_year, opened(MON, MON), closed(MON))


def test_a_year_begins_where_the_last_one_ended():
    given().with_(*LAST).when(BeginBusinessYear(year=2027, after=MON)).then(next_year)
    given(next_year).when(OpenBusinessDay(on=JAN_4)).then(opened(JAN_4, date(2026, 12, 29)))


def test_the_first_year_of_all_follows_nothing():
    given().when(BeginBusinessYear(year=2026)).then(first_year)


def test_a_year_begins_only_when_the_last_day_is_closed():
    begin = BeginBusinessYear(year=2027, after=MON)
    given().with_(*LAST[:-1]).when(begin).then_rejected(DayStillOpen)
    given().when(begin).then_rejected(NotFound)


@pytest.mark.parametrize(("year", "after"), [(2027, FRI), (2026, MON), (2025, MON)])
def test_a_year_follows_the_last_day_there_was(year: int, after: date):
    given().with_(*LAST).when(BeginBusinessYear(year=year, after=after)).then_rejected(DayPast)
