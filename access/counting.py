"""Where tries are counted in this process: a storage of the library `limits`, beside its own one for Redis.

The library's storage in memory looks through every key a hundred times a second in a thread of its own. This one
tidies up when it is full, has a bound, and counts by a clock that is given.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable

from limits.storage import Storage
from limits.storage.base import MovingWindowSupport, SlidingWindowCounterSupport

KEYS = 200_000
"""How many keys are counted at once; the ones that were begun first are forgotten beyond that."""


class InProcess(Storage, MovingWindowSupport, SlidingWindowCounterSupport):
    """Tries by key: their moments where every one counts, two numbers where the last window is weighed."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float], keys: int = KEYS) -> None:
        super().__init__()
        self._clock, self._keys = clock, keys
        self._lock = threading.Lock()
        self._moments: dict[str, tuple[int, list[float]]] = {}
        """Length of the window, and when it was tried, oldest first."""
        self._counts: dict[str, tuple[int, int, int, int]] = {}
        """Length of the window, its number since the clock began, tries in it, tries in the one before."""

    # ── every try by its moment ────────────────────────────────────────────

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            now = self._clock()
            moments = self._since(key, expiry, now)
            if len(moments) + amount > limit:
                return False
            moments += [now] * amount
            if len(self._moments) > self._keys:
                self._tidy(now)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        with self._lock:
            now = self._clock()
            moments = self._since(key, expiry, now)
            return (moments[0] if moments else now), len(moments)

    def give_back(self, key: str) -> None:
        """Forget the try that was counted last."""
        with self._lock:
            if moments := self._moments.get(key, (0, []))[1]:
                moments.pop()
            elif key in self._counts:
                expiry, number, current, previous = self._counts[key]
                self._counts[key] = expiry, number, max(current - 1, 0), previous

    def _since(self, key: str, expiry: int, now: float) -> list[float]:
        moments = self._moments.setdefault(key, (expiry, []))[1]
        del moments[: bisect_right(moments, now - expiry)]
        return moments

    # ── two numbers ────────────────────────────────────────────────────────

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            now = self._clock()
            number, current, previous = self._window(key, expiry, now)
            left = 1 - now % expiry / expiry
            if int(previous * left) + current + amount > limit:
                return False
            self._counts[key] = expiry, number, current + amount, previous
            if len(self._counts) > self._keys:
                self._tidy(now)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        with self._lock:
            now = self._clock()
            _, current, previous = self._window(key, expiry, now)
            left = expiry - now % expiry
            return previous, left, current, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        self.clear(key)

    def _window(self, key: str, expiry: int, now: float) -> tuple[int, int, int]:
        number = int(now // expiry)
        _, counted, current, previous = self._counts.get(key, (expiry, number, 0, 0))
        if counted == number:
            return number, current, previous
        return number, 0, current if counted == number - 1 else 0

    # ── what every storage has ─────────────────────────────────────────────

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("fixed windows are not used")

    def get(self, key: str) -> int:
        return len(self._moments.get(key, (0, []))[1])

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("fixed windows are not used")

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            known = len(self._moments) + len(self._counts)
            self._moments.clear()
            self._counts.clear()
            return known

    def clear(self, key: str) -> None:
        with self._lock:
            self._moments.pop(key, None)
            self._counts.pop(key, None)

    def _tidy(self, now: float) -> None:
        """Drop what no longer counts; still full, a tenth of what was begun first."""
        self._moments = {k: v for k, v in self._moments.items() if v[1] and v[1][-1] > now - v[0]}
        self._counts = {k: v for k, v in self._counts.items() if v[1] >= now // v[0] - 1}
        for counted in (self._moments, self._counts):
            if len(counted) > self._keys:
                for key in list(counted)[: self._keys // 10]:
                    del counted[key]
