"""A gapless series of numbers: the next one is taken in the transaction that uses it, or not at all."""

from __future__ import annotations

from typing import Final
from uuid import NAMESPACE_URL, UUID

from aggregates.values import derived
from eventstore import Aggregate

LOANS: Final = "loans"
CUSTOMERS: Final = "customers"


def series_id(name: str, year: int) -> UUID:
    """One stream for each series and year."""
    return derived(NAMESPACE_URL, f"series:{name}:{year}")


class Series(Aggregate):
    """Number n is the event of version n + 1."""

    class Begun(Aggregate.Created):
        pass

    class Taken(Aggregate.Event):
        for_stream: UUID
        """Which stream bears the number."""
