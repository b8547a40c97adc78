"""Temporary links: who holds one may fetch one document until a moment, without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from eventstore import Rejected


class LinkExpired(Rejected):
    """This link has expired. Sign in to fetch the document, or ask for a new link."""

    status: ClassVar[int] = 410

    def __init__(self, facts: LinkFacts) -> None:
        super().__init__(f"it was valid until {facts.expires_at:%Y-%m-%d %H:%M} UTC")
        self.facts = facts


class LinkInvalid(Rejected):
    """This is not a link of ours. Check that it was copied whole, or sign in to fetch the document."""

    status: ClassVar[int] = 404


@dataclass(frozen=True)
class LinkFacts:
    document_id: UUID
    customer_id: UUID
    """Whose document it is."""
    contact_id: UUID
    """Who was given the link."""
    purpose: str
    """What the document is: information, contract, signed-copy, schedule or quittance."""
    expires_at: datetime
    """UTC, to the second; the link works strictly before."""


@dataclass(frozen=True)
class Link:
    url: str
    token: str
    expires_at: datetime


class Links(Protocol):
    def make(self, document_id: UUID, customer_id: UUID, contact_id: UUID, purpose: str) -> Link:
        """A link to one document for one contact, which expires by the Clock."""
        ...

    def read(self, token: str) -> LinkFacts:
        """What a token allows. Raises LinkExpired with what it allowed, or LinkInvalid."""
        ...
