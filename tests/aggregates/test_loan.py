"""What a loan can do."""

from datetime import date, timedelta

import pytest

from aggregates.loan import (
    NotApproved,
    NotAwaitingDecision,
    NotDisbursed,
    NotReadyToDisburse,
    OwnRequest,
    SamePersonAsApprover,
)
from aggregates.loan_product import AboveProductRate, OutsideProduct, ProductWithdrawn
from aggregates.rules.consents import ConsentMissing, ConsentOnPaper, present, recorded
from aggregates.rules.consents import Given as Agreement
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints, ValueDateInvalid
from commands.loan import (
    ApproveLoan,
    DeclineLoan,
    DisburseLoan,
    NoteRepaid,
    NoteSignature,
    RequestLoan,
    WithdrawLoanRequest,
)
from eventstore import NotFound, Sealed
from tests.kit import Fact, Given, given
from tests.stories import (
    ANA,
    AWA,
    AWA_ACCOUNT,
    AWA_CONTACT,
    AWA_INSTALMENTS,
    AWA_LOAN,
    BEN,
    CHLOE,
    CONTRACT,
    EQUIPMENT_LOAN,
    HOUSE,
    JEAN,
    JEAN_ACCOUNT,
    JEAN_CONTACT,
    LOAN,
    MAY_4,
    MAY_6,
    PERSONAL_LOAN,
    approved,
    awa_approved,
    awa_requested,
    contract_sent,
    contract_signed,
    copy_received,
    declined,
    disbursed,
    drafted,
    eur,
    loan_repaid,
    payout_counted,
    payouts_begun,
    rendered,
    requested,
    signed,
    single_operator,
    withdrawn,
    withdrawn_product,
    xof,
)

MAY_3, MAY_7 = date(2026, 5, 3), date(2026, 5, 7)
AGREED = [{"consent": text.consent, "version": text.version, "language": "fr"} for text in present()]
"""To everything that is asked."""
ALONE = "La seconde conseillère est absente cette semaine."


def asks_for(amount=None, months=24, **other) -> RequestLoan:
    body = {
        "loan_id": LOAN,
        "customer_id": JEAN,
        "contact_id": JEAN_CONTACT,
        "product_id": PERSONAL_LOAN,
        "principal": amount or eur(5_000_00),
        "months": months,
        "purpose": "Travaux dans la cuisine",
    }
    return RequestLoan(**(body | other))


def loan(*facts) -> Given:
    return given(requested, *facts).with_(*HOUSE).on(MAY_4)


def paid(**other) -> DisburseLoan:
    return DisburseLoan(**({"value_date": MAY_6, "method": "transfer", "reference": "VIR-2026-0042"} | other))


# ── asking ─────────────────────────────────────────────────────────────────


def test_an_advisor_asks_for_a_customer():
    given().with_(*HOUSE).as_(ANA).on(MAY_4).when(asks_for()).then(requested)


def test_a_client_asks_for_itself():
    outcome = (
        given()
        .with_(*HOUSE)
        .as_(AWA_ACCOUNT, customers=[AWA, AWA_ACCOUNT])
        .when(
            asks_for(
                xof(500_000),
                12,
                loan_id=AWA_LOAN,
                customer_id=AWA,
                contact_id=AWA_CONTACT,
                product_id=EQUIPMENT_LOAN,
                purpose="Une machine à coudre industrielle",
                consents=AGREED,
            )
        )
    )
    kept = recorded([Agreement(**each) for each in AGREED], AWA_ACCOUNT, MAY_4, is_staff=False)
    assert [(each.means, each.given_on, each.by) for each in kept] == [("online", MAY_4, AWA_ACCOUNT)] * 2
    outcome.then(awa_requested.but(reference="L-2026-000001", consents=kept))


def by_awa(agreed):
    own = {"customer_id": AWA, "contact_id": AWA_CONTACT, "product_id": EQUIPMENT_LOAN}
    return (
        given()
        .with_(*HOUSE)
        .as_(AWA_ACCOUNT, customers=[AWA, AWA_ACCOUNT])
        .when(asks_for(xof(500_000), 12, **own, consents=agreed))
    )


def test_a_client_agrees_to_every_required_text_as_it_reads_today():
    by_awa([]).then_rejected(ConsentMissing, "data-processing version 1, electronic-exchange version 1")
    by_awa(AGREED[1:]).then_rejected(ConsentMissing, "data-processing version 1")
    by_awa([*AGREED[1:], {**AGREED[0], "version": 2}]).then_rejected(ConsentMissing)
    by_awa([{**each, "signed_on": MAY_4} for each in AGREED]).then_rejected(ConsentOnPaper)


def test_staff_enter_what_was_agreed_to_on_paper_with_its_day():
    staff = given().with_(*HOUSE).as_(ANA).on(MAY_4)
    paper = [{**each, "signed_on": MAY_3} for each in AGREED]
    kept = recorded([Agreement(**each) for each in paper], ANA, MAY_4, is_staff=True)
    assert [(each.means, each.given_on, each.by) for each in kept] == [("paper", MAY_3, ANA)] * 2
    staff.when(asks_for(consents=paper)).then(requested.but(consents=kept))
    staff.when(asks_for(consents=AGREED)).then_rejected(ConsentOnPaper, "the day on the paper")
    staff.when(asks_for(consents=[{**paper[0], "signed_on": MAY_6}])).then_rejected(
        ConsentOnPaper, "by 2026-05-04"
    )


def test_a_client_cannot_ask_for_somebody_else():
    given().with_(*HOUSE).as_(AWA_ACCOUNT, customers=[AWA]).when(asks_for()).then_rejected(NotFound)


def test_the_contact_is_the_customers():
    given().with_(*HOUSE).when(asks_for(contact_id=AWA_CONTACT)).then_rejected(NotFound, "no contact")


def test_an_unknown_customer_product_or_contact_is_not_found():
    for unknown in ("customer_id", "product_id", "contact_id"):
        given().with_(*HOUSE).when(asks_for(**{unknown: LOAN})).then_rejected(NotFound)


@pytest.mark.parametrize(
    ("amount", "months", "why"),
    [
        (eur(999_99), 24, "from 1000.00 EUR to 30000.00 EUR"),
        (eur(30_000_01), 24, "from 1000.00 EUR"),
        (eur(5_000_00), 5, "6 to 60 instalments"),
        (eur(5_000_00), 61, "6 to 60 instalments"),
        (xof(500_000), 12, "lends EUR, not XOF"),
    ],
)
def test_the_product_says_how_much_how_long_and_in_what_currency(amount, months, why):
    given().with_(*HOUSE).when(asks_for(amount, months)).then_rejected(OutsideProduct, why)


def test_the_limits_of_the_product_are_lent():
    for amount, months in [(eur(1_000_00), 6), (eur(30_000_00), 60)]:
        outcome = given().with_(*HOUSE).as_(ANA).when(asks_for(amount, months))
        outcome.then(requested.but(principal=amount, months=months))


def test_a_withdrawn_product_takes_no_requests():
    given().with_(*HOUSE, withdrawn_product.but()).when(
        asks_for(xof(500_000), 12, customer_id=AWA, contact_id=AWA_CONTACT, product_id=EQUIPMENT_LOAN)
    ).then_rejected(ProductWithdrawn)


# ── deciding ───────────────────────────────────────────────────────────────


def test_somebody_else_approves_at_the_products_rate():
    loan().as_(BEN).when(ApproveLoan()).then(approved)


def test_the_products_rate_may_be_named():
    loan().as_(BEN).when(ApproveLoan(rate=600)).then(approved)


def approved_at(rate: int, apr: int, planned: date = MAY_4) -> Fact:
    """Jean's loan, approved at another rate or for another day."""
    terms = Terms(BasisPoints(rate))
    plan = schedule(terms, eur(5_000_00), 24, planned)
    return approved.but(rate=rate, instalments=plan, apr=apr, terms=terms, planned_payout_on=planned)


def test_a_lower_rate_may_be_granted():
    loan().as_(BEN).when(ApproveLoan(rate=450)).then(approved_at(450, apr=459))


def test_a_rate_of_zero_is_zero():
    """It became the product's rate elsewhere: rules of lending, what goes wrong in the field."""
    loan().as_(BEN).when(ApproveLoan(rate=0)).then(approved_at(0, apr=0))


def test_nobody_approves_above_the_products_rate():
    loan().as_(BEN).when(ApproveLoan(rate=601)).then_rejected(AboveProductRate, "6.01 % is above 6.00 %")


def test_nobody_approves_their_own_request():
    loan().as_(ANA).when(ApproveLoan()).then_rejected(OwnRequest)
    loan().as_(ANA).when(ApproveLoan(reason=ALONE)).then_rejected(OwnRequest)


def test_nobody_approves_for_a_customer_they_act_for():
    loan().as_(JEAN_ACCOUNT).when(ApproveLoan()).then_rejected(OwnRequest)
    given(awa_requested.but(requested_by=ANA)).with_(*HOUSE).as_(AWA_ACCOUNT).when(
        ApproveLoan()
    ).then_rejected(OwnRequest)


def test_a_single_operator_approves_alone_and_says_why():
    alone = given(requested).with_(*HOUSE, single_operator).as_(ANA).on(MAY_4)
    alone.when(ApproveLoan(reason=ALONE)).then(approved.but(by=ANA, self_approval=ALONE))
    alone.when(ApproveLoan()).then_rejected(OwnRequest)


def test_the_reason_is_kept_only_where_one_person_decided_alone():
    two = given(requested).with_(*HOUSE, single_operator).as_(BEN).on(MAY_4)
    two.when(ApproveLoan(reason=ALONE)).then(approved)


def test_the_payout_may_be_planned_ahead_but_not_for_ever():
    last = MAY_4 + timedelta(days=92)
    loan().as_(BEN).when(ApproveLoan(planned_payout_on=last)).then(approved_at(600, 617, last))
    for day in (last + timedelta(days=1), MAY_4 - timedelta(days=1)):
        loan().as_(BEN).when(ApproveLoan(planned_payout_on=day)).then_rejected(ValueDateInvalid)


def test_a_request_made_before_the_product_was_withdrawn_is_still_decided():
    waiting = given(awa_requested).with_(*HOUSE, withdrawn_product).as_(ANA)
    waiting.when(ApproveLoan()).then(awa_approved)


def test_the_conditions_stay_in_the_decision():
    """Rate, instalments and planned day are numbers of the event: no replay needs the product."""
    given(awa_requested).with_(*HOUSE).as_(ANA).when(ApproveLoan()).then(
        awa_approved.but(instalments=AWA_INSTALMENTS, ceiling=None)
    )


def test_a_request_can_be_declined_with_a_reason():
    loan().as_(BEN).when(DeclineLoan(reason="Vos revenus ne permettent pas ce prêt.")).then(declined)


def test_nobody_declines_for_a_customer_they_act_for():
    """Whoever acts for the customer takes the request back instead."""
    no = DeclineLoan(reason="Nous n’en voulons plus.")
    loan().as_(JEAN_ACCOUNT).when(no).then_rejected(OwnRequest)
    loan().with_(single_operator).as_(JEAN_ACCOUNT).when(no).then_rejected(OwnRequest)
    loan().as_(AWA_ACCOUNT).when(no).then(
        declined.but(reason=Sealed("Nous n’en voulons plus."), by=AWA_ACCOUNT)
    )


def test_a_request_can_be_taken_back():
    loan().as_(JEAN_ACCOUNT, customers=[JEAN]).when(WithdrawLoanRequest()).then(withdrawn)


@pytest.mark.parametrize("decided", [(approved,), (declined,), (withdrawn,), (approved, contract_signed)])
def test_a_decision_is_made_once(decided):
    for again in (ApproveLoan(), DeclineLoan(reason="Changement d’avis."), WithdrawLoanRequest()):
        loan(*decided).as_(BEN).when(again).then_rejected(NotAwaitingDecision)


# ── the signature ──────────────────────────────────────────────────────────

SIGNED = (drafted, rendered, contract_sent, copy_received, signed)


def test_the_signature_of_the_contract_makes_the_loan_ready():
    loan(approved).with_(*SIGNED).when(NoteSignature(contract_id=CONTRACT)).then(contract_signed)


def test_the_day_of_the_signature_is_the_contracts_not_the_workers():
    late = loan(approved).with_(*SIGNED).on(date(2026, 5, 7))
    late.when(NoteSignature(contract_id=CONTRACT)).then(contract_signed)


@pytest.mark.parametrize("later", [(), (disbursed,), (disbursed, loan_repaid)])
def test_hearing_of_the_signature_twice_changes_nothing(later):
    again = loan(approved, contract_signed, *later).with_(*SIGNED)
    again.when(NoteSignature(contract_id=CONTRACT)).then_nothing()


def test_a_loan_that_is_not_approved_is_not_signed():
    for before in ((), (declined,), (withdrawn,)):
        loan(*before).with_(*SIGNED).when(NoteSignature(contract_id=CONTRACT)).then_rejected(NotApproved)


def test_only_its_own_signed_contract_counts():
    note = NoteSignature(contract_id=CONTRACT)
    loan(approved).with_(drafted, rendered).when(note).then_rejected(NotFound)
    loan(approved).with_(drafted.but(loan_id=AWA_LOAN), *SIGNED[1:]).when(note).then_rejected(NotFound)
    loan(approved).when(note).then_rejected(NotFound)


# ── the money ──────────────────────────────────────────────────────────────


def ready(*facts) -> Given:
    return loan(approved, contract_signed, *facts).on(MAY_6)


def test_somebody_else_than_the_approver_pays_out():
    ready().as_(CHLOE).when(paid()).then(disbursed, payouts_begun, payout_counted)


def test_the_requester_may_pay_out_what_somebody_else_approved():
    ready().as_(ANA).when(paid()).then(
        disbursed.but(by=ANA), payouts_begun.but(account_id=ANA), payout_counted
    )


def test_the_approver_does_not_pay_out():
    ready().as_(BEN).when(paid()).then_rejected(SamePersonAsApprover)
    ready().as_(BEN).when(paid(reason=ALONE)).then_rejected(SamePersonAsApprover)


def test_nobody_pays_out_to_a_customer_they_act_for():
    ready().as_(JEAN_ACCOUNT).when(paid()).then_rejected(OwnRequest)


def test_a_single_operator_pays_out_alone_and_says_why():
    alone = ready().with_(single_operator).as_(BEN)
    alone.when(paid(reason=ALONE)).then(
        disbursed.but(by=BEN, self_approval=ALONE), payouts_begun.but(account_id=BEN), payout_counted
    )


def test_money_leaves_only_after_the_signature():
    for before in ((), (approved,), (declined,)):
        loan(*before).on(MAY_6).as_(CHLOE).when(paid()).then_rejected(NotReadyToDisburse)


def test_money_leaves_once():
    ready(disbursed).as_(CHLOE).when(paid()).then_rejected(NotReadyToDisburse)
    ready(disbursed, loan_repaid).as_(CHLOE).when(paid()).then_rejected(NotReadyToDisburse)


def test_money_left_between_the_signature_and_today():
    ready().as_(CHLOE).when(paid(value_date=MAY_4)).then(
        disbursed.but(value_date=MAY_4), payouts_begun, payout_counted
    )
    for day in (date(2026, 5, 3), date(2026, 5, 7)):
        ready().as_(CHLOE).when(paid(value_date=day)).then_rejected(ValueDateInvalid)


# ── the end ────────────────────────────────────────────────────────────────


def test_a_loan_that_is_paid_back_is_closed_once():
    end = NoteRepaid(on=date(2028, 5, 6))
    ready(disbursed).when(end).then(loan_repaid)
    ready(disbursed, loan_repaid).when(end).then_nothing()


def test_a_loan_that_was_not_paid_out_cannot_be_repaid():
    ready().when(NoteRepaid(on=MAY_6)).then_rejected(NotDisbursed)
