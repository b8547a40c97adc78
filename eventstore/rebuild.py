"""Building a read model anew, beside the table that is read meanwhile, and switching the readers over.

    new table ──COPY──▶ horizon ──guard──▶ catch up ──switch──▶ live; the old one is retiring, then dropped

Nothing is renamed and nobody waits: readers look up which table is live, and projectors keep both up to date until
the old one is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore import read_models
from eventstore.copying import Copying
from eventstore.feed import StoreFeed
from eventstore.follower import Follower, decode, ends_of
from eventstore.positions import Moved
from eventstore.projection import Projection
from eventstore.read_models import GRACE, ReadModel
from eventstore.store import Store

BATCH = 5_000
"""Events a transaction while it catches up."""
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
    """Events of its concern there were when it began."""
    phase: str
    """copying, catching up, switched."""


Watcher = Callable[[Progress], None]


def rebuild(
    store: Store,
    owner: str,
    kind: type[Projection],
    progress: Watcher | None = None,
    handover: float = HANDOVER,
    processes: int | None = None,
) -> str:
    """Build the table of a read model anew and switch the readers of this version over; returns its name.

    store     reads the feed
    owner     connection string of ``store_owner``
    progress  called after every batch
    handover  seconds for which it goes on beside the projectors after the switch; 0 where none is running
    processes that fold what is there; None: one, and one for each core when there is much

    An unfinished table of an earlier attempt is dropped first. Raises what the database raises; nothing that is
    read has changed until the switch.
    """
    with psycopg.connect(owner, autocommit=True) as connection:
        table = _begin(connection, kind)
        indexes = read_models.take_indexes_off(connection, table.qualified)
        copying = Copying(owner, store, kind, table.table_name, _horizon(connection))
        work = _Rebuild(kind, table.table_name, progress or _nobody_watches)
        copying.run(
            work.copied, processes or copying.processes(), meanwhile=lambda: work.expect(copying.count())
        )
        for index in indexes:
            connection.execute(index.encode())
        read_models.guard(connection, kind, table.qualified)
        connection.execute(f"ANALYZE {table.qualified}".encode())
        with _pool(owner) as pool, closing(StoreFeed(store)) as feed:
            follower = Follower(kind, table.table_name, store, pool)
            work.catch_up(feed, follower)
            read_models.switch(connection, table)
            work.hand_over(feed, follower, handover)
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
    """One rebuild on its way, and who watches it."""

    def __init__(self, kind: type[Projection], table: str, watch: Watcher) -> None:
        self._kind, self._table, self._watch = kind, table, watch
        self._done = self._total = 0

    def expect(self, events: int) -> None:
        self._total = events

    def copied(self, events: int) -> None:
        self._done += events
        self._tell("copying")

    def catch_up(self, feed: StoreFeed, follower: Follower) -> None:
        """What happened meanwhile."""
        while self._step(feed, follower, "catching up") > _NEARLY:
            pass

    def hand_over(self, feed: StoreFeed, follower: Follower, seconds: float) -> None:
        """Go on beside the projectors until they have taken over."""
        self._tell("switched")
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            try:
                if not self._step(feed, follower, "switched"):
                    feed.wait(left)
            except Moved:
                return

    def _step(self, feed: StoreFeed, follower: Follower, phase: str) -> int:
        batch = feed.read(follower.reach.low, None, BATCH)
        news = decode(row for row in batch.events if self._kind.concerns(row.kind))
        follower.take(news, ends_of(batch.events))
        follower.reach.rise(batch.through)
        self._done += len(news)
        if batch.events:
            self._tell(phase)
        return len(batch.events)

    def _tell(self, phase: str) -> None:
        total = max(self._total, self._done)
        self._watch(Progress(self._kind.__name__, self._table, self._done, total, phase))


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


def _horizon(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT store.horizon()").fetchone()
    assert row is not None
    return int(row[0])


def _nobody_watches(progress: Progress) -> None:
    """The default."""
