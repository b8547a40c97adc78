"""A customer: the person or the company we lend to. The portal says client."""

from __future__ import annotations

from typing import Literal

from aggregates.values import CustomerId
from eventstore import Aggregate, Sealed


class Customer(Aggregate):
    reference: str
    nature: Literal["person", "company"]
    name: Sealed[str]
    address: Sealed[str]
    country: str
    language: Literal["fr", "en"]

    # ── what can have happened ─────────────────────────────────────────────

    class Registered(Aggregate.Created, owner="originator_id", subject="originator_id"):
        reference: str
        """``C-2026-000123``."""
        nature: Literal["person", "company"]
        name: Sealed[str]
        """Full legal name, as a contract prints it."""
        address: Sealed[str]
        """Postal, several lines."""
        country: str
        """ISO 3166, two letters."""
        language: Literal["fr", "en"]
        """Of its documents and mails."""

    class DetailsChanged(Aggregate.Event, subject="originator_id"):
        name: Sealed[str]
        address: Sealed[str]

        def apply(self, customer: Customer) -> None:
            customer.name, customer.address = self.name, self.address

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def register(
        cls,
        id: CustomerId,
        reference: str,
        nature: Literal["person", "company"],
        name: str,
        address: str,
        country: str,
        language: Literal["fr", "en"],
    ) -> Customer:
        return cls.begin(
            cls.Registered,
            id,
            reference=reference,
            nature=nature,
            name=Sealed(name),
            address=Sealed(address),
            country=country,
            language=language,
        )

    def change_details(self, name: str, address: str) -> None:
        if (name, address) != (self.name.open(), self.address.open()):
            self.record(self.DetailsChanged, name=Sealed(name), address=Sealed(address))
