"""Tokens that say something and prove that we said it: nothing is stored, whoever holds one shows it.

token = base64url( what it says ‖ HMAC-SHA256 )
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

MAC_SIZE = 32


def seal(key: bytes, said: bytes) -> str:
    """The token that says this.

    key  of this kind of token alone: one can then never be taken for another
    """
    return _written(said + hmac.digest(key, said, "sha256"))


def unseal(key: bytes, token: str, longest: int) -> bytes | None:
    """What a token says; None when we never said it.

    longest  characters that are worth looking at
    """
    try:
        sealed = urlsafe_b64decode(token[:longest] + "=" * (-len(token) % 4))
    except ValueError:
        return None
    # Base64 reads several spellings of the same bytes; only the one that we write is a token.
    if _written(sealed) != token:
        return None
    said, mac = sealed[:-MAC_SIZE], sealed[-MAC_SIZE:]
    return said if hmac.compare_digest(hmac.digest(key, said, "sha256"), mac) else None


def _written(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")
