"""Contracts over HTTP, and the signed copy that comes back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4, uuid5

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from aggregates.contract import Contract, NotAwaitingSignature, UnsignedCopy
from aggregates.values import DocumentId
from api import asked, columns
from api.asked import FromAmount, FromDay, InCurrency, Named, OfCustomer, OfProduct, ToAmount, ToDay, Words
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, Send, Sender, TheOne, asker
from api.described import asks, offers, shows, takes_a_file
from api.export import MOST, Export, ToTakeAway, takes_away
from api.files import Upload
from api.platform import Platform, ThePlatform
from api.routing import routes
from api.upload import FileToCome, UploadedFile, UploadOffer, brought, offered
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy, RefuseSignedCopy, SendContractAgain
from eventstore import NotFound, Page, Receipt, faults
from projections.contract_desk import STATES, ContractDesk, ContractEntry, ContractFilter, Sort
from projections.counts import StateCounts
from projections.customer_file import CustomerFile
from projections.loan_book import LoanBook
from providers.checking import FileFacts, FileTooLarge
from providers.storage import key_for

router = routes("/contracts", "contract")

Status = Annotated[str | None, asked.states(STATES, "Only contracts in this state.")]
Sorted = Annotated[
    Sort, Query(description="By what; the other way round with a minus. Amounts within their currency.")
]


async def contract_filter(
    identity: TheIdentity, status: Status = None, product_id: OfProduct = None, currency: InCurrency = None,
    customer_id: OfCustomer = None, drafted_from: FromDay = None, drafted_to: ToDay = None,
    principal_from: FromAmount = None, principal_to: ToAmount = None, q: Words = "",
) -> ContractFilter:  # fmt: skip
    asked.needs_names(identity, q)
    return ContractFilter(
        asked.several(status), product_id, currency, customer_id, drafted_from, drafted_to, principal_from,
        principal_to, q,
    )  # fmt: skip


Which = Annotated[ContractFilter, Depends(contract_filter)]


@router.get("", **shows(ContractDesk, "lines", CustomerFile, LoanBook, may="contract.read"))
def contracts(
    read: Read, which: Which, named: Named, identity: TheIdentity, sort: Sorted = "-drafted_on",
    cursor: Cursor = None, limit: Limit = 50,
) -> Page[ContractEntry]:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return read(ContractDesk).lines(which, sort, cursor, limit, named)


@router.get("/counts", **shows(ContractDesk, "counts", may="contract.read", name="ContractCounts"))
def contract_counts(read: Read, which: Which) -> StateCounts:
    return read(ContractDesk).counts(which)


@router.get("/export", **takes_away("ExportContracts", "The contracts", may="contract.read"))
def export_contracts(
    read: Read, which: Which, named: Named, identity: TheIdentity, answer: ToTakeAway,
    sort: Sorted = "-drafted_on",
) -> Export:  # fmt: skip
    asked.needs_names(identity, "", sort)
    return answer("contracts", columns.CONTRACTS, read(ContractDesk).export_of(which, sort, named, MOST))


@router.get(
    "/{contract_id}",
    **shows(ContractDesk, "line", CustomerFile, LoanBook, may="contract.read", name="Contract", one=True),
)
def contract(contract_id: UUID, read: Read, found: TheOne, named: Named) -> ContractEntry:
    return found(read(ContractDesk).line(contract_id, named))


@router.post("/{contract_id}/send-again", **asks(SendContractAgain))
def send_contract_again(contract_id: UUID, command: SendContractAgain, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy/accept", **asks(AcceptSignedCopy))
def accept_signed_copy(contract_id: UUID, command: AcceptSignedCopy, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy/refuse", **asks(RefuseSignedCopy))
def refuse_signed_copy(contract_id: UUID, command: RefuseSignedCopy, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy-uploads", **offers(
    "OfferSignedCopyUpload",
    "Announce a signed copy that goes to the storage first; small ones may be handed in at once. Nothing is recorded, and"
    " announced again it replaces the one before.",
    NotFound, FileTooLarge, NotAwaitingSignature, UnsignedCopy, may="contract.return", body=True,
))  # fmt: skip
def offer_signed_copy_upload(
    contract_id: UUID,
    file: FileToCome,
    request: Request,
    platform: ThePlatform,
    identity: TheIdentity,
    read: Read,
    found: TheOne,
) -> UploadOffer:
    # Both walls: nothing is appended here, which the database would look at.
    found.exists(read(ContractDesk).line(contract_id))
    copy = _copy(contract_id, FileFacts(file.media_type, 1, file.sha256, file.size), None, uuid4())
    platform.store.would(copy, asker(platform, identity, request), contract_id)
    return offered(platform, identity, contract_id, file)


@router.post("/{contract_id}/signed-copy", **takes_a_file(ReceiveSignedCopy, UploadedFile))
async def receive_signed_copy(
    contract_id: UUID, request: Request, platform: ThePlatform, identity: TheIdentity, send: Send
) -> Receipt:
    await run_in_threadpool(platform.store.load, Contract, contract_id, identity.customers)
    async with brought(request, platform, identity, contract_id) as upload, request.app.state.whole_files:
        command = await run_in_threadpool(_kept, platform, contract_id, upload, send)
    return await run_in_threadpool(send, command, contract_id)


def _kept(platform: Platform, contract_id: UUID, upload: Upload, send: Sender) -> ReceiveSignedCopy:
    """Check the file, store its bytes, and say so; the same request again names the same document."""
    content = upload.read()
    facts = platform.outside.checking.check(content, upload.file_name, upload.declared)
    command = _copy(contract_id, facts, upload.file_name, send.command_id)
    # What is refused leaves no bytes behind: the storage may keep them for ten years, whoever regrets it.
    send.would(command, contract_id)
    platform.outside.storage.put(command.key, content)
    faults.reach("file-command")
    return command


def _copy(contract_id: UUID, facts: FileFacts, file_name: str | None, command_id: UUID) -> ReceiveSignedCopy:
    return ReceiveSignedCopy(
        document_id=DocumentId(UUID(bytes=uuid5(command_id, "document").bytes, version=4)),
        key=key_for("signed-copy", contract_id, facts.sha256, facts.media_type),
        sha256=facts.sha256,
        size=facts.size,
        media_type=facts.media_type,
        pages=facts.pages,
        file_name=file_name,
    )
