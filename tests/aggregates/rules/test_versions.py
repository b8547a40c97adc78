"""Versions of a schedule: which one is in force, what becomes of money that paid what was replaced."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregates.rules.amendments import amended, on_other_days, with_holiday
from aggregates.rules.calendar import months_after
from aggregates.rules.facts import Paused, Receipt, Returned, Version
from aggregates.rules.life import standing
from aggregates.rules.servicing_terms import Late, Order
from aggregates.rules.versions import lines_of
from aggregates.values import BasisPoints
from tests.lives import LOAN, PAID_OUT, due, line, terms
from tests.stories import eur

PLAIN = terms()
NOW = standing(PLAIN, [LOAN], [], due(2))


def moved_to_the_15th(number=2):
    """From the third instalment on, due on the 15th."""
    days = [due(month).replace(day=15) for month in range(3, 25)]
    return amended(
        NOW, due(2), on_other_days(LOAN.lines[2:], days, "30E/360"), "due-day-changed", number=number
    )


def test_another_due_day_makes_one_period_longer_and_pays_for_it():
    """Interest of 23.02 for 30 days is 29.93 for the 39 from 6 July to 15 August; the others have 30 again."""
    lines = moved_to_the_15th().lines
    assert (LOAN.lines[2].interest, lines[0].interest) == (eur(23_03), eur(29_94))
    assert [changed.interest for changed in lines[1:]] == [old.interest for old in LOAN.lines[3:]]
    assert [changed.principal for changed in lines] == [old.principal for old in LOAN.lines[2:]]
    assert {changed.due_on.day for changed in lines} == {15}


def test_the_old_version_stays_readable():
    changed = moved_to_the_15th()
    before, after = (standing(PLAIN, [LOAN, changed], [], on) for on in (due(2) - timedelta(days=1), due(2)))
    assert (before.version, after.version) == (1, 2)
    assert [part.line for part in before.instalments] == list(LOAN.lines)
    assert [part.version for part in after.instalments] == [1, 1] + [2] * 22
    assert [scheduled for _, scheduled in lines_of(1, [LOAN, changed])] == list(LOAN.lines)


def test_a_holiday_pays_interest_alone_and_then_goes_on():
    pause, days = [due(3), due(4)], [due(month) for month in range(5, 27)]
    lines = with_holiday(LOAN.lines[2:], pause, days, "paid", "30E/360")
    assert [(part.number, part.interest, part.principal) for part in lines[:3]] == [
        (3, eur(23_03), eur(0)),
        (4, eur(23_03), eur(0)),
        (5, eur(23_03), LOAN.lines[2].principal),
    ]
    assert lines[-1].due_on == due(26)
    assert [part.number for part in lines] == list(range(3, 27))


def test_a_holiday_may_carry_its_interest_to_the_first_instalment_after_it():
    """It is added, and bears no interest: everything after is as without the holiday."""
    pause, days = [due(3), due(4)], [due(month) for month in range(5, 27)]
    lines = with_holiday(LOAN.lines[2:], pause, days, "carried", "30E/360")
    assert [part.total for part in lines[:2]] == [eur(0), eur(0)]
    assert lines[2].interest == eur(3 * 23_03)
    assert [part.interest for part in lines[3:]] == [old.interest for old in LOAN.lines[3:]]
    changed = amended(NOW, due(2), lines, "payment-holiday", 2)
    assert standing(PLAIN, [LOAN, changed], [], due(4)).days_past_due == (due(4) - due(1)).days
    assert standing(PLAIN, [LOAN, changed], [], due(4)).owed_now == eur(443_20)


def test_interest_of_other_days_follows_the_day_count():
    """31 days instead of 30 under actual/365; under 30E/360 the same."""
    lines = [line(1, PAID_OUT, due(1) - timedelta(days=1), 30_00, 100_00)]
    moved = on_other_days(lines, [due(1)], "ACT/365F")
    assert moved[0].interest == eur(31_00)


def test_an_instalment_is_not_moved_to_before_its_period():
    with pytest.raises(ValueError, match="cannot be due"):
        on_other_days(LOAN.lines[2:3], [due(2)], "30E/360")
    with pytest.raises(ValueError, match="new days"):
        on_other_days(LOAN.lines[2:4], [due(3)], "30E/360")


def rescheduled():
    """From 6 July on: what is owed is put into two instalments, the second past-due one is not kept."""
    lines = (line(2, due(1), due(4), 50_00, 2_000_00), line(3, due(4), due(5), 60_00, 2_803_40))
    return Version(2, due(2) + timedelta(days=5), 1, 1, lines, "rescheduled")


def test_money_that_paid_what_is_replaced_pays_what_comes_instead():
    first, part = Receipt(2, due(1), eur(221_60)), Receipt(3, due(2), eur(100_00))
    changed = rescheduled()
    before = standing(PLAIN, [LOAN, changed], [first, part], changed.on - timedelta(days=1))
    after = standing(PLAIN, [LOAN, changed], [first, part], changed.on)
    assert before.days_past_due == 4
    assert (after.days_past_due, after.owed_now, after.unallocated) == (0, eur(0), eur(100_00))
    assert standing(PLAIN, [LOAN, changed], [first, part], due(4)).due.total == eur(1_950_00)


def test_money_learnt_later_than_the_change_is_not_lost_in_what_was_replaced():
    changed = rescheduled()
    facts = [Receipt(2, due(1), eur(221_60)), Receipt(3, due(2), eur(100_00)), Receipt(4, due(2), eur(50_00))]
    assert standing(PLAIN, [LOAN, changed], facts, changed.on).unallocated == eur(150_00)


def test_penalties_of_what_was_replaced_stay_owed_and_no_more_come():
    agreed = terms(late=Late(BasisPoints(1_000)))
    changed, first = rescheduled(), Receipt(2, due(1), eur(221_60))
    owed = standing(agreed, [LOAN, changed], [first], changed.on).past_due
    assert owed.total == owed.penalty == eur(27), "197.58 at 10 % for 5 days: 0.2707"
    later = standing(agreed, [LOAN, changed], [first], changed.on + timedelta(days=9))
    assert later.past_due.penalty == eur(27)
    assert later.days_past_due == 0
    paid = standing(agreed, [LOAN, changed], [first, Receipt(3, changed.on, eur(1_00))], changed.on)
    assert [(part.version, part.number, part.what, part.amount) for part in paid.parts[2:]] == [
        (1, 2, "penalty", eur(27))
    ]
    assert paid.unallocated == eur(73)


def test_penalties_of_what_was_replaced_are_paid_oldest_first():
    agreed = terms(late=Late(BasisPoints(1_000)))
    second = rescheduled()
    third = Version(3, due(3), 2, 0, (line(1, PAID_OUT, due(9), 90_00, 5_000_00),), "rescheduled")
    now = standing(agreed, [LOAN, second, third], [Receipt(2, due(3), eur(3_29 + 27))], due(3))
    assert [(part.version, part.number) for part in now.parts] == [(1, 1), (1, 2)]
    assert now.past_due.total == eur(0)


def test_money_paid_in_advance_is_free_again_when_its_instalment_is_replaced():
    agreed = terms(order=Order(timings=("past_due", "due", "in_advance")))
    facts = [Receipt(2, due(1), eur(221_60 * 4))]
    changed = moved_to_the_15th()
    now = standing(agreed, [LOAN, changed], facts, due(2))
    assert [(part.version, part.number) for part in now.parts if part.what == "interest"] == [
        (1, 1),
        (1, 2),
        (2, 3),
        (2, 4),
    ]
    assert sum(part.amount.minor for part in now.parts) == 221_60 * 4


def resting(number, over):
    """A version like the first, that rests on receipt 9."""
    return Version(number, due(2), over, 0, LOAN.lines, "repaid-in-part", rests_on=9)


def test_a_version_falls_with_its_receipt_and_takes_those_built_on_it_along():
    versions = [LOAN, resting(2, 1), replace(resting(3, 2), rests_on=None)]
    receipt, returned = Receipt(9, due(2), eur(10_00)), Returned(10, due(3), 9)
    stands, fallen = (standing(PLAIN, versions, facts, due(3)) for facts in ([receipt], [receipt, returned]))
    assert (stands.version, stands.fallen) == (3, ())
    assert (fallen.version, fallen.fallen) == (1, (2, 3))
    assert standing(PLAIN, versions, [], due(3)).version == 1, "its receipt is not known yet"


def test_after_a_fall_a_new_version_is_built_on_what_stands():
    versions = [LOAN, resting(2, 1), replace(resting(3, 1), rests_on=None)]
    assert standing(PLAIN, versions, [], due(3)).version == 3
    with pytest.raises(ValueError, match="not the latest"):
        standing(PLAIN, versions, [Receipt(9, due(2), eur(1))], due(3))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": 1}, "given once"),
        ({"after": 25}, "no instalment 25"),
        ({"on": PAID_OUT - timedelta(days=1)}, "takes effect before"),
        ({"lines": LOAN.lines[1:]}, "numbered from 1"),
        ({"after": 3, "lines": (line(4, due(1), due(2), 1, 1),)}, "never go back"),
    ],
)
def test_a_version_that_cannot_be_is_refused(wrong, said):
    sound = Version(2, due(2), 1, 0, LOAN.lines)
    with pytest.raises(ValueError, match=said):
        standing(PLAIN, [LOAN, replace(sound, **wrong)], [], due(3))


def test_what_is_unknown_carries_nothing():
    orphan = Version(3, due(2), 2, 0, LOAN.lines)
    assert standing(PLAIN, [LOAN, orphan], [Paused(2, due(1))], due(3)).fallen == (3,)


def test_a_month_keeps_its_day_across_a_change():
    assert moved_to_the_15th().lines[-1].due_on == months_after(due(2).replace(day=15), 22)
