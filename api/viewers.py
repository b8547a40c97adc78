"""Everybody who has a page open that is told what changes: how many, until when, and with which rights.

    Viewers ──every LOOK, and when somebody changed──▶ sessions, in one query ──▶ still in, with these rights / out

What a viewer may see is decided twice: when a change arrives, so that little waits, and when it is handed out, with
rights that are at most SURE old. An event about the viewer's own account puts these rights in doubt from that event
on: what comes behind it waits until they were looked at again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from secrets import SystemRandom
from time import monotonic
from typing import Literal
from uuid import UUID

import structlog
from starlette.concurrency import run_in_threadpool

from access.sessions import Sessions
from aggregates.account import Account
from api.auth import Identities, Identity
from api.live import may_see
from api.refusals import Away, TooManyLiveConnections, Unauthenticated
from runtime.live.changes import Change
from runtime.live.hub import News
from runtime.live.updates import Live

AT_ONCE = 10
"""Connections of one account to this process."""

LOOK = 2.0
"""Seconds between two looks whether sessions are still open."""

SURE = 10.0
"""Seconds for which rights are relied on that cannot be looked up: beyond, nothing is handed out."""

LIVES = 3_600.0
"""Seconds, about, after which a connection ends and the browser opens another: so they spread over new processes."""

_TOGETHER = 0.05
"""Seconds that a look waits for further reasons: many sessions may end at once."""

Over = Literal["signed-out", "elsewhere"]
"""Why a connection ends: its session has ended; or another one is to be opened, to wherever that leads."""

log = structlog.get_logger("api")


class Viewer:
    """One connection; everything but ``wants`` and ``wake`` is called on the event loop."""

    def __init__(self, identity: Identity, live: Live, look_soon: asyncio.Event) -> None:
        self.identity = identity
        self.over: Over | None = None
        self._live, self._loop = live, asyncio.get_running_loop()
        self._news, self._looked, self._look_soon = asyncio.Event(), asyncio.Event(), look_soon
        self._ends_at = monotonic() + SystemRandom().uniform(0.9, 1.1) * LIVES
        # Whoever was let in a moment ago was perhaps remembered; what happened before is not in the feed from here on.
        self._doubts, self._settled, self._sure_until = 1, 0, monotonic() + SURE
        self._subscriber = live.hub.subscribe(self.wants, self.wake)
        self.through = self._subscriber.take().through
        """Everything up to here was handed out, or is not for them."""
        self._held: News | None = None

    # ── on the hub's thread ────────────────────────────────────────────────

    def wants(self, change: Change) -> bool:
        """Whether a change is kept for them; while their rights are in doubt, whatever it is."""
        if change.kind == Account.__name__ and change.id == self.identity.account:
            self._doubts += 1
            self._tell(self._look_soon)
            return True
        return self.is_in_doubt or may_see(self.identity, change)

    def wake(self) -> None:
        self._tell(self._news)

    def _tell(self, event: asyncio.Event) -> None:
        with suppress(RuntimeError):  # the loop has ended, and so has the connection
            self._loop.call_soon_threadsafe(event.set)

    # ── on the loop ────────────────────────────────────────────────────────

    @property
    def doubts(self) -> int:
        """How often there was a reason to doubt the rights."""
        return self._doubts

    @property
    def is_in_doubt(self) -> bool:
        return self._doubts != self._settled

    async def news(self, patience: float) -> News | None:
        """What came, at the latest after so many seconds; None: it is over."""
        until = min(monotonic() + patience, self._ends_at)
        if self._held is None and self.over is None:
            await _at_most(until, self._news.wait())
            self._news.clear()
            self._held = self._subscriber.take()
        news = await self._handed_out(until)
        if monotonic() >= self._ends_at:
            self.end("elsewhere")
        return None if self.over else news

    async def is_sure(self, patience: float) -> bool:
        """Whether the rights are known, at the latest after so many seconds."""
        return await self._is_sure(monotonic() + patience)

    def visible(self, changes: Iterable[Change], behind: int) -> list[Change]:
        """Those behind a position that they may see."""
        return [each for each in changes if each.position > behind and may_see(self.identity, each)]

    def has(self, through: int) -> None:
        """They know everything up to here."""
        self.through = max(self.through, through)

    async def _handed_out(self, until: float) -> News:
        held = self._held
        if held is None or (held.changes and not await self._is_sure(until)):
            return News([], self.through, missed=False)
        self._held = None
        changes = self.visible(held.changes, behind=self.through)
        self.has(held.through)
        return News(changes, self.through, held.missed)

    async def _is_sure(self, until: float) -> bool:
        while self.over is None and (self.is_in_doubt or monotonic() > self._sure_until):
            self._looked.clear()
            self._look_soon.set()
            if not await _at_most(until, self._looked.wait()):
                return False
        return self.over is None

    def sure(self, identity: Identity, doubts: int, since: float) -> None:
        """Somebody looked: these are the rights.

        doubts, since  how many there were, and when it was, before the look
        """
        self.identity, self._settled, self._sure_until = identity, doubts, since + SURE
        self._looked.set()

    def end(self, why: Over) -> None:
        self.over = self.over or why
        self._news.set()
        self._looked.set()

    def leave(self) -> None:
        self._live.hub.leave(self._subscriber)


class Viewers:
    """All of one process."""

    def __init__(self, live: Live, sessions: Sessions, identities: Identities) -> None:
        self._live, self._sessions, self._identities = live, sessions, identities
        self._open: set[Viewer] = set()
        self._accounts = Counter[UUID]()
        self._look_soon = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def size(self) -> int:
        """How many are connected."""
        return len(self._open)

    async def enter(self, identity: Identity) -> Viewer:
        """Raises TooManyLiveConnections; Away while the process ends; what says that the database is away."""
        if self._is_closed:
            raise Away("this process is about to end")
        if self._accounts[identity.account] >= AT_ONCE:
            raise TooManyLiveConnections(f"at most {AT_ONCE} at once; one is enough for a browser")
        self._accounts[identity.account] += 1
        try:
            await run_in_threadpool(self._live.follow)
        except BaseException:
            self._count_down(identity.account)
            raise
        self._loop = asyncio.get_running_loop()
        viewer = Viewer(identity, self._live, self._look_soon)
        self._open.add(viewer)
        self._look_soon.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again_and_again())
        return viewer

    def leave(self, viewer: Viewer) -> None:
        if viewer in self._open:
            self._open.discard(viewer)
            viewer.leave()
            self._count_down(viewer.identity.account)

    def look_soon(self) -> None:
        """Some session or account has changed. From any thread."""
        if self._loop is not None and self._open:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._look_soon.set)

    def close(self) -> None:
        """End every connection: the process ends. On the event loop."""
        self._is_closed = True
        for viewer in list(self._open):
            viewer.end("elsewhere")

    # ── inside ─────────────────────────────────────────────────────────────

    def _count_down(self, account: UUID) -> None:
        self._accounts[account] -= 1
        if not self._accounts[account]:
            del self._accounts[account]

    async def _look_again_and_again(self) -> None:
        while self._open:
            await _at_most(monotonic() + LOOK, self._look_soon.wait())
            await asyncio.sleep(_TOGETHER)
            self._look_soon.clear()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it was: without a look nothing is handed out
                log.warning("live connections wait for their rights", cause=type(error).__name__)
                await asyncio.sleep(LOOK)

    async def _look(self) -> None:
        since, asked = monotonic(), {viewer: viewer.doubts for viewer in self._open}
        found = await run_in_threadpool(self._who_they_are, list(asked))
        for viewer, doubts in asked.items():
            if (identity := found.get(viewer)) is None:
                viewer.end("signed-out")
            else:
                viewer.sure(identity, doubts, since)

    def _who_they_are(self, viewers: list[Viewer]) -> dict[Viewer, Identity]:
        """Without those whose session has ended. An account is loaded only when something happened to it."""
        mine: dict[UUID, list[Viewer]] = {}
        for viewer in viewers:
            if viewer.identity.session is not None:
                mine.setdefault(viewer.identity.session, []).append(viewer)
        found: dict[Viewer, Identity] = {}
        for sid, session in self._sessions.living(mine).items():
            with suppress(Unauthenticated):
                in_doubt = any(viewer.is_in_doubt for viewer in mine[sid])
                anew = self._identities.as_of(session) if in_doubt else None
                found |= {viewer: anew or viewer.identity for viewer in mine[sid]}
        return found


async def _at_most(until: float, awaited: Awaitable[object]) -> bool:
    """Whether it came before that moment."""
    try:
        async with asyncio.timeout(max(0.0, until - monotonic())):
            await awaited
    except TimeoutError:
        return False
    return True
