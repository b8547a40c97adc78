"""Files that go to the storage before they are handed in: announced, brought, named.

    POST …/signed-copy-uploads  size, type, SHA-256 ──▶ a form, and a permit
    the form's own address      the file            ──▶ 204: to S3, or to the door here where no browser gets there
    POST …/signed-copy          the permit          ──▶ fetched, examined and recorded like a file that came in a form

The browser does the same whichever storage there is. A form is good for one file of one digest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.auth import Identity
from api.bodies import is_json, said_in_json
from api.described import FORM, form_schema, offers
from api.files import Upload, form_of, the_file, uploaded
from api.platform import Platform, ThePlatform
from api.refusals import BrokenUpload, WrongMediaType
from api.routing import routes
from commands.fields import FileName, MediaType, Sha256, Size
from providers.checking import FileTooLarge
from providers.storage.permits import Announced, Permit, UploadAltered, UploadExpired, UploadInvalid

router = routes("/uploads", "document")

_TOKEN: dict[str, Any] = {"pattern": r"^[A-Za-z0-9_-]+$", "max_length": 300, "examples": ["AWxvbmctdG9rZW4"]}


class FileToCome(BaseModel):
    """A file as you will send it, to the byte."""

    model_config = ConfigDict(extra="forbid")

    size: Size
    media_type: MediaType
    sha256: Sha256 = Field(description="Of its bytes, in hex.")


class UploadOffer(BaseModel):
    """A form that takes this one file: POST it to `url` as multipart/form-data, the fields first, the file last."""

    upload: str = Field(
        description="Names the file when you hand it in, for a day.", examples=["AWxvbmctdG9rZW4"]
    )
    url: str = Field(examples=["https://quittance-documents.s3.eu-west-3.amazonaws.com/"])
    fields: dict[str, str] = Field(
        description="Send them unchanged; the field of the file is called `file`.",
        examples=[{"Content-Type": "application/pdf"}],
    )
    expires_at: datetime = Field(description="Until when the form is taken.")


class UploadedFile(BaseModel):
    """A file that was uploaded before."""

    model_config = ConfigDict(extra="forbid")

    upload: str = Field(description="`upload` of the offer.", **_TOKEN)
    file_name: FileName | None = Field(None, description="What you call it.")


def offered(platform: Platform, identity: Identity, about: UUID, file: FileToCome) -> UploadOffer:
    """The form for a file, and its permit. Announced again, it takes the place of the one before.

    Raises FileTooLarge.
    """
    if file.size > platform.settings.upload_limit:
        raise FileTooLarge(f"at most {platform.settings.upload_limit:,} bytes")
    name = uuid5(identity.account, f"upload {about}")
    announced = Announced(file.size, file.media_type, file.sha256)
    permit = platform.outside.permits.issue(name, about, identity.account, announced)
    form = platform.outside.storage.offer_upload(permit)
    return UploadOffer(upload=permit.token, url=form.url, fields=form.fields, expires_at=form.expires_at)


@asynccontextmanager
async def brought(
    request: Request, platform: Platform, identity: Identity, about: UUID
) -> AsyncIterator[Upload]:
    """The file of a request: in a form, or uploaded before and named in JSON.

    Raises what ``uploaded`` does, UploadInvalid, UploadExpired; reading it UploadMissing, UploadAltered.
    """
    if not is_json(request):
        async with uploaded(request, platform.settings.upload_limit) as upload:
            yield upload
        return
    named, outside = await said_in_json(request, UploadedFile), platform.outside
    permit = await run_in_threadpool(outside.permits.to_hand_in, named.upload, about, identity.account)
    file = permit.file
    yield Upload(lambda: outside.storage.uploaded(permit), file.size, named.file_name, file.media_type)


# ── the door, where browsers do not reach the storage ──────────────────────

Token = Annotated[str, Path(description="From the offer; it expires.", **_TOKEN)]

_TYPE = {"Content-Type": {"type": "string", "description": "As it was announced."}}


def _door() -> dict[str, Any]:
    said = "Take a file that was announced, where the offer says so. The permit in the address is the proof."
    kinds = (*FORM, WrongMediaType, FileTooLarge, UploadInvalid, UploadExpired, UploadAltered)
    settings = offers("TakeUpload", said, *kinds)
    settings["openapi_extra"]["requestBody"] = {"required": True, "content": form_schema(_TYPE)}
    return {**settings, "status_code": 204, "response_class": Response}


@router.post("/{token}", **_door())
async def take_upload(token: Token, request: Request, platform: ThePlatform) -> Response:
    permit = await run_in_threadpool(platform.outside.permits.to_bring, token)
    async with (
        form_of(request, permit.file.size, permit.by, fields=1) as form,
        request.app.state.whole_files,
    ):
        upload = _as_announced(form, permit)
        await run_in_threadpool(platform.outside.storage.take_upload, permit, upload.read())
    return Response(status_code=204)


def _as_announced(form: FormData, permit: Permit) -> Upload:
    if unknown := sorted(form.keys() - {"Content-Type", "file"}):
        raise BrokenUpload(f"{len(unknown)} fields are not of the form")
    upload = the_file(form, permit.file.size)
    # Who says nothing of its type has not lied: the bytes are those that were announced, and are looked at.
    if form.get("Content-Type", upload.declared) not in (None, permit.file.media_type):
        raise UploadAltered(f"it was announced as {permit.file.media_type}")
    return upload
