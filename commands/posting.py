"""What can be asked of the journal."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from aggregates.posting import Line, MalformedLine, Posting, Unbalanced
from aggregates.values import CustomerId, PostingId
from commands.fields import Code, Day
from commands.fields import Line as Text
from eventstore import AlreadyExists, Ask, Command

AT_ONCE: Final = 500
"""Entries of one command: far below what an append takes, far above what an event makes on most days."""


class NewEntry(BaseModel):
    """One entry to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    posting_id: PostingId
    customer_id: CustomerId | None
    entry_on: Day
    movement: Code
    about: UUID
    cause: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[0-9]{1,6}$")]
    label: Text
    lines: Annotated[list[Line], Field(min_length=2, max_length=100)]


class MakePostings(Command, on=Posting, rejects=(Unbalanced, MalformedLine, AlreadyExists)):
    """Make entries of the journal, all of them or none. Sent by workers/post.py for what an event does to the books."""

    entries: Annotated[list[NewEntry], Field(min_length=1, max_length=AT_ONCE)]

    def create(self, ask: Ask) -> Posting:
        first, *others = map(_made, self.entries)
        for posting in others:
            ask.add(posting)
        return first


def _made(entry: NewEntry) -> Posting:
    return Posting.make(
        entry.posting_id,
        entry.customer_id,
        entry.entry_on,
        entry.movement,
        entry.about,
        entry.cause,
        entry.label,
        entry.lines,
    )
