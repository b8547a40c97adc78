"""Events a second with one, two and four projectors on Kafka, and how much of a core the consumers take.

Everybody joins the group and is then held, by SIGSTOP, while the relay ships; so the topic is full before anybody takes
from it, and what is measured is what the consumers make of it, from the moment in which they go on to the last position
of the last table.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

import psycopg

import workers  # noqa: F401 - the reactions' positions are made with them
from bench import feed_filling
from bench.feed_processes import Process
from bench.figures import Contestant, Figure, NotStored, Turn, all_of
from bench.kafka_processes import Chosen, projector, reactor, relay
from bench.kafka_rates import chosen_for
from bench.place import Database, Place
from eventstore import positions, read_models
from projections.mail_log import MailLog
from roles.migrate import every_read_model
from runtime.embedded.kafka import Kafka
from runtime.settling import CONSUMER

PROCESSES = (1, 2, 4)
RUN_UP = 1_000
"""Events that show every consumer where its partitions end: it does not ask before it takes from them."""
RUN_UPS = 20
"""How often, at most: a group that is still being shared out has the store to read from."""
ENOUGH = 0.9
"""The share of events that Kafka has to bring: who reads them from the store is no consumer of it."""
HELD, BRIEFLY = 120_000, 30_000
"""Milliseconds for which the group believes in a process that is held: while all events are shipped, or few of them."""
PATIENCE = 120.0
MAILS = MailLog.table_name()


class TooSlow(Exception):
    """The consumers did not get to the end in time, or had nothing from Kafka."""


class Backlog:
    """A database whose relay ships; the next events are shipped while consumers are held."""

    def __init__(self, place: Place, kafka: Kafka, at: Database, chosen: Chosen, events: int) -> None:
        self._at, self._chosen, self._events = at, chosen, events
        self._ships = Process(relay, chosen)
        self._ships.ask(0)
        self._last = 0

    def close(self) -> None:
        self._ships.close()

    def taken_by(self, work: Callable[..., None], number: int, consumer: str) -> Turn:
        """So many processes do this work until the consumer is at the end of every lane that has new events."""
        with ExitStack() as held:
            running = [held.enter_context(closing(Process(work, self._chosen))) for _ in range(number)]
            before = self._run_up(running, consumer)
            with _standing_still(running):
                self._ship(self._events)
                began = time.perf_counter()
            self._wait(consumer)
            seconds = time.perf_counter() - began
            after = [each.ask()[1:] for each in running]
        processor = sum(now[0] - then[0] for now, then in zip(after, before, strict=True))
        read = sum(now[1] - then[1] for now, then in zip(after, before, strict=True))
        carried = max(self._events - read, 0)
        if carried < ENOUGH * self._events:
            raise NotStored(f"{consumer}: Kafka brought {carried:,.0f} of {self._events:,} events")
        return Turn(self._events / seconds, also={"per core": self._events / processor})

    def _run_up(self, running: Sequence[Process], consumer: str) -> list[tuple[float, float]]:
        """Processor seconds and events read from the store, by process, once all of them live on what Kafka brings."""
        figures = [each.ask()[1:] for each in running]
        for _ in range(RUN_UPS):
            self._ship(RUN_UP)
            self._wait(consumer)
            before, figures = figures, [each.ask()[1:] for each in running]
            if (
                sum(now[1] - then[1] for now, then in zip(figures, before, strict=True))
                <= (1 - ENOUGH) * RUN_UP
            ):
                return figures
        raise TooSlow(f"{consumer}: Kafka brings next to nothing, {RUN_UPS} times {RUN_UP:,} events")

    def _ship(self, events: int) -> None:
        feed_filling.fill(self._at, self._last + 1, self._last + events)
        self._last += events
        self._ships.ask(self._last)

    def _wait(self, consumer: str) -> None:
        deadline = time.monotonic() + PATIENCE
        with psycopg.connect(self._at.auditor_url, autocommit=True) as looks:
            ends: dict[int, int] = dict(
                looks.execute("SELECT lane, position FROM store.lane_ends(NULL)").fetchall()
            )
            while any(positions.read(looks, consumer)[lane] < end for lane, end in ends.items()):
                if time.monotonic() > deadline:
                    raise TooSlow(f"{consumer} is not at the end after {PATIENCE:.0f} s")
                time.sleep(0.02)

    def rows(self) -> int:
        """How many mails the read model has; raises NotStored when they are not as many as were sent."""
        with psycopg.connect(self._at.owner_url) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            row = owner.execute(f"SELECT count(*) FROM read.{MAILS}".encode()).fetchone()
        assert row is not None
        all_of("mails in the read model", row[0], self._last)
        return int(row[0])


def measure(place: Place, kafka: Kafka) -> list[Figure]:
    at = place.database("kafka_projecting")
    read_models.ensure(at.owner_url, every_read_model())
    chosen = chosen_for(place, at, kafka, kafka_session_ms=place.pick(BRIEFLY, HELD))
    events, rounds = place.pick(10_000, 50_000), place.pick(2, 3)
    with closing(Backlog(place, kafka, at, chosen, events)) as backlog:
        contest = [
            Contestant(
                f"projectors, {number}", partial(backlog.taken_by, projector, number, MAILS),
                over="projectors, 1" if number > 1 else None, note="all read models of the product",
            )
            for number in PROCESSES
        ]  # fmt: skip
        figures = place.interleave("projectors on Kafka", contest, rounds)
        backlog.rows()
        reacting = Contestant(
            "reactor",
            lambda: backlog.taken_by(reactor, 1, CONSUMER),
            note="jobs deferred; nobody runs them",
        )
        return [*figures, *place.interleave("reactor on Kafka", [reacting], rounds)]


@contextmanager
def _standing_still(running: Sequence[Process]) -> Iterator[None]:
    _all(running, signal.SIGSTOP)
    try:
        yield
    finally:
        _all(running, signal.SIGCONT)


def _all(running: Sequence[Process], number: int) -> None:
    for each in running:
        assert each.process.pid is not None
        os.kill(each.process.pid, number)
