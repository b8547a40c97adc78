"""The reactor: reads the feed and defers one job for each event and reaction to it; then the jobs are run.

Consumer ``reactions``. The jobs and the positions are one transaction, so every event has its jobs exactly once,
whatever is killed when. Any number of processes may do this; the positions decide who was first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from procrastinate.jobs import Job
from psycopg_pool import ConnectionPool

from eventstore import LANES, Recorded, Store, Undecodable, positions
from eventstore.faults import reach
from eventstore.feed import Feed
from eventstore.sealing import BrokenSeal
from runtime.acting import Acting, Behind
from runtime.deadlines import DueWork
from runtime.jobs import AWAY, JobRunner, Task, TryAgain, defer, job
from runtime.parking import Parking, lock_of
from runtime.reactions import REACTIONS, Reaction
from runtime.settling import CONSUMER

log = structlog.get_logger()

BATCH = 500
"""Events a transaction."""
POLL = 0.2
"""Seconds after which it looks at the feed though nobody rang."""
AGAIN_WHEN_AWAY = 1.0
"""Seconds to the next try when the database was away or a read model behind: no failure of the reaction."""

_POISON = (Undecodable, BrokenSeal)
"""What no further try would change: parked at once."""


class Reactor:
    """Turns the feed into jobs.

    feed  a carrier of the events
    pool  connections in autocommit of the role ``app``
    """

    def __init__(self, feed: Feed, pool: ConnectionPool) -> None:
        self._feed, self._pool = feed, pool

    def run(self, stop: threading.Event) -> None:
        """Follow the feed until ``stop`` is set, also across restarts of the database."""
        while not stop.is_set():
            try:
                moved = self.step()
            except AWAY as error:
                log.warning("reactor-waits", cause=type(error).__name__)
                stop.wait(AGAIN_WHEN_AWAY)
                self._pool.check()
                continue
            if not moved:
                self._feed.wait(POLL)

    def step(self, limit: int = BATCH) -> int:
        """Take the next events; returns how many. Their jobs are in the queue when it returns."""
        old = self._positions()
        after = min(old.values())
        batch = self._feed.read(after, None, limit)
        if not batch.events:
            return 0  # positions that move without an event would make the horizon move, and so on for ever
        fresh = [row for row in batch.events if row.position > old[row.lane]]
        try:
            self._commit(list(_jobs(fresh)), old, batch.through)
        except positions.Moved:
            return 0  # another process took this batch
        return len(batch.events)

    def _positions(self) -> dict[int, int]:
        with self._pool.connection() as connection:
            found = positions.read(connection, CONSUMER)
        if len(found) != LANES:
            raise RuntimeError(
                f"{len(found)} of {LANES} positions of the reactions are there. To begin from nothing would react"
                " to everything again: restore these rows of store.positions from a backup"
            )
        return found

    def _commit(self, jobs: Sequence[Job], old: dict[int, int], through: int) -> None:
        with self._pool.connection() as connection, connection.transaction():
            positions.move_all(connection, CONSUMER, old, dict.fromkeys(old, through))
            defer(connection, jobs)
            reach("position-job")


class Reacting:
    """What a job of a reaction does."""

    def __init__(self, store: Store, acting: Acting, parking: Parking) -> None:
        self._store, self._acting, self._parking = store, acting, parking

    def task(self, reaction: Reaction) -> Task:
        def do(failures: int, position: int) -> None:
            try:
                self._answer(reaction, position, failures)
            except (*AWAY, Behind) as error:
                log.info("reaction-waits", reaction=reaction.name, cause=type(error).__name__)
                self._store.pool.check()
                raise TryAgain(AGAIN_WHEN_AWAY, failed=False) from None

        return Task(reaction.name, do)

    def _answer(self, reaction: Reaction, position: int, failures: int) -> None:
        row = self._store.at(position)
        if self._parking.holds(reaction, row):
            return
        try:
            self._acting.react(reaction, row.event())
        except (*AWAY, Behind):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again or parked
            wait = None if isinstance(error, _POISON) else reaction.retry.wait(failures + 1)
            if wait is None:
                self._parking.park(reaction, row, error)
                return
            log.warning("reaction-failed", reaction=reaction.name, because=row.id, cause=type(error).__name__)
            raise TryAgain(wait) from None


def run(store: Store, feed: Feed, url: str, acting: Acting, due_work: DueWork, stop: threading.Event) -> None:
    """The process `manage.py react`: follow the feed and run the jobs until ``stop`` is set.

    url  connection string of the role ``app``, for the connections of the job queue
    """
    reacting = Reacting(store, acting, Parking(store.pool))
    tasks = [reacting.task(reaction) for reactions in REACTIONS.values() for reaction in reactions]
    with ThreadPoolExecutor(1, "reactor") as beside:
        following = beside.submit(Reactor(feed, store.pool).run, stop)
        following.add_done_callback(lambda _: stop.set())
        try:
            JobRunner(url, [*tasks, due_work.task()]).run(stop)
        finally:
            stop.set()
    following.result()


def _jobs(rows: Sequence[Recorded]) -> Iterator[Job]:
    for row in rows:
        for reaction in REACTIONS.get(row.kind, ()):
            yield job(reaction.name, lock_of(reaction, row.stream_id), position=row.position)
