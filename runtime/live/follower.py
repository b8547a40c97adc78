"""Follows the feed in one process: by what others tell of it while they do, by the store itself otherwise.

told ── joins on ───────────────────▶ Hub
  ├──── something before it is missing: read the store up to it, then join
  └──── nothing for SILENCE: read the store, until there is news again
"""

from __future__ import annotations

import threading
from queue import Empty, Full, Queue
from time import monotonic

import structlog

from eventstore import Feed, Store
from runtime.jobs import AWAY
from runtime.live.changes import Change, Place, Stretch, change_of
from runtime.live.hub import Hub
from runtime.live.place import here, history_of

SILENCE = 1.0
"""Seconds without a word after which a process reads the store by itself."""

LIMIT = 500
"""Events of one read."""

AGAIN_AFTER = 0.5
"""Seconds after which a database that is away is asked again."""

SAME_HISTORY = 5.0
"""Seconds between two looks whether the store was restored, when nobody says so."""

UNREAD = 1_000
"""Stretches that were told and not yet taken; more are dropped, and the store is read for them."""

_LOOK = 0.2
"""Seconds after which it looks by itself, and after which it notices that it is to stop."""

log = structlog.get_logger()


class Follower:
    """One for each process.

    told  whether other processes tell what they read: ``hear`` is called with it then
    """

    def __init__(self, store: Store, feed: Feed, hub: Hub, told: bool) -> None:
        self._store, self._feed, self._hub, self._is_told = store, feed, hub, told
        self._unread: Queue[Stretch] = Queue(UNREAD)
        self._ahead: Stretch | None = None
        """What was told and begins behind this place: the store is read up to it first."""
        self._heard = monotonic()
        self._place: Place | None = None
        self._lock = threading.Lock()
        self.reads = 0
        """How often it has read the store."""
        self._history_until = 0.0

    @property
    def is_sharing(self) -> bool:
        """Whether it lives on what others tell."""
        return self._is_told and monotonic() - self._heard < SILENCE

    def begin(self) -> None:
        """Know where the feed is now. Raises what says that the database is away."""
        with self._lock:
            if self._place is None:
                self._begin()

    def hear(self, stretch: Stretch) -> None:
        """Something was told; returns at once."""
        try:
            self._unread.put_nowait(stretch)
        except Full:
            return

    def run(self, stop: threading.Event) -> None:
        """Follow until ``stop``; needs ``begin`` first."""
        while not stop.is_set():
            try:
                self._step()
            except AWAY as error:
                log.warning("live updates wait", cause=type(error).__name__)
                stop.wait(AGAIN_AFTER)

    # ── inside ─────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        now = here(self._store)
        self._place = Place(now.history, now.position)
        self._hub.begin(now.history, now.position, now.ends)

    def _step(self) -> None:
        if monotonic() > self._history_until:
            self._look_at_history()
        stretch = self._next()
        if stretch is not None:
            self._join(stretch)
        elif not self.is_sharing:
            self._read()

    def _next(self) -> Stretch | None:
        """What was told next; waits a moment for it, or for the store when nobody tells anything."""
        if (ahead := self._ahead) is not None:
            self._ahead = None
            return ahead
        try:
            if self.is_sharing:
                return self._unread.get(timeout=_LOOK)
            if self._unread.empty():
                self._feed.wait(_LOOK)
            return self._unread.get_nowait()
        except Empty:
            return None

    def _join(self, stretch: Stretch) -> None:
        assert self._place is not None
        if stretch.history != self._place.history:
            self._look_at_history()
            return
        fresh = self._place.take(stretch)
        if fresh is None:
            self._ahead = stretch
            self._read()
            return
        self._heard = monotonic()
        self._pass_on(fresh)

    def _read(self) -> None:
        """The next events of the store itself."""
        assert self._place is not None
        at, self.reads = self._place.position, self.reads + 1
        batch = self._feed.read(at, None, LIMIT)
        changes = list(map(change_of, batch.events))
        self._pass_on(self._place.take(Stretch(self._place.history, at, batch.through, changes)) or [])

    def _pass_on(self, changes: list[Change]) -> None:
        assert self._place is not None
        self._hub.pass_on(changes, self._place.position)

    def _look_at_history(self) -> None:
        """Whether the store was restored meanwhile: then everybody begins again."""
        assert self._place is not None
        if history_of(self._store) != self._place.history:
            self._begin()
        self._history_until = monotonic() + SAME_HISTORY
