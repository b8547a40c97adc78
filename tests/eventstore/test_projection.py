"""What a read model is: rows from events, seen by whom they concern, in pages."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors
from pydantic import BaseModel

from eventstore import BadCursor, NotBuilt, Projection, Reader, Store, Table, on
from eventstore.bulk import Shape
from eventstore.projector import Projector
from eventstore.read_models import ensure
from tests.connected import projecting
from tests.eventstore.shelf import (
    SHELF,
    Book,
    BookList,
    MoveBook,
    ReaderFile,
    ReadPages,
    SellBook,
    Tally,
    buy,
    rows_of,
    settle,
    tell,
)

LINES = "SELECT * FROM {table}"


@pytest.fixture
def projector(store: Store, database) -> Projector:
    ensure(database.owner_url, SHELF)
    return Projector(*projecting(store), SHELF)


@pytest.fixture
def table(database) -> Table:
    """The book list's table, empty, in a transaction that is rolled back."""
    ensure(database.owner_url, SHELF)
    with psycopg.connect(database.projector_url) as connection:
        yield Table(Shape.of(connection, "read.book_list_v1", ("book_id",)), connection)
        connection.rollback()


# ── from facts to rows ───────────────────────────────────────────────────────


def test_facts_become_rows(store: Store, projector: Projector) -> None:
    reader = uuid4()
    kept, sold = buy(store, reader, tags=["roman", "a,b {c}"]), buy(store, reader)
    tell(store, kept, MoveBook(shelf="upper"))
    tell(store, kept, ReadPages(pages=20, times=3))
    tell(store, sold, SellBook())
    settle(projector)

    read = Reader(store.pool).read
    (line,) = read(BookList).lines().items
    assert (line.book_id, line.shelf, line.pages, line.tags) == (kept, "upper", 60, ["roman", "a,b {c}"])
    assert line.facts == {"moved": "2026-05-04"}
    (reader_line,) = read(ReaderFile).rows("SELECT * FROM {table}")
    assert (reader_line.books, reader_line.pages) == (2, 60)
    assert read(Tally).lines()["read"].times == 3


def test_whatever_the_batch_the_rows_are_the_same(store: Store, database) -> None:
    ensure(database.owner_url, SHELF)
    books = [buy(store) for _ in range(4)]
    for n in range(12):
        tell(store, books[n % 4], ReadPages(pages=n))
        tell(store, books[n % 3], MoveBook(shelf=f"shelf {n}"))
    settle(Projector(*projecting(store), SHELF, batch=1))
    one_by_one = [rows_of(database.owner_url, kind.table_name()) for kind in SHELF]
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        for kind in SHELF:
            owner.execute(f"DELETE FROM read.{kind.table_name()}")
        owner.execute("UPDATE store.positions SET position = 0")
    settle(Projector(*projecting(store), SHELF, batch=1000))
    assert [rows_of(database.owner_url, kind.table_name()) for kind in SHELF] == one_by_one


# ── who sees what ────────────────────────────────────────────────────────────


def test_a_reader_sees_own_rows_only(store: Store, projector: Projector) -> None:
    awa, ben = uuid4(), uuid4()
    hers, _his = buy(store, awa), buy(store, ben)
    settle(projector)
    seen = Reader(store.pool, frozenset({awa})).read(BookList).lines().items
    assert [line.book_id for line in seen] == [hers]
    assert Reader(store.pool, frozenset()).read(BookList).lines().items == []
    assert len(Reader(store.pool).read(BookList).lines().items) == 2


def test_without_a_scope_there_are_no_rows(store: Store, projector: Projector, database) -> None:
    buy(store)
    settle(projector)
    for url in (database.app_url, database.owner_url):
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM read.book_list_v1").fetchone() == (0,)


def test_a_customer_sees_nothing_of_a_table_without_an_owner(store: Store, projector: Projector) -> None:
    buy(store)
    settle(projector)
    assert Reader(store.pool, frozenset({uuid4()})).read(Tally).lines() == {}


@pytest.mark.parametrize("scope", ["all", "none", "one"])
def test_the_application_writes_no_row_whatever_its_scope(
    store: Store, projector: Projector, database, scope: str
) -> None:
    reader = uuid4()
    buy(store, reader)
    settle(projector)
    with psycopg.connect(database.app_url) as connection:
        said = {"all": "all", "none": "", "one": str(reader)}[scope]
        connection.execute("SELECT set_config('quittance.scope', %s, true)", (said,))
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("UPDATE read.book_list_v1 SET title = 'x'")


# ── pages ────────────────────────────────────────────────────────────────────


def test_pages_go_on_after_the_last_row(store: Store, projector: Projector) -> None:
    titles = ["a", "b", "b", "b", "c", "d", "e"]
    for title in titles:
        buy(store, title=title)
    settle(projector)
    books = Reader(store.pool).read(BookList)
    page = books.lines(limit=3)
    seen = list(page.items)
    buy(store, title="0 comes before")
    settle(projector)
    while page.next:
        page = books.lines(cursor=page.next, limit=3)
        seen += page.items
    assert [line.title for line in seen] == titles
    assert len({line.book_id for line in seen}) == len(titles)


@pytest.mark.parametrize("order", ["shelf", "shelf DESC", "pages DESC, shelf", "shelf DESC, title DESC"])
def test_pages_also_order_by_what_may_be_absent(store: Store, projector: Projector, order: str) -> None:
    for n in range(9):
        book = buy(store, title=str(n % 2))
        if n % 3:
            tell(store, book, MoveBook(shelf=str(n % 2)))
    settle(projector)
    books = Reader(store.pool).read(BookList)
    whole = [line.book_id for line in books.rows(f"SELECT * FROM {{table}} ORDER BY {order}, book_id")]
    paged, cursor = [], None
    while True:
        page = books.page("SELECT * FROM {table}", order=order, cursor=cursor, limit=2)
        paged += [line.book_id for line in page.items]
        if (cursor := page.next) is None:
            break
    assert paged == whole


def test_a_cursor_of_another_list_is_refused(store: Store, projector: Projector) -> None:
    for title in "ab":
        buy(store, title=title)
    settle(projector)
    books = Reader(store.pool).read(BookList)
    cursor = books.page("SELECT * FROM {table}", order="title", limit=1).next
    with pytest.raises(BadCursor):
        books.page("SELECT * FROM {table}", order="title DESC", cursor=cursor)
    for broken in ("nonsense", "é", "W10", "bnVsbA", (cursor or "")[:-4]):
        with pytest.raises(BadCursor):
            books.page("SELECT * FROM {table}", order="title", cursor=broken)


@pytest.mark.parametrize("value", [True, -5, 1.5e308, 10**30, "soon", "9" * 30, "\0", "\ud800", [None], {}])
@pytest.mark.parametrize("place", [0, 2])
def test_a_cursor_fits_its_columns_or_is_refused(
    store: Store, projector: Projector, place: int, value: object
) -> None:
    for title in "ab":
        buy(store, title=title)
    settle(projector)
    books, order = Reader(store.pool).read(BookList), "pages DESC, title"
    mark, *values = json.loads(urlsafe_b64decode((books.page(LINES, order=order, limit=1).next or "") + "=="))
    values[place] = value
    forged = urlsafe_b64encode(json.dumps([mark, *values]).encode()).decode().rstrip("=")
    with pytest.raises(BadCursor):
        books.page(LINES, order=order, cursor=forged)


@pytest.mark.parametrize("depth", [1, 100, 2_500])
def test_a_cursor_that_is_no_list_of_values_is_refused(
    store: Store, projector: Projector, depth: int
) -> None:
    forged = urlsafe_b64encode(b"[" * depth + b"]" * depth).decode().rstrip("=")
    with pytest.raises(BadCursor):
        Reader(store.pool).read(BookList).lines(cursor=forged)


# ── the verbs of a table ─────────────────────────────────────────────────────


def test_what_was_written_is_read_back_before_it_is_flushed(table: Table) -> None:
    book = uuid4()
    whole = {"book_id": book, "reader_id": uuid4(), "title": "a", "tags": [], "shelf": None, "facts": None}
    table.put(**whole, pages=1)
    table.patch(book, pages=2)
    assert table.get(book) == {**whole, "pages": 2}
    assert table.get(str(book)) == table.get(book)
    table.delete(book)
    assert table.get(book) is None
    table.patch(book, pages=3)
    table.flush()
    assert table.get(book) is None


def test_what_is_not_named_takes_its_default(table: Table) -> None:
    book = uuid4()
    table.put(book_id=book, reader_id=uuid4(), title="a", tags=[], pages=7, shelf="x")
    table.flush()
    table.put(book_id=book, reader_id=uuid4(), title="b", tags=[])
    line = table.get(book)
    assert line is not None
    assert (line["title"], line["pages"], line["shelf"]) == ("b", 0, None)


def test_sums_and_values_may_mix_in_any_order(table: Table) -> None:
    book, other, reader = uuid4(), uuid4(), uuid4()
    start = {"reader_id": reader, "title": "a", "tags": []}
    table.add({"book_id": book, **start}, pages=2)
    table.patch(book, title="b")
    table.add({"book_id": book, **start}, pages=3)
    table.patch(book, pages=10)
    table.add({"book_id": book, **start}, pages=1)
    table.put(book_id=other, **start)
    table.add({"book_id": other, **start}, pages=4)
    table.delete(other)
    table.add({"book_id": other, **start}, pages=5)
    table.flush()
    lines = [table.get(book), table.get(other)]
    assert [(line["title"], line["pages"]) for line in lines if line] == [("b", 11), ("a", 5)]


def test_a_patch_before_a_sum_does_not_touch_the_row_the_sum_makes(table: Table) -> None:
    book = uuid4()
    table.patch(book, title="too early")
    table.add({"book_id": book, "reader_id": uuid4(), "title": "a", "tags": []}, pages=1)
    line = table.get(book)
    assert line is not None
    assert line["title"] == "a"


def test_patches_of_any_columns_change_those_and_no_others(table: Table) -> None:
    books, reader = [uuid4() for _ in range(4)], uuid4()
    for book in books:
        table.put(
            book_id=book, reader_id=reader, title="a", tags=["x"], shelf="low", pages=1, facts={"n": "1"}
        )
    table.flush()
    table.patch(books[0], shelf=None)
    table.patch(books[1], pages=2, facts=None)
    table.patch(books[2], tags=[], title="b")
    table.patch(uuid4(), title="nobody's")
    table.flush()
    lines = [table.get(book) for book in books]
    told = [(r["title"], r["tags"], r["shelf"], r["pages"], r["facts"]) for r in lines if r]
    assert told == [
        ("a", ["x"], None, 1, {"n": "1"}),
        ("a", ["x"], "low", 2, None),
        ("b", [], "low", 1, {"n": "1"}),
        ("a", ["x"], "low", 1, {"n": "1"}),
    ]


def test_rows_that_are_read_together_hold_what_the_batch_changed_of_them(table: Table) -> None:
    books, reader = [uuid4() for _ in range(3)], uuid4()
    for book in books:
        table.put(book_id=book, reader_id=reader, title="a", tags=[])
    table.flush()
    batch = Table(table._shape, table._cursor.connection, lambda: [*books, uuid4()])
    batch.patch(books[1], title="b")
    read = batch.get(books[0])
    assert read is not None
    read["title"] = "the handler's own"
    batch.patch(books[0], pages=3)
    batch.delete(books[2])
    lines = [batch.get(book) for book in books]
    assert [(line["title"], line["pages"]) if line else None for line in lines] == [("a", 3), ("b", 0), None]
    assert batch.get(str(books[1])) == batch.get(books[1])


def test_sql_sees_what_was_folded(table: Table) -> None:
    book = uuid4()
    table.put(book_id=book, reader_id=uuid4(), title="a", tags=["x"])
    table.sql("UPDATE {table} SET title = title || %(more)s WHERE book_id = %(book)s", more="!", book=book)
    line = table.get(book)
    assert line is not None
    assert (line["title"], line["tags"]) == ("a!", ["x"])


def test_a_table_says_what_it_cannot_take(table: Table) -> None:
    book = uuid4()
    with pytest.raises(TypeError, match="no column colour"):
        table.put(book_id=book, colour="red")
    with pytest.raises(TypeError, match="needs book_id"):
        table.put(title="x")
    with pytest.raises(TypeError, match="keeps its key"):
        table.patch(book, book_id=uuid4())
    with pytest.raises(TypeError, match="whole numbers"):
        table.add({"book_id": book}, pages=0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the key of"):
        table.patch((book, 1), title="x")


def test_a_table_without_lanes_takes_sums_only(database) -> None:
    ensure(database.owner_url, SHELF)
    with psycopg.connect(database.projector_url) as connection:
        table = Table(Shape.of(connection, "read.tally_v1", ("what",), laneless=True), connection)
        for refused in (
            lambda: table.put(what="x"),
            lambda: table.patch("x", times=1),
            lambda: table.get("x"),
            lambda: table.delete("x"),
            lambda: table.sql("DELETE FROM {table}"),
            lambda: table.add({"what": "x", "times": 1}, pages=1),
        ):
            with pytest.raises(TypeError, match="over lanes"):
                refused()


# ── declarations ─────────────────────────────────────────────────────────────


class Nothing(BaseModel):
    pass


def test_an_event_has_one_handler_in_a_read_model() -> None:
    with pytest.raises(TypeError, match=r"handles Book\.Sold twice"):

        class Twice(Projection):
            key, row, ddl = "x", Nothing, "CREATE TABLE {table} (x int PRIMARY KEY)"

            @on(Book.Sold)
            def _a(self, e: Book.Sold, table: Table) -> None: ...

            @on(Book.Sold)
            def _b(self, e: Book.Sold, table: Table) -> None: ...


def test_a_read_model_that_was_not_made_says_what_to_do(store: Store) -> None:
    with pytest.raises(NotBuilt, match=r"manage\.py migrate"):
        Reader(store.pool).read(BookList).lines()


def test_a_read_model_is_asked_through_a_reader_only(store: Store, projector: Projector) -> None:
    with pytest.raises(TypeError, match="when a Reader gives it out"):
        BookList().lines()


def test_reading_goes_on_after_the_connections_died(store: Store, projector: Projector, database) -> None:
    buy(store)
    settle(projector)
    assert len(Reader(store.pool).read(BookList).lines().items) == 1
    with psycopg.connect(database.app_url, autocommit=True) as app:
        app.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'app' AND pid <> pg_backend_pid()"
        )
    assert len(Reader(store.pool).read(BookList).lines().items) == 1
