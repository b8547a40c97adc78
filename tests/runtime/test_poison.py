"""Poison for reactions: what no further try would change is parked at once with its cause, and its stream waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import Store
from eventstore.parking import leave_out, parked
from eventstore.sealing import BrokenSeal
from runtime.parking import Parking, retry_parked
from runtime.reactions import REACTIONS
from runtime.reactor import Reacting
from tests.conftest import Database
from tests.runtime.household import BuildDoor, Door, OpenDoor, Outside, acting, asker, house, react
from tests.soon import soon

[OIL] = REACTIONS[Door.Opened.kind]


class CannotRead(Outside):
    """The outside of a reaction that opens a seal which is broken."""

    def ring(self, said: str) -> None:
        raise BrokenSeal("squeaks")


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


@contextmanager
def reacting(database: Database, outside: Outside) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=react, args=(database.app_url, outside.bell, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def spoil(owner_url: str, door: UUID, *states: bytes) -> None:
    """Write openings of a door behind the store's back, as a broken writer would."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for version, state in enumerate(states, 2):
            owner.execute(
                "INSERT INTO store.events SELECT stream_id, %s, pg_current_xact_id()::text::bigint << 16, lane, owner,"
                " 'Door.Opened', 1, %s, meta, clock_timestamp(), link FROM store.events"
                " WHERE stream_id = %s AND version = 1",
                (version, state, door),
            )


@pytest.mark.parametrize(
    "state",
    [b"{broken", b'{"squeaks": 7}', b"{}", b"\xff\xfe", b"[" * 10_000_000],
    ids=["broken JSON", "wrong type", "field missing", "no text", "10 MB"],
)
def test_what_cannot_be_read_is_parked_at_once_and_the_others_go_on(
    database: Database, store: Store, tmp_path, state: bytes
) -> None:
    outside = Outside(tmp_path / "bell")
    ill, well = (store.send(BuildDoor(door_id=uuid4()), asker()).id for _ in range(2))
    spoil(database.owner_url, ill, state, b'{"squeaks": "behind"}')
    position = store.history(ill)[1].position
    job = Reacting(store, acting(store, outside), Parking(store.pool)).task(OIL).do
    job(0, position=position)  # no further try is asked for
    [first] = parked(store.pool)
    assert (first.consumer, first.version, first.cause and first.cause.partition(" ")[0]) == (
        OIL.consumer,
        2,
        "Undecodable",
    )
    with reacting(database, outside):
        store.send(OpenDoor(squeaks="well"), asker(), to=well)
        soon(outside.heard, 60)
        soon(lambda: len(parked(store.pool)) == 2, 60)
        assert [(line.version, line.cause is None) for line in parked(store.pool)] == [(2, False), (3, True)]
        leave_out(store, asker(), OIL.consumer, ill, 2, "nobody can read it")
        assert retry_parked(store, OIL) == 2
        soon(lambda: [line.version for line in parked(store.pool)] == [3], 60)
    assert [ring.split()[0] for ring in outside.heard()] == ["well"]


def test_a_broken_seal_is_parked_at_once(store: Store, tmp_path) -> None:
    door = store.send(BuildDoor(door_id=uuid4()), asker()).id
    store.send(OpenDoor(), asker(), to=door)
    job = Reacting(store, acting(store, CannotRead(tmp_path / "bell")), Parking(store.pool)).task(OIL).do
    job(0, position=store.history(door)[1].position)
    [line] = parked(store.pool)
    assert (line.version, (line.cause or "").partition(" ")[0]) == (2, "BrokenSeal")
