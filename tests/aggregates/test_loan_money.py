"""How much somebody may decide on a loan, and where its money goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from aggregates.organisation import Organisation
from aggregates.payee import PayeeCoolingOff, PayeeNotConfirmed
from aggregates.rules.limits import AboveLimit, Limit
from commands.loan import ApproveLoan, DisburseLoan
from tests.kit import Fact, Given, fact, given
from tests.stories import (
    ADMIN,
    ANA,
    BEN,
    CHLOE,
    DEPUTY,
    HOUSE,
    MAY_4,
    MAY_6,
    NOON,
    account_proposed,
    approved,
    contract_signed,
    disbursed,
    eur,
    payee_begun,
    payee_confirmed,
    payout_counted,
    payouts_begun,
    phone_proposed,
    requested,
    single_operator,
)

MAY_7 = date(2026, 5, 7)
ALONE = "La seconde conseillère est absente cette semaine."


def loan() -> Given:
    return given(requested).with_(*HOUSE).on(MAY_4)


def ready() -> Given:
    return given(requested, approved, contract_signed).with_(*HOUSE).on(MAY_6)


def paid(**other) -> DisburseLoan:
    return DisburseLoan(**({"value_date": MAY_6, "method": "transfer", "reference": "VIR-2026-0042"} | other))


def limits(*of) -> Fact:
    return fact(Organisation.LimitsChanged, limits=list(of), reason="Plus bas.", by=ADMIN, proposed_by=DEPUTY)


APPROVES_LESS = Limit("loan.approve", "advisor", eur(4_999_99))
PAYS_LESS = Limit("loan.disburse", "accountant", eur(4_999_99), eur(90_000_00))
PAYS_TWICE_A_DAY = Limit("loan.disburse", "accountant", eur(5_000_00), eur(10_000_00))


def test_nobody_approves_above_the_limit_of_their_roles():
    below = loan().with_(limits(APPROVES_LESS)).as_(BEN)
    below.when(ApproveLoan()).then_rejected(AboveLimit, "5000.00 EUR is above the limit of 4999.99 EUR")
    loan().with_(limits(replace(APPROVES_LESS, each=eur(5_000_00)))).as_(BEN).when(ApproveLoan()).then(
        approved
    )


def test_nobody_decides_where_their_roles_have_no_limit():
    loan().with_(limits(PAYS_LESS)).as_(BEN).when(ApproveLoan()).then_rejected(AboveLimit, "0.00 EUR")
    loan().as_(CHLOE).when(ApproveLoan()).then_rejected(AboveLimit)
    ready().as_(ADMIN).when(paid()).then_rejected(AboveLimit)


def test_nobody_pays_out_above_the_limit_of_their_roles():
    ready().with_(limits(PAYS_LESS)).as_(CHLOE).when(paid()).then_rejected(AboveLimit, "4999.99 EUR")


def test_what_was_paid_out_today_counts_and_what_was_paid_yesterday_does_not():
    day = ready().with_(limits(PAYS_TWICE_A_DAY), payouts_begun, payout_counted).as_(CHLOE)
    day.when(paid()).then(disbursed, payout_counted)
    full = day.with_(payout_counted)
    full.when(paid()).then_rejected(AboveLimit, "after 10000.00 EUR today is above the limit of 10000.00 EUR")
    tomorrow = payouts_begun.but(day=MAY_7)
    full.on(MAY_7).when(paid()).then(disbursed, tomorrow, payout_counted)


def test_a_single_operator_has_limits_too():
    alone = loan().with_(single_operator, limits(APPROVES_LESS)).as_(ANA)
    alone.when(ApproveLoan(reason=ALONE)).then_rejected(AboveLimit)


def test_a_transfer_goes_to_the_payee_in_force_and_says_which():
    in_force = ready().with_(payee_begun, account_proposed, payee_confirmed()).as_(CHLOE)
    in_force.when(paid()).then(disbursed.but(payee=1), payouts_begun, payout_counted)
    changing = in_force.with_(phone_proposed, payee_confirmed(2, at=NOON + timedelta(days=2)))
    changing.when(paid()).then(disbursed.but(payee=1), payouts_begun, payout_counted)


def test_whoever_changes_the_payee_is_not_paid_within_a_day():
    """The insider: proposes an account of his own, has it waved through, and pays at once."""
    proposed = ready().with_(payee_begun, account_proposed.but(by=CHLOE))
    proposed.as_(CHLOE).when(paid()).then_rejected(PayeeNotConfirmed)
    waved = proposed.with_(payee_confirmed(by=ADMIN, at=NOON + timedelta(days=1, seconds=1)))
    waved.as_(CHLOE).when(paid()).then_rejected(PayeeCoolingOff)


def test_cash_is_handed_over_without_a_payee():
    cooling = ready().with_(payee_begun, account_proposed).as_(CHLOE)
    cooling.when(paid(method="cash")).then(disbursed.but(method="cash"), payouts_begun, payout_counted)


def test_deciding_alone_and_paying_out_take_a_fresh_proof():
    assert ApproveLoan(reason=ALONE).needs_step_up()
    assert not ApproveLoan().needs_step_up()
    assert paid().needs_step_up()
