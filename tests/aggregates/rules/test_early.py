"""Repaying early: what settles a loan on a day, what a part of it changes, and what it may cost."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aggregates.rules.early import Keeps, quote, quotes, repay_in_part, settlement
from aggregates.rules.facts import Receipt, Returned, Version, WrittenOff
from aggregates.rules.life import standing
from aggregates.rules.servicing_terms import EarlyFee, Late, Order
from aggregates.values import BasisPoints
from tests.lives import LOAN, PAID_OUT, due, level, line, terms
from tests.stories import eur

MIDDLE = due(1) + timedelta(days=15)
"""21 June: fifteen days of 30 into the second period, of which the interest is 24.02."""
FIRST_PAID = Receipt(2, due(1), eur(221_60))


def fee(rate: int, **also: Any) -> EarlyFee:
    return EarlyFee(BasisPoints(rate), **also)


def stands(on=MIDDLE, *facts, agreed=None, loan=LOAN):
    return standing(agreed or terms(), [loan], [FIRST_PAID, *facts], on)


# ── in full ────────────────────────────────────────────────────────────────


def test_a_quote_is_principal_interest_so_far_what_is_due_and_the_fee():
    """4,803.40 owed after the first; 24.02 for half a month is 12.01; 1 % is 48.03."""
    offer = quote(terms(early=fee(100)), stands())
    assert (offer.principal, offer.accrued, offer.fee, offer.due, offer.credit) == (
        eur(4_803_40),
        eur(12_01),
        eur(48_03),
        eur(0),
        eur(0),
    )
    assert offer.total == eur(4_863_44)


def test_a_quote_counts_what_is_late_with_its_penalties_and_what_waits():
    agreed = terms(late=Late(BasisPoints(1_000)))
    late = standing(agreed, [LOAN], [], MIDDLE)
    assert quote(agreed, late).due == eur(221_60 + 81), "196.60 at 10 % for 15 days: 0.8079"
    assert quote(terms(), stands(MIDDLE, Receipt(3, MIDDLE, eur(100_00)))).credit == eur(100_00)


def test_a_quote_says_each_day_until_the_last_on_which_it_is_valid():
    offers = quotes(terms(), [LOAN], [FIRST_PAID], MIDDLE, MIDDLE + timedelta(days=3))
    assert [offer.on - MIDDLE for offer in offers] == [timedelta(days=days) for days in range(4)]
    assert [offer.accrued for offer in offers] == [eur(12_01), eur(12_81), eur(13_61), eur(14_41)]


def test_money_of_the_quote_settles_the_loan_and_what_is_above_comes_back():
    agreed = terms(early=fee(100))
    offer = quote(agreed, stands(agreed=agreed))
    version = settlement(stands(agreed=agreed), offer, receipt=3, number=2)
    after = standing(agreed, [LOAN, version], [FIRST_PAID, Receipt(3, MIDDLE, offer.total)], MIDDLE)
    assert (after.status, after.unallocated) == ("repaid", eur(0))
    over = standing(agreed, [LOAN, version], [FIRST_PAID, Receipt(3, MIDDLE, offer.total + eur(80))], MIDDLE)
    assert (over.status, over.unallocated) == ("repaid", eur(80))
    short = standing(agreed, [LOAN, version], [FIRST_PAID, Receipt(3, MIDDLE, offer.total - eur(1))], MIDDLE)
    assert short.status == "active"


def test_interest_after_a_settlement_is_not_charged():
    offer = quote(terms(), stands())
    version = settlement(stands(), offer, receipt=3, number=2)
    after = standing(terms(), [LOAN, version], [FIRST_PAID, Receipt(3, MIDDLE, offer.total)], due(24))
    assert sum(part.amount.minor for part in after.parts if part.what == "interest") == 25_00 + 12_01


def test_a_settlement_falls_with_its_receipt():
    offer = quote(terms(), stands())
    version = settlement(stands(), offer, receipt=3, number=2)
    facts = [FIRST_PAID, Receipt(3, MIDDLE, offer.total), Returned(4, due(3), 3)]
    assert standing(terms(), [LOAN, version], facts, due(3)) == standing(
        terms(), [LOAN, version], [FIRST_PAID], due(3)
    )
    assert standing(terms(), [LOAN, version], facts, due(3)).days_past_due == (due(3) - due(2)).days


def test_what_was_paid_in_advance_counts():
    agreed = terms(order=Order(timings=("past_due", "due", "in_advance")))
    now = stands(MIDDLE, Receipt(3, MIDDLE, eur(300_00)), agreed=agreed)
    offer = quote(agreed, now)
    assert (offer.credit, offer.total) == (eur(300_00), eur(4_803_40 + 12_01 - 300_00))
    version = settlement(now, offer, receipt=4, number=2)
    facts = [FIRST_PAID, Receipt(3, MIDDLE, eur(300_00)), Receipt(4, MIDDLE, offer.total)]
    after = standing(agreed, [LOAN, version], facts, MIDDLE)
    assert (after.status, after.unallocated) == ("repaid", eur(0))


def test_nothing_to_come_or_nothing_left_has_no_quote():
    with pytest.raises(ValueError, match="no instalment comes after"):
        quote(terms(), stands(due(24)))
    with pytest.raises(ValueError, match="no instalment comes after"):
        quote(terms(), stands(MIDDLE, WrittenOff(3, MIDDLE)))


# ── the fee and its caps ───────────────────────────────────────────────────


def test_the_fee_is_at_most_one_percent():
    assert quote(terms(early=fee(300)), stands()).fee == eur(48_03)


def test_a_year_or_less_before_the_end_it_is_at_most_half_a_percent():
    """On 6 May 2027 the last instalment is due in exactly a year; the day before it was in more."""
    agreed = terms(early=fee(300))
    before, then = (stands(due(12) + timedelta(days=days)) for days in (-1, 0))
    assert quote(agreed, before).fee.minor == quote(agreed, before).principal.minor // 100
    assert quote(agreed, then).fee.minor == quote(agreed, then).principal.minor * 50 // 10_000


def test_the_fee_is_never_above_the_interest_still_to_come():
    """One instalment to come, its interest 1.10, of which half has accrued: 1.00 would be 0.5 % of 200.00."""
    loan = Version(1, PAID_OUT, 0, 0, (line(1, PAID_OUT, due(1), 1_10, 200_00),))
    now = standing(terms(), [loan], [], PAID_OUT + timedelta(days=15))
    assert quote(terms(early=fee(100)), now).fee == eur(55)


def test_the_caps_are_settings():
    agreed = terms(early=fee(300, cap=BasisPoints(200), cap_last_year=BasisPoints(20)))
    assert quote(agreed, stands()).fee == eur(96_06)
    assert (
        quote(agreed, stands(due(20))).fee.minor
        == quote(agreed, stands(due(20))).principal.minor * 20 // 10_000
    )


def test_no_fee_while_little_was_repaid_early_in_twelve_months():
    agreed = terms(early=fee(100, free_up_to=eur(5_000_00)))
    assert quote(agreed, stands()).fee == eur(0)
    assert quote(agreed, stands(), repaid_early=eur(196_61)).fee == eur(48_03)


# ── in part ────────────────────────────────────────────────────────────────


def part(amount: int, keeps: Keeps = "lower-instalment", agreed: Any = None, **also: Any):
    agreed = agreed or terms()
    return repay_in_part(agreed, stands(agreed=agreed), eur(amount), keeps, receipt=3, number=2, **also)


def test_a_part_pays_what_is_due_then_interest_so_far_then_the_fee_and_the_rest_is_principal():
    """1,022.11 less 12.01 accrued is 1,010.10: 1,000.10 and its fee of 10.00 take all of it."""
    used = part(1_022_11, agreed=terms(early=fee(100)))
    assert (used.due, used.accrued, used.fee, used.principal) == (
        eur(0),
        eur(12_01),
        eur(10_00),
        eur(1_000_10),
    )


def test_a_lower_instalment_keeps_the_days():
    used = part(1_012_01)
    lines = used.version.lines
    assert used.principal == eur(1_000_00)
    assert [kept.due_on for kept in lines[1:]] == [old.due_on for old in LOAN.lines[1:]]
    assert len({kept.total for kept in lines[2:-1]}) == 1, "the same instalment each time, the last one apart"
    assert lines[2].total == eur(175_47), "221.60 · 3,803.40 / 4,803.40"
    assert sum(kept.principal.minor for kept in lines[1:]) == 3_803_40


def test_a_shorter_term_keeps_the_instalment():
    used = part(1_012_01, "same-instalment")
    lines = used.version.lines
    assert {kept.total for kept in lines[2:-1]} == {eur(221_60)}
    assert lines[-1].total <= eur(221_60)
    assert lines[-1].due_on == due(20)
    assert sum(kept.principal.minor for kept in lines[1:]) == 3_803_40


def test_a_shorter_term_keeps_the_principal_of_a_linear_loan():
    lines = tuple(
        line(n, due(n - 1) if n > 1 else PAID_OUT, due(n), 1_200 - (n - 1) * 100, 100_00)
        for n in range(1, 13)
    )
    loan = Version(1, PAID_OUT, 0, 0, lines)
    now = standing(terms(), [loan], [Receipt(2, due(1), eur(112_00))], due(1))
    after = repay_in_part(terms(), now, eur(250_00), "same-principal", 3, 2).version.lines
    assert [kept.principal for kept in after] == [eur(250_00)] + [eur(100_00)] * 8 + [eur(50_00)]
    assert [kept.interest for kept in after[:3]] == [eur(0), eur(8_50), eur(7_50)]


def test_after_a_part_the_loan_goes_on_as_its_new_version_says():
    used = part(1_012_01)
    facts = [FIRST_PAID, Receipt(3, MIDDLE, eur(1_012_01))]
    after = standing(terms(), [LOAN, used.version], facts, MIDDLE)
    assert (after.outstanding, after.owed_now, after.unallocated) == (eur(3_803_40), eur(0), eur(0))
    assert standing(terms(), [LOAN, used.version], facts, due(2)).due.total == used.version.lines[1].total


def test_a_part_that_leaves_nothing_for_principal_or_repays_all_is_refused():
    with pytest.raises(ValueError, match="nothing for principal"):
        part(12_01)
    with pytest.raises(ValueError, match="repays the whole loan"):
        part(4_815_41)


KEEPS = st.sampled_from(["lower-instalment", "same-instalment", "same-principal"])


@settings(deadline=None)
@given(
    st.integers(1, 4_600_00),
    st.integers(0, 640),
    KEEPS,
    st.integers(0, 300),
    st.sampled_from([0, 600, 1_900]),
)
def test_every_part_leaves_a_schedule_that_repays_what_is_left(amount, days, keeps, rate, interest):
    loan, agreed = level(5_000_00, interest, 24), terms(early=fee(rate), day_count="ACT/365F")
    on = PAID_OUT + timedelta(days=days)
    past = [Receipt(10 + n, scheduled.due_on, scheduled.total) for n, scheduled in enumerate(loan.lines)]
    now = standing(agreed, [loan], [receipt for receipt in past if receipt.on <= on], on)
    assume(eur(amount) < now.outstanding)
    try:
        used = repay_in_part(agreed, now, eur(amount), keeps, 3, 2)
    except ValueError:
        assume(False)
    assert used.principal + used.accrued + used.fee + used.due <= eur(amount)
    assert eur(amount) - (used.principal + used.accrued + used.fee + used.due) <= eur(1)
    lines = used.version.lines
    assert sum(scheduled.principal.minor for scheduled in lines) == now.outstanding.minor
    assert all(scheduled.principal.minor >= 0 and scheduled.interest.minor >= 0 for scheduled in lines)
    saved = sum(scheduled.interest.minor for scheduled in lines)
    assert saved <= sum(part.line.interest.minor for part in now.instalments if part.line.due_on > on)
    facts = [*(receipt for receipt in past if receipt.on <= on), Receipt(3, on, eur(amount))]
    after = standing(agreed, [loan, used.version], facts, on)
    assert after.outstanding == now.outstanding - used.principal


def test_between_a_contractual_day_and_its_business_day_nothing_is_charged_twice():
    """The first period ended on the 6th and falls due on the 8th: on the 7th both periods have accrued."""
    lines = (
        line(1, PAID_OUT, due(1) + timedelta(days=2), 30_00, 500_00),
        line(2, due(1), due(2), 15_00, 500_00),
    )
    loan = Version(1, PAID_OUT, 0, 0, lines)
    now = standing(terms(), [loan], [], due(1) + timedelta(days=1))
    assert now.accrued == eur(30_50)
    after = repay_in_part(terms(), now, eur(530_50), "lower-instalment", 3, 2).version.lines
    assert [scheduled.interest for scheduled in after] == [eur(30_50), eur(0), eur(7_25)]
