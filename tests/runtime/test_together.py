"""What comes often is done a lane at a time: few jobs, the same order, and nobody's failure holds up the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
import pytest
from structlog.testing import capture_logs

from eventstore import Store, lane_of
from eventstore.feed import StoreFeed
from eventstore.parking import parked
from runtime.jobs import AT_ONCE, JobRunner, Jobs, defer
from runtime.parking import Parking, retry_parked
from runtime.reactions import REACTIONS
from runtime.reactor import Reacting, Reactor
from runtime.together import lane_job, without_waiting
from tests.runtime.household import (
    BellBroken,
    BuildDoor,
    Door,
    KnockAtDoor,
    Outside,
    acting,
    asker,
    house,
)
from tests.soon import soon

KNOCK = REACTIONS[Door.Knocked.kind][0]


@dataclass(frozen=True)
class Moody(Outside):
    """Rings for a knock only when it was asked more often than that."""

    moods: dict[str, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def ring(self, said: str) -> None:
        self.asked[said] += 1
        if self.asked[said] <= self.moods.get(said, 0):
            raise BellBroken
        super().ring(said)


@dataclass(frozen=True)
class Slow(Outside):
    """Takes a while to ring, and notes how many rang at once."""

    ringing: list[str] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)

    def ring(self, said: str) -> None:
        self.ringing.append(said)
        threading.Event().wait(0.02)
        self.at_once.append(len(self.ringing))
        super().ring(said)
        self.ringing.remove(said)


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


@contextmanager
def working(database, store: Store, outside: Outside) -> Iterator[None]:
    task = Reacting(store, acting(store, outside), Parking(store.pool)).task(KNOCK)
    stop = threading.Event()
    thread = threading.Thread(target=JobRunner(database.app_url, [task]).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def doors(store: Store, count: int) -> list[UUID]:
    """All in one lane."""
    first = uuid4()
    ids = [
        first,
        *(next(id for id in iter(uuid4, None) if lane_of(id) == lane_of(first)) for _ in range(count - 1)),
    ]
    return [store.send(BuildDoor(door_id=id), asker()).id for id in ids]


def knock(store: Store, door: UUID, number: int) -> None:
    store.send(KnockAtDoor(number=number), asker(), to=door)


def react(store: Store) -> None:
    reactor = Reactor(StoreFeed(store), store.pool)
    while reactor.step():
        pass


def coats(store: Store, door: UUID) -> list[int]:
    events = [row.event() for row in store.history(door)]
    return [event.coat for event in events if isinstance(event, Door.Painted)]


def test_whatever_waits_in_a_lane_is_one_job_and_each_is_done_once_in_order(database, store, tmp_path):
    outside, there = Outside(tmp_path / "bell"), doors(store, 3)
    for number in (1, 2):
        for door in there:
            knock(store, door, number)
            react(store)  # as they come: a step each
    assert Jobs(store.pool).count() == {"todo": 1}
    with working(database, store, outside):
        soon(lambda: Jobs(store.pool).count() == {})
    assert outside.heard() == [f"{door} {number}" for number in (1, 2) for door in there]
    assert [coats(store, door) for door in there] == [[1, 2]] * 3


def test_lanes_take_turns_so_that_people_find_a_processor_free(database, store, tmp_path):
    outside, there = Slow(tmp_path / "bell"), [door for _ in range(4) for door in doors(store, 1)]
    for door in there:
        for number in (1, 2, 3):
            knock(store, door, number)
    react(store)
    assert Jobs(store.pool).count()["todo"] > 1
    with working(database, store, outside):
        soon(lambda: Jobs(store.pool).count() == {})
    assert len(outside.at_once) == 12
    assert max(outside.at_once) == AT_ONCE
    assert [coats(store, door) for door in there] == [[1, 2, 3]] * 4


def test_lanes_have_jobs_of_their_own_and_so_have_reactions_that_take_longer(store):
    ids = [uuid4() for _ in range(20)]
    for id in ids:
        knock(store, store.send(BuildDoor(door_id=id), asker()).id, 1)
    react(store)
    assert Jobs(store.pool).count() == {"todo": len({lane_of(id) for id in ids})}


def test_what_comes_while_a_job_is_being_done_has_another_one(store):
    [door] = doors(store, 1)
    knock(store, door, 1)
    react(store)
    with store.pool.connection() as connection:
        connection.execute("UPDATE jobs.procrastinate_jobs SET status = 'doing'")
    knock(store, door, 2)
    react(store)
    assert Jobs(store.pool).count() == {"doing": 1, "todo": 1}


def test_a_job_does_not_begin_before_what_was_left_to_it_can_be_found(database, store):
    """The reactor holds the waiting job while it leaves an event to it; a worker that fetches passes it by."""
    [door] = doors(store, 1)
    knock(store, door, 1)
    react(store)
    knock(store, door, 2)
    with psycopg.connect(database.app_url) as reactor:
        assert without_waiting(reactor, [lane_job(KNOCK, lane_of(door), 2)]) == []
        with store.pool.connection() as worker:
            fetched = worker.execute(
                "SELECT id FROM jobs.procrastinate_jobs WHERE status = 'todo' FOR UPDATE SKIP LOCKED"
            ).fetchall()
        assert fetched == []


def test_one_that_fails_is_tried_again_alone_and_its_door_waits_behind_it(database, store, tmp_path):
    first, second = doors(store, 2)
    outside = Moody(tmp_path / "bell", moods={f"{first} 1": 1})
    for number in (1, 2):
        knock(store, first, number)
        knock(store, second, number)
    react(store)
    with working(database, store, outside):
        soon(lambda: Jobs(store.pool).count() == {})
    heard = outside.heard()
    assert heard[:2] == [f"{second} 1", f"{second} 2"]
    assert heard[2:] == [f"{first} 1", f"{first} 2"]
    assert [coats(store, door) for door in (first, second)] == [[1, 2], [1, 2]]
    assert parked(store.pool) == []


def test_one_that_keeps_failing_is_parked_and_what_its_door_does_later_is_held(database, store, tmp_path):
    first, second = doors(store, 2)
    outside = Moody(tmp_path / "bell", moods={f"{first} 1": 2})
    with working(database, store, outside):
        knock(store, first, 1)
        react(store)
        soon(lambda: parked(store.pool))
        knock(store, first, 2)
        knock(store, second, 1)
        react(store)
        soon(lambda: Jobs(store.pool).count() == {})
        assert len(parked(store.pool, stream=first)) == 2
        assert outside.heard() == [f"{second} 1"]

        assert retry_parked(store, KNOCK) == 2
        soon(lambda: len(outside.heard()) == 3)
    assert outside.heard()[1:] == [f"{first} 1", f"{first} 2"]
    assert parked(store.pool) == []


def test_a_job_whose_first_event_is_lost_does_the_others_and_is_given_up(database, store, tmp_path):
    outside, [door] = Outside(tmp_path / "bell"), doors(store, 1)
    knock(store, door, 1)
    Reactor(StoreFeed(store), store.pool).step()
    with store.pool.connection() as connection, connection.transaction():
        connection.execute("DELETE FROM jobs.procrastinate_jobs")
        defer(connection, [lane_job(KNOCK, lane_of(door), 1)])
    with capture_logs() as told, working(database, store, outside):
        soon(lambda: Jobs(store.pool).count() == {"given-up": 1})
    assert outside.heard() == [f"{door} 1"]
    assert [line["position"] for line in told if line["event"] == "event-missing"] == [1]
