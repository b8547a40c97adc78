"""What a notification can do."""

import pytest

from aggregates.account import AccountClosed, AddressUnchanged, NoAddress
from aggregates.notification import NotAttempted, Notification, OutcomeKnown
from commands.notification import (
    NoteNotificationAttempt,
    NoteNotificationFailed,
    NoteNotificationSent,
    ProveAddress,
    RequestNotification,
    TellAccount,
)
from eventstore import NotFound, Sealed
from tests.kit import fact, given
from tests.stories import (
    CONTRACT,
    CONTRACT_PDF,
    HOUSE,
    JEAN_ACCOUNT,
    JEAN_CONTACT,
    LETTER,
    account_closed,
    attempted,
    jean_contact,
    letter_requested,
    mail_failed,
    mail_sent,
    newcomer,
)

attempt = NoteNotificationAttempt(number=1)
second_attempt = NoteNotificationAttempt(number=2)
sent = NoteNotificationSent(message_id="<1@prets-du-fleuve.example>")
failed = NoteNotificationFailed(reason="550 no such mailbox")
write = RequestNotification(
    notification_id=LETTER,
    contact_id=JEAN_CONTACT,
    template="contract",
    facts={"reference": "K-2026-000001"},
    about=CONTRACT,
    document_id=CONTRACT_PDF,
)


def test_a_contact_is_written_to_in_the_customers_language():
    given().with_(*HOUSE).when(write).then(letter_requested)


def test_what_the_customer_is_told_word_for_word_is_sealed():
    given().with_(*HOUSE).when(write.model_copy(update={"reason": "La page 3 manque."})).then(
        letter_requested.but(reason=Sealed("La page 3 manque."))
    )


def test_the_address_is_the_one_of_now():
    moved = jean_contact.but(email=Sealed("jean@example.com"))
    others = [each if each is not jean_contact else moved for each in HOUSE]
    given().with_(*others).when(write).then(letter_requested.but(to=Sealed("jean@example.com")))


def test_nobody_unknown_is_written_to():
    given().when(write).then_rejected(NotFound)


def test_an_attempt_is_counted_before_the_call():
    given(letter_requested).when(attempt).then(attempted)
    given(letter_requested, attempted).when(second_attempt).then(attempted.but(number=2))


def test_hearing_of_an_attempt_twice_changes_nothing():
    given(letter_requested, attempted).when(attempt).then_nothing()
    given(letter_requested, attempted, attempted.but(number=2)).when(attempt).then_nothing()


def test_a_mail_is_sent_or_fails_after_an_attempt():
    given(letter_requested, attempted).when(sent).then(mail_sent)
    given(letter_requested, attempted).when(failed).then(mail_failed)
    for early in (sent, failed):
        given(letter_requested).when(early).then_rejected(NotAttempted)


@pytest.mark.parametrize(("end", "again"), [(mail_sent, sent), (mail_failed, failed)])
def test_hearing_the_outcome_twice_changes_nothing(end, again):
    given(letter_requested, attempted, end).when(again).then_nothing()
    for number in (attempt, second_attempt):
        given(letter_requested, attempted, end).when(number).then_nothing()


@pytest.mark.parametrize(("end", "other"), [(mail_sent, failed), (mail_failed, sent)])
def test_a_contradiction_is_for_a_person(end, other):
    given(letter_requested, attempted, end).when(other).then_rejected(OutcomeKnown)


told = fact(
    Notification.Requested,
    LETTER,
    customer_id=JEAN_ACCOUNT,
    contact_id=None,
    template="invitation",
    language="fr",
    to=Sealed("jean.moreau@example.org"),
    facts={},
    about=JEAN_ACCOUNT,
    account_id=JEAN_ACCOUNT,
)
tell = TellAccount(notification_id=LETTER, account_id=JEAN_ACCOUNT, template="invitation")


def test_the_person_of_an_account_is_written_to_in_its_own_language():
    given().with_(newcomer).when(tell).then(told)
    given().with_(newcomer.but(language="en")).when(tell).then(told.but(language="en"))
    given().when(tell).then_rejected(NotFound)


def test_a_letter_to_an_account_belongs_to_the_account():
    [event] = given().with_(newcomer).when(tell).recorded
    assert event.owner_id() == event.subject_id() == JEAN_ACCOUNT


def test_an_account_without_an_address_is_told_where_it_was_before():
    programs = newcomer.but(email=None)
    given().with_(programs).when(tell).then_rejected(NoAddress)
    before = tell.model_copy(update={"to": "old@example.org"})
    given().with_(programs).when(before).then(told.but(to=Sealed("old@example.org")))


def test_a_new_sign_in_address_is_written_to_before_it_counts():
    ask = ProveAddress(notification_id=LETTER, email="Jean@example.com")
    proof = told.but(template="address-proof", to=Sealed("jean@example.com"))
    given().with_(newcomer).as_(JEAN_ACCOUNT, customers=[JEAN_ACCOUNT]).when(ask).then(proof)
    same = ProveAddress(notification_id=LETTER, email="Jean.Moreau@example.org")
    given().with_(newcomer).as_(JEAN_ACCOUNT).when(same).then_rejected(AddressUnchanged)
    given().with_(newcomer, account_closed).as_(JEAN_ACCOUNT).when(ask).then_rejected(AccountClosed)
