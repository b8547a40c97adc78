"""The mail log."""

from dataclasses import replace
from uuid import UUID

from projections.mail_log import MailFilter, MailLog
from tests.stories import (
    AWA,
    AWA_LOAN,
    CONTRACT,
    CONTRACT_PDF,
    JEAN,
    JEAN_CONTACT,
    LETTER,
    MAY_4,
    MAY_6,
    attempted,
    letter_requested,
    mail_failed,
    mail_sent,
)

AWAS_LETTER = UUID("a0000000-0000-5000-8000-000000000001")
awas_requested = replace(
    letter_requested.but(customer_id=AWA, template="declined", about=AWA_LOAN, document_id=None),
    stream=AWAS_LETTER,
)


def told(screens) -> None:
    screens.happened(letter_requested, attempted, attempted.but(number=2), mail_sent, on=MAY_4)
    screens.happened(awas_requested, attempted, mail_failed, on=MAY_6)


def test_a_mail_shows_what_became_of_it(screens):
    told(screens)
    (sent,), (failed,) = screens.read(MailLog).of(CONTRACT), screens.read(MailLog).of(AWA_LOAN)
    assert (sent.notification_id, sent.contact_id, sent.template) == (LETTER, JEAN_CONTACT, "contract")
    assert (sent.status, sent.attempts, sent.sent_on) == ("sent", 2, MAY_4)
    assert (sent.message_id, sent.document_id) == ("<1@prets-du-fleuve.example>", CONTRACT_PDF)
    assert (failed.status, failed.attempts, failed.failed_because) == ("failed", 1, "550 no such mailbox")
    assert (failed.sent_on, failed.message_id, failed.document_id) == (None, None, None)


def test_a_mail_that_was_only_requested_waits(screens):
    screens.happened(letter_requested, awas_requested)
    assert [(line.status, line.attempts) for line in screens.read(MailLog).lines().items] == [
        ("requested", 0)
    ] * 2


def test_the_newest_mail_comes_first_and_failures_can_be_asked_for(screens):
    told(screens)
    log = screens.read(MailLog)
    page = log.lines(limit=1)
    assert [line.notification_id for line in page.items] == [AWAS_LETTER]
    assert [line.notification_id for line in log.lines(cursor=page.next).items] == [LETTER]
    assert [line.notification_id for line in log.lines(MailFilter(("failed",))).items] == [AWAS_LETTER]


def test_a_client_sees_only_its_own_mails(screens):
    told(screens)
    own = screens.read(MailLog, customers=[JEAN])
    assert [line.notification_id for line in own.lines().items] == [LETTER]
    assert own.of(AWA_LOAN) == []
