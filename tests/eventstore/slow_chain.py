"""The chain checked as simply as it can be written, from the owner's view of the rows: what verify.py must agree with."""

from __future__ import annotations

import struct
from hashlib import sha256
from itertools import groupby

import psycopg

from eventstore.chain import Break

COLUMNS = "stream_id, version, lane, owner, kind, schema, meta, state, link"


def slow_breaks(owner_url: str) -> list[Break]:
    """The first break of each stream, in order of the streams."""
    with psycopg.connect(owner_url) as owner:
        rows = owner.execute(f"SELECT {COLUMNS} FROM store.events ORDER BY stream_id, version").fetchall()
    found = (_first_break(list(stream)) for _, stream in groupby(rows, key=lambda row: row[0]))
    return [broken for broken in found if broken]


def _first_break(rows) -> Break | None:
    previous = bytes(32)
    for expected, row in enumerate(rows, 1):
        stream, version, lane, owner, kind, schema, meta, state, link = row
        if version != expected:
            return Break(stream, expected, f"version {expected} is missing")
        if lane != sha256((owner or stream).bytes).digest()[0] % 64:
            return Break(stream, version, "the lane is not the owner's")
        made = sha256(previous + stream.bytes + struct.pack(">i", version))
        made.update(sha256(kind.encode()).digest() + struct.pack(">hB", schema, lane))
        made.update(owner.bytes if owner else bytes(16))
        made.update(sha256(meta).digest() + sha256(state).digest())
        if made.digest() != link:
            return Break(stream, version, "the link does not fit the stored bytes")
        previous = link
    return None
