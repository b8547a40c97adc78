"""Building a read model anew, beside the table that is read meanwhile, and switching the readers over.

    new table ──COPY──▶ horizon ──guard──▶ catch up ──switch──▶ live; the old one is retiring, then dropped

Nothing is renamed and nobody waits: readers look up which table is live, and projectors keep both up to date until
the old one is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore import read_models
from eventstore.feed import StoreFeed
from eventstore.follower import Follower, decode, ends_of
from eventstore.positions import Moved
from eventstore.projection import Projection
from eventstore.read_models import GRACE, ReadModel
from eventstore.rows import Batch
from eventstore.store import Store

BATCH = 20_000
"""Events a transaction while the table is built: folded in memory, copied at once."""
_NEARLY = 1000
"""Events behind the horizon at which readers may be switched over."""
HANDOVER = 2.5
"""Seconds for which the table is followed after the switch; by then every projector has noticed it."""


@dataclass(frozen=True)
class Progress:
    """How far a rebuild is."""

    read_model: str
    table: str
    done: int
    """Events handled."""
    total: int
    """Events there were when it began."""
    phase: str
    """copying, catching up, switched."""


Watcher = Callable[[Progress], None]


def rebuild(
    store: Store,
    owner: str,
    kind: type[Projection],
    progress: Watcher | None = None,
    handover: float = HANDOVER,
) -> str:
    """Build the table of a read model anew and switch the readers of this version over; returns its name.

    store     reads the feed
    owner     connection string of ``store_owner``
    progress  called after every batch
    handover  seconds for which it goes on beside the projectors after the switch; 0 where none is running

    An unfinished table of an earlier attempt is dropped first. Raises what the database raises; nothing that is
    read has changed until the switch.
    """
    with psycopg.connect(owner, autocommit=True) as connection:
        table = _begin(connection, kind)
        with _pool(owner) as pool, ThreadPoolExecutor(1) as ahead, closing(StoreFeed(store)) as feed:
            follower = Follower(kind, table.table_name, store, pool, copying=True)
            work = _Rebuild(feed, follower, ahead, _count(connection), progress or _nobody_watches)
            work.copy()
            read_models.guard(connection, kind, table.qualified)
            connection.execute(f"ANALYZE {table.qualified}".encode())
            work.catch_up()
            read_models.switch(connection, table)
            work.hand_over(handover)
    return table.table_name


def rebuild_pending(
    store: Store,
    owner: str,
    kinds: Sequence[type[Projection]],
    progress: Watcher | None = None,
    handover: float = HANDOVER,
) -> list[str]:
    """Build what ``read_models.ensure`` says must be built before this code can read it; returns the tables."""
    return [rebuild(store, owner, kind, progress, handover) for kind in read_models.ensure(owner, kinds)]


def drop_retired(owner: str, grace: timedelta = GRACE) -> list[str]:
    """Drop the tables that have been retiring for longer than ``grace``; returns their names."""
    with psycopg.connect(owner, autocommit=True) as connection:
        return read_models.drop_retired(connection, grace)


class _Rebuild:
    """One rebuild on its way. The next batch is read while this one is written."""

    def __init__(
        self, feed: StoreFeed, follower: Follower, ahead: ThreadPoolExecutor, total: int, watch: Watcher
    ) -> None:
        self._feed, self._follower, self._ahead, self._watch = feed, follower, ahead, watch
        self._next: Future[Batch] | None = None
        self._done, self._total = 0, total

    def copy(self) -> None:
        """Everything up to the horizon."""
        while self._step("copying") == BATCH:
            pass
        self._follower.copying = False

    def catch_up(self) -> None:
        """What happened meanwhile."""
        while self._step("catching up") > _NEARLY:
            pass

    def hand_over(self, seconds: float) -> None:
        """Go on beside the projectors until they have taken over."""
        self._tell("switched")
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            try:
                if not self._step("switched"):
                    self._feed.wait(left)
            except Moved:
                return

    def _step(self, phase: str) -> int:
        batch = self._read()
        news = decode(row for row in batch.events if self._follower.kind.concerns(row.kind))
        self._follower.take(news, ends_of(batch.events))
        self._follower.cursor = batch.through
        self._done += len(batch.events)
        if batch.events:
            self._tell(phase)
        return len(batch.events)

    def _read(self) -> Batch:
        if self._next is not None:
            batch = self._next.result()
        else:
            batch = self._feed.read(self._follower.cursor, None, BATCH)
        full = len(batch.events) == BATCH
        self._next = self._ahead.submit(self._feed.read, batch.through, None, BATCH) if full else None
        return batch

    def _tell(self, phase: str) -> None:
        name, total = self._follower.kind.__name__, max(self._total, self._done)
        self._watch(Progress(name, self._follower.table, self._done, total, phase))


def _begin(connection: Connection[Any], kind: type[Projection]) -> ReadModel:
    """A new table without guards, which COPY needs; only its owner can read it."""
    with connection.transaction():
        read_models.only_one(connection)
        for table in read_models.tables(connection):
            if (table.name, table.version, table.state) == (kind.name, kind.version, "building"):
                read_models.drop(connection, table.table_name)
        table = read_models.register(connection, kind, "building")
        read_models.create(connection, kind, table.qualified)
    return table


def _pool(owner: str) -> ConnectionPool:
    return ConnectionPool(owner, kwargs={"autocommit": True}, min_size=1, max_size=2, open=True)


def _count(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM store.events").fetchone()
    return row[0] if row else 0


def _nobody_watches(progress: Progress) -> None:
    """The default."""
