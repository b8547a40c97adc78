"""What comes is changed: repaid early in part or in full, moved to other days, paused, spread anew."""

from datetime import date
from typing import Any

import pytest

from aggregates.account import Account
from aggregates.rules.four_eyes import Decider
from aggregates.rules.repayments import Arrived
from aggregates.rules.servicing_refusals import (
    ImpossibleSchedule,
    NothingRepaidEarly,
    NotTheQuote,
    OwnChange,
    PaidAhead,
    ScheduleMovedOn,
)
from aggregates.rules.servicing_terms import EarlyFee, Order, ServicingTerms
from aggregates.rules.stepping_back import Return
from aggregates.rules.terms import Drawdown
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, Money, RepaymentId
from commands.servicing import (
    ChangeDueDay,
    GrantPaymentHoliday,
    PausePenalties,
    RepayEarly,
    RepayInFull,
    RescheduleLoan,
    ReverseRepayment,
)
from eventstore import Rejected
from eventstore.codec import fields_of
from tests.kit import Given, fact, given, replay
from tests.stories import (
    ANA,
    AWA,
    CHLOE,
    DUE,
    FIRST,
    HOUSE,
    JEAN,
    JULY_6,
    JUNE_6,
    MAY_6,
    REPAYMENT,
    SECOND_REPAYMENT,
    eur,
    fell_due,
    received,
    servicing_opened,
    single_operator,
)

JUNE_21 = date(2026, 6, 21)
AUGUST_16 = date(2026, 8, 16)
WHY = "Le client touche sa paie le 15."


def running(*more, terms: ServicingTerms | None = None) -> Servicing:
    """Jean's loan after its first instalment, which is paid."""
    loan = replay(servicing_opened.but(terms=terms), fell_due(1), received(FIRST.total, FIRST), *more)[0]
    return loan


def money(amount: Money, on: date = JUNE_21) -> Arrived:
    return Arrived(RepaymentId(SECOND_REPAYMENT), amount, on, "transfer", "VIR 2026-06-0200")


def told(loan: Servicing) -> list[str]:
    return [type(event).kind.removeprefix("Servicing.") for event in loan.collect_events()]


# ── in full, by a quote ────────────────────────────────────────────────────


def test_a_quote_says_what_settles_the_loan_on_each_day_until_the_next_instalment():
    first, *others = running().quotes(JUNE_21)
    assert (first.on, others[-1].on) == (JUNE_21, date(2026, 7, 5))
    # 4,803.40 lent for 15 of 30 days at 6 %: half of the 24.02 of the second instalment.
    assert (first.principal, first.accrued, first.due, first.fee) == (
        eur(4_803_40), eur(12_01), eur(0), eur(0),
    )  # fmt: skip
    assert first.total == eur(4_815_41)
    assert [other.total for other in others] == sorted(other.total for other in others)


def test_the_quoted_amount_settles_the_loan_and_saves_the_interest_to_come():
    loan = running()
    loan.settle(money(eur(4_815_41)), CHLOE, JUNE_21)
    assert told(loan) == ["ScheduleChanged", "InstalmentFellDue", "RepaymentReceived", "Repaid"]
    assert (loan.status, loan.received, loan.owed(JUNE_21)) == ("repaid", FIRST.total + eur(4_815_41), eur(0))
    assert [line.due_on for line in loan.instalments] == [JUNE_6, JUNE_21]
    assert len(loan.versions[0].lines) == 24, "the first version stays readable"


@pytest.mark.parametrize("cents", [-1, 1])
def test_another_amount_than_the_quoted_does_not_settle(cents):
    with pytest.raises(NotTheQuote, match="4815.41 EUR settles"):
        running().settle(money(eur(4_815_41 + cents)), CHLOE, JUNE_21)


def test_an_advance_counts_in_the_quote_and_is_used():
    loan = running(received(eur(100_00), advance=eur(100_00), id=REPAYMENT.__class__(int=7), on=JUNE_6))
    assert loan.quote(JUNE_21).total == eur(4_715_41)
    loan.settle(money(eur(4_715_41)), CHLOE, JUNE_21)
    assert told(loan)[-2:] == ["Reallocated", "Repaid"]
    assert (loan.status, loan.advance) == ("repaid", eur(0))


def test_the_fee_is_part_of_the_quote_within_its_cap():
    """1 % of 4,803.40 is 48.03 and half a percent in the last year 24.01; the house asks 3 %."""
    rich = ServicingTerms("EUR", early=EarlyFee(rate=BasisPoints(300)))
    assert running(terms=rich).quote(JUNE_21).fee == eur(48_03)
    free = ServicingTerms("EUR", early=EarlyFee(rate=BasisPoints(300), free_up_to=eur(10_000_00)))
    assert running(terms=free).quote(JUNE_21).fee == eur(0)


def test_nothing_is_settled_when_nothing_is_to_come():
    loan = replay(servicing_opened)[0]
    loan.mark_due(24, DUE[-1].due_on)
    assert loan.quotes(DUE[-1].due_on) == []
    with pytest.raises(NothingRepaidEarly):
        loan.settle(money(eur(100_00), DUE[-1].due_on), CHLOE, DUE[-1].due_on)


# ── in part ────────────────────────────────────────────────────────────────


def test_a_part_repaid_early_lowers_the_instalments():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    assert told(loan) == ["ScheduleChanged", "InstalmentFellDue", "RepaymentReceived"]
    early, coming = loan.instalments[1], loan.instalments[2:]
    assert (early.interest, early.principal) == (eur(12_01), eur(1_987_99))
    assert len(coming) == 23
    assert coming[1].total < DUE[2].total
    assert Money.total((line.principal for line in loan.instalments), "EUR") == eur(5_000_00)
    assert loan.repaid_early(JUNE_21) == eur(1_987_99)
    assert loan.standing(JUNE_21).owed_now == eur(0)


def test_a_part_repaid_early_shortens_the_loan():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "same-instalment", CHLOE, JUNE_21)
    coming = loan.instalments[2:]
    assert len(coming) < 16
    assert coming[1].total == DUE[2].total
    assert Money.total((line.principal for line in loan.instalments), "EUR") == eur(5_000_00)


def test_an_instalment_paid_in_the_middle_of_a_period_is_not_charged_to_date_and_then_again():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    early, following = loan.instalments[1:3]
    assert early.interest + following.interest < DUE[1].interest
    assert following.due_on == JULY_6


def test_after_an_early_repayment_the_instalments_fall_due_as_they_are_now():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    loan.collect_events()
    loan.mark_due(3, JULY_6)
    (due,) = loan.collect_events()
    assert (due.number, due.due_on, due.next_due_on) == (3, JULY_6, date(2026, 8, 6))


def test_a_part_that_repays_everything_asks_for_a_quote():
    with pytest.raises(NothingRepaidEarly, match="repays the whole loan"):
        running().repay_early(money(eur(4_900_00)), "lower-instalment", CHLOE, JUNE_21)
    with pytest.raises(NothingRepaidEarly, match="leaves nothing for principal"):
        running().repay_early(money(eur(12_00)), "lower-instalment", CHLOE, JUNE_21)


def test_what_was_paid_in_advance_is_not_replanned():
    ahead = ServicingTerms("EUR", order=Order(timings=("past_due", "due", "in_advance")))
    loan = replay(servicing_opened.but(terms=ahead))[0]
    loan.receive(RepaymentId(REPAYMENT), eur(300_00), JUNE_6, "cash", "R", CHLOE, JUNE_6)
    with pytest.raises(PaidAhead):
        loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)


def test_the_past_is_not_replanned_once_an_instalment_fell_due_since():
    with pytest.raises(ScheduleMovedOn):
        running().repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JULY_6)


# ── moved, paused, spread ──────────────────────────────────────────────────


def test_the_due_day_moves_for_every_instalment_to_come():
    loan = running()
    loan.move_due_day(31, WHY, Decider(CHLOE), JUNE_21)
    (changed,) = loan.collect_events()
    assert [line.due_on for line in changed.version.lines[:3]] == [
        date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30),
    ]  # fmt: skip
    # 55 days of 30E/360 instead of 30: the first is longer, and costs so much more.
    assert changed.version.lines[0].interest == eur(43_24)
    assert changed.version.lines[1].interest == DUE[2].interest
    assert (changed.replaces, changed.version.after, changed.reason.open()) == (23, 1, WHY)


def test_a_due_day_that_is_over_is_refused():
    with pytest.raises(ImpossibleSchedule, match="2026-07-01, which is not to come"):
        running().move_due_day(1, WHY, Decider(CHLOE), date(2026, 7, 3))


@pytest.mark.parametrize(("interest", "first", "after"), [("paid", 24_02, 24_02), ("carried", 0, 72_06)])
def test_a_payment_holiday_lets_no_principal_fall_due(interest, first, after):
    loan = running()
    loan.grant_holiday(2, interest, WHY, Decider(CHLOE), JUNE_21)
    two, three, four = loan.instalments[1:4]
    assert (two.principal, three.principal, four.principal) == (eur(0), eur(0), DUE[1].principal)
    assert (two.interest.minor, four.interest.minor) == (first, after)
    assert [line.due_on for line in (two, three, four)] == [DUE[1].due_on, DUE[2].due_on, DUE[3].due_on]
    assert len(loan.instalments) == 26


def test_a_loan_is_rescheduled_over_more_months():
    loan = running()
    loan.reschedule(36, WHY, Decider(CHLOE), JUNE_21)
    assert len(loan.instalments) == 37
    assert loan.instalments[1].interest == DUE[1].interest
    assert Money.total((line.principal for line in loan.instalments), "EUR") == eur(5_000_00)
    assert [version.why for version in loan.versions] == ["agreed", "rescheduled"]


def test_money_learnt_late_after_a_change_is_allocated_by_the_facts():
    loan = running()
    loan.reschedule(36, WHY, Decider(CHLOE), JUNE_21)
    loan.receive(RepaymentId(SECOND_REPAYMENT), eur(50_00), MAY_6, "cash", "R", CHLOE, JULY_6)
    assert told(loan)[-3:] == ["InstalmentFellDue", "RepaymentReceived", "Reallocated"]
    assert loan.standing(JULY_6).unallocated == loan.advance


def test_a_loan_that_is_repaid_is_not_changed():
    loan = running()
    loan.settle(money(eur(4_815_41)), CHLOE, JUNE_21)
    for change in (
        lambda: loan.move_due_day(15, WHY, Decider(CHLOE), JUNE_21),
        lambda: loan.grant_holiday(2, "paid", WHY, Decider(CHLOE), JUNE_21),
        lambda: loan.reschedule(36, WHY, Decider(CHLOE), JUNE_21),
    ):
        with pytest.raises(Rejected):
            change()


# ── as it is asked for ─────────────────────────────────────────────────────


def asked(*facts, on: date = JUNE_21, terms: ServicingTerms | None = None) -> Given:
    return given(servicing_opened.but(terms=terms), *facts).with_(*HOUSE).as_(CHLOE).on(on)


def body(amount: Money, on: date = JUNE_21) -> dict[str, Any]:
    return {
        "repayment_id": SECOND_REPAYMENT,
        "amount": amount,
        "value_date": on,
        "method": "transfer",
        "reference": "VIR 2026-06-0200",
    }


PAID = (fell_due(1), received(FIRST.total, FIRST))
AHEAD = received(eur(300_00)).but(value_date=MAY_6)
IN_ADVANCE = ServicingTerms("EUR", order=Order(timings=("past_due", "due", "in_advance")))


def test_each_refusal_is_what_the_asker_hears():
    asked(*PAID).when(RepayInFull(**body(eur(4_000_00)))).then_rejected(NotTheQuote, "4815.41 EUR")
    part = RepayEarly(**body(eur(12_00)), keeps="lower-instalment")
    asked(*PAID).when(part).then_rejected(NothingRepaidEarly, "leaves nothing")
    late = RepayEarly(**body(eur(500_00)), keeps="same-principal")
    asked(*PAID, on=JULY_6).when(late).then_rejected(ScheduleMovedOn, "2 instalments had fallen due")
    asked(AHEAD, on=MAY_6, terms=IN_ADVANCE).when(RescheduleLoan(instalments=36, reason=WHY)).then_rejected(
        PaidAhead
    )
    moved = ChangeDueDay(day=1, reason=WHY)
    asked(*PAID, on=date(2026, 7, 3)).when(moved).then_rejected(ImpossibleSchedule, "2026-07-01")


def test_whoever_undoes_a_repayment_that_a_schedule_rests_on_brings_back_the_one_before():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    known = [
        fact(type(event), **{name: getattr(event, name) for name in fields_of(type(event))})
        for event in loan.collect_events()
    ]
    undo = ReverseRepayment(repayment_id=SECOND_REPAYMENT, reason="Revenu impayé.")
    came_back, restored = asked(*PAID, *known).when(undo).recorded
    assert came_back.repayment_id == SECOND_REPAYMENT
    assert (restored.version, restored.lines) == (1, DUE[1:])


def test_a_holiday_is_granted_by_a_command():
    outcome = asked(*PAID).when(GrantPaymentHoliday(instalments=2, interest="paid", reason=WHY))
    (changed,) = outcome.recorded
    assert changed.version.why == "payment-holiday"


@pytest.mark.parametrize("house", [HOUSE, (*HOUSE, single_operator)])
@pytest.mark.parametrize(
    "change",
    [
        ChangeDueDay(day=15, reason=WHY),
        GrantPaymentHoliday(instalments=2, interest="paid", reason=WHY),
        RescheduleLoan(instalments=36, reason=WHY),
        PausePenalties(first_day=JUNE_21, reason=WHY),
    ],
    ids=lambda each: type(each).__name__,
)
def test_whoever_acts_for_the_customer_changes_nothing_of_what_they_have_to_pay(change, house):
    """Chloé works here, and acts for Jean since."""
    loan = given(servicing_opened, *PAID).as_(CHLOE).on(JUNE_21)
    acting = fact(Account.CustomersChanged, CHLOE, customers=[JEAN])
    loan.with_(*house, acting).when(change).then_rejected(OwnChange)
    for_another = fact(Account.CustomersChanged, CHLOE, customers=[AWA])
    assert loan.with_(*house, for_another).when(change).recorded


# ── arrears taken in ───────────────────────────────────────────────────────


def late_by_two() -> Servicing:
    """Of the second instalment 100.00 are paid, of the third nothing."""
    loan = running(fell_due(2), fell_due(3))
    loan.receive(RepaymentId(SECOND_REPAYMENT), eur(100_00), JULY_6, "transfer", "VIR", CHLOE, AUGUST_16)
    loan.collect_events()
    return loan


def test_arrears_that_are_taken_in_are_late_no_more():
    loan = late_by_two()
    loan.reschedule(30, WHY, Decider(ANA), AUGUST_16, takes_in_arrears=True)
    changed, second, third = loan.collect_events()[-3:]
    assert isinstance(changed, Servicing.ScheduleChanged)
    assert (changed.version.taken_in, changed.version.after) == (2, 1)
    assert changed.fallen_due is not None
    assert changed.fallen_due.total == DUE[1].total + DUE[2].total
    assert [(event.number, event.principal) for event in (second, third)] == [(2, eur(75_98)), (3, eur(0))]
    assert [part.total for part in second.applied] == [eur(100_00)]
    now = loan.standing(AUGUST_16)
    assert (now.days_past_due, now.owed_now, now.rescheduled) == (0, eur(0), True)
    assert (loan.fallen_due, len(loan.instalments)) == (3, 33)


def test_arrears_that_are_not_taken_in_stay_late():
    loan = late_by_two()
    loan.reschedule(30, WHY, Decider(ANA), AUGUST_16)
    assert told(loan) == ["ScheduleChanged"]
    assert loan.standing(AUGUST_16).owed_now == DUE[1].total + DUE[2].total - eur(100_00)


def test_without_arrears_taking_them_in_changes_nothing():
    """Whoever ticks it cannot know what arrives meanwhile."""
    plain, ticked = running(), running()
    plain.reschedule(30, WHY, Decider(ANA), JUNE_21)
    ticked.reschedule(30, WHY, Decider(ANA), JUNE_21, takes_in_arrears=True)
    assert ticked.versions == plain.versions


def test_what_is_taken_in_falls_with_the_receipt_that_the_schedule_before_rests_on():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    for number, day in ((3, JULY_6), (4, date(2026, 8, 6))):
        loan.mark_due(number, day)
    loan.reschedule(30, WHY, Decider(ANA), AUGUST_16, takes_in_arrears=True)
    loan.reverse(RepaymentId(SECOND_REPAYMENT), "Chèque impayé.", CHLOE, AUGUST_16)
    assert [line.due_on for line in loan.instalments] == [line.due_on for line in DUE]
    assert loan.standing(AUGUST_16).days_past_due == (AUGUST_16 - JULY_6).days


def test_whoever_stepped_back_has_no_arrears_to_take_in():
    loan = late_by_two()
    loan.step_back(Return(JUNE_6, JULY_6, True, [Drawdown(MAY_6, eur(5_000_00))]), CHLOE, AUGUST_16)
    with pytest.raises(ImpossibleSchedule, match="stepped back"):
        loan.reschedule(30, WHY, Decider(ANA), AUGUST_16, takes_in_arrears=True)
