"""Documents over HTTP: what is kept, the bytes themselves, and who fetched them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from aggregates.document import Purpose
from api import columns
from api.asked import FromDay, Named, OfCustomer, ToDay, Words, needs_names
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read, TheOne
from api.described import hands_out, shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.files import handed_out
from api.platform import ThePlatform
from api.routing import routes
from eventstore import Page
from projections.customer_file import CustomerFile
from projections.document_access import AccessLine, DocumentAccess
from projections.document_shelf import DocumentEntry, DocumentFilter, DocumentLine, DocumentShelf, Sort

router = routes("/documents", "document")

Way = Annotated[
    Literal["through-us", "direct"],
    Query(
        description="`direct`: by a redirection to the storage, where it hands out files itself; for large ones."
        " What arrives has the SHA-256 in `ETag`: compare it."
    ),
]


About = Annotated[
    UUID | None, Query(description="Only of this contract, or of this loan for its other papers.")
]
OfPurpose = Annotated[Purpose | None, Query(description="Only documents of this kind.")]
Sorted = Annotated[Sort, Query(description="By what; the other way round with a minus.")]


async def document_filter(
    identity: TheIdentity, about: About = None, customer_id: OfCustomer = None, purpose: OfPurpose = None,
    kept_from: FromDay = None, kept_to: ToDay = None, q: Words = "",
) -> DocumentFilter:  # fmt: skip
    needs_names(identity, q)
    return DocumentFilter(about, customer_id, purpose, kept_from, kept_to, q)


Which = Annotated[DocumentFilter, Depends(document_filter)]


@router.get("", **shows(DocumentShelf, "lines", CustomerFile, may="document.read"))
def documents(
    read: Read,
    which: Which,
    named: Named,
    sort: Sorted = "-kept_on",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DocumentEntry]:
    return read(DocumentShelf).lines(which, sort, cursor, limit, named)


@router.get("/export", **takes_away("ExportDocuments", "The facts of the documents", may="document.read"))
def export_documents(
    read: Read, which: Which, named: Named, answer: ToTakeAway, sort: Sorted = "-kept_on"
) -> Export:
    return answer("documents", columns.DOCUMENTS, read(DocumentShelf).export_of(which, sort, named, MOST))


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
    "/{document_id}/content",
    **hands_out("DocumentContent", "The bytes of a document.", may="document.read", elsewhere=True),
)
def content(
    document_id: UUID, platform: ThePlatform, identity: TheIdentity, request: Request, way: Way = "through-us"
) -> Response:
    return handed_out(platform, identity, request, document_id, "account", way == "direct")
