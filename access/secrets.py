"""Secrets beside the accounts: sealed values, each of one account, replaced only by who knows its version.

A secret is kept first and counts only once the account's stream names its id, as a stored file counts once a command
has named it: what was kept in vain is never asked for. The values lie in ``access.secrets``, sealed with AES-256-GCM
under a key of their own that is derived from the key-encryption key; the associated data binds each to its id,
account, kind and version, so that a value moved or put back elsewhere in the table does not open.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg_pool import ConnectionPool

PURPOSE = b"quittance secrets of accounts"


class SecretBroken(Exception):
    """The sealed value does not open: it was moved, changed, put back, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret as it is now."""

    value: bytes
    version: int
    """Counted up by each replacement; say it to ``replace``."""
    kind: str

    def __repr__(self) -> str:
        return f"Kept({self.kind}, version {self.version})"


class Secrets:
    """pool  connections of the role ``app``, in autocommit
    kek   the key-encryption key, 32 bytes; never used itself
    """

    def __init__(self, pool: ConnectionPool, kek: bytes) -> None:
        self._pool = pool
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(kek))

    def keep(self, id: UUID, account: UUID, kind: str, value: bytes) -> None:
        """Keep a new secret; it counts once the account names it. Raises ValueError for an id that is taken."""
        if not self._ask("keep_secret", id, account, kind, self._seal(value, id, account, kind, 1)):
            raise ValueError("a secret has this id already")

    def open(self, id: UUID, account: UUID) -> Kept | None:
        """The secret, or None when this account has none with this id. Raises SecretBroken."""
        with self._pool.connection() as connection:
            found = connection.execute("SELECT * FROM access.open_secret(%s, %s)", (id, account)).fetchone()
        if found is None:
            return None
        kind, version, sealed = found
        try:
            value = self._cipher.decrypt(sealed[:12], sealed[12:], _bound_to(id, account, kind, version))
        except InvalidTag as error:
            raise SecretBroken(f"{kind} {id}") from error
        return Kept(value, version, kind)

    def replace(self, id: UUID, account: UUID, version: int, value: bytes) -> bool:
        """Put a new value in the place of this version; False when somebody else was first, or it is gone."""
        known = self.open(id, account)
        if known is None or known.version != version:
            return False
        sealed = self._seal(value, id, account, known.kind, version + 1)
        return self._ask("replace_secret", id, account, version, sealed)

    def forget(self, id: UUID, account: UUID) -> None:
        """Destroy it; harmless to repeat."""
        self._ask("forget_secret", id, account)

    def _seal(self, value: bytes, id: UUID, account: UUID, kind: str, version: int) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, value, _bound_to(id, account, kind, version))

    def _ask(self, function: str, *said: object) -> bool:
        places = ", ".join(["%s"] * len(said))
        with self._pool.connection() as connection:
            answer = connection.execute(f"SELECT access.{function}({places})", said).fetchone()
        return bool(answer and answer[0])


def _bound_to(id: UUID, account: UUID, kind: str, version: int) -> bytes:
    return id.bytes + account.bytes + struct.pack(">i", version) + kind.encode()
