"""Personal fields are sealed: encrypted under a key of their subject's own, opened only when somebody asks.

Each value is AES-256-GCM with a random nonce; the associated data binds it to its subject, key version, stream,
event version and field, so a ciphertext moved elsewhere does not open. Subject keys are wrapped (RFC 3394) by a
key-encryption key that is not in the database. Destroying a subject's keys makes every copy of the events
unreadable, the chains of the events stay intact.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from time import monotonic
from typing import Final, Generic, TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg_pool import ConnectionPool

from eventstore.keks import Keks, OneKek, unwrap, wrap

T = TypeVar("T", bound=str)


class Redacted(str):
    """What a sealed field reads as once its subject was erased: false, and printable."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


REDACTED: Final = Redacted("[effacé]")


class SubjectErased(Exception):
    """No key is ever made again for an erased subject: nothing personal can be recorded about it."""


class BrokenSeal(Exception):
    """The ciphertext does not open under its subject's key: it was moved, cut or changed."""


class Box(msgspec.Struct, frozen=True):
    """A sealed value as stored: ``{"key": 1, "sealed": "<base64 of nonce and ciphertext>"}``."""

    key: int
    sealed: bytes


class Sealed(Generic[T]):
    """A personal value. ``open()`` reads it; neither repr nor str ever shows it."""

    __slots__ = ("_clear", "_opener")

    def __init__(self, clear: str | None = None, *, opener: Callable[[], str] | None = None) -> None:
        if (clear is None) == (opener is None):
            raise TypeError("a sealed value is made from its clear text")
        self._clear, self._opener = clear, opener

    def open(self) -> str:
        """The clear text, or REDACTED when the subject was erased."""
        if self._clear is None:
            assert self._opener is not None
            self._clear = self._opener()
        return self._clear

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.open() == other.open()

    def __hash__(self) -> int:
        return hash(self.open())

    def __repr__(self) -> str:
        return "Sealed(…)"


class Keyring:
    """The keys of subjects, wrapped in the database, cached for a minute in memory.

    pool  how to connect; the keyring opens a small pool of its own like it, because a unit of work that holds a
          connection of the store waits here for a key, and a key is committed before its first use
    kek   the key-encryption key, 32 bytes, kept outside the database; or where it is found, when it may change
    """

    CACHED_FOR = 60.0
    """Seconds; an erasure elsewhere is heard of after this long at the latest."""

    def __init__(self, pool: ConnectionPool, kek: bytes | Keks) -> None:
        self._keks = OneKek(kek) if isinstance(kek, bytes) else kek
        self._pool = ConnectionPool(
            pool.conninfo,
            kwargs={**(pool.kwargs if isinstance(pool.kwargs, dict) else {}), "autocommit": True},
            min_size=0,
            max_size=2,
            num_workers=1,
            timeout=pool.timeout,
            reconnect_timeout=pool.reconnect_timeout,
            open=True,
        )
        self._cache: dict[tuple[UUID, int], tuple[bytes | None, float]] = {}
        self._newest: dict[UUID, tuple[int, float]] = {}

    def seal(self, clear: str, subject: UUID, stream: UUID, version: int, field: str) -> Box:
        """Encrypt one field of one event. Raises SubjectErased when the subject has a tombstone."""
        number, key = self._newest_key(subject)
        nonce = os.urandom(12)
        bound_to = _associated(subject, number, stream, version, field)
        return Box(number, nonce + AESGCM(key).encrypt(nonce, clear.encode(), bound_to))

    def unseal(self, box: Box, subject: UUID, stream: UUID, version: int, field: str) -> str:
        """The clear text, or REDACTED. Raises BrokenSeal when the ciphertext is not what was sealed here."""
        key = self._key(subject, box.key)
        if key is None:
            return REDACTED
        try:
            bound_to = _associated(subject, box.key, stream, version, field)
            return AESGCM(key).decrypt(box.sealed[:12], box.sealed[12:], bound_to).decode()
        except InvalidTag as error:
            raise BrokenSeal(f"{field} of {stream}:{version}") from error

    def over(self, pool: ConnectionPool) -> Keyring:
        """The same keys over other connections: for a process of its own."""
        return Keyring(pool, self._keks)

    def close(self) -> None:
        """Give the connections back; the keyring is not used after that."""
        self._pool.close()

    def forget(self, subject: UUID) -> None:
        """Drop what is cached about a subject, because its keys were destroyed."""
        self._newest.pop(subject, None)
        for known in [k for k in self._cache if k[0] == subject]:
            self._cache.pop(known, None)

    def _newest_key(self, subject: UUID) -> tuple[int, bytes]:
        number, until = self._newest.get(subject, (0, 0.0))
        if until < monotonic():
            number = self._find_or_mint(subject)
            self._newest[subject] = (number, monotonic() + self.CACHED_FOR)
        key = self._key(subject, number)
        if key is None:
            raise SubjectErased(str(subject))
        return number, key

    def _find_or_mint(self, subject: UUID) -> int:
        wrapped = wrap(self._keks, os.urandom(32))
        with self._pool.connection() as connection:
            row = connection.execute("SELECT store.mint_subject_key(%s, %s)", (subject, wrapped)).fetchone()
        if row is None or row[0] is None:
            raise SubjectErased(str(subject))
        return int(row[0])

    def _key(self, subject: UUID, number: int) -> bytes | None:
        key, until = self._cache.get((subject, number), (None, 0.0))
        if until < monotonic():
            with self._pool.connection() as connection:
                row = connection.execute("SELECT store.subject_key(%s, %s)", (subject, number)).fetchone()
            wrapped = row[0] if row else None
            key = None if wrapped is None else unwrap(self._keks, bytes(wrapped))
            self._cache[subject, number] = (key, monotonic() + self.CACHED_FOR)
        return key


def _associated(subject: UUID, key: int, stream: UUID, version: int, field: str) -> bytes:
    return subject.bytes + struct.pack(">i", key) + stream.bytes + struct.pack(">i", version) + field.encode()
