"""Keeps the read models up to date: one read of the feed and one decoding for all tables, a transaction for each.

    page (supply.py) ─▶ decoded once ─┬▶ tables with events of their concern: rows and positions in one transaction,
                                      │  a small page for all of them at once (together.py)
                                      └▶ all other tables: positions only, together, when there is a moment

Any number of projectors may run at once. They share the lanes out (shares.py, or the carrier does), and where two
meet, compare-and-set of the positions decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from eventstore import positions, read_models, restoring, together
from eventstore.feed import Carrier, Feed, StoreFeed
from eventstore.follower import AWAY, Follower, Gone, Seen, decode, uncollected
from eventstore.from_carrier import FromCarrier
from eventstore.parking import AGAIN, Parked
from eventstore.positions import Move, Moved
from eventstore.projection import Projection
from eventstore.reach import Reach
from eventstore.read_models import ReadModel
from eventstore.store import Store
from eventstore.supply import AllLanes, Figures, FromStore, Lanes, Page, Supply
from eventstore.together import Part

__all__ = ["AllLanes", "Projector", "retry"]

logger = logging.getLogger(__name__)

BATCH = 1000
LOOK_AGAIN = 1.0
"""Seconds between two looks at the list of tables."""
EVEN_OUT = 10.0
"""Seconds that lanes without events may stay behind while there is work; without work they follow at the next look."""
FOLLOW = 0.1
"""Seconds that tables without events of their concern may stay behind while there is work: no row is late by that."""

_SHORTEST_WAIT, _LONGEST_WAIT = 0.01, 0.25
"""The bell ends a wait. What it may have rung for in vain is an event behind another transaction that then fails."""
_SHORTEST_BACKOFF, _LONGEST_BACKOFF = 0.002, 2.0


class Projector:
    """Follows the feed for every live and retiring table of these read models.

    pool     connections of the role ``app`` in autocommit, four or more
    feed     None: the store itself
    lanes    which lanes to handle; ``LaneShares`` where several processes share them. With a carrier: those of them
             that nobody handles
    batch    events a transaction holds; eight times as many while far behind
    carrier  what brings the events; None: they are read from the feed
    """

    def __init__(
        self,
        store: Store,
        pool: ConnectionPool,
        kinds: Sequence[type[Projection]],
        feed: Feed | None = None,
        lanes: Lanes | None = None,
        batch: int = BATCH,
        carrier: Carrier | None = None,
    ) -> None:
        self._store, self._pool, self._kinds, self._batch = store, pool, kinds, batch
        self._carrier = carrier
        self._supply = _supply(feed or StoreFeed(store), lanes or AllLanes(), batch, carrier)
        self._lanes: frozenset[int] = frozenset()
        self._followers: dict[str, Follower] = {}
        self._looked = -LOOK_AGAIN
        self._ends: dict[int, int] = {}
        """Last event of each lane that some table may not have in its positions yet."""
        self._following: dict[Follower, dict[int, int]] = {}
        """Tables whose lanes are to follow, and how far."""
        self._followed = self._evened = monotonic()
        self._quiet = True
        self._wait = _SHORTEST_WAIT
        self.handled = 0
        """Events since it began, as often as tables that were not equally far asked for them."""

    @property
    def figures(self) -> Figures:
        """What the carrier brought, and what it did not."""
        return self._supply.figures

    def run(self, stop: threading.Event) -> None:
        """Follow the feed until ``stop`` is set. Whatever happens to the database, it goes on afterwards."""
        backoff, self._wait = _SHORTEST_BACKOFF, _SHORTEST_WAIT
        with closing(self._supply):
            while not stop.is_set():
                try:
                    self._rest(self._advance())
                    backoff = _SHORTEST_BACKOFF
                except (*AWAY, psycopg.Error) as error:
                    logger.warning("projecting again in %.2f s after %s", backoff, type(error).__name__)
                    self._start_over()
                    stop.wait(backoff)
                    backoff = min(backoff * 2, _LONGEST_BACKOFF)

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
            rang = self._supply.wait(0)
            if not rang or self._late() >= 2 * FOLLOW:
                self._follow_one()
            if rang:
                return True
        return self._supply.wait(self._wait)

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
        if monotonic() - self._looked >= LOOK_AGAIN or self._supply.changed(self._lanes):
            self._look()
        handled = 0
        for page in self._supply.pages(self._reaches(), self._lanes):
            with uncollected():
                self._project(page)
            handled += len(page.events)
        self.handled += handled
        return handled

    # ── a page ─────────────────────────────────────────────────────────────

    def _project(self, page: Page) -> None:
        followers = [follower for follower in self._followers.values() if follower.reach in page.leaves_out]
        concerned = {follower: follower.concerned_by(page.events) for follower in followers}
        wanted = set().union(*concerned.values())
        seen = decode(row for row in page.events if row.kind in wanted)
        parts = [
            Part(follower, news, _ahead(page, follower))
            for follower in followers
            if (news := follower.news(seen, concerned[follower], page.leaves_out[follower.reach]))
        ]
        behind = set() if together.take(self._pool, parts) else self._one_by_one(parts)
        for follower in followers:
            if follower not in behind:
                page.taken(follower.reach)
        if page.events:
            self._quiet = False
            self._ends.update(page.ends)
        for row in page.events:
            if row.kind in AGAIN:
                self._try_again(row.event())

    def _try_again(self, asked: Any) -> None:
        """Somebody has asked for what is parked of a stream, or has decided that an event is left out.

        The list is locked lane by lane, so whoever hears of it may do it; what is cut short is done at the next start.
        """
        for follower in list(self._followers.values()):
            if asked.consumer in (follower.table, follower.kind.name):
                follower.retry(asked.stream_id)

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
        stored, reach = follower.stored, follower.reach
        return follower.moves(
            {lane: end for lane, end in ends.items() if stored[lane] < end <= reach.of(lane)}
        )

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
        before, self._lanes = self._lanes, self._supply.lanes()
        with self._pool.connection() as connection:
            if self._carrier is not None:
                restoring.must_be(connection, self._carrier.incarnation)
            known = read_models.tables(connection)
            stored = positions.sums(connection, list(self._followers), self._lanes)
            lowest = positions.lowest(connection, list(self._followers)) if self._carrier else {}
        followed = _followed(known, self._kinds)
        for name in self._followers.keys() - followed:
            del self._followers[name]
        begun = [
            follower
            for name, kind in followed.items()
            if (follower := self._follower(name, kind, before)) is not None
        ]
        self._supply.begin([follower.reach for follower in begun], self._lanes)
        for name, follower in list(self._followers.items()):
            if follower not in begun and stored.get(name) != follower.sum_of(self._lanes):
                self._look_at(follower)
        if before != self._lanes:
            # What a table has reached was handled in the lanes that were ours until now.
            self._ends.clear()
            self._following.clear()
        self._supply.look(self._reaches(), self._lanes, lowest)
        if self._quiet or monotonic() - self._evened >= EVEN_OUT:
            self._let_idle_lanes_follow()
        self._looked, self._quiet = monotonic(), True

    def _follower(self, name: str, kind: type[Projection], before: frozenset[int]) -> Follower | None:
        """A table that is followed from now on, or in other lanes than before; None when nothing is new."""
        follower = self._followers.get(name)
        try:
            if follower is None:
                follower = Follower(kind, name, self._store, self._pool)
                # What an earlier release parked may be handled by this one.
                follower.retry_all()
            elif before == self._lanes:
                return None
            follower.look(self._lanes)
        except Gone:
            self._followers.pop(name, None)
            return None
        self._followers[name] = follower
        return follower

    def _look_at(self, follower: Follower) -> None:
        """Somebody else has moved it, or a crash of the server has put it back."""
        before = follower.stored
        try:
            follower.look(self._lanes)
        except Gone:
            self._followers.pop(follower.table, None)
            return
        self._supply.begin([follower.reach], self._lanes)
        self._supply.moved([lane for lane in self._lanes if follower.stored[lane] > before[lane]])

    def _let_idle_lanes_follow(self) -> None:
        """Lanes without events follow the others, so that no start reads far back."""
        newest = self._supply.newest(self._reaches(), self._lanes)
        for follower in self._followers.values():
            ends = follower.reach.ends(self._lanes, newest)
            self._following.setdefault(follower, {}).update(ends)
        self._evened = monotonic()

    def _reaches(self) -> list[Reach]:
        return [follower.reach for follower in self._followers.values()]

    def _start_over(self) -> None:
        """Remember nothing: what the database says counts."""
        self._supply.start_over()
        self._followers.clear()
        self._ends.clear()
        self._following.clear()
        self._looked = -LOOK_AGAIN


def _supply(feed: Feed, lanes: Lanes, batch: int, carrier: Carrier | None) -> Supply:
    return FromStore(feed, lanes, batch) if carrier is None else FromCarrier(carrier, feed, lanes, batch)


def _ahead(page: Page, follower: Follower) -> dict[int, int]:
    """The end of each lane that a page brings it further."""
    stored = follower.stored
    return {lane: end for lane, end in page.ends_for(follower.reach).items() if end > stored[lane]}


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
