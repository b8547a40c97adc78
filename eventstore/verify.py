"""Is the history what was written? The chain of every stream recomputed from the stored bytes, on every core.

    marks ─▶ pieces of whole streams ─▶ a process for each core ─▶ the first break of each broken stream

What a chain cannot show: that the newest events of a stream were cut off, or a stream removed whole. Nothing that is
left is changed by that; the seals over positions are there for it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from struct import Struct
from time import process_time
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

from eventstore.aggregate import LANES, NO_LINK
from eventstore.chain import Break
from eventstore.store import Store

PIECE = 5_000
"""Events read at once, and a little more: a stream is never cut."""

Row = tuple[bytes, int, bytes, int, int, bytes | None, bytes, bytes, bytes]
Bounds = tuple[UUID | None, UUID | None]

_BETWEEN = (
    "SELECT stream, version, kind, schema, lane, owner, meta, state, link FROM store.chain_between(%b, %b)"
)
_NOBODY = bytes(16)
_VERSION = Struct(">i").pack
_SCHEMA_AND_LANE = Struct(">hB")


@dataclass(frozen=True)
class Chains:
    """What was verified, and where a chain is broken."""

    streams: int
    events: int
    breaks: list[Break]
    cpu: float = 0.0
    """Seconds of processor time that the verifying processes took, reading included."""


def verify_chains(
    store: Store, progress: Callable[[int, int], None] | None = None, processes: int = 1
) -> Chains:
    """Recompute the chain of every stream.

    progress   called with the number of pieces done and of all
    processes  how many to start when there is more than a piece for each; they connect as the store's pool does
    """
    with store.pool.connection() as connection:
        pieces = _pieces(connection)
    done: list[Chains] = []
    for found in _each(store, pieces, processes):
        done.append(found)
        if progress is not None:
            progress(len(done), len(pieces))
    breaks = sorted((b for found in done for b in found.breaks), key=lambda b: b.stream_id)
    return Chains(sum(f.streams for f in done), sum(f.events for f in done), breaks, sum(f.cpu for f in done))


def first_breaks(rows: Iterable[Row]) -> Chains:
    """Check whole streams, each oldest event first. What comes after the first break of a stream is not looked at."""
    streams = events = expected = 0
    link = stream = b""
    told: object = None
    kinds: dict[bytes, bytes] = {}
    breaks: list[Break] = []
    for of, version, kind, schema, lane, owner, meta, state, stored in rows:
        events += 1
        if of != stream:
            stream, link, expected, told, streams = of, NO_LINK, 1, None, streams + 1
        elif expected == 0:
            continue
        if version != expected:
            breaks.append(Break(UUID(bytes=of), expected, f"version {expected} is missing"))
            expected = 0
            continue
        if told != (owner, lane):
            if lane != sha256(owner or of).digest()[0] % LANES:
                breaks.append(Break(UUID(bytes=of), version, "the lane is not the owner's"))
                expected = 0
                continue
            told = (owner, lane)
        digest = kinds.get(kind) or kinds.setdefault(kind, sha256(kind).digest())
        link = sha256(
            b"".join((
                link, of, _VERSION(version), digest, _SCHEMA_AND_LANE.pack(schema, lane), owner or _NOBODY,
                sha256(meta).digest(), sha256(state).digest(),
            ))
        ).digest()  # fmt: skip
        if link != stored:
            breaks.append(Break(UUID(bytes=of), version, "the link does not fit the stored bytes"))
            expected = 0
            continue
        expected += 1
    return Chains(streams, events, breaks)


# ── how it is spread ─────────────────────────────────────────────────────────


def _pieces(connection: Connection[Any]) -> list[Bounds]:
    marks = [mark for (mark,) in connection.execute("SELECT * FROM store.chain_marks(%b)", (PIECE,))]
    return list(pairwise([None, *marks, None]))


def _each(store: Store, pieces: Sequence[Bounds], processes: int) -> Iterator[Chains]:
    if processes < 2 or len(pieces) < 2 * processes:
        with store.pool.connection() as connection:
            yield from (_verified(connection, bounds) for bounds in pieces)
        return
    url = store.pool.conninfo
    assert isinstance(url, str), "the pool's connection string is computed: verify in one process"
    # Not forked: the pool's threads and connections must not be copied.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawned, initializer=_connect, initargs=(url,)) as workers:
        for future in as_completed(workers.submit(_verified_there, bounds) for bounds in pieces):
            yield future.result()


def _verified(connection: Connection[Any], bounds: Bounds) -> Chains:
    began = process_time()
    with connection.cursor(binary=True) as cursor:
        found = first_breaks(cursor.execute(_BETWEEN, bounds, prepare=True).fetchall())
    return Chains(found.streams, found.events, found.breaks, process_time() - began)


_connection: Connection[Any] | None = None
"""Of a worker process."""


def _connect(url: str) -> None:
    global _connection
    _connection = psycopg.connect(url, autocommit=True)


def _verified_there(bounds: Bounds) -> Chains:
    assert _connection is not None
    return _verified(_connection, bounds)
