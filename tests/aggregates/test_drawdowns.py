"""A loan that is paid out in several drawdowns: planned with the approval, paid one by one, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.loan import (
    NoDrawdownToCome,
    NoPaymentYet,
    NotReadyToDisburse,
    SamePersonAsApprover,
)
from aggregates.loan_product import OutsideProduct
from aggregates.organisation import Organisation
from aggregates.payout_day import PayoutDay, payout_day_id
from aggregates.rules.costs import Costs
from aggregates.rules.facts import Version
from aggregates.rules.limits import AboveLimit, Limit
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_refusals import AlreadyRepaid, PaidAhead, ScheduleMovedOn
from aggregates.rules.servicing_terms import Order, ServicingTerms
from aggregates.rules.terms import Drawdown, UnsoundTerms
from aggregates.servicing import Servicing
from aggregates.stop_switch import MoneyStopped
from aggregates.values import ValueDateInvalid
from commands.loan import ApproveLoan, CancelDrawdowns, DisburseLoan
from commands.servicing import OpenServicing
from commands.terms import WrittenDrawdown
from tests.kit import Fact, Given, fact, given
from tests.stories import (
    ADMIN,
    BEN,
    CHLOE,
    DEPUTY,
    HOUSE,
    JUNE_6,
    LOAN,
    MAY_4,
    MAY_6,
    PLANNED,
    TERMS,
    approved_in_parts,
    clocks_started,
    contract_signed,
    drawdowns_cancelled,
    drawn_down,
    eur,
    first_drawn,
    opened_in_parts,
    payee_begun,
    payee_confirmed,
    phone_proposed,
    received,
    redrawn,
    requested,
    switch_installed,
    switch_pulled,
)

JUNE_20 = date(2026, 6, 20)
PARTS = [WrittenDrawdown(on=each.on, amount=each.amount) for each in PLANNED]


def request() -> Given:
    return given(requested).with_(*HOUSE).as_(BEN).on(MAY_4)


def begun(*more: Fact) -> Given:
    """3,000.00 left on 6 May; 2,000.00 are to come."""
    loan = given(requested, approved_in_parts, contract_signed, first_drawn, *more)
    return loan.with_(*HOUSE, opened_in_parts).as_(CHLOE).on(JUNE_20)


def paid(on: date, **other) -> DisburseLoan:
    return DisburseLoan(**({"value_date": on, "method": "transfer", "reference": "VIR-2026-0099"} | other))


def counted(on: date, minor: int, by=CHLOE) -> tuple[Fact, Fact]:
    return (
        fact(PayoutDay.Begun, payout_day_id(by, on), account_id=by, day=on),
        fact(PayoutDay.Counted, loan_id=LOAN, amount=eur(minor)),
    )


# ── planned ────────────────────────────────────────────────────────────────


def test_an_approval_keeps_the_drawdowns_and_counts_them():
    request().when(ApproveLoan(drawdowns=PARTS)).then(approved_in_parts)
    costs = Costs(TERMS, eur(5_000_00), 24, MAY_4, drawdowns=PLANNED)
    assert approved_in_parts.says["apr"] == costs.apr
    assert costs.interest < Costs(TERMS, eur(5_000_00), 24, MAY_4).interest


def test_one_drawdown_of_everything_is_a_loan_like_any_other():
    outcome = request().when(ApproveLoan(drawdowns=[WrittenDrawdown(on=MAY_4, amount=eur(5_000_00))]))
    assert outcome.recorded[0].drawdowns == []


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([(MAY_4, 3_000_00), (JUNE_20, 1_999_99)], "pay out 5000.00 EUR in all"),
        ([(MAY_4, 5_000_00), (JUNE_20, 0)], "more than nothing each time"),
        ([(MAY_6, 3_000_00), (MAY_4, 2_000_00)], "go on day by day"),
        ([(MAY_4, 3_000_00), (date(2028, 4, 4), 2_000_00)], "before the last period, 2028-04-04"),
    ],
)
def test_drawdowns_that_do_not_make_the_loan_are_refused(parts, why):
    asked = [WrittenDrawdown.model_construct(on=on, amount=eur(minor)) for on, minor in parts]
    request().when(ApproveLoan.model_construct(drawdowns=asked)).then_rejected(OutsideProduct, why)


def test_there_is_a_schedule_after_each_drawdown_or_no_approval():
    """0.10 for 24 months: some instalment would repay nothing, should the rest never leave."""
    asked = [WrittenDrawdown(on=MAY_4, amount=eur(10)), WrittenDrawdown(on=MAY_6, amount=eur(4_999_90))]
    request().when(ApproveLoan(drawdowns=asked)).then_rejected(OutsideProduct, "does not amortise")


# ── paid out, one by one ───────────────────────────────────────────────────


def test_the_first_drawdown_disburses_the_loan():
    ready = given(requested, approved_in_parts, contract_signed).with_(*HOUSE).as_(CHLOE).on(MAY_6)
    ready.when(paid(MAY_6, reference="VIR-2026-0042")).then(first_drawn, *counted(MAY_6, 3_000_00))


def test_the_schedule_begins_with_what_has_left():
    loan = given().with_(requested, approved_in_parts, contract_signed, first_drawn)
    loan.when(OpenServicing(loan_id=LOAN)).then(opened_in_parts)
    assert opened_in_parts.says["instalments"] == schedule(TERMS, eur(3_000_00), 24, MAY_6)


def test_another_drawdown_leaves_and_what_is_to_come_is_reckoned_with_it():
    outcome = begun().when(paid(JUNE_20))
    outcome.then(drawn_down, *fell_due_by_then(), redrawn, *counted(JUNE_20, 2_000_00))
    real = [Drawdown(MAY_6, eur(3_000_00)), Drawdown(JUNE_20, eur(2_000_00))]
    lines = Costs(TERMS, eur(5_000_00), 24, MAY_6, drawdowns=real).lines
    assert redrawn.says["version"] == Version(2, JUNE_20, 1, 1, tuple(lines[1:]), "drawdown")


def fell_due_by_then() -> tuple[Fact, ...]:
    first, second = opened_in_parts.says["instalments"][:2]
    return (
        fact(
            Servicing.InstalmentFellDue,
            number=1,
            due_on=first.due_on,
            interest=first.interest,
            principal=first.principal,
            applied=[],
            next_due_on=second.due_on,
        ),
    )


def test_a_drawdown_learnt_after_an_instalment_leaves_it_as_it_fell_due():
    """It left on 4 June and is recorded on the 20th: the instalment of the 6th stays, its difference is carried."""
    loan = begun().when(paid(date(2026, 6, 4)))
    [changed] = [e for e in loan.recorded if isinstance(e, Servicing.ScheduleChanged)]
    assert (changed.version.on, changed.version.after) == (date(2026, 6, 4), 1)
    fell = opened_in_parts.says["instalments"][0].principal
    assert fell + sum((line.principal for line in changed.version.lines), eur(0)) == eur(5_000_00)


def test_everything_leaves_once():
    done = begun(drawn_down).with_(redrawn)
    done.when(paid(JUNE_20)).then_rejected(NotReadyToDisburse, "everything that is lent has left")
    done.when(CancelDrawdowns(reason="Plus besoin.")).then_rejected(NoDrawdownToCome, "5000.00 EUR has left")


def test_a_drawdown_leaves_after_the_one_before_it_and_not_after_today():
    for day in (MAY_4, date(2026, 6, 21)):
        begun().when(paid(day)).then_rejected(ValueDateInvalid, "from 2026-05-06 to 2026-06-20")


def test_a_drawdown_waits_until_the_schedule_is_open():
    loan = given(requested, approved_in_parts, contract_signed, first_drawn).with_(*HOUSE).as_(CHLOE)
    loan.on(MAY_6).when(paid(MAY_6)).then_rejected(NotReadyToDisburse, "ask again in a moment")


def test_a_drawdown_before_the_last_period_or_never():
    late = begun().on(date(2028, 4, 6))
    late.when(paid(date(2028, 4, 6))).then_rejected(UnsoundTerms, "before the last period")


# ── the same walls as the first ────────────────────────────────────────────


def test_whoever_approved_does_not_pay_out_a_drawdown_either():
    begun().as_(BEN).when(paid(JUNE_20)).then_rejected(SamePersonAsApprover)


def test_a_drawdown_is_held_against_the_limit_by_itself():
    def may(minor: int) -> Fact:
        most = Limit("loan.disburse", "accountant", eur(minor), eur(90_000_00))
        return fact(
            Organisation.LimitsChanged, limits=[most], reason="Plus bas.", by=ADMIN, proposed_by=DEPUTY
        )

    begun().with_(may(1_999_99)).when(paid(JUNE_20)).then_rejected(AboveLimit, "2000.00 EUR")
    assert begun().with_(may(2_000_00)).when(paid(JUNE_20)).refusal is None


def test_stopped_money_stops_drawdowns():
    begun().with_(switch_installed, switch_pulled).when(paid(JUNE_20)).then_rejected(MoneyStopped)


def test_a_drawdown_goes_to_the_payee_in_force():
    phone = begun().with_(payee_begun, phone_proposed.but(number=1), payee_confirmed())
    assert phone.when(paid(JUNE_20)).recorded[0].payee == 1
    assert paid(JUNE_20).needs_step_up()


def test_no_drawdown_leaves_while_the_law_lets_no_money_move():
    locked = given(requested, approved_in_parts, contract_signed, clocks_started, first_drawn)
    locked = locked.with_(*HOUSE, opened_in_parts).as_(CHLOE).on(JUNE_20)
    locked.when(paid(date(2026, 5, 11))).then_rejected(NoPaymentYet)


# ── and the schedule that it finds ─────────────────────────────────────────


def test_a_schedule_that_changed_otherwise_takes_no_drawdown():
    for why in ("rescheduled", "repaid-in-part", "payment-holiday", "due-day-changed"):
        version = replace(redrawn.says["version"], why=why, on=JUNE_6)
        changed = begun().with_(*fell_due_by_then(), redrawn.but(version=version, drawn=None))
        changed.when(paid(JUNE_20)).then_rejected(ScheduleMovedOn, "cancel the drawdowns to come")


def test_a_loan_that_is_repaid_takes_no_drawdown():
    over = fact(Servicing.Repaid, repaid_on=JUNE_20, total=eur(3_000_00))
    begun().with_(over).when(paid(JUNE_20)).then_rejected(AlreadyRepaid)


def test_a_drawdown_waits_while_an_instalment_to_come_is_paid_in_part():
    ahead = Order(timings=("past_due", "due", "in_advance"))
    loan = given(requested, approved_in_parts, contract_signed, first_drawn).as_(CHLOE).on(JUNE_20)
    second = opened_in_parts.but(terms=ServicingTerms("EUR", order=ahead))
    loan = loan.with_(*HOUSE, second, received(eur(200_00), on=JUNE_6))
    loan.when(paid(JUNE_20)).then_rejected(PaidAhead)


# ── cancelled ──────────────────────────────────────────────────────────────


def test_what_is_not_wanted_any_more_is_not_lent():
    begun().as_(BEN).when(CancelDrawdowns(reason="Les travaux coûtent moins.")).then(drawdowns_cancelled)
    over = begun(drawdowns_cancelled)
    over.when(paid(JUNE_20)).then_rejected(NotReadyToDisburse)
    over.when(CancelDrawdowns(reason="Encore.")).then_rejected(NoDrawdownToCome, "3000.00 EUR")


def test_nothing_is_cancelled_before_the_first_has_left():
    ready = given(requested, approved_in_parts, contract_signed).with_(*HOUSE).as_(BEN)
    ready.when(CancelDrawdowns(reason="Trop tôt.")).then_rejected(NoDrawdownToCome, "ready")


def test_a_schedule_opened_after_the_rest_was_cancelled_is_that_of_what_has_left():
    loan = given().with_(requested, approved_in_parts, contract_signed, first_drawn, drawdowns_cancelled)
    loan.when(OpenServicing(loan_id=LOAN)).then(opened_in_parts)
