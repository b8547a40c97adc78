"""Where a consumer's events come from, page by page: the store alone, or a carrier (from_carrier.py)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from eventstore.aggregate import LANES
from eventstore.feed import Feed
from eventstore.follower import ends_of
from eventstore.reach import Reach
from eventstore.rows import Batch, Recorded

_CATCHING_UP = 8
"""Times the batch that a page holds while there is much to read: fewer commits, fewer round trips."""
_HEAVY = 32_000_000
"""Bytes of a page above which the next one is smaller."""


class Lanes(Protocol):
    def lanes(self) -> frozenset[int]: ...

    def close(self) -> None: ...


class AllLanes:
    """For a process that is alone, and for tests of two that are in each other's way."""

    def lanes(self) -> frozenset[int]:
        return frozenset(range(LANES))

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Figures:
    """What has happened since the process began; all zero where there is no carrier."""

    carried: int = 0
    """Events that the carrier brought and somebody needed."""
    dropped: int = 0
    """Events that it brought again, or for somebody else."""
    gaps: int = 0
    """Times that something was missing before what a lane was brought."""
    starved: int = 0
    """Times that a lane had more in the store and was brought nothing."""
    orphaned: int = 0
    """Times that another one's lane was taken over because it stood still."""
    read: int = 0
    """Events read from the store: to fill gaps, for starved lanes, and to catch up after a start."""


@dataclass(frozen=True, slots=True)
class Page:
    """Events to take at once.

    events      of each lane in order
    ends        the last position of each lane that is among them
    through     how far that brings who takes them: in every lane alike, or by lane
    leaves_out  who takes them, each with the lanes in which it does not: something before them is missing to it
    full        there may be more of these lanes in the store
    """

    events: Sequence[Recorded]
    ends: Mapping[int, int]
    through: int | Mapping[int, int]
    leaves_out: Mapping[Reach, Collection[int]]
    full: bool = True

    def ends_for(self, reach: Reach) -> Mapping[int, int]:
        """The same for one of those who take them."""
        return _without(self.leaves_out[reach], self.ends)

    def taken(self, reach: Reach) -> None:
        """It has handled everything here, and committed what there was to commit."""
        if isinstance(self.through, int):
            reach.rise(self.through)
            return
        through = _without(self.leaves_out[reach], self.through)
        reach.take(through)
        if not self.full:
            reach.behind.difference_update(through)


class Supply(Protocol):
    """A consumer asks it for pages and for what to wait for; it never raises because a carrier is away."""

    figures: Figures

    def lanes(self) -> frozenset[int]:
        """Those to handle now. May raise psycopg.OperationalError."""
        ...

    def changed(self, lanes: frozenset[int]) -> bool:
        """Whether others than these are to be handled now, as far as that is known without asking."""
        ...

    def pages(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> Iterator[Page]:
        """What there is for consumers that handle these lanes; ask for the next page when one is taken."""
        ...

    def wait(self, timeout: float) -> bool:
        """Until there may be something, ``timeout`` seconds at most; whether there is."""
        ...

    def begin(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> None:
        """These go on from where they are, for the first time or because somebody else has moved them."""
        ...

    def look(self, reaches: Sequence[Reach], lanes: frozenset[int], lowest: Mapping[int, int]) -> None:
        """Once a second: see that nothing is forgotten.

        lowest  by lane, how far the hindmost is in the database, whoever handles it
        """
        ...

    def newest(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> int:
        """Up to where lanes without events may follow the others.

        Only as far as there were events: otherwise our own transactions would move the horizon for ever.
        """
        ...

    def moved(self, lanes: Collection[int]) -> None:
        """Somebody else moves these lanes."""
        ...

    def start_over(self) -> None:
        """Forget what is in hand."""
        ...

    def close(self) -> None: ...


class Pages:
    """How much to read at once."""

    def __init__(self, feed: Feed, batch: int) -> None:
        self._feed, self._batch = feed, batch
        self.limit = batch

    def read(self, after: int, lanes: Collection[int]) -> Batch:
        """The next events of these lanes."""
        wanted = None if len(lanes) == LANES else sorted(lanes)
        batch = self._feed.read(after, wanted, self.limit)
        self.limit = self._next_limit(batch)
        return batch

    def _next_limit(self, batch: Batch) -> int:
        """More while there is more than was asked for; less when events are large."""
        if len(batch.events) < self.limit:
            return self._batch
        if sum(len(row.state) for row in batch.events) > _HEAVY:
            return max(self.limit // 2, 1)
        return min(self.limit * 2, self._batch * _CATCHING_UP)


class FromStore:
    """The store alone; consumers of this process share their reads as far as they are equally far."""

    def __init__(self, feed: Feed, shares: Lanes, batch: int) -> None:
        self._feed, self._shares, self._pages = feed, shares, Pages(feed, batch)
        self._newest = 0
        self.figures = Figures()

    def lanes(self) -> frozenset[int]:
        return self._shares.lanes()

    def changed(self, lanes: frozenset[int]) -> bool:
        return False

    def pages(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> Iterator[Page]:
        waiting = sorted(reaches, key=lambda reach: reach.low)
        while waiting and lanes:
            batch = self._pages.read(waiting[0].low, lanes)
            joined = [reach for reach in waiting if reach.low <= batch.through]
            waiting = [reach for reach in waiting if reach.low > batch.through]
            yield Page(batch.events, ends_of(batch.events), batch.through, dict.fromkeys(joined, ()))
            if batch.events:
                self._newest = max(self._newest, batch.events[-1].position)

    def wait(self, timeout: float) -> bool:
        return self._feed.wait(timeout)

    def begin(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> None:
        """Nothing to do: who is behind is read for first."""

    def look(self, reaches: Sequence[Reach], lanes: frozenset[int], lowest: Mapping[int, int]) -> None:
        """Nothing to do: what was read is complete."""

    def newest(self, reaches: Sequence[Reach], lanes: frozenset[int]) -> int:
        if len(lanes) < LANES and self._feed.read(self._newest, None, 1).events:
            self._newest = max((reach.low for reach in reaches), default=0)
        return self._newest

    def moved(self, lanes: Collection[int]) -> None:
        """Nobody's lanes are taken over here."""

    def start_over(self) -> None:
        """Nothing is in hand."""

    def close(self) -> None:
        self._feed.close()


def _without(out: Collection[int], ends: Mapping[int, int]) -> Mapping[int, int]:
    return {lane: end for lane, end in ends.items() if lane not in out} if out else ends
