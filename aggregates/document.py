"""A document: bytes we keep in private storage, known by their SHA-256, and every time they were fetched."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from aggregates.values import AccountId, CustomerId, DocumentId, LoanId, derived, sibling
from eventstore import Aggregate, Sealed

Purpose = Literal["information", "contract", "signed-copy", "schedule", "quittance"]
PaperPurpose = Literal["information", "schedule", "quittance"]
"""What is about a loan and made by us."""
Via = Literal["account", "link"]
VoidReason = Literal["money-came-back"]
"""Why a paper is true no more: money that it speaks of came to nothing."""


_LETTERS: Final[dict[PaperPurpose, str]] = {"information": "I", "schedule": "T", "quittance": "Q"}


def paper_id(
    loan: LoanId, purpose: PaperPurpose, number: int | None = None, restored: int | None = None
) -> DocumentId:
    """Each loan has one paper of a purpose, or one for each number: quittances have one from the second on.

    restored  of a schedule that is in force again: how often one was, from 1; such a paper has an id of its own
    """
    said = [purpose, *([str(number)] if number else []), *([f"R{restored}"] if restored else [])]
    return DocumentId(derived(loan, " ".join(said)))


def paper_reference(
    loan: str, purpose: PaperPurpose, number: int | None = None, restored: int | None = None
) -> str:
    """What people call a paper about the loan of this reference: ``Q-2026-000123``, ``T-2026-000123-2``, or
    ``T-2026-000123-1-R1`` for the first version, in force again for the first time."""
    said = [sibling(loan, _LETTERS[purpose]), *([str(number)] if number else [])]
    return "-".join([*said, *([f"R{restored}"] if restored else [])])


class Document(Aggregate):
    customer_id: CustomerId
    purpose: Purpose
    about: UUID
    reference: str
    key: str
    sha256: str
    size: int
    media_type: str
    pages: int
    by: AccountId
    file_name: Sealed[str] | None = None
    is_void: bool = False

    # ── what can have happened ─────────────────────────────────────────────

    class Kept(Aggregate.Created, owner="customer_id", subject="customer_id"):
        customer_id: CustomerId
        purpose: Purpose
        about: UUID
        """The contract, or the loan for what is said of it: information, schedule, quittance."""
        reference: str
        """What people call it: ``K-…`` for a contract and its copies, ``I-…`` for information before it, ``T-…-2`` for
        the second version of a schedule, ``T-…-1-R1`` for one that is in force again, ``Q-…`` for a quittance."""
        key: str
        """Where the bytes are in the storage; never overwritten."""
        sha256: str
        """Hex digest of the bytes; checked on every read."""
        size: int
        """Bytes."""
        media_type: str
        """By content, not by what the sender said."""
        pages: int
        by: AccountId
        file_name: Sealed[str] | None = None
        """As the sender called it; absent for what we made."""

    class Downloaded(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        via: Via
        ip: Sealed[str]
        user_agent: Sealed[str]
        by: AccountId | None = None
        """Absent when a link was used: a link says nothing about who holds it."""

    class Voided(Aggregate.Event):
        """What it says is true no more; its bytes stay, for whoever has a copy."""

        reason: VoidReason

        def apply(self, document: Document) -> None:
            document.is_void = True

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def keep(
        cls,
        id: DocumentId,
        customer_id: CustomerId,
        purpose: Purpose,
        about: UUID,
        reference: str,
        key: str,
        sha256: str,
        size: int,
        media_type: str,
        pages: int,
        by: AccountId,
        file_name: str | None = None,
    ) -> Document:
        return cls.begin(
            cls.Kept,
            id,
            customer_id=customer_id,
            purpose=purpose,
            about=about,
            reference=reference,
            key=key,
            sha256=sha256,
            size=size,
            media_type=media_type,
            pages=pages,
            by=by,
            file_name=Sealed(file_name) if file_name else None,
        )

    def void(self, reason: VoidReason) -> None:
        """Repeats change nothing."""
        if not self.is_void:
            self.record(self.Voided, reason=reason)

    def record_download(self, via: Via, ip: str, user_agent: str, by: AccountId | None) -> None:
        self.record(
            self.Downloaded,
            customer_id=self.customer_id,
            via=via,
            ip=Sealed(ip),
            user_agent=Sealed(user_agent),
            by=by,
        )
