"""The journal: which entries an event makes, and that they are the life of the loan as it is known."""

from datetime import date, timedelta

import pytest

from aggregates.posting import Line, balanced
from aggregates.rules.charts import CHARTS, PCG
from aggregates.rules.facts import Paused
from aggregates.rules.movements import Movement, balances
from aggregates.rules.postings import POSTED, Known, entries, newly_known, of_payout, of_servicing
from aggregates.rules.repayments import Arrived
from aggregates.servicing import Servicing
from aggregates.values import AccountId, BasisPoints, RepaymentId
from tests.clerk import Clerk
from tests.lives import LOAN as SCHEDULE
from tests.lives import due, terms
from tests.stories import (
    CHLOE,
    DUE,
    JEAN,
    JEAN_CONTACT,
    LOAN,
    MAY_6,
    _id,
    awa_disbursed,
    disbursed,
    eur,
    xof,
)

BY = AccountId(CHLOE)
FIRST = DUE[0].total


def opened() -> tuple[Servicing, Clerk]:
    """Jean's loan on the day of its payout, and who enters it."""
    servicing = Servicing.open(LOAN, JEAN, JEAN_CONTACT, eur(5_000_00), BasisPoints(600), MAY_6, DUE)
    clerk = Clerk()
    assert clerk.enter(servicing, MAY_6) == []
    return servicing, clerk


def fall_due(servicing: Servicing, clerk: Clerk, number: int) -> list[Movement]:
    servicing.mark_due(number, DUE[number - 1].due_on)
    return clerk.enter(servicing, DUE[number - 1].due_on)


def receive(servicing, clerk, n, amount, value_date, on=None, method="transfer") -> list[Movement]:
    on = on or value_date
    servicing.receive(RepaymentId(_id("4e", n)), amount, value_date, method, "VIR", BY, on)
    return clerk.enter(servicing, on)


def told(made: list[Movement]):
    return [(each.key, each.on, {role: amount.minor for role, amount in each.amounts}) for each in made]


def without_accruals(made: list[Movement]):
    return [each for each in told(made) if not each[0].startswith("interest-accrued")]


def paid_out(what):
    event = what.event(version=4, stream=LOAN, on=MAY_6, owner=JEAN)
    return entries(of_payout(event), event, LOAN, "L-2026-000001", PCG)


def test_money_paid_out_becomes_a_loan():
    (entry,) = paid_out(disbursed)
    assert (entry.movement, entry.entry_on, entry.about) == ("disbursement", MAY_6, LOAN)
    assert [(line.account, line.debit.minor, line.credit.minor) for line in entry.lines] == [
        ("2748", 5_000_00, 0),
        ("512", 0, 5_000_00),
    ]
    assert entry.label == "Déblocage des fonds – prêt L-2026-000001"
    assert entry.cause == f"{LOAN}:4"


def test_cash_paid_out_leaves_the_till_and_keeps_its_currency():
    assert paid_out(awa_disbursed)[0].lines == [
        Line("2748", xof(500_000), xof(0)),
        Line("530", xof(0), xof(500_000)),
    ]


def test_an_instalment_brings_its_interest_and_what_the_month_ends_before_it_accrued():
    servicing, clerk = opened()
    assert told(fall_due(servicing, clerk, 1)) == [
        ("interest-accrued:2026-05-31", date(2026, 5, 31), {"interest_accrued": 20_00, "interest_earned": -20_00}),
        ("interest-accrued-reversed:2026-06-01", date(2026, 6, 1), {"interest_earned": 20_00, "interest_accrued": -20_00}),
        ("interest-due:1:1", due(1), {"interest_due": 25_00, "interest_earned": -25_00}),
    ]  # fmt: skip


def test_a_repayment_pays_interest_principal_and_an_advance_which_is_applied_in_an_entry_of_its_own():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    assert told(receive(servicing, clerk, 1, FIRST + eur(78_40), due(1))) == [
        ("repayment:1", due(1), {"bank": 300_00, "advances": -78_40, "interest_due": -25_00, "loans": -196_60})
    ]  # fmt: skip
    assert without_accruals(fall_due(servicing, clerk, 2)) == [
        ("interest-due:1:2", due(2), {"interest_due": 24_02, "interest_earned": -24_02}),
        ("advance-applied:2026-07-06", due(2), {"advances": 78_40, "interest_due": -24_02, "loans": -54_38}),
    ]


def test_a_cheque_received_waits_to_be_cashed():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    assert dict(receive(servicing, clerk, 1, FIRST, due(1), method="cheque")[0].amounts)["cheques"] == FIRST


def test_money_learnt_late_is_entered_on_its_own_day_beside_what_it_changes():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    fall_due(servicing, clerk, 2)
    receive(servicing, clerk, 1, FIRST, due(2))
    late = receive(servicing, clerk, 2, FIRST, due(1), on=due(2) + timedelta(days=3))
    assert told(late) == [
        ("repayment:2", due(1), {"bank": 221_60, "interest_due": -25_00, "loans": -196_60}),
        ("reallocation:5", due(2) + timedelta(days=3), {"interest_due": 98, "loans": -98}),
    ]
    assert late[1].corrects == ("repayment:1",)


def test_two_facts_of_one_day_make_two_reallocations():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    fall_due(servicing, clerk, 2)
    fall_due(servicing, clerk, 3)
    receive(servicing, clerk, 1, FIRST, due(3))
    receive(servicing, clerk, 2, FIRST, due(1), on=due(3))
    receive(servicing, clerk, 3, FIRST, due(1), on=due(3))
    keys = [movement.key for movement in clerk.entered]
    assert sum(key.startswith("reallocation") for key in keys) == 2
    assert len({*keys}) == len(keys)


def test_a_reversal_is_one_entry_under_its_own_name_and_what_it_moves_makes_none():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    fall_due(servicing, clerk, 2)
    receive(servicing, clerk, 1, FIRST, due(1))
    receive(servicing, clerk, 2, FIRST, due(2))
    day = due(2) + timedelta(days=1)
    servicing.reverse(RepaymentId(_id("4e", 1)), "Saisi deux fois.", BY, day)
    taken_back = clerk.enter(servicing, day)
    assert [type(event) for event in clerk.events[-2:]] == [
        Servicing.RepaymentReversed,
        Servicing.Reallocated,
    ]
    assert told(taken_back) == [
        ("repayment-reversed:6", day, {"interest_due": 24_02, "loans": 197_58, "bank": -221_60})
    ]


def test_an_early_repayment_and_its_new_schedule_are_in_the_books_whole():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    receive(servicing, clerk, 1, FIRST, due(1))
    day = due(1) + timedelta(days=10)
    money = Arrived(RepaymentId(_id("4e", 2)), servicing.quote(day).total, day, "transfer", "VIR")
    servicing.settle(money, BY, day)
    clerk.enter(servicing, day)
    books = balances(clerk.entered)
    assert servicing.status == "repaid"
    assert books["loans"] == -5_000_00, "all that was paid out came back"
    assert (books["interest_due"], books["advances"]) == (0, 0)


def test_what_the_books_have_is_followed_once_when_nothing_before_changed(monkeypatch):
    """What costs is following the life: a business day does it for thousands of loans."""
    followed = []
    known = Known.movements
    monkeypatch.setattr(Known, "movements", lambda self: followed.append(self.on) or known(self))
    servicing, clerk = opened()
    followed.clear()
    fall_due(servicing, clerk, 1)
    assert followed == [due(1)]
    receive(servicing, clerk, 1, FIRST, due(2), on=due(2))
    assert followed[1:] == [due(2)] * 2 + [due(2)], "it fell due that day already, so money of it needs both"


@pytest.mark.parametrize("late", [0, 1, 40])
def test_followed_once_or_twice_the_entries_are_the_same(late):
    """A pause that begins after what the books have changes nothing in them; one that begins before may."""
    before = Known(terms(), (SCHEDULE,), (), due(3), MAY_6)
    after = Known(terms(), (SCHEDULE,), (Paused(1, due(3) + timedelta(days=1 - late)),), due(5), MAY_6)
    new = newly_known(before, after, ("reallocation", 2))
    assert balances([*before.movements(), *new]) == balances(after.movements())


def test_the_same_event_makes_the_same_entries_and_another_one_others():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    _, made = of_servicing(clerk.told())
    _, again = of_servicing(clerk.told())
    event, other = clerk.events[1], clerk.events[0]
    ids = [[e.id for e in entries(each, event, LOAN, "L", PCG)] for each in (made, again)]
    assert ids[0] == ids[1]
    others = [e.id for e in entries(made, other, LOAN, "L", PCG)]
    assert len({*ids[0], *others}) == 6


def test_every_entry_balances_on_accounts_of_both_charts():
    servicing, clerk = opened()
    fall_due(servicing, clerk, 1)
    receive(servicing, clerk, 1, eur(300_00), due(1))
    event = clerk.events[-1]
    for chart in CHARTS.values():
        numbers = {account.number for account in chart.values()}
        for entry in entries(clerk.entered, event, LOAN, "L", chart):
            balanced(entry.lines)
            assert {line.account for line in entry.lines} <= numbers


def test_what_says_what_another_event_said_makes_no_entry():
    assert Servicing.Reallocated not in POSTED
    assert Servicing.Repaid not in POSTED
