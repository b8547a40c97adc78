"""A notification: one mail to one contact, or to the person of an account, and what became of it.

requested ──attempt──▶ attempted ──▶ sent
                        ▲    │  └──▶ failed
                        └────┘ again
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal
from uuid import UUID

from aggregates.values import AccountId, ContactId, CustomerId, DocumentId, NotificationId
from eventstore import Aggregate, Rejected, Sealed

MailTemplate = Literal[
    "contract",
    "copy-refused",
    "counter-offer",
    "counter-offer-expired",
    "information",
    "expired",
    "stepped-back",
    "disbursed",
    "rate-reset",
    "drawdown",
    "drawdowns-cancelled",
    "notice",
    "accelerated",
    "acceleration-lifted",
    "quittance",
    "quittance-void",
    "declined",
    "invitation",
    "sign-up-exists",
    "password-reset",
    "address-proof",
    "security-notice",
    "payee-changed",
]


class NotAttempted(Rejected):
    """An outcome without an attempt before it."""


class OutcomeKnown(Rejected):
    """The outcome is known already, and it was another one: a person has to look."""


class Notification(Aggregate):
    customer_id: CustomerId
    template: MailTemplate
    language: Literal["fr", "en"]
    to: Sealed[str]
    about: UUID
    contact_id: ContactId | None = None
    account_id: AccountId | None = None
    facts: dict[str, str] = field(default_factory=dict)
    document_id: DocumentId | None = None
    status: Literal["requested", "attempted", "sent", "failed"] = "requested"
    attempts: int = 0

    # ── what can have happened ─────────────────────────────────────────────

    class Requested(Aggregate.Created, owner="customer_id", subject="customer_id"):
        customer_id: CustomerId
        """Whose letter it is; of an account that is written to: the account itself, which is its own owner."""
        contact_id: ContactId | None
        """Absent in a letter to an account."""
        template: MailTemplate
        language: Literal["fr", "en"]
        to: Sealed[str]
        """The address at that moment."""
        facts: dict[str, str]
        """What the template fills in: references, amounts, dates; nobody's name, and no prose."""
        about: UUID
        """The loan, the contract, the payee or the account."""
        document_id: DocumentId | None = None
        """What the link in the mail leads to."""
        reason: Sealed[str] | None = None
        """What the customer is told word for word; absent in letters that give no reason."""
        account_id: AccountId | None = None
        """The account whose person is written to; absent in letters to contacts."""

    class Attempted(Aggregate.Event):
        """Recorded before the mail server is called, so a crash in between shows."""

        number: int
        """From 1."""

        def apply(self, notification: Notification) -> None:
            notification.status, notification.attempts = "attempted", self.number

    class Sent(Aggregate.Event):
        message_id: str
        """The Message-ID header, in angle brackets."""

        def apply(self, notification: Notification) -> None:
            notification.status = "sent"

    class Failed(Aggregate.Event):
        reason: str

        def apply(self, notification: Notification) -> None:
            notification.status = "failed"

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def request(
        cls,
        id: NotificationId,
        customer_id: CustomerId,
        contact_id: ContactId,
        template: MailTemplate,
        language: Literal["fr", "en"],
        to: str,
        facts: dict[str, str],
        about: UUID,
        document_id: DocumentId | None = None,
        reason: str | None = None,
    ) -> Notification:
        return cls.begin(
            cls.Requested,
            id,
            customer_id=customer_id,
            contact_id=contact_id,
            template=template,
            language=language,
            to=Sealed(to),
            facts=facts,
            about=about,
            document_id=document_id,
            reason=None if reason is None else Sealed(reason),
        )

    @classmethod
    def tell_account(
        cls,
        id: NotificationId,
        account_id: AccountId,
        template: MailTemplate,
        language: Literal["fr", "en"],
        to: str,
        facts: dict[str, str],
    ) -> Notification:
        """A letter to the person of an account; a link in it is made when it is written, and kept nowhere."""
        return cls.begin(
            cls.Requested,
            id,
            customer_id=CustomerId(account_id),
            contact_id=None,
            template=template,
            language=language,
            to=Sealed(to),
            facts=facts,
            about=account_id,
            account_id=account_id,
        )

    def note_attempt(self, number: int) -> None:
        """Repeats change nothing; nor does a further attempt once the outcome is known."""
        if self.status in ("requested", "attempted") and number > self.attempts:
            self.record(self.Attempted, number=number)

    def note_sent(self, message_id: str) -> None:
        """Repeats change nothing."""
        if self._is_news("sent"):
            self.record(self.Sent, message_id=message_id)

    def note_failed(self, reason: str) -> None:
        """Repeats change nothing."""
        if self._is_news("failed"):
            self.record(self.Failed, reason=reason)

    def _is_news(self, outcome: str) -> bool:
        if self.status == "requested":
            raise self.reject(NotAttempted, f"it cannot be {outcome} before an attempt")
        if self.status not in ("attempted", outcome):
            raise self.reject(OutcomeKnown, f"it is {self.status} and cannot become {outcome}")
        return self.status == "attempted"
