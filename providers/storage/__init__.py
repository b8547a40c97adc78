"""Keeping documents: private, never overwritten, and checked against their SHA-256 whenever they are read.

What a sender brings lies in ``incoming/`` first; a document is what we examined and put under a key of its own:

    offer_upload ──▶ the sender posts the file ──▶ incoming/<name> ──▶ uploaded ──▶ examined ──▶ put
                                                       └── swept away a day later, whatever became of it
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from providers.errors import ProviderRefused
from providers.storage.permits import Permit

FOLDERS = {
    "information": "information",
    "contract": "contracts",
    "signed-copy": "signed",
    "schedule": "schedules",
    "quittance": "quittances",
}
"""Where a document of each purpose is kept."""

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

KEY = re.compile(
    r"(?:information|contracts|signed|schedules|quittances)"
    r"/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{64}\.(?:pdf|png|jpg)"
)
"""What every key looks like. Nothing a person typed is ever part of one."""


class MissingDocument(ProviderRefused):
    """Nothing is stored under this key."""


class DamagedDocument(ProviderRefused):
    """The stored bytes no longer have the SHA-256 that was recorded; restore them from a backup."""


class KeyTaken(ProviderRefused):
    """Other bytes are already stored under this key, and nothing is ever overwritten."""


@dataclass(frozen=True)
class UploadForm:
    """A form that a browser sends as it is, with the file as its last field ``file``; answered with 204."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


def form_at(door: str, permit: Permit) -> UploadForm:
    """The form where our own API takes the file; ``door`` is its address without the permit."""
    return UploadForm(door + permit.token, {"Content-Type": permit.file.media_type}, permit.expires_at)


class Storage(Protocol):
    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes for good; they are on disk when this returns. Again with the same bytes changes nothing.

        key  made by ``key_for``

        Raises KeyTaken when other bytes are there, ProviderRefused when the key has another shape, ProviderDown
        when there is no room or no answer: it may have happened then, and putting the same again is harmless.
        """
        ...

    def get(self, key: str, sha256: str) -> bytes:
        """The bytes under ``key``, which have exactly this hex digest.

        Raises MissingDocument, DamagedDocument, or ProviderDown when there is no answer.
        """
        ...

    def download_url(self, key: str, sha256: str, called: str, seconds: int) -> str | None:
        """An address that hands the bytes out without us, as an attachment, to whoever has it, until it expires.

        called   the name that the attachment gets; nothing personal, because addresses are written down on the way
        returns  None where the bytes come through us alone

        Raises MissingDocument, DamagedDocument, or ProviderDown when there is no answer.
        """
        ...

    def offer_upload(self, permit: Permit) -> UploadForm:
        """A form for the one file of a permit; another size, type or digest is refused where it is sent. Asks nobody."""
        ...

    def take_upload(self, permit: Permit, content: bytes) -> None:
        """The same for bytes that came to us. Raises UploadAltered, or ProviderDown."""
        ...

    def uploaded(self, permit: Permit) -> bytes:
        """What was brought for a permit. Raises UploadMissing, UploadAltered, or ProviderDown."""
        ...

    def sweep(self) -> int:
        """Remove what was brought more than a day ago; returns how many files, 0 where the storage does it itself."""
        ...


def key_for(purpose: str, about: UUID, sha256: str, media_type: str) -> str:
    """Where to keep a document: ``contracts/<contract id>/<sha256>.pdf``.

    purpose  one of FOLDERS
    about    the contract or the loan it belongs to

    The digest is the version: a re-issue gets a key of its own, the same bytes get the same key.
    """
    return f"{FOLDERS[purpose]}/{about}/{sha256}.{ENDINGS[media_type]}"
