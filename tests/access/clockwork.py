"""A clock that a test sets: what lapses in hours lapses at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Watch:
    """Called, it tells the time; nothing moves it but ``lapse``."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def lapse(self, **time: float) -> None:
        self.time += timedelta(**time)
