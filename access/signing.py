"""Keys that sign access tokens: Ed25519, one file each in a folder; the newest signs.

An older one verifies while a token that it signed can still live. A key that another process made is found when a
token names it, and at the latest after a minute.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from runtime.secret_files import keep_once

TOKEN_LIVES: Final = timedelta(minutes=5)
"""How long an access token is good for."""
ROTATE_AFTER: Final = timedelta(days=90)
"""How old the signing key may become before somebody is told."""
LOOK_EVERY: Final = 60.0
"""Seconds after which the folder is looked through again."""
LOOK_AGAIN: Final = 1.0
"""Seconds between two looks for the sake of names that nobody knows."""
OVERLAP: Final = TOKEN_LIVES + 2 * timedelta(seconds=LOOK_EVERY)
"""How long a key verifies once there is a newer one: another process may sign with it until it looks again."""

_MADE: Final = "%Y%m%dT%H%M%S.%fZ"

log = structlog.get_logger("access")


class NoSigningKey(Exception):
    """There is no key to sign with: `manage.py keys` makes one."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    """Thumbprint of the public key. Source: RFC 7638 §3, RFC 8037 §2."""
    made_at: datetime
    private: Ed25519PrivateKey
    public: Ed25519PublicKey


class SigningKeys:
    """The keys of a folder.

    now         the Clock's time
    make_first  whether the first key is made when one is asked for
    """

    def __init__(self, folder: Path, now: Callable[[], datetime], make_first: bool = True) -> None:
        self._folder, self._now, self._make_first = folder, now, make_first
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._keys: dict[str, SigningKey] = {}
        self._newest: SigningKey | None = None
        self._looked_at = float("-inf")

    def newest(self) -> SigningKey:
        """The key that signs. Raises NoSigningKey."""
        self._look(LOOK_EVERY)
        if self._newest is None and self._make_first:
            with self._making:
                if self._newest is None:
                    self.rotate()
        if self._newest is None:
            raise NoSigningKey(f"{self._folder} has none: run `manage.py keys`")
        return self._newest

    def verifying(self, kid: str) -> Ed25519PublicKey | None:
        """The public key of that name, unless it is unknown or retired."""
        self._look(LOOK_EVERY)
        if kid not in self._keys:
            self._look(LOOK_AGAIN)
        key = self._keys.get(kid)
        return None if key is None or self._is_retired(key) else key.public

    def rotate(self) -> str:
        """Make a new key, which signs from now on; returns its name. Keys that verify nothing any more are deleted."""
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        kid = thumbprint(private.public_key())
        keep_once(self._folder / f"{self._now().astimezone(UTC):{_MADE}}.{kid}.pem", pem)
        self._look(0)
        for file, key in _files(self._folder):
            if self._is_retired(key):
                file.unlink(missing_ok=True)
        return kid

    def age(self) -> timedelta:
        """How long the newest key has been signing. Raises NoSigningKey."""
        return self._now() - self.newest().made_at

    def _is_retired(self, key: SigningKey) -> bool:
        followed = [other.made_at for other in self._keys.values() if other.made_at > key.made_at]
        return bool(followed) and self._now() > min(followed) + OVERLAP

    def _look(self, unless_within: float) -> None:
        """Read the folder, unless it was read within so many seconds."""
        if time.monotonic() - self._looked_at < unless_within:
            return
        with self._lock:
            if time.monotonic() - self._looked_at < unless_within:
                return
            first = self._newest is None
            self._keys = {key.kid: key for _, key in _files(self._folder)}
            self._newest = max(self._keys.values(), key=lambda key: (key.made_at, key.kid), default=None)
            self._looked_at = time.monotonic()
        if first and self._newest is not None and (age := self._now() - self._newest.made_at) > ROTATE_AFTER:
            log.warning("the signing key is old: run `manage.py keys rotate signing`", days=age.days)


def thumbprint(public: Ed25519PublicKey) -> str:
    """The name of a key, which follows from the key alone."""
    x = _base64(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    written = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return _base64(sha256(written.encode()).digest())


def _files(folder: Path) -> list[tuple[Path, SigningKey]]:
    return [(file, _read(file)) for file in sorted(folder.glob("[0-9]*.pem"))]


def _read(file: Path) -> SigningKey:
    """Raises ValueError for a file that is not a key of ours: nobody signs beside what is wrong."""
    written, kid = file.stem.rsplit(".", 1)
    private = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey) or thumbprint(private.public_key()) != kid:
        raise ValueError(f"{file} is not the Ed25519 key that its name says")
    made_at = datetime.strptime(written, _MADE).replace(tzinfo=UTC)
    return SigningKey(kid, made_at, private, private.public_key())


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
