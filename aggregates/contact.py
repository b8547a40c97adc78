"""A contact: a person of a customer, whom we write to."""

from __future__ import annotations

from aggregates.values import ContactId, CustomerId
from eventstore import Aggregate, Sealed


class Contact(Aggregate):
    customer_id: CustomerId
    name: Sealed[str]
    email: Sealed[str]
    phone: Sealed[str] | None = None

    # ── what can have happened ─────────────────────────────────────────────

    class Added(Aggregate.Created, owner="customer_id", subject="originator_id"):
        customer_id: CustomerId
        name: Sealed[str]
        email: Sealed[str]
        phone: Sealed[str] | None = None
        """E.164: ``+2250700000000``."""

    class EmailChanged(Aggregate.Event, subject="originator_id"):
        email: Sealed[str]

        def apply(self, contact: Contact) -> None:
            contact.email = self.email

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def add(
        cls, id: ContactId, customer_id: CustomerId, name: str, email: str, phone: str | None = None
    ) -> Contact:
        return cls.begin(
            cls.Added,
            id,
            customer_id=customer_id,
            name=Sealed(name),
            email=Sealed(email),
            phone=Sealed(phone) if phone else None,
        )

    def change_email(self, email: str) -> None:
        if email != self.email.open():
            self.record(self.EmailChanged, email=Sealed(email))
