"""What a loan can do in the times that its law gives: Jean's under the law of credit to consumers in France."""

from dataclasses import replace
from datetime import date

import pytest

from aggregates.loan import (
    CannotStepBack,
    ClockStillRuns,
    InformationNotReady,
    Loan,
    NoPaymentYet,
    NotApproved,
    NotInformed,
    NotReadyToDisburse,
    UnknownClock,
)
from aggregates.organisation import Organisation
from aggregates.rules.clocks import ClockSettings, clocks_after_signature, offer_clock
from aggregates.rules.consents import ConsentMissing, ConsentOnPaper
from aggregates.values import ValueDateInvalid
from commands.contract import DraftContract, ReceiveSignedCopy
from commands.loan import (
    ConfirmInformation,
    DisburseLoan,
    EndClock,
    NoteOffer,
    NoteSignature,
    RequestLoan,
    StepBack,
)
from tests.kit import Fact, Given, fact, given
from tests.stories import (
    ANA,
    BEN,
    CHLOE,
    CONTRACT,
    COPY,
    HOUSE,
    INFORMATION,
    JEAN,
    JEAN_ACCOUNT,
    JEAN_CONTACT,
    LOAN,
    MAY_4,
    MAY_6,
    NO_PAYMENT,
    PERSONAL_LOAN,
    STEP_BACK,
    approved,
    approved_in_law,
    clocks_started,
    contract_expired,
    contract_sent,
    contract_signed,
    copy_received,
    disbursed,
    drafted,
    eur,
    in_law,
    information_kept,
    informed,
    loan_expired,
    offer_holds,
    offer_over,
    offer_taken,
    payout_counted,
    payouts_begun,
    rendered,
    requested,
    signed,
    single_operator,
    stepped_back,
)

MAY_11, MAY_12, MAY_18, MAY_19, MAY_20 = (date(2026, 5, day) for day in (11, 12, 18, 19, 20))
SENT = (drafted, rendered, contract_sent)
RETURNED = (*SENT, copy_received)
SIGNED = (requested, *in_law, contract_signed, offer_taken, clocks_started)


def loan(*facts: Fact) -> Given:
    return given(requested, *facts).with_(*HOUSE).on(MAY_4)


def by_jean(*facts: Fact) -> Given:
    return loan(*facts).as_(JEAN_ACCOUNT, customers=[JEAN, JEAN_ACCOUNT])


def paid(on: date) -> DisburseLoan:
    return DisburseLoan(value_date=on, method="transfer", reference="VIR-2026-0042")


# ── the information before the contract ────────────────────────────────────


def test_no_contract_is_drafted_before_there_is_proof_of_the_information():
    draft = DraftContract(loan_id=LOAN, template="contract/loan_agreement", template_sha256="7e" * 32)
    given().with_(*HOUSE, requested, approved_in_law).when(draft).then_rejected(NotInformed, "L. 312-12")
    given().with_(*HOUSE, requested, approved_in_law, informed).when(draft).then(drafted)
    given().with_(*HOUSE, requested, approved).when(draft).then(drafted)


def test_a_client_confirms_on_the_screen_the_document_that_is_there():
    confirm = ConfirmInformation(version=1, language="fr")
    by_jean(approved_in_law).when(confirm).then_rejected(InformationNotReady)
    by_jean(approved_in_law).with_(information_kept).when(confirm).then(informed)
    by_jean(approved_in_law, informed).when(confirm).then_nothing()
    assert informed.says["proof"].document_sha256 == information_kept.says["sha256"]


def test_the_text_is_the_one_that_reads_today():
    by_jean(approved_in_law).when(ConfirmInformation(version=2, language="fr")).then_rejected(ConsentMissing)
    paper = ConfirmInformation(version=1, language="fr", signed_on=MAY_4)
    by_jean(approved_in_law).when(paper).then_rejected(ConsentOnPaper)


def test_staff_enter_the_day_on_the_paper():
    staff = loan(approved_in_law).as_(ANA)
    on_paper = replace(INFORMATION, means="paper", by=ANA)
    signed_paper = ConfirmInformation(version=1, language="fr", signed_on=MAY_4)
    staff.with_(information_kept).when(signed_paper).then(informed.but(proof=on_paper))
    before_there_was_one = replace(on_paper, document_sha256=None)
    staff.when(signed_paper).then(informed.but(proof=before_there_was_one))
    staff.when(ConfirmInformation(version=1, language="fr")).then_rejected(ConsentOnPaper, "on the paper")
    staff.when(ConfirmInformation(version=1, language="fr", signed_on=MAY_6)).then_rejected(ConsentOnPaper)


def test_information_is_confirmed_between_the_approval_and_the_contract():
    by_jean().when(ConfirmInformation(version=1, language="fr")).then_rejected(NotApproved)


def test_where_the_law_does_not_ask_for_it_nothing_is_recorded():
    by_jean(approved).when(ConfirmInformation(version=1, language="fr")).then_nothing()


def test_a_request_does_not_name_what_is_confirmed_after_the_approval():
    early = {"consent": "pre-contract-information", "version": 1, "language": "fr", "signed_on": MAY_4}
    ask = RequestLoan(
        loan_id=LOAN,
        customer_id=JEAN,
        contact_id=JEAN_CONTACT,
        product_id=PERSONAL_LOAN,
        principal=eur(5_000_00),
        months=24,
        purpose="Travaux",
        consents=[early],
    )
    given().with_(*HOUSE).as_(ANA).on(MAY_4).when(ask).then_rejected(ConsentMissing)


# ── the offer ──────────────────────────────────────────────────────────────


def test_the_offer_holds_from_the_day_the_contract_was_sent():
    loan(approved_in_law, informed).when(NoteOffer(sent_on=MAY_4)).then(offer_holds)


def test_hearing_of_the_sending_twice_or_late_changes_nothing():
    loan(*in_law).when(NoteOffer(sent_on=MAY_4)).then_nothing()
    given(*SIGNED).with_(*HOUSE).when(NoteOffer(sent_on=MAY_6)).then_nothing()


def test_an_offer_without_a_law_about_it_has_no_end():
    loan(approved).when(NoteOffer(sent_on=MAY_4)).then_nothing()


def test_the_organisation_lets_offers_hold_longer():
    settings = ClockSettings(offer_days=30)
    longer = fact(Organisation.ClockSettingsChanged, settings=settings)
    expected = fact(Loan.ClocksStarted, clocks=[offer_clock("fr-consumer", MAY_4, settings, 1)])
    loan(approved_in_law, informed).with_(longer).when(NoteOffer(sent_on=MAY_4)).then(expected)


def test_whoever_has_to_sign_again_has_the_whole_time_again():
    again = fact(Loan.ClocksStarted, clocks=[offer_clock("fr-consumer", MAY_6, ClockSettings(), 2)])
    loan(*in_law).when(NoteOffer(sent_on=MAY_6)).then(offer_taken.but(because="replaced"), again)


def test_an_offer_that_nobody_signed_lapses_and_the_contract_with_it():
    waiting = loan(*in_law).with_(*SENT)
    waiting.on(MAY_20).when(EndClock(number=1)).then(offer_over, loan_expired, contract_expired)


def test_its_last_day_belongs_to_the_offer():
    loan(*in_law).with_(*SENT).on(MAY_19).when(EndClock(number=1)).then_rejected(ClockStillRuns, "2026-05-19")


def test_an_offer_does_not_lapse_while_a_signed_copy_is_looked_at():
    loan(*in_law).with_(*RETURNED).on(MAY_20).when(EndClock(number=1)).then(offer_over)
    loan(*in_law).with_(*RETURNED, signed).on(MAY_20).when(EndClock(number=1)).then(offer_over)


def test_a_copy_that_is_refused_after_the_end_gives_the_whole_time_again():
    again = fact(Loan.ClocksStarted, clocks=[offer_clock("fr-consumer", MAY_20, ClockSettings(), 2)])
    loan(*in_law, offer_over).when(NoteOffer(sent_on=MAY_20)).then(again)


def test_an_expired_contract_takes_no_signature():
    copy = ReceiveSignedCopy(
        document_id=COPY,
        key="signed/copy",
        sha256="c1" * 32,
        size=9,
        media_type="application/pdf",
        pages=4,
    )
    refusal = given(*SENT, contract_expired).with_(*HOUSE).when(copy).refusal
    assert refusal is not None
    assert refusal.code() == "not-awaiting-signature"
    late = loan(*in_law, offer_over, loan_expired).with_(*RETURNED, signed)
    late.when(NoteSignature(contract_id=CONTRACT)).then_rejected(NotApproved)


# ── after the signature ────────────────────────────────────────────────────


def test_a_signature_sets_the_clocks_of_the_law_going():
    outcome = loan(*in_law).with_(*RETURNED, signed).when(NoteSignature(contract_id=CONTRACT))
    outcome.then(contract_signed, offer_taken, clocks_started)


def test_hearing_of_the_signature_twice_starts_no_clock_again():
    given(*SIGNED).with_(*HOUSE, *RETURNED, signed).when(NoteSignature(contract_id=CONTRACT)).then_nothing()


def test_quebec_above_the_limit_of_the_organisation():
    settings = ClockSettings(high_cost_apr=2_600)
    entered = fact(Organisation.ClockSettingsChanged, settings=settings)
    dear = approved.but(law="qc-consumer", apr=2_700)
    [ten_days] = clocks_after_signature("qc-consumer", 2_700, MAY_4, settings, 1)
    assert ten_days.days == 10
    outcome = loan(dear).with_(*RETURNED, signed, entered).when(NoteSignature(contract_id=CONTRACT))
    outcome.then(contract_signed, fact(Loan.ClocksStarted, clocks=[ten_days]))


@pytest.mark.parametrize("day", [MAY_4, MAY_6, MAY_11])
def test_no_money_leaves_in_the_first_seven_days(day):
    locked = given(*SIGNED).with_(*HOUSE).as_(CHLOE).on(day)
    refusal = locked.when(paid(day)).then_rejected(NoPaymentYet, "money may leave from 2026-05-12")
    assert "art. L. 312-25" in str(refusal)


def test_a_payout_is_not_dated_back_into_them():
    """Recorded on the 12th, but the money left on the 11th."""
    locked = given(*SIGNED).with_(*HOUSE).as_(CHLOE).on(MAY_12)
    locked.when(paid(MAY_11)).then_rejected(NoPaymentYet)
    counted = payouts_begun.but(day=MAY_12), payout_counted
    locked.when(paid(MAY_12)).then(disbursed.but(value_date=MAY_12), *counted)


def test_one_person_alone_waits_as_well():
    alone = given(*SIGNED).with_(*HOUSE, single_operator).as_(BEN).on(MAY_6)
    alone.when(
        DisburseLoan(value_date=MAY_6, method="cash", reference="C-1", reason="Seul cette semaine.")
    ).then_rejected(NoPaymentYet)


def test_a_clock_ends_on_the_day_after_its_last_and_once():
    over = fact(Loan.ClockEnded, number=2, clock="no-payment", because="time")
    running = given(*SIGNED).with_(*HOUSE, *RETURNED, signed)
    running.on(MAY_11).when(EndClock(number=2)).then_rejected(ClockStillRuns, "2026-05-11")
    running.on(MAY_12).when(EndClock(number=2)).then(over)
    given(*SIGNED, over).with_(*HOUSE, *RETURNED).on(MAY_12).when(EndClock(number=2)).then_nothing()
    running.when(EndClock(number=4)).then_rejected(UnknownClock)


# ── stepping back ──────────────────────────────────────────────────────────

STOPPED = (
    fact(Loan.ClockEnded, number=2, clock="no-payment", because="stepped-back"),
    fact(Loan.ClockEnded, number=3, clock="step-back", because="stepped-back"),
)


@pytest.mark.parametrize("day", [MAY_4, MAY_6, MAY_11, MAY_18])
def test_a_client_steps_back_until_the_last_day(day):
    client = given(*SIGNED).with_(*HOUSE).as_(JEAN_ACCOUNT, customers=[JEAN, JEAN_ACCOUNT]).on(day)
    client.when(StepBack()).then(stepped_back.but(notified_on=day), *STOPPED)


def test_only_the_clocks_that_run_are_stopped():
    over = fact(Loan.ClockEnded, number=2, clock="no-payment", because="time")
    given(*SIGNED, over).with_(*HOUSE).as_(JEAN_ACCOUNT).on(MAY_12).when(StepBack()).then(
        stepped_back.but(notified_on=MAY_12), STOPPED[1]
    )


def test_the_day_after_it_is_too_late():
    assert STEP_BACK.ends_on == MAY_18
    given(*SIGNED).with_(*HOUSE).as_(JEAN_ACCOUNT).on(MAY_19).when(StepBack()).then_rejected(
        CannotStepBack, "the last day was 2026-05-18"
    )


def test_a_letter_of_the_last_day_counts_when_it_is_entered_later():
    """It is sent in time that counts, not when it is opened."""
    entered = given(*SIGNED).with_(*HOUSE).as_(ANA).on(MAY_20)
    entered.when(StepBack(notified_on=MAY_18)).then(stepped_back.but(notified_on=MAY_18, by=ANA), *STOPPED)
    entered.when(StepBack(notified_on=MAY_19)).then_rejected(CannotStepBack)
    entered.when(StepBack(notified_on=date(2026, 5, 3))).then_rejected(ValueDateInvalid)
    entered.when(StepBack(notified_on=date(2026, 5, 21))).then_rejected(ValueDateInvalid)


def test_a_client_does_not_date_the_notice_back():
    late = given(*SIGNED).with_(*HOUSE).as_(JEAN_ACCOUNT).on(MAY_20)
    late.when(StepBack(notified_on=MAY_18)).then_rejected(ValueDateInvalid, "says it today")


def test_a_loan_without_such_a_law_cannot_be_stepped_back_from():
    loan(approved, contract_signed).as_(JEAN_ACCOUNT).when(StepBack()).then_rejected(
        CannotStepBack, "no time"
    )


def test_nobody_steps_back_before_the_signature_or_twice():
    by_jean(*in_law).when(StepBack()).then_rejected(CannotStepBack)
    given(*SIGNED, stepped_back, *STOPPED).with_(*HOUSE).as_(JEAN_ACCOUNT).when(StepBack()).then_rejected(
        CannotStepBack
    )


def test_no_money_leaves_after_it():
    given(*SIGNED, stepped_back, *STOPPED).with_(*HOUSE).as_(CHLOE).on(MAY_20).when(
        paid(MAY_20)
    ).then_rejected(NotReadyToDisburse)


def test_a_clock_that_was_stopped_ends_no_second_time():
    given(*SIGNED, stepped_back, *STOPPED).with_(*HOUSE, *RETURNED).on(MAY_20).when(
        EndClock(number=3)
    ).then_nothing()


def test_the_cast_has_the_days_of_the_law():
    assert (NO_PAYMENT.number, NO_PAYMENT.ends_on) == (2, MAY_11)
