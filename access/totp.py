"""One-time codes by time: six digits of an app, new every thirty seconds, each of which counts once.

The secret keeps the step of the last code that counted. Source: RFC 6238 §5.2 (one step of tolerance either way, each
code accepted once), read 2026-11-21.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pyotp
from pyotp.exceptions import OTPVerificationError

from access.secrets import Secrets
from runtime.clock import Clock

KIND = "totp"
TOLERATED = 1
"""Steps of thirty seconds that a phone's clock may be wrong."""
CONFIRMED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Begun:
    """A secret that does not count yet: it is shown now and never again."""

    factor_id: UUID
    secret: str
    """Base32, to be typed."""
    uri: str
    """otpauth://, to be drawn as a QR code."""


class Totp:
    def __init__(self, secrets: Secrets, clock: Clock, issuer: str) -> None:
        self._secrets, self._clock, self._issuer = secrets, clock, issuer

    def begin(self, account: UUID, name: str) -> Begun:
        """A new secret; it counts once a code of it was shown and the account names it.

        name  what the app shows beside the code
        """
        secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=self._issuer)
        return Begun(self.keep(account, secret), secret, uri)

    def keep(self, account: UUID, secret: str) -> UUID:
        """A secret (base32) that an app knows, or is told now; it counts once the account names the id returned."""
        id, until = uuid4(), (self._clock.now() + CONFIRMED_WITHIN).timestamp()
        self._secrets.keep(id, account, KIND, _written({"secret": secret, "last": 0, "until": until}))
        return id

    def confirm(self, id: UUID, account: UUID, code: str) -> bool:
        """Whether the app was set up: this is a code of the secret that was begun, in time. The code is then used."""
        kept = self._secrets.open(id, account)
        if kept is None or kept.kind != KIND:
            return False
        if self._clock.now().timestamp() > json.loads(kept.value)["until"]:
            self._secrets.forget(id, account)
            return False
        return self.check(id, account, code)

    def check(self, id: UUID, account: UUID, code: str) -> bool:
        """Whether the code is right now and was never used; it is used then."""
        kept = self._secrets.open(id, account)
        if kept is None or kept.kind != KIND or not re.fullmatch(r"[0-9]{6}", code):
            return False
        said = json.loads(kept.value)
        try:
            step = pyotp.TOTP(said["secret"]).verify_and_get_timecode(
                code, for_time=self._clock.now(), valid_window=TOLERATED
            )
        except OTPVerificationError:
            return False
        # Compare-and-set: of two requests with the same code at the same moment one is told no.
        return step > said["last"] and self._secrets.replace(
            id, account, kept.version, _written({**said, "last": step})
        )


def _written(said: dict[str, str | int | float]) -> bytes:
    return json.dumps(said).encode()
