"""What a running API stands on; put together by whoever starts it: `roles/serve.py`, or a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from psycopg_pool import ConnectionPool

from access.desk import Access
from eventstore import Projection, Reader, Store
from providers import Outside
from runtime.clock import Clock
from runtime.live.updates import Live
from runtime.settings import Settings


@dataclass(frozen=True)
class Platform:
    """Owned by its maker, who closes what is in it after the last answer."""

    store: Store
    reads: ConnectionPool
    """For the read models; role ``app``, autocommit. Not the store's own, so that slow lists never hold up a command."""
    clock: Clock
    outside: Outside
    """Stored files, the check of files, temporary links; the API uses nothing else of the outside."""
    settings: Settings
    business_date: Callable[[], date]
    """The business date, stamped on every command."""
    access: Access
    """Who is asking: sessions, tokens, keys of programs."""
    live: Live
    """What changes, for whoever is connected; and what the other processes are told."""

    def reader(self, kind: type[Projection], customers: frozenset[UUID] | None) -> Reader:
        """Reads a read model within a scope.

        A table of the house has no customers' rows: the permission alone decides who sees it, and sees it whole.
        """
        return Reader(self.reads, None if kind.owner is None else customers)


async def the_platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform


ThePlatform = Annotated[Platform, Depends(the_platform)]
