"""How far a consumer is, when its lanes do not all come at the same pace.

low ────────┤ everything up to here, in all of its lanes
lane 7 ─────┼───────┤ and more in some
lane 9 ─────┼──┤
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


class Reach:
    """Everything up to ``low`` was handled, and in some lanes more.

    positions  of each lane that counts. Of another one nothing is known, so nothing was handled
    """

    __slots__ = ("_ahead", "_lanes", "behind", "low")

    def __init__(self, positions: Mapping[int, int] | None = None) -> None:
        known = positions or {}
        self._lanes = frozenset(known)
        self.low = min(known.values(), default=0)
        self._ahead = {lane: position for lane, position in known.items() if position > self.low}
        self.behind: set[int] = set()
        """Lanes in which it misses something, and reads the store until it has everything."""

    def of(self, lane: int) -> int:
        """Everything of this lane up to here was handled."""
        return max(self._ahead.get(lane, 0), self.low) if lane in self._lanes else 0

    def lowest(self, lanes: Iterable[int]) -> int:
        """Of several lanes; 0 when there is none."""
        return min(map(self.of, lanes), default=0)

    def highest(self) -> int:
        """How far it is in the lane in which it is farthest; 0 where no lane counts."""
        return max(self._ahead.values(), default=self.low) if self._lanes else 0

    def rise(self, position: int) -> None:
        """Everything of every lane up to here was handled."""
        self.low = max(self.low, position)
        if self._ahead:
            self._ahead = {lane: ahead for lane, ahead in self._ahead.items() if ahead > self.low}

    def take(self, ends: Mapping[int, int]) -> None:
        """Everything of some lanes up to their ends was handled."""
        for lane, end in ends.items():
            if end > self.of(lane):
                self._ahead[lane] = end

    def lacks(self, ends: Mapping[int, int]) -> list[int]:
        """The lanes in which it is not as far as this."""
        return [lane for lane, end in ends.items() if end > self.of(lane)]

    def follow(self, ends: Mapping[int, int], newest: int) -> None:
        """Lanes that have everything there is go along with the others.

        ends    the last event of each lane that counts, as the store says
        newest  the last event of all; there is none between a lane's end and this
        """
        if lacking := self.lacks(ends):
            self.take(dict.fromkeys(ends.keys() - lacking, newest))
        else:
            self.rise(newest)

    def ends(self, lanes: Collection[int], upto: int) -> dict[int, int]:
        """By lane, how far it is, but not beyond ``upto``."""
        if not self._ahead:
            return dict.fromkeys(lanes, min(self.low, upto))
        return {lane: min(self.of(lane), upto) for lane in lanes}
