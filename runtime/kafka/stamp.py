"""The stamp on every message: made with a key that relay and consumers have, and nobody who only reaches the brokers.

The key follows from ``fleeting`` and the incarnation. When ``fleeting`` is replaced no older stamp counts any more,
not even for a while: whoever is feared to know the old key would have that while, and what is dropped for it is read
from the store, as after any loss.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from uuid import UUID

SIZE = 16
"""Bytes of a stamp. Source: RFC 7693, keyed."""

_LENGTH = struct.Struct(">I").pack


class Stamp:
    """Of one history, in one form.

    key  32 bytes
    """

    def __init__(self, incarnation: UUID, key: bytes) -> None:
        self.incarnation = incarnation.bytes
        self._begun = blake2b(key=key, digest_size=SIZE)

    def on(self, stream: bytes, event: bytes, value: bytes) -> bytes:
        """Over everything that a message says: its key of 16 bytes, its header up to the stamp, and its value."""
        # A copy, because the first block, the key, takes as long as a quarter of the rest.
        made = self._begun.copy()
        made.update(b"".join((stream, _LENGTH(len(event)), event)))
        made.update(value)
        return made.digest()
