"""A key of its own for each purpose, out of one secret."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes; what the key of one purpose makes means nothing to another. Source: RFC 5869."""
    return HKDF(SHA256(), 32, salt=None, info=f"quittance {purpose}".encode()).derive(secret)
