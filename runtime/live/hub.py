"""Hands changes on to everybody who is connected to this process; whoever takes too long to read is told so once.

    Follower ──pass_on──▶ Hub ──put, where wanted──▶ Subscriber ──take──▶ the connection's own loop

What waits for a subscriber has a bound. Beyond it all of it is dropped, and ``take`` says that something was missed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from runtime.live.changes import Change

WAITING = 1_000
"""Changes that wait for one subscriber at most."""


@dataclass(frozen=True, slots=True)
class News:
    """What came since the last look.

    changes  in order
    through  everything up to here was in this or in earlier news, or was not wanted
    missed   something was dropped: all that was known has to be looked at again
    """

    changes: list[Change]
    through: int
    missed: bool


class Subscriber:
    """One who is connected.

    wants  whether a change is for them; called on the hub's thread, in order
    wake   called on the hub's thread when there is something to take, or it is over; returns at once, never raises
    """

    def __init__(self, through: int, wants: Callable[[Change], bool], wake: Callable[[], None]) -> None:
        self._through, self._wants, self._wake = through, wants, wake
        self._waiting: list[Change] = []
        self._missed = False
        self._lock = threading.Lock()

    def put(self, changes: Iterable[Change], through: int) -> None:
        mine = [change for change in changes if self._wants(change)]
        with self._lock:
            self._through = through
            if not mine or self._missed:
                return
            if len(self._waiting) + len(mine) > WAITING:
                self._missed, self._waiting = True, []
            else:
                self._waiting.extend(mine)
        self._wake()

    def begin_again(self, through: int) -> None:
        """What they know is of another history."""
        with self._lock:
            self._through, self._missed, self._waiting = through, True, []
        self._wake()

    def take(self) -> News:
        with self._lock:
            news = News(self._waiting, self._through, self._missed)
            self._waiting, self._missed = [], False
        return news


class Hub:
    """Everybody who is connected, and the end of each lane as far as changes were passed on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        self._history: UUID | None = None
        self._position = 0
        self._ends: dict[int, int] = {}

    def begin(self, history: UUID, position: int, ends: Mapping[int, int]) -> None:
        """From here on; whoever is connected already begins again."""
        with self._lock:
            self._history, self._position, self._ends = history, position, dict(ends)
            connected = list(self._subscribers)
        for each in connected:
            each.begin_again(position)

    def pass_on(self, changes: list[Change], through: int) -> None:
        with self._lock:
            self._position = through
            self._ends.update((change.lane, change.position) for change in changes)
            # Inside the lock: whoever subscribes next is told everything behind ``through``, and nothing before it.
            for each in self._subscribers:
                each.put(changes, through)

    def subscribe(self, wants: Callable[[Change], bool], wake: Callable[[], None]) -> Subscriber:
        with self._lock:
            subscriber = Subscriber(self._position, wants, wake)
            self._subscribers.add(subscriber)
            return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.discard(subscriber)

    @property
    def size(self) -> int:
        """How many are connected."""
        return len(self._subscribers)

    @property
    def history(self) -> UUID:
        """The incarnation that the positions belong to."""
        assert self._history is not None, "nobody follows yet"
        return self._history

    @property
    def position(self) -> int:
        """How far changes were passed on."""
        return self._position

    def ends(self) -> dict[int, int]:
        """The position of the last event of each lane that has any."""
        with self._lock:
            return {lane: position for lane, position in self._ends.items() if position}
