"""Readers that follow the feed in every way there is, and remember each position that they were given.

all        every lane, ordinary pages            halves   even lanes, odd lanes
small      pages of a few events                 large    pages of many
middle     begins when half is written           slow     rests between its pages
long       reads inside long transactions        product  ``Store.read_feed``, whole rows
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any, Self

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore import LANES, Keyring, Store

_PAGE = "SELECT position, stream_id IS NULL FROM store.read_feed(%b, %b::smallint[], %b)"
_A_TRANSACTION = 100
"""Pages that the reader in long transactions reads in one."""


@dataclass(frozen=True)
class Reading:
    """How one reader reads.

    lanes   None: all
    limit   events on a page at most
    rests   seconds between its pages, besides those that wait for new events
    """

    name: str
    lanes: tuple[int, ...] | None = None
    limit: int = 1000
    rests: float = 0.0
    in_transactions: bool = False
    from_middle: bool = False
    through_product: bool = False


def readings(small: int = 25) -> list[Reading]:
    """The readers of a run; ``small`` pages cost the most."""
    return [
        Reading("all"),
        Reading("small", limit=small),
        Reading("large", limit=20_000),
        Reading("even lanes", tuple(range(0, LANES, 2)), 500),
        Reading("odd lanes", tuple(range(1, LANES, 2)), 500),
        Reading("middle", from_middle=True),
        Reading("slow", limit=5000, rests=0.3),
        Reading("long", limit=300, in_transactions=True),
        Reading("product", through_product=True),
    ]


@dataclass
class Seen:
    """What one reader was given, in the order in which it came.

    after  where it began
    """

    reading: Reading
    after: int = 0
    positions: array[int] = field(default_factory=lambda: array("q"))
    pages: int = 0


@dataclass(frozen=True)
class Signals:
    """What the readers are told: that half is written, and that all is."""

    half: Any
    written: Any


def read(url: str, secret: bytes, kinds: Sequence[Reading], signals: Signals, answer: Pipe) -> None:
    """Run the readers of one process until everything written was read; send what they saw."""
    with ThreadPoolExecutor(len(kinds)) as pool:
        following = [pool.submit(_follow, url, secret, reading, signals) for reading in kinds]
    for future in following:
        answer.send(future.result())
    answer.close()


def _follow(url: str, secret: bytes, reading: Reading, signals: Signals) -> Seen:
    with ProductPages(url, secret) if reading.through_product else Pages(url) as pages:
        return follow(pages, reading, signals)


class Pages:
    """The feed by its SQL function: positions, which are what is counted."""

    def __init__(self, url: str) -> None:
        self.connection: Connection[Any] = psycopg.connect(url, autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def read(self, after: int, reading: Reading) -> tuple[list[int], int]:
        """Positions, and how far the page reaches."""
        lanes = None if reading.lanes is None else list(reading.lanes)
        cursor = self.connection.cursor(binary=True)
        rows = cursor.execute(_PAGE, (after, lanes, reading.limit), prepare=True).fetchall()
        through = rows[-1][0] if rows else after
        return [position for position, is_mark in rows if not is_mark], through


class ProductPages(Pages):
    """The feed as the projectors read it."""

    def __init__(self, url: str, secret: bytes) -> None:
        super().__init__(url)
        self._pool = ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=1, open=True)
        self._keyring = Keyring(self._pool, secret)
        self._store = Store(self._pool, self._keyring, secret)

    def __exit__(self, *error: object) -> None:
        self._keyring.close()
        self._pool.close()
        super().__exit__(*error)

    def read(self, after: int, reading: Reading) -> tuple[list[int], int]:
        batch = self._store.read_feed(after, reading.lanes, reading.limit)
        return [row.position for row in batch.events], batch.through


def follow(pages: Pages, reading: Reading, signals: Signals) -> Seen:
    """Read until a page that was asked for after everything was written is empty."""
    seen, pause = Seen(reading), threading.Event()
    if reading.from_middle:
        signals.half.wait()
        seen.after = _a_page_in_the_middle(pages, reading)
    after, last = seen.after, False
    while not last:
        transaction = pages.connection.transaction() if reading.in_transactions else nullcontext()
        with transaction:
            for _ in range(_A_TRANSACTION if reading.in_transactions else 1):
                last = signals.written.is_set()
                found, after = pages.read(after, reading)
                seen.positions.extend(found)
                seen.pages += 1
                last = last and not found
                if last:
                    break
                pause.wait(reading.rests or (0.0 if found else 0.003))
    return seen


def _a_page_in_the_middle(pages: Pages, reading: Reading) -> int:
    """A position as a client would come back with: the end of some page, with a whole one behind it. Who begins late,
    on a machine that is busy, finds everything written, and must not begin at its end."""
    before = after = 0
    for _ in range(20):
        rows, through = pages.read(after, reading)
        if len(rows) < reading.limit:
            break
        before, after = after, through
    return before
