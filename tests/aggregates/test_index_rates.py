"""The register of index values: entered, corrected; one a day, never one deleted."""

from datetime import date

import pytest

from aggregates.index_rates import IndexRates, NoSuchValue, ValueEntered, index_rates_id
from aggregates.rules.terms import Fixing
from aggregates.values import BasisPoints
from commands.index_rates import CorrectIndexValue, EnterIndexValue
from tests.kit import given, replay
from tests.stories import ADMIN, index_begun, index_value

SAYS = {"value": 212, "from_on": date(2026, 4, 1), "source": "EMMI, Euribor 3 mois, lu le 31 mars 2026"}
WHY = "Lu de travers dans le tableau."
second = index_value.but(number=2, value=BasisPoints(-15), from_on=date(2026, 7, 1))


def enters(**other) -> EnterIndexValue:
    return EnterIndexValue(index="EURIBOR-3M", says=SAYS | other)


def test_the_first_value_begins_the_register_of_its_index():
    given().as_(ADMIN).when(enters()).then(index_begun, index_value)


def test_a_later_value_may_be_below_zero():
    given().with_(index_begun, index_value).as_(ADMIN).when(enters(value=-15, from_on=date(2026, 7, 1))).then(
        second
    )


def test_a_day_has_one_value():
    given().with_(index_begun, index_value).as_(ADMIN).when(enters(value=99)).then_rejected(ValueEntered)


def test_a_value_is_corrected_and_stays_readable():
    command = CorrectIndexValue(number=1, says=SAYS | {"value": 221}, reason=WHY)
    given(index_begun, index_value).as_(ADMIN).when(command).then(
        index_value.but(number=2, value=BasisPoints(221), corrects=1, reason=WHY)
    )


def test_a_value_that_does_not_count_is_not_corrected():
    command = CorrectIndexValue(number=7, says=SAYS, reason=WHY)
    given(index_begun, index_value).as_(ADMIN).when(command).then_rejected(NoSuchValue)


def test_a_correction_does_not_take_the_day_of_another():
    command = CorrectIndexValue(number=2, says=SAYS, reason=WHY)
    given(index_begun, index_value, second).as_(ADMIN).when(command).then_rejected(ValueEntered)


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2026, 3, 31), None), (date(2026, 4, 1), 212), (date(2026, 6, 30), 212), (date(2026, 7, 1), -15)],
)
def test_a_value_counts_until_the_next(day: date, value: int | None):
    register: IndexRates = replay(index_begun, second, index_value)[0]
    known = register.fixing_on(day)
    assert (known and known.rate) == value
    assert known is None or isinstance(known, Fixing)


def test_a_name_is_one_index_however_it_is_written():
    assert index_rates_id("EURIBOR-3M") == index_rates_id("Euribor-3m") != index_rates_id("EURIBOR-1M")
