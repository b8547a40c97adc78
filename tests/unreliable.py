"""A carrier at its worst: it loses, doubles and delays what it is given, mixes lanes up, forgets, and begins again.

    ship() ─▶ a log for each lane ─▶ members of a group, each with some lanes ─▶ take()

What ``Carried`` promises it keeps, since that is checked where it is made (runtime/kafka/carrier.py): within one, a
lane has no gap.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from uuid import UUID

from hypothesis import strategies as st

from eventstore import LANES, Recorded, Store
from eventstore.feed import Carried

OFTEN = ["write"] * 8 + ["ship"] * 8 + ["work"] * 12 + ["share", "late", "empty", "rewind"]
"""What may happen next, the usual more often. The last three happen to the broker itself, see ``be``."""
MOMENTS = st.lists(st.sampled_from(OFTEN), min_size=30, max_size=60)

Sent = tuple[Recorded, int]
"""An event and the position of the one before it in its lane."""


class Broker:
    """What lies between one who ships and a group of consumers.

    chance  decides what becomes of each event
    wicked  how many of a hundred events are not simply brought
    """

    def __init__(self, store: Store, chance: random.Random, wicked: int = 30) -> None:
        self._store, self.chance, self._wicked = store, chance, wicked
        self._ends = store.lane_ends()
        self._shipped = max(self._ends.values())
        self.logs: dict[int, list[Sent]] = {lane: [] for lane in range(LANES)}
        self._late: list[Sent] = []
        self._offsets = dict.fromkeys(range(LANES), 0)
        self.done: dict[int, int] = {}

    def ship(self) -> None:
        """Everything that is in the store and was not shipped; something of it arrives."""
        for row in self._store.read_feed(self._shipped, limit=10_000).events:
            sent = row, self._ends[row.lane]
            self._shipped = self._ends[row.lane] = row.position
            if self.chance.randrange(100) >= self._wicked:
                self._arrive(sent)
                continue
            match self.chance.choice(["lost", "late", "doubled", "doubled later"]):
                case "late":
                    self._late.append(sent)
                case "doubled":
                    self._arrive(sent)
                    self._arrive(sent)
                case "doubled later":
                    self._arrive(sent)
                    self._late.append(sent)

    def be(self, wicked: str) -> None:
        """Bring what is ``late``, as from one who slept past its lease; ``empty`` the topic before anybody has read
        it; or ``rewind`` the offsets."""
        ends = {lane: len(log) for lane, log in self.logs.items()}
        match wicked:
            case "late":
                late, self._late = self._late, []
                for sent in late:
                    self._arrive(sent)
            case "empty":
                self._offsets = ends
            case "rewind":
                self._offsets = {lane: self.chance.randint(0, at) for lane, at in self._offsets.items()}
            case _:
                raise ValueError(wicked)

    def next_of(self, lanes: Collection[int], limit: int) -> Carried:
        """What these lanes bring next, mixed up as if they came over several partitions."""
        events: list[Recorded] = []
        after: dict[int, int] = {}
        ends: dict[int, int] = {}
        open_ones = [lane for lane in lanes if self._offsets[lane] < len(self.logs[lane])]
        while open_ones and len(events) < limit:
            lane = self.chance.choice(open_ones)
            row, before = self.logs[lane][self._offsets[lane]]
            if lane in ends and before != ends[lane]:
                break
            after.setdefault(lane, before)
            ends[lane] = row.position
            events.append(row)
            self._offsets[lane] += 1
            if self._offsets[lane] == len(self.logs[lane]):
                open_ones.remove(lane)
        return Carried(events, after)

    def _arrive(self, sent: Sent) -> None:
        self.logs[sent[0].lane].append(sent)


class Member:
    """One of the group. Which lanes it believes to have is up to the test: also those of another, or none."""

    def __init__(self, broker: Broker, incarnation: UUID, lanes: Collection[int] = ()) -> None:
        self._broker, self.incarnation, self.has = broker, incarnation, frozenset(lanes)

    def lanes(self) -> frozenset[int]:
        return self.has

    def take(self, timeout: float, limit: int) -> Carried:
        return self._broker.next_of(sorted(self.has), min(limit, self._broker.chance.randint(1, 12)))

    def done(self, ends: Mapping[int, int]) -> None:
        self._broker.done.update(ends)

    def close(self) -> None:
        self.has = frozenset()


class Credulous(Member):
    """The mutant: nobody hears which event came before."""

    def take(self, timeout: float, limit: int) -> Carried:
        carried = super().take(timeout, limit)
        return Carried(carried.events, dict.fromkeys(carried.after, 0))
