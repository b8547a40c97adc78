"""What a loan does to the books: each movement by name, and on both charts."""

from datetime import date, timedelta
from typing import get_args

import pytest

from aggregates.posting import balanced
from aggregates.rules.buckets import Provisions
from aggregates.rules.charts import CHARTS, LABELS, PCG, SYSCOHADA, trial_balance
from aggregates.rules.early import repay_in_part
from aggregates.rules.facts import Disbursed, Receipt, Refunded, Returned, Version, WrittenOff
from aggregates.rules.life import movements, standing
from aggregates.rules.movements import Books, Kind, Role, balances, to_enter
from aggregates.rules.postings import lines
from aggregates.rules.servicing_terms import Late, Order
from aggregates.values import BasisPoints
from tests.lives import LOAN, OUT, PAID_OUT, due, line, terms
from tests.stories import eur

RATES = Provisions(*(BasisPoints(rate) for rate in (0, 1_000, 2_500, 5_000, 10_000)))


def made(on, *facts, versions=(LOAN,), agreed=None):
    """The movements until the end of a day, as key, day and cents by role."""
    return [
        (movement.key, movement.on, {role: amount.minor for role, amount in movement.amounts})
        for movement in movements(agreed or terms(), versions, [OUT, *facts], on)
    ]


def only(kind: Kind, *given, **also):
    return [entry for entry in made(*given, **also) if entry[0].startswith(f"{kind}:")]


def test_money_paid_out_becomes_a_loan():
    assert made(PAID_OUT) == [("disbursement:1", PAID_OUT, {"loans": 5_000_00, "bank": -5_000_00})]


def test_what_is_kept_of_a_payout_is_earned():
    kept = Disbursed(1, PAID_OUT, eur(5_000_00), kept_fee=eur(75_00), kept_interest=eur(5_00), method="cash")
    assert movements(terms(), [LOAN], [kept], PAID_OUT)[0].amounts == (
        ("loans", eur(5_000_00)),
        ("fees_earned", eur(-75_00)),
        ("interest_earned", eur(-5_00)),
        ("till", eur(-4_920_00)),
    )


def test_interest_is_earned_when_it_falls_due_and_accrued_at_the_ends_of_months():
    """May has 24 days of 30 by 30E/360 on the 30th and on the 31st: 25.00 · 24 / 30 = 20.00."""
    assert made(due(1))[1:] == [
        (
            "interest-accrued:2026-05-31",
            date(2026, 5, 31),
            {"interest_accrued": 20_00, "interest_earned": -20_00},
        ),
        (
            "interest-accrued-reversed:2026-06-01",
            date(2026, 6, 1),
            {"interest_earned": 20_00, "interest_accrued": -20_00},
        ),
        ("interest-due:1:1", due(1), {"interest_due": 25_00, "interest_earned": -25_00}),
    ]


def test_fees_are_ours_and_insurance_is_the_insurers():
    loan = Version(1, PAID_OUT, 0, 0, (line(1, PAID_OUT, due(1), 10_00, 100_00, fee=5_00, insurance=2_00),))
    assert only("fee-due", due(1), versions=[loan]) == [
        ("fee-due:1:1", due(1), {"fees_due": 5_00, "fees_earned": -5_00})
    ]
    assert only("insurance-due", due(1), versions=[loan]) == [
        ("insurance-due:1:1", due(1), {"insurance_due": 2_00, "insurer": -2_00})
    ]


def test_a_repayment_pays_what_is_due_and_an_advance():
    assert only("repayment", due(1), Receipt(2, due(1), eur(300_00), "cheque")) == [
        (
            "repayment:2",
            due(1),
            {"cheques": 300_00, "advances": -78_40, "interest_due": -25_00, "loans": -196_60},
        )
    ]


@pytest.mark.parametrize("ahead", [("past_due", "due"), ("past_due", "due", "in_advance")])
def test_money_ahead_is_an_advance_until_its_instalment_falls_due(ahead):
    agreed = terms(order=Order(timings=ahead))
    early = Receipt(2, PAID_OUT + timedelta(days=3), eur(300_00))
    assert only("repayment", due(1), early, agreed=agreed) == [
        ("repayment:2", early.on, {"bank": 300_00, "advances": -300_00})
    ]
    assert only("advance-applied", due(1), early, agreed=agreed) == [
        ("advance-applied:2026-06-06", due(1), {"advances": 221_60, "interest_due": -25_00, "loans": -196_60})
    ]


def test_penalties_are_entered_at_the_ends_of_months_and_when_they_are_paid():
    """196.60 at 10 % for 24 days to the end of June: 1.2927; for 34 days to 10 July, with 197.58 for 4: 1.83 and 0.22."""
    agreed = terms(late=Late(BasisPoints(1_000)))
    paid = due(2) + timedelta(days=4)
    assert only("penalty", paid, Receipt(2, paid, eur(50_00)), agreed=agreed) == [
        ("penalty:2026-06-30", date(2026, 6, 30), {"penalties_due": 1_29, "penalties_earned": -1_29}),
        ("penalty:2026-07-10", paid, {"penalties_due": 76, "penalties_earned": -76}),
    ]


def test_a_provision_is_what_is_needed_at_the_end_of_a_month_and_comes_back():
    """End of June 24 days late: 10 % of 5,000.00; end of July nothing is late."""
    paid = Receipt(2, due(2), eur(443_20))
    assert only("provision", date(2026, 7, 31), paid, agreed=terms(provisions=RATES)) == [
        ("provision:2026-06-30", date(2026, 6, 30), {"provision_charged": 500_00, "provision": -500_00}),
        ("provision:2026-07-31", date(2026, 7, 31), {"provision": 500_00, "provision_released": -500_00}),
    ]


def test_a_refund_takes_from_the_advance():
    receipt, refund = Receipt(2, PAID_OUT, eur(100_00)), Refunded(3, PAID_OUT, eur(30_00), "cash")
    assert only("refund", PAID_OUT, receipt, refund) == [
        ("refund:3", PAID_OUT, {"advances": 30_00, "till": -30_00})
    ]


def test_a_write_off_is_a_loss_and_what_comes_after_a_recovery():
    facts = [Receipt(2, due(1), eur(221_60)), WrittenOff(3, due(2)), Receipt(4, due(3), eur(50_00))]
    assert only("write-off", due(3), *facts) == [
        ("write-off:3", due(2), {"losses": 4_827_42, "interest_due": -24_02, "loans": -4_803_40})
    ]
    assert only("recovery", due(3), *facts) == [("recovery:4", due(3), {"bank": 50_00, "recoveries": -50_00})]
    assert not only("interest-due", due(4), *facts)[2:], "nothing falls due any more"


def test_penalties_are_entered_before_they_are_written_off():
    agreed, on = terms(late=Late(BasisPoints(1_000))), due(1) + timedelta(days=10)
    assert only("penalty", on, WrittenOff(2, on), agreed=agreed) == [
        ("penalty:2026-06-16", on, {"penalties_due": 54, "penalties_earned": -54})
    ]
    assert only("write-off", on, WrittenOff(2, on), agreed=agreed)[0][2]["penalties_due"] == -54


def test_money_that_waited_at_the_write_off_is_recovered_first():
    facts = [Receipt(2, PAID_OUT, eur(100_00)), WrittenOff(3, PAID_OUT)]
    assert only("recovery", PAID_OUT, *facts) == [
        ("recovery:waiting:3", PAID_OUT, {"advances": 100_00, "recoveries": -100_00})
    ]


def test_an_instalment_that_is_replaced_after_its_day_leaves_the_books():
    changed = Version(2, due(2), 1, 0, (line(1, PAID_OUT, due(5), 90_00, 5_000_00),), "rescheduled")
    assert only("schedule-changed", due(2), Receipt(2, due(1), eur(30_00)), versions=[LOAN, changed]) == [
        (
            "schedule-changed:2",
            due(2),
            {"interest_earned": 25_00, "loans": 5_00, "advances": -30_00},
        )
    ]


def test_interest_that_became_principal_is_lent():
    changed = Version(
        2,
        PAID_OUT,
        1,
        0,
        (line(1, PAID_OUT, due(5), 90_00, 5_010_00),),
        "rescheduled",
        capitalised=eur(10_00),
    )
    assert only("schedule-changed", PAID_OUT, versions=[LOAN, changed])[0][2] == {
        "loans": 10_00,
        "interest_earned": -10_00,
    }
    financed = Version(1, PAID_OUT, 0, 0, changed.lines, capitalised=eur(10_00))
    assert only("schedule-changed", PAID_OUT, versions=[financed])[0][2] == {
        "loans": 10_00,
        "fees_earned": -10_00,
    }


def test_a_drawdown_that_leaves_later_brings_a_version():
    """3,000 at once and 2,000 in July: lines in force speak of money that has left, and so do the books."""
    first = Version(
        1, PAID_OUT, 0, 0, (line(1, PAID_OUT, due(1), 15_00, 0), line(2, due(1), due(9), 90_00, 3_000_00))
    )
    second = Version(2, due(2), 1, 1, (line(2, due(1), due(9), 160_00, 5_000_00),), "drawdown")
    out = [Disbursed(1, PAID_OUT, eur(3_000_00)), Disbursed(2, due(2), eur(2_000_00))]
    for on, lent in ((due(2) - timedelta(days=1), 3_000_00), (due(2), 5_000_00)):
        assert standing(terms(), [first, second], out, on).outstanding == eur(lent)
        assert balances(movements(terms(), [first, second], out, on))["loans"] == lent


# ── when more becomes known ────────────────────────────────────────────────


def test_a_late_receipt_is_entered_beside_one_reallocation():
    second = Receipt(3, due(2), eur(221_60))
    before = movements(terms(), [LOAN], [OUT, second], due(2))
    after = movements(terms(), [LOAN], [OUT, second, Receipt(2, due(1), eur(221_60))], due(2))
    new = to_enter(before, after, known_on=due(2), open_from=date(2026, 7, 1), because=("reallocation", 7))
    assert [(entry.kind, entry.on, entry.corrects) for entry in new] == [
        ("repayment", date(2026, 7, 1), ()),
        ("reallocation", due(2), ("repayment:3",)),
    ]
    assert new[1].amounts == (("interest_due", eur(98)), ("loans", eur(-98)))


@pytest.mark.parametrize(
    ("paid", "sums"), [(4, [(("advances", eur(20_00)), ("interest_due", eur(-20_00)))]), (5, [])]
)
def test_what_followed_from_late_money_in_closed_months_is_one_sum(paid, sums):
    """20.00 of May paid a part of each instalment ahead of its day, in five months that are closed. What of it is left
    to say is that October owes less; where October is paid, nothing: November, which is open, is told by itself."""
    receipts = [Receipt(number + 1, due(number), eur(221_60)) for number in range(1, paid + 1)]
    known = [OUT, *receipts, Receipt(7, PAID_OUT + timedelta(days=5), eur(20_00))]
    before, after = (movements(terms(), [LOAN], facts, due(6)) for facts in (known[:-1], known))
    first = due(6).replace(day=1)
    new = to_enter(before, after, due(6), first, ("reallocation", 7))
    assert [entry.amounts for entry in new if entry.kind == "reallocation"] == sums
    assert [(entry.kind, entry.on) for entry in new if entry.kind != "reallocation"] == [
        ("repayment", first),
        *[("advance-applied", due(6))] * (paid == 5),
    ]
    assert balances([*before, *new]) == balances(after)


def test_a_returned_receipt_goes_out_of_the_books_on_the_day_it_is_known():
    receipt = Receipt(2, due(1), eur(221_60))
    before = movements(terms(), [LOAN], [OUT, receipt], due(1))
    on = due(1) + timedelta(days=5)
    after = movements(terms(), [LOAN], [OUT, receipt, Returned(3, on, 2)], on)
    assert [
        (entry.key, dict(entry.amounts))
        for entry in to_enter(before, after, on, on, ("repayment-reversed", 9))
    ] == [
        (
            "repayment-reversed:9",
            {"interest_due": eur(25_00), "loans": eur(196_60), "bank": eur(-221_60)},
        )
    ]


def test_what_is_in_the_books_already_is_not_entered_again():
    same = movements(terms(), [LOAN], [OUT], due(2))
    assert to_enter(same, same, due(2), due(2), ("reallocation", 1)) == []
    assert to_enter([], same, due(2), PAID_OUT, ("reallocation", 1)) == same


# ── on both charts ─────────────────────────────────────────────────────────


def eventful():
    """A life with every kind of movement in it."""
    agreed = terms(late=Late(BasisPoints(1_000)), provisions=RATES)
    loan = Version(
        1, PAID_OUT, 0, 0, tuple(line(n, due(n - 1), due(n), 10_00, 100_00, 1_00, 50) for n in range(1, 9))
    )
    facts = [
        Disbursed(1, PAID_OUT, eur(800_00)),
        Receipt(2, PAID_OUT, eur(20_00)),
        Refunded(3, PAID_OUT, eur(5_00)),
        Receipt(4, due(3), eur(200_00)),
        WrittenOff(6, due(7)),
        Receipt(7, due(8), eur(40_00)),
    ]
    now = standing(agreed, [loan], facts, due(4))
    amount = now.owed_now + eur(50_00)
    part = repay_in_part(agreed, now, amount, "same-instalment", 5, 2)
    changed = Version(3, due(6), 2, 5, (line(6, due(5), due(12), 5_00, 250_00),), "rescheduled")
    facts.append(Receipt(5, due(4), amount))
    before = movements(agreed, [loan, part.version, changed], [f for f in facts if f.number != 2], due(9))
    after = movements(agreed, [loan, part.version, changed], facts, due(9))
    late = to_enter(before, after, due(9), due(9), ("reallocation", 9))
    back = to_enter(after, before, due(9), due(9), ("repayment-reversed", 10))
    return [*after, *late, *back]


def test_every_kind_of_movement_balances_on_accounts_of_both_charts():
    life = eventful()
    assert {movement.kind for movement in life} == {*get_args(Kind)}
    for movement in life:
        for chart in CHARTS.values():
            balanced(lines(movement, chart))
        assert sum(amount.minor for _, amount in movement.amounts) == 0
    assert sum(amount.minor for amount in trial_balance(life, PCG).values()) == 0


def test_both_charts_have_an_account_of_its_own_for_every_role_and_a_label_for_every_movement():
    for chart in (PCG, SYSCOHADA):
        assert {*chart} == {*get_args(Role)}
        assert len({account.number for account in chart.values()}) == len(chart)
        assert all(account.number.isdigit() and len(account.number) >= 3 for account in chart.values())
    assert {*LABELS} == {*get_args(Kind)}


def test_an_entry_that_does_not_balance_is_a_fault():
    with pytest.raises(ValueError, match="does not balance"):
        Books("EUR").enter("repayment", 1, PAID_OUT, [("bank", 1)])


def test_a_trial_balance_is_by_account():
    life = movements(terms(), [LOAN], [OUT, Receipt(2, due(1), eur(221_60))], due(1))
    assert trial_balance(life, SYSCOHADA) == {
        "2718": eur(4_803_40),
        "2761": eur(0),
        "27618": eur(0),
        "521": eur(-4_778_40),
        "7712": eur(-25_00),
    }
