"""What a contract can do."""

import pytest

from aggregates.contract import (
    AlreadyRendered,
    NoCopyToReview,
    NotAwaitingSignature,
    NotRendered,
    OwnCopy,
    UnsignedCopy,
)
from aggregates.loan import NotApproved
from commands.contract import (
    AcceptSignedCopy,
    DraftContract,
    NoteContractSent,
    ReceiveSignedCopy,
    RecordRendering,
    RefuseSignedCopy,
    SendContractAgain,
)
from eventstore import NotFound
from tests.kit import Given, given
from tests.stories import (
    ANA,
    AWA,
    AWA_ACCOUNT,
    BEN,
    CONTRACT_PDF,
    COPY,
    HOUSE,
    JEAN,
    JEAN_ACCOUNT,
    LETTER,
    LOAN,
    MAY_4,
    SECOND_COPY,
    approved,
    contract_kept,
    contract_sent,
    copy_kept,
    copy_received,
    copy_refused,
    declined,
    drafted,
    rendered,
    requested,
    second_copy_received,
    sending_asked,
    signed,
    single_operator,
)

draft = DraftContract(loan_id=LOAN, template="contract/loan_agreement", template_sha256="7e" * 32)


def rendering(**other) -> RecordRendering:
    body = {
        "document_id": CONTRACT_PDF,
        "key": f"contracts/{CONTRACT_PDF}.pdf",
        "sha256": "ab" * 32,
        "size": 48_000,
        "pages": 4,
    }
    return RecordRendering(**(body | other))


def copy(**other) -> ReceiveSignedCopy:
    body = {
        "document_id": COPY,
        "key": f"signed/{COPY}.pdf",
        "sha256": "c1" * 32,
        "size": 900_000,
        "media_type": "application/pdf",
        "pages": 4,
        "file_name": "contrat signé.pdf",
    }
    return ReceiveSignedCopy(**(body | other))


def contract(*facts) -> Given:
    return given(drafted, *facts).with_(*HOUSE).on(MAY_4)


def sent(*facts) -> Given:
    return contract(rendered, contract_sent, *facts)


ALONE = "La seconde conseillère est absente cette semaine."
refuse = RefuseSignedCopy(reason="La page 3 n’est pas paraphée.")

# ── making it ──────────────────────────────────────────────────────────────


def test_an_approved_loan_gets_a_contract_that_says_everything():
    given().with_(*HOUSE, requested, approved).on(MAY_4).when(draft).then(drafted)


def test_only_an_approved_loan_gets_a_contract():
    given().with_(*HOUSE, requested).when(draft).then_rejected(NotApproved)
    given().with_(*HOUSE, requested, declined).when(draft).then_rejected(NotApproved, "declined")
    given().with_(*HOUSE).when(draft).then_rejected(NotFound)


def test_the_pdf_is_recorded_with_its_hash_and_kept_as_a_document():
    contract().as_(ANA).when(rendering()).then(rendered, contract_kept)


@pytest.mark.parametrize(
    "later",
    [(), (contract_sent,), (contract_sent, copy_received), (contract_sent, copy_received, signed)],
)
def test_the_same_pdf_again_changes_nothing(later):
    contract(rendered, *later).when(rendering()).then_nothing()


def test_another_pdf_is_refused():
    contract(rendered).when(rendering(sha256="ba" * 32)).then_rejected(AlreadyRendered)


# ── sending it ─────────────────────────────────────────────────────────────


def test_a_rendered_contract_is_sent():
    contract(rendered).when(NoteContractSent(notification_id=LETTER)).then(contract_sent)


def test_hearing_twice_that_it_was_sent_changes_nothing():
    for later in ((), (copy_received,), (copy_received, signed)):
        sent(*later).when(NoteContractSent(notification_id=LETTER)).then_nothing()


def test_a_contract_without_a_pdf_is_not_sent():
    contract().when(NoteContractSent(notification_id=LETTER)).then_rejected(NotRendered)


@pytest.mark.parametrize("later", [(), (contract_sent,), (contract_sent, copy_received)])
def test_a_contract_that_is_not_signed_yet_is_sent_again(later):
    contract(rendered, *later).as_(ANA).when(SendContractAgain()).then(sending_asked)
    twice = contract(rendered, *later, sending_asked).as_(ANA)
    twice.when(SendContractAgain()).then(sending_asked.but(number=2))


def test_only_a_contract_that_waits_for_its_signature_is_sent_again():
    for facts in ((), (rendered, contract_sent, copy_received, signed)):
        contract(*facts).as_(ANA).when(SendContractAgain()).then_rejected(NotAwaitingSignature)


# ── signing it ─────────────────────────────────────────────────────────────


def test_the_client_returns_a_signed_copy():
    client = sent().as_(JEAN_ACCOUNT, customers=[JEAN])
    client.when(copy()).then(copy_received, copy_kept)


def test_a_contract_whose_letter_bounced_is_signed_all_the_same():
    bounced = contract(rendered)
    bounced.as_(JEAN_ACCOUNT, customers=[JEAN]).when(copy()).then(copy_received, copy_kept)
    contract(rendered, copy_received).as_(ANA).when(AcceptSignedCopy()).then(signed)
    contract(rendered, copy_received).as_(ANA).when(refuse).then(copy_refused)


@pytest.mark.parametrize("later", [(copy_received,), (copy_received, copy_refused), (copy_received, signed)])
def test_a_letter_heard_of_after_the_copy_changes_nothing(later):
    contract(rendered, *later).when(NoteContractSent(notification_id=LETTER)).then_nothing()


def test_another_copy_replaces_the_one_that_waits():
    second = copy(document_id=SECOND_COPY, sha256="c2" * 32, key=f"signed/{SECOND_COPY}.pdf")
    outcome = sent(copy_received).as_(JEAN_ACCOUNT).when(second)
    kept = copy_kept.but(sha256="c2" * 32, key=f"signed/{SECOND_COPY}.pdf")
    outcome.then(second_copy_received, kept)
    assert outcome.recorded[1].originator_id == SECOND_COPY


def test_a_copy_is_taken_only_for_a_contract_that_is_made_and_is_not_signed():
    for facts in ((), (rendered, contract_sent, copy_received, signed)):
        contract(*facts).when(copy()).then_rejected(NotAwaitingSignature)


def test_the_contract_as_we_sent_it_is_no_signed_copy():
    sent().when(copy(sha256="ab" * 32)).then_rejected(UnsignedCopy)


def test_an_advisor_refuses_a_copy_with_a_reason_and_another_may_follow():
    sent(copy_received).as_(ANA).when(refuse).then(copy_refused)
    sent(copy_received, copy_refused).as_(JEAN_ACCOUNT).when(
        copy(document_id=SECOND_COPY, sha256="c2" * 32, file_name=None)
    ).then(second_copy_received, copy_kept.but(sha256="c2" * 32, file_name=None))


def test_an_advisor_accepts_a_copy_and_the_contract_is_signed():
    sent(copy_received).as_(ANA).when(AcceptSignedCopy()).then(signed)


def test_what_is_accepted_is_the_newest_copy():
    newest = signed.but(document_id=SECOND_COPY, sha256="c2" * 32)
    sent(copy_received, copy_refused, second_copy_received).as_(ANA).when(AcceptSignedCopy()).then(newest)
    sent(copy_received, second_copy_received).as_(ANA).when(AcceptSignedCopy()).then(newest)


def test_without_a_copy_there_is_nothing_to_review():
    for facts in ((), (copy_received, copy_refused), (copy_received, signed)):
        sent(*facts).as_(ANA).when(AcceptSignedCopy()).then_rejected(NoCopyToReview)
        sent(*facts).as_(ANA).when(refuse).then_rejected(NoCopyToReview)


def test_nobody_reviews_the_signature_of_a_customer_they_act_for():
    sent(copy_received).as_(JEAN_ACCOUNT).when(AcceptSignedCopy()).then_rejected(OwnCopy)
    sent(copy_received).as_(JEAN_ACCOUNT).when(refuse).then_rejected(OwnCopy)


def test_whoever_handed_a_copy_in_does_not_accept_it():
    by_ana = sent(copy_received.but(by=ANA))
    by_ana.as_(ANA).when(AcceptSignedCopy()).then_rejected(OwnCopy)
    by_ana.as_(ANA).when(AcceptSignedCopy(reason=ALONE)).then_rejected(OwnCopy)
    by_ana.as_(BEN).when(AcceptSignedCopy()).then(signed.but(by=BEN))
    by_ana.as_(ANA).when(refuse).then(copy_refused)


def test_what_counts_is_who_handed_in_the_newest_copy():
    first_by_ana = (copy_received.but(by=ANA), copy_refused, second_copy_received)
    newest = signed.but(document_id=SECOND_COPY, sha256="c2" * 32)
    sent(*first_by_ana).as_(ANA).when(AcceptSignedCopy()).then(newest)
    replaced_by_ana = (copy_received, second_copy_received.but(by=ANA))
    sent(*replaced_by_ana).as_(ANA).when(AcceptSignedCopy()).then_rejected(OwnCopy)


def test_a_single_operator_accepts_alone_and_says_why():
    alone = sent(copy_received.but(by=ANA)).with_(single_operator).as_(ANA)
    alone.when(AcceptSignedCopy(reason=ALONE)).then(signed.but(self_approval=ALONE))
    alone.when(AcceptSignedCopy()).then_rejected(OwnCopy)


def test_the_reason_is_kept_only_where_the_copy_was_ones_own():
    two = sent(copy_received).with_(single_operator).as_(ANA)
    two.when(AcceptSignedCopy(reason=ALONE)).then(signed)


def test_a_copy_for_somebody_elses_contract_is_still_the_contracts_customers():
    """The store refuses the stream of another customer; the copy belongs to the contract's customer in any case."""
    outcome = sent().as_(AWA_ACCOUNT).when(copy())
    assert outcome.recorded[1].customer_id == JEAN != AWA
