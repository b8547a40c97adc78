"""More than a loan owes, and money that arrives after its end: kept for the borrower where it is said, and sent back."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from aggregates.rules.facts import Receipt
from aggregates.rules.four_eyes import Decider
from aggregates.rules.limits import Allowance
from aggregates.rules.repayments import Arrived, Leaving
from aggregates.rules.servicing_refusals import (
    MoreThanOwed,
    MoreThanUnallocated,
    NothingToWriteOff,
    NotTheQuote,
)
from aggregates.rules.servicing_terms import Late, Order, ServicingTerms
from aggregates.servicing import Servicing
from aggregates.values import AccountId, BasisPoints, Money, RepaymentId
from tests.kit import replay
from tests.stories import ANA, CHLOE, DUE, FIRST, JUNE_6, eur, fell_due, received, servicing_opened

END = DUE[-1].due_on
AFTER = END + timedelta(days=40)
FREE = Allowance(eur(1_000_000_00), None)
AHEAD = ServicingTerms("EUR", order=Order(timings=("past_due", "due", "in_advance")))
DEAR = ServicingTerms("EUR", late=Late(BasisPoints(1_000)))
WHY = "Sans nouvelles depuis un an."


def running() -> Servicing:
    """Jean's loan after its first instalment, which is paid: 5 096.89 are to come."""
    loan = replay(servicing_opened, fell_due(1), received(FIRST.total, FIRST))[0]
    assert loan.owed(JUNE_6) == eur(5_096_89)
    return loan


def id(number: int) -> RepaymentId:
    return RepaymentId(UUID(int=number, version=4))


def pays(loan: Servicing, amount: Money, on: date, number: int = 7, keeps: bool = True) -> list[str]:
    loan.collect_events()
    loan.receive(id(number), amount, on, "transfer", "VIR", AccountId(CHLOE), on, keeps)
    return told(loan)


def sends_back(loan: Servicing, amount: Money, on: date, since: date | None = None) -> list[str]:
    loan.collect_events()
    loan.refund(Leaving(amount, since or on, "transfer", "VIR"), Decider(AccountId(ANA)), FREE, on)
    return told(loan)


def told(loan: Servicing) -> list[str]:
    return [type(event).__name__ for event in loan.collect_events()]


def repaid() -> Servicing:
    """The same loan, whose last transfer was 40.00 too much."""
    loan = running()
    assert pays(loan, loan.owed(END) + eur(40_00), END)[-2:] == ["RepaymentReceived", "Repaid"]
    assert (loan.status, loan.advance, loan.owed(END)) == ("repaid", eur(40_00), eur(0))
    return loan


def test_a_slip_of_the_pen_is_refused_and_says_what_to_do():
    loan = running()
    with pytest.raises(MoreThanOwed, match=r"5096\.89 EUR is owed .* or say that the rest is kept"):
        pays(loan, eur(50_968_90), JUNE_6, keeps=False)
    assert pays(loan, eur(5_096_89), JUNE_6, keeps=False) == ["RepaymentReceived"]


def test_what_is_too_much_waits_beside_what_waits_for_instalments():
    loan = running()
    assert pays(loan, eur(5_100_00), JUNE_6) == ["RepaymentReceived"]
    now = loan.standing(JUNE_6)
    assert (now.unallocated, now.overpaid, now.owed) == (eur(5_100_00), eur(3_11), eur(0))
    loan.mark_due(24, END)
    end = loan.collect_events()[-1]
    assert isinstance(end, Servicing.Repaid)
    assert end.total == FIRST.total + eur(5_100_00)
    assert (loan.advance, loan.standing(END).overpaid) == (eur(3_11), eur(3_11))


def test_money_after_the_end_is_all_too_much_and_goes_back_until_nothing_is_left():
    loan = repaid()
    assert pays(loan, eur(221_60), AFTER, 8) == ["RepaymentReceived"]
    assert (loan.status, loan.advance) == ("repaid", eur(261_60))
    loan.close_month(AFTER + timedelta(days=31))
    assert told(loan) == ["MonthClosed"]
    assert sends_back(loan, eur(200_00), AFTER) == ["OverpaymentRefunded", "Reallocated"]
    with pytest.raises(MoreThanUnallocated, match=r"61\.60 EUR pays nothing"):
        sends_back(loan, eur(61_61), AFTER)
    assert sends_back(loan, eur(61_60), AFTER) == ["OverpaymentRefunded", "Reallocated"]
    assert (loan.status, loan.advance) == ("repaid", eur(0))


def test_money_of_before_the_end_makes_the_last_one_too_much():
    """221.60 of 6 August 2026 become known after the end: what paid the last instalments waits instead."""
    loan = repaid()
    loan.receive(id(8), FIRST.total, date(2026, 8, 6), "cash", "Caisse", AccountId(CHLOE), AFTER, True)
    came, moved = loan.collect_events()[-2:]
    assert (came.advance, came.allocations != []) == (eur(0), True)
    assert [line.repayment_id for line in moved.lines] == [id(7)]
    assert (loan.status, loan.advance) == ("repaid", FIRST.total + eur(40_00))


def test_what_is_too_much_is_foreseen_also_when_it_is_of_money_that_came_later():
    loan = repaid()
    for value_date in (date(2026, 8, 6), AFTER):
        assert loan.would_pay(eur(100_00), value_date, AFTER).overpaid == eur(100_00)
    open_ = running()
    foreseen = [open_.would_pay(eur(minor), JUNE_6, JUNE_6).overpaid for minor in (5_096_89, 5_096_90)]
    assert foreseen == [eur(0), eur(1)]


def test_too_much_that_bounces_leaves_the_loan_repaid_and_the_money_that_paid_reopens_it():
    loan = repaid()
    pays(loan, eur(10_00), AFTER, 8)
    loan.reverse(id(8), WHY, AccountId(CHLOE), AFTER)
    assert (told(loan), loan.status, loan.advance) == (["RepaymentReversed"], "repaid", eur(40_00))
    loan.reverse(id(7), WHY, AccountId(CHLOE), AFTER)
    assert (told(loan), loan.status, loan.advance) == (["RepaymentReversed", "Reopened"], "open", eur(0))


def test_the_money_that_was_sent_back_and_bounced_is_owed_again():
    """40.00 were sent back of a transfer that came to nothing: the loan is open, and they are owed with the rest."""
    loan = repaid()
    owed = loan.received - eur(40_00)
    pays(loan, owed, AFTER, 8)  # paid twice
    sends_back(loan, owed + eur(40_00), AFTER)
    loan.reverse(id(8), WHY, AccountId(CHLOE), AFTER)
    assert told(loan)[:2] == ["RepaymentReversed", "Reopened"]
    assert (loan.status, loan.standing(AFTER).claim) == ("open", owed)
    assert pays(loan, owed, AFTER, 9, keeps=False)[-1] == "Repaid"


def test_what_waited_on_the_day_it_left_may_have_paid_since():
    """It went back on a day on which it waited for an instalment: the borrower must not come to owe penalties for it."""
    loan = replay(servicing_opened.but(terms=DEAR), fell_due(1), received(FIRST.total, FIRST))[0]
    pays(loan, FIRST.total, JUNE_6 + timedelta(days=1))
    day = DUE[1].due_on + timedelta(days=10)
    pays(loan, loan.owed(day) + FIRST.total, day, 8)
    with pytest.raises(MoreThanUnallocated, match="has paid since: choose a later day"):
        sends_back(loan, FIRST.total, day, since=JUNE_6 + timedelta(days=2))
    assert sends_back(loan, FIRST.total, day) == ["OverpaymentRefunded", "Reallocated"]


# ── by the quote ───────────────────────────────────────────────────────────


def test_a_loan_is_settled_by_more_than_its_quote_where_the_rest_is_kept():
    loan, day = running(), date(2026, 6, 21)
    total = loan.quote(day).total
    with pytest.raises(NotTheQuote, match="or say that the rest is kept"):
        loan.settle(Arrived(id(7), total + eur(1), day, "transfer", "VIR"), AccountId(CHLOE), day)
    with pytest.raises(NotTheQuote):
        loan.settle(Arrived(id(7), total - eur(1), day, "transfer", "VIR", True), AccountId(CHLOE), day)
    loan.settle(Arrived(id(7), total + eur(12_00), day, "transfer", "VIR", True), AccountId(CHLOE), day)
    assert told(loan)[-1] == "Repaid"
    assert (loan.status, loan.advance) == ("repaid", eur(12_00))
    assert sends_back(loan, eur(12_00), day) == ["OverpaymentRefunded", "Reallocated"]


def test_where_the_settlement_bounces_and_what_waits_pays_all_in_advance_the_rest_falls_due_on_its_day():
    """A cheque settles it, a transfer comes on top, the cheque bounces: the transfer pays every line ahead."""
    loan = replay(servicing_opened.but(terms=AHEAD), fell_due(1), received(FIRST.total, FIRST))[0]
    day = date(2026, 6, 21)
    loan.settle(Arrived(id(7), loan.quote(day).total, day, "cheque", "CHQ"), AccountId(CHLOE), day)
    assert pays(loan, eur(5_100_00), day, 8) == ["RepaymentReceived"]
    loan.reverse(id(7), WHY, AccountId(CHLOE), day)
    assert told(loan) == ["RepaymentReversed", "Reopened", "ScheduleRestored", "Reallocated"]
    assert (loan.status, loan.fallen_due, loan.standing(day).overpaid) == ("open", 1, eur(3_11))
    loan.mark_due(24, END)
    assert told(loan)[-1] == "Repaid"
    assert (loan.status, loan.advance) == ("repaid", eur(3_11))


# ── of what was given up ───────────────────────────────────────────────────


def lost() -> Servicing:
    """Nothing of the first instalment was paid; 5 025.00 were given up on 7 June."""
    loan, day = replay(servicing_opened, fell_due(1))[0], JUNE_6 + timedelta(days=1)
    loan.propose_write_off(WHY, AccountId(CHLOE), day)
    loan.write_off(Decider(AccountId(ANA)), day)
    return loan


def test_more_than_the_loss_recovers_it_and_the_rest_waits():
    loan, day = lost(), JUNE_6 + timedelta(days=30)
    loss = loan.lost.total
    with pytest.raises(MoreThanOwed):
        pays(loan, loss + eur(1), day, keeps=False)
    foreseen = loan.would_pay(loss + eur(70_00), day, day)
    assert (foreseen.overpaid, sum(share.amount.minor for share in foreseen.paid.beside)) == (
        eur(70_00), loss.minor,
    )  # fmt: skip
    assert pays(loan, loss + eur(70_00), day) == ["RepaymentReceived", "Recovered"]
    assert (loan.status, loan.advance) == ("recovered", eur(70_00))
    assert pays(loan, eur(5_00), day, 8) == ["RepaymentReceived"]
    loan.reverse(id(8), WHY, AccountId(CHLOE), day)
    assert told(loan) == ["RepaymentReversed"]
    assert sends_back(loan, eur(70_00), day) == ["OverpaymentRefunded", "Reallocated"]
    assert loan.advance == eur(0)


def test_money_of_before_the_loss_makes_it_smaller_after_it_was_recovered_too():
    loan, day = lost(), JUNE_6 + timedelta(days=90)
    loss = loan.lost.total
    pays(loan, loss, day)
    loan.receive(id(8), eur(30_00), JUNE_6, "cash", "Caisse", AccountId(CHLOE), day, True)
    assert told(loan) == ["RepaymentReceived", "Reallocated", "LossRestated"]
    less = loss - eur(30_00)
    assert (loan.lost.total, loan.standing(day).recovered, loan.advance) == (less, less, eur(30_00))
    assert loan.status == "recovered"
    loan.reverse(id(8), WHY, AccountId(CHLOE), day)
    assert told(loan) == ["RepaymentReversed", "Reallocated", "LossRestated"]
    assert (loan.lost.total, loan.advance) == (loss, eur(0))


def test_where_waiting_money_pays_all_that_is_to_come_nothing_is_given_up():
    loan = running()
    pays(loan, eur(5_100_00), JUNE_6)
    with pytest.raises(NothingToWriteOff):
        loan.propose_write_off(WHY, AccountId(CHLOE), JUNE_6)


# ── whatever is learnt when ────────────────────────────────────────────────


@settings(max_examples=60, deadline=None)
@drawn(
    money=st.lists(
        st.tuples(st.integers(1, 800), st.sampled_from([221_60, 900_00, 3_000_00, 9_99])),
        min_size=3,
        max_size=7,
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_order_in_which_too_much_is_learnt_changes_no_balance(money, order):
    """Learnt on one day after the end, each with the value date it has; the last one more than pays it all."""
    money = [*money, (750, 6_000_00)]
    balances = []
    for learnt in (money, order.sample(money, len(money))):
        loan = running()
        loan.mark_due(24, END)
        for number, (days, minor) in enumerate(learnt, 10):
            on = min(JUNE_6 + timedelta(days=days), AFTER)
            loan.receive(id(number), eur(minor), on, "cash", "R", AccountId(CHLOE), AFTER, True)
        now = loan.standing(AFTER)
        paid = sum(part.amount.minor for part in now.parts)
        assert paid + now.unallocated.minor == sum(
            fact.amount.minor for fact in loan.facts if isinstance(fact, Receipt)
        )
        assert (loan.status, loan.advance) == ("repaid", now.overpaid)
        balances.append((now.unallocated, now.overpaid, now.paid, now.owed, loan.received))
    assert balances[0] == balances[1]
