"""A read model that is not what a fresh replay makes of the events is found out, and so is a broken chain."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from pydantic import BaseModel

from eventstore import Projection, Store, Table, on
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.verify import verify_chains
from tests.connected import auditing, projecting
from tests.eventstore.shelf import (
    SHELF,
    Book,
    BookList,
    MoveBook,
    ReadPages,
    SellBook,
    Tally,
    buy,
    settle,
    tell,
)


class LastLine(BaseModel):
    place: int
    book_id: UUID


class LastMoved(Projection):
    """Breaks the law: every lane writes the same row, so it depends on the order in which lanes are read."""

    key, row = "place", LastLine
    ddl = "CREATE TABLE {table} (place int PRIMARY KEY, book_id uuid NOT NULL)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(place=1, book_id=e.originator_id)


class BatchLine(BaseModel):
    book_id: UUID
    nth: int


class PlaceInBatch(Projection):
    """Breaks the law: remembers something outside its table."""

    key, row = "book_id", BatchLine
    ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, nth int NOT NULL)"
    last: Table | None = None
    seen = 0

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        self.seen = self.seen + 1 if table is self.last else 1
        self.last = table
        table.put(book_id=e.originator_id, nth=self.seen)


@pytest.fixture(autouse=True)
def _events(store: Store, database) -> None:
    ensure(database.owner_url, [*SHELF, LastMoved, PlaceInBatch])
    books = [buy(store) for _ in range(12)]
    for n, book in enumerate(books):
        tell(store, book, MoveBook(shelf=str(n)))
        tell(store, book, ReadPages(pages=n, times=2))
    tell(store, books[0], SellBook())
    settle(Projector(*projecting(store), [*SHELF, LastMoved, PlaceInBatch]))


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_shuffled_lanes_and_other_batches_make_the_same_rows(
    store: Store, database, seed: int | None, batch: int
) -> None:
    compared = compare(store, database.auditor_url, SHELF, batch=batch, seed=seed)
    assert [(c.read_model, c.rows, c.differences) for c in compared] == [
        ("BookList", 11, []),
        ("ReaderFile", 12, []),
        ("Tally", 3, []),
    ]


def test_a_row_that_was_changed_behind_the_back_is_reported(store: Store, database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        owner.execute("UPDATE read.tally_v1 SET pages = pages + 1 WHERE what = 'read'")
        owner.execute("DELETE FROM read.tally_v1 WHERE what = 'other'")
        owner.execute("INSERT INTO read.tally_v1 VALUES ('invented', 1, 1)")
    (comparison,) = compare(store, database.auditor_url, [Tally])
    found = {d.key: (d.columns, d.live is None, d.fresh is None) for d in comparison.differences}
    assert found == {
        ("invented",): ((), False, True),
        ("other",): ((), True, False),
        ("read",): (("pages",), False, False),
    }
    assert "pages" in repr(comparison.differences)
    assert "12" not in repr(comparison.differences)


def test_a_handler_that_leaves_its_lane_is_found_by_shuffling(store: Store, database) -> None:
    seeds = [compare(store, database.auditor_url, [LastMoved], seed=seed)[0].differences for seed in range(6)]
    assert any(seeds)


def test_a_handler_that_depends_on_the_batch_is_found_by_another_size(store: Store, database) -> None:
    (comparison,) = compare(store, database.auditor_url, [PlaceInBatch], batch=5)
    assert comparison.differences


def test_events_that_come_meanwhile_do_not_count(store: Store, database) -> None:
    tell(store, buy(store), MoveBook(shelf="not projected yet"))
    (comparison,) = compare(store, database.auditor_url, [BookList])
    assert comparison.differences == []


class HalfTheLanes:
    def lanes(self) -> frozenset[int]:
        return frozenset(range(32))


def test_a_table_is_compared_up_to_where_each_of_its_lanes_is(store: Store, database) -> None:
    for n in range(20):
        tell(store, buy(store), MoveBook(shelf=str(n)))
    settle(Projector(*projecting(store), SHELF, lanes=HalfTheLanes()))
    assert [c.differences for c in compare(store, database.auditor_url, SHELF)] == [[], [], []]


def test_the_scratch_table_is_gone_afterwards(store: Store, database) -> None:
    compare(store, database.auditor_url, SHELF)
    with psycopg.connect(database.owner_url) as owner:
        query = "SELECT count(*) FROM pg_class WHERE relname = 'tally_v1'"
        assert owner.execute(query).fetchone() == (1,)


def test_a_read_model_without_a_table_is_said_to_have_none(store: Store, database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE store.read_models SET state = 'retiring'")
    with pytest.raises(LookupError, match=r"manage\.py migrate"):
        compare(store, database.auditor_url, [BookList])


def test_every_chain_is_verified_and_a_forged_event_is_named(store: Store, database) -> None:
    sound = verify_chains(auditing(store))
    assert (sound.streams, sound.breaks) == (12, [])
    forged = buy(store)
    tell(store, forged, MoveBook(shelf="upper"))
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE store.events SET state = %s WHERE stream_id = %s AND version = 2",
            (b'{"shelf": "lower"}', forged),
        )
        owner.execute("ALTER TABLE store.events ENABLE TRIGGER USER")
    (broken,) = verify_chains(auditing(store)).breaks
    assert (broken.stream_id, broken.version) == (forged, 2)
