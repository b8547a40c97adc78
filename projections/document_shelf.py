"""The document shelf: every file we keep, what it is about, and where its bytes are."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.document import Document
from eventstore import Projection, Table, on
from projections.line import Line


class DocumentLine(Line):
    document_id: UUID
    customer_id: UUID
    purpose: str
    """contract, signed-copy or quittance."""
    about: UUID
    """The contract, or for a quittance the loan."""
    reference: str
    """``K-…`` for a contract and its copies, ``Q-…`` for a quittance."""
    key: str
    """Where the bytes are in the storage."""
    sha256: str
    """Hex digest of the bytes."""
    size: int
    """Bytes."""
    media_type: str
    """By content: ``application/pdf``, ``image/jpeg``."""
    pages: int
    file_name: str | None
    """As the sender called it; absent for what we made."""
    kept_by: UUID
    kept_on: date


class DocumentShelf(Projection):
    key = "document_id"
    owner = "customer_id"
    row = DocumentLine
    ddl = """
        CREATE TABLE {table} (
            document_id uuid PRIMARY KEY,
            customer_id uuid NOT NULL,
            purpose     text NOT NULL,
            about       uuid NOT NULL,
            reference   text NOT NULL,
            key         text NOT NULL,
            sha256      text NOT NULL,
            size        bigint NOT NULL,
            media_type  text NOT NULL,
            pages       int NOT NULL,
            file_name   text,
            kept_by     uuid NOT NULL,
            kept_on     date NOT NULL
        );
        CREATE INDEX ON {table} (about, kept_on)"""

    @on(Document.Kept)
    def _kept(self, e: Document.Kept, table: Table) -> None:
        table.put(
            document_id=e.originator_id,
            customer_id=e.customer_id,
            purpose=e.purpose,
            about=e.about,
            reference=e.reference,
            key=e.key,
            sha256=e.sha256,
            size=e.size,
            media_type=e.media_type,
            pages=e.pages,
            file_name=e.file_name.open() if e.file_name else None,
            kept_by=e.by,
            kept_on=e.on,
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def about(self, id: UUID) -> list[DocumentLine]:
        """What is kept about a contract or a loan, oldest first."""
        return self.rows(
            "SELECT * FROM {table} WHERE about = %(about)s ORDER BY kept_on, document_id", about=id
        )

    def line(self, document_id: UUID) -> DocumentLine | None:
        """One document, without its bytes."""
        return self.one("SELECT * FROM {table} WHERE document_id = %(document_id)s", document_id=document_id)
