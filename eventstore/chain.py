"""Every stream is a hash chain over the stored bytes, so a change of any stored byte shows.

    link(n) = SHA-256( link(n-1), 32 bytes, zeros before the first event
                     ‖ stream, 16 bytes ‖ version, int4 big-endian ‖ SHA-256(kind) ‖ schema, int2
                     ‖ lane, 1 byte ‖ owner, 16 bytes or zeros ‖ SHA-256(meta) ‖ SHA-256(state) )

The client computes it, the database compares the link it was built on with the stored one. Sealed fields are
hashed as ciphertext: destroying a key never breaks a chain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from eventstore.aggregate import NO_LINK, lane_of
from eventstore.rows import Recorded

_NOBODY = bytes(16)


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
        + struct.pack(">i", version)
        + sha256(kind.encode()).digest()
        + struct.pack(">hB", schema, lane)
        + (owner.bytes if owner else _NOBODY)
        + sha256(meta).digest()
        + sha256(state).digest()
    ).digest()


def first_break(rows: Iterable[Recorded]) -> Break | None:
    """Check one stream, oldest event first; None when it is exactly what was appended."""
    previous, expected = NO_LINK, 1
    for row in rows:
        if row.version != expected:
            return Break(row.stream_id, expected, f"version {expected} is missing")
        if row.lane != lane_of(row.owner or row.stream_id):
            return Break(row.stream_id, row.version, "the lane is not the owner's")
        link = link_after(
            previous,
            row.stream_id,
            row.version,
            row.kind,
            row.schema,
            row.lane,
            row.owner,
            row.meta,
            row.state,
        )
        if link != row.link:
            return Break(row.stream_id, row.version, "the link does not fit the stored bytes")
        previous, expected = link, expected + 1
    return None
