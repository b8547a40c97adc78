"""What a carrier brings, verified, and made whole from the store.

    carrier ─▶ nothing missing before it? ─▶ taken ─▶ the carrier hears what is done
                 │ no                          │ lost, late or never sent
                 └─────▶ feed ─▶ these lanes ◀─┘

A carrier may lose, double, delay and mix up what it likes. Two rules make up for it: each event names the one before
it in its lane, so whoever has not seen that one knows; and once a second the store says where each lane ends, so
the last event of a lane is missed too. What a carrier brings that is *not* in the store is found out then, as well:
the consumer ends, because the store is not the one from which that was sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from time import monotonic

from eventstore import restoring
from eventstore.feed import Carried, Carrier, Feed
from eventstore.follower import ends_of
from eventstore.reach import Reach
from eventstore.standstill import Standstill
from eventstore.supply import Figures, Lanes, Page, Pages

STARVED = 5.0
"""Seconds without movement after which a lane that has more in the store is read from there: a carrier that works
brings an event within milliseconds, one that is being rebalanced within three seconds."""
ORPHANED = 15.0
"""Seconds after which another one's lane counts as nobody's: its owner is first, who may be starved, or busy with a new
table that has no events in this lane for a while (its lanes follow every ten seconds)."""
AGAIN = 0.25
"""Seconds between two reads of starved lanes, until the carrier brings something new there."""
AT_REST = 60.0
"""Seconds without a new event after which a lane is not read like that any more: whether it is starved, its next event tells."""


class FromCarrier:
    """What a carrier brings, verified and made whole.

    feed    the store: fills gaps, and says where each lane ends
    shares  who takes over what stands still, as nobody is left who could
    """

    def __init__(self, carrier: Carrier, feed: Feed, shares: Lanes, batch: int) -> None:
        self._carrier, self._feed, self._shares = carrier, feed, shares
        self._pages, self._batch = Pages(feed, batch), batch
        self._hand: Carried | None = None
        self._starving, self._resting = Standstill(STARVED), Standstill(AT_REST)
        self._still = Standstill(ORPHANED)
        self._starved: set[int] = set()
        self._adopted: frozenset[int] = frozenset()
        self._fed, self._newest = -AGAIN, 0
        self._brought: dict[int, int] = {}
        """By lane the last event that was brought, since it was last seen that those are in the store."""
        self._doubtful: set[int] = set()
        """Such events that the next one of their lane does not name as the one before it."""
        self.figures = Figures()

    def lanes(self) -> frozenset[int]:
        return self._carrier.lanes() | self._adopted

    def changed(self, lanes: frozenset[int]) -> bool:
        return lanes != self.lanes()

    def wait(self, timeout: float) -> bool:
        if self._hand is None or not self._hand.events:
            self._hand = self._carrier.take(timeout, self._batch)
        return bool(self._hand.events)

    def pages(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> Iterator[Page]:
        if self._starved and monotonic() - self._fed >= AGAIN:
            self._fed = monotonic()
            for reach in reaches:
                # Of lanes that were taken over just now nobody has said yet how far they are.
                reach.behind |= self._starved & lanes
        yield from self._from_store(reaches)
        self.wait(0)
        carried, self._hand = self._hand, None
        if carried is not None and carried.events:
            page = self._verified(carried, reaches, lanes)
            self._note_brought(page.ends, carried.after)
            yield page
            yield from self._from_store(reaches)
            self._carrier.done(ends_of(carried.events))

    # ── what was brought ───────────────────────────────────────────────────

    def _verified(self, carried: Carried, reaches: Sequence[Reach], lanes: frozenset[int]) -> Page:
        """What is new to somebody, for each consumer in the lanes in which it has everything before."""
        after = {lane: position for lane, position in carried.after.items() if lane in lanes}
        leaves_out: dict[Reach, Collection[int]] = {}
        gaps: set[int] = set()
        for reach in reaches:
            missing = set(reach.lacks(after)) - reach.behind
            gaps |= missing
            reach.behind |= missing
            leaves_out[reach] = reach.behind.intersection(after) if reach.behind else ()
        self.figures.gaps += len(gaps)
        known = {lane: _least(reaches, leaves_out, lane) for lane in after}
        events = [row for row in carried.events if row.lane in after and row.position > known[row.lane]]
        ends = ends_of(events)
        self.figures.carried += len(events)
        self.figures.dropped += len(carried.events) - len(events)
        self._starved -= ends.keys()
        return Page(events, ends, ends, leaves_out)

    def _note_brought(self, ends: Mapping[int, int], after: Mapping[int, int]) -> None:
        """Of events that follow each other it is enough to look for the last."""
        brought = self._brought
        self._doubtful |= {brought[lane] for lane in ends if lane in brought and brought[lane] != after[lane]}
        brought.update(ends)

    def _must_be_in_the_store(
        self, reaches: Sequence[Reach], there: Mapping[int, int], stored: Collection[int] = ()
    ) -> None:
        """See that what was brought, and whatever counts as handled, is in the store. Raises AnotherHistory.

        stored  positions in the database, of others too
        there   where each lane ends, read after all that was brought: mostly that answers it. Else the events
               themselves are asked for: readers may be shown less for a moment than they were before
        """
        newest = max(there.values())
        doubtful = {position for lane, position in self._brought.items() if position != there[lane]}
        reached = {*stored, *(reach.highest() for reach in reaches)}
        doubtful |= {position for position in reached if position > newest}
        restoring.must_hold(self._feed.missing(doubtful | self._doubtful))
        self._brought.clear()
        self._doubtful.clear()

    # ── what was not ───────────────────────────────────────────────────────

    def _from_store(self, reaches: Sequence[Reach]) -> Iterator[Page]:
        """A page for each that is behind; those that are equally far share it."""
        waiting = sorted(
            (reach for reach in reaches if reach.behind), key=lambda reach: reach.lowest(reach.behind)
        )
        while waiting:
            first = waiting[0]
            lanes, after, limit = sorted(first.behind), first.lowest(first.behind), self._pages.limit
            batch = self._pages.read(after, lanes)
            self.figures.read += len(batch.events)
            asked = dict.fromkeys(lanes, after)
            out = {reach: reach.lacks(asked) for reach in waiting}
            joined = {reach: lacks for reach, lacks in out.items() if len(lacks) < len(lanes)}
            full, ends = len(batch.events) >= limit, ends_of(batch.events)
            yield Page(batch.events, ends, dict.fromkeys(lanes, batch.through), joined, full)
            waiting = [reach for reach in waiting[1:] if reach.behind and not (full and reach in joined)]
            if ends:
                self._carrier.done(ends)

    def begin(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> None:
        there = self._feed.ends()
        self._must_be_in_the_store(reaches, there)
        for reach in reaches:
            reach.behind = set(reach.lacks({lane: there[lane] for lane in lanes}))

    def newest(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> int:
        return self._newest

    def look(self, reaches: Sequence[Reach], lanes: frozenset[int], lowest: Mapping[int, int]) -> None:
        there, now = self._feed.ends(), monotonic()
        self._must_be_in_the_store(reaches, there, lowest.values())
        self._newest, ours = max(there.values()), {lane: there[lane] for lane in lanes}
        for reach in reaches:
            reach.follow(ours, self._newest)
        had = {lane: min((reach.of(lane) for reach in reaches), default=end) for lane, end in ours.items()}
        hungry = {lane: had[lane] for lane, end in ours.items() if had[lane] < end}
        starved = self._starving.look(hungry, now) - self._starved
        self.figures.starved += len(starved)
        resting = {lane: end for lane, end in ours.items() if lane in self._starved and had[lane] >= end}
        self._starved -= self._resting.look(resting, now)
        self._starved = (self._starved | starved) & lanes
        self._adopt({lane: p for lane, p in lowest.items() if lane not in lanes and p < there[lane]}, now)

    def _adopt(self, lacking: Mapping[int, int], now: float) -> None:
        """Take lanes over that nobody moves, and give those back that have somebody."""
        orphans = self._still.look(lacking, now)
        self._adopted -= self._carrier.lanes()
        if not orphans and not self._adopted:
            self._shares.close()
            return
        share = self._shares.lanes()
        adopted = orphans & share
        self.figures.orphaned += len(adopted)
        self._adopted = (self._adopted & share) | adopted
        self._starved |= adopted

    def moved(self, lanes: Collection[int]) -> None:
        self._adopted -= frozenset(lanes)

    def start_over(self) -> None:
        self._hand = None

    def close(self) -> None:
        self._carrier.close()
        self._feed.close()


def _least(reaches: Sequence[Reach], leaves_out: Mapping[Reach, Collection[int]], lane: int) -> int:
    """How far the hindmost of those is that take this lane; further than every event when none does."""
    return min((reach.of(lane) for reach in reaches if lane not in leaves_out[reach]), default=1 << 63)
