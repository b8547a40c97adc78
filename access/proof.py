"""Is the access log what was written? Recomputes its chain from the stored rows; shares no code with what writes it.

    link(n) = SHA-256(link(n-1), 32 bytes, zeros before the first ‖ SHA-256(the bytes of entry n))

How an entry becomes bytes: migrations/0005_log.sql. What a chain cannot show is that its end was cut off: ``head``
is there to be written down elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

PIECE = 5_000
"""Entries read at once."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("via", "action", "kind", "resource")


@dataclass
class LogProof:
    """What was verified, and every place where an entry does not fit the one before it."""

    entries: int = 0
    head: str = "0" * 64
    """Link of the last entry, in hexadecimal."""
    breaks: list[tuple[int, str]] = field(default_factory=list)
    """Number of the entry, and what is wrong with it."""


def verify_log(connection: Connection[Any]) -> LogProof:
    """Recompute the whole chain; a connection of the role ``app`` does."""
    return proof_of(_rows(connection))


def proof_of(rows: Iterable[dict[str, Any]]) -> LogProof:
    """Check entries in their order, from the first one on."""
    proof, link, number = LogProof(), bytes(32), 0
    for row in rows:
        if row["entry"] != number + 1:
            proof.breaks.append((number + 1, f"missing up to {row['entry'] - 1}"))
        if sha256(link + sha256(_bytes(row)).digest()).digest() != row["link"]:
            proof.breaks.append((row["entry"], "the link does not fit the stored entry"))
        number, link = row["entry"], row["link"]
        proof.entries, proof.head = proof.entries + 1, link.hex()
    return proof


def _rows(connection: Connection[Any]) -> Iterator[dict[str, Any]]:
    after = 0
    with connection.cursor(row_factory=dict_row) as cursor:
        while piece := cursor.execute("SELECT * FROM access.log_after(%s, %s)", (after, PIECE)).fetchall():
            yield from piece
            after = piece[-1]["entry"]


def _bytes(row: dict[str, Any]) -> bytes:
    since = row["at"] - _EPOCH
    said = [
        str(row["entry"]),
        str(since // timedelta(microseconds=1)),
        row["day"] and row["day"].isoformat(),
        row["who"],
        row["proof"],
        ",".join(row["roles"]),
        *(row[name] for name in _TEXTS),
        ",".join(str(customer) for customer in row["customers"]),
        row["decision"],
        row["reason"],
        str(row["status"]),
        row["request"],
        row["network"],
        bytes(row["address"]).hex(),
    ]
    return b"".join(pack(">i", -1) if text is None else _part(text.encode()) for text in said)


def _part(text: bytes) -> bytes:
    return pack(">i", len(text)) + text
