"""What waits behind a parked event, while a person takes events off the list: nothing overtakes, nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import Recorded, Store
from eventstore.parking import parked
from runtime.jobs import Jobs, TryAgain
from runtime.parking import Parking, retry_parked
from runtime.reactions import REACTIONS
from runtime.reactor import Reacting
from tests.conftest import Database
from tests.runtime.household import (
    BellBroken,
    BuildDoor,
    Door,
    OpenDoor,
    Outside,
    ShutDoor,
    acting,
    asker,
    house,
)
from tests.soon import soon

[OIL] = REACTIONS[Door.Opened.kind]
GATE = 4_711
"""Advisory lock at which the test lets nobody pass."""


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


@pytest.fixture
def openings(store: Store) -> list[Recorded]:
    """A door that was opened twice; the reaction to the first time is parked."""
    door: UUID = store.send(BuildDoor(door_id=uuid4()), asker()).id
    for command in (OpenDoor(squeaks="first"), ShutDoor(), OpenDoor(squeaks="second")):
        store.send(command, asker(), to=door)
    first, second = (row for row in store.history(door) if row.kind == Door.Opened.kind)
    Parking(store.pool).park(OIL, first, BellBroken())
    return [first, second]


def test_an_event_that_was_on_its_way_lets_those_go_first_that_were_taken_off_the_list(
    store: Store, openings: list[Recorded], tmp_path
) -> None:
    outside = Outside(tmp_path / "bell")
    job = Reacting(store, acting(store, outside), Parking(store.pool)).task(OIL).do
    assert retry_parked(store, OIL) == 1  # after a worker took the job of the second, before it looked
    with pytest.raises(TryAgain) as again:
        job(0, position=openings[1].position)
    assert not again.value.failed
    assert outside.heard() == []
    assert parked(store.pool) == []


def test_nothing_is_put_behind_an_event_that_is_being_taken_off_the_list(
    store: Store, openings: list[Recorded], database: Database
) -> None:
    with gate(database.owner_url) as gatekeeper, ThreadPoolExecutor(2) as threads:
        holding = threads.submit(Parking(store.pool).holds, OIL, openings[1])
        soon(lambda: waiting(gatekeeper) == 1)
        releasing = threads.submit(retry_parked, store, OIL)
        soon(lambda: releasing.done() or waiting(gatekeeper) == 2)
        gatekeeper.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        assert holding.result(20)
        assert releasing.result(20) == 2
    assert parked(store.pool) == []
    assert Jobs(store.pool).count() == {"todo": 2}


def gate(owner_url: str) -> psycopg.Connection:
    """Whoever puts an event on the list waits until this connection lets go."""
    owner = psycopg.connect(owner_url, autocommit=True)
    owner.execute("SELECT pg_advisory_lock(%s)", (GATE,))
    owner.execute(
        f"""
        CREATE FUNCTION public.wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared({GATE});
            RETURN NEW;
        END $$;
        CREATE TRIGGER gate BEFORE INSERT ON store.parked FOR EACH ROW EXECUTE FUNCTION public.wait_at_the_gate()
        """.encode()
    )
    return owner


def waiting(owner: psycopg.Connection) -> int:
    """How many wait for a lock of any kind."""
    row = owner.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ).fetchone()
    return row[0] if row else 0
