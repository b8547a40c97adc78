"""The reactor: reads the feed and defers one job for each event and reaction to it; then the jobs are run.

Consumer ``reactions``. The jobs and the positions are one transaction, so every event has its jobs exactly once, or
is left to one that waits for all of its lane (``runtime/together.py``), whatever is killed when. Any number of processes may do this; the positions decide who was first. A carrier brings
each process the events of some lanes, and what it loses is read from the feed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import structlog
from procrastinate.jobs import Job
from psycopg_pool import ConnectionPool

from eventstore import LANES, NotFound, Recorded, Store, Undecodable, positions, restoring
from eventstore.faults import reach
from eventstore.feed import Carrier, Feed
from eventstore.from_carrier import FromCarrier
from eventstore.reach import Reach
from eventstore.sealing import BrokenSeal
from eventstore.supply import AllLanes, Figures, Page
from runtime import metrics
from runtime.acting import Acting, Behind
from runtime.deadlines import DueWork
from runtime.figures import of_consumer
from runtime.jobs import AWAY, TURN, GivenUp, JobRunner, Task, TryAgain, defer
from runtime.kafka.carrier import KafkaCarrier
from runtime.parking import Parking, jobs_for, retrying
from runtime.reactions import REACTIONS, Reaction
from runtime.settling import CONSUMER
from runtime.together import Apart, events_of, jobs_of, without_waiting

log = structlog.get_logger()

BATCH = 500
"""Events a transaction."""
POLL = 0.2
"""Seconds after which it looks at the feed though nobody rang."""
LOOK_AGAIN, EVEN_OUT = 1.0, 10.0
"""As in eventstore/projector.py: between two looks at the lanes, and how long idle ones may stay behind."""
AGAIN_WHEN_AWAY = 1.0
"""Seconds to the next try when the database was away or a read model behind: no failure of the reaction."""

_POISON = (Undecodable, BrokenSeal)
"""What no further try would change: parked at once."""

MISSING = "manage.py status; docs/how-to/restore-from-a-backup.md, a replica that takes over"
"""A job is deferred for an event that was read, so the database has lost the event since, or never held it."""


class Reactor:
    """Turns the feed into jobs.

    feed     the store as it reads
    pool     connections in autocommit of the role ``app``
    carrier  what brings the events; None: they are read from the feed
    """

    def __init__(self, feed: Feed, pool: ConnectionPool, carrier: Carrier | None = None) -> None:
        self._feed, self._pool = feed, pool
        self._brought = Brought(carrier, feed, pool) if carrier is not None else None
        self.handled = 0
        """Events since it began."""

    @property
    def figures(self) -> Figures:
        """What the carrier brought, and what it did not."""
        return self._brought.figures if self._brought is not None else Figures()

    def run(self, stop: threading.Event) -> None:
        """Follow the feed until ``stop`` is set, also across restarts of the database."""
        try:
            while not stop.is_set():
                self._round(stop)
        finally:
            if self._brought is not None:
                self._brought.close()

    def _round(self, stop: threading.Event) -> None:
        try:
            self.handled += (moved := self.step())
        except AWAY as error:
            log.warning("reactor-waits", cause=type(error).__name__)
            stop.wait(AGAIN_WHEN_AWAY)
            self._pool.check()
            return
        if not moved:
            self._wait()

    def step(self, limit: int = BATCH) -> int:
        """Take the next events; returns how many. Their jobs are in the queue when it returns."""
        if self._brought is not None:
            return self._brought.step()
        old = read_positions(self._pool)
        after = min(old.values())
        batch = self._feed.read(after, None, limit)
        if not batch.events:
            return 0  # positions that move without an event would make the horizon move, and so on for ever
        fresh = [row for row in batch.events if row.position > old[row.lane]]
        try:
            commit(self._pool, list(_jobs(fresh)), old, dict.fromkeys(old, batch.through))
        except positions.Moved:
            return 0  # another process took this batch
        return len(batch.events)

    def _wait(self) -> None:
        if self._brought is None:
            self._feed.wait(POLL)
        else:
            self._brought.wait(POLL)


class Brought:
    """The same with a carrier: only the lanes move in which something came, and it remembers where each one is."""

    def __init__(self, carrier: Carrier, feed: Feed, pool: ConnectionPool) -> None:
        self._carrier, self._pool = carrier, pool
        # Whoever is there takes over what stands still: to defer a job is no work, and the positions decide.
        self._supply = FromCarrier(carrier, feed, AllLanes(), BATCH)
        self._lanes: frozenset[int] = frozenset()
        self._stored: dict[int, int] = {}
        self._reach = Reach()
        self._looked, self._evened, self._quiet = -LOOK_AGAIN, monotonic(), True
        self.figures = self._supply.figures
        self.wait, self.close = self._supply.wait, self._supply.close

    def step(self) -> int:
        """Take what has come, and what did not; returns how many events."""
        try:
            return self._step()
        except AWAY:
            self._supply.start_over()
            self._looked, self._lanes = -LOOK_AGAIN, frozenset()
            raise

    def _step(self) -> int:
        if monotonic() - self._looked >= LOOK_AGAIN or self._supply.changed(self._lanes):
            self._look()
        handled = 0
        for page in self._supply.pages([self._reach], self._lanes):
            if not self._take(page):
                break  # what follows is for where it believed to be
            handled += len(page.events)
        return handled

    def _take(self, page: Page) -> bool:
        ends = page.ends_for(self._reach)
        fresh = [row for row in page.events if row.lane in ends and row.position > self._stored[row.lane]]
        if not self._move(list(_jobs(fresh)), ends):
            return False
        page.taken(self._reach)
        self._quiet = self._quiet and not fresh
        return True

    def _move(self, jobs: Sequence[Job], ends: Mapping[int, int]) -> bool:
        """Have these jobs in the queue and each lane at its end; False when somebody else was there."""
        new = {lane: end for lane, end in ends.items() if end > self._stored[lane]}
        try:
            if new:
                commit(self._pool, jobs, self._stored, new)
        except positions.Moved:
            self._go_on_elsewhere()
            return False
        self._stored.update(new)
        return True

    # ── once a second ──────────────────────────────────────────────────────

    def _look(self) -> None:
        """Which lanes are ours, whether it is still the same history, and whether nothing is forgotten."""
        before, self._lanes = self._lanes, self._supply.lanes()
        with self._pool.connection() as connection:
            restoring.must_be(connection, self._carrier.incarnation)
        stored = read_positions(self._pool)
        if before != self._lanes:
            self._begin()
        elif any(stored[lane] != self._stored[lane] for lane in self._lanes):
            self._go_on_elsewhere()
        self._supply.look([self._reach], self._lanes, stored)
        if self._quiet or monotonic() - self._evened >= EVEN_OUT:
            self._let_idle_lanes_follow()
        self._looked, self._quiet = monotonic(), True

    def _go_on_elsewhere(self) -> None:
        """Somebody else has moved a lane, or a crash of the server has put it back."""
        before = self._stored
        self._begin()
        self._supply.moved([lane for lane in self._lanes if self._stored[lane] > before[lane]])

    def _begin(self) -> None:
        """Go on from where the database says."""
        self._stored = read_positions(self._pool)
        self._reach = Reach({lane: self._stored[lane] for lane in self._lanes})
        self._supply.begin([self._reach], self._lanes)

    def _let_idle_lanes_follow(self) -> None:
        """Only as far as there were events: otherwise our own transactions would move the horizon for ever."""
        newest = self._supply.newest([self._reach], self._lanes)
        self._move([], self._reach.ends(self._lanes, newest))
        self._evened = monotonic()


def read_positions(pool: ConnectionPool) -> dict[int, int]:
    """How far the reactions are, by lane."""
    with pool.connection() as connection:
        found = positions.read(connection, CONSUMER)
    if len(found) != LANES:
        raise RuntimeError(
            f"{len(found)} of {LANES} positions of the reactions are there. To begin from nothing would react"
            " to everything again: restore these rows of store.positions from a backup"
        )
    return found


def commit(pool: ConnectionPool, jobs: Sequence[Job], old: Mapping[int, int], new: Mapping[int, int]) -> None:
    """Jobs and positions in one transaction. Raises Moved when a lane is not where it was."""
    with pool.connection() as connection, connection.transaction():
        positions.move_all(connection, CONSUMER, old, new)
        defer(connection, without_waiting(connection, jobs))
        reach("position-job")


class Reacting:
    """What a job of a reaction does."""

    def __init__(self, store: Store, acting: Acting, parking: Parking) -> None:
        self._store, self._acting, self._parking = store, acting, parking
        self._apart = Apart(store.pool)

    def task(self, reaction: Reaction) -> Task:
        def do(failures: int, position: int, lane: int | None = None) -> None:
            try:
                if lane is None:
                    self._answer(reaction, position, failures)
                else:
                    self._answer_all(reaction, position, lane)
            except (*AWAY, Behind) as error:
                log.info("reaction-waits", reaction=reaction.name, cause=type(error).__name__)
                self._store.pool.check()
                raise TryAgain(AGAIN_WHEN_AWAY, failed=False) from None

        return Task(reaction.name, do)

    def _answer(self, reaction: Reaction, position: int, failures: int) -> None:
        row = self._at(reaction, position)
        if self._parking.holds(reaction, row):
            return
        error = self._try(reaction, row)
        if error is not None and (wait := self._wait(reaction, row, error, failures + 1)) is not None:
            raise TryAgain(wait) from None

    def _answer_all(self, reaction: Reaction, position: int, lane: int) -> None:
        """Everything from a position on that the reactor has seen by now: what comes later has another job."""
        through = read_positions(self._store.pool)[lane]
        careful = self._apart.any_of(reaction)
        for row in events_of(self._store, reaction, lane, position, through):
            if careful and self._apart.holds(reaction, row):
                self._apart.put(reaction, row)
                continue
            with TURN:
                error = self._try(reaction, row)
            if error is not None:
                careful = True
                if (wait := self._wait(reaction, row, error, 1)) is not None:
                    self._apart.put(reaction, row, wait)
        self._at(reaction, position)  # said last: what others have left to this job is done

    def _at(self, reaction: Reaction, position: int) -> Recorded:
        try:
            return self._store.at(position)
        except NotFound:
            log.error("event-missing", reaction=reaction.name, position=position, remedy=MISSING)
            raise GivenUp(f"there is no event at {position}") from None

    def _try(self, reaction: Reaction, row: Recorded) -> Exception | None:
        try:
            self._acting.react(reaction, row.event())
        except (*AWAY, Behind):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again or parked
            log.warning("reaction-failed", reaction=reaction.name, because=row.id, cause=type(error).__name__)
            return error
        return None

    def _wait(self, reaction: Reaction, row: Recorded, error: Exception, failures: int) -> float | None:
        """Seconds until the next try; None when this was the last and the event is parked."""
        wait = None if isinstance(error, _POISON) else reaction.retry.wait(failures)
        if wait is None:
            self._parking.park(reaction, row, error)
        return wait


def run(
    store: Store,
    feed: Feed,
    url: str,
    acting: Acting,
    due_work: DueWork,
    stop: threading.Event,
    carrier: KafkaCarrier | None = None,
) -> None:
    """The process `manage.py react`: follow the feed and run the jobs until ``stop`` is set.

    url      connection string of the role ``app``, for the connections of the job queue
    carrier  what brings the events, if they are not read from the feed
    """
    reacting = Reacting(store, acting, Parking(store.pool))
    tasks = [reacting.task(reaction) for reactions in REACTIONS.values() for reaction in reactions]
    reactor = Reactor(feed, store.pool, carrier)
    of_consumer("reactions", reactor, carrier)
    with ThreadPoolExecutor(1, "reactor") as beside:
        following = beside.submit(reactor.run, metrics.watched("reactor", stop))
        following.add_done_callback(lambda _: stop.set())
        try:
            JobRunner(url, [*tasks, due_work.task(), retrying(store)]).run(metrics.watched("jobs", stop))
        finally:
            stop.set()
    following.result()


def _jobs(rows: Sequence[Recorded]) -> Iterator[Job]:
    for row in rows:
        yield from jobs_for(row)
    yield from jobs_of(rows)
