"""The one process that reads the feed for all and tells it through Redis."""

from __future__ import annotations

from time import monotonic

from eventstore import Feed, Store
from runtime.jobs import AWAY
from runtime.live.changes import Stretch, change_of
from runtime.live.channel import Channel
from runtime.live.place import Here, here, history_of

LIMIT = 500
"""Changes of one message at most: about 70 kB."""

BEAT = 0.5
"""Seconds after which it says how far the feed is, also when nothing happened."""

PAUSED = 2.0
"""Seconds after which a leader that did not work, or has become one again, begins where the feed is now."""

SAME_HISTORY = 5.0
"""Seconds between two looks whether the store was restored."""


class Teller:
    """The work of the leader, see runtime/leader.py."""

    def __init__(self, store: Store, feed: Feed, channel: Channel) -> None:
        self._store, self._feed, self._channel = store, feed, channel
        self._at: Here | None = None
        self._worked = self._history_until = 0.0

    def work(self) -> float:
        """One round; seconds for which there is nothing to do. Raises what says that the database is away."""
        try:
            return self._tell(self._place())
        except AWAY:
            self._at = None
            raise
        finally:
            self._worked = monotonic()

    def _place(self) -> Here:
        now = monotonic()
        if self._at is not None and now > self._history_until:
            self._at = self._at if history_of(self._store) == self._at.history else None
            self._history_until = now + SAME_HISTORY
        if self._at is None or now - self._worked > PAUSED:
            self._at = here(self._store)
        return self._at

    def _tell(self, at: Here) -> float:
        batch = self._feed.read(at.position, None, LIMIT)
        self._channel.say(Stretch(at.history, at.position, batch.through, list(map(change_of, batch.events))))
        self._at = Here(at.history, batch.through, at.ends)
        if len(batch.events) < LIMIT:
            self._feed.wait(BEAT)
        return 0.0
