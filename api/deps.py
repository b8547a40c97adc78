"""What a route may ask for: a way to send, a way to read, the bounds of a list."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import Annotated, Protocol, TypeVar
from uuid import UUID, uuid4, uuid5

import structlog
from fastapi import Depends, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from aggregates.account import Account
from api.auth import Identity, TheIdentity, identified
from api.platform import Platform, ThePlatform
from api.recorded import Noting, seen
from api.refusals import HeaderRefused
from eventstore import LANES, Aggregate, Asker, Command, NotFound, Projection, Receipt, Rejected
from runtime import metrics

A = TypeVar("A", bound=Aggregate)
Kind = TypeVar("Kind", bound=Projection)
Row = TypeVar("Row")

_PAIR = r'"?([0-9]{1,2})"?\s?[=:]\s?"?([0-9]{1,19})"?'
_PAIRS = rf"\s?\{{?\s?{_PAIR}(?:\s?,\s?{_PAIR})*\s?\}}?\s?"

_SAID_PAIR = r'"?([0-5]?[0-9]|6[0-3])"? ?[=:] ?"?([0-8]?[0-9]{1,18}|9[01][0-9]{17})"?'
_SAID_PAIRS = rf"^\{{? ?{_SAID_PAIR}( ?, ?{_SAID_PAIR})* ?\}}?$"
"""For the documentation: with the bounds of a lane and a position, which _PAIRS leaves to the code."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Any text of your own, new for each intention. Sent twice, it is done once and answered alike.",
        examples=["5f7c2a90-approve-L-2026-000123"],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=r'^(W/)?"?[0-9]{1,9}"?$',
        description="The version you were looking at (`ETag`); refused with 409 `stale` when it has moved.",
        examples=['"2"'],
    ),
]
ReadAfter = Annotated[
    str | None,
    Header(
        alias="Read-After",
        max_length=2000,
        json_schema_extra={"pattern": _SAID_PAIRS},
        description="`positions` of a receipt, as JSON or as `lane=position, …`: the answer waits for that change,"
        " one second at most, and says in `Read-After-Reached` whether it is in.",
        examples=["17=4295098369"],
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        max_length=3_500,  # an address has 4,096 bytes, see edge.py; the lists give out less than 800
        description="`next` of the page before.",
        examples=["WyJsb2FuIl0"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page.", examples=[50])]

END = 2**63
"""No position is as high."""

log = structlog.get_logger("api")


class Sender:
    """Sends commands in the name of whoever is asking, and writes one line about each."""

    def __init__(
        self,
        platform: Platform,
        identity: Identity,
        request: Request,
        response: Response,
        idempotency_key: str | None,
        if_match: str | None,
    ) -> None:
        self._platform, self._identity, self._request, self._response = platform, identity, request, response
        self.command_id = uuid5(identity.account, idempotency_key) if idempotency_key else uuid4()
        """The same for every repetition of one request; ids that a route has to make are derived from it."""
        self._expect = int(re.sub(r"\D", "", if_match)) if if_match else None

    def __call__(self, command: Command, to: UUID | None = None) -> Receipt:
        if command.needs_step_up():
            # What matters most is not decided on what was true two seconds ago.
            self._identity = self._request.app.state.identities.afresh(self._identity)
        receipt = dispatch(self._platform, asker(self._platform, self._identity, self._request), command, to,
                           self._expect, self.command_id)  # fmt: skip
        self._response.headers["ETag"] = f'"{receipt.version}"'
        if command.target is Account:
            self._request.app.state.identities.forget()
        return receipt

    def would(self, command: Command, to: UUID) -> None:
        """Raises what sending it would be refused with now; nothing is written."""
        asked_by = asker(self._platform, self._identity, self._request)
        self._platform.store.would(command, asked_by, to, self.command_id)

    def load(self, kind: type[A], id: UUID) -> A:
        """An aggregate that whoever is asking may see. Raises NotFound."""
        return self._platform.store.load(kind, id, self._identity.customers)


async def sender(
    request: Request, response: Response, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None
) -> Sender:
    # Async though it waits for nothing: a class or a plain function would be called in a thread of its own,
    # which costs more than everything else that is done for it.
    identity = await identified(request)
    return Sender(request.app.state.platform, identity, request, response, idempotency_key, if_match)


def asker(platform: Platform, identity: Identity, request: Request) -> Asker:
    """Whoever is asking, on the business day, in the course of this request."""
    return Asker(
        account=identity.account,
        who=identity.who,
        on=platform.business_date(),
        now=platform.clock.now(),
        permissions=identity.permissions,
        customers=identity.customers,
        proved_at=identity.proved_at,
        because=f"request:{request.scope['request_id']}",
        correlation=request.scope["request_id"],
        traceparent=request.scope["traceparent"],
    )


def dispatch(
    platform: Platform,
    asked_by: Asker,
    command: Command,
    to: UUID | None,
    expect: int | None,
    command_id: UUID,
) -> Receipt:
    """Send, and say so in the log: what, to which, by whom, how long; never with what content."""
    began = time.perf_counter()
    line = log.bind(command=type(command).__name__, on=command.target.__name__, by=asked_by.who)
    try:
        with metrics.command(type(command).__name__):
            receipt = platform.store.send(command, asked_by, to, expect, command_id)
    except Rejected as refusal:
        line.info("refused", id=str(to), code=refusal.code(), state=refusal.state, ms=_ms(began))
        raise
    line.info("command", id=str(receipt.id), v=receipt.version, positions=receipt.positions, ms=_ms(began))
    return receipt


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


class Opens(Protocol):
    """Opens a read model on what the asker may see: ``read(LoanBook).lines()``."""

    def __call__(self, kind: type[Kind]) -> Kind: ...


async def reader(platform: ThePlatform, identity: TheIdentity, request: Request) -> Opens:
    shown = seen(request)
    return lambda kind: kind(Noting(platform.reader(kind, identity.customers), shown))


def positions(read_after: str) -> dict[int, int]:
    """Read ``17=4295098369, 3=88`` or ``{"17": "4295098369"}``. Raises HeaderRefused."""
    pairs = [(int(lane), int(position)) for lane, position in re.findall(_PAIR, read_after)]
    known = all(lane < LANES and position < END for lane, position in pairs)
    if not re.fullmatch(_PAIRS, read_after) or not known:
        raise HeaderRefused("Read-After is lane=position, lane=position")
    return dict(pairs)


class Found:
    """Hands one row out with its version as ``ETag``; nothing there, or nothing of the asker's, is a 404."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def exists(self, row: object | None) -> None:
        """Raises NotFound when there is none; its version is of no interest here."""
        if row is None:
            raise NotFound("there is nothing here with this id")

    def __call__(self, row: Row | None) -> Row:
        self.exists(row)
        assert row is not None
        if (version := getattr(row, "version", None)) is not None:
            self._response.headers["ETag"] = f'"{version}"'
        return row


async def found(response: Response) -> Found:
    return Found(response)


async def today(platform: ThePlatform) -> date:
    """The business date: what depends on the day is computed for it."""
    return await run_in_threadpool(platform.business_date)


Send = Annotated[Sender, Depends(sender)]
Today = Annotated[date, Depends(today)]
Read = Annotated[Opens, Depends(reader)]
TheOne = Annotated[Found, Depends(found)]
