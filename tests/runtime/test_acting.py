"""What a reaction sees: its cause, its day, and read models that have seen what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from eventstore import Store
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.reader import Reader
from runtime import acting
from runtime.acting import Behind, Cause, read_after
from tests.connected import projecting
from tests.eventstore.shelf import BookList, BuyBook
from tests.runtime.household import BuildDoor, OpenDoor, asker, house


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


def bought(store: Store) -> dict[int, int]:
    receipt = store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), asker())
    return {int(lane): int(position) for lane, position in receipt.positions.items()}


def test_a_read_model_is_read_once_it_has_seen_enough(database, store, monkeypatch):
    monkeypatch.setattr(acting, "PATIENCE", 0.1)
    ensure(database.owner_url, [BookList])
    seen, reader = bought(store), Reader(store.pool)
    with pytest.raises(Behind, match="book_list"):
        read_after(reader, BookList, seen)
    Projector(*projecting(store), [BookList]).step()
    assert len(read_after(reader, BookList, seen).rows("SELECT * FROM {table}")) == 1


def test_a_read_model_that_is_still_being_built_is_behind(store):
    with pytest.raises(Behind):
        read_after(Reader(store.pool), BookList, bought(store))


def test_a_cause_carries_on_what_the_event_was_part_of(store):
    door = store.send(BuildDoor(door_id=uuid4()), asker()).id
    store.send(OpenDoor(), asker(), to=door)
    row = store.last(door)
    cause = Cause.of(row.event())
    assert cause.id == f"{door}:2"
    assert cause.seen == {row.lane: row.position}
    assert cause.correlation == "a walk through the house"
