"""The contract desk: every contract with where it stands, and the signed copies that wait for a decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.contract import Contract
from eventstore import Page, Projection, Table, on
from projections.line import Line


class ContractLine(Line):
    contract_id: UUID
    reference: str
    """``K-2026-000123``."""
    loan_id: UUID
    customer_id: UUID
    contact_id: UUID
    status: str
    """drafted, rendered, sent, returned or signed."""
    language: str
    """``fr`` or ``en``."""
    principal: int
    """Minor units of ``currency``."""
    currency: str
    rate: int
    """Basis points a year, nominal."""
    months: int
    planned_payout_on: date
    drafted_on: date
    document_id: UUID | None
    """The PDF to sign; absent until it is rendered."""
    sha256: str | None
    """Of that PDF, hex."""
    pages: int | None
    sent_on: date | None
    copy_id: UUID | None
    """The signed copy that waits for a decision, or that was accepted."""
    copy_sha256: str | None
    copy_received_on: date | None
    copy_refused_because: str | None
    """Of the last refusal, shown to the customer word for word; absent once another copy came."""
    signed_on: date | None
    """The day the signed copy was accepted."""
    version: int
    """Of the contract: send it back as ``If-Match``."""


class ContractDesk(Projection):
    key = "contract_id"
    owner = "customer_id"
    row = ContractLine
    ddl = """
        CREATE TABLE {table} (
            contract_id          uuid PRIMARY KEY,
            reference            text NOT NULL,
            loan_id              uuid NOT NULL,
            customer_id          uuid NOT NULL,
            contact_id           uuid NOT NULL,
            status               text NOT NULL,
            language             char(2) NOT NULL,
            principal            bigint NOT NULL,
            currency             char(3) NOT NULL,
            rate                 int NOT NULL,
            months               int NOT NULL,
            planned_payout_on    date NOT NULL,
            drafted_on           date NOT NULL,
            document_id          uuid,
            sha256               text,
            pages                int,
            sent_on              date,
            copy_id              uuid,
            copy_sha256          text,
            copy_received_on     date,
            copy_refused_because text,
            signed_on            date,
            version              int NOT NULL
        );
        CREATE INDEX ON {table} (drafted_on DESC, reference DESC, contract_id);
        CREATE INDEX ON {table} (status, drafted_on DESC, reference DESC, contract_id);
        CREATE INDEX ON {table} (customer_id, drafted_on DESC, reference DESC, contract_id)"""

    @on(Contract.Drafted)
    def _drafted(self, e: Contract.Drafted, table: Table) -> None:
        table.put(
            contract_id=e.originator_id,
            reference=e.reference,
            loan_id=e.loan_id,
            customer_id=e.customer_id,
            contact_id=e.contact_id,
            status="drafted",
            language=e.language,
            principal=e.principal.minor,
            currency=e.principal.currency,
            rate=e.rate,
            months=e.months,
            planned_payout_on=e.planned_payout_on,
            drafted_on=e.drafted_on,
            version=e.originator_version,
        )

    @on(Contract.Rendered)
    def _rendered(self, e: Contract.Rendered, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="rendered",
            document_id=e.document_id,
            sha256=e.sha256,
            pages=e.pages,
            version=e.originator_version,
        )

    @on(Contract.Sent)
    def _sent(self, e: Contract.Sent, table: Table) -> None:
        table.patch(e.originator_id, status="sent", sent_on=e.on, version=e.originator_version)

    @on(Contract.SendingAsked)
    def _sending_asked(self, e: Contract.SendingAsked, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version)

    @on(Contract.SignedCopyReceived)
    def _copy_received(self, e: Contract.SignedCopyReceived, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="returned",
            copy_id=e.document_id,
            copy_sha256=e.sha256,
            copy_received_on=e.on,
            copy_refused_because=None,
            version=e.originator_version,
        )

    @on(Contract.SignedCopyRefused)
    def _copy_refused(self, e: Contract.SignedCopyRefused, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="sent",
            copy_id=None,
            copy_sha256=None,
            copy_received_on=None,
            copy_refused_because=e.reason.open(),
            version=e.originator_version,
        )

    @on(Contract.Signed)
    def _signed(self, e: Contract.Signed, table: Table) -> None:
        table.patch(e.originator_id, status="signed", signed_on=e.signed_on, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        status: str | None = None,
        customer_id: UUID | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[ContractLine]:
        """The contracts, newest first.

        All statuses and all customers unless one is named.
        """
        return self.page(
            "SELECT * FROM {table} WHERE (%(status)s::text IS NULL OR status = %(status)s)"
            " AND (%(customer_id)s::uuid IS NULL OR customer_id = %(customer_id)s)",
            order="drafted_on DESC, reference DESC",
            cursor=cursor,
            limit=limit,
            status=status,
            customer_id=customer_id,
        )

    def line(self, contract_id: UUID) -> ContractLine | None:
        """One contract."""
        return self.one("SELECT * FROM {table} WHERE contract_id = %(contract_id)s", contract_id=contract_id)
