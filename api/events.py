"""Live updates over HTTP: what changed, for whoever may see it, on one connection for each browser.

    no id     ready ──▶ changed, changed, …                       from now on
    an id     what was missed ──▶ ready ──▶ changed, changed, …   or, when that is too much: reset
    meanwhile reset: something was dropped · signed-out: the session has ended · a comment every 15 s, with an id

The page loads what it shows and then follows; after ``reset``, and when ``history`` is another one, it loads it again.
Source: HTML Living Standard, 9.2 Server-sent events, read in November 2026.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from secrets import randbelow
from time import monotonic
from typing import Annotated, Any, Final
from uuid import UUID

import structlog
from fastapi import Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, Field

from aggregates.permissions import SELF
from api.auth import TheIdentity
from api.described import offers
from api.live import lanes_of
from api.missed import Missed, TooMuch
from api.platform import Platform, ThePlatform
from api.refusals import TooManyLiveConnections
from api.routing import routes
from api.viewers import Viewer, Viewers
from runtime.jobs import AWAY
from runtime.live.changes import Change

router = routes("/events", "live")

HEARTBEAT = 15.0
"""Seconds without a message after which a comment is sent: proxies close what is silent."""

RETRY, SPREAD = 1_000, 3_000
"""Milliseconds after which a browser opens another connection, and up to how many more: not all of them at once."""

HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Nobody on the way keeps it, changes it, or waits for more of it."""

log = structlog.get_logger("api")

POSITION = r"^[0-9]{1,19}$"

After = Annotated[
    str | None,
    Query(
        pattern=POSITION, description="Begin behind this position; `Last-Event-ID` counts more.",
        examples=["4295098369"],
    ),
]  # fmt: skip
LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID", pattern=POSITION, description="Sent by the browser when it connects again.",
        examples=["4295098369"],
    ),
]  # fmt: skip


class Changed(BaseModel):
    """`event: changed`. Something happened; what it says is read where it is shown."""

    kind: str = Field(description="What changed.", examples=["Loan"])
    id: UUID
    event: str = Field(examples=["Loan.Approved"])
    version: int = Field(examples=[2])
    owner: UUID | None = Field(description="The customer that it belongs to, or the account.")
    positions: dict[str, str] = Field(
        description="By lane: what `Read-After` takes.", examples=[{"17": "4295098369"}]
    )
    on: date = Field(description="The business date.")


class Present(BaseModel):
    """`event: ready` and `event: reset`. Where the connection is: everything from here on is told."""

    position: str = Field(examples=["4295098369"])
    history: UUID = Field(description="Another one after a restore: then everything is to be loaded again.")
    positions: dict[str, str] = Field(
        description="The last change of each lane so far, for `Read-After`.", examples=[{"17": "4295098369"}]
    )


SPOKEN: Final = (Changed, Present)
"""What `data` holds: part of the OpenAPI document."""

_EXAMPLE = (
    'event: ready\ndata: {"position":"4295098369","history":"10a00000-0000-4000-8000-000000000001","positions":{}}\n'
    "id: 4295098369\n\n"
    'event: changed\ndata: {"kind":"Loan","id":"10a00000-0000-4000-8000-000000000003","event":"Loan.Approved",'
    '"version":2,"owner":"10a00000-0000-4000-8000-000000000002","positions":{"17":"4295163904"},"on":"2026-05-04"}\n'
    "id: 4295163904\n\n"
)


def _documented() -> dict[int | str, dict[str, Any]]:
    data = {"oneOf": [{"$ref": f"#/components/schemas/{model.__name__}"} for model in SPOKEN]}
    item = {
        "type": "object",
        "properties": {
            "event": {"enum": ["changed", "ready", "reset", "signed-out"]},
            "id": {"type": "string", "pattern": POSITION},
            "retry": {"type": "integer"},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": data},
        },
    }
    content = {"itemSchema": item, "example": _EXAMPLE}
    return {
        200: {"description": "Messages, until one side ends it.", "content": {"text/event-stream": content}}
    }


_SAID = """What changes, while it changes.

Server-sent events, one connection for each browser. A message says which thing of which kind changed, never what it
holds, and goes to whoever could read it:

* `changed`: something happened; `data` is `Changed`.
* `ready`: from here on everything is told; what was missed since `Last-Event-ID` came before it. `data` is `Present`.
* `reset`: more was missed than is told one by one: load everything again. `data` is `Present`.
* `signed-out`: the session has ended. After a new proof of who asks there is another session: then connect again.

The connection goes on when the access token is renewed, and does not keep an idle session alive. It ends by itself after
an hour or when its process does; the browser connects again with the id that it heard last, and misses nothing. That it
was opened is in the access log, once."""


def _settings() -> dict[str, Any]:
    settings = offers("Events", _SAID, TooManyLiveConnections, may=SELF, recorded=True)
    settings["responses"] |= _documented()
    return {**settings, "response_class": Response}


async def the_viewer(request: Request, identity: TheIdentity) -> AsyncIterator[Viewer]:
    """On the list until the answer has ended, however it ends."""
    viewers: Viewers = request.app.state.viewers
    viewer = await viewers.enter(identity)
    try:
        yield viewer
    finally:
        viewers.leave(viewer)


@router.get("", **_settings())
async def events(
    request: Request,
    platform: ThePlatform,
    viewer: Annotated[Viewer, Depends(the_viewer)],
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    begun = last_event_id or after
    told = _told(viewer, platform, request.app.state.missed, None if begun is None else int(begun))
    return EventSourceResponse(told, headers=HEADERS)


# ── what is sent ───────────────────────────────────────────────────────────


async def _told(
    viewer: Viewer, platform: Platform, missed: Missed, after: int | None
) -> AsyncIterator[bytes]:
    """Everything that one connection is told."""
    yield format_sse_event(data_str=None, retry=RETRY + randbelow(SPREAD))
    try:
        yield await _beginning(viewer, platform, missed, after)
    except AWAY as error:
        # The browser comes again, with the id that it has.
        log.info("live connection put off", cause=type(error).__name__)
        viewer.end("elsewhere")
    beat = monotonic() + HEARTBEAT
    while (news := await viewer.news(beat - monotonic())) is not None:
        if news.missed:
            yield _present("reset", viewer, platform)
        elif news.changes:
            yield b"".join(map(_changed, news.changes))
        elif monotonic() >= beat:
            # With an id: who hears nothing for long need not have the feed searched for what it was not told.
            yield format_sse_event(data_str=None, comment="still here", id=str(news.through))
        else:
            continue
        beat = monotonic() + HEARTBEAT
    if viewer.over == "signed-out":
        yield format_sse_event(data_str="{}", event="signed-out")


async def _beginning(viewer: Viewer, platform: Platform, missed: Missed, after: int | None) -> bytes:
    if after is None:
        return _present("ready", viewer, platform)
    try:
        changes = await missed.since(after, viewer)
    except TooMuch:
        return _present("reset", viewer, platform)
    return b"".join(map(_changed, changes)) + _present("ready", viewer, platform)


def _changed(change: Change) -> bytes:
    said = Changed(
        kind=change.kind,
        id=change.id,
        event=change.event,
        version=change.version,
        owner=change.owner,
        positions={str(change.lane): str(change.position)},
        on=change.on,
    )
    return format_sse_event(data_str=said.model_dump_json(), event="changed", id=str(change.position))


def _present(event: str, viewer: Viewer, platform: Platform) -> bytes:
    hub, lanes = platform.live.hub, lanes_of(viewer.identity)
    ends = {str(lane): str(end) for lane, end in sorted(hub.ends().items()) if lanes is None or lane in lanes}
    said = json.dumps({"position": str(viewer.through), "history": str(hub.history), "positions": ends})
    return format_sse_event(data_str=said, event=event, id=str(viewer.through))
