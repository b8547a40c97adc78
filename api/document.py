"""Documents over HTTP: what is kept, the bytes themselves, and who fetched them."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, TheOne
from api.described import hands_out, shows
from api.files import handed_out
from api.platform import ThePlatform
from api.routing import routes
from eventstore import Page
from projections.document_access import AccessLine, DocumentAccess
from projections.document_shelf import DocumentLine, DocumentShelf

router = routes("/documents", "document")


@router.get("", **shows(DocumentShelf, "about", may="document.read"))
def documents(about: UUID, read: Read) -> list[DocumentLine]:
    return read(DocumentShelf).about(about)


@router.get("/{document_id}", **shows(DocumentShelf, "line", may="document.read", name="Document", one=True))
def document(document_id: UUID, read: Read, found: TheOne) -> DocumentLine:
    return found(read(DocumentShelf).line(document_id))


@router.get(
    "/{document_id}/accesses", **shows(DocumentAccess, "of", DocumentShelf, may="document.accesses", one=True)
)
def accesses(
    document_id: UUID, read: Read, found: TheOne, cursor: Cursor = None, limit: Limit = 50
) -> Page[AccessLine]:
    found.exists(read(DocumentShelf).line(document_id))
    return read(DocumentAccess).of(document_id, cursor, limit)


@router.get(
    "/{document_id}/content", **hands_out("DocumentContent", "The bytes of a document.", may="document.read")
)
def content(document_id: UUID, platform: ThePlatform, identity: TheIdentity, request: Request) -> Response:
    return handed_out(platform, identity, request, document_id, via="account")
