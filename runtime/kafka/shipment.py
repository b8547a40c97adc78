"""What is on its way to the broker: sent in order of position, settled in order, sent again when a producer fails.

store ─read─▶ sent ─▶ in flight ─▶ acknowledged
                ▲         │ an error, or nothing acknowledged for PATIENCE
                └─────────┘ another producer, from behind what was acknowledged
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from eventstore import LANES, Store, Unavailable
from eventstore.follower import uncollected
from eventstore.rows import Unread
from runtime.kafka.outlet import Outlet
from runtime.kafka.stamp import Stamp
from runtime.kafka.wire import handed_on

log = structlog.get_logger()

PATIENCE = 20.0
"""Seconds without any acknowledgement after which a producer is stuck. A new leader among three brokers takes 3 to 7."""
MOST, LARGEST = 20_000, 32_000_000
"""Events, and bytes of their states, in flight when nothing more is read: the producer itself knows no bound."""
_FIRST, _BATCH, _HEAVY = 250, 2_000, 4_000_000
"""Events of the first read, of each at most, and the bytes above which the next one asks for fewer."""

Away = (psycopg.Error, PoolTimeout, Unavailable)
"""What it looks like when the database is away."""


class Stuck(Exception):
    """Nothing was acknowledged for too long."""


class Flying(NamedTuple):
    """An event that was sent and is not acknowledged yet."""

    position: int
    size: int
    future: Any


@dataclass
class Shipping:
    """What a relay has done since it began; read by others while it goes on."""

    leading: bool = False
    epoch: int = 0
    position: int = 0
    """Everything up to here was acknowledged."""
    events: int = 0
    """Acknowledged."""
    bytes: int = 0
    """Of their states."""
    replaced: int = 0
    """Producers that were thrown away before their time."""


class Shipment:
    """From a position on, until it is closed.

    outlet    where to
    stamp     of the history, on every message
    position  everything up to here is acknowledged
    """

    def __init__(
        self, store: Store, outlet: Outlet, stamp: Stamp, position: int, told: Shipping, patience: float
    ) -> None:
        self._store, self._outlet, self._stamp = store, outlet, stamp
        self._told, self._patience = told, patience
        self._limit = _FIRST
        self._flying: deque[Flying] = deque()
        self._weight, self._heard = 0, monotonic()
        self._read = told.position = position
        self._ends: dict[bytes, int] = {}
        """Of each lane the last event that was sent: the ``after`` of its next one. Empty before the first."""

    @property
    def acknowledged(self) -> int:
        """Everything up to this position is with the broker."""
        return self._told.position

    def in_flight(self) -> int:
        return len(self._flying)

    def is_full(self) -> bool:
        return len(self._flying) >= MOST or self._weight >= LARGEST

    def ready(self) -> bool:
        """Whether there is a producer; one is made when there is none."""
        return self._outlet.open()

    def step(self, look: bool) -> int:
        """Settle what has come back, send what comes next; how many events were sent.

        look  whether to ask the store for more; raises what says that the database is away
        """
        try:
            self.settle()
            return self._send_more() if look else 0
        except Away:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a producer raises, another one is made
            self._start_over(error)
            return 0

    def settle(self) -> None:
        """Count what was acknowledged, in order. Raises what a send came to; Stuck."""
        flying, count, size = self._flying, 0, 0
        while flying and flying[0].future.is_done:
            done = flying.popleft()
            if done.future.exception is not None:
                raise done.future.exception
            self._told.position, count, size = done.position, count + 1, size + done.size
        if count:
            self._heard, self._weight = monotonic(), self._weight - size
            self._told.events += count
            self._told.bytes += size
        elif flying and monotonic() - self._heard > self._patience:
            raise Stuck(f"nothing was acknowledged for {self._patience:.0f} s")

    def wait(self, seconds: float) -> None:
        """Until the oldest event in flight is acknowledged, or for so long."""
        if self._flying:
            with suppress(Exception):  # what it came to is for `settle`
                self._flying[0].future.get(seconds)

    def close(self) -> None:
        self._outlet.close()

    # ── inside ─────────────────────────────────────────────────────────────

    def _send_more(self) -> int:
        partitions = self._outlet.partitions()
        rows = self._store.read_on(self._read, self._limit)
        if rows:
            self._ends = self._ends or _by_name(self._store.lane_ends(self._read))
            if not self._flying:
                self._heard = monotonic()
            with uncollected():
                self._send(rows, _by_name({lane: lane % partitions for lane in range(LANES)}))
        return len(rows)

    def _send(self, rows: Sequence[Unread], partitions: Mapping[bytes, int]) -> None:
        ends, flying, send, stamp, weight = (
            self._ends,
            self._flying,
            self._outlet.send,
            self._stamp,
            0,
        )
        for row in rows:
            position, lane, size = row[2], row[3], len(row[7])
            future = send(handed_on(row, ends[lane], stamp), partitions[lane])
            flying.append(Flying(position, size, future))
            ends[lane], weight = position, weight + size
        self._read, self._weight = rows[-1][2], self._weight + weight
        self._limit = max(self._limit // 2, 1) if weight > _HEAVY else min(self._limit * 2, _BATCH)

    def _start_over(self, error: Exception) -> None:
        """With another producer, behind what was acknowledged."""
        log.warning("producer-replaced", cause=type(error).__name__, in_flight=len(self._flying))
        self._outlet.replace()
        self._told.replaced += 1
        self._flying.clear()
        self._weight, self._read, self._ends = 0, self.acknowledged, {}


def _by_name(lanes: Mapping[int, int]) -> dict[bytes, int]:
    """By the lane in PostgreSQL's binary form."""
    return {lane.to_bytes(2, "big"): value for lane, value in lanes.items()}
