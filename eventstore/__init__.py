"""An event store on PostgreSQL: append, one feed in order, sealed personal fields, read models. See README.md."""

from eventstore.aggregate import KINDS, LANES, Aggregate, Rejected, events_of, lane_of, when
from eventstore.ask import Ask
from eventstore.codec import Meta, Undecodable
from eventstore.command import (
    AlreadyExists,
    Asker,
    Claimed,
    Command,
    CommandMismatch,
    Forbidden,
    NotFound,
    Receipt,
    Stale,
    TooLarge,
)
from eventstore.rows import Batch, Recorded
from eventstore.sealing import REDACTED, Keyring, Sealed
from eventstore.store import Store, Unavailable

__all__ = [
    "KINDS",
    "LANES",
    "REDACTED",
    "Aggregate",
    "AlreadyExists",
    "Ask",
    "Asker",
    "Batch",
    "Claimed",
    "Command",
    "CommandMismatch",
    "Forbidden",
    "Keyring",
    "Meta",
    "NotFound",
    "Receipt",
    "Recorded",
    "Rejected",
    "Sealed",
    "Stale",
    "Store",
    "TooLarge",
    "Unavailable",
    "Undecodable",
    "events_of",
    "lane_of",
    "when",
]
