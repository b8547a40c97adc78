"""Who looked at what: every allow and every deny on personal or money data, in a chain that shows a change.

    note ──▶ waiting ──one batch at a time──▶ access.note(), which links each entry to the one before ──▶ note returns

Entries that arrive while a batch is being committed make the next one. A read is recorded before its answer leaves;
where that cannot be done the answer is 503. What was denied is recorded too, without anybody waiting for it; what
could not be is counted. Accepted commands need no entry: the event is the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Entry:
    """One look, or one refusal of it."""

    on: date | None
    """The business date; None when nobody got far enough to need it."""
    who: str
    """As in the meta of events: ``account:<id>``, ``link:<contact id>``; ``nobody`` before that is proved."""
    roles: tuple[str, ...]
    """What whoever asked was at that moment: role names."""
    via: str
    """What carried the proof: cookie, bearer, key, link, none."""
    action: str
    """The operation id."""
    kind: str
    """What it is about: the tag of the operation."""
    resource: str | None
    """Its id, from the path."""
    customers: tuple[UUID, ...]
    """Whose data was shown, as far as known."""
    decision: Literal["allow", "deny"]
    reason: str | None
    """The type of the problem, for a deny."""
    status: int
    request: str
    """The request id."""
    address: str
    """The client address; kept as its network and a keyed digest."""
