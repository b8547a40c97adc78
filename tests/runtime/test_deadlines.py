"""What falls due: shared out by lane, done once, and nobody's failure holds up the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from eventstore import Store, lane_of
from eventstore.parking import parked
from runtime.deadlines import Deadlines, DueWork
from runtime.jobs import JobRunner, Jobs
from runtime.parking import retry_parked
from runtime.reactions import DEADLINES, Deadline
from tests.runtime.household import BellBroken, BuildDoor, Door, Outside, acting, asker, business_date, house
from tests.soon import soon

TODAY = date(2026, 5, 4)


@dataclass(frozen=True)
class Moody(Outside):
    """Rings for a day only when it was asked more often than that."""

    moods: dict[str, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def ring(self, said: str) -> None:
        self.asked[said] += 1
        if self.asked[said] <= self.moods.get(said, 0):
            raise BellBroken
        super().ring(said)


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


class Agenda:
    """Doors to paint; a line is gone when its coat is on the door."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lines: list[Deadline] = []

    def add(self, *due: date, beside: UUID | None = None) -> UUID:
        """A new door, in the lane of another one if that is named."""
        id = next(id for id in iter(uuid4, None) if beside is None or lane_of(id) == lane_of(beside))
        door = self._store.send(BuildDoor(door_id=id), asker()).id
        for number, day in enumerate(due, 1):
            self.lines.append(Deadline("painting", door, number, day, lane_of(door)))
        return door

    def due(self, on: date, lane: int | None, seen: dict[int, int]) -> list[Deadline]:
        open_lines = [line for line in self.lines if line.due <= on and lane in (None, line.lane)]
        return [line for line in open_lines if line.due.day not in self.coats(line.stream_id)]

    def coats(self, door: UUID) -> list[int]:
        painted = [row.event() for row in self._store.history(door)]
        return [event.coat for event in painted if isinstance(event, Door.Painted)]


@contextmanager
def working(database, store: Store, agenda: Agenda, outside: Outside) -> Iterator[Deadlines]:
    deadlines = Deadlines(store.pool, agenda.due)
    task = DueWork(acting(store, outside), deadlines, business_date(store)).task()
    stop = threading.Event()
    thread = threading.Thread(target=JobRunner(database.app_url, [task]).run, args=(stop,))
    thread.start()
    try:
        yield deadlines
    finally:
        stop.set()
        thread.join(20)


def test_everything_up_to_today_is_done_once_in_order_and_nothing_before_its_day(database, store, tmp_path):
    agenda, outside = Agenda(store), Outside(tmp_path / "bell")
    today = business_date(store).today()
    late = agenda.add(*(today - timedelta(days=n) for n in (3, 2, 1)), today)
    early = agenda.add(today + timedelta(days=1))
    with working(database, store, agenda, outside) as deadlines:
        assert deadlines.share_out(today) == 4
        soon(lambda: deadlines.share_out(today) == 0)
        soon(lambda: Jobs(store.pool).count() == {})
    assert agenda.coats(late) == [(today - timedelta(days=n)).day for n in (3, 2, 1, 0)]
    assert agenda.coats(early) == []
    assert len(outside.heard()) == 4


def test_one_job_a_lane_however_often_it_is_shared_out(store):
    agenda = Agenda(store)
    lanes = {lane_of(agenda.add(TODAY)) for _ in range(10)}
    deadlines = Deadlines(store.pool, agenda.due)
    for _ in range(3):
        assert deadlines.share_out(TODAY) == 10
    assert Jobs(store.pool).count() == {"todo": len(lanes)}


def test_what_cannot_be_done_is_parked_and_the_rest_goes_on(database, store, tmp_path):
    agenda, outside = Agenda(store), Outside(tmp_path / "bell")
    today = business_date(store).today()
    outside.bell.with_name("broken").touch()
    stuck = agenda.add(today - timedelta(days=1), today)
    with working(database, store, agenda, outside) as deadlines:
        assert deadlines.share_out(today) == 2
        [line] = soon(lambda: parked(store.pool))
        assert (line.consumer, line.stream_id, line.version) == (
            DEADLINES["painting"].consumer,
            stuck,
            1,
        )
        assert deadlines.share_out(today) == 0, "the day does not wait for what is parked"

        outside.bell.with_name("broken").unlink()
        assert retry_parked(store, DEADLINES["painting"]) == 1
        assert deadlines.share_out(today) == 2
        soon(lambda: deadlines.share_out(today) == 0)
    assert agenda.coats(stuck) == [(today - timedelta(days=1)).day, today.day]


def test_each_line_has_tries_of_its_own_whatever_its_neighbours_have_used_up(database, store, tmp_path):
    today = business_date(store).today()
    stuck_on, late_on = today - timedelta(days=2), today - timedelta(days=1)
    agenda = Agenda(store)
    outside = Moody(tmp_path / "bell", moods={f"due {stuck_on}": 99, f"due {late_on}": 1})
    stuck = agenda.add(stuck_on)
    with working(database, store, agenda, outside) as deadlines:
        deadlines.share_out(today)
        soon(lambda: outside.asked[f"due {stuck_on}"] == 1)
        late = agenda.add(
            late_on, today, beside=stuck
        )  # fails once, when its neighbour fails for the last time
        soon(lambda: deadlines.share_out(today) == 0)
        assert [line.stream_id for line in parked(store.pool)] == [stuck]
    assert outside.asked[f"due {stuck_on}"] == 2, "1 time in 1 s"
    assert agenda.coats(late) == [late_on.day, today.day]


def test_a_line_that_waits_for_its_next_try_holds_its_stream_and_nobody_else(database, store, tmp_path):
    today = business_date(store).today()
    agenda, outside = Agenda(store), Outside(tmp_path / "bell")
    outside.bell.with_name("broken").touch()
    stuck = agenda.add(today - timedelta(days=1), today)
    deadlines = Deadlines(store.pool, agenda.due)
    deadlines.try_again(agenda.lines[0])
    deadlines.try_again(agenda.lines[0])
    beside = agenda.add(today, beside=stuck)
    assert [line.stream_id for line in deadlines.ready(today)] == [beside]
    assert len(deadlines.open(today)) == deadlines.share_out(today) == 3
    assert Jobs(store.pool).count() == {"todo": 2}, "one for the line, one for the lane"


def test_kinds_without_a_function_are_nobodys_work(store):
    line = Deadline("unheard-of", uuid4(), 1, TODAY, 0)
    assert Deadlines(store.pool, lambda on, lane, seen: [line]).open(TODAY) == []
