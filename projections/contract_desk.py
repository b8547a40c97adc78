"""The contract desk: every contract with where it stands, and the signed copies that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from aggregates.contract import Contract
from aggregates.rules.servicing_terms import Frequency
from eventstore import Page, Projection, Table, on
from projections.counts import StateCounts, counted
from projections.filters import CUSTOMER, NO_CUSTOMER, OF_CUSTOMER, Filters, ordered
from projections.line import Line

Sort = Literal[
    "drafted_on", "-drafted_on", "reference", "-reference", "principal", "-principal", "status", "-status",
    "customer", "-customer",
]  # fmt: skip

STATES: Final = ("drafted", "rendered", "sent", "returned", "signed", "expired")
"""In the order of a contract's life."""


class ContractLine(Line):
    contract_id: UUID
    reference: str
    """``K-2026-000123``."""
    loan_id: UUID
    customer_id: UUID
    contact_id: UUID
    status: str
    """drafted, rendered, sent, returned, signed or expired."""
    language: str
    """``fr`` or ``en``."""
    principal: int
    """Minor units of ``currency``."""
    currency: str
    rate: int
    """Basis points a year, nominal."""
    months: int
    """Number of instalments: as ``frequency`` says months, weeks, fortnights or quarters."""
    frequency: Frequency
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


class WaitingContracts(Line):
    """Contracts in one state that wait for somebody."""

    status: str
    count: int
    oldest: date
    """The day since when the one that waits longest does."""


class ContractEntry(ContractLine):
    """A contract with the names that go with it."""

    customer_name: str | None
    """Absent for a program that may not read customers."""
    customer_reference: str | None
    loan_reference: str | None
    """``L-2026-000123``."""
    product_id: UUID | None
    product_title_fr: str | None
    product_title_en: str | None


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts: all that is named has to fit."""

    status: tuple[str, ...] = ()
    product_id: UUID | None = None
    currency: str | None = None
    customer_id: UUID | None = None
    drafted_from: date | None = None
    drafted_to: date | None = None
    principal_from: int | None = None
    """Minor units."""
    principal_to: int | None = None
    q: str = ""
    """A reference or how it begins, a number, or words of the customer's name."""

    def asked(self, status: bool = True) -> Filters:
        """As conditions; ``status``: whether the states count, too."""
        kept = (
            Filters()
            .one_of("contract.status", self.status if status else ())
            .equal("contract.currency", self.currency)
            .equal("contract.customer_id", self.customer_id)
            .span("contract.drafted_on", self.drafted_from, self.drafted_to)
            .span("contract.principal", self.principal_from, self.principal_to)
            .searched(self.q, "contract.reference", "contract.customer_id", "K")
        )
        return kept.within(
            "contract.loan_id", "SELECT loan_id FROM {LoanBook}", "product_id", self.product_id
        )


_SORTS: Final = {
    "drafted_on": "drafted_on, reference, contract_id",
    "reference": "reference, contract_id",
    "principal": "currency, principal, contract_id",
    "status": "stage_sort, drafted_on, reference, contract_id",
    "customer": "customer_sort, lead_sort, contract_id",
}
"""By the word that is asked for: the columns, none of them ever null. Amounts of one currency stand together."""


class ContractDesk(Projection):
    """``stage_sort`` is the place of the status in STATES."""

    version = 4
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
            stage_sort           smallint NOT NULL,
            language             char(2) NOT NULL,
            principal            bigint NOT NULL,
            currency             char(3) NOT NULL,
            rate                 int NOT NULL,
            months               int NOT NULL,
            frequency            text NOT NULL,
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
        CREATE INDEX ON {table} (drafted_on, reference, contract_id);
        CREATE INDEX ON {table} (reference, contract_id);
        CREATE INDEX ON {table} (currency, principal, contract_id);
        CREATE INDEX ON {table} (stage_sort, drafted_on, reference, contract_id);
        CREATE INDEX ON {table} (status, drafted_on, reference, contract_id);
        CREATE INDEX ON {table} (customer_id, drafted_on, reference, contract_id)"""

    @on(Contract.Drafted)
    def _drafted(self, e: Contract.Drafted, table: Table) -> None:
        table.put(
            contract_id=e.originator_id,
            reference=e.reference,
            loan_id=e.loan_id,
            customer_id=e.customer_id,
            contact_id=e.contact_id,
            **_in("drafted"),
            language=e.language,
            principal=e.principal.minor,
            currency=e.principal.currency,
            rate=e.rate,
            months=e.months,
            frequency=e.terms.frequency if e.terms else "monthly",
            planned_payout_on=e.planned_payout_on,
            drafted_on=e.drafted_on,
            version=e.originator_version,
        )

    @on(Contract.Rendered)
    def _rendered(self, e: Contract.Rendered, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("rendered"),
            document_id=e.document_id,
            sha256=e.sha256,
            pages=e.pages,
            version=e.originator_version,
        )

    @on(Contract.Sent)
    def _sent(self, e: Contract.Sent, table: Table) -> None:
        table.patch(e.originator_id, **_in("sent"), sent_on=e.on, version=e.originator_version)

    @on(Contract.SendingAsked)
    def _sending_asked(self, e: Contract.SendingAsked, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version)

    @on(Contract.SignedCopyReceived)
    def _copy_received(self, e: Contract.SignedCopyReceived, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("returned"),
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
            **_in("sent"),
            copy_id=None,
            copy_sha256=None,
            copy_received_on=None,
            copy_refused_because=e.reason.open(),
            version=e.originator_version,
        )

    @on(Contract.Signed)
    def _signed(self, e: Contract.Signed, table: Table) -> None:
        table.patch(e.originator_id, **_in("signed"), signed_on=e.signed_on, version=e.originator_version)

    @on(Contract.Expired)
    def _expired(self, e: Contract.Expired, table: Table) -> None:
        table.patch(e.originator_id, **_in("expired"), version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        asked: ContractFilter = ContractFilter(),
        sort: Sort = "-drafted_on",
        cursor: str | None = None,
        limit: int = 50,
        named: bool = True,
    ) -> Page[ContractEntry]:
        """The contracts, newest first unless they are sorted otherwise.

        All of them unless a filter is named. Amounts are sorted within their currency.
        """
        query, values = _listed(asked, sort)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        return self.page(
            query,
            order=order,
            cursor=cursor,
            limit=limit,
            into=ContractEntry,
            solid=True,
            beside=_beside(named),
            led=not asked.q.strip(),
            **values,
        )

    def export_of(
        self, asked: ContractFilter, sort: Sort, named: bool, most: int
    ) -> Iterator[list[ContractEntry]]:
        """The contracts of a list, all of them, to take away as CSV."""
        query, values = _listed(asked, sort)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        return self.export(query, order=order, most=most, into=ContractEntry, beside=_beside(named), **values)

    def counts(self, asked: ContractFilter = ContractFilter()) -> StateCounts:
        """How many contracts there are in each state.

        The filters count, but for the states themselves.
        """
        return counted(self, "contract", asked.asked(status=False), STATES)

    def line(self, contract_id: UUID, named: bool = True) -> ContractEntry | None:
        """One contract."""
        columns, joins = _beside(named)
        one = "SELECT * FROM {table} WHERE contract_id = %(contract_id)s"
        query = f"SELECT list.*, {columns} FROM ({one}) AS list {joins}"
        return self.one(query, ContractEntry, contract_id=contract_id)

    def these(self, contract_ids: Iterable[UUID]) -> list[ContractLine]:
        """Some contracts."""
        return self.rows(
            "SELECT * FROM {table} WHERE contract_id = ANY(%(ids)s::uuid[])", ids=list(contract_ids)
        )

    def waiting(self) -> list[WaitingContracts]:
        """The contracts that are out to be signed, and those whose copy waits for a decision."""
        return self.rows(
            "SELECT status, count(*) AS count, min(coalesce(copy_received_on, sent_on, drafted_on)) AS oldest"
            " FROM {table} WHERE status IN ('rendered', 'sent', 'returned') GROUP BY status ORDER BY status",
            into=WaitingContracts,
        )


def _listed(asked: ContractFilter, sort: Sort) -> tuple[str, dict[str, Any]]:
    """The query of a list with what it is sorted by, and its values."""
    kept, column, join = asked.asked(), "NULL", ""
    if sort.lstrip("-") == "customer":
        # Who is not in the customer file yet comes in with the file.
        column = "customer.name_sort AS customer_sort, customer.customer_id AS lead_sort"
        join = "JOIN {CustomerFile} AS customer ON customer.customer_id = contract.customer_id"
    return f"SELECT contract.*, {column} FROM {{table}} AS contract {join} WHERE {kept.sql}", kept.values


def _beside(named: bool) -> tuple[str, str]:
    """Names, looked up for the rows that are shown; those of customers for whoever may read customers."""
    columns = f"""{CUSTOMER if named else NO_CUSTOMER}, loan.reference AS loan_reference, loan.product_id,
        loan.title_fr AS product_title_fr, loan.title_en AS product_title_en"""
    return (
        columns,
        f"""{OF_CUSTOMER if named else ""}
        LEFT JOIN LATERAL (
            SELECT book.reference, book.product_id, title_fr, title_en
            FROM {{LoanBook}} AS book LEFT JOIN {{ProductList}} AS product ON product.product_id = book.product_id
            WHERE book.loan_id = list.loan_id LIMIT 1
        ) AS loan ON true""",
    )


def _in(status: str) -> dict[str, str | int]:
    return {"status": status, "stage_sort": STATES.index(status)}
