"""Aggregates kept in memory as they were after their last append, so that the next command needs no read.

Nothing is ever believed because it stands here. An append names the link that it builds on, and the database refuses
it when somebody else has appended since; a refusal, or a decision to do nothing, is given on a fresh load only
(store.py). Whoever takes an aggregate out has it alone and puts it back when its events are stored; after any failure
it is not put back.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TypeVar
from uuid import UUID

from eventstore.aggregate import Aggregate

A = TypeVar("A", bound=Aggregate)

MOST = 1000
"""Aggregates that one process keeps: a few megabytes."""

FOR = 60.0
"""Seconds from the first time that one is put here until it is read anew, however often it is used meanwhile. Values
that were opened stay open in it, so no longer than a subject's key is cached (sealing.py): an erasure elsewhere is
heard of after that at the latest."""

_SWEEP = 1.0
"""Seconds between two looks for what has been here too long."""


class Kept:
    """The least recently used make room for others. Safe between threads; ``most=0`` keeps nothing."""

    def __init__(self, most: int = MOST, seconds: float = FOR) -> None:
        self._most, self._seconds = most, seconds
        self._all: dict[UUID, Aggregate] = {}
        self._lock = Lock()
        self._swept = 0.0

    def take(self, kind: type[A], id: UUID) -> A | None:
        """Take it out, for one unit of work. None when it is not here, in use elsewhere, or of another kind."""
        with self._lock:
            found = self._all.pop(id, None)
        if found is None or type(found) is not kind or found.kept_until < monotonic():
            return None
        return found

    def put(self, aggregate: Aggregate) -> None:
        """Keep it; everything it has recorded is stored, and its link is the newest one."""
        now = monotonic()
        if not aggregate.kept_until:
            aggregate.kept_until = now + self._seconds
        with self._lock:
            self._all[aggregate.id] = aggregate
            while len(self._all) > self._most:
                del self._all[next(iter(self._all))]
            if now > self._swept + _SWEEP:
                self._all = {id: kept for id, kept in self._all.items() if kept.kept_until > now}
                self._swept = now

    def clear(self) -> None:
        """Keep nothing of what was kept so far."""
        with self._lock:
            self._all.clear()
