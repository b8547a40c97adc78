"""Who fetched a document, when, from where: one line for each download."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from aggregates.document import Document
from eventstore import Page, Projection, Table, on
from projections.line import Line


class AccessLine(Line):
    document_id: UUID
    number: int
    """Version of the document's stream: rises with each download."""
    customer_id: UUID
    via: str
    """``account`` or ``link``."""
    account_id: UUID | None
    """Absent when a link was used: a link says nothing about who holds it."""
    ip: str
    user_agent: str
    downloaded_on: date
    """The business day."""
    recorded_at: datetime
    """The machine's time."""


class DocumentAccess(Projection):
    key = ("document_id", "number")
    owner = "customer_id"
    row = AccessLine
    ddl = """
        CREATE TABLE {table} (
            document_id   uuid NOT NULL,
            number        int NOT NULL,
            customer_id   uuid NOT NULL,
            via           text NOT NULL,
            account_id    uuid,
            ip            text NOT NULL,
            user_agent    text NOT NULL,
            downloaded_on date NOT NULL,
            recorded_at   timestamptz NOT NULL,
            PRIMARY KEY (document_id, number)
        )"""

    @on(Document.Downloaded)
    def _downloaded(self, e: Document.Downloaded, table: Table) -> None:
        table.put(
            document_id=e.originator_id,
            number=e.originator_version,
            customer_id=e.customer_id,
            via=e.via,
            account_id=e.by,
            ip=e.ip.open(),
            user_agent=e.user_agent.open(),
            downloaded_on=e.on,
            recorded_at=e.timestamp,
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, document_id: UUID, cursor: str | None = None, limit: int = 50) -> Page[AccessLine]:
        """Who fetched a document, newest first."""
        return self.page(
            "SELECT * FROM {table} WHERE document_id = %(document_id)s",
            order="number DESC",
            cursor=cursor,
            limit=limit,
            document_id=document_id,
        )
