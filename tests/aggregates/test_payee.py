"""Where a customer's payouts go: who may say so, and from when it counts."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from aggregates.payee import (
    COOLING_OFF,
    Payee,
    PayeeCoolingOff,
    PayeeNotConfirmed,
    PayeeNotPending,
    SamePersonAsProposer,
    UnknownPayee,
)
from commands.payee import ConfirmPayee, ProposePayee, RefusePayee
from eventstore import NotFound, Sealed
from tests.kit import Given, given, replay
from tests.stories import (
    ADMIN,
    ANA,
    AWA_CONTACT,
    BEN,
    CHLOE,
    HOUSE,
    JEAN,
    JEAN_ACCOUNT,
    JEAN_CONTACT,
    LOAN,
    MAY_4,
    NOON,
    account_proposed,
    payee_begun,
    payee_confirmed,
    payee_refused,
    phone_proposed,
    single_operator,
)

BANK = {
    "kind": "bank-account",
    "holder": "Jean Moreau",
    "iban": "fr76 3000 6000 0112 3456 7890 189",
    "bic": "AGRIFRPP882",
}
PHONE = {
    "kind": "mobile-money",
    "holder": "Jean Moreau",
    "operator": "Orange Money",
    "phone": "+225 07 00 00 00 00",
}
ALONE = "Je suis seule cette semaine."
NO = RefusePayee(number=1, reason="Le client ne reconnaît pas ce compte.")


def proposes(to=None, **other) -> ProposePayee:
    return ProposePayee(**({"customer_id": JEAN, "contact_id": JEAN_CONTACT, "to": to or BANK} | other))


def payee(*facts) -> Given:
    return given(payee_begun, *facts).with_(*HOUSE).on(MAY_4)


# ── proposed ───────────────────────────────────────────────────────────────


def test_an_advisor_proposes_the_customers_bank_account():
    given().with_(*HOUSE).as_(ANA).when(proposes()).then(payee_begun, account_proposed)


def test_a_client_proposes_for_itself_and_the_number_counts_on():
    itself = given().with_(*HOUSE, payee_begun, account_proposed).as_(JEAN_ACCOUNT, customers=[JEAN])
    itself.when(proposes(PHONE)).then(phone_proposed)


def test_a_client_proposes_for_nobody_else():
    given().with_(*HOUSE).as_(JEAN_ACCOUNT, customers=[LOAN]).when(proposes()).then_rejected(NotFound)


def test_the_person_who_is_told_is_the_customers():
    given().with_(*HOUSE).when(proposes(contact_id=AWA_CONTACT)).then_rejected(NotFound, "no contact")


def test_an_account_number_with_a_slip_is_no_account_number():
    for wrong in ("FR7630006000011234567890188", "FR763000600001123456789018", "XX12345", "", "٣" * 27):
        with pytest.raises(ValidationError, match="an IBAN is written like") as refused:
            proposes(BANK | {"iban": wrong})
        assert "Invalid" not in str(refused.value)
    with pytest.raises(ValidationError, match="a BIC is written like"):
        proposes(BANK | {"bic": "AGRIXXPP"})


def test_a_payee_is_a_bank_account_or_a_phone_and_never_a_mixture():
    for wrong in (PHONE | {"iban": BANK["iban"]}, BANK | {"kind": "mobile-money"}, {"holder": "Jean"}):
        with pytest.raises(ValidationError):
            proposes(wrong)


# ── confirmed ──────────────────────────────────────────────────────────────


def test_somebody_else_confirms_and_it_counts_a_day_later():
    outcome = payee(account_proposed).as_(CHLOE).when(ConfirmPayee(number=1))
    outcome.then(payee_confirmed())
    assert outcome.recorded[0].usable_at == NOON + timedelta(hours=24)


def test_whoever_proposed_does_not_confirm():
    own = payee(account_proposed).as_(ANA)
    own.when(ConfirmPayee(number=1)).then_rejected(SamePersonAsProposer)
    own.when(ConfirmPayee(number=1, reason=ALONE)).then_rejected(SamePersonAsProposer)


def test_nobody_confirms_for_a_customer_they_act_for():
    payee(account_proposed).as_(JEAN_ACCOUNT).when(ConfirmPayee(number=1)).then_rejected(SamePersonAsProposer)


def test_a_single_operator_confirms_alone_and_says_why():
    alone = payee(account_proposed).with_(single_operator).as_(ANA)
    alone.when(ConfirmPayee(number=1, reason=ALONE)).then(payee_confirmed(by=ANA).but(self_approval=ALONE))
    alone.when(ConfirmPayee(number=1)).then_rejected(SamePersonAsProposer)


def test_what_was_replaced_confirmed_or_refused_is_not_confirmed():
    for since in ((phone_proposed,), (payee_confirmed(),), (payee_refused(1),)):
        stale = payee(account_proposed, *since).as_(CHLOE)
        stale.when(ConfirmPayee(number=1)).then_rejected(PayeeNotPending)
    payee(account_proposed).as_(CHLOE).when(ConfirmPayee(number=2)).then_rejected(UnknownPayee)


# ── refused ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", [ANA, CHLOE, ADMIN, JEAN_ACCOUNT])
def test_one_person_is_enough_to_refuse(who):
    for facts in ((account_proposed,), (account_proposed, payee_confirmed())):
        payee(*facts).as_(who).when(NO).then(payee_refused(1, by=who))


def test_what_is_in_force_or_refused_already_is_not_refused():
    payee(account_proposed, payee_refused(1)).when(NO).then_rejected(PayeeNotPending)
    in_force = payee(account_proposed, payee_confirmed()).on(date(2026, 5, 5))
    in_force.when(NO).then_rejected(PayeeNotPending)
    payee(account_proposed).when(NO.model_copy(update={"number": 7})).then_rejected(UnknownPayee)


# ── what money finds ───────────────────────────────────────────────────────

NEXT = NOON + COOLING_OFF


def found(*facts) -> Payee:
    return replay(payee_begun, account_proposed, *facts)[0]


def test_a_confirmed_payee_is_in_force_to_the_second():
    confirmed = found(payee_confirmed())
    assert confirmed.for_transfers(NEXT) == 1
    with pytest.raises(PayeeCoolingOff, match="from 2026-05-05 12:00 UTC"):
        confirmed.for_transfers(NEXT - timedelta(microseconds=1))


def test_a_payee_that_nobody_confirmed_gets_nothing():
    with pytest.raises(PayeeNotConfirmed):
        found().for_transfers(NEXT)
    with pytest.raises(PayeeNotConfirmed):
        found(payee_refused(1), phone_proposed).for_transfers(NEXT)


def test_the_payee_in_force_stays_while_another_waits_and_when_that_is_refused():
    second = payee_confirmed(2, at=NEXT)
    assert found(payee_confirmed(), phone_proposed).for_transfers(NEXT) == 1
    assert found(payee_confirmed(), phone_proposed, second).for_transfers(NEXT) == 1
    assert (
        found(payee_confirmed(), phone_proposed, second, payee_refused(2)).for_transfers(NEXT + COOLING_OFF)
        == 1
    )
    assert found(payee_confirmed(), phone_proposed, second).for_transfers(NEXT + COOLING_OFF) == 2


def test_a_customer_whose_every_proposal_was_refused_is_paid_by_hand_as_before():
    assert found(payee_refused(1)).for_transfers(NEXT) is None


def test_nobody_reads_an_account_number_in_an_event():
    shown = repr(account_proposed.event(version=2, stream=JEAN))
    assert "FR76" not in shown
    assert Sealed("FR7630006000011234567890189") == account_proposed.says["iban"]


def test_bank_details_take_a_fresh_proof():
    assert proposes().needs_step_up()
    assert ConfirmPayee(number=1).needs_step_up()
    assert not NO.needs_step_up()


def test_two_advisors_do_not_get_round_the_rule_by_proposing_the_same():
    """Ben proposes what Ana proposed: then it is Ben's, and Ana's counts no more."""
    twice = payee(account_proposed, account_proposed.but(number=2, by=BEN)).as_(ANA)
    twice.when(ConfirmPayee(number=1)).then_rejected(PayeeNotPending)
    twice.as_(BEN).when(ConfirmPayee(number=2)).then_rejected(SamePersonAsProposer)
