"""The mail log: every mail we were asked to send, about what, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from aggregates.notification import Notification
from eventstore import Page, Projection, Table, on
from projections.filters import CUSTOMER, NO_CUSTOMER, OF_CUSTOMER, Filters, ordered
from projections.line import Line

Sort = Literal["requested_on", "-requested_on"]
_ORDER = "requested_on, requested_at, notification_id"


class MailLine(Line):
    notification_id: UUID
    customer_id: UUID
    """Whose mail it is; of a letter to an account, the account."""
    contact_id: UUID | None
    """To whom; the address is in the contact file. Absent in a letter to an account."""
    account_id: UUID | None
    """To whom, when it is about the account itself; its address is in the list of accounts."""
    template: str
    """information, contract, copy-refused, expired, stepped-back, return-owed, capital-returned, disbursed, drawdown,
    drawdowns-cancelled, quittance, declined; of accounts invitation, sign-up-exists, password-reset,
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


class MailEntry(MailLine):
    """A mail with the name of the customer."""

    customer_name: str | None
    """Absent in a letter to an account, and for a program that may not read customers."""


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Which mails: all that is named has to fit."""

    status: tuple[str, ...] = ()
    template: str | None = None
    customer_id: UUID | None = None
    requested_from: date | None = None
    requested_to: date | None = None
    q: str = ""
    """Words of the customer's name, or how the customer's reference begins."""

    def asked(self) -> Filters:
        """As conditions."""
        return (
            Filters()
            .one_of("mail.status", self.status)
            .equal("mail.template", self.template)
            .equal("mail.customer_id", self.customer_id)
            .span("mail.requested_on", self.requested_from, self.requested_to)
            .of_customer(self.q, "mail.customer_id")
        )


class MailLog(Projection):
    version = 3
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
        CREATE INDEX ON {table} (requested_on, requested_at, notification_id);
        CREATE INDEX ON {table} (status, requested_on, requested_at, notification_id);
        CREATE INDEX ON {table} (customer_id, requested_on, requested_at, notification_id);
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

    def lines(
        self,
        asked: MailFilter = MailFilter(),
        sort: Sort = "-requested_on",
        cursor: str | None = None,
        limit: int = 50,
        named: bool = True,
    ) -> Page[MailEntry]:
        """The mails we were asked to send, newest first unless they are sorted otherwise.

        All of them unless a filter is named.
        """
        query, values = _listed(asked)
        order = ordered(_ORDER, sort)
        return self.page(
            query,
            order=order,
            cursor=cursor,
            limit=limit,
            into=MailEntry,
            solid=True,
            beside=_beside(named),
            led=not asked.q.strip(),
            **values,
        )

    def export_of(self, asked: MailFilter, sort: Sort, named: bool, most: int) -> Iterator[list[MailEntry]]:
        """The mails of a list, all of them, to take away as CSV."""
        query, values = _listed(asked)
        return self.export(
            query, order=ordered(_ORDER, sort), most=most, into=MailEntry, beside=_beside(named), **values
        )

    def of(self, about: UUID) -> list[MailLine]:
        """The mails about one loan or one contract, oldest first."""
        return self.rows(
            "SELECT * FROM {table} WHERE about = %(about)s ORDER BY requested_on, requested_at, notification_id",
            about=about,
        )


def _listed(asked: MailFilter) -> tuple[str, dict[str, Any]]:
    """The query of a list, and its values."""
    kept = asked.asked()
    return f"SELECT mail.* FROM {{table}} AS mail WHERE {kept.sql}", kept.values


def _beside(named: bool) -> tuple[str, str]:
    """The customer's name, for whoever may read customers."""
    return (CUSTOMER, OF_CUSTOMER) if named else (NO_CUSTOMER, "")
