"""A list to take away: as CSV, in batches from one moment, each recorded before it leaves.

    GET /loans/export?status=disbursed&sort=reference&layout=spreadsheet

Nothing leaves that a list would not show: the same filters, the same sort, the same scope.
"""

from __future__ import annotations

import asyncio
import csv
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from access.log import NotRecorded
from api.auth import TheIdentity
from api.columns import NAMES, Column, Layout
from api.deps import Today
from api.described import offers
from api.files import NEVER_RUN, disposition
from api.language import Language, language_of
from api.recorded import record_more, seen
from eventstore import NotBuilt, Rejected, TooMany

MOST = 100_000
"""Rows of one export."""

AT_ONCE, OF_ONE = 3, 1
"""Exports at the same time, by everybody and by one account: each holds a connection and a snapshot."""

PATIENCE = 120.0
"""Seconds that an export may take, however slowly it is read."""


class TooManyExports(Rejected):
    """As many lists as can be taken away at once are being taken away just now."""

    status: ClassVar[int] = 503


class Exports:
    """The exports that are under way in this process."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, account: UUID) -> Iterator[None]:
        """Holds a place meanwhile. Raises TooManyExports."""
        with self._lock:
            if self._of.total() >= AT_ONCE or self._of[account] >= OF_ONE:
                raise TooManyExports("wait until the one before is done")
            self._of[account] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[account] -= 1
                self._of += Counter()  # forgets who has none


Spoken = Annotated[
    Literal["fr", "en"] | None,
    Query(alias="language", description="Of the header and of words; by Accept-Language when left out."),
]
Laid = Annotated[
    Layout,
    Query(
        description="`plain`: as RFC 4180 has it, comma and point. `spreadsheet`: with a byte order mark, and in French"
        " with semicolons and decimal commas, as spreadsheets expect there."
    ),
]

Batches = Iterator[Sequence[BaseModel]]


class Exporter:
    """Answers with a list as CSV."""

    def __init__(
        self, request: Request, account: UUID, today: str, layout: Layout, language: Language
    ) -> None:
        self._request, self._account, self._today = request, account, today
        self._layout, self._language = layout, language

    def __call__(self, what: str, columns: Sequence[Column], batches: Batches) -> Export:
        """Raises TooManyExports, TooMany, NotBuilt or Unavailable before anything is sent."""
        held = _held(self._request.app.state.exports, self._account, batches)
        first = next(held, [])

        def written(rows: Sequence[BaseModel], header: bool = False) -> bytes:
            return _as_csv(rows, columns, self._layout, self._language, header)

        name = f"{NAMES[what][self._language]}-{self._today}.csv"
        return Export(self._request, held, first, written, name)


class Export(StreamingResponse):
    """The first batch is there already: what is refused is refused before."""

    def __init__(
        self,
        request: Request,
        batches: Generator[Sequence[BaseModel]],
        first: Sequence[BaseModel],
        written: Callable[..., bytes],
        name: str,
    ) -> None:
        headers = {**NEVER_RUN, "Content-Disposition": disposition(name)}
        super().__init__(self._rows(request, first, written), media_type="text/csv", headers=headers)
        self._batches = batches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await super().__call__(scope, receive, send)
        finally:
            await asyncio.shield(run_in_threadpool(self._batches.close))

    async def _rows(
        self, request: Request, first: Sequence[BaseModel], written: Callable[..., bytes]
    ) -> AsyncIterator[bytes]:
        yield await run_in_threadpool(written, first, True)
        while True:
            seen(request).customers.clear()
            rows = await run_in_threadpool(next, self._batches, None)
            if rows is None:
                return
            await record_more(request)
            yield await run_in_threadpool(written, rows)


def _held(exports: Exports, account: UUID, batches: Batches) -> Generator[Sequence[BaseModel]]:
    """The batches, in the account's place; an answer that never begins gives both back when it is forgotten."""
    with exports.place(account):
        yield from batches


def _as_csv(
    rows: Sequence[BaseModel], columns: Sequence[Column], layout: Layout, language: Language, header: bool
) -> bytes:
    text = StringIO()
    is_french_sheet = layout == "spreadsheet" and language == "fr"
    writer = csv.writer(text, delimiter=";" if is_french_sheet else ",", lineterminator="\r\n")
    if header:
        writer.writerow([column.title[language] for column in columns])
    point = "," if is_french_sheet else "."
    writer.writerows([[column.cell(row, language, point) for column in columns] for row in rows])
    mark = b"\xef\xbb\xbf" if header and layout == "spreadsheet" else b""
    return mark + text.getvalue().encode()


async def exporter(
    request: Request, identity: TheIdentity, today: Today, layout: Laid = "plain", language: Spoken = None
) -> Exporter:
    return Exporter(request, identity.account, today.isoformat(), layout, language or language_of(request))


ToTakeAway = Annotated[Exporter, Depends(exporter)]


def takes_away(name: str, what: str, may: str) -> dict[str, Any]:
    """Route settings of an export."""
    said = (
        f"{what} of a list as CSV: its filters, its sort.\n\nAt most {MOST:,} rows, all from one moment; one export of"
        " an account at a time. Amounts are decimals in their currency. Each batch is recorded before it leaves."
    )
    settings = offers(name, said, TooMany, TooManyExports, NotBuilt, NotRecorded, may=may, recorded=True)
    content = {
        "text/csv": {"schema": {"type": "string"}, "example": "Référence,État\r\nL-2026-000123,Demandé\r\n"}
    }
    settings["responses"] = {
        200: {"description": "The rows, as an attachment.", "content": content},
        **settings["responses"],
    }
    return {**settings, "response_class": StreamingResponse}
