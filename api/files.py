"""Files over HTTP: one file in, streamed to disk and stopped at the limit; one document out, never to be run."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID, uuid4

import structlog
from fastapi import Request, Response
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from aggregates.document import Document, Via
from api.auth import Identity, identified
from api.bodies import limited
from api.deps import asker, dispatch
from api.origin import client_address
from api.platform import Platform
from api.recorded import seen
from api.refusals import BrokenUpload, DocumentDamaged, TooManyUploads, TooSlow, WrongMediaType
from commands.document import RecordDownload
from providers.checking import FileTooLarge
from providers.storage import ENDINGS, DamagedDocument, MissingDocument

FRAME = 16_384
"""Bytes that a form may add to its file: boundaries and headers of the part."""

PATIENCE = 600.0
"""Seconds that an upload may take: 50 MiB at 0.7 Mbit/s."""

STALLED = 20.0
"""Seconds without a byte after which an upload is given up."""

AT_ONCE, OF_ONE = 16, 3
"""Uploads that are received at the same time, by everybody and by one account: each takes its size on disk."""

ELSEWHERE = 60
"""Seconds for which an address of the storage hands a document out."""

NEVER_RUN = {
    "Content-Security-Policy": "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "X-Download-Options": "noopen",
}

log = structlog.get_logger("api")


@dataclass(frozen=True)
class Upload:
    """One file as it was sent, on disk beyond a megabyte, or in the storage."""

    read: Callable[[], bytes]
    """All of it; called once, where there is room for it."""
    size: int
    """Bytes."""
    file_name: str | None
    declared: str | None
    """The media type that the sender says; what it is, is looked at."""


class Uploads:
    """The uploads that are being received by this process; counted on its event loop."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()

    @contextmanager
    def place(self, account: UUID) -> Iterator[None]:
        """Holds a place meanwhile. Raises TooManyUploads."""
        if self._of.total() >= AT_ONCE or self._of[account] >= OF_ONE:
            raise TooManyUploads("wait until one of them is done")
        self._of[account] += 1
        try:
            yield
        finally:
            self._of[account] -= 1
            self._of += Counter()  # forgets who has none


@asynccontextmanager
async def uploaded(request: Request, limit: int) -> AsyncIterator[Upload]:
    """The one file of a form, in its field ``file``.

    limit  bytes of the file; nothing beyond is read

    Raises WrongMediaType, BrokenUpload, FileTooLarge, TooSlow, or TooManyUploads.
    """
    async with form_of(request, limit, (await identified(request)).account) as form:
        yield the_file(form, limit)


@asynccontextmanager
async def form_of(request: Request, limit: int, account: UUID, fields: int = 0) -> AsyncIterator[FormData]:
    """A form with one file and so many fields, read in the account's place. Raises what ``uploaded`` does."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise WrongMediaType("send multipart/form-data with one file in the field file")
    uploads: Uploads = request.app.state.uploads
    with uploads.place(account):
        form = await _received(request, limit + FRAME, fields)
    try:
        yield form
    finally:
        await form.close()


async def _received(request: Request, limit: int, fields: int) -> FormData:
    body = _never_stalled(limited(request, limit, FileTooLarge))
    try:
        async with asyncio.timeout(PATIENCE):
            return await MultiPartParser(request.headers, body, max_files=1, max_fields=fields).parse()
    except MultiPartException as error:
        raise BrokenUpload(error.message) from None
    except FormParserError:
        raise BrokenUpload("the form cannot be read") from None
    except TimeoutError:
        raise TooSlow(f"an upload has to arrive within {PATIENCE:.0f} s") from None


async def _never_stalled(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    while True:
        async with asyncio.timeout(STALLED):
            chunk = await anext(body, None)
        if chunk is None:
            return
        yield chunk


def the_file(form: FormData, limit: int) -> Upload:
    """Raises BrokenUpload without one, or FileTooLarge."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise BrokenUpload("the form has no file in the field file")
    if (file.size or 0) > limit:
        raise FileTooLarge(f"at most {limit:,} bytes")
    return Upload(file.file.read, file.size or 0, file_name(file.filename), file.content_type)


def file_name(sent: str | None) -> str | None:
    """What a sender calls a file, without folders and without characters that cannot be seen; None without a name."""
    last = re.split(r"[/\\]", sent or "")[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    name = re.sub(r"\s+", " ", seen).strip(" .")[-200:].strip()
    return name if any(c.isalnum() for c in name) else None


def handed_out(
    platform: Platform,
    identity: Identity,
    request: Request,
    document_id: UUID,
    via: Via,
    elsewhere: bool = False,
) -> Response:
    """The bytes of a document, compared with their digest again; that they were fetched is recorded first.

    elsewhere  lead on to the storage where it hands out by itself: its own digest is compared, and its address is good
               for ELSEWHERE seconds to whoever has it
    """
    request.scope["identity"] = identity
    document = platform.store.load(Document, document_id, identity.customers)
    shown = seen(request)
    shown.resource = document_id
    if document.owner is not None:
        shown.customers.add(document.owner)
    try:
        answer = _led_on(platform, document) if elsewhere else None
        answer = answer or delivered(document, platform.outside.storage.get(document.key, document.sha256))
    except (MissingDocument, DamagedDocument) as error:
        log.error("document damaged", document=str(document_id), kind=type(error).__name__)
        raise DocumentDamaged("its bytes are not the ones whose digest was recorded") from None
    ip, program = sender_of(request)
    fetched = RecordDownload(via=via, ip=ip, user_agent=program)
    dispatch(platform, asker(platform, identity, request), fetched, document_id, None, uuid4())
    return answer


def _led_on(platform: Platform, document: Document) -> Response | None:
    """The way to the storage's own copy; None where it comes through us alone."""
    # By its reference: what its sender called it is personal, and addresses are written down on the way.
    called = f"{document.reference}.{ENDINGS[document.media_type]}"
    address = platform.outside.storage.download_url(document.key, document.sha256, called, ELSEWHERE)
    if address is None:
        return None
    return Response(
        status_code=303, headers={**NEVER_RUN, "Location": address, "ETag": f'"{document.sha256}"'}
    )


def delivered(document: Document, content: bytes) -> Response:
    """A document as an attachment that no browser opens by itself."""
    called = (document.file_name.open() if document.file_name else "") or ""
    name = called or f"{document.reference}.{ENDINGS[document.media_type]}"
    headers = {**NEVER_RUN, "Content-Disposition": disposition(name), "ETag": f'"{document.sha256}"'}
    return Response(content, media_type=document.media_type, headers=headers)


def disposition(name: str) -> str:
    """An attachment by name; a plain spelling first, for programs that know no other. Source: RFC 6266, RFC 8187."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", folded).strip() or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def sender_of(request: Request) -> tuple[str, str]:
    """Address and program of whoever fetches, for the log of accesses; bounded, and without control characters."""
    program = request.headers.get("user-agent", "")
    shown = "".join(c for c in program if c.isprintable())[:300].strip()
    return client_address(request), shown or "unknown"
