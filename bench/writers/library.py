"""The `eventsourcing` library as it comes, with its PostgreSQL recorder: `Application.save`, one event a call.

In the way that favours it: the aggregate stays with the caller, so it is never read from the database.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.domain import DEPOT, EVENTS_A_STREAM, REMARK, SENDER
from bench.place import parts
from bench.rows import PAYLOAD
from bench.writers import Step, Where

TABLE = "public.parcels_events"


class LibraryParcel(Aggregate):
    """A parcel as the library's own documentation would write it."""

    @event("Accepted")
    def __init__(self, customer_id: UUID, sender: UUID, remark: str) -> None:
        self.customer_id, self.sender, self.remark, self.grams = customer_id, sender, remark, 0

    @event("Scanned")
    def scan(self, depot: UUID, grams: int, remark: str) -> None:
        self.grams = grams


class Parcels(Application[UUID]):
    """The library names its table after it."""


def library(where: Where) -> list[Step]:
    """One application, a connection for each thread, everything else at its default."""
    app = application(where)
    remark = remark_for(app)
    return [_own_streams(app, remark) for _ in range(where.threads)]


def application(where: Where) -> Parcels:
    """Makes its tables when they are not there."""
    to = parts(where.owner_url)
    app = Parcels(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": to["dbname"],
            "POSTGRES_HOST": to["host"],
            "POSTGRES_PORT": to.get("port", "5432"),
            "POSTGRES_USER": to["user"],
            "POSTGRES_PASSWORD": to["password"],
            "POSTGRES_POOL_SIZE": str(where.threads),
        }
    )
    where.stack.callback(app.close)
    return app


def remark_for(app: Application[UUID]) -> str:
    """A remark so long that the stored topic and state have as many bytes as our kind, state, meta and link."""
    parcel = LibraryParcel(SENDER, SENDER, REMARK)
    parcel.scan(DEPOT, 1234, "")
    stored = [app.mapper.to_stored_event(each) for each in parcel.collect_events()][1]
    return REMARK.ljust(PAYLOAD - len(stored.topic) - len(stored.state), ".")


def _own_streams(app: Parcels, remark: str) -> Step:
    parcel: Any = None

    def step() -> None:
        nonlocal parcel
        if parcel is None or parcel.version == EVENTS_A_STREAM:
            parcel = LibraryParcel(SENDER, SENDER, remark)
        else:
            parcel.scan(DEPOT, 1000 + parcel.version, remark)
        app.save(parcel)

    return step
