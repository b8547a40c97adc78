"""One stored event as the database gives it, and one read of the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from eventstore.aggregate import Aggregate
    from eventstore.codec import Codec

COLUMNS = "stream_id, version, position, lane, owner, kind, schema, state, meta, recorded_at, link"


Unread: TypeAlias = tuple[bytes, bytes, int, bytes, bytes | None, bytes, bytes, bytes, bytes, bytes, bytes]
"""A row as PostgreSQL sends it, for whoever hands it on: COLUMNS in binary form, the position alone as a number."""


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """A row of the store. Bytes stay bytes until somebody asks for the event."""

    stream_id: UUID
    version: int
    position: int
    """Strictly increasing in commit-safe order; ``((transaction id + base) << 16) + ordinal``."""
    lane: int
    owner: UUID | None
    kind: str
    schema: int
    state: bytes
    meta: bytes
    recorded_at: datetime
    link: bytes
    codec: Codec

    @property
    def id(self) -> str:
        """The event's address, ``stream:version``: what ``because`` names."""
        return f"{self.stream_id}:{self.version}"

    def event(self) -> Aggregate.Event:
        """Decode. Raises Undecodable for an unknown kind, broken JSON or another shape."""
        return self.codec.decode(self)


@dataclass(frozen=True, slots=True)
class Batch:
    """One read of the feed.

    events   in order of position
    through  everything up to here is contained or does not exist and never will
    """

    events: list[Recorded]
    through: int
