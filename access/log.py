"""Who looked at what: every allow and every deny on personal or money data, in a chain that shows a change.

    note ──▶ waiting ──one batch at a time──▶ access.note(), which links each entry to the one before ──▶ note returns

Entries that arrive while a batch is being committed make the next one. A read is recorded before its answer leaves;
where that cannot be done the answer is 503. What was denied is recorded too, without anybody waiting for it; what
could not be is counted. Accepted commands need no entry: the event is the record.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from time import monotonic
from typing import Any, ClassVar, Literal
from uuid import UUID

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from eventstore import BadCursor, Page, Rejected
from eventstore.page import Order
from eventstore.reader import patiently

Decision = Literal["allow", "deny"]

BATCH = 200
"""Entries that are committed together at most: 200 take about 15 ms."""

WAITING = 5_000
"""Entries that wait at most; a read beyond is not answered, a deny beyond is counted as lost."""

PATIENCE = 5.0
"""Seconds that a read waits for its entry."""

SAME_DAY = 1.0
"""Seconds for which the business date of an entry may be repeated: its moment is the database's own."""

TEXT = 200
"""Characters of a field at most."""

_ORDER = Order.parse("entry DESC", ("entry",))

log = structlog.get_logger("access")


class NotRecorded(Rejected):
    """This cannot be shown just now, because that it was looked at cannot be recorded."""

    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class Entry:
    """One look, or one refusal of it."""

    who: str
    """As in the meta of events: ``account:<id>``, ``link:<contact id>``; ``nobody`` before that is proved."""
    proof: str | None
    """``session:<id>`` or ``key:<id>``."""
    roles: tuple[str, ...]
    """What whoever asked was at that moment."""
    via: str
    """What carried the proof: cookie, bearer, key, link, none."""
    action: str
    """The operation id."""
    kind: str
    """What it is about: the tag of the operation."""
    resource: str | None
    """Its id, from the address."""
    customers: tuple[UUID, ...]
    """Whose data was shown, as far as known."""
    decision: Decision
    reason: str | None
    """The type of the problem, for a deny."""
    status: int
    request: str
    """The request id."""
    address: str
    """The client's; kept as its network and a keyed digest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: all that are named have to fit."""

    scope: frozenset[UUID] | None = None
    """Only looks at these customers' data; None: everybody's."""
    who: str | None = None
    customer: UUID | None = None
    resource: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    until: datetime | None = None


class AccessLog:
    """Writes entries, a batch at a time, and reads them back.

    pool    connections in autocommit of the role ``app``
    secret  keys the digests of addresses
    today   the business date
    """

    def __init__(self, pool: ConnectionPool, secret: bytes, today: Callable[[], date | None]) -> None:
        self._pool, self._today = pool, today
        self._key = secret
        self._waiting: deque[tuple[Entry, Future[None]]] = deque()
        self._lock, self._is_writing = threading.Lock(), False
        self._day: tuple[float, date | None] = float("-inf"), None
        self._writer = ThreadPoolExecutor(1, "access log")
        self.lost = 0
        """How many denies were not recorded since this process began."""

    # ── writing ────────────────────────────────────────────────────────────

    async def note(self, entry: Entry) -> None:
        """Returns when the entry is committed. Raises NotRecorded when it may not be."""
        done = self._put(entry)
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wrap_future(done)
        except TimeoutError:
            raise NotRecorded("it took too long to record it") from None

    def note_soon(self, entry: Entry) -> None:
        """For a deny: nobody waits for it, and one that cannot be recorded is counted in ``lost``."""
        try:
            self._put(entry).add_done_callback(self._count)
        except NotRecorded:
            self._lose()

    def close(self) -> None:
        """Write what waits, and end."""
        self._writer.shutdown()

    def _put(self, entry: Entry) -> Future[None]:
        done: Future[None] = Future()
        with self._lock:
            if len(self._waiting) >= WAITING:
                raise NotRecorded("too many accesses wait to be recorded")
            self._waiting.append((entry, done))
            if not self._is_writing:
                self._is_writing = True
                self._writer.submit(self._write_all)
        return done

    def _write_all(self) -> None:
        while batch := self._next():
            try:
                self._write([entry for entry, _ in batch])
            except Exception as error:  # noqa: BLE001 - who waits hears of it, whatever it was
                log.error(
                    "access not recorded", entries=len(batch), cause=type(error.__cause__ or error).__name__
                )
                for _, done in batch:
                    done.set_exception(NotRecorded("the record of accesses cannot be written just now"))
            else:
                for _, done in batch:
                    done.set_result(None)

    def _next(self) -> list[tuple[Entry, Future[None]]]:
        """What waits and is still wanted; a read that was given up is not shown, so it needs no entry."""
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._is_writing = bool(taken)
        return [each for each in taken if each[1].set_running_or_notify_cancel()] or (
            self._next() if taken else []
        )

    def _write(self, entries: list[Entry]) -> None:
        if monotonic() - self._day[0] > SAME_DAY:
            self._day = monotonic(), self._today()
        day = self._day[1]
        rows = json.dumps([self._row(entry, day) for entry in entries])
        patiently(self._pool, lambda connection: connection.execute("SELECT access.note(%s)", (rows,)))

    def _row(self, entry: Entry, day: date | None) -> dict[str, Any]:
        return {
            "day": day.isoformat() if day else None,
            "who": _clean(entry.who),
            "proof": entry.proof,
            "roles": [_clean(role) for role in sorted(entry.roles)],
            "via": _clean(entry.via),
            "action": _clean(entry.action),
            "kind": _clean(entry.kind),
            "resource": None if entry.resource is None else _clean(entry.resource),
            "customers": sorted(str(customer) for customer in entry.customers),
            "decision": entry.decision,
            "reason": entry.reason,
            "status": entry.status,
            "request": _clean(entry.request),
            "network": network_of(entry.address),
            "address": hmac.digest(self._key, entry.address.encode(), "sha256")[:16].hex(),
        }

    def _count(self, done: Future[None]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._lose()

    def _lose(self) -> None:
        with self._lock:
            self.lost += 1

    # ── reading ────────────────────────────────────────────────────────────

    def page(self, asked: Asked, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
        """Entries, the latest first. Raises BadCursor, Unavailable."""
        values = (
            None if asked.scope is None else sorted(asked.scope), asked.who, asked.customer, asked.resource,
            asked.decision, asked.since, asked.until, _before(cursor), limit + 1,
        )  # fmt: skip

        def ask(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
            with connection.cursor(row_factory=dict_row) as rows:
                return rows.execute(_PAGE, values).fetchall()

        found = patiently(self._pool, ask)
        more = _ORDER.cursor_of(found[limit - 1]) if len(found) > limit else None
        return Page(items=found[:limit], next=more)


_PAGE = "SELECT * FROM access.log_page(%s::uuid[], %s, %s, %s, %s, %s, %s, %s, %s)"


def network_of(address: str) -> str:
    """What is kept of an address in the clear: the /24, of IPv6 the /48; what is no address as it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return _clean(address)
    length = 24 if isinstance(known, IPv4Address) else 48
    return str(ip_network((known, length), strict=False))


def _before(cursor: str | None) -> int | None:
    _, named = _ORDER.after(cursor)
    if not named:
        return None
    value = str(named["_after_0"])
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise BadCursor("it belongs to another list")
    return int(value)


def _clean(text: str) -> str:
    """Bounded, and without what PostgreSQL or a terminal cannot take."""
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "?" for c in text[:TEXT])
