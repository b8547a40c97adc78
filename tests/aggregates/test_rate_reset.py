"""A loan with a variable rate: lent with the value that is known, serviced with those that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.loan_product import OutsideProduct
from aggregates.rules.costs import Costs
from aggregates.rules.repayments import Arrived
from aggregates.rules.resets import Indexed
from aggregates.rules.servicing_refusals import ImpossibleSchedule, NoIndexValue, NotYetDue
from aggregates.rules.servicing_terms import Order
from aggregates.rules.terms import Fixing, Terms, Variable
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, RepaymentId
from commands.loan import ApproveLoan
from commands.servicing import OpenServicing, ResetRate
from tests.kit import Given, fact, given, said
from tests.stories import (
    ADMIN,
    BEN,
    CHLOE,
    HOUSE,
    INDEXED,
    JEAN,
    JEAN_CONTACT,
    LOAN,
    MAY_6,
    REPAYMENT,
    approved,
    contract_signed,
    disbursed,
    eur,
    index_begun,
    index_value,
    personal_loan,
    rate_reset,
    requested,
    servicing_opened,
)

AUGUST_6 = date(2026, 8, 6)
COSTS = Costs(INDEXED.terms, INDEXED.principal, INDEXED.periods, MAY_6, fixings=INDEXED.fixings)
opened = servicing_opened.but(
    instalments=COSTS.lines,
    terms=COSTS.terms.servicing("EUR"),
    indexed=INDEXED,
    first_reset_on=AUGUST_6,
)
AT_562 = rate_reset.but(instalment=COSTS.lines[3].total, due_on=COSTS.lines[3].due_on)
follows = personal_loan.but(terms=INDEXED.terms)
HOUSE_OF_INDEX = tuple(follows if each is personal_loan else each for each in HOUSE)


def running(*facts) -> Given:
    return given(opened, *facts).as_(ADMIN).on(AUGUST_6)


# ── lent ───────────────────────────────────────────────────────────────────


def test_what_is_approved_keeps_the_value_that_was_known():
    assert follows in HOUSE_OF_INDEX
    house = given(requested).with_(*HOUSE_OF_INDEX, index_begun, index_value).as_(BEN)
    (event,) = house.when(ApproveLoan()).recorded
    assert event.fixings == [Fixing(date(2026, 4, 1), BasisPoints(212))]
    assert event.instalments[3].total < event.instalments[2].total, "562 from the first reset on"


def test_nothing_is_lent_on_an_index_that_nobody_knows():
    house = given(requested).with_(*HOUSE_OF_INDEX).as_(BEN)
    house.when(ApproveLoan()).then_rejected(OutsideProduct, "EURIBOR-3M")


def test_the_servicing_begins_with_the_value_of_the_payout_day():
    lent = approved.but(terms=INDEXED.terms, fixings=[Fixing(date(2026, 1, 1), BasisPoints(100))])
    paid_out = given().with_(*HOUSE, requested, lent, contract_signed, disbursed, index_begun, index_value)
    paid_out.when(OpenServicing(loan_id=LOAN)).then(opened)


# ── reset ──────────────────────────────────────────────────────────────────


def test_a_value_that_was_foreseen_changes_the_rate_and_no_instalment():
    events = running().with_(index_begun, index_value).when(ResetRate(number=1)).recorded
    assert [type(event).__name__ for event in events] == ["InstalmentFellDue"] * 3 + ["RateReset"]
    assert said(events[-1]) == said(AT_562.event())


def test_another_value_is_reckoned_from_the_day_on():
    later = index_value.but(number=2, value=BasisPoints(400), from_on=date(2026, 7, 20))
    events = running().with_(index_begun, index_value, later).when(ResetRate(number=1)).recorded
    reset, changed = events[-2:]
    assert (reset.value, reset.was, reset.rate, reset.next_on) == (400, 600, 750, date(2026, 11, 6))
    assert (changed.version.why, changed.version.on, changed.version.after) == ("rate-reset", AUGUST_6, 3)
    assert reset.instalment == changed.version.lines[0].total > COSTS.lines[3].total
    assert changed.reason is None


def test_an_unknown_value_is_refused_and_not_taken_to_be_the_old_one():
    running().when(ResetRate(number=1)).then_rejected(NoIndexValue, "EURIBOR-3M")
    later = index_value.but(from_on=date(2026, 8, 7))
    running().with_(index_begun, later).when(ResetRate(number=1)).then_rejected(NoIndexValue, "2026-08-06")


def test_no_rate_is_reset_before_its_day():
    early = given(opened).as_(ADMIN).on(date(2026, 8, 5)).with_(index_begun, index_value)
    early.when(ResetRate(number=1)).then_rejected(NotYetDue, "2026-08-06")


@pytest.mark.parametrize("number", [1, 3])
def test_a_repeat_and_a_reset_out_of_turn_change_nothing(number: int):
    again = running(AT_562).with_(index_begun, index_value)
    again.when(ResetRate(number=number)).then_nothing()


def test_a_rate_that_stays_is_not_reset():
    given(servicing_opened).on(AUGUST_6).when(ResetRate(number=1)).then_nothing()


def test_a_loan_that_is_repaid_is_reset_no_more():
    repaid = fact(Servicing.Repaid, repaid_on=AUGUST_6, total=eur(5_000_00), no_reset=1)
    running(repaid).with_(index_begun, index_value).when(ResetRate(number=1)).then_nothing()


# ── late, and paid ahead ───────────────────────────────────────────────────


def loan(terms: Terms = INDEXED.terms) -> Servicing:
    costs = replace(COSTS, terms=terms)
    servicing = Servicing.open(
        LOAN, JEAN, JEAN_CONTACT, costs.principal, costs.terms.rate, MAY_6, costs.lines,
        costs.terms.servicing("EUR"), None, Indexed.of(costs),
    )  # fmt: skip
    servicing.collect_events()
    return servicing


def test_what_fell_due_before_the_value_was_known_stays():
    late = loan()
    late.mark_due(5, date(2026, 10, 6))
    late.reset_rate(1, BasisPoints(400), ADMIN, date(2026, 10, 7))
    assert late.instalments[:5] == COSTS.lines[:5]
    assert late.instalments[5].total > COSTS.lines[5].total
    assert late.rate == 750
    assert sum(line.principal.minor for line in late.instalments) == 5_000_00


def test_money_that_was_paid_ahead_goes_to_the_new_instalments_and_that_is_said():
    ahead = loan(replace(INDEXED.terms, order=Order(timings=("past_due", "due", "in_advance"))))
    amount = eur(sum(line.total.minor for line in COSTS.lines[:4]) + 50_00)
    money = Arrived(RepaymentId(REPAYMENT), amount, MAY_6, "transfer", "VIR 1")
    ahead.receive(money.repayment_id, amount, MAY_6, money.method, money.reference, CHLOE, MAY_6)
    ahead.collect_events()
    ahead.reset_rate(1, BasisPoints(400), ADMIN, AUGUST_6)
    kinds = [type(event).__name__ for event in ahead.collect_events()]
    assert kinds[-3:] == ["RateReset", "ScheduleChanged", "Reallocated"]
    known = ahead.standing(AUGUST_6)
    paid = {each.line.number: each.line.total.minor - each.unpaid.total.minor for each in known.instalments}
    assert {n: part.total.minor for n, part in ahead.paid.items() if part} == {
        n: minor for n, minor in paid.items() if minor
    }
    assert sum(paid.values()) + ahead.advance.minor == amount.minor


def test_a_floor_and_a_cap_hold():
    bounded = Variable("EURIBOR-3M", BasisPoints(350), 3, BasisPoints(300), BasisPoints(700))
    assert [bounded.rate_at(BasisPoints(value)) for value in (-200, 0, 400)] == [300, 350, 700]


def test_money_is_not_taken_back_from_under_a_rate_that_was_reset_since():
    """The schedule before it would know nothing of the reset."""
    loan = indexed_loan()
    june_21 = date(2026, 6, 21)
    loan.repay_early(
        Arrived(REPAYMENT, eur(1_000_00), june_21, "cheque", "CHQ 12"), "lower-instalment", CHLOE, june_21
    )
    loan.reset_rate(1, BasisPoints(400), ADMIN, AUGUST_6)
    assert loan.versions[-1].why == "rate-reset"
    with pytest.raises(ImpossibleSchedule, match="set anew"):
        loan.reverse(REPAYMENT, "Chèque impayé", CHLOE, AUGUST_6)


def test_a_loan_that_is_open_again_waits_for_its_next_reset():
    loan = indexed_loan()
    june_21 = date(2026, 6, 21)
    total = loan.quote(june_21).total
    loan.settle(Arrived(REPAYMENT, total, june_21, "cheque", "CHQ 12"), CHLOE, june_21)
    assert loan.status == "repaid"
    loan.collect_events()
    loan.reverse(REPAYMENT, "Chèque impayé", CHLOE, june_21)
    (again,) = [each for each in loan.collect_events() if isinstance(each, Servicing.Reopened)]
    assert (again.reset, again.reset_on) == (1, AUGUST_6)


def indexed_loan() -> Servicing:
    return Servicing.open(
        LOAN,
        JEAN,
        JEAN_CONTACT,
        INDEXED.principal,
        INDEXED.terms.rate,
        MAY_6,
        COSTS.lines,
        COSTS.terms.servicing("EUR"),
        COSTS.financed,
        INDEXED,
    )
