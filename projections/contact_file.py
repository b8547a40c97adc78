"""The contact file: the people of each customer, with how to reach them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.contact import Contact
from eventstore import Projection, Table, on
from eventstore.page import SORTED_BY
from projections.line import Line
from projections.names import folded


class ContactLine(Line):
    contact_id: UUID
    customer_id: UUID
    name: str
    email: str
    phone: str | None
    """E.164: ``+2250700000000``."""
    added_on: date
    version: int
    """Of the contact: send it back as ``If-Match``."""


class ContactFile(Projection):
    key = "contact_id"
    owner = "customer_id"
    row = ContactLine
    ddl = """
        CREATE TABLE {table} (
            contact_id  uuid PRIMARY KEY,
            customer_id uuid NOT NULL,
            name        text NOT NULL,
            name_sort   text NOT NULL,
            email       text NOT NULL,
            phone       text,
            added_on    date NOT NULL,
            version     int NOT NULL
        );
        CREATE INDEX ON {table} (customer_id, name_sort, contact_id)"""

    @on(Contact.Added)
    def _added(self, e: Contact.Added, table: Table) -> None:
        name = e.name.open()
        table.put(
            contact_id=e.originator_id,
            customer_id=e.customer_id,
            name=name,
            name_sort=folded(name)[:SORTED_BY],
            email=e.email.open(),
            phone=e.phone.open() if e.phone else None,
            added_on=e.on,
            version=e.originator_version,
        )

    @on(Contact.EmailChanged)
    def _email_changed(self, e: Contact.EmailChanged, table: Table) -> None:
        table.patch(e.originator_id, email=e.email.open(), version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, customer_id: UUID) -> list[ContactLine]:
        """The people of a customer, by name."""
        return self.rows(
            "SELECT * FROM {table} WHERE customer_id = %(customer_id)s ORDER BY name_sort, contact_id",
            customer_id=customer_id,
        )

    def line(self, contact_id: UUID) -> ContactLine | None:
        """One contact."""
        return self.one("SELECT * FROM {table} WHERE contact_id = %(contact_id)s", contact_id=contact_id)
