"""How a secret lies in the table: AES-256-GCM under a key derived from the key-encryption key, bound to its place."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import Connection

from eventstore.keks import Keks

PURPOSE = b"quittance secrets of accounts"
BATCH = 1_000

_PAGE = """
    SELECT secret_id, account_id, kind, version, sealed FROM access.secrets
    WHERE secret_id > %s ORDER BY secret_id LIMIT %s
"""
_REPLACE = "UPDATE access.secrets SET sealed = %s WHERE secret_id = %s AND version = %s AND sealed = %s"


class SecretBroken(Exception):
    """The sealed value does not open: it was moved, changed, put back, or sealed under another key."""


class Bound(NamedTuple):
    """What a sealed value is bound to: elsewhere it does not open."""

    id: UUID
    account: UUID
    kind: str
    version: int

    def associated(self) -> bytes:
        return self.id.bytes + self.account.bytes + struct.pack(">i", self.version) + self.kind.encode()


class Seals:
    """Seals under the newest key-encryption key and opens under each that lives."""

    def __init__(self, keks: Keks) -> None:
        self._keks = keks
        self._ciphers: dict[bytes, AESGCM] = {}

    def seal(self, value: bytes, to: Bound) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._every()[0].encrypt(nonce, value, to.associated())

    def open(self, sealed: bytes, to: Bound) -> bytes:
        """Raises SecretBroken."""
        for cipher in self._every():
            if (value := _opened(cipher, sealed, to)) is not None:
                return value
        raise SecretBroken(f"{to.kind} {to.id}")

    def is_newest(self, sealed: bytes, to: Bound) -> bool:
        return _opened(self._every()[0], sealed, to) is not None

    def _every(self) -> list[AESGCM]:
        keks = self._keks.every()
        if keks != tuple(self._ciphers):
            self._ciphers = {
                kek: self._ciphers.get(kek) or AESGCM(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(kek))
                for kek in keks
            }
        return list(self._ciphers.values())


def reseal(owner: str, keks: Keks, progress: Callable[[int], None] = lambda looked_at: None) -> int:
    """Seal what is sealed under an older key under the newest; returns how many secrets that were.

    owner     connection string of ``store_owner``
    progress  hears after each batch how many secrets were looked at

    What is replaced or forgotten meanwhile stays so. Raises SecretBroken.
    """
    seals, after, changed, looked_at = Seals(keks), UUID(int=0), 0, 0
    with psycopg.connect(owner, autocommit=True) as connection:
        while rows := connection.execute(_PAGE, (after, BATCH)).fetchall():
            changed += _replace(connection, seals, rows)
            looked_at += len(rows)
            after = rows[-1][0]
            progress(looked_at)
    return changed


def _replace(connection: Connection[Any], seals: Seals, rows: list[Any]) -> int:
    anew = []
    for *place, sealed in rows:
        to = Bound(*place)
        if not seals.is_newest(sealed, to):
            anew.append((seals.seal(seals.open(sealed, to), to), to.id, to.version, sealed))
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_REPLACE, anew)
    return len(anew)


def _opened(cipher: AESGCM, sealed: bytes, to: Bound) -> bytes | None:
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], to.associated())
    except InvalidTag:
        return None
