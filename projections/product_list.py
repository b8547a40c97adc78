"""The loan products: what we lend, how much, how long, on which terms."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from aggregates.loan_product import LoanProduct
from aggregates.rules.law import Law
from aggregates.rules.servicing_terms import Frequency
from aggregates.rules.terms import Terms
from eventstore import Projection, Table, on
from projections.line import Line


class ProductTerms(Line):
    """Terms, and the day from which they count."""

    from_on: date
    terms: Terms


class ProductLine(Line):
    product_id: UUID
    code: str
    title_fr: str
    title_en: str
    currency: str
    rate: int
    """Basis points a year, nominal; the most an approval may grant today."""
    min_principal: int
    """Minor units of ``currency``."""
    max_principal: int
    """Minor units of ``currency``."""
    min_months: int
    max_months: int
    """Like the least: as many instalments, months unless ``frequency`` says otherwise."""
    frequency: Frequency
    """Of the terms of today."""
    law: Law
    """Under which its loans are made; ``unspecified`` where none was named."""
    terms: list[ProductTerms]
    """All that counted, count or will count, by their days."""
    launched_on: date
    withdrawn_on: date | None
    """Absent while it is offered."""
    version: int
    """Of the product: send it back as ``If-Match``."""

    def on(self, day: date) -> ProductLine:
        """The line with the rate and the frequency that are in force on a day."""
        in_force = [each.terms for each in self.terms if each.from_on <= day] or [self.terms[0].terms]
        return self.model_copy(update={"rate": in_force[-1].rate, "frequency": in_force[-1].frequency})


class ProductList(Projection):
    version = 4
    key = "product_id"
    row = ProductLine
    ddl = """
        CREATE TABLE {table} (
            product_id    uuid PRIMARY KEY,
            code          text NOT NULL,
            title_fr      text NOT NULL,
            title_en      text NOT NULL,
            currency      char(3) NOT NULL,
            rate          int NOT NULL,
            min_principal bigint NOT NULL,
            max_principal bigint NOT NULL,
            min_months    int NOT NULL,
            max_months    int NOT NULL,
            frequency     text NOT NULL,
            law           text NOT NULL,
            terms         jsonb NOT NULL,
            launched_on   date NOT NULL,
            withdrawn_on  date,
            version       int NOT NULL
        )"""

    @on(LoanProduct.Launched)
    def _launched(self, e: LoanProduct.Launched, table: Table) -> None:
        table.put(
            product_id=e.originator_id,
            code=e.code,
            title_fr=e.title_fr,
            title_en=e.title_en,
            currency=e.currency,
            rate=e.rate,
            min_principal=e.min_principal.minor,
            max_principal=e.max_principal.minor,
            min_months=e.min_months,
            max_months=e.max_months,
            frequency=(e.terms or Terms(e.rate)).frequency,
            law=e.law,
            terms=[_from(e.on, e.terms or Terms(e.rate))],
            launched_on=e.on,
            version=e.originator_version,
        )

    @on(LoanProduct.TermsRevised)
    def _revised(self, e: LoanProduct.TermsRevised, table: Table) -> None:
        known = table.get(e.originator_id) or {"terms": []}
        others = [each for each in known["terms"] if each["from_on"] != e.from_on.isoformat()]
        terms = sorted([*others, _from(e.from_on, e.terms)], key=lambda each: each["from_on"])
        table.patch(e.originator_id, terms=terms, version=e.originator_version)

    @on(LoanProduct.Withdrawn)
    def _withdrawn(self, e: LoanProduct.Withdrawn, table: Table) -> None:
        table.patch(e.originator_id, withdrawn_on=e.on, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def offered(self, day: date, currency: str | None = None) -> list[ProductLine]:
        """The products that can be asked for now: those in the organisation's own currency first, then by code."""
        rows = self.rows(
            "SELECT * FROM {table} WHERE withdrawn_on IS NULL"
            " ORDER BY currency IS DISTINCT FROM %(currency)s, code, product_id",
            currency=currency,
        )
        return [row.on(day) for row in rows]

    def line(self, product_id: UUID, day: date) -> ProductLine | None:
        """One product, whether it is still offered or not."""
        row = self.one("SELECT * FROM {table} WHERE product_id = %(product_id)s", product_id=product_id)
        return row and row.on(day)


def _from(day: date, terms: Terms) -> dict[str, Any]:
    """Terms as a line keeps them."""
    return {"from_on": day.isoformat(), "terms": msgspec.to_builtins(terms)}
