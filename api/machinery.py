"""The machinery over HTTP: what runs, how far everything is, what is parked; trying again, and leaving an event out."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Query
from psycopg import Connection
from psycopg.rows import tuple_row
from pydantic import BaseModel, ConfigDict, Field

from aggregates.values import derived
from api.deps import Cursor, Limit, Send
from api.described import asks, offers
from api.health import Check, Status, readiness
from api.platform import Platform, ThePlatform
from api.routing import routes
from eventstore import BadCursor, NotFound, Page, Projection, Receipt, read_models, restoring
from eventstore.parking import LeaveOut, Listed, Name, RetryParked, listed
from eventstore.reader import patiently
from runtime import standing
from runtime.jobs import Jobs
from runtime.settling import CONSUMER
from runtime.supervise import processes

router = routes("/machinery", "machinery")


class Consumer(BaseModel):
    """A table of a read model, or the reactions, and how far it is."""

    name: str = Field(description="The table, or `reactions`.", examples=["loan_book_v1"])
    model: str | None = Field(description="Of a table: the read model.", examples=["loan_book"])
    version: int | None = Field(description="Of a table: of its shape and handlers.", examples=[1])
    generation: int | None = Field(description="Of a table: how often this version was built.", examples=[1])
    state: str = Field(description="building, live or retiring.", examples=["live"])
    since: datetime | None = Field(description="When it came into this state.")
    position: str = Field(description="The newest event that it has handled.", examples=["4295098369"])
    behind: int | None = Field(
        description="Events before it, 1,000 a lane at most; of what is live.", examples=[0]
    )
    waited: float | None = Field(
        description="Seconds for which the oldest of them has waited; of what is live.", examples=[0.0]
    )
    parked: int = Field(description="Events that wait for a person, reactions all together.", examples=[0])


class Shipping(BaseModel):
    """Who ships the events to Kafka, and how far that is."""

    leader: str = Field(description="Empty before the first one.", examples=["relay-1"])
    epoch: int = Field(examples=[3])
    holds: bool = Field(description="Whether the lease is not over.", examples=[True])
    until: datetime | None = Field(description="End of the newest lease.")
    position: str = Field(examples=["4295098369"])
    moved_at: datetime | None
    behind: int = Field(description="Events not acknowledged, 10,000 at most.", examples=[0])
    waited: float | None = Field(
        description="Seconds for which the oldest of them has waited.", examples=[None]
    )


class Machinery(BaseModel):
    """Everything at a glance."""

    status: Status = Field(description="The worst of the checks.", examples=["ok"])
    checks: list[Check] = Field(
        description="Of the process that answers; after a failed one no more are made."
    )
    processes: list[str] = Field(
        description="What runs beside the process that answers; empty where each is a container of its own.",
        examples=[["project", "react", "serve"]],
    )
    now: datetime = Field(description="The clock of the installation, lapsed time included.")
    day: date = Field(description="The business date.")
    history: UUID = Field(description="The incarnation of the store: another one after a restore.")
    since: datetime = Field(description="Since when it is this one.")
    consumers: list[Consumer]
    relay: Shipping | None = Field(description="Absent where events come from the store.")
    jobs: dict[str, int] = Field(
        description="By state: `todo`, `doing`, and `waiting` after a failure.",
        examples=[{"todo": 0, "doing": 1}],
    )
    parked: int = Field(description="Events that wait for a person.", examples=[0])


class ParkedEvent(BaseModel):
    """An event that a consumer could not take, or one that waits behind it."""

    consumer: str = Field(
        description="The table of a read model, or a reaction.", examples=["reaction:notify.send_the_letter"]
    )
    stream_id: UUID
    version: int = Field(ge=1, examples=[2])
    event: str | None = Field(
        description="Its kind; absent for something that falls due, which cannot be left out.",
        examples=["Notification.Requested"],
    )
    cause: str | None = Field(
        description="Class of the error and where it was, never its message. Absent: held behind an earlier one.",
        examples=["ProviderDown at smtp.py:71"],
    )
    parked_at: datetime


class Retry(BaseModel):
    """Which events to try again."""

    model_config = ConfigDict(extra="forbid")

    consumer: Name
    stream_id: UUID


@router.get("", **offers(
    "Machinery",
    "What runs, how far everything is, and what is parked.\n\nAs `manage.py status` says it.",
    may="machinery.read",
))  # fmt: skip
def machinery(platform: ThePlatform) -> Machinery:
    checked = readiness(platform)
    return patiently(
        platform.reads, lambda connection: _looked_at(connection, platform, checked.status, checked.checks)
    )


def _looked_at(
    connection: Connection[Any], platform: Platform, status: Status, checks: list[Check]
) -> Machinery:
    parked = standing.parked(connection)
    incarnation = restoring.incarnation(connection)
    return Machinery(
        status=status,
        checks=checks,
        processes=sorted(processes(platform.settings.state_dir)),
        now=platform.clock.now(),
        day=platform.business_date(),
        history=incarnation.incarnation,
        since=incarnation.since,
        consumers=_consumers(connection, parked),
        relay=_shipping(standing.relay(connection)) if platform.settings.kafka_servers else None,
        jobs=Jobs(platform.reads).count(),
        parked=sum(parked.values()),
    )


def _consumers(connection: Connection[Any], parked: dict[str, int]) -> list[Consumer]:
    behind, reached = standing.behind(connection), _positions(connection)

    def consumer(name: str, count: int, **about: Any) -> Consumer:
        before = behind.get(name)
        return Consumer(
            name=name, position=str(reached.get(name, 0)), parked=count, behind=before.events if before else None,
            waited=before.seconds if before else None, **about,
        )  # fmt: skip

    tables = [
        consumer(
            table.table_name, parked.get(table.table_name, 0), model=table.name, version=table.version,
            generation=table.generation, state=table.state, since=table.since,
        )
        for table in sorted(read_models.tables(connection), key=lambda table: table.table_name)
    ]  # fmt: skip
    given_up = sum(count for name, count in parked.items() if name.startswith("reaction:"))
    nothing = dict.fromkeys(("model", "version", "generation", "since"))
    return [*tables, consumer(CONSUMER, given_up, state="live", **nothing)]


def _positions(connection: Connection[Any]) -> dict[str, int]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return dict(
            cursor.execute("SELECT consumer, max(position) FROM store.positions GROUP BY consumer").fetchall()
        )


def _shipping(relay: standing.Relay) -> Shipping:
    return Shipping(
        leader=relay.leader or "", epoch=relay.epoch, holds=bool(relay.holds), until=relay.until,
        position=str(relay.position), moved_at=relay.moved_at, behind=relay.behind, waited=relay.waited,
    )  # fmt: skip


# ── what is parked ─────────────────────────────────────────────────────────

OfConsumer = Annotated[
    str | None,
    Query(
        max_length=100, pattern=r"^[a-zA-Z0-9_.:]+$", description="Only those of this consumer.",
        examples=["loan_book_v1"],
    ),
]  # fmt: skip


@router.get("/parked", **offers(
    "ParkedEvents",
    "Events that a read model or a reaction could not take.\n\nBy consumer and stream, each stream in its order.",
    BadCursor, may="machinery.read",
))  # fmt: skip
def parked_events(
    platform: ThePlatform, consumer: OfConsumer = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ParkedEvent]:
    after = None if cursor is None else _place(cursor)
    found = patiently(platform.reads, lambda c: listed(c, consumer, after=after, limit=limit + 1))
    shown = [_shown(each) for each in found[:limit]]
    return Page(items=shown, next=_cursor(found[limit - 1]) if len(found) > limit else None)


@router.post("/parked/retry", **asks(RetryParked, NotFound))
def retry_parked(wanted: Retry, send: Send, platform: ThePlatform) -> Receipt:
    _waiting(platform, wanted.consumer, wanted.stream_id)
    id = derived(send.command_id, "retrial")
    return send(RetryParked(retrial_id=id, consumer=wanted.consumer, stream_id=wanted.stream_id))


@router.post("/parked/leave-out", **asks(LeaveOut, NotFound))
def leave_out(command: LeaveOut, send: Send, platform: ThePlatform) -> Receipt:
    waiting = _waiting(platform, command.consumer, command.stream_id)
    if not any(each.version == command.version and each.kind is not None for each in waiting):
        raise NotFound("it is not parked there; and what is due stays due: mend what its command refuses")
    # What is left out of a read model is left out of every table of it, also of those to come.
    return send(command.model_copy(update={"consumer": _decided_for(platform, command.consumer)}))


def _waiting(platform: Platform, consumer: str, stream: UUID) -> list[Listed]:
    """What is parked there. Raises NotFound when nothing is."""
    found = patiently(platform.reads, lambda connection: listed(connection, consumer, stream, limit=10_000))
    if not found:
        raise NotFound("nothing of this stream is parked there")
    return found


def _decided_for(platform: Platform, consumer: str) -> str:
    tables = {t.table_name: (t.name, t.version) for t in patiently(platform.reads, read_models.tables)}
    known = {(model.name, model.version) for model in Projection.registry.values()}
    return tables[consumer][0] if tables.get(consumer) in known else consumer


def _shown(each: Listed) -> ParkedEvent:
    return ParkedEvent(
        consumer=each.consumer, stream_id=each.stream_id, version=each.version, event=each.kind, cause=each.cause,
        parked_at=each.parked_at,
    )  # fmt: skip


def _cursor(last: Listed) -> str:
    place = (last.consumer, last.stream_id, last.version)
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


class _Place(msgspec.Struct, array_like=True, frozen=True):
    consumer: Annotated[str, msgspec.Meta(pattern="^[a-zA-Z0-9_.:]{1,100}$")]
    stream_id: UUID
    version: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]


def _place(cursor: str) -> tuple[str, UUID, int]:
    """Raises BadCursor."""
    try:
        written = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.json.decode(written, type=_Place)
    except ValueError as error:
        raise BadCursor("it cannot be read") from error
    return place.consumer, place.stream_id, place.version
