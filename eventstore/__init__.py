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
    StepUpRequired,
    TooLarge,
)
from eventstore.feed import Doorbell, Feed, StoreFeed
from eventstore.page import BadCursor, Page
from eventstore.projection import Projection, on
from eventstore.reader import NotBuilt, Reader, TooMany
from eventstore.rows import Batch, Recorded
from eventstore.sealing import REDACTED, Keyring, Sealed
from eventstore.store import Store, Unavailable
from eventstore.table import Table

__all__ = [
    "KINDS",
    "LANES",
    "REDACTED",
    "Aggregate",
    "AlreadyExists",
    "Ask",
    "Asker",
    "BadCursor",
    "Batch",
    "Claimed",
    "Command",
    "CommandMismatch",
    "Doorbell",
    "Feed",
    "Forbidden",
    "Keyring",
    "Meta",
    "NotBuilt",
    "NotFound",
    "Page",
    "Projection",
    "Reader",
    "Receipt",
    "Recorded",
    "Rejected",
    "Sealed",
    "Stale",
    "StepUpRequired",
    "Store",
    "StoreFeed",
    "Table",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "Undecodable",
    "events_of",
    "lane_of",
    "on",
    "when",
]
