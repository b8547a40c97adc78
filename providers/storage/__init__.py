"""Keeping documents: private, never overwritten, and checked against their SHA-256 whenever they are read."""

from __future__ import annotations

import re
from typing import Protocol
from uuid import UUID

from providers.errors import ProviderRefused

FOLDERS = {"contract": "contracts", "signed-copy": "signed", "quittance": "quittances"}
"""Where a document of each purpose is kept."""

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

KEY = re.compile(
    r"(?:contracts|signed|quittances)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{64}\.(?:pdf|png|jpg)"
)
"""What every key looks like. Nothing a person typed is ever part of one."""


class MissingDocument(ProviderRefused):
    """Nothing is stored under this key."""


class DamagedDocument(ProviderRefused):
    """The stored bytes no longer have the SHA-256 that was recorded; restore them from a backup."""


class KeyTaken(ProviderRefused):
    """Other bytes are already stored under this key, and nothing is ever overwritten."""


class Storage(Protocol):
    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes for good; they are on disk when this returns. Again with the same bytes changes nothing.

        key  made by ``key_for``

        Raises KeyTaken when other bytes are there, ProviderRefused when the key has another shape, ProviderDown
        when there is no room or no answer.
        """
        ...

    def get(self, key: str, sha256: str) -> bytes:
        """The bytes under ``key``, which have exactly this hex digest.

        Raises MissingDocument, DamagedDocument, or ProviderDown when there is no answer.
        """
        ...


def key_for(purpose: str, about: UUID, sha256: str, media_type: str) -> str:
    """Where to keep a document: ``contracts/<contract id>/<sha256>.pdf``.

    purpose  contract, signed-copy or quittance
    about    the contract or the loan it belongs to

    The digest is the version: a re-issue gets a key of its own, the same bytes get the same key.
    """
    return f"{FOLDERS[purpose]}/{about}/{sha256}.{ENDINGS[media_type]}"
