"""The feed: events in order, from one of its carriers, and the bell that says there are new ones.

    append ──ring──▶ Doorbell ──NOTIFY, throttled──▶ Doorbell of another process ──▶ wait() returns

A lost ring costs a poll, never an event: what a reader gets depends on positions alone.
"""

from __future__ import annotations

import logging
import select
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg import Connection

from eventstore.rows import Batch, Recorded
from eventstore.store import Store
from eventstore.wire import Prepared

logger = logging.getLogger(__name__)

CHANNEL = "store_events"
RINGS_A_SECOND = 1000
"""At most, while it rings all the time. A ring that takes long, because the machine is busy, makes the pause longer."""
_SHARE = 1
"""When it rings all the time, a ring is followed by a pause of so many times its own length."""
_LONGEST_PAUSE = 0.02
POLL = 0.2
"""Seconds after which a reader looks by itself."""

_DEAF = 0.25
"""Seconds after which a listener that is closed notices it."""

# Ringing and hearing go over libpq itself: a cursor takes as long as the ring.
_RING = Prepared("ring", f"SELECT pg_notify('{CHANNEL}', '')", [])


class Feed(Protocol):
    """A carrier. The store is one; anything that keeps these promises may be another."""

    def read(self, after: int, lanes: Sequence[int] | None, limit: int) -> Batch:
        """The next events behind a position, in order.

        after  a position; of each lane everything up to it is known to the reader
        lanes  the lanes wanted; None for all
        limit  events at most

        Everything of these lanes up to ``through`` of the answer is in it, or is at or below ``after``, or does not
        exist and never will.
        """
        ...

    def ends(self) -> dict[int, int]:
        """The last position of every lane, of what readers may see; 0 for a lane without events."""
        ...

    def missing(self, positions: Collection[int]) -> list[int]:
        """Those of these positions at which there is no event, whether or not readers may see it already; in order."""
        ...

    def wait(self, timeout: float) -> bool:
        """Sleep until there may be more, or for ``timeout`` seconds; whether the bell rang."""
        ...

    def close(self) -> None:
        """Nobody waits any more."""
        ...


@dataclass(frozen=True, slots=True)
class Carried:
    """What a carrier brought, in each lane in order and without a gap between its first event and its last.

    events  of one or more lanes
    after   by lane, the position of the event that comes before the first one here; 0: there is none

    A consumer that is not as far as ``after`` in a lane has missed something, and reads it from the store.
    """

    events: list[Recorded]
    after: dict[int, int]


class Carrier(Protocol):
    """Brings events sooner, or for less, than reading them from the store would; loses what it likes.

    It promises nothing but that what it brings is in the store, and what ``Carried`` says. Whoever consumes looks at
    the store now and then: the last event of a lane, lost on the way, is missed by nobody else.
    """

    @property
    def incarnation(self) -> UUID:
        """The history that its events belong to: in another one their positions mean something else."""
        ...

    def lanes(self) -> frozenset[int]:
        """Those that are this process's at the moment: it alone of its group is brought their events."""
        ...

    def take(self, timeout: float, limit: int) -> Carried:
        """What has come, ``limit`` events at most; waits up to ``timeout`` seconds while there is nothing.

        Never raises because something is away: then nothing comes.
        """
        ...

    def done(self, ends: Mapping[int, int]) -> None:
        """The consumer has committed everything up to these positions: a hint where to begin after a restart."""
        ...

    def close(self) -> None: ...


class Doorbell:
    """Tells readers of the feed, in this process and in others, that something was appended.

    url  connection string; a connection of its own is opened at the first ring, another at the first wait

    Hook ``ring`` in as ``store.after_append``: it returns at once and never fails.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._closed = threading.Event()
        self._to_send = threading.Event()
        self._heard = threading.Condition()
        self._rings = 0
        self._threads: dict[str, threading.Thread] = {}

    def ring(self) -> None:
        self._hear()
        self._start("ringing", self._send_all)
        self._to_send.set()

    def wait(self, since: int, timeout: float) -> int:
        """Sleep until it has rung more than ``since`` times, or for ``timeout`` seconds; how often it has rung."""
        self._start("listening", self._listen)
        with self._heard:
            self._heard.wait_for(lambda: self._rings != since or self._closed.is_set(), timeout)
            return self._rings

    def close(self) -> None:
        self._closed.set()
        self._to_send.set()
        self._hear()
        for thread in self._threads.values():
            thread.join(timeout=2.0)

    # ── the two threads ────────────────────────────────────────────────────

    def _start(self, name: str, work: Any) -> None:
        if name not in self._threads and not self._closed.is_set():
            thread = threading.Thread(target=work, name=f"doorbell-{name}", daemon=True)
            if self._threads.setdefault(name, thread) is thread:
                thread.start()

    def _hear(self) -> None:
        with self._heard:
            self._rings += 1
            self._heard.notify_all()

    def _send_all(self) -> None:
        connection: Connection[Any] | None = None
        while self._to_send.wait() and not self._closed.is_set():
            self._to_send.clear()
            began = monotonic()
            try:
                connection = connection or psycopg.connect(self._url, autocommit=True)
                _RING(connection, [])
            except psycopg.Error as error:
                logger.info("the bell was not heard elsewhere: %s", type(error).__name__)
                _hang_up(connection)
                connection = None
            if self._to_send.is_set():
                took = monotonic() - began
                self._closed.wait(min(max(1 / RINGS_A_SECOND, _SHARE * took), _LONGEST_PAUSE))
        _hang_up(connection)

    def _listen(self) -> None:
        pause = 0.05
        while not self._closed.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    pause = 0.05
                    # What was rung while nobody listened.
                    self._hear()
                    self._hear_from(connection)
            except psycopg.Error as error:
                logger.info("listening again after %s", type(error).__name__)
                self._closed.wait(pause)
                pause = min(pause * 2, 2.0)

    def _hear_from(self, connection: Connection[Any]) -> None:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        while not self._closed.is_set():
            if line.poll(_DEAF * 1000):
                connection.pgconn.consume_input()
                if _take_all(connection):
                    self._hear()


class StoreFeed:
    """The feed as the store itself gives it. One for each consumer; they may share a bell.

    bell  None: a bell of its own, which ``close`` puts away
    poll  seconds after which it looks by itself, whoever rang
    """

    def __init__(self, store: Store, bell: Doorbell | None = None, poll: float = POLL) -> None:
        self._store, self._bell, self._poll = store, bell, poll
        self._own: Doorbell | None = None
        self._rings = 0

    def read(self, after: int, lanes: Sequence[int] | None, limit: int) -> Batch:
        return self._store.read_feed(after, lanes, limit)

    def ends(self) -> dict[int, int]:
        return self._store.lane_ends()

    def missing(self, positions: Collection[int]) -> list[int]:
        return self._store.missing(positions)

    def wait(self, timeout: float) -> bool:
        if self._bell is None and self._own is None:
            self._own, self._rings = Doorbell(_url_of(self._store)), 0
        bell = self._bell or self._own
        assert bell is not None
        heard = bell.wait(self._rings, min(timeout, self._poll))
        rang, self._rings = heard != self._rings, heard
        return rang

    def close(self) -> None:
        """Put the bell of its own away; the next wait makes another one."""
        if self._own is not None:
            self._own.close()
        self._own = None


def _url_of(store: Store) -> str:
    url = store.pool.conninfo
    assert isinstance(url, str), "give the feed a Doorbell: the pool's connection string is computed"
    return url


def _take_all(connection: Connection[Any]) -> int:
    """How many rings have arrived; they are one for whoever waits."""
    count = 0
    while connection.pgconn.notifies() is not None:
        count += 1
    return count


def _hang_up(connection: Connection[Any] | None) -> None:
    if connection is not None:
        connection.close()
