"""What happened lately over HTTP: the newest first, of what whoever asks may see. Live updates say when to look again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field, JsonValue

from aggregates.permissions import SELF, is_staff
from aggregates.values import Money
from api import by_position
from api.actors import Actor, Actors
from api.auth import Identity, TheIdentity
from api.deps import Cursor, Limit, Opens, Read
from api.described import offers
from api.live import SHOWN
from api.platform import ThePlatform
from api.recorded import seen
from api.routing import routes
from eventstore import KINDS, Aggregate, BadCursor, Page, Recorded
from eventstore.store import END
from projections.contract_desk import ContractDesk, ContractLine
from projections.customer_file import CustomerFile, CustomerLine
from projections.document_shelf import DocumentLine, DocumentShelf
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook, LoanLine

router = routes("", "activity")

TOLD: Final = (
    "Customer", "Contact", "Payee", "Loan", "Contract", "Servicing", "Document", "LoanProduct", "LegalRates", "IndexRates", "Organisation", "StopSwitch", "BusinessDay",
)  # fmt: skip
"""Aggregates whose events are news to people."""

ECHOES: Final = frozenset({
    "BusinessDay.YearBegun", "Document.Downloaded", "Document.Kept", "IndexRates.Begun", "LegalRates.Begun", "Loan.ContractSigned", "Payee.Begun", "Servicing.Opened", "Servicing.Repaid",
})  # fmt: skip
"""Events that say again what another one has said, or that have a list of their own."""

TOO_MANY: Final = frozenset({"Contract.Drafted", "Contract.Rendered", "Servicing.InstalmentFellDue"})
"""Events that follow from others by the thousand: news to the client, none to the lender."""

KINDS_TOLD: Final[list[JsonValue]] = [
    kind for kind in KINDS if kind.partition(".")[0] in TOLD and kind not in ECHOES
]


class ActivityEntry(BaseModel):
    """One thing that happened."""

    position: str = Field(description="Place in the store.", examples=["4295098369"])
    event: str = Field(examples=["Loan.Approved"], json_schema_extra={"enum": KINDS_TOLD})
    kind: str = Field(description="Of what it happened to.", examples=["Loan"])
    id: UUID = Field(description="Of what it happened to.")
    version: int = Field(ge=1, examples=[2])
    on: date = Field(description="The business date.")
    at: datetime = Field(description="When it was recorded, by the database's clock, which never lapses.")
    by: Actor
    loan_id: UUID | None = Field(description="The loan that it is about, where it is about one.")
    reference: str | None = Field(description="Of the document, the loan, the contract or the customer.")
    amount: int | None = Field(description="Minor units of `currency`, where it is about money.")
    currency: str | None
    customer_id: UUID | None = Field(description="Whose it is; absent for what is the house's.")
    customer: str | None = Field(description="Their name; told to staff.", examples=["Awa Koné"])


@router.get("/activity", **offers(
    "Activity",
    "What happened lately, the newest first.\n\nOf the customers that the account acts for; for staff also what happened"
    " to the house.",
    BadCursor, may=SELF, recorded=True, reads=(LoanBook, ContractDesk, DocumentShelf, LoanAccount, CustomerFile),
))  # fmt: skip
def activity(
    read: Read,
    platform: ThePlatform,
    identity: TheIdentity,
    request: Request,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ActivityEntry]:
    before = END if cursor is None else by_position.read("activity", cursor)
    rows = platform.store.latest(kinds_for(identity), identity.customers, before, limit + 1)
    shown, more = rows[:limit], len(rows) > limit
    seen(request).customers.update(row.owner for row in shown if row.owner is not None)
    about = _About(read, shown, is_staff(identity.roles))
    actors = Actors(platform, identity, {row.event().meta.by for row in shown})
    items = [about.entry(row, actors) for row in shown]
    return Page(items=items, next=by_position.written("activity", shown[-1].position) if more else None)


def kinds_for(identity: Identity) -> list[str]:
    """The events that somebody is told of: they could read what changed, as with live updates."""
    quiet = TOO_MANY if is_staff(identity.roles) else frozenset[str]()
    return [
        str(kind)
        for kind in KINDS_TOLD
        if kind not in quiet and SHOWN[str(kind).partition(".")[0]] in identity.permissions
    ]


class _About:
    """What the events of a page are about, read at once."""

    def __init__(self, read: Opens, rows: Sequence[Recorded], staff: bool) -> None:
        ids: dict[str, set[UUID]] = {}
        for row in rows:
            ids.setdefault(_kind(row), set()).add(row.stream_id)
        accounts = read(LoanAccount).these(ids.get("Servicing", ()))
        self._loan_of: dict[UUID, UUID] = {account.servicing_id: account.loan_id for account in accounts}
        contracts: list[ContractLine] = read(ContractDesk).these(ids.get("Contract", ()))
        self._contracts = {contract.contract_id: contract for contract in contracts}
        papers: list[DocumentLine] = read(DocumentShelf).these(ids.get("Document", ()))
        self._papers = {paper.document_id: paper for paper in papers}
        self._loan_of |= {paper.document_id: paper.about for paper in papers}
        loans: list[LoanLine] = read(LoanBook).these(ids.get("Loan", set()) | set(self._loan_of.values()))
        self._loans = {loan.loan_id: loan for loan in loans}
        owners = {row.owner for row in rows if row.owner is not None}
        customers: list[CustomerLine] = read(CustomerFile).these(owners)
        self._customers = {customer.customer_id: customer for customer in customers}
        self._staff = staff

    def entry(self, row: Recorded, actors: Actors) -> ActivityEntry:
        event = row.event()
        loan = self._loans.get(self._loan_of.get(row.stream_id, row.stream_id))
        contract = self._contracts.get(row.stream_id)
        customer = self._customers.get(row.owner) if row.owner is not None else None
        line = contract or loan
        named = self._papers.get(row.stream_id) or line or (customer if _kind(row) == "Customer" else None)
        of_all = _kind(row) not in ("Servicing", "Document")
        principal = Money(line.principal, line.currency) if line and of_all else None
        amount = _amount(event) or principal
        return ActivityEntry(
            position=str(row.position), event=row.kind, kind=_kind(row), id=row.stream_id, version=row.version,
            on=event.meta.on, at=row.recorded_at, by=actors.of(event.meta.by),
            loan_id=line.loan_id if line else None,
            reference=named.reference if named else None,
            amount=amount.minor if amount else None, currency=amount.currency if amount else None,
            customer_id=row.owner, customer=customer.name if customer and self._staff else None,
        )  # fmt: skip


def _amount(event: Aggregate.Event) -> Money | None:
    """The money that the event itself is about."""
    if event.kind == "Servicing.InstalmentFellDue":
        parts: tuple[Money, Money] = (vars(event)["interest"], vars(event)["principal"])
        return parts[0] + parts[1]
    found = vars(event).get("amount")
    return found if isinstance(found, Money) else None


def _kind(row: Recorded) -> str:
    return row.kind.partition(".")[0]
