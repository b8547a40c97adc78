"""What a page is told of an event: that it happened and to what, never what it says; and stretches of the feed of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from eventstore import Recorded


class _Day(msgspec.Struct, frozen=True):
    """What is read of an event's meta."""

    on: date


_DAY = msgspec.json.Decoder(_Day)


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event, without its content."""

    position: int
    lane: int
    event: str
    """Loan.Approved: the kind of the event."""
    id: UUID
    """Of what changed."""
    version: int
    owner: UUID | None
    on: date
    """The business date."""

    @property
    def kind(self) -> str:
        """Loan: what changed."""
        return self.event.partition(".")[0]


class Stretch(msgspec.Struct, frozen=True, array_like=True, tag="stretch"):
    """A piece of the feed without a gap: everything behind ``after`` and up to ``through``."""

    history: UUID
    """The incarnation of the store: positions of another one mean something else."""
    after: int
    through: int
    changes: list[Change]


class Place:
    """How far a process has come; puts stretches together that overlap, come twice, too late or too early."""

    def __init__(self, history: UUID, position: int) -> None:
        self.history, self.position = history, position

    def take(self, stretch: Stretch) -> list[Change] | None:
        """What is new in it, in order; None: something before it is missing, or it is of another history."""
        if stretch.history != self.history or stretch.after > self.position:
            return None
        if stretch.through <= self.position:
            return []
        fresh = [change for change in stretch.changes if change.position > self.position]
        self.position = stretch.through
        return fresh


def change_of(row: Recorded) -> Change:
    on = _DAY.decode(row.meta).on
    return Change(row.position, row.lane, row.kind, row.stream_id, row.version, row.owner, on)
