"""The customer file: every customer by name. With contact_file.py the only place that holds names."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from aggregates.customer import Customer
from eventstore import Page, Projection, Table, on
from eventstore.page import SORTED_BY
from projections.line import Line
from projections.names import folded

_REFERENCE = re.compile(r"[A-Z]-\d[\d-]*")


class CustomerLine(Line):
    customer_id: UUID
    reference: str
    """``C-2026-000123``."""
    nature: str
    """``person`` or ``company``."""
    name: str
    address: str
    """Postal, several lines."""
    country: str
    """ISO 3166, two letters."""
    language: str
    """Of its documents and mails: ``fr`` or ``en``."""
    registered_on: date
    version: int
    """Of the customer: send it back as ``If-Match``."""


class CustomerFile(Projection):
    """``name_folded`` is the name without accents and in lower case, searched; ``name_sort`` its beginning, sorted by."""

    key = "customer_id"
    owner = "customer_id"
    row = CustomerLine
    ddl = """
        CREATE TABLE {table} (
            customer_id   uuid PRIMARY KEY,
            reference     text NOT NULL,
            nature        text NOT NULL,
            name          text NOT NULL,
            name_folded   text NOT NULL,
            name_sort     text NOT NULL,
            address       text NOT NULL,
            country       char(2) NOT NULL,
            language      char(2) NOT NULL,
            registered_on date NOT NULL,
            version       int NOT NULL
        );
        CREATE INDEX ON {table} (name_sort, customer_id);
        CREATE INDEX ON {table} (reference)"""

    @on(Customer.Registered)
    def _registered(self, e: Customer.Registered, table: Table) -> None:
        table.put(
            customer_id=e.originator_id,
            reference=e.reference,
            nature=e.nature,
            **_named(e.name.open()),
            address=e.address.open(),
            country=e.country,
            language=e.language,
            registered_on=e.on,
            version=e.originator_version,
        )

    @on(Customer.DetailsChanged)
    def _details_changed(self, e: Customer.DetailsChanged, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_named(e.name.open()),
            address=e.address.open(),
            version=e.originator_version,
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(self, search: str = "", cursor: str | None = None, limit: int = 50) -> Page[CustomerLine]:
        """The customers, by name.

        A search keeps those with it in the name, accents or not, or those whose reference begins like it.
        """
        reference = search.strip().upper()
        if _REFERENCE.fullmatch(reference):
            # A range, because under a row policy PostgreSQL keeps LIKE and starts_with away from the index.
            kept = "reference >= %(reference)s AND reference < %(reference)s || '~'"
        elif search.strip():
            kept = "%(name)s <> '' AND strpos(name_folded, %(name)s) > 0"
        else:
            kept = "TRUE"
        return self.page(
            f"SELECT * FROM {{table}} WHERE {kept}",
            order="name_sort",
            cursor=cursor,
            limit=limit,
            name=folded(search),
            reference=reference,
        )

    def line(self, customer_id: UUID) -> CustomerLine | None:
        """One customer."""
        return self.one("SELECT * FROM {table} WHERE customer_id = %(customer_id)s", customer_id=customer_id)


def _named(name: str) -> dict[str, str]:
    whole = folded(name)
    return {"name": name, "name_folded": whole, "name_sort": whole[:SORTED_BY]}
