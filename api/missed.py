"""What somebody missed while they were not connected: read from the store, up to where the connection begins."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from api.live import lanes_of
from api.viewers import Viewer
from eventstore import Store, Unavailable
from runtime.live.changes import Change, change_of
from runtime.live.place import here

AT_MOST = 1_000
"""Changes that are told to somebody who was away; whoever missed more loads everything again."""

LOOKED_AT = 10_000
"""Events that are looked at for that, whoever's they are."""

READERS = 2
"""How many are served at once, so that a thousand browsers that come back leave the database to others, too."""

PATIENCE = 20.0
"""Seconds until the rights of somebody who has just connected have to be known."""

_PAGE = 1_000


class TooMuch(Exception):
    """It is quicker to load everything again than to be told what changed; or the position is of another history."""


class Missed:
    """Reads for everybody of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._readers = asyncio.Semaphore(READERS)

    async def since(self, after: int, viewer: Viewer) -> list[Change]:
        """The changes behind a position that they may see, up to where ``viewer.news`` goes on. Raises TooMuch."""
        async with self._readers:
            if after > viewer.through:
                await self._be_ahead(after, viewer)
                return []
            return await self._read(after, viewer)

    async def _be_ahead(self, after: int, viewer: Viewer) -> None:
        """Another process had told them more than this one knows yet; or the position is made up."""
        if after > (await run_in_threadpool(here, self._store)).position:
            raise TooMuch
        viewer.has(after)

    async def _read(self, after: int, viewer: Viewer) -> list[Change]:
        lanes, until, found, looked_at = lanes_of(viewer.identity), viewer.through, list[Change](), 0
        while after < until:
            batch = await run_in_threadpool(self._store.read_feed, after, lanes, _PAGE)
            looked_at += len(batch.events)
            if not await viewer.is_sure(PATIENCE):
                raise Unavailable("whether they may see it cannot be looked up just now")
            found += viewer.visible(map(change_of, batch.events), behind=after)
            if len(found) > AT_MOST or looked_at > LOOKED_AT:
                raise TooMuch
            after = batch.through
        viewer.has(after)
        return found
