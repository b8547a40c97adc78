"""What can be asked of the journal."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from aggregates.posting import Line, MalformedLine, Posting, Unbalanced
from aggregates.values import CustomerId, PostingId
from commands.fields import Code, Day
from commands.fields import Line as Text
from eventstore import AlreadyExists, Ask, Command


class MakePosting(Command, on=Posting, rejects=(Unbalanced, MalformedLine, AlreadyExists)):
    """Make one entry of the journal. Sent by workers/post.py for each entry of rules/postings.py."""

    posting_id: PostingId
    customer_id: CustomerId | None
    entry_on: Day
    movement: Code
    about: UUID
    cause: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[0-9]{1,6}$")]
    label: Text
    lines: Annotated[list[Line], Field(min_length=2, max_length=100)]

    def create(self, ask: Ask) -> Posting:
        return Posting.make(
            self.posting_id,
            self.customer_id,
            self.entry_on,
            self.movement,
            self.about,
            self.cause,
            self.label,
            self.lines,
        )
