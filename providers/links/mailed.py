"""The one mailed link of an account, for its purposes: an invitation, a forgotten password, another address.

token = base64url( version ‖ purpose ‖ account ‖ letter ‖ expiry, seconds, int8 ‖ stamp ‖ HMAC-SHA256 )

Nothing is stored. The stamp is made of what the account is at that moment, its password's id and its address: once one
of them has changed, the link is void, so it works once. The token stands behind the ``#`` of the address, where no
server and no log sees it.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal, get_args
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aggregates.account import Account
from eventstore import Rejected
from providers.links import Link
from providers.tokens import MAC_SIZE, seal, unseal
from runtime.clock import Clock

Purpose = Literal["invitation", "password-reset", "address-proof"]
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
LASTS: Final[dict[Purpose, timedelta]] = {
    "invitation": timedelta(days=7),
    "password-reset": timedelta(hours=1),
    "address-proof": timedelta(hours=1),
}
PAGES: Final[dict[Purpose, str]] = {
    "invitation": "/password",
    "password-reset": "/password",
    "address-proof": "/address",
}
"""The page of the web client that reads the token and sends it with what the person types."""

VERSION: Final = 1
BODY = struct.Struct(">BB16s16sq16s")
LENGTH: Final = (BODY.size + MAC_SIZE) * 4 // 3 + 1
"""Characters of a token, all of them."""


class LinkSpent(Rejected):
    """This link has expired, was used already, or is not one of ours."""

    status: ClassVar[int] = 410


@dataclass(frozen=True)
class Mailed:
    """What a link says, once it is known to be ours and young enough; ``MailedLinks.still`` asks for the rest."""

    purpose: Purpose
    account_id: UUID
    letter: UUID
    """The notification that it was mailed in."""
    stamp: bytes


class MailedLinks:
    def __init__(self, secret: bytes, clock: Clock, public_url: str) -> None:
        def key(purpose: bytes) -> bytes:
            return HKDF(SHA256(), 32, salt=None, info=b"quittance mailed links: " + purpose).derive(secret)

        self._signing, self._stamping = key(b"signature"), key(b"stamp")
        self._clock, self._url = clock, public_url.rstrip("/")

    def make(self, purpose: Purpose, account: Account, letter: UUID) -> Link:
        """A link for the account as it is now; young from this moment on."""
        expires = (self._clock.now() + LASTS[purpose]).replace(microsecond=0)
        body = BODY.pack(
            VERSION,
            PURPOSES.index(purpose),
            account.id.bytes,
            letter.bytes,
            int(expires.timestamp()),
            self._stamp(purpose, account),
        )
        token = seal(self._signing, body)
        return Link(f"{self._url}{PAGES[purpose]}#{token}", token, expires)

    def read(self, token: str, *purposes: Purpose) -> Mailed:
        """What the token says. Raises LinkSpent unless it is ours, for one of these purposes, and young enough."""
        body = unseal(self._signing, token, LENGTH)
        if body is None or len(body) != BODY.size:
            raise LinkSpent("ask for a new one")
        version, number, account, letter, expires, stamp = BODY.unpack(body)
        if version != VERSION or PURPOSES[number] not in purposes:
            raise LinkSpent("ask for a new one")
        if self._clock.now() >= datetime.fromtimestamp(expires, UTC):
            raise LinkSpent("ask for a new one")
        return Mailed(PURPOSES[number], UUID(bytes=account), UUID(bytes=letter), stamp)

    def still(self, mailed: Mailed, account: Account) -> None:
        """Raises LinkSpent when the account has changed since, or is closed."""
        unchanged = hmac.compare_digest(mailed.stamp, self._stamp(mailed.purpose, account))
        if account.status != "open" or not unchanged:
            raise LinkSpent("ask for a new one")

    def _stamp(self, purpose: Purpose, account: Account) -> bytes:
        password = account.password.bytes if account.password else bytes(16)
        said = purpose.encode() + account.id.bytes + password + account.address().encode()
        return hmac.digest(self._stamping, said, "sha256")[:16]
