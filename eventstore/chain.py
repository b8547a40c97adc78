"""Every stream is a hash chain over the stored bytes, so a change of any stored byte shows.

    link(n) = SHA-256( link(n-1), 32 bytes, zeros before the first event
                     ‖ stream, 16 bytes ‖ version, int4 big-endian ‖ SHA-256(kind) ‖ schema, int2
                     ‖ lane, 1 byte ‖ owner, 16 bytes or zeros ‖ SHA-256(meta) ‖ SHA-256(state) )

The client computes it, the database compares the link it was built on with the stored one. Sealed fields are
hashed as ciphertext: destroying a key never breaks a chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from uuid import UUID

from eventstore.aggregate import NO_LINK
from eventstore.rows import Recorded

_NOBODY = bytes(16)
_VERSION = Struct(">i").pack
_SCHEMA_AND_LANE = Struct(">hB").pack


@dataclass(frozen=True)
class Break:
    """Where a chain stops being what was appended."""

    stream_id: UUID
    version: int
    what: str


def link_after(
    previous: bytes,
    stream: UUID,
    version: int,
    kind: str,
    schema: int,
    lane: int,
    owner: UUID | None,
    meta: bytes,
    state: bytes,
) -> bytes:
    """The link of one event; see the formula above. 32 bytes."""
    return sha256(
        previous
        + stream.bytes
        + _VERSION(version)
        + _digest_of(kind)
        + _SCHEMA_AND_LANE(schema, lane)
        + (owner.bytes if owner else _NOBODY)
        + sha256(meta).digest()
        + sha256(state).digest()
    ).digest()


@lru_cache(maxsize=1000)
def _digest_of(kind: str) -> bytes:
    return sha256(kind.encode()).digest()


def first_break(rows: Sequence[Recorded]) -> Break | None:
    """Recompute the chain of one stream from its stored bytes, oldest event first; None: it is what was appended."""
    link = NO_LINK
    for expected, row in enumerate(rows, start=1):
        if row.version != expected:
            return Break(row.stream_id, expected, f"version {expected} is missing")
        link = link_after(
            link, row.stream_id, row.version, row.kind, row.schema, row.lane, row.owner, row.meta, row.state
        )
        if link != row.link:
            return Break(row.stream_id, row.version, "the link does not fit the stored bytes")
    return None
