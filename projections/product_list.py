"""The loan products: what we lend, how much, how long, at what rate."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.loan_product import LoanProduct
from eventstore import Projection, Table, on
from projections.line import Line


class ProductLine(Line):
    product_id: UUID
    code: str
    title_fr: str
    title_en: str
    currency: str
    rate: int
    """Basis points a year, nominal; the most an approval may grant."""
    min_principal: int
    """Minor units of ``currency``."""
    max_principal: int
    """Minor units of ``currency``."""
    min_months: int
    max_months: int
    launched_on: date
    withdrawn_on: date | None
    """Absent while it is offered."""
    version: int
    """Of the product: send it back as ``If-Match``."""


class ProductList(Projection):
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
            launched_on=e.on,
            version=e.originator_version,
        )

    @on(LoanProduct.Withdrawn)
    def _withdrawn(self, e: LoanProduct.Withdrawn, table: Table) -> None:
        table.patch(e.originator_id, withdrawn_on=e.on, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def offered(self) -> list[ProductLine]:
        """The products that can be asked for now, by code."""
        return self.rows("SELECT * FROM {table} WHERE withdrawn_on IS NULL ORDER BY code, product_id")

    def line(self, product_id: UUID) -> ProductLine | None:
        """One product, whether it is still offered or not."""
        return self.one("SELECT * FROM {table} WHERE product_id = %(product_id)s", product_id=product_id)
