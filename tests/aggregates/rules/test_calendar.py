"""Due dates: the anchor's day every month, clipped to the month's end, never drifting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.rules.calendar import months_after, schedule
from tests import oracle
from tests.stories import INSTALMENTS, MAY_6

ANCHORS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "dates"),
    [
        (date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]),
        (date(2026, 1, 30), [date(2026, 2, 28), date(2026, 3, 30), date(2026, 4, 30)]),
        (date(2026, 4, 30), [date(2026, 5, 30), date(2026, 6, 30), date(2026, 7, 30)]),
        (date(2028, 1, 31), [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]),
        (date(2026, 11, 15), [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15)]),
    ],
)
def test_the_day_of_the_month_is_the_anchors(anchor: date, dates: list[date]):
    """The anchor day was lost elsewhere: rules of lending, what goes wrong in the field."""
    assert [months_after(anchor, n) for n in (1, 2, 3)] == dates


@given(ANCHORS, st.integers(1, 360))
def test_every_due_date_is_anchored_and_clipped(anchor: date, months: int):
    day = months_after(anchor, months)
    assert (day.year - anchor.year) * 12 + day.month - anchor.month == months
    assert day.day == anchor.day or (day.day < anchor.day and (day + timedelta(days=1)).day == 1)


@given(ANCHORS, st.integers(1, 60))
def test_every_due_date_is_the_oracles(anchor: date, months: int):
    assert months_after(anchor, months) == oracle.same_day(anchor, months)


def test_instalments_are_numbered_and_due_month_after_month():
    lines = schedule(MAY_6, INSTALMENTS)
    assert [line.number for line in lines] == list(range(1, 25))
    assert lines[0].due_on == date(2026, 6, 6)
    assert lines[-1].due_on == date(2028, 5, 6)
    assert [line.total for line in lines] == [instalment.total for instalment in INSTALMENTS]
