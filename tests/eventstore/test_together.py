"""A small batch is taken in all tables at once, or not at all; whatever is in the way, no event is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from eventstore import Store, StoreFeed, positions, together
from eventstore.follower import Follower, decode, ends_of
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.reader import Reader
from eventstore.together import Part
from tests.connected import projecting
from tests.eventstore.shelf import SHELF, BookList, MoveBook, ReaderFile, ReadPages, buy, settle, tell, until


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


@pytest.fixture
def followers(store: Store) -> list[Follower]:
    return [Follower(kind, kind.table_name(), *projecting(store)) for kind in (BookList, ReaderFile)]


def parts(store: Store, followers: Sequence[Follower]) -> list[Part]:
    """Everything that is new to these tables."""
    rows = store.read_feed().events
    seen = decode(rows)
    found = [(f, f.news(seen, f.concerned_by(rows))) for f in followers]
    return [
        Part(f, news, {lane: end for lane, end in ends_of(rows).items() if end > f.stored[lane]})
        for f, news in found
    ]


def stored(store: Store, follower: Follower) -> dict[int, int]:
    with store.pool.connection() as connection:
        return positions.read(connection, follower.table)


def shelves(store: Store) -> dict[UUID, str | None]:
    return {
        line.book_id: line.shelf for line in Reader(store.pool).read(BookList).rows("SELECT * FROM {table}")
    }


def test_rows_and_positions_of_every_table_move_together(store: Store, followers: list[Follower]) -> None:
    books = [buy(store) for _ in range(3)]
    tell(store, books[0], MoveBook(shelf="upper"))
    batch = parts(store, followers)
    assert together.take(projecting(store)[1], batch)
    assert shelves(store) == {books[0]: "upper", books[1]: None, books[2]: None}
    for part in batch:
        assert stored(store, part.follower) == part.follower.stored
        assert part.ends.items() <= part.follower.stored.items()


def test_a_batch_is_taken_once(store: Store, followers: list[Follower]) -> None:
    tell(store, buy(store), ReadPages(pages=7))
    batch = parts(store, followers)
    before = [dict(follower.stored) for follower in followers]
    assert together.take(projecting(store)[1], batch)
    after = [stored(store, follower) for follower in followers]
    for follower, known in zip(followers, before, strict=True):
        follower.stored = known  # as another process knows it that was slower
    assert not together.take(projecting(store)[1], batch)
    assert [stored(store, follower) for follower in followers] == after
    (line,) = Reader(store.pool).read(BookList).rows("SELECT * FROM {table}")
    assert line.pages == 7


@pytest.mark.parametrize("shelf", ["fire"])
def test_a_handler_that_fails_leaves_every_table_as_it_was(
    store: Store, followers: list[Follower], shelf: str
) -> None:
    tell(store, buy(store), MoveBook(shelf=shelf))
    before = [dict(follower.stored) for follower in followers]
    assert not together.take(projecting(store)[1], parts(store, followers))
    assert shelves(store) == {}
    assert [stored(store, f) for f in followers] == before == [f.stored for f in followers]


def test_a_value_that_the_database_refuses_leaves_every_table_as_it_was(
    store: Store, followers: list[Follower]
) -> None:
    tell(store, buy(store), ReadPages(pages=-1))
    assert not together.take(projecting(store)[1], parts(store, followers))
    assert shelves(store) == {}
    buy(store)  # the connection went back to the pool in good order


def test_a_stream_that_is_parked_stays_parked(store: Store, followers: list[Follower], database) -> None:
    book = buy(store)
    assert together.take(projecting(store)[1], parts(store, followers))
    tell(store, book, MoveBook(shelf="upper"))
    batch = parts(store, followers[:1])
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane) VALUES (%s, %s, 1, 1, 1)",
            (followers[0].table, book),
        )
    assert not together.take(projecting(store)[1], batch)
    assert shelves(store) == {book: None}


def test_a_large_batch_is_left_to_each_table(store: Store, followers: list[Follower], monkeypatch) -> None:
    monkeypatch.setattr(together, "SMALL", 2)
    tell(store, buy(store), ReadPages(pages=1, times=5))
    assert not together.take(projecting(store)[1], parts(store, followers))
    settle(Projector(*projecting(store), SHELF))
    (line,) = Reader(store.pool).read(BookList).rows("SELECT * FROM {table}")
    assert line.pages == 5


def test_tables_without_news_follow_when_there_is_a_moment(store: Store) -> None:

    stop = threading.Event()
    following = threading.Thread(target=Projector(*projecting(store), SHELF).run, args=(stop,))
    following.start()
    try:
        receipt = tell(store, buy(store), MoveBook(shelf="upper"))
        reader = Reader(store.pool)
        until(lambda: reader.has_reached({int(k): int(v) for k, v in receipt.positions.items()}, SHELF))
    finally:
        stop.set()
        following.join()


class NeverSilent(StoreFeed):
    """A feed with news all the time."""

    def wait(self, timeout: float) -> bool:
        return True


def test_tables_without_news_follow_although_the_bell_never_rests(store: Store) -> None:
    stop = threading.Event()
    projector = Projector(*projecting(store), SHELF, NeverSilent(store))
    following = threading.Thread(target=projector.run, args=(stop,))
    following.start()
    try:
        receipt = tell(store, buy(store), MoveBook(shelf="upper"))
        reader = Reader(store.pool)
        until(lambda: reader.has_reached({int(k): int(v) for k, v in receipt.positions.items()}, SHELF))
    finally:
        stop.set()
        following.join()


# ── what a hasty version would do ────────────────────────────────────────────


def test_without_its_question_after_the_lanes_a_batch_would_count_twice(
    store: Store, followers: list[Follower], database
) -> None:
    """The check of the check: a function that moves the lanes wherever they are doubles what is taken again."""
    with psycopg.connect(database.owner_url) as owner:
        row = owner.execute("SELECT pg_get_functiondef('store.move_together'::regproc)").fetchone()
        assert row is not None
        hasty = row[0].replace("WHERE p.position = w.old", "").replace("IF moved <>", "IF false AND moved <>")
        owner.execute(hasty.encode())
    tell(store, buy(store), ReadPages(pages=7))
    batch = parts(store, followers)
    assert together.take(projecting(store)[1], batch)
    assert together.take(projecting(store)[1], batch)
