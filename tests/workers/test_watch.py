"""The passing of time: days open and close in order, and none is closed with its work undone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

import projections  # noqa: F401 - every read model is known
from aggregates.business_day import BusinessDay, business_year_id
from eventstore import Projection, Store
from eventstore.projector import Projector
from eventstore.read_models import ensure
from runtime.clock import Clock
from runtime.jobs import defer, job
from runtime.settling import CONSUMER
from tests.connected import projecting
from tests.runtime.household import BuildDoor, asker, house
from tests.soon import soon
from workers.watch import Watch, run

NOON = datetime(2100, 12, 30, 10, tzinfo=UTC)
DEC_30, DEC_31, JAN_3 = date(2100, 12, 30), date(2100, 12, 31), date(2101, 1, 3)


@dataclass
class Time:
    store: Store
    clock: Clock
    watch: Watch
    projector: Projector

    def goes_by(self, days: int) -> None:
        self.clock.advance_to(NOON + timedelta(days=days))

    def is_watched(self, rounds: int = 6) -> None:
        """A few looks, with the read models and the reactions keeping up."""
        for _ in range(rounds):
            self.follow()
            self.watch.look()

    def follow(self) -> None:
        while self.projector.step():
            pass
        self.react()

    def react(self) -> None:
        """Nothing here has a reaction, so it is enough to move the positions."""
        through = self.store.read_feed().through
        with self.store.pool.connection() as connection:
            connection.execute(
                "UPDATE store.positions SET position = %s WHERE consumer = %s", (through, CONSUMER)
            )

    def days(self) -> list[tuple[str, date]]:
        """What has happened to days, without the beginnings of years."""
        rows = [row for year in (2100, 2101) for row in self.store.history(business_year_id(year))]
        events = [row.event() for row in rows]
        return [(type(e).__name__, e.day) for e in events if not isinstance(e, BusinessDay.YearBegun)]


@pytest.fixture
def time(database) -> Iterator[Time]:
    kinds = [kind for kind in Projection.registry.values() if kind.__module__.startswith("projections.")]
    ensure(database.owner_url, kinds)
    with house(database.app_url) as store:
        clock = Clock(store.pool)
        clock.advance_to(NOON)
        projector = Projector(*projecting(store), kinds)
        yield Time(store, clock, Watch(store, clock), projector)


def test_the_first_look_opens_the_day_and_further_ones_change_nothing(time):
    time.is_watched()
    assert time.days() == [("Opened", DEC_30)]


def test_a_new_date_closes_the_day_and_opens_the_next_also_across_the_year(time):
    time.is_watched()
    time.goes_by(1)
    time.is_watched()
    assert time.days()[1:] == [("Closed", DEC_30), ("Opened", DEC_31)]
    time.goes_by(4)
    time.is_watched()
    assert time.days()[3:] == [("Closed", DEC_31), ("Opened", JAN_3)]


def test_a_day_covers_the_days_that_were_skipped(time):
    time.is_watched()
    time.goes_by(4)
    time.is_watched()
    opened = time.store.last(business_year_id(2101)).event()
    assert (opened.day, opened.since) == (JAN_3, DEC_31)
    assert opened.meta.on == JAN_3
    assert opened.meta.by == "clock"


def test_a_day_stays_open_while_something_of_it_is_still_to_be_done(time):
    time.is_watched()
    happened = time.store.send(BuildDoor(door_id=uuid4()), asker(DEC_30))
    position = max(int(position) for position in happened.positions.values())
    with time.store.pool.connection() as connection:
        with connection.transaction():
            defer(connection, [job("somebody.does_it", "a", position=position)])
        time.goes_by(1)
        time.is_watched()
        assert time.days() == [("Opened", DEC_30)]
        connection.execute("DELETE FROM jobs.procrastinate_jobs")
    time.is_watched()
    assert time.days()[1:] == [("Closed", DEC_30), ("Opened", DEC_31)]


def test_a_day_stays_open_while_a_screen_has_not_seen_it(time):
    time.is_watched()
    time.store.send(BuildDoor(door_id=uuid4()), asker(DEC_30))
    time.goes_by(1)
    for _ in range(5):
        time.react()
        time.watch.look()
    assert time.days() == [("Opened", DEC_30)]
    time.is_watched()
    assert time.days()[1:] == [("Closed", DEC_30), ("Opened", DEC_31)]


def test_two_watches_at_once_come_to_the_same(time, database):
    stop = threading.Event()
    both = [
        threading.Thread(target=run, args=(time.store, time.clock, database.app_url, stop)) for _ in range(2)
    ]
    for watch in both:
        watch.start()
    try:
        soon(lambda: time.days() == [("Opened", DEC_30)])
        time.goes_by(1)
        soon(lambda: (time.follow(), len(time.days()) == 3)[1])
    finally:
        stop.set()
        for watch in both:
            watch.join(20)
    assert time.days()[1:] == [("Closed", DEC_30), ("Opened", DEC_31)]
