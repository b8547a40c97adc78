"""Arrears that are taken into a new schedule: what is late is repaid with what is to come, and nothing is paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.rules.facts import Receipt, Returned, Version
from aggregates.rules.life import standing
from aggregates.rules.servicing_terms import Late
from aggregates.rules.taking_in import arrears_of, with_arrears
from aggregates.values import BasisPoints
from tests.lives import LOAN, due, level, terms
from tests.stories import eur

RATE = BasisPoints(600)
AUGUST_16 = date(2026, 8, 16)
FIRST = Receipt(1, due(1), eur(221_60))
A_PART = Receipt(2, due(2), eur(100_00))
"""Of the second instalment, 24.02 of interest and 197.58 of principal; the third, 23.03 and 198.57, is not paid at all."""


def taken(facts=(FIRST, A_PART), agreed=None, count=30, loan: Version = LOAN, on: date = AUGUST_16):
    agreed = agreed or terms()
    now = standing(agreed, [loan], facts, on)
    version = with_arrears(now, RATE, count, agreed, 2)
    return now, version, standing(agreed, [loan, version], facts, on)


def test_what_was_late_asks_for_what_it_has_received_and_the_rest_is_in_the_instalments_to_come():
    now, version, after = taken()
    assert now.days_past_due == 41
    second, third, *new = version.lines
    assert (version.on, version.over, version.after, version.taken_in) == (AUGUST_16, 1, 1, 2)
    assert (second.due_on, second.interest, second.principal) == (due(2), eur(24_02), eur(75_98))
    assert (third.due_on, third.total) == (due(3), eur(0))
    assert [line.number for line in new] == list(range(4, 34))
    assert new[0].due_on == due(4)
    # 5,000.00 less 196.60 of the first and 75.98 of the second.
    assert sum(line.principal.minor for line in new) == 4_727_42
    assert (after.days_past_due, after.past_due.total, after.outstanding) == (0, eur(0), eur(4_727_42))


def test_interest_that_is_earned_and_not_paid_is_repaid_in_equal_parts_and_bears_none():
    """23.03 of the third instalment; of the fourth, 22.04 for a month, ten of thirty days: 7.35 (7.3466)."""
    _, version, after = taken()
    new = version.lines[2:]
    assert [line.put_off for line in new] == [eur(1_01)] * 29 + [eur(1_09)]
    assert sum(line.put_off.minor for line in new) == 23_03 + 7_35
    # Twenty days of the first period are to come: 4,727.42 at 6 % for 20 of 360 days is 15.76.
    assert (new[0].starts_on, new[0].interest - new[0].put_off) == (AUGUST_16, eur(15_76))
    assert after.accrued == eur(23_03 + 7_35)


def test_every_part_that_was_received_stays_where_it_was():
    _, _, after = taken()
    assert [(part.receipt, part.on, part.version, part.number, part.what) for part in after.parts] == [
        (1, due(1), 1, 1, "interest"),
        (1, due(1), 1, 1, "principal"),
        (2, due(2), 2, 2, "interest"),
        (2, due(2), 2, 2, "principal"),
    ]
    assert after.unallocated == eur(0)


def test_penalties_stay_owed_and_take_nothing_of_what_the_instalments_had_received():
    """Penalties come first in the order: money that was let go would pay them, and the instalment would be late again."""
    agreed = terms(late=Late(BasisPoints(1_200)))
    now, _, after = taken(agreed=agreed)
    assert now.past_due.penalty.minor > 0
    assert (after.past_due.penalty, after.past_due.total) == (now.past_due.penalty, now.past_due.penalty)
    assert after.days_past_due == 0
    later = standing(agreed, [LOAN, taken(agreed=agreed)[1]], [FIRST, A_PART], due(4))
    assert later.past_due.penalty == now.past_due.penalty, "nothing is late, so nothing more is charged"


def test_money_of_the_day_of_the_agreement_pays_as_if_there_were_none():
    """It came before anybody agreed: penalties and what is oldest, and only what is left after that is taken in."""
    agreed = terms(late=Late(BasisPoints(1_200)))
    facts = [FIRST, A_PART, Receipt(3, AUGUST_16, eur(130_00))]
    now, version, after = taken(facts, agreed)
    of_the_day = [part for part in now.parts if part.receipt == 3]
    assert {part.what for part in of_the_day} == {"penalty", "principal", "interest"}
    assert [(part.number, part.what, part.amount) for part in after.parts if part.receipt == 3] == [
        (part.number, part.what, part.amount) for part in of_the_day
    ]
    assert (after.past_due.total, after.days_past_due) == (now.past_due.penalty, 0)
    # 121.60 of the second; 121.60 for 41 days and 198.57 for ten at 12 % are 1.64 and 0.65; the third keeps the rest.
    assert (version.lines[0].number, version.lines[0].total) == (3, eur(130_00 - 121_60 - 1_64 - 65))


def test_money_of_before_that_is_learnt_late_pays_what_is_to_come():
    """50.00 came on 10 August and nobody knew: the third instalment asks for nothing any more, so they wait."""
    _, version, _ = taken()
    known_late = standing(
        terms(), [LOAN, version], [FIRST, A_PART, Receipt(3, date(2026, 8, 10), eur(50_00))], AUGUST_16
    )
    assert (known_late.unallocated, known_late.past_due.total) == (eur(50_00), eur(0))
    next_month = standing(
        terms(), [LOAN, version], [FIRST, A_PART, Receipt(3, date(2026, 8, 10), eur(50_00))], due(4)
    )
    assert next_month.due.total == version.lines[2].total - eur(50_00)


def test_money_that_comes_to_nothing_leaves_late_what_it_had_paid():
    """The 100.00 of July bounce: the second instalment asks for them again, from its day on."""
    _, version, _ = taken()
    facts = [FIRST, A_PART, Returned(3, date(2026, 8, 20), 2)]
    after = standing(terms(), [LOAN, version], facts, date(2026, 8, 20))
    assert after.past_due.total == eur(100_00)
    assert after.days_past_due == (date(2026, 8, 20) - due(2)).days


def test_fees_that_are_late_come_with_the_first_instalment():
    loan = level(5_000_00, 600, 24, fee=2_00)
    _, version, _ = taken((), loan=loan, count=10)
    assert [line.fee for line in version.lines] == [eur(0)] * 3 + [eur(8_00)] + [eur(2_00)] * 9
    insured = level(5_000_00, 600, 24, insurance=1_00)
    with pytest.raises(ValueError, match="a new contract"):
        taken((), loan=insured)


def test_a_loan_of_which_everything_is_late_is_repaid_from_the_next_due_day_on():
    loan = level(600_00, 600, 3)
    on = date(2026, 9, 20)
    now, version, after = taken((), loan=loan, count=6, on=on)
    assert now.not_due.total == eur(0)
    new = version.lines[3:]
    assert [line.due_on for line in new][:2] == [date(2026, 10, 6), date(2026, 11, 6)]
    assert (sum(line.principal.minor for line in new), after.past_due.total) == (600_00, eur(0))


def test_an_instalment_that_was_paid_between_two_that_are_late_stays_as_it_is():
    now = standing(terms(), [LOAN], [FIRST], AUGUST_16)
    paid = replace(now.instalments[2], unpaid=now.instalments[0].unpaid)
    between = replace(now, instalments=(*now.instalments[:2], paid, *now.instalments[3:]))
    assert [each.line.number for each in arrears_of(between)] == [2, 3]
    assert with_arrears(between, RATE, 10, terms(), 2).lines[1] == LOAN.lines[2]


def test_without_arrears_there_is_nothing_to_take_in():
    now = standing(terms(), [LOAN], [FIRST], due(1))
    assert arrears_of(now) == []
    with pytest.raises(ValueError, match="nothing is late"):
        with_arrears(now, RATE, 10, terms(), 2)


def test_an_instalment_that_is_to_come_is_not_taken_in():
    _, version, _ = taken()
    early = replace(version, taken_in=3)
    with pytest.raises(ValueError, match="is not taken in"):
        standing(terms(), [LOAN, early], [FIRST, A_PART], AUGUST_16)
