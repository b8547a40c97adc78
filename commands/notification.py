"""What can be asked of a notification. All but one is sent by workers/notify.py and workers/admit.py."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from aggregates.account import Account, AccountClosed, AddressUnchanged, NoAddress
from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.notification import MailTemplate, NotAttempted, Notification, OutcomeKnown
from aggregates.permissions import SELF
from aggregates.values import AccountId, ContactId, DocumentId, NotificationId
from commands.fields import Count, Email, Prose, Traced
from eventstore import AlreadyExists, Ask, Command

Facts = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)],
        Annotated[str, Field(max_length=1000)],
    ],
    Field(max_length=40),
]


class RequestNotification(Command, on=Notification, rejects=(AlreadyExists,)):
    """Write to a contact, at the address and in the language of now."""

    notification_id: NotificationId
    contact_id: ContactId
    template: MailTemplate
    facts: Facts
    about: UUID
    document_id: DocumentId | None = None
    reason: Prose | None = None

    def create(self, ask: Ask) -> Notification:
        contact = ask.load(Contact, self.contact_id)
        customer = ask.load(Customer, contact.customer_id)
        return Notification.request(
            self.notification_id,
            contact.customer_id,
            self.contact_id,
            self.template,
            customer.language,
            contact.email.open(),
            self.facts,
            self.about,
            self.document_id,
            self.reason,
        )


class TellAccount(Command, on=Notification, rejects=(AlreadyExists, NoAddress)):
    """Write to the person of an account, in its language, at its address or at one that it had before."""

    notification_id: NotificationId
    account_id: AccountId
    template: MailTemplate
    facts: Facts = Field(default_factory=dict)
    to: Email | None = None

    def create(self, ask: Ask) -> Notification:
        account = ask.load(Account, self.account_id)
        return Notification.tell_account(
            self.notification_id,
            self.account_id,
            self.template,
            account.language,
            self.to or account.address(),
            self.facts,
        )


class ProveAddress(
    Command, on=Notification, may=SELF, step_up=True, rejects=(AlreadyExists, AccountClosed, AddressUnchanged)
):
    """Ask for another sign-in address: a link goes there, and whoever follows it signs in with it from then on."""

    notification_id: NotificationId
    email: Email

    def create(self, ask: Ask) -> Notification:
        account = ask.load(Account, ask.by)
        account.may_move_to(self.email.casefold())
        return Notification.tell_account(
            self.notification_id,
            AccountId(account.id),
            "address-proof",
            account.language,
            self.email.casefold(),
            {},
        )


class NoteNotificationAttempt(Command, on=Notification):
    """Record that the mail server is about to be called. Repeats of one number change nothing."""

    number: Count
    """The attempts so far, and one."""

    def perform(self, notification: Notification, ask: Ask) -> None:
        notification.note_attempt(self.number)


class NoteNotificationSent(Command, on=Notification, rejects=(NotAttempted, OutcomeKnown)):
    """Record that the mail server took it. Repeats change nothing."""

    message_id: Traced

    def perform(self, notification: Notification, ask: Ask) -> None:
        notification.note_sent(self.message_id)


class NoteNotificationFailed(Command, on=Notification, rejects=(NotAttempted, OutcomeKnown)):
    """Record that it will not be tried again. Repeats change nothing."""

    reason: Traced

    def perform(self, notification: Notification, ask: Ask) -> None:
        notification.note_failed(self.reason)
