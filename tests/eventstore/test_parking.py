"""Poison: an event that cannot be handled is parked, its stream waits in order, everybody else goes on."""

from __future__ import annotations

import os
from uuid import UUID

import psycopg
import pytest

from eventstore import KINDS, Projection, Reader, Store, Table, on, together
from eventstore.compare import compare
from eventstore.parking import Omission, Parked, leave_out, omission_id, parked
from eventstore.projector import Projector, retry
from eventstore.read_models import ensure
from tests.connected import projecting
from tests.eventstore.library import asker
from tests.eventstore.shelf import (
    SHELF,
    Book,
    BookLine,
    BookList,
    MoveBook,
    PraiseBook,
    ReadPages,
    Tally,
    buy,
    rows_of,
    settle,
    tell,
)

LIST = "book_list_v1"
DEAR = "dear"


class Prices(Projection):
    """Takes a text for a number."""

    key, row = "book_id", BookLine
    ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, price numeric NOT NULL)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, price=e.title)


class Looked(Prices):
    """Writes what came before, with the next book."""

    ddl = Prices.ddl

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.sql("SELECT FROM {table}")
        super()._bought(e, table)


class Facts(Projection):
    """Puts what JSON cannot say into a column of it."""

    key, row = "book_id", BookLine
    ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, facts jsonb)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, facts=object() if e.title == DEAR else {"title": e.title})


class Counts(Projection):
    """Sums for nobody, beside sums for somebody."""

    key, row = "title", BookLine
    ddl = "CREATE TABLE {table} (title text PRIMARY KEY, times int NOT NULL)"
    laneless = True

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.add({"title": None if e.title == DEAR else e.title}, times=1)


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


@pytest.fixture
def projector(store: Store) -> Projector:
    return Projector(*projecting(store), SHELF)


def shelf_of(store: Store, book: UUID) -> str | None:
    line = Reader(store.pool).read(BookList).line(book)
    return line.shelf if line else None


def waiting(store: Store, consumer: str | None = None) -> list[tuple[UUID, int, bool]]:
    """What is parked: stream, version, and whether it has a cause of its own."""
    return [(p.stream_id, p.version, p.cause is not None) for p in parked(store.pool, consumer)]


def spoil(
    owner_url: str, book: UUID, version: int, state: bytes, kind: str = "Book.Moved", schema: int = 1
) -> None:
    """Write an event behind the store's back, as a broken writer would."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "INSERT INTO store.events SELECT stream_id, %s, pg_current_xact_id()::text::bigint << 16, lane, owner,"
            " %s, %s, %s, meta, clock_timestamp(), link FROM store.events WHERE stream_id = %s AND version = 1",
            (version, kind, schema, state, book),
        )


# ── kinds of poison ──────────────────────────────────────────────────────────


def test_a_handler_that_fails_parks_its_event_and_holds_the_rest_of_the_stream(
    store: Store, projector: Projector
) -> None:
    ill, well = buy(store), buy(store)
    tell(store, ill, MoveBook(shelf="lower"))
    tell(store, ill, MoveBook(shelf="fire"))
    tell(store, well, MoveBook(shelf="upper"))
    tell(store, ill, MoveBook(shelf="attic"))
    settle(projector)
    assert (shelf_of(store, ill), shelf_of(store, well)) == ("lower", "upper")
    assert waiting(store) == [(ill, 3, True), (ill, 4, False)]
    assert Reader(store.pool).read(Tally).lines()["other"].times == 4

    tell(store, ill, MoveBook(shelf="cellar"))
    tell(store, well, MoveBook(shelf="middle"))
    settle(projector)
    assert (shelf_of(store, ill), shelf_of(store, well)) == ("lower", "middle")
    assert waiting(store) == [(ill, 3, True), (ill, 4, False), (ill, 5, False)]


def test_what_the_database_refuses_is_found_in_the_batch_and_parked(
    store: Store, projector: Projector
) -> None:
    books = [buy(store) for _ in range(9)]
    for n, book in enumerate(books):
        tell(store, book, ReadPages(pages=-1 if n in (2, 7) else 5))
        tell(store, book, MoveBook(shelf=str(n)))
    settle(projector)
    assert sorted(waiting(store, LIST)) == sorted(
        (books[n], version, version == 2) for n in (2, 7) for version in (2, 3)
    )
    assert [shelf_of(store, book) for book in books] == ["0", "1", None, "3", "4", "5", "6", None, "8"]
    causes = {p.cause for p in parked(store.pool) if p.cause}
    assert causes == {"CheckViolation book_list_v1 book_list_v1_pages_check"}


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (Prices, "InvalidOperation"),
        (Looked, "InvalidOperation"),
        (Facts, "TypeError"),
        (Counts, "NotNullViolation counts_v1 title"),
    ],
)
@pytest.mark.parametrize("small", [together.SMALL, 0])
def test_what_fails_on_its_way_to_the_database_is_parked_too(
    store: Store, database, kind: type[Projection], cause: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "SMALL", small)
    ensure(database.owner_url, [kind])
    books = [buy(store, title=title) for title in ("1", "2", DEAR, "3")]
    for _ in range(2):  # the second one tries again what is parked
        settle(Projector(*projecting(store), [kind]))
        assert [(p.stream_id, p.cause) for p in parked(store.pool)] == [(books[2], cause)]
    assert len(rows_of(database.owner_url, kind.table_name())) == 3


def test_what_is_too_long_for_an_index_is_parked_and_does_not_stop_the_rest(
    store: Store, projector: Projector
) -> None:
    before, ill = buy(store), buy(store, title=os.urandom(20_000).hex())
    after = buy(store)
    for book in (before, ill, after):
        tell(store, book, MoveBook(shelf="upper"))
    settle(projector)
    assert waiting(store) == [(ill, 1, True), (ill, 2, False)]
    assert [shelf_of(store, book) for book in (before, ill, after)] == ["upper", None, "upper"]
    assert [left.version for left in retry(*projecting(store), SHELF)] == [1, 2]


@pytest.mark.parametrize(
    ("state", "kind", "schema"),
    [
        (b"{broken", "Book.Moved", 1),
        (b'{"shelf": 7}', "Book.Moved", 1),
        (b"{}", "Book.Moved", 1),
        (b"\xff\xfe", "Book.Moved", 1),
        (b'{"shelf": "x"}', "Book.Burnt", 1),
        (b'{"shelf": "x"}', "Book.Moved", 2),
        (b'{"shelf": "a\\u0000b"}', "Book.Moved", 1),
    ],
    ids=[
        "broken JSON",
        "wrong type",
        "field missing",
        "no text",
        "unknown kind",
        "shape of newer code",
        "refused by PostgreSQL",
    ],
)
def test_what_cannot_be_read_is_parked(
    store: Store, projector: Projector, database, state: bytes, kind: str, schema: int
) -> None:
    ill, well = buy(store), buy(store)
    spoil(database.owner_url, ill, 2, state, kind, schema)
    spoil(database.owner_url, ill, 3, b'{"pages": 1}', "Book.Read")
    tell(store, well, MoveBook(shelf="upper"))
    settle(projector)
    assert waiting(store, LIST) == [(ill, 2, True), (ill, 3, False)]
    assert (shelf_of(store, ill), shelf_of(store, well)) == (None, "upper")


def test_an_unknown_kind_of_another_aggregate_concerns_nobody(
    store: Store, projector: Projector, database
) -> None:
    book = buy(store)
    spoil(database.owner_url, book, 2, b"{}", "Lamp.Lit")
    settle(projector)
    assert waiting(store) == []


def test_an_event_without_a_handler_is_no_poison(store: Store, projector: Projector) -> None:
    book = buy(store)
    tell(store, book, PraiseBook(words="beau"))
    settle(projector)
    assert waiting(store) == []


def test_causes_hold_no_personal_data(store: Store, projector: Projector) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="fire"))
    settle(projector)
    assert [p.cause for p in parked(store.pool, LIST)] == ["ValueError"]


# ── help ─────────────────────────────────────────────────────────────────────


def test_a_retry_after_the_handler_was_mended_goes_on_in_order(
    store: Store, projector: Projector, monkeypatch: pytest.MonkeyPatch, database
) -> None:
    book = buy(store)
    for shelf in ("fire", "attic", "cellar"):
        tell(store, book, MoveBook(shelf=shelf))
    settle(projector)
    assert len(retry(*projecting(store), SHELF, book)) == 3

    mended(monkeypatch)
    assert retry(*projecting(store), SHELF, book) == []
    assert shelf_of(store, book) == "cellar"
    tell(store, book, MoveBook(shelf="lower"))
    settle(projector)
    assert shelf_of(store, book) == "lower"
    assert [c.differences for c in compare(store, database.owner_url, SHELF)] == [[], [], []]


def test_a_release_with_a_mended_handler_heals_by_itself(
    store: Store, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="fire"))
    settle(projector)
    mended(monkeypatch)
    settle(Projector(*projecting(store), SHELF))
    assert (shelf_of(store, book), waiting(store)) == ("fire", [])


def test_an_event_that_only_waited_may_turn_out_to_be_poison_too(
    store: Store, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="fire"))
    tell(store, book, ReadPages(pages=-5))
    tell(store, book, MoveBook(shelf="attic"))
    settle(projector)
    mended(monkeypatch)
    left = retry(*projecting(store), SHELF)
    assert [(p.version, p.cause is not None) for p in left] == [(3, True), (4, False)]
    assert shelf_of(store, book) == "fire"


def test_leaving_out_is_an_event_by_a_named_person(store: Store, projector: Projector, database) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="fire"))
    tell(store, book, MoveBook(shelf="attic"))
    settle(projector)
    anna = asker(permissions=frozenset({"event.leave_out"}))
    for _ in range(2):
        leave_out(store, anna, BookList.name, book, 2, "the shelf burnt down, Anna saw it")
    assert retry(*projecting(store), SHELF) == []
    assert shelf_of(store, book) == "attic"

    (decision,) = store.history(omission_id(BookList.name, book, 2))
    event = decision.event()
    assert isinstance(event, Omission.Decided)
    assert (event.by, event.reason) == (anna.account, "the shelf burnt down, Anna saw it")
    assert [c.differences for c in compare(store, database.owner_url, SHELF)] == [[], [], []]


def test_what_was_left_out_stays_out_of_a_table_that_starts_anew(
    store: Store, projector: Projector, database
) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="fire"))
    tell(store, book, MoveBook(shelf="attic"))
    leave_out(store, asker(), BookList.name, book, 2, "the shelf burnt down")
    settle(projector)
    assert (shelf_of(store, book), waiting(store)) == ("attic", [])


def test_a_parked_event_knows_its_address(store: Store, projector: Projector) -> None:
    book = buy(store)
    receipt = tell(store, book, MoveBook(shelf="fire"))
    settle(projector)
    (one,) = parked(store.pool, LIST)
    assert isinstance(one, Parked)
    assert receipt.positions == {str(one.lane): str(one.position)}
    assert store.at(one.position).kind == Book.Moved.kind


def test_an_unknown_kind_is_handled_once_a_release_knows_it(
    store: Store, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = buy(store)
    tell(store, book, MoveBook(shelf="upper"))
    with monkeypatch.context() as older_release:
        older_release.delitem(KINDS, "Book.Moved")
        older_release.delitem(BookList.handlers, "Book.Moved")
        settle(Projector(*projecting(store), [BookList]))
    assert waiting(store, LIST) == [(book, 2, True)]
    assert retry(*projecting(store), [BookList]) == []
    assert shelf_of(store, book) == "upper"


def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose handler knows the shelf ``fire``."""

    def moved(self: BookList, e: Book.Moved, table: object) -> None:
        table.patch(e.originator_id, shelf=e.shelf, facts={"moved": str(e.on)})  # type: ignore[attr-defined]

    monkeypatch.setattr(BookList, "_moved", moved)
