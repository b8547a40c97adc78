"""What one upload may be, signed: whoever holds the permit may bring this file, of this digest, and no other.

token = base64url( version ‖ name ‖ about ‖ by ‖ SHA-256 ‖ size, int4 ‖ expiry, seconds, int8 ‖ media type ‖ HMAC-SHA256 )
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from eventstore import Rejected
from providers.tokens import seal, unseal
from runtime.clock import Clock

OPEN = timedelta(minutes=30)
"""How long a file may be brought; it takes ten minutes for 50 MB at 0.7 Mbit/s."""

KEPT = timedelta(days=1)
"""How long what was brought waits to be handed in; then it is swept away."""

VERSION: Final = 1
HEAD: Final = struct.Struct(">B16s16s16s32sIq")
LONGEST: Final = 300
"""Characters of a token that are worth looking at."""


class UploadExpired(Rejected):
    """The time for this upload is over. Announce the file again."""

    status: ClassVar[int] = 410


class UploadInvalid(Rejected):
    """This upload was not announced by you, or not for this."""

    status: ClassVar[int] = 404


class UploadMissing(Rejected):
    """Nothing was uploaded. Send the file to the address that was given, then hand it in."""


class UploadAltered(Rejected):
    """What was uploaded is not the file that was announced."""

    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Announced:
    """A file as its sender describes it."""

    size: int
    """Bytes."""
    media_type: str
    sha256: str
    """Hex digest."""

    def check(self, content: bytes) -> None:
        """Raises UploadAltered unless these are the bytes."""
        if len(content) != self.size:
            raise UploadAltered(f"{len(content):,} bytes came and {self.size:,} were announced")
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise UploadAltered("their SHA-256 is another one")


@dataclass(frozen=True)
class Permit:
    name: str
    """What it is called until it is handed in, 32 hex digits: one waits for each account and thing, a new one replaces it."""
    about: UUID
    """What it is handed in to."""
    by: UUID
    """The account that announced it."""
    file: Announced
    expires_at: datetime
    """UTC, to the second; the file may be brought strictly before."""
    token: str


class Permits:
    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = hmac.digest(secret, b"quittance uploads", "sha256")
        self._clock = clock

    def issue(self, name: UUID, about: UUID, by: UUID, file: Announced) -> Permit:
        """A permit for one file, from now on."""
        expires = (self._clock.now() + OPEN).replace(microsecond=0)
        head = HEAD.pack(
            VERSION, name.bytes, about.bytes, by.bytes, bytes.fromhex(file.sha256), file.size, int(expires.timestamp())
        )  # fmt: skip
        token = seal(self._key, head + file.media_type.encode("ascii"))
        return Permit(name.hex, about, by, file, expires, token)

    def to_bring(self, token: str) -> Permit:
        """Raises UploadInvalid, or UploadExpired once the file may not be brought any more."""
        return self._read(token, timedelta(0))

    def to_hand_in(self, token: str, about: UUID, by: UUID) -> Permit:
        """Raises UploadInvalid, also for a permit of somebody else or for something else; UploadExpired a day later."""
        permit = self._read(token, KEPT)
        if (permit.about, permit.by) != (about, by):
            raise UploadInvalid("announce the file where it is handed in")
        return permit

    def _read(self, token: str, longer: timedelta) -> Permit:
        said = unseal(self._key, token, LONGEST)
        if said is None:
            raise UploadInvalid("it is cut, misspelt or not signed by us")
        version, name, about, by, digest, size, expires = HEAD.unpack_from(said)
        if version != VERSION:
            raise UploadInvalid(f"version {version} is not known")
        file = Announced(size, said[HEAD.size :].decode("ascii"), digest.hex())
        permit = Permit(
            name.hex(), UUID(bytes=about), UUID(bytes=by), file, datetime.fromtimestamp(expires, UTC), token
        )
        if self._clock.now() >= permit.expires_at + longer:
            raise UploadExpired("announce the file again")
        return permit
