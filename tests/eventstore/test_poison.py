"""Every kind of poison at once under running projectors: parked with its cause in seconds, and nobody else notices."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from pydantic import BaseModel

from eventstore import Keyring, Projection, Reader, Store, Table, TooLarge, on, parking
from eventstore.compare import compare
from eventstore.parking import leave_out, parked
from eventstore.projector import Projector, retry
from eventstore.read_models import ensure
from eventstore.shares import LaneShares
from roles.parked import parked as verb
from roles.status import show
from runtime.settings import Settings
from tests.conftest import Database
from tests.connected import projecting
from tests.eventstore.library import asker
from tests.eventstore.shelf import SHELF, Book, BookList, MoveBook, ReadPages, buy, settle, tell
from tests.soon import soon

IN_TIME = 60.0
"""Seconds in which poison has to be parked; it takes one or two."""
LARGEST = 524_288
"""Bytes of an event that the store takes."""


class DedicationLine(BaseModel):
    book_id: UUID
    words: str | None
    times: int


class Dedications(Projection):
    """Opens what is sealed."""

    key, owner, row = "book_id", None, DedicationLine
    ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, words text, times smallint NOT NULL DEFAULT 1)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, words=e.dedication and e.dedication.open())

    @on(Book.Praised)
    def _praised(self, e: Book.Praised, table: Table) -> None:
        table.patch(e.originator_id, words=e.words)


KINDS = [*SHELF, Dedications]
LIST, FILE, TALLY, OPENED = (kind.table_name() for kind in KINDS)


class House:
    """A shelf that is full of poison, and the ways it gets there."""

    def __init__(self, store: Store, database: Database) -> None:
        self.store, self.owner_url = store, database.owner_url

    def write(self, book: UUID, version: int, kind: str, state: bytes, of: UUID | None = None) -> None:
        """Write an event behind the store's back, as a broken writer would.

        of  a stream that lends its owner and its address; the book's own when it has one
        """
        with psycopg.connect(self.owner_url) as owner:
            owner.execute(
                "INSERT INTO store.events SELECT %s, %s, pg_current_xact_id()::text::bigint << 16, lane, owner, %s, 1,"
                " %s, meta, clock_timestamp(), link FROM store.events WHERE stream_id = %s AND version = 1",
                (book, version, kind, state, of or book),
            )

    def in_between(self, kind: str, state: bytes) -> UUID:
        """A book whose second event is poison, and two good ones behind it."""
        book = buy(self.store)
        self.write(book, 2, kind, state)
        self.write(book, 3, "Book.Moved", b'{"shelf": "attic"}')
        self.write(book, 4, "Book.Moved", b'{"shelf": "cellar"}')
        return book

    def asked_for(self, command: MoveBook | ReadPages, alone: bool = False) -> UUID:
        """A book about which the store itself was told something that a table refuses.

        alone  nothing follows before it is parked: of several values in one batch the last one alone is written
        """
        book = buy(self.store)
        tell(self.store, book, command)
        if alone:
            soon(lambda: causes(self.store, book), IN_TIME)
        for shelf in ("attic", "cellar"):
            tell(self.store, book, MoveBook(shelf=shelf))
        return book

    def bought(self, **changes: Any) -> UUID:
        """A book that begins with poison: its first event says what another's says, but for these fields."""
        reader = uuid4()
        model, book = buy(self.store, reader, dedication="à Awa"), uuid4()
        state = json.loads(self.store.history(model)[0].state) | changes
        self.write(book, 1, "Book.Bought", json.dumps(state).encode(), of=model)
        self.write(book, 2, "Book.Praised", b'{"words": "beau"}')
        return book

    def cut(self) -> UUID:
        sealed = json.loads(self.store.history(buy(self.store, dedication="à Jean"))[0].state)["dedication"]
        return self.bought(dedication=sealed | {"sealed": sealed["sealed"][:20]})


Put = Callable[[House], UUID]

POISON: dict[str, tuple[Put, dict[str, str]]] = {
    "unknown kind": (
        lambda house: house.in_between("Book.Burnt", b'{"shelf": "x"}'),
        dict.fromkeys((LIST, FILE, TALLY, OPENED), "Undecodable"),
    ),
    "broken JSON": (
        lambda house: house.in_between("Book.Moved", b"{broken"),
        dict.fromkeys((LIST, TALLY), "Undecodable"),
    ),
    "wrong shape": (
        lambda house: house.in_between("Book.Moved", b'{"shelf": {"of": "books"}}'),
        dict.fromkeys((LIST, TALLY), "Undecodable"),
    ),
    "10 MB that say nothing": (
        lambda house: house.in_between("Book.Moved", b"[" * 10_000_000),
        dict.fromkeys((LIST, TALLY), "Undecodable"),
    ),
    "10 MB of title": (
        lambda house: house.bought(title=os.urandom(5_000_000).hex(), dedication=None),
        {LIST: "ProgramLimitExceeded"},
    ),
    "a seal that was moved": (
        lambda house: house.bought(),
        {OPENED: "BrokenSeal"},
    ),
    "a seal that was cut": (House.cut, {OPENED: "BrokenSeal"}),
    "a handler that fails": (
        lambda house: house.asked_for(MoveBook(shelf="fire")),
        {LIST: "ValueError"},
    ),
    "no text for PostgreSQL": (
        lambda house: house.asked_for(MoveBook(shelf="a\x00b"), alone=True),
        {LIST: "CharacterNotInRepertoire"},
    ),
    "out of range": (
        lambda house: house.asked_for(ReadPages(pages=2**40)),
        {LIST: "NumericValueOutOfRange"},
    ),
}
"""By kind: how it gets there, and which tables park it, with what cause."""


@pytest.fixture(autouse=True)
def _shelf(database: Database) -> None:
    ensure(database.owner_url, KINDS)


@contextmanager
def following(database: Database, keyring: Keyring) -> Iterator[None]:
    """A projector as `manage.py project` runs it, until the end of the block."""
    stop = threading.Event()
    kwargs = {"autocommit": True}
    with ConnectionPool(database.projector_url, kwargs=kwargs, min_size=2, max_size=6, open=True) as pool:
        store, shares = Store(pool, keyring, os.urandom(32)), LaneShares(database.projector_url)
        thread = threading.Thread(target=Projector(store, pool, KINDS, lanes=shares).run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(20)
            shares.close()


def causes(store: Store, book: UUID) -> dict[str, str]:
    """By table, the error for which a stream is parked there."""
    lines = parked(store.pool, stream=book)
    return {line.consumer: line.cause.partition(" ")[0] for line in lines if line.cause is not None}


def waits_in_order(store: Store, book: UUID) -> bool:
    """Whether every table that parked an event of a stream holds the later ones that concern it, in order."""
    for kind in KINDS:
        first, *behind = parked(store.pool, kind.table_name(), book) or [None]
        concern = [row.version for row in store.history(book) if kind.concerns(row.kind)]
        if first and [p.version for p in behind] != [v for v in concern if v > first.version]:
            return False
        if any(p.cause for p in behind):
            return False
    return True


def is_on(store: Store, shelf: str, books: Iterable[UUID]) -> bool:
    lines = [Reader(store.pool).read(BookList).line(book) for book in books]
    return all(line is not None and line.shelf == shelf for line in lines)


def differences(store: Store, database: Database) -> dict[str, int]:
    return {c.table: len(c.differences) for c in compare(store, database.owner_url, KINDS, seed=5)}


@pytest.mark.slow
def test_every_kind_of_poison_is_parked_with_its_cause_and_everything_else_goes_on(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = [buy(store) for _ in range(8)]
    with following(database, store.keyring):
        house = House(store, database)
        ill = {name: put(house) for name, (put, _) in POISON.items()}
        for book in well:
            tell(store, book, MoveBook(shelf="upper"))
        for name, (_, expected) in POISON.items():
            soon(lambda book=ill[name], tables=expected: causes(store, book).keys() >= tables.keys(), IN_TIME)
        assert {name: causes(store, book) for name, book in ill.items()} == {
            name: expected for name, (_, expected) in POISON.items()
        }
        for book in well:
            tell(store, book, MoveBook(shelf="lower"))
        soon(lambda: is_on(store, "lower", well), IN_TIME)
        ends = {row.lane: row.position for row in store.read_feed(limit=10_000).events}
        soon(lambda: Reader(store.pool).has_reached(ends, KINDS), IN_TIME)
        assert [name for name, book in ill.items() if not waits_in_order(store, book)] == []
    assert differences(store, database) == dict.fromkeys((LIST, FILE, TALLY, OPENED), 0)

    mend(monkeypatch)
    for line in retry(*projecting(store), KINDS):
        if line.cause is not None:
            name = next(kind.name for kind in KINDS if kind.table_name() == line.consumer)
            leave_out(store, asker(), name, line.stream_id, line.version, "nobody can read it")
    assert retry(*projecting(store), KINDS) == []
    in_between = [book for book in ill.values() if store.history(book)[-1].kind == Book.Moved.kind]
    assert len(in_between) == 7
    assert is_on(store, "cellar", in_between)
    assert differences(store, database) == dict.fromkeys((LIST, FILE, TALLY, OPENED), 0)


def test_a_projector_that_lets_later_events_overtake_would_be_seen(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "streams", lambda *_: set())
    projector = Projector(*projecting(store), KINDS)
    book = buy(store)
    for shelf in ("fire", "attic"):
        tell(store, book, MoveBook(shelf=shelf))
        settle(projector)
    assert not waits_in_order(store, book)
    assert differences(store, database)[LIST] == 1


def test_what_is_parked_is_shown_and_tried_again_by_the_verbs(
    store: Store, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    settings = Settings.load(
        state_dir=tmp_path,
        database_url=database.app_url,
        projector_url=database.projector_url,
        auditor_url=database.auditor_url,
    )
    # Other tests in this process may have made read models of the same name.
    monkeypatch.setattr(Projection, "registry", {kind.__name__: kind for kind in KINDS})

    def said(*retry: str | None) -> Any:
        code = verb(settings, *retry, json=True) if retry else show(settings, json=True)
        return code, json.loads(capsys.readouterr().out)

    with following(database, store.keyring):
        book = House(store, database).asked_for(MoveBook(shelf="fire"))
        soon(lambda: len(parked(store.pool)) == 3, IN_TIME)
        code, lines = said(None)
        assert code == 1
        assert [(line["consumer"], line["event"], line["cause"]) for line in lines] == [
            (LIST, f"{book}:2", "ValueError"),
            (LIST, f"{book}:3", "held behind the one before it"),
            (LIST, f"{book}:4", "held behind the one before it"),
        ]
        assert said()[1]["parked"] == 3
        assert said(LIST) == (1, lines), "nothing was mended"

        mend(monkeypatch)
        assert said(LIST) == (0, [])
        assert said()[1]["parked"] == 0
        assert is_on(store, "cellar", [book])
        tell(store, book, MoveBook(shelf="hall"))
        soon(lambda: is_on(store, "hall", [book]), IN_TIME)


def test_the_store_takes_no_event_of_more_than_512_kb(store: Store) -> None:
    book = buy(store)
    shelf = "x" * (LARGEST - len(b'{"shelf":""}'))
    assert tell(store, book, MoveBook(shelf=shelf)).version == 2
    with pytest.raises(TooLarge) as refused:
        tell(store, book, MoveBook(shelf=f"{shelf}x"))
    assert refused.value.status == 413
    assert [len(row.state) for row in store.history(book)][1:] == [LARGEST]


def mend(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose handler knows the shelf ``fire``."""

    def moved(self: BookList, e: Book.Moved, table: Table) -> None:
        table.patch(e.originator_id, shelf=e.shelf, facts={"moved": str(e.on)})

    monkeypatch.setattr(BookList, "_moved", moved)
