"""Money that becomes known late: what earlier repayments pay changes, and it is said with its numbers."""

from datetime import date, timedelta

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from aggregates.rules.allocation import Allocation
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, Money, RepaymentId
from commands.servicing import RecordRepayment
from tests.counting import calls
from tests.kit import Given, fact, given, replay
from tests.stories import (
    CHLOE,
    FIRST,
    JULY_6,
    JUNE_6,
    LOAN,
    MAY_6,
    REPAYMENT,
    SECOND_REPAYMENT,
    eur,
    fell_due,
    moved,
    received,
    servicing_opened,
)


def servicing(*facts) -> Given:
    return given(servicing_opened, *facts).as_(CHLOE).on(JUNE_6)


def repays(amount, **other) -> RecordRepayment:
    body = {
        "repayment_id": REPAYMENT,
        "amount": amount,
        "value_date": JUNE_6,
        "method": "transfer",
        "reference": "VIR 2026-06-0117",
    }
    return RecordRepayment(**(body | other))


def _numbered(number: int) -> RepaymentId:
    return RepaymentId(type(LOAN)(int=number))


def test_the_day_of_a_repayment_decides_what_it_pays_not_the_day_it_is_learnt():
    """A back-dated payment loses no allocation: what the others paid is said before and after."""
    july = servicing(fell_due(1), received(eur(221_60), FIRST), fell_due(2)).on(JULY_6)
    earlier = repays(eur(100_00), repayment_id=SECOND_REPAYMENT, value_date=MAY_6)
    part, rest = Allocation(1, eur(25_00), eur(75_00)), Allocation(1, eur(0), eur(121_60))
    july.when(earlier).then(
        received(eur(100_00), part, id=SECOND_REPAYMENT, on=MAY_6),
        moved(REPAYMENT, [FIRST], [rest, Allocation(2, eur(24_02), eur(75_98))]),
    )


def test_what_money_would_pay_is_what_it_pays_once_it_is_recorded():
    loan = replay(servicing_opened, fell_due(1), received(eur(221_60), FIRST), fell_due(2))[0]
    for amount, value_date in ((eur(100_00), MAY_6), (eur(300_00), JULY_6)):
        foreseen = loan.would_pay(amount, value_date, JULY_6)
        assert not loan.pending_events
        real = replay(servicing_opened, fell_due(1), received(eur(221_60), FIRST), fell_due(2))[0]
        real.receive(SECOND_REPAYMENT, amount, value_date, "cash", "R", CHLOE, JULY_6)
        came, *told = real.collect_events()
        assert (foreseen.paid.allocations, foreseen.paid.advance) == (came.allocations, came.advance)
        assert foreseen.others == sum(len(each.lines) for each in told)


def test_what_was_kept_in_advance_is_told_anew_when_older_money_becomes_known():
    june = servicing(fell_due(1), received(eur(221_60), FIRST))
    earlier = repays(eur(221_60), repayment_id=SECOND_REPAYMENT, value_date=MAY_6)
    june.when(earlier).then(
        received(eur(221_60), FIRST, id=SECOND_REPAYMENT, on=MAY_6),
        moved(REPAYMENT, [FIRST], [], kept_after=eur(221_60)),
    )


def paid_for(months: int) -> tuple[Servicing, date]:
    """A loan of ten years of which so many instalments are paid, each on its day; and the last of these days."""
    due = schedule(Terms(BasisPoints(450)), eur(100_000_00), 120, MAY_6)
    paid = [
        each
        for line in due[:months]
        for each in (
            fact(
                Servicing.InstalmentFellDue, number=line.number, due_on=line.due_on,
                interest=line.interest, principal=line.principal, applied=[],
            ),
            received(
                line.total, Allocation(line.number, line.interest, line.principal),
                id=_numbered(line.number), on=line.due_on,
            ),
        )
    ]  # fmt: skip
    loan = replay(servicing_opened.but(principal=eur(100_000_00), instalments=due), *paid)[0]
    return loan, due[months - 1].due_on


def test_a_back_dated_payment_costs_twice_as_much_on_a_loan_of_twice_the_age_and_not_four_times():
    """One more payment turns up, from the first month; counted in calls, for the bench times it."""

    def cost(months: int) -> int:
        loan, today = paid_for(months)
        return calls(lambda: loan.receive(_numbered(200), eur(500_00), JUNE_6, "cash", "R", CHLOE, today))

    assert cost(119) < 2.3 * cost(60)


def test_a_payment_that_turns_up_after_ten_years_moves_every_later_one_and_loses_nothing():
    loan, today = paid_for(119)
    loan.receive(_numbered(200), eur(500_00), JUNE_6, "cash", "R", CHLOE, today)
    came, told = loan.collect_events()
    assert [part.number for part in came.allocations] == [2]
    assert len(told.lines) == 118
    for line in told.lines:
        assert Money.total((share.amount for share in line.before), "EUR") == Money.total(
            (share.amount for share in line.after), "EUR"
        )


@settings(max_examples=40, deadline=None)
@drawn(
    st.permutations([(10, 100_00), (40, 221_60), (41, 5_00), (75, 700_00), (100, 30_00)]), st.integers(0, 4)
)
def test_the_order_in_which_money_is_learnt_changes_nothing(receipts, undone):
    today = MAY_6 + timedelta(days=120)
    loan = replay(servicing_opened)[0]
    for days, minor in receipts:
        loan.receive(_numbered(days), eur(minor), MAY_6 + timedelta(days=days), "cash", "R", CHLOE, today)
    loan.reverse(_numbered(receipts[undone][0]), "mistake", CHLOE, today)
    known = {loan.repayments[id].number: id for id in loan.repayments}
    paid = sorted((known[p.receipt], p.number, p.what, p.amount.minor) for p in loan.standing(today).parts)
    in_order = replay(servicing_opened)[0]
    for days, minor in sorted(set(receipts) - {receipts[undone]}):
        in_order.receive(_numbered(days), eur(minor), MAY_6 + timedelta(days=days), "cash", "R", CHLOE, today)
    named = {in_order.repayments[id].number: id for id in in_order.repayments}
    assert paid == sorted(
        (named[p.receipt], p.number, p.what, p.amount.minor) for p in in_order.standing(today).parts
    )
    assert {part for part in loan.paid.values() if part} == set(in_order.paid.values())
    assert loan.advance == in_order.advance
