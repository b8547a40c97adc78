"""Keys of programs: ``qk_`` and 86 characters, in which stand the account, the key's id, and its secret.

The account's stream holds what a key may do and the SHA-256 of its secret (aggregates/account.py); nothing but the
holder has the secret itself. A key may never look after its own account, whatever it was given.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Final
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.account import Account, Key
from aggregates.permissions import SELF, permissions_of
from aggregates.values import KeyId

PREFIX: Final = "qk_"
"""By which a scanner for leaked secrets knows one."""

WRITTEN_DOWN: Final = timedelta(minutes=1)
"""How often it is kept that a key was used."""

REMEMBERED: Final = 10_000
"""Of how many keys it is remembered that this was done."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a program shows."""

    account: UUID
    key: UUID
    sha256: str


def make(account: UUID, key: UUID, secret: bytes) -> tuple[str, str]:
    """A key, to be shown once, and the hash of its secret: 32 bytes that nobody can guess."""
    text = urlsafe_b64encode(account.bytes + key.bytes + secret).decode().rstrip("=")
    return PREFIX + text, sha256(secret).hexdigest()


def parse(text: str) -> Presented | None:
    """What stands in a key; None for any other text."""
    written = text.removeprefix(PREFIX)
    if len(written) != 86 or len(text) != len(PREFIX) + 86 or not written.isascii():
        return None
    try:
        read = urlsafe_b64decode(written + "==")
    except binascii.Error:
        return None
    if urlsafe_b64encode(read).decode().rstrip("=") != written:  # one key has one spelling
        return None
    return Presented(UUID(bytes=read[:16]), UUID(bytes=read[16:32]), sha256(read[32:]).hexdigest())


def admitted(account: Account, presented: Presented, address: str, on: date) -> frozenset[str] | None:
    """What the holder may do now; None when the key is unknown, revoked, out of date, or used from elsewhere.

    on  the day, UTC
    """
    key = account.keys.get(KeyId(presented.key))
    if account.status != "open" or key is None or not hmac.compare_digest(key.sha256, presented.sha256):
        return None
    if on > key.expires_on or not allows(key, address):
        return None
    return (key.permissions & permissions_of(account.roles)) - {SELF}


def allows(key: Key, address: str) -> bool:
    """Whether it may be used from there."""
    if not key.networks:
        return True
    try:
        there = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(there, "ipv4_mapped", None) or there
    return any(mapped in ip_network(network) for network in key.networks)


class KeySecrets:
    """Secrets of new keys: the same for the same request, so that it can be repeated; for nobody else to find out."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, request: UUID) -> bytes:
        return hmac.digest(self._secret, request.bytes, "sha256")


class KeyUses:
    """When each key was last used, to the minute.

    pool  connections in autocommit of the role ``app``
    now   the Clock's time
    """

    def __init__(self, pool: ConnectionPool, now: Callable[[], datetime]) -> None:
        self._pool, self._now = pool, now
        self._noted: dict[UUID, datetime] = {}
        self._lock = Lock()

    def note(self, account: UUID, key: UUID) -> None:
        now = self._now()
        with self._lock:
            if (noted := self._noted.get(key)) is not None and now - noted < WRITTEN_DOWN:
                return
            if len(self._noted) >= REMEMBERED:
                self._noted.clear()
            self._noted[key] = now
        with self._pool.connection() as connection:
            connection.execute("SELECT access.key_used(%s, %s, %s)", (account, key, now))

    def of(self, account: UUID) -> dict[UUID, datetime]:
        """The last use of each key of an account that was ever used."""
        with self._pool.connection() as connection:
            return dict(connection.execute("SELECT * FROM access.key_uses_of(%s)", (account,)).fetchall())
