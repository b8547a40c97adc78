"""Where a reader of the feed is, and where the feed is now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from eventstore import Store
from eventstore.restoring import incarnation


@dataclass(frozen=True, slots=True)
class Here:
    """A place in the feed."""

    history: UUID
    """The incarnation of the store."""
    position: int
    """Everything up to here is known, and nothing can still appear there."""
    ends: dict[int, int]
    """By lane the position of its last event; 0 for a lane without any."""


def here(store: Store) -> Here:
    """The end of the feed as it is now. Raises Unavailable."""
    history, ends = history_of(store), store.lane_ends()
    behind = store.read_feed(max(ends.values()), limit=1)
    return Here(history, behind.through, ends | {row.lane: row.position for row in behind.events})


def history_of(store: Store) -> UUID:
    """Which incarnation the store is in. Raises what says that the database is away."""
    with store.pool.connection() as connection:
        return incarnation(connection).incarnation
