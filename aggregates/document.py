"""A document: bytes we keep in private storage, known by their SHA-256, and every time they were fetched."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from aggregates.values import AccountId, CustomerId, DocumentId
from eventstore import Aggregate, Sealed

Purpose = Literal["contract", "signed-copy", "quittance"]
Via = Literal["account", "link"]


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

    # ── what can have happened ─────────────────────────────────────────────

    class Kept(Aggregate.Created, owner="customer_id", subject="customer_id"):
        customer_id: CustomerId
        purpose: Purpose
        about: UUID
        """The contract, or for a quittance the loan."""
        reference: str
        """What people call it: ``K-…`` for a contract and its copies, ``Q-…`` for a quittance."""
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

    def record_download(self, via: Via, ip: str, user_agent: str, by: AccountId | None) -> None:
        self.record(
            self.Downloaded,
            customer_id=self.customer_id,
            via=via,
            ip=Sealed(ip),
            user_agent=Sealed(user_agent),
            by=by,
        )
