"""The mail log: every mail we were asked to send, about what, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from aggregates.notification import Notification
from eventstore import Page, Projection, Table, on
from projections.line import Line


class MailLine(Line):
    notification_id: UUID
    customer_id: UUID
    """Whose mail it is; of a letter to an account, the account."""
    contact_id: UUID | None
    """To whom; the address is in the contact file. Absent in a letter to an account."""
    account_id: UUID | None
    """To whom, when it is about the account itself; its address is in the list of accounts."""
    template: str
    """contract, copy-refused, disbursed, quittance, declined; of accounts invitation, sign-up-exists, password-reset,
    address-proof or security-notice."""
    language: str
    about: UUID
    """The loan, the contract or the account."""
    document_id: UUID | None
    """What the link in the mail leads to."""
    status: str
    """requested, attempted, sent or failed."""
    attempts: int
    requested_on: date
    """The business day."""
    requested_at: datetime
    """The machine's time; sorts the mails of a day."""
    sent_on: date | None
    message_id: str | None
    """The Message-ID header, in angle brackets."""
    failed_because: str | None


class MailLog(Projection):
    version = 2
    key = "notification_id"
    owner = "customer_id"
    row = MailLine
    ddl = """
        CREATE TABLE {table} (
            notification_id uuid PRIMARY KEY,
            customer_id     uuid NOT NULL,
            contact_id      uuid,
            account_id      uuid,
            template        text NOT NULL,
            language        char(2) NOT NULL,
            about           uuid NOT NULL,
            document_id     uuid,
            status          text NOT NULL,
            attempts        int NOT NULL,
            requested_on    date NOT NULL,
            requested_at    timestamptz NOT NULL,
            sent_on         date,
            message_id      text,
            failed_because  text
        );
        CREATE INDEX ON {table} (requested_on DESC, requested_at DESC, notification_id);
        CREATE INDEX ON {table} (status, requested_on DESC, requested_at DESC, notification_id);
        CREATE INDEX ON {table} (customer_id, requested_on DESC, requested_at DESC, notification_id);
        CREATE INDEX ON {table} (about)"""

    @on(Notification.Requested)
    def _requested(self, e: Notification.Requested, table: Table) -> None:
        table.put(
            notification_id=e.originator_id,
            customer_id=e.customer_id,
            contact_id=e.contact_id,
            account_id=e.account_id,
            template=e.template,
            language=e.language,
            about=e.about,
            document_id=e.document_id,
            status="requested",
            attempts=0,
            requested_on=e.on,
            requested_at=e.timestamp,
        )

    @on(Notification.Attempted)
    def _attempted(self, e: Notification.Attempted, table: Table) -> None:
        table.patch(e.originator_id, status="attempted", attempts=e.number)

    @on(Notification.Sent)
    def _sent(self, e: Notification.Sent, table: Table) -> None:
        table.patch(e.originator_id, status="sent", sent_on=e.on, message_id=e.message_id)

    @on(Notification.Failed)
    def _failed(self, e: Notification.Failed, table: Table) -> None:
        table.patch(e.originator_id, status="failed", failed_because=e.reason)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(self, status: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[MailLine]:
        """The mails we were asked to send, newest first.

        All of them unless a status is named.
        """
        return self.page(
            "SELECT * FROM {table} WHERE %(status)s::text IS NULL OR status = %(status)s",
            order="requested_on DESC, requested_at DESC",
            cursor=cursor,
            limit=limit,
            status=status,
        )

    def of(self, about: UUID) -> list[MailLine]:
        """The mails about one loan or one contract, oldest first."""
        return self.rows(
            "SELECT * FROM {table} WHERE about = %(about)s ORDER BY requested_on, requested_at, notification_id",
            about=about,
        )
