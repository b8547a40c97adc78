"""Instalments that are moved, paused or spread anew, however often they fall due."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from aggregates.rules.rescheduling import moved_to_day, paused, spread
from aggregates.rules.rounding import Rounding
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.terms import Fee, Insurance, Terms
from aggregates.values import BasisPoints, Money
from tests.stories import eur, xof

RATE = BasisPoints(1_200)
MONDAY = date(2026, 6, 1)
WEEKLY = Terms(RATE, frequency="weekly", day_count="ACT/365F")
QUARTERLY = Terms(RATE, frequency="quarterly")


def agreed(terms: Terms, count: int = 8, payout_on: date = MONDAY):
    lines = schedule(terms, eur(1_000_00), count, payout_on)
    return lines, terms.servicing("EUR")


def test_by_the_week_the_due_day_is_a_weekday_of_the_same_week():
    lines, terms = agreed(WEEKLY)
    moved = moved_to_day(lines, 5, MONDAY, terms)
    assert [line.due_on - before.due_on for line, before in zip(moved, lines, strict=True)] == [
        timedelta(days=4)
    ] * 8
    assert {line.due_on.isoweekday() for line in moved} == {5}
    # Eleven days instead of seven: the first costs so much more, the others what they did.
    assert moved[0].interest.minor == round(lines[0].interest.minor * 11 / 7)
    assert [line.interest for line in moved[1:]] == [line.interest for line in lines[1:]]


def test_by_the_week_there_is_no_eighth_day():
    lines, terms = agreed(WEEKLY)
    with pytest.raises(ValueError, match="1 Monday to 7 Sunday"):
        moved_to_day(lines, 8, MONDAY, terms)


def test_by_the_quarter_the_due_day_is_clipped_and_comes_back():
    lines, terms = agreed(QUARTERLY, payout_on=date(2026, 5, 15))
    moved = moved_to_day(lines, 31, date(2026, 6, 1), terms)
    assert [line.due_on for line in moved[:3]] == [
        date(2026, 8, 31),
        date(2026, 11, 30),
        date(2027, 2, 28),
    ]
    assert moved[4].due_on == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("terms", "later"),
    [(WEEKLY, timedelta(days=14)), (Terms(RATE, frequency="fortnightly"), timedelta(days=28))],
)
def test_a_holiday_by_the_week_takes_weeks(terms, later):
    lines, servicing = agreed(terms)
    after = paused(lines, 2, "paid", servicing)
    assert [line.due_on for line in after[:8]] == [line.due_on for line in lines]
    assert [line.due_on for line in after[2:]] == [line.due_on + later for line in lines]
    assert [line.principal for line in after[:2]] == [eur(0)] * 2


def test_a_holiday_by_the_quarter_takes_quarters():
    lines, terms = agreed(QUARTERLY, payout_on=date(2026, 5, 31))
    after = paused(lines, 1, "carried", terms)
    assert [line.due_on for line in after[:3]] == [
        date(2026, 8, 31),
        date(2026, 11, 30),
        date(2027, 2, 28),
    ]
    assert (after[0].interest, after[1].principal) == (eur(0), lines[0].principal)


@pytest.mark.parametrize("frequency", ["weekly", "fortnightly", "monthly", "quarterly"])
def test_what_is_spread_anew_is_what_a_new_loan_of_the_rest_would_be(frequency):
    plain = Terms(RATE, frequency=frequency)
    lines, terms = agreed(plain)
    rest = Money.total((line.principal for line in lines[3:]), "EUR")
    again = spread(lines[3:], RATE, 9, terms)
    new = schedule(plain, rest, 9, lines[3].starts_on)
    assert [(line.due_on, line.interest, line.principal) for line in again] == [
        (line.due_on, line.interest, line.principal) for line in new
    ]
    assert [line.number for line in again] == list(range(4, 13))


def test_fees_stay_with_every_instalment_and_insurance_is_not_spread():
    fee = Fee("Frais de gestion", "per-instalment", fixed=eur(2_00))
    lines, terms = agreed(Terms(RATE, fees=(fee,)))
    assert {line.fee for line in spread(lines[2:], RATE, 12, terms)} == {eur(2_00)}
    insured, terms = agreed(Terms(RATE, insurance=Insurance(BasisPoints(36))))
    with pytest.raises(ValueError, match="a new contract"):
        spread(insured[2:], RATE, 12, terms)


def test_an_amount_that_is_agreed_anew_is_rounded_as_agreed():
    by_francs = ServicingTerms("XOF")
    by_fives = Terms(RATE, rounding=Terms(RATE).rounding.__class__(5)).servicing("XOF")
    lines = schedule(Terms(RATE), xof(500_000), 12, MONDAY)
    plain, fives = (spread(lines, RATE, 7, terms) for terms in (by_francs, by_fives))
    assert any(line.total.minor % 5 for line in plain[:-1])
    assert not any(line.total.minor % 5 for line in fives[:-1])


def test_what_is_moved_or_paused_is_rounded_as_agreed_and_repays_the_same():
    by_fives = Terms(RATE, day_count="ACT/365F", rounding=Rounding(5))
    lines = schedule(by_fives, xof(500_000), 12, MONDAY)
    for unit in (1, 5):
        terms = replace(by_fives, rounding=Rounding(unit)).servicing("XOF")
        for changed in (
            moved_to_day(lines, 17, MONDAY, terms),
            paused(lines, 2, "paid", terms),
            paused(lines, 2, "carried", terms),
        ):
            assert all(line.interest.minor % unit == 0 for line in changed)
            assert sum(line.principal.minor for line in changed) == 500_000
    plain = replace(by_fives, rounding=Rounding(1)).servicing("XOF")
    for changed in (moved_to_day(lines, 17, MONDAY, plain), paused(lines, 2, "paid", plain)):
        assert any(line.interest.minor % 5 for line in changed), "or this would say nothing"


def test_what_is_moved_is_paid_on_a_business_day_and_bears_interest_to_its_own():
    terms = Terms(RATE, business_days="following", calendar="FR")
    lines = schedule(terms, eur(1_000_00), 12, date(2026, 1, 6))
    moved = moved_to_day(lines, 1, date(2026, 1, 20), terms.servicing("EUR"))
    # The first of May is a holiday, a Friday in 2026: Monday the 4th.
    may = next(line for line in moved if line.due_on.month == 5)
    assert may.due_on == date(2026, 5, 4)
    assert next(line for line in moved if line.due_on.month == 6).starts_on == date(2026, 5, 1)
    assert all(one.due_on < other.due_on for one, other in pairwise(moved))
