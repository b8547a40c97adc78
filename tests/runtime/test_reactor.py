"""From an event to what happens next by itself: once, in order, committed before the outside hears of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from structlog.testing import capture_logs

from eventstore import Store
from eventstore.feed import StoreFeed
from eventstore.migrate import migrate, prepare
from eventstore.parking import RetryParked, leave_out, parked
from runtime.embedded.postgres import SUPERUSER, Postgres
from runtime.jobs import Jobs, defer, job
from runtime.parking import lock_of, retry_parked
from runtime.reactions import REACTIONS
from runtime.reactor import Reactor
from runtime.settling import Settling
from tests.conftest import Database, migration_folders, passwords_of
from tests.runtime.household import (
    BuildDoor,
    Door,
    OpenDoor,
    Outside,
    ShutDoor,
    asker,
    house,
    react,
)
from tests.soon import soon

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


@pytest.fixture
def outside(tmp_path) -> Outside:
    return Outside(tmp_path / "bell")


@contextmanager
def reacting(database, outside: Outside) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=react, args=(database.app_url, outside.bell, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def built(store: Store) -> UUID:
    return store.send(BuildDoor(door_id=uuid4()), asker()).id


def opened(store: Store, squeaks: str = "softly") -> UUID:
    door = built(store)
    store.send(OpenDoor(squeaks=squeaks), asker(), to=door)
    return door


def kinds(store: Store, door: UUID) -> list[str]:
    return [row.kind for row in store.history(door)]


def settle(store: Store) -> None:
    settling = Settling(store)

    def quiet() -> bool:
        return settling.waits_for(settling.newest()) is None

    soon(quiet)


def test_a_reaction_records_rings_and_records_again(database, store, outside):
    with reacting(database, outside):
        door = opened(store)
        soon(lambda: kinds(store, door)[2:] == ["Door.Oiled", "Door.Painted"])
    assert outside.heard() == ["softly 3"]


def test_what_it_records_says_who_why_and_in_what_connection(database, store, outside):
    with reacting(database, outside):
        door = opened(store)
        soon(lambda: len(kinds(store, door)) == 4)
    meta = store.last(door).event().meta
    assert meta.by == "worker:household.oil_the_hinges"
    assert meta.because == f"{door}:2"
    assert meta.correlation == "a walk through the house"


def test_a_refusal_is_raised_where_it_was_asked_for(database, store, outside):
    with reacting(database, outside):
        door = built(store)
        store.send(ShutDoor(), asker(), to=door)
        soon(outside.heard)
    assert outside.heard()[0] == "refused: door-is-open"


def test_jobs_and_positions_are_one_transaction(store):
    opened(store)
    reactor = Reactor(StoreFeed(store), store.pool)
    assert reactor.step() == 2
    assert reactor.step() == 0
    assert Jobs(store.pool).count() == {"todo": 1}


def test_of_two_reactors_one_defers_the_jobs(store):
    for _ in range(20):
        opened(store)
    reactors = [Reactor(StoreFeed(store), store.pool) for _ in range(4)]
    at_once = [threading.Thread(target=soon, args=(lambda r=r: r.step(7) == 0,)) for r in reactors]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    soon(lambda: reactors[0].step() == 0)
    assert Jobs(store.pool).count() == {"todo": 20}


def test_reactions_never_begin_from_nothing(database, store):
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM store.positions WHERE consumer = 'reactions' AND lane = 3")
    with pytest.raises(RuntimeError, match="restore these rows"):
        Reactor(StoreFeed(store), store.pool).step()


def test_what_keeps_failing_is_parked_and_its_stream_waits(database, store, outside):
    outside.bell.with_name("broken").touch()
    with reacting(database, outside):
        door, other = opened(store), opened(store, "loudly")
        soon(lambda: len(parked(store.pool)) == 2)
        store.send(ShutDoor(), asker(), to=door)  # opens it again, which has to wait behind the first time
        soon(lambda: len(parked(store.pool, stream=door)) == 2)
        first, behind = parked(store.pool, stream=door)
        assert first.consumer == behind.consumer == "reaction:household.oil_the_hinges"
        assert first.cause.startswith("BellBroken at household.py:")
        assert behind.cause is None
        assert outside.heard() == []

        outside.bell.with_name("broken").unlink()
        assert retry_parked(store, REACTIONS[Door.Opened.kind][0]) == 3
        soon(lambda: len(outside.heard()) == 4)
    assert parked(store.pool) == []
    rings = [ring.split()[0] for ring in outside.heard()]
    assert rings.index("softly") < rings.index("again")
    assert kinds(store, other)[1:] == ["Door.Opened", "Door.Oiled", "Door.Painted"]


def test_a_job_of_an_event_that_does_not_exist_is_given_up_and_said_once(database, store, outside):
    reaction, nowhere = REACTIONS[Door.Opened.kind][0], 1 << 50
    with capture_logs() as told, reacting(database, outside):
        with store.pool.connection() as connection, connection.transaction():
            defer(connection, [job(reaction.name, lock_of(reaction, uuid4()), position=nowhere)])
        soon(lambda: Jobs(store.pool).count() == {"given-up": 1})
        opened(store)
        soon(lambda: outside.heard() == ["softly 3"])
    (line,) = [line for line in told if line["event"] == "event-missing"]
    assert (line["reaction"], line["position"], line["log_level"]) == (reaction.name, nowhere, "error")


def test_what_a_person_leaves_out_is_not_done(database, store, outside):
    outside.bell.with_name("broken").touch()
    reaction = REACTIONS[Door.Opened.kind][0]
    with reacting(database, outside):
        door = opened(store)
        soon(lambda: parked(store.pool))
        leave_out(store, asker(), reaction.consumer, door, 2, "the door was thrown away")
        outside.bell.with_name("broken").unlink()
        retry_parked(store, reaction)
        settle(store)
    assert parked(store.pool) == []
    assert outside.heard() == []


def test_what_somebody_asked_for_again_is_done_by_whoever_parked_it(database, store, outside):
    """As over HTTP: the ask is an event, and nobody but the reactor touches the list."""
    outside.bell.with_name("broken").touch()
    reaction = REACTIONS[Door.Opened.kind][0]
    with reacting(database, outside):
        door, other = opened(store), opened(store, "loudly")
        soon(lambda: len(parked(store.pool)) == 2)
        outside.bell.with_name("broken").unlink()
        store.send(RetryParked(retrial_id=uuid4(), consumer=reaction.consumer, stream_id=door), asker())
        soon(lambda: len(outside.heard()) == 1)
    assert [line.stream_id for line in parked(store.pool)] == [other]


@pytest.fixture
def mortal(tmp_path) -> Iterator[Postgres]:
    """A server of the test's own, migrated."""
    server = Postgres(tmp_path / "postgres", die_with_parent=True, durable=False)
    server.start()
    prepare(server.url(SUPERUSER, "postgres"), "quittance", passwords_of(server))
    migrate(server.url("store_owner", "quittance"), migration_folders())
    yield server
    server.stop()


def test_the_death_of_the_database_loses_and_doubles_nothing(mortal, outside):
    database = Database("quittance", mortal.url("app", "quittance"), "", "", "")
    with house(database.app_url) as store, reacting(database, outside):
        doors = []
        for _ in range(3):
            doors += [opened(store) for _ in range(5)]
            os.kill(mortal.pid, signal.SIGKILL)
            mortal.start()
            store.pool.check()
        soon(lambda: all(len(kinds(store, door)) >= 4 for door in doors), 60)
        settle(store)
        for door in doors:
            assert kinds(store, door)[1:] == ["Door.Opened", "Door.Oiled", "Door.Painted"]


A_PROCESS = """
import sys, threading
from pathlib import Path
from tests.runtime.household import react
react(sys.argv[1], Path(sys.argv[2]), threading.Event())
"""


@pytest.mark.parametrize("point", ["position-job", "attempt-call", "append-answer"])
def test_killed_at_any_point_it_comes_to_the_same(database, store, outside, tmp_path, point):
    faults = tmp_path / "faults"
    faults.mkdir()
    (faults / point).write_text("self")
    command = [sys.executable, "-c", A_PROCESS, database.app_url, outside.bell]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "QUITTANCE_FAULTS": str(faults)}) as process:
        door = opened(store)
        assert process.wait(60) == -9
    with reacting(database, outside):
        soon(lambda: len(kinds(store, door)) == 4)
        settle(store)
    assert kinds(store, door)[1:] == ["Door.Opened", "Door.Oiled", "Door.Painted"]
    assert outside.heard() == ["softly 3"]
