"""What can be asked of a document."""

from __future__ import annotations

from pydantic import Field

from aggregates.document import Document, PaperPurpose, Via, VoidReason, paper_id, paper_reference
from aggregates.loan import Loan
from aggregates.values import AccountId, LoanId
from commands.fields import Count, Sha256, Size, StorageKey, Traced
from eventstore import AlreadyExists, Ask, Command


class KeepDocument(Command, on=Document, rejects=(AlreadyExists,)):
    """Record that a paper about a loan is in the storage. Sent by workers/render.py."""

    purpose: PaperPurpose = "quittance"
    about: LoanId
    number: Count | None = Field(
        None,
        description="Of the version, or of the second quittance on, where a loan has several papers of this kind.",
    )
    restored: Count | None = Field(
        None,
        description="Of a schedule that is in force again: how often one of the loan was, with this time.",
    )
    key: StorageKey
    sha256: Sha256
    size: Size
    pages: Count

    def create(self, ask: Ask) -> Document:
        loan = ask.load(Loan, self.about)
        return Document.keep(
            paper_id(self.about, self.purpose, self.number, self.restored),
            loan.customer_id,
            self.purpose,
            self.about,
            paper_reference(loan.reference, self.purpose, self.number, self.restored),
            self.key,
            self.sha256,
            self.size,
            "application/pdf",
            self.pages,
            AccountId(ask.by),
        )


class VoidDocument(Command, on=Document):
    """Record that what a paper says is true no more. Sent by workers/render.py."""

    reason: VoidReason

    def perform(self, document: Document, ask: Ask) -> None:
        document.void(self.reason)


class RecordDownload(Command, on=Document, may="document.read"):
    """Record that somebody fetched the bytes, before they are handed out."""

    via: Via
    ip: Traced
    user_agent: Traced = Field(description="The program that fetched.")

    def perform(self, document: Document, ask: Ask) -> None:
        by = AccountId(ask.by) if self.via == "account" else None
        document.record_download(self.via, self.ip, self.user_agent, by)
