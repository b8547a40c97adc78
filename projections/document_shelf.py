"""The document shelf: every file we keep, what it is about, and where its bytes are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from aggregates.document import Document
from eventstore import Page, Projection, Table, on
from projections.filters import CUSTOMER, NO_CUSTOMER, OF_CUSTOMER, Filters, ordered
from projections.line import Line

Sort = Literal["kept_on", "-kept_on", "reference", "-reference"]
_SORTS: Final = {"kept_on": "kept_on, document_id", "reference": "reference, kept_on, document_id"}


class DocumentLine(Line):
    document_id: UUID
    customer_id: UUID
    purpose: str
    """information, contract, signed-copy, schedule or quittance."""
    about: UUID
    """The contract, or the loan for what is said of it: information, schedule, quittance."""
    reference: str
    """``K-…`` for a contract and its copies, ``I-…`` for information before it, ``T-…-2`` for the second version of a
    schedule, ``Q-…`` for a quittance."""
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
    voided_on: date | None
    """Since when what it says is true no more; absent while it is."""
    void_because: str | None
    """money-came-back: money that it speaks of came to nothing."""


class DocumentEntry(DocumentLine):
    """A document with the name of the customer."""

    customer_name: str | None
    """Absent for a program that may not read customers."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents: all that is named has to fit."""

    about: UUID | None = None
    """The contract, or the loan for what is said of it: information, schedule, quittance."""
    customer_id: UUID | None = None
    purpose: str | None = None
    kept_from: date | None = None
    kept_to: date | None = None
    q: str = ""
    """A reference or how it begins, or words of the customer's name."""

    def asked(self) -> Filters:
        """As conditions."""
        return (
            Filters()
            .equal("document.about", self.about)
            .equal("document.customer_id", self.customer_id)
            .equal("document.purpose", self.purpose)
            .span("document.kept_on", self.kept_from, self.kept_to)
            .searched(self.q, "document.reference", "document.customer_id")
        )


class DocumentShelf(Projection):
    version = 3
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
            kept_on     date NOT NULL,
            voided_on   date,
            void_because text
        );
        CREATE INDEX ON {table} (about, kept_on, document_id);
        CREATE INDEX ON {table} (kept_on, document_id);
        CREATE INDEX ON {table} (reference, kept_on, document_id);
        CREATE INDEX ON {table} (customer_id, kept_on, document_id)"""

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

    @on(Document.Voided)
    def _voided(self, e: Document.Voided, table: Table) -> None:
        table.patch(e.originator_id, voided_on=e.on, void_because=e.reason)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        asked: DocumentFilter = DocumentFilter(),
        sort: Sort = "-kept_on",
        cursor: str | None = None,
        limit: int = 50,
        named: bool = True,
    ) -> Page[DocumentEntry]:
        """What is kept, newest first unless it is sorted otherwise.

        All of it unless a filter is named: ``about`` names a contract, or a loan for its other papers.
        """
        query, values = _listed(asked)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        return self.page(
            query,
            order=order,
            cursor=cursor,
            limit=limit,
            into=DocumentEntry,
            solid=True,
            beside=_beside(named),
            led=not asked.q.strip(),
            **values,
        )

    def export_of(
        self, asked: DocumentFilter, sort: Sort, named: bool, most: int
    ) -> Iterator[list[DocumentEntry]]:
        """The documents of a list, all of them, to take away as CSV."""
        query, values = _listed(asked)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        return self.export(query, order=order, most=most, into=DocumentEntry, beside=_beside(named), **values)

    def line(self, document_id: UUID) -> DocumentLine | None:
        """One document, without its bytes."""
        return self.one("SELECT * FROM {table} WHERE document_id = %(document_id)s", document_id=document_id)

    def these(self, document_ids: Iterable[UUID]) -> list[DocumentLine]:
        """Some documents."""
        return self.rows(
            "SELECT * FROM {table} WHERE document_id = ANY(%(ids)s::uuid[])", ids=list(document_ids)
        )


def _listed(asked: DocumentFilter) -> tuple[str, dict[str, Any]]:
    """The query of a list, and its values."""
    kept = asked.asked()
    return f"SELECT document.* FROM {{table}} AS document WHERE {kept.sql}", kept.values


def _beside(named: bool) -> tuple[str, str]:
    """The customer's name, for whoever may read customers."""
    return (CUSTOMER, OF_CUSTOMER) if named else (NO_CUSTOMER, "")
