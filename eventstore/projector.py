"""Keeps the read models up to date: one read of the feed and one decoding for all tables, a transaction for each.

    feed ─▶ batch ─▶ decoded once ─┬▶ tables with events of their concern: rows and positions in one transaction,
                                   │  a small batch for all of them at once (together.py)
                                   └▶ all other tables: positions only, together, when there is a moment

Any number of projectors may run at once. They share the lanes out (shares.py), and where two meet, compare-and-set
of the positions decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Protocol
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from eventstore import positions, read_models, together
from eventstore.aggregate import LANES
from eventstore.feed import Feed, StoreFeed
from eventstore.follower import AWAY, Follower, Gone, Seen, decode, ends_of, uncollected
from eventstore.parking import Parked
from eventstore.positions import Move, Moved
from eventstore.projection import Projection
from eventstore.read_models import ReadModel
from eventstore.rows import Batch
from eventstore.store import Store
from eventstore.together import Part

logger = logging.getLogger(__name__)

BATCH = 1000
_CATCHING_UP = 8
"""Times the batch that a transaction holds while the tables are far behind: fewer commits, fewer round trips."""
_HEAVY = 32_000_000
"""Bytes of a batch above which the next one is smaller."""
LOOK_AGAIN = 1.0
"""Seconds between two looks at the list of tables."""
EVEN_OUT = 10.0
"""Seconds that lanes without events may stay behind while there is work; without work they follow at the next look."""
FOLLOW = 0.1
"""Seconds that tables without events of their concern may stay behind while there is work: no row is late by that."""

_SHORTEST_WAIT, _LONGEST_WAIT = 0.01, 0.25
"""The bell ends a wait. What it may have rung for in vain is an event behind another transaction that then fails."""
_SHORTEST_BACKOFF, _LONGEST_BACKOFF = 0.002, 2.0


class Lanes(Protocol):
    def lanes(self) -> frozenset[int]: ...


class AllLanes:
    """For a process that is alone, and for tests of two that are in each other's way."""

    def lanes(self) -> frozenset[int]:
        return frozenset(range(LANES))


class Projector:
    """Follows the feed for every live and retiring table of these read models.

    pool   connections of the role ``app`` in autocommit, four or more
    feed   None: the store itself
    lanes  which lanes to handle; ``LaneShares`` where several processes share them
    batch  events a transaction holds; eight times as many while far behind
    """

    def __init__(
        self,
        store: Store,
        pool: ConnectionPool,
        kinds: Sequence[type[Projection]],
        feed: Feed | None = None,
        lanes: Lanes | None = None,
        batch: int = BATCH,
    ) -> None:
        self._store, self._pool, self._kinds, self._batch = store, pool, kinds, batch
        self._feed = feed or StoreFeed(store)
        self._shares = lanes or AllLanes()
        self._lanes: frozenset[int] = frozenset()
        self._limit = batch
        self._followers: dict[str, Follower] = {}
        self._looked = -LOOK_AGAIN
        self._last_event = 0
        self._ends: dict[int, int] = {}
        """Last event of each lane that some table may not have in its positions yet."""
        self._following: dict[Follower, dict[int, int]] = {}
        """Tables whose lanes are to follow, and how far."""
        self._followed = self._evened = monotonic()
        self._quiet = True
        self._wait = _SHORTEST_WAIT

    def run(self, stop: threading.Event) -> None:
        """Follow the feed until ``stop`` is set. Whatever happens to the database, it goes on afterwards."""
        backoff, self._wait = _SHORTEST_BACKOFF, _SHORTEST_WAIT
        while not stop.is_set():
            try:
                self._rest(self._advance())
                backoff = _SHORTEST_BACKOFF
            except (*AWAY, psycopg.Error) as error:
                logger.warning("projecting again in %.2f s after %s", backoff, type(error).__name__)
                self._start_over()
                stop.wait(backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)
        self._feed.close()

    def _rest(self, handled: int) -> None:
        """Wait for the bell, a little longer each time that there was nothing.

        What was appended while a batch was handled has rung meanwhile, so the wait is over at once.
        """
        if handled >= self._batch:
            if self._late() >= FOLLOW:
                self._follow()
            return
        if self._ends and (self._wait > _SHORTEST_WAIT or self._late() >= FOLLOW):
            self._let_follow()
        if handled:
            self._wait = _SHORTEST_WAIT
        if self._rung():
            self._wait = _SHORTEST_WAIT
        elif not handled:
            self._wait = min(self._wait * 2, _LONGEST_WAIT)

    def _rung(self) -> bool:
        """Wait for the bell; until it rings, tables that nothing concerned follow, one at a time."""
        while self._following:
            rang = self._feed.wait(0)
            if not rang or self._late() >= 2 * FOLLOW:
                self._follow_one()
            if rang:
                return True
        return self._feed.wait(self._wait)

    def _late(self) -> float:
        """Seconds since tables began to follow."""
        return monotonic() - self._followed

    def step(self) -> int:
        """One batch for every table, those that lag behind in batches of their own; how many events were read.

        Raises what says that the database is away; after that, ``step`` again.
        """
        handled = self._advance()
        self._follow()
        return handled

    def _advance(self) -> int:
        if monotonic() - self._looked >= LOOK_AGAIN:
            self._look()
        handled = 0
        waiting = sorted(self._followers.values(), key=lambda follower: follower.cursor)
        while waiting and self._lanes:
            batch = self._feed.read(waiting[0].cursor, self._wanted_lanes(), self._limit)
            self._limit = self._next_limit(batch)
            joined = [follower for follower in waiting if follower.cursor <= batch.through]
            waiting = [follower for follower in waiting if follower.cursor > batch.through]
            with uncollected():
                self._project(batch, joined)
            handled += len(batch.events)
        return handled

    def _next_limit(self, batch: Batch) -> int:
        """More while there is more than was asked for; less when events are large."""
        if len(batch.events) < self._limit:
            return self._batch
        if sum(len(row.state) for row in batch.events) > _HEAVY:
            return max(self._limit // 2, 1)
        return min(self._limit * 2, self._batch * _CATCHING_UP)

    # ── a batch ────────────────────────────────────────────────────────────

    def _project(self, batch: Batch, followers: Sequence[Follower]) -> None:
        ends = ends_of(batch.events)
        concerned = {follower: follower.concerned_by(batch.events) for follower in followers}
        wanted = set().union(*concerned.values())
        seen = decode(row for row in batch.events if row.kind in wanted)
        parts = [
            Part(follower, news, {lane: end for lane, end in ends.items() if end > follower.stored[lane]})
            for follower in followers
            if (news := follower.news(seen, concerned[follower]))
        ]
        behind = set() if together.take(self._pool, parts) else self._one_by_one(parts)
        for follower in followers:
            if follower not in behind:
                follower.cursor = batch.through
        if batch.events:
            self._quiet = False
            self._ends.update(ends)
            self._last_event = max(self._last_event, batch.events[-1].position)

    def _one_by_one(self, parts: Sequence[Part]) -> set[Follower]:
        """Each table by itself; returns those that could not."""
        return {part.follower for part in parts if not self._take(part.follower, part.news, part.ends)}

    def _take(self, follower: Follower, news: Sequence[Seen], ends: Mapping[int, int]) -> bool:
        try:
            follower.take(news, ends)
        except Moved:
            self._look_at(follower)
            return False
        except Gone:
            self._followers.pop(follower.table, None)
            return False
        return True

    def _follow(self) -> None:
        """Move the positions of all tables that nothing in the last batches concerned."""
        self._let_follow()
        moves: list[Move] = []
        while self._following:
            moves += self._next_to_follow()
        self._move(moves)

    def _follow_one(self) -> None:
        self._move(self._next_to_follow())

    def _let_follow(self) -> None:
        """All tables are to get to the last events, when there is a moment for each."""
        if not self._following:
            self._followed = monotonic()
        ends, self._ends = self._ends, {}
        for follower in self._followers.values():
            self._following.setdefault(follower, {}).update(ends)

    def _next_to_follow(self) -> list[Move]:
        follower, ends = self._following.popitem()
        if self._followers.get(follower.table) is not follower:
            return []
        stored, cursor = follower.stored, follower.cursor
        return follower.moves({lane: end for lane, end in ends.items() if stored[lane] < end <= cursor})

    def _move(self, moves: Sequence[Move]) -> None:
        """Move positions of tables that had nothing to write; a table whose lane is elsewhere looks again."""
        if together.move(self._pool, moves):
            for move in moves:
                self._followers[move.consumer].stored[move.lane] = move.new
            return
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT set_config('synchronous_commit', 'off', true)")
            moved = positions.move(connection, moves)
        for move in moves:
            if (move.consumer, move.lane) in moved:
                self._followers[move.consumer].stored[move.lane] = move.new
        for table in {move.consumer for move in moves if (move.consumer, move.lane) not in moved}:
            self._look_at(self._followers[table])

    # ── once a second ──────────────────────────────────────────────────────

    def _look(self) -> None:
        """Which tables there are, which lanes are ours, and whether the database remembers what we remember."""
        before, self._lanes = self._lanes, self._shares.lanes()
        with self._pool.connection() as connection:
            known = read_models.tables(connection)
            stored = positions.sums(connection, list(self._followers), self._lanes)
        followed = _followed(known, self._kinds)
        for name in self._followers.keys() - followed:
            del self._followers[name]
        for name, kind in followed.items():
            follower = self._followers.get(name)
            if follower is None:
                self._begin(name, kind)
            elif before != self._lanes or stored.get(name) != follower.sum_of(self._lanes):
                self._look_at(follower)
        if before != self._lanes:
            # What is behind a cursor was handled in the lanes that were ours when it moved.
            self._ends.clear()
            self._following.clear()
        if self._quiet or monotonic() - self._evened >= EVEN_OUT:
            self._move_idle_lanes()
            self._evened = monotonic()
        self._looked, self._quiet = monotonic(), True

    def _begin(self, name: str, kind: type[Projection]) -> None:
        """Follow a table; what an earlier release parked may be handled by this one."""
        try:
            follower = Follower(kind, name, self._store, self._pool)
            follower.retry_all()
            follower.look(self._lanes)
        except Gone:
            return
        self._followers[name] = follower

    def _look_at(self, follower: Follower) -> None:
        try:
            follower.look(self._lanes)
        except Gone:
            self._followers.pop(follower.table, None)

    def _move_idle_lanes(self) -> None:
        """Lanes without events follow the others, so that no start reads far back.

        Only as far as there were events: otherwise our own transactions would move the horizon for ever.
        """
        if len(self._lanes) < LANES and self._feed.read(self._last_event, None, 1).events:
            self._last_event = max((follower.cursor for follower in self._followers.values()), default=0)
        for follower in self._followers.values():
            ends = dict.fromkeys(self._lanes, min(follower.cursor, self._last_event))
            self._following.setdefault(follower, {}).update(ends)

    def _wanted_lanes(self) -> list[int] | None:
        return None if len(self._lanes) == LANES else sorted(self._lanes)

    def _start_over(self) -> None:
        """Remember nothing: what the database says counts."""
        self._followers.clear()
        self._ends.clear()
        self._following.clear()
        self._looked = -LOOK_AGAIN


def retry(
    store: Store, pool: ConnectionPool, kinds: Sequence[type[Projection]], stream: UUID | None = None
) -> list[Parked]:
    """Try parked events again, of one stream or of all, in every table; returns what is still parked there."""
    with pool.connection() as connection:
        known = read_models.tables(connection)
    followers = [Follower(kind, name, store, pool) for name, kind in _followed(known, kinds).items()]
    return [left for follower in followers for left in follower.retry_all(stream)]


def _followed(known: Iterable[ReadModel], kinds: Iterable[type[Projection]]) -> dict[str, type[Projection]]:
    """The tables that this code keeps up to date, with their read models."""
    ours = {(kind.name, kind.version): kind for kind in kinds}
    return {
        table.table_name: ours[table.name, table.version]
        for table in known
        if table.state != "building" and (table.name, table.version) in ours
    }
