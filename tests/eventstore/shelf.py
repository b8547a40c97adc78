"""A neutral little domain for the read models: readers, the books they own, and what is read of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Literal
from uuid import UUID, uuid4

import psycopg
from pydantic import BaseModel

from eventstore import (
    Aggregate,
    Ask,
    Asker,
    Command,
    Page,
    Projection,
    Receipt,
    Sealed,
    Store,
    Table,
    lane_of,
    on,
)
from eventstore.projector import Projector
from tests.eventstore.library import asker


class Book(Aggregate):
    reader_id: UUID
    status: Literal["kept", "sold"] = "kept"

    class Bought(Aggregate.Created, owner="reader_id", subject="reader_id"):
        reader_id: UUID
        title: str
        tags: list[str]
        dedication: Sealed[str] | None = None

    class Read(Aggregate.Event):
        pages: int

    class Moved(Aggregate.Event):
        shelf: str

    class Praised(Aggregate.Event):
        words: str

    class Sold(Aggregate.Event):
        def apply(self, book: Book) -> None:
            book.status = "sold"


class BuyBook(Command, on=Book):
    book_id: UUID
    reader_id: UUID
    title: str = "Une si longue lettre"
    tags: tuple[str, ...] = ()
    dedication: str | None = None

    def create(self, ask: Ask) -> Book:
        dedication = Sealed(self.dedication) if self.dedication else None
        return Book.begin(
            Book.Bought,
            self.book_id,
            reader_id=self.reader_id,
            title=self.title,
            tags=list(self.tags),
            dedication=dedication,
        )


class ReadPages(Command, on=Book):
    """Reads ``times`` times that many pages: as many events in one append."""

    pages: int
    times: int = 1

    def perform(self, book: Book, ask: Ask) -> None:
        for _ in range(self.times):
            book.record(Book.Read, pages=self.pages)


class MoveBook(Command, on=Book):
    shelf: str

    def perform(self, book: Book, ask: Ask) -> None:
        book.record(Book.Moved, shelf=self.shelf)


class PraiseBook(Command, on=Book):
    words: str

    def perform(self, book: Book, ask: Ask) -> None:
        book.record(Book.Praised, words=self.words)


class SellBook(Command, on=Book):
    def perform(self, book: Book, ask: Ask) -> None:
        book.record(Book.Sold)


# ── read models ──────────────────────────────────────────────────────────────


class BookLine(BaseModel):
    book_id: UUID
    reader_id: UUID
    title: str
    tags: list[str]
    shelf: str | None
    pages: int
    facts: dict[str, str] | None


class BookList(Projection):
    """Put, patched and deleted. Refuses negative pages in the database, the shelf ``fire`` in the handler."""

    key = "book_id"
    owner = "reader_id"
    row = BookLine
    ddl = """
        CREATE TABLE {table} (
            book_id   uuid PRIMARY KEY,
            reader_id uuid NOT NULL,
            title     text NOT NULL,
            tags      text[] NOT NULL,
            shelf     text,
            pages     int NOT NULL DEFAULT 0 CHECK (pages >= 0),
            facts     jsonb
        );
        CREATE INDEX ON {table} (title)"""

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, reader_id=e.reader_id, title=e.title, tags=e.tags)

    @on(Book.Moved)
    def _moved(self, e: Book.Moved, table: Table) -> None:
        if e.shelf == "fire":
            raise ValueError(f"{e.shelf} is no shelf")
        table.patch(e.originator_id, shelf=e.shelf, facts={"moved": str(e.on)})

    @on(Book.Read)
    def _read(self, e: Book.Read, table: Table) -> None:
        line = table.get(e.originator_id)
        if line is not None:
            table.patch(e.originator_id, pages=line["pages"] + e.pages)

    @on(Book.Sold)
    def _sold(self, e: Book.Sold, table: Table) -> None:
        table.delete(e.originator_id)

    def lines(self, cursor: str | None = None, limit: int = 50) -> Page[BookLine]:
        return self.page("SELECT * FROM {table}", order="title", cursor=cursor, limit=limit)

    def line(self, book: UUID) -> BookLine | None:
        return self.one("SELECT * FROM {table} WHERE book_id = %(book)s", book=book)


class ReaderLine(BaseModel):
    reader_id: UUID
    books: int
    pages: int


class ReaderFile(Projection):
    """Sums within a lane."""

    key = "reader_id"
    owner = "reader_id"
    row = ReaderLine
    ddl = """
        CREATE TABLE {table} (
            reader_id uuid PRIMARY KEY, books int NOT NULL DEFAULT 0, pages bigint NOT NULL DEFAULT 0
        )"""

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.add({"reader_id": e.reader_id}, books=1)

    @on(Book.Read)
    def _read(self, e: Book.Read, table: Table) -> None:
        assert e.owner is not None
        table.add({"reader_id": e.owner}, pages=e.pages)


class TallyLine(BaseModel):
    what: str
    times: int
    pages: int


class Tally(Projection):
    """Sums over all lanes."""

    key = "what"
    laneless = True
    row = TallyLine
    ddl = "CREATE TABLE {table} (what text PRIMARY KEY, times int NOT NULL, pages bigint NOT NULL)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.add({"what": "bought"}, times=1)

    @on(Book.Read)
    def _read(self, e: Book.Read, table: Table) -> None:
        table.add({"what": "read"}, times=1, pages=e.pages)

    @on(Book.Moved, Book.Sold)
    def _other(self, e: Book.Moved | Book.Sold, table: Table) -> None:
        table.add({"what": "other"}, times=1)

    def lines(self) -> dict[str, TallyLine]:
        return {line.what: line for line in self.rows("SELECT * FROM {table}")}


SHELF = [BookList, ReaderFile, Tally]


# ── what tests say ───────────────────────────────────────────────────────────

MACHINE: Asker = asker(permissions=None)


def buy(store: Store, reader: UUID | None = None, **fields: object) -> UUID:
    book = uuid4()
    store.send(BuyBook(book_id=book, reader_id=reader or uuid4(), **fields), MACHINE)  # type: ignore[arg-type]
    return book


def tell(store: Store, book: UUID, command: Command) -> Receipt:
    return store.send(command, MACHINE, to=book)


def readers_of_one_lane(count: int) -> list[UUID]:
    """Readers whose events all share a lane."""
    first = uuid4()
    found = [first]
    while len(found) < count:
        if lane_of(other := uuid4()) == lane_of(first):
            found.append(other)
    return found


def settle(projector: Projector) -> None:
    """Project until there is nothing left."""
    while projector.step():
        pass


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    deadline, pause = monotonic() + seconds, threading.Event()
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        pause.wait(0.01)


def rows_of(owner_url: str, table: str) -> list[tuple[object, ...]]:
    """A whole table, behind every policy, sorted."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SELECT set_config('quittance.scope', 'all', true)")
        return sorted(connection.execute(f"SELECT t::text FROM read.{table} t").fetchall())
