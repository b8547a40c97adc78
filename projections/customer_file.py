"""The customer file: every customer by name. With contact_file.py the only place that holds names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from aggregates.customer import Customer
from eventstore import Page, Projection, Table, on
from eventstore.page import SORTED_BY
from projections.filters import Filters, is_reference, ordered
from projections.line import Line
from projections.names import folded

Sort = Literal["name", "-name", "reference", "-reference", "registered_on", "-registered_on"]


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


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers: all that is named has to fit."""

    nature: str | None = None
    country: str | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    q: str = ""
    """A reference or how it begins, or words of the name, accents or not."""

    def asked(self) -> Filters:
        """As conditions."""
        kept = (
            Filters()
            .equal("nature", self.nature)
            .equal("country", self.country)
            .span("registered_on", self.registered_from, self.registered_to)
        )
        if is_reference(self.q):
            return kept.begins("reference", self.q.strip().upper())
        return kept.named(self.q)


_SORTS: Final = {
    "name": "name_sort, customer_id",
    "reference": "reference, customer_id",
    "registered_on": "registered_on, reference, customer_id",
}
"""By the word that is asked for: the columns, none of them ever null."""


class CustomerFile(Projection):
    """``name_folded`` is the name without accents and in lower case, searched; ``name_sort`` its beginning, sorted by."""

    version = 2
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
        CREATE INDEX ON {table} (reference, customer_id);
        CREATE INDEX ON {table} (registered_on, reference, customer_id)"""

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

    def lines(
        self,
        asked: CustomerFilter = CustomerFilter(),
        sort: Sort = "name",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CustomerLine]:
        """The customers, by name unless they are sorted otherwise.

        All of them unless a filter is named.
        """
        kept, order = asked.asked(), ordered(_SORTS[sort.lstrip("-")], sort)
        query = f"SELECT * FROM {{table}} WHERE {kept.sql}"
        is_led = not asked.q.strip()
        return self.page(
            query, order=order, cursor=cursor, limit=limit, solid=True, led=is_led, **kept.values
        )

    def export_of(self, asked: CustomerFilter, sort: Sort, most: int) -> Iterator[list[CustomerLine]]:
        """The customers of a list, all of them, to take away as CSV."""
        kept, order = asked.asked(), ordered(_SORTS[sort.lstrip("-")], sort)
        return self.export(f"SELECT * FROM {{table}} WHERE {kept.sql}", order=order, most=most, **kept.values)

    def line(self, customer_id: UUID) -> CustomerLine | None:
        """One customer."""
        return self.one("SELECT * FROM {table} WHERE customer_id = %(customer_id)s", customer_id=customer_id)

    def these(self, customer_ids: Iterable[UUID]) -> list[CustomerLine]:
        """Some customers."""
        return self.rows(
            "SELECT * FROM {table} WHERE customer_id = ANY(%(ids)s::uuid[])", ids=list(customer_ids)
        )


def _named(name: str) -> dict[str, str]:
    whole = folded(name)
    return {"name": name, "name_folded": whole, "name_sort": whole[:SORTED_BY]}
