"""The loan book: every loan on one line."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.contract import Contract
from aggregates.loan import Loan
from eventstore import Page, Projection, Table, on
from projections.line import Line


class LoanLine(Line):
    loan_id: UUID
    reference: str
    """``L-2026-000123``."""
    customer_id: UUID
    contact_id: UUID
    product_id: UUID
    status: str
    """requested, declined, withdrawn, approved, ready, disbursed or repaid."""
    principal: int
    """Minor units of ``currency``."""
    currency: str
    months: int
    """Number of monthly instalments."""
    purpose: str
    """In the customer's words."""
    rate: int | None
    """Basis points a year, nominal; absent until approved."""
    requested_by: UUID
    requested_on: date
    approved_by: UUID | None
    approved_on: date | None
    planned_payout_on: date | None
    declined_because: str | None
    """Shown to the customer word for word."""
    closed_on: date | None
    """The day it was declined or withdrawn."""
    contract_id: UUID | None
    signed_on: date | None
    """The day the signed copy was accepted."""
    disbursed_by: UUID | None
    disbursed_on: date | None
    """The value date: the day the money left."""
    repaid_on: date | None
    version: int
    """Of the loan: send it back as ``If-Match``."""


class LoanBook(Projection):
    key = "loan_id"
    owner = "customer_id"
    row = LoanLine
    ddl = """
        CREATE TABLE {table} (
            loan_id           uuid PRIMARY KEY,
            reference         text NOT NULL,
            customer_id       uuid NOT NULL,
            contact_id        uuid NOT NULL,
            product_id        uuid NOT NULL,
            status            text NOT NULL,
            principal         bigint NOT NULL,
            currency          char(3) NOT NULL,
            months            int NOT NULL,
            purpose           text NOT NULL,
            rate              int,
            requested_by      uuid NOT NULL,
            requested_on      date NOT NULL,
            approved_by       uuid,
            approved_on       date,
            planned_payout_on date,
            declined_because  text,
            closed_on         date,
            contract_id       uuid,
            signed_on         date,
            disbursed_by      uuid,
            disbursed_on      date,
            repaid_on         date,
            version           int NOT NULL
        );
        CREATE INDEX ON {table} (requested_on DESC, reference DESC, loan_id);
        CREATE INDEX ON {table} (status, requested_on DESC, reference DESC, loan_id);
        CREATE INDEX ON {table} (customer_id, requested_on DESC, reference DESC, loan_id)"""

    @on(Loan.Requested)
    def _requested(self, e: Loan.Requested, table: Table) -> None:
        table.put(
            loan_id=e.originator_id,
            reference=e.reference,
            customer_id=e.customer_id,
            contact_id=e.contact_id,
            product_id=e.product_id,
            status="requested",
            principal=e.principal.minor,
            currency=e.principal.currency,
            months=e.months,
            purpose=e.purpose.open(),
            requested_by=e.requested_by,
            requested_on=e.on,
            version=e.originator_version,
        )

    @on(Loan.Approved)
    def _approved(self, e: Loan.Approved, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="approved",
            rate=e.rate,
            approved_by=e.by,
            approved_on=e.on,
            planned_payout_on=e.planned_payout_on,
            version=e.originator_version,
        )

    @on(Loan.Declined)
    def _declined(self, e: Loan.Declined, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="declined",
            declined_because=e.reason.open(),
            closed_on=e.on,
            version=e.originator_version,
        )

    @on(Loan.Withdrawn)
    def _withdrawn(self, e: Loan.Withdrawn, table: Table) -> None:
        table.patch(e.originator_id, status="withdrawn", closed_on=e.on, version=e.originator_version)

    @on(Contract.Drafted)
    def _contract_drafted(self, e: Contract.Drafted, table: Table) -> None:
        table.patch(e.loan_id, contract_id=e.originator_id)

    @on(Loan.ContractSigned)
    def _contract_signed(self, e: Loan.ContractSigned, table: Table) -> None:
        table.patch(e.originator_id, status="ready", signed_on=e.signed_on, version=e.originator_version)

    @on(Loan.Disbursed)
    def _disbursed(self, e: Loan.Disbursed, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="disbursed",
            disbursed_by=e.by,
            disbursed_on=e.value_date,
            version=e.originator_version,
        )

    @on(Loan.Repaid)
    def _repaid(self, e: Loan.Repaid, table: Table) -> None:
        table.patch(e.originator_id, status="repaid", repaid_on=e.repaid_on, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        status: str | None = None,
        customer_id: UUID | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[LoanLine]:
        """The loans, newest first.

        All statuses and all customers unless one is named.
        """
        return self.page(
            "SELECT * FROM {table} WHERE (%(status)s::text IS NULL OR status = %(status)s)"
            " AND (%(customer_id)s::uuid IS NULL OR customer_id = %(customer_id)s)",
            order="requested_on DESC, reference DESC",
            cursor=cursor,
            limit=limit,
            status=status,
            customer_id=customer_id,
        )

    def line(self, loan_id: UUID) -> LoanLine | None:
        """One loan."""
        return self.one("SELECT * FROM {table} WHERE loan_id = %(loan_id)s", loan_id=loan_id)
