"""Which business day it is, for everyone who stamps an event: one look at the newest event, never a replay.

A day is open from its ``Opened`` to its ``Closed``; they are the events of a stream for each year. Who opens and
closes them: ``workers/watch.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from threading import Lock
from uuid import UUID

from eventstore import Aggregate, NotFound, Recorded, Store
from runtime.clock import Clock

FRESH = 0.02
"""Seconds for which an answer may be repeated without looking again."""

LOOK_BACK = 10
"""How many years an installation may have been switched off and still find its last business day."""


class BusinessDate:
    """The business date, ``meta.on`` of what is recorded now.

    zone            the IANA name of the organisation's time zone, for example from ``zone_of``
    stream_of_year  the id of the stream that holds a year's business days
    opened          the event that opens a day; its own ``meta.on`` is the day
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        zone: Callable[[], str],
        stream_of_year: Callable[[int], UUID],
        opened: type[Aggregate.Event],
    ) -> None:
        self._store, self._clock, self._zone = store, clock, zone
        self._stream_of_year, self._opened = stream_of_year, opened
        self._cached: tuple[float, date] | None = None
        self._looking = Lock()

    def today(self) -> date:
        """The day that is open; while none is, the Clock's date where the organisation is, never an earlier day.

        Raises Unavailable while the database is away.
        """
        if (known := self._fresh()) is not None:
            return known
        # One looks, the others wait for what he saw: without it every thread of a busy process looks at once.
        with self._looking:
            if (known := self._fresh()) is not None:
                return known
            asked_at = time.monotonic()
            self._cached = (asked_at, self._look())
            return self._cached[1]

    def local(self) -> date:
        """The Clock's date where the organisation is: what the business date becomes next."""
        return self._clock.today(self._zone())

    def newest(self) -> Recorded | None:
        """The last thing that happened to business days; None before the first one."""
        year = self.local().year
        for looked_at in range(year, year - LOOK_BACK - 1, -1):
            if (row := self._store.last(self._stream_of_year(looked_at))) is not None:
                return row
        return None

    def _fresh(self) -> date | None:
        cached = self._cached
        return cached[1] if cached and time.monotonic() - cached[0] <= FRESH else None

    def _look(self) -> date:
        row = self.newest()
        if row is None:
            return self.local()
        day = row.event().meta.on
        return day if row.kind == self._opened.kind else max(day, self.local())


def zone_of(store: Store, kind: type[Aggregate], id: UUID) -> Callable[[], str]:
    """Reads ``time_zone`` of an aggregate at most once a minute; UTC as long as there is no such aggregate."""
    cached: list[tuple[float, str]] = []

    def zone() -> str:
        if not cached or time.monotonic() - cached[0][0] > 60:
            try:
                cached[:] = [(time.monotonic(), vars(store.load(kind, id))["time_zone"])]
            except NotFound:
                return "UTC"
        return cached[0][1]

    return zone
