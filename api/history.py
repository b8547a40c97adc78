"""The history of a loan, a contract or a customer over HTTP: who did what, because of what, and what it changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request

from aggregates.payee import payee_id
from aggregates.servicing import servicing_id
from aggregates.values import CustomerId, LoanId
from api.auth import Identity, TheIdentity
from api.deps import Cursor, Limit, Opens, Read, TheOne
from api.described import offers
from api.platform import ThePlatform
from api.recorded import seen
from api.routing import routes
from api.telling import File, History, Proof, Related
from eventstore import BadCursor, NotFound, Projection
from projections.contact_file import ContactFile
from projections.contract_desk import ContractDesk
from projections.customer_file import CustomerFile
from projections.loan_book import LoanBook

router = routes("", "history")

_SAID = (
    "The history of a {what}: {streams}.\n\nOldest first. Every event with who did it, because of what, what it says and"
    " what it changed. The chain of every stream is verified on the way. Clients are told what their lists show them,"
    " and of the lender that it was the lender."
)


def _offered(
    name: str, what: str, streams: str, may: str, reads: tuple[type[Projection], ...]
) -> dict[str, Any]:
    return offers(
        name,
        _SAID.format(what=what, streams=streams),
        NotFound,
        BadCursor,
        may=may,
        recorded=True,
        reads=reads,
    )


_PROVED = (
    "The links of a {what}'s history.\n\nDigests from which anybody recomputes the chains, and compares the last link"
    " with one that was written down elsewhere."
)


def _proved(name: str, what: str) -> dict[str, Any]:
    return offers(name, _PROVED.format(what=what), NotFound, may="history.prove", recorded=True)


@router.get("/loans/{loan_id}/history", **_offered(
    "LoanHistory", "loan", "from the request to the payout, and its servicing", "loan.read", (LoanBook,)
))  # fmt: skip
def loan_history(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, request: Request,
    cursor: Cursor = None, limit: Limit = 50,
) -> History:  # fmt: skip
    line = found(read(LoanBook).line(loan_id))
    file = File(platform, identity, seen(request), [loan_id, servicing_id(LoanId(loan_id))])
    contract = [] if line.contract_id is None else [Related(kind="Contract", id=line.contract_id)]
    return file.page(cursor, limit, [*contract, Related(kind="Customer", id=line.customer_id)])


@router.get("/contracts/{contract_id}/history", **_offered(
    "ContractHistory", "contract", "from the draft to the signed copy", "contract.read", (ContractDesk,)
))  # fmt: skip
def contract_history(
    contract_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, request: Request,
    cursor: Cursor = None, limit: Limit = 50,
) -> History:  # fmt: skip
    line = found(read(ContractDesk).line(contract_id))
    file = File(platform, identity, seen(request), [contract_id])
    also = [Related(kind="Loan", id=line.loan_id), Related(kind="Customer", id=line.customer_id)]
    return file.page(cursor, limit, also)


@router.get("/customers/{customer_id}/history", **_offered(
    "CustomerHistory", "customer", "its details, its contacts and, with `payee.read`, its payee", "customer.read",
    (CustomerFile, ContactFile),
))  # fmt: skip
def customer_history(
    customer_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, request: Request,
    cursor: Cursor = None, limit: Limit = 50,
) -> History:  # fmt: skip
    found.exists(read(CustomerFile).line(customer_id))
    return File(platform, identity, seen(request), _of_customer(read, identity, customer_id)).page(
        cursor, limit, []
    )


# ── proofs ─────────────────────────────────────────────────────────────────


@router.get("/loans/{loan_id}/history/proof", **_proved("LoanProof", "loan"))
def loan_proof(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, request: Request
) -> Proof:
    found.exists(read(LoanBook).line(loan_id))
    return File(platform, identity, seen(request), [loan_id, servicing_id(LoanId(loan_id))]).proof()


@router.get("/contracts/{contract_id}/history/proof", **_proved("ContractProof", "contract"))
def contract_proof(
    contract_id: UUID,
    read: Read,
    found: TheOne,
    platform: ThePlatform,
    identity: TheIdentity,
    request: Request,
) -> Proof:
    found.exists(read(ContractDesk).line(contract_id))
    return File(platform, identity, seen(request), [contract_id]).proof()


@router.get("/customers/{customer_id}/history/proof", **_proved("CustomerProof", "customer"))
def customer_proof(
    customer_id: UUID,
    read: Read,
    found: TheOne,
    platform: ThePlatform,
    identity: TheIdentity,
    request: Request,
) -> Proof:
    found.exists(read(CustomerFile).line(customer_id))
    return File(platform, identity, seen(request), _of_customer(read, identity, customer_id)).proof()


def _of_customer(read: Opens, identity: Identity, customer: UUID) -> list[UUID]:
    contacts = [line.contact_id for line in read(ContactFile).of(customer)]
    payee = [payee_id(CustomerId(customer))] if "payee.read" in identity.permissions else []
    return [customer, *contacts, *payee]
