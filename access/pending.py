"""Half way in: a signed token says that the first proof was given, and for a few minutes waits for the second.

token = base64url( version ‖ account ‖ its password's id, or zeros ‖ expiry, seconds, int8 ‖ how ‖ HMAC-SHA256 )

Nothing is stored: what makes it count once is the second factor itself, which does. A new password makes it void.
"""

from __future__ import annotations

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aggregates.account import Account
from runtime.clock import Clock

VERSION = 1
HEAD = struct.Struct(">B16s16sq")
MAC_SIZE = 32
LASTS = timedelta(minutes=5)
NO_PASSWORD = UUID(int=0)


@dataclass(frozen=True)
class Half:
    """Who gave a first proof, and which."""

    account: UUID
    how: tuple[str, ...]
    _password: UUID

    def is_of(self, account: Account) -> bool:
        """Whether it still counts for the account as it is now."""
        return account.status == "open" and self._password == (account.password or NO_PASSWORD)


class Pending:
    """key  32 bytes that sign nothing else"""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key, self._clock = key, clock

    def make(self, account: Account, how: tuple[str, ...]) -> str:
        until = int((self._clock.now() + LASTS).timestamp())
        ids = (account.id.bytes, (account.password or NO_PASSWORD).bytes)
        said = HEAD.pack(VERSION, *ids, until) + " ".join(how).encode()
        return urlsafe_b64encode(said + self._mac(said)).rstrip(b"=").decode()

    def read(self, token: str) -> Half | None:
        """None for a token that is not ours, was changed, or is over."""
        try:
            sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        said, mac = sealed[:-MAC_SIZE], sealed[-MAC_SIZE:]
        if not hmac.compare_digest(self._mac(said), mac):
            return None
        version, account, password, until = HEAD.unpack_from(said)
        if version != VERSION or self._clock.now().timestamp() >= until:
            return None
        how = tuple(said[HEAD.size :].decode().split())
        return Half(UUID(bytes=account), how, UUID(bytes=password))

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")
