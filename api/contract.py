"""Contracts over HTTP, and the signed copy that comes back."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID, uuid5

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from aggregates.contract import Contract
from aggregates.values import DocumentId
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows, takes_a_file
from api.files import Upload, uploaded
from api.loan import OfCustomer
from api.platform import Platform, ThePlatform
from api.routing import routes
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy, RefuseSignedCopy, SendContractAgain
from eventstore import Page, Receipt, faults
from projections.contract_desk import ContractDesk, ContractLine
from providers.storage import key_for

router = routes("/contracts", "contract")

Status = Annotated[
    Literal["drafted", "rendered", "sent", "returned", "signed"] | None,
    Query(description="Only contracts in this state."),
]


@router.get("", **shows(ContractDesk, "lines", may="contract.read"))
def contracts(
    read: Read,
    status: Status = None,
    customer_id: OfCustomer = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ContractLine]:
    return read(ContractDesk).lines(status, customer_id, cursor, limit)


@router.get("/{contract_id}", **shows(ContractDesk, "line", may="contract.read", name="Contract", one=True))
def contract(contract_id: UUID, read: Read, found: TheOne) -> ContractLine:
    return found(read(ContractDesk).line(contract_id))


@router.post("/{contract_id}/send-again", **asks(SendContractAgain))
def send_contract_again(contract_id: UUID, command: SendContractAgain, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy/accept", **asks(AcceptSignedCopy))
def accept_signed_copy(contract_id: UUID, command: AcceptSignedCopy, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy/refuse", **asks(RefuseSignedCopy))
def refuse_signed_copy(contract_id: UUID, command: RefuseSignedCopy, send: Send) -> Receipt:
    return send(command, to=contract_id)


@router.post("/{contract_id}/signed-copy", **takes_a_file(ReceiveSignedCopy))
async def receive_signed_copy(
    contract_id: UUID, request: Request, platform: ThePlatform, identity: TheIdentity, send: Send
) -> Receipt:
    await run_in_threadpool(platform.store.load, Contract, contract_id, identity.customers)
    async with uploaded(request, platform.settings.upload_limit) as upload, request.app.state.whole_files:
        command = await run_in_threadpool(_kept, platform, contract_id, upload, send.command_id)
    return await run_in_threadpool(send, command, contract_id)


def _kept(platform: Platform, contract_id: UUID, upload: Upload, command_id: UUID) -> ReceiveSignedCopy:
    """Check the file, store its bytes, and say so; the same request again names the same document."""
    content = upload.file.read()
    facts = platform.outside.checking.check(content, upload.file_name, upload.declared)
    key = key_for("signed-copy", contract_id, facts.sha256, facts.media_type)
    platform.outside.storage.put(key, content)
    faults.reach("file-command")
    return ReceiveSignedCopy(
        document_id=DocumentId(UUID(bytes=uuid5(command_id, "document").bytes, version=4)),
        key=key,
        sha256=facts.sha256,
        size=facts.size,
        media_type=facts.media_type,
        pages=facts.pages,
        file_name=upload.file_name,
    )
