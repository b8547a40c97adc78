"""Servicing rule by rule; what goes wrong in the field, by its name, is in test_faults_of_the_field.py."""

from datetime import date, timedelta

import pytest

from aggregates.rules.facts import Disbursed, Receipt, Refunded, Returned, Version, WrittenOff
from aggregates.rules.life import standing
from aggregates.rules.reallocated import Share, reallocated
from aggregates.rules.rounding import Rounding
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import Late, Order
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints
from tests.lives import LOAN, OUT, PAID_OUT, due, line, terms
from tests.stories import eur

PLAIN = terms()


def stands(on, *facts, versions=(LOAN,), agreed=PLAIN):
    return standing(agreed, versions, facts, on)


def paid(now, receipt):
    """What a receipt paid, as instalment, component and cents."""
    return [(part.number, part.what, part.amount.minor) for part in now.parts if part.receipt == receipt]


# ── what is due ────────────────────────────────────────────────────────────


def test_before_the_first_due_day_nothing_is_due():
    now = stands(due(1) - timedelta(days=1))
    assert (now.due.total, now.past_due.total) == (eur(0), eur(0))
    assert now.outstanding == eur(5_000_00)


def test_on_its_day_an_instalment_is_due_and_the_day_after_it_is_past_due():
    today, tomorrow = stands(due(1)), stands(due(1) + timedelta(days=1))
    assert (today.due.interest, today.due.principal, today.past_due.total) == (
        eur(25_00),
        eur(196_60),
        eur(0),
    )
    assert (tomorrow.due.total, tomorrow.past_due.total) == (eur(0), eur(221_60))
    assert (today.days_past_due, tomorrow.days_past_due) == (0, 1)


def test_a_payment_on_the_due_day_is_in_time():
    now = stands(due(1), Receipt(2, due(1), eur(221_60)), agreed=terms(late=Late(BasisPoints(1_000))))
    assert now.due.total == eur(0)
    assert now.status == "active"
    assert stands(due(2) - timedelta(days=1), Receipt(2, due(1), eur(221_60))).days_past_due == 0


def test_days_past_due_count_from_the_oldest_instalment_that_is_not_wholly_paid():
    part = Receipt(2, due(1), eur(221_59))
    assert stands(due(3), part).days_past_due == (due(3) - due(1)).days
    assert stands(due(3), part, Receipt(3, due(3), eur(1))).days_past_due == (due(3) - due(2)).days


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "90+")],
)  # fmt: skip
def test_the_bucket_of_so_many_days(days, bucket):
    assert stands(due(1) + timedelta(days=days)).bucket == bucket


def test_everything_paid_is_repaid():
    total = sum(scheduled.total.minor for scheduled in LOAN.lines)
    assert stands(due(24), Receipt(2, due(23), eur(total))).status == "repaid"
    assert stands(due(24), Receipt(2, due(23), eur(total - 1))).status == "active"


# ── what a receipt pays ────────────────────────────────────────────────────


def test_a_partial_payment_pays_interest_before_principal():
    assert paid(stands(due(1), Receipt(2, due(1), eur(30_00))), 2) == [
        (1, "interest", 25_00),
        (1, "principal", 5_00),
    ]


def test_each_instalment_whole_and_the_oldest_first():
    now = stands(due(2), Receipt(2, due(2), eur(230_00)))
    assert paid(now, 2) == [(1, "interest", 25_00), (1, "principal", 196_60), (2, "interest", 8_40)]


def test_each_component_of_all_instalments_first_where_it_is_agreed():
    agreed = terms(order=Order(by="component"))
    late = due(2) + timedelta(days=1)
    assert paid(stands(late, Receipt(2, late, eur(60_00)), agreed=agreed), 2) == [
        (1, "interest", 25_00),
        (2, "interest", 24_02),
        (1, "principal", 10_98),
    ]


def test_principal_before_interest_where_it_is_agreed():
    order = Order(components=("principal", "interest", "insurance", "fee", "penalty"))
    assert paid(stands(due(1), Receipt(2, due(1), eur(200_00)), agreed=terms(order=order)), 2) == [
        (1, "principal", 196_60),
        (1, "interest", 3_40),
    ]


def test_what_is_due_before_what_is_past_due_where_it_is_agreed():
    agreed = terms(order=Order(timings=("due", "past_due")))
    assert paid(stands(due(2), Receipt(2, due(2), eur(24_02)), agreed=agreed), 2) == [(2, "interest", 24_02)]


def test_penalty_fee_insurance_interest_principal_is_the_order_of_everybody():
    loan = Version(1, PAID_OUT, 0, 0, (line(1, PAID_OUT, due(1), 10_00, 100_00, fee=5_00, insurance=2_00),))
    agreed = terms(late=Late(BasisPoints(3_650)))
    late = due(1) + timedelta(days=10)
    now = stands(late, Receipt(2, late, eur(118_50)), versions=[loan], agreed=agreed)
    assert paid(now, 2) == [
        (1, "penalty", 1_00),
        (1, "fee", 5_00),
        (1, "insurance", 2_00),
        (1, "interest", 10_00),
        (1, "principal", 100_00),
    ]
    assert now.unallocated == eur(50)


def test_money_ahead_waits_for_its_instalment_and_pays_it_on_its_day():
    early = Receipt(2, PAID_OUT + timedelta(days=3), eur(300_00))
    assert stands(due(1) - timedelta(days=1), early).unallocated == eur(300_00)
    now = stands(due(1), early)
    assert now.unallocated == eur(78_40)
    assert [part.on for part in now.parts] == [due(1), due(1)]
    assert stands(due(2), early).unallocated == eur(0)


def test_money_ahead_pays_what_comes_next_where_it_is_agreed():
    agreed = terms(order=Order(timings=("past_due", "due", "in_advance")))
    now = stands(
        PAID_OUT + timedelta(days=3), Receipt(2, PAID_OUT + timedelta(days=3), eur(30_00)), agreed=agreed
    )
    assert paid(now, 2) == [(1, "interest", 25_00), (1, "principal", 5_00)]
    assert now.unallocated == eur(0)


def test_an_overpayment_is_kept_and_shown_and_goes_back():
    total = sum(scheduled.total.minor for scheduled in LOAN.lines)
    over = Receipt(2, due(24), eur(total + 12_34))
    assert stands(due(24), over).unallocated == eur(12_34)
    after = stands(due(24), over, Refunded(3, due(24), eur(12_34)))
    assert (after.unallocated, after.claim, after.status) == (eur(0), eur(0), "repaid")
    assert paid(after, 2)[-1] == (0, "refund", 12_34)


def test_what_was_sent_back_too_much_is_a_claim_that_the_next_receipt_pays_first():
    receipt, refund = Receipt(2, PAID_OUT, eur(50_00)), Refunded(3, PAID_OUT, eur(80_00))
    assert stands(PAID_OUT, receipt, refund).claim == eur(30_00)
    again = stands(due(1), receipt, refund, Receipt(4, due(1), eur(100_00)))
    assert paid(again, 4)[:2] == [(0, "claim", 30_00), (1, "interest", 25_00)]
    assert again.claim == eur(0)


def test_a_refund_takes_the_newest_money():
    now = stands(
        PAID_OUT,
        Receipt(2, PAID_OUT, eur(10_00)),
        Receipt(3, PAID_OUT, eur(10_00)),
        Refunded(4, PAID_OUT, eur(4_00)),
    )
    assert [(money.receipt, money.amount) for money in now.waiting] == [(2, eur(10_00)), (3, eur(6_00))]


def test_a_returned_receipt_is_as_if_it_had_never_come():
    receipt, returned = Receipt(2, due(1), eur(221_60)), Returned(3, due(1) + timedelta(days=40), 2)
    agreed = terms(late=Late(BasisPoints(1_000)))
    on = due(1) + timedelta(days=50)
    assert stands(on, receipt, returned, agreed=agreed) == stands(on, agreed=agreed)
    assert stands(on, receipt, agreed=agreed).days_past_due == (on - due(2)).days


# ── written off ────────────────────────────────────────────────────────────


def test_a_write_off_gives_up_everything_but_interest_to_come():
    lost = stands(due(2), Receipt(2, due(1), eur(221_60)), WrittenOff(3, due(2)))
    assert lost.written_off is not None
    assert (lost.written_off.interest, lost.written_off.principal) == (eur(24_02), eur(4_803_40))
    assert (lost.outstanding, lost.owed_now, lost.days_past_due, lost.status) == (
        eur(0),
        eur(0),
        0,
        "written_off",
    )


def test_what_comes_after_a_write_off_is_a_recovery():
    facts = [WrittenOff(3, due(2)), Receipt(4, due(5), eur(300_00)), Receipt(5, due(6), eur(6_000_00))]
    assert stands(due(5), *facts).recovered == eur(300_00)
    after = stands(due(6), *facts)
    assert after.recovered == after.written_off.total
    assert after.unallocated == eur(6_300_00) - after.recovered


def test_what_a_write_off_frees_pays_a_claim_before_it_is_a_recovery():
    agreed = terms(order=Order(timings=("past_due", "due", "in_advance")))
    facts = [Receipt(2, PAID_OUT, eur(100_00)), Refunded(3, PAID_OUT, eur(30_00)), WrittenOff(4, PAID_OUT)]
    now = stands(PAID_OUT, *facts, agreed=agreed)
    assert paid(now, 2) == [(0, "claim", 30_00), (0, "recovery", 70_00)]


def test_a_receipt_learnt_later_makes_the_loss_smaller():
    before, after = (
        stands(due(3), *facts, WrittenOff(3, due(2))) for facts in ([], [Receipt(2, due(1), eur(100_00))])
    )
    assert before.written_off.total - after.written_off.total == eur(100_00)
    assert after.recovered == eur(0)


# ── interest ───────────────────────────────────────────────────────────────────


def test_what_accrues_is_rounded_to_the_cent_also_where_instalments_are_rounded_to_whole_euros():
    """10.00 over 30 days: 0.33 after one, 0.67 after two; to whole euros it would be nothing, then too much."""
    agreed = Terms(BasisPoints(1_230), "bullet", rounding=Rounding(100))
    lines = schedule(agreed, eur(1_000_00), 3, PAID_OUT)
    assert [scheduled.interest for scheduled in lines] == [eur(10_00)] * 3, "10.25 is 10.00"
    loan = Version(1, PAID_OUT, 0, 0, tuple(lines))
    accrued = [
        stands(PAID_OUT + timedelta(days=days), versions=[loan], agreed=agreed.servicing("EUR")).accrued.minor
        for days in (1, 2, 15, 24)
    ]
    assert accrued == [33, 67, 5_00, 8_00]


def test_a_leap_years_days_are_lighter_than_another_years():
    """31 December 2027 to 2 January 2028: 1/365 and 1/366 of a year are 366 : 365."""
    loan = Version(1, date(2027, 12, 31), 0, 0, (line(1, date(2027, 12, 31), date(2028, 1, 2), 731, 1_00),))
    on = date(2028, 1, 1)
    assert stands(on, versions=[loan], agreed=terms(day_count="ACT/ACT-ISDA")).accrued == eur(366)
    assert stands(on, versions=[loan], agreed=terms(day_count="ACT/365F")).accrued == eur(366)
    assert stands(on, versions=[loan], agreed=terms(day_count="30E/360")).accrued == eur(366)


def test_interest_in_all_is_what_was_agreed_however_the_money_came():
    late = [Receipt(n, due(n + 2), eur(221_60)) for n in range(2, 24)]
    early = [Receipt(2, PAID_OUT, eur(4_000_00))]
    agreed = sum(scheduled.interest.minor for scheduled in LOAN.lines)
    for facts in (late, early, []):
        now = stands(due(24), *facts)
        charged = sum(part.amount.minor for part in now.parts if part.what == "interest")
        assert charged + now.past_due.interest.minor + now.due.interest.minor == agreed


def test_what_a_receipt_paid_is_told_before_and_after():
    first, second = Receipt(2, due(1), eur(221_60)), Receipt(3, due(2), eur(221_60))
    before, after = (stands(due(2), *facts) for facts in ([second], [first, second]))
    assert [(change.receipt, change.before, change.after) for change in reallocated(before, after)] == [
        (2, (), (Share(1, 1, "interest", eur(25_00)), Share(1, 1, "principal", eur(196_60)))),
        (
            3,
            (Share(1, 1, "interest", eur(25_00)), Share(1, 1, "principal", eur(196_60))),
            (Share(1, 2, "interest", eur(24_02)), Share(1, 2, "principal", eur(197_58))),
        ),
    ]
    assert reallocated(after, after) == []


def test_what_is_known_is_compared_for_one_day():
    with pytest.raises(ValueError, match="for one day"):
        reallocated(stands(due(1)), stands(due(2)))


# ── what cannot be true ────────────────────────────────────────────────────


def test_facts_that_cannot_be_true_are_refused():
    with pytest.raises(ValueError, match="same number"):
        stands(due(1), OUT, Receipt(1, due(1), eur(1)))
    with pytest.raises(ValueError, match="before the loan began"):
        stands(due(1), Receipt(2, PAID_OUT - timedelta(days=1), eur(1)))
    with pytest.raises(ValueError, match="no schedule"):
        stands(PAID_OUT - timedelta(days=1))
    with pytest.raises(ValueError, match="no schedule"):
        stands(due(1), versions=[])


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"components": ("penalty", "fee", "interest", "principal")}, "components"),
        ({"timings": ("past_due",)}, "timings"),
        ({"timings": ("past_due", "due", "due")}, "timings"),
    ],
)
def test_an_order_names_everything_once(order, said):
    with pytest.raises(ValueError, match=said):
        Order(**order)


def test_a_payout_moves_no_balance():
    assert stands(due(1), OUT) == stands(due(1))
    assert isinstance(OUT, Disbursed)
