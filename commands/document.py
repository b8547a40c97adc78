"""What can be asked of a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aggregates.document import Document, Via
from aggregates.loan import Loan
from aggregates.values import AccountId, DocumentId, LoanId, sibling
from commands.fields import Count, Sha256, Size, StorageKey, Traced
from eventstore import AlreadyExists, Ask, Command


class KeepDocument(Command, on=Document, rejects=(AlreadyExists,)):
    """Record that a loan's quittance is in the storage. Sent by workers/render.py."""

    document_id: DocumentId
    purpose: Literal["quittance"] = "quittance"
    about: LoanId
    key: StorageKey
    sha256: Sha256
    size: Size
    pages: Count

    def create(self, ask: Ask) -> Document:
        loan = ask.load(Loan, self.about)
        return Document.keep(
            self.document_id,
            loan.customer_id,
            self.purpose,
            self.about,
            sibling(loan.reference, "Q"),
            self.key,
            self.sha256,
            self.size,
            "application/pdf",
            self.pages,
            AccountId(ask.by),
        )


class RecordDownload(Command, on=Document, may="document.read"):
    """Record that somebody fetched the bytes, before they are handed out."""

    via: Via
    ip: Traced
    user_agent: Traced = Field(description="The program that fetched.")

    def perform(self, document: Document, ask: Ask) -> None:
        by = AccountId(ask.by) if self.via == "account" else None
        document.record_download(self.via, self.ip, self.user_agent, by)
