"""Everything live of one process: who is connected, who follows the feed for them, what other processes are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from eventstore import Doorbell, Store, StoreFeed
from runtime.leader import lead
from runtime.live.changes import Stretch
from runtime.live.channel import Channel, Forget, Said
from runtime.live.follower import Follower
from runtime.live.hub import Hub
from runtime.live.teller import Teller

LEADER = 6
"""Which lock: runtime/leader.py."""

_LOOK = 5.0
"""Seconds after which a thread that has nothing to tell shows that it goes on."""


def _unwatched(loop: str, stop: threading.Event) -> threading.Event:
    """Nobody watches over the loops."""
    return stop


class Live:
    """Nothing runs until somebody is connected; with a channel other processes are listened to from the start.

    url      connection string of the role ``app``, for the leader's lock
    channel  to the other processes; None: this one is alone, or need not know of others
    bell     rings when something is appended; None: one of its own
    watched  makes the event by which a loop is to stop: whoever watches over loops passes their own, runtime/metrics.py
    """

    def __init__(
        self,
        store: Store,
        url: str,
        channel: Channel | None = None,
        bell: Doorbell | None = None,
        watched: Callable[[str, threading.Event], threading.Event] = _unwatched,
    ) -> None:
        self._store, self._url, self.channel, self._watched = store, url, channel, watched
        self._bell, self._has_own_bell = bell or Doorbell(url), bell is None
        self._stop, self._to_forget = threading.Event(), threading.Event()
        self.hub = Hub()
        self.follower = Follower(store, StoreFeed(store, self._bell), self.hub, told=channel is not None)
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self.after_forget: Callable[[], None] = _nobody_remembers
        """Called when another process says that an account or a session has changed."""

    @property
    def is_shared(self) -> bool:
        """Whether this process lives on what one process reads for all."""
        return self.is_following and self.follower.is_sharing

    @property
    def is_following(self) -> bool:
        """Whether anybody was connected yet."""
        return "follows" in self._threads

    def start(self) -> None:
        """Listen to other processes, if there is a channel to them."""
        if self.channel is not None:
            teller = Teller(self._store, StoreFeed(self._store, self._bell), self.channel)
            self._run("listens", partial(self.channel.listen, self._hear))
            self._run("leads", partial(lead, self._url, LEADER, teller.work))
            self._run("forgets", partial(self._tell_to_forget, self.channel))

    def follow(self) -> None:
        """Have the hub follow the feed. Raises what says that the database is away, while it does not follow yet."""
        self.follower.begin()
        self._run("follows", self.follower.run)

    def tell_to_forget(self) -> None:
        """An account or a session has changed here: the other processes hear of it. Returns at once, never fails."""
        self._to_forget.set()

    def close(self) -> None:
        self._stop.set()
        self._to_forget.set()
        for thread in self._threads.values():
            thread.join(timeout=5.0)
        if self._has_own_bell:
            self._bell.close()
        if self.channel is not None:
            self.channel.close()

    # ── inside ─────────────────────────────────────────────────────────────

    def _run(self, name: str, work: Callable[[threading.Event], None]) -> None:
        with self._lock:
            if name not in self._threads and not self._stop.is_set():
                stop = self._watched(f"live {name}", self._stop)
                self._threads[name] = threading.Thread(
                    target=work, args=(stop,), name=f"live-{name}", daemon=True
                )
                self._threads[name].start()

    def _hear(self, said: Said) -> None:
        if isinstance(said, Stretch):
            if self.is_following:
                self.follower.hear(said)
        else:
            self.after_forget()

    def _tell_to_forget(self, channel: Channel, stop: threading.Event) -> None:
        while not stop.is_set():
            if self._to_forget.wait(_LOOK):
                self._to_forget.clear()
                channel.say(Forget())


@contextmanager
def running(live: Live) -> Iterator[Live]:
    """The same, started, and closed afterwards."""
    live.start()
    try:
        yield live
    finally:
        live.close()


def _nobody_remembers() -> None:
    """The default."""
