"""A read model is built anew beside the one that is read, and readers move over without noticing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Self
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import BaseModel

from eventstore import NotBuilt, Projection, Reader, Store, Table, on, positions
from eventstore.compare import compare
from eventstore.copying import CopyFailed, Copying
from eventstore.projector import Projector
from eventstore.read_models import ReadModel, ensure, tables
from eventstore.reader import LiveTables
from eventstore.rebuild import Progress, drop_retired, rebuild, rebuild_pending
from tests.connected import projecting
from tests.eventstore.shelf import (
    SHELF,
    Book,
    BookList,
    MoveBook,
    ReadPages,
    Tally,
    buy,
    rows_of,
    settle,
    tell,
    until,
)

NO_GRACE = timedelta(0)


class LoudLine(BaseModel):
    book_id: UUID
    reader_id: UUID
    title: str


class LoudBookList(Projection):
    """The next version of the book list, as a next release declares it."""

    name = BookList.name
    version = 2
    key, owner, row = "book_id", "reader_id", LoudLine
    ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, reader_id uuid NOT NULL, title text NOT NULL)"

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, reader_id=e.reader_id, title=e.title.upper())

    def titles(self) -> list[str]:
        return [line.title for line in self.rows("SELECT * FROM {table} ORDER BY title")]


class Guarded(Projection):
    """A table whose database refuses what does not add up, by a trigger of its own."""

    key, row = "book_id", LoudLine
    ddl = """
        CREATE TABLE {table} (book_id uuid PRIMARY KEY, title text);
        CREATE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.title = 'forged' THEN
                RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER refuses AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION {table}_refuses()"""

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, title=e.title)


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


def known(database) -> dict[str, ReadModel]:
    with psycopg.connect(database.owner_url) as owner:
        return {table.table_name: table for table in tables(owner)}


def no_differences(store: Store, database, kind: type[Projection] = BookList) -> bool:
    (comparison,) = compare(store, database.owner_url, [kind], seed=3)
    return comparison.differences == [] and comparison.rows > 0


def somebody_waits(database) -> bool:
    """Whether a connection of the owner waits for a lock."""
    with psycopg.connect(database.owner_url) as owner:
        row = owner.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = current_user AND datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return row is not None and row[0] > 0


class Traffic:
    """Commands and a projector go on in the background."""

    def __init__(self, store: Store, projector: Projector) -> None:
        self._store, self._projector = store, projector
        self._stop = threading.Event()
        self.last: dict[int, int] = {}

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(2)
        self._work = [
            self._pool.submit(self._write),
            self._pool.submit(self._projector.run, self._stop),
        ]
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for work in self._work:
            work.result()

    def _write(self) -> None:
        while not self._stop.is_set():
            book = buy(self._store)
            receipt = tell(self._store, book, MoveBook(shelf="x"))
            self.last = {int(lane): int(position) for lane, position in receipt.positions.items()}


def test_the_same_version_is_rebuilt_during_traffic_and_an_old_reader_goes_on(store: Store, database) -> None:
    for _ in range(20):
        tell(store, buy(store), ReadPages(pages=2, times=5))
    settle(Projector(*projecting(store), SHELF))
    old = Reader(store.pool)
    assert len(old.read(BookList).lines().items) == 20

    with Traffic(store, Projector(*projecting(store), SHELF)) as traffic:
        assert rebuild(store, database.owner_url, BookList) == "book_list_v1_g2"
        before = len(rows_of(database.owner_url, "book_list_v1"))
        until(lambda: len(rows_of(database.owner_url, "book_list_v1")) > before)
        written = traffic.last
        until(lambda: Reader(store.pool).has_reached(written, [BookList]))
        assert len(old.read(BookList).lines(limit=200).items) >= 20
    states = {name: table.state for name, table in known(database).items()}
    assert (states["book_list_v1"], states["book_list_v1_g2"]) == ("retiring", "live")
    settle(Projector(*projecting(store), SHELF))
    assert rows_of(database.owner_url, "book_list_v1") == rows_of(database.owner_url, "book_list_v1_g2")
    assert no_differences(store, database)

    assert drop_retired(database.owner_url, NO_GRACE) == ["book_list_v1"]
    assert len(old.read(BookList).lines(limit=200).items) >= 20
    settle(Projector(*projecting(store), SHELF))
    assert no_differences(store, database)


def test_a_new_version_is_built_beside_the_old_one(store: Store, database) -> None:
    buy(store, title="a")
    release_1, release_2 = [BookList, Tally], [LoudBookList, Tally]
    settle(Projector(*projecting(store), release_1))

    assert ensure(database.owner_url, release_2) == [LoudBookList]
    with pytest.raises(NotBuilt):
        Reader(store.pool).read(LoudBookList).titles()
    assert rebuild_pending(store, database.owner_url, release_2, handover=0) == ["book_list_v2"]
    assert rebuild_pending(store, database.owner_url, release_2, handover=0) == []

    buy(store, title="b")
    settle(Projector(*projecting(store), release_1))
    settle(Projector(*projecting(store), release_2))
    assert Reader(store.pool).read(LoudBookList).titles() == ["A", "B"]
    assert [line.title for line in Reader(store.pool).read(BookList).lines().items] == ["a", "b"]
    drop_retired(database.owner_url, NO_GRACE)
    assert "book_list_v1" not in known(database)


def test_a_rebuilt_table_is_guarded_like_the_old_one(store: Store, database) -> None:
    reader = uuid4()
    buy(store, reader)
    buy(store)
    rebuild(store, database.owner_url, BookList, handover=0)
    assert len(Reader(store.pool, frozenset({reader})).read(BookList).lines().items) == 1
    with psycopg.connect(database.app_url) as connection:
        assert connection.execute("SELECT count(*) FROM read.book_list_v1_g2").fetchone() == (0,)


def test_while_it_is_built_nobody_else_reads_it(store: Store, database) -> None:
    buy(store)
    seen: list[str] = []

    def watch(progress: Progress) -> None:
        if progress.phase == "copying":
            with psycopg.connect(database.app_url) as connection, pytest.raises(psycopg.Error) as refused:
                connection.execute(f"SELECT FROM read.{progress.table}")
            seen.append(refused.value.sqlstate or "")

    rebuild(store, database.owner_url, BookList, watch, handover=0)
    assert seen == ["42501"]


def test_a_rebuild_that_was_broken_off_starts_again(store: Store, database) -> None:
    buy(store)

    def break_off(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, database.owner_url, BookList, break_off)
    assert known(database)["book_list_v1_g2"].state == "building"
    assert rebuild(store, database.owner_url, BookList, handover=0) == "book_list_v1_g2"
    assert no_differences(store, database)


def test_a_rebuild_shows_how_far_it_is(store: Store, database) -> None:
    for _ in range(5):
        buy(store)
    seen: list[Progress] = []
    rebuild(store, database.owner_url, BookList, seen.append, handover=0)
    assert [(p.phase, p.done, p.total) for p in seen] == [("copying", 5, 5), ("switched", 5, 5)]
    assert {p.table for p in seen} == {"book_list_v1_g2"}


def test_sums_over_lanes_are_rebuilt_exactly_while_others_add(store: Store, database) -> None:
    for _ in range(10):
        tell(store, buy(store), ReadPages(pages=1, times=10))
    with Traffic(store, Projector(*projecting(store), SHELF)):
        rebuild(store, database.owner_url, Tally)
    settle(Projector(*projecting(store), SHELF))
    assert rows_of(database.owner_url, "tally_v1") == rows_of(database.owner_url, "tally_v1_g2")
    assert no_differences(store, database, Tally)


@pytest.mark.parametrize("kind", [BookList, Tally])
def test_however_many_processes_rebuild_it_the_table_is_the_same(
    store: Store, database, kind: type[Projection]
) -> None:
    for n in range(12):
        book = buy(store, dedication="pour toi")
        tell(store, book, ReadPages(pages=n, times=3))
        tell(store, book, MoveBook(shelf="fire" if n == 5 else "x"))
    settle(Projector(*projecting(store), SHELF))
    table = rebuild(store, database.owner_url, kind, handover=0, processes=3)
    assert rows_of(database.owner_url, table) == rows_of(database.owner_url, kind.table_name())
    with store.pool.connection() as connection:
        assert min(positions.read(connection, table).values()) > 0
    settle(Projector(*projecting(store), SHELF))
    assert no_differences(store, database, kind)


def test_a_process_of_a_rebuild_that_fails_fails_the_rebuild(store: Store, database) -> None:
    buy(store)
    copying = Copying(database.owner_url, store, BookList, "no_such_table", horizon=1 << 60)
    with pytest.raises(CopyFailed, match="Gone"):
        copying.run(lambda events: None, processes=2)


def test_what_helps_readers_alone_is_made_after_the_rows(store: Store, database) -> None:
    buy(store)
    table = rebuild(store, database.owner_url, BookList, handover=0)
    query = "SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY indexdef"
    with psycopg.connect(database.owner_url) as owner:
        made = [d.replace(table, "T") for (d,) in owner.execute(query, (table,))]
        first = [
            d.replace(BookList.table_name(), "T") for (d,) in owner.execute(query, (BookList.table_name(),))
        ]
    assert made == first
    assert len(made) == 2


def test_poison_is_parked_in_a_rebuild_too(store: Store, database) -> None:
    ill, well = buy(store), buy(store)
    tell(store, ill, MoveBook(shelf="fire"))
    tell(store, ill, ReadPages(pages=3))
    tell(store, well, ReadPages(pages=-1))
    rebuild(store, database.owner_url, BookList, handover=0)
    with psycopg.connect(database.owner_url) as owner:
        held = owner.execute(
            "SELECT consumer, stream_id, version FROM store.parked ORDER BY version, stream_id"
        )
        assert set(held) == {
            ("book_list_v1_g2", ill, 2),
            ("book_list_v1_g2", ill, 3),
            ("book_list_v1_g2", well, 2),
        }


def test_what_a_table_refuses_at_commit_is_parked(store: Store, database) -> None:
    ensure(database.owner_url, [Guarded])
    good, forged = buy(store, title="true"), buy(store, title="forged")
    settle(Projector(*projecting(store), [Guarded]))
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT stream_id FROM store.parked").fetchall() == [(forged,)]
    (comparison,) = compare(store, database.owner_url, [Guarded])
    assert (comparison.rows, comparison.parked, comparison.differences) == (1, 1, [])
    rebuild(store, database.owner_url, Guarded, handover=0)
    assert len(rows_of(database.owner_url, "guarded_v1_g2")) == 1
    drop_retired(database.owner_url, NO_GRACE)
    with psycopg.connect(database.owner_url) as owner:
        functions = owner.execute("SELECT proname FROM pg_proc WHERE proname LIKE '%refuses'").fetchall()
    assert functions == [("guarded_v1_g2_refuses",)]
    assert good != forged


def test_a_table_is_dropped_although_a_projector_is_at_work_on_it(store: Store, database) -> None:
    """Who works on a table has locked its positions first, and comes to its rows afterwards."""
    rebuild(store, database.owner_url, BookList, handover=0)
    with projecting(store)[1].connection() as projector, ThreadPoolExecutor(1) as pool:
        with projector.transaction():
            positions.lock(projector, BookList.table_name(), [7])
            dropping = pool.submit(drop_retired, database.owner_url, NO_GRACE)
            until(lambda: somebody_waits(database))
            projector.execute("DELETE FROM read.book_list_v1")
        assert dropping.result() == ["book_list_v1"]


def test_while_a_reader_stays_with_an_old_table_not_every_query_looks_for_the_new_one(
    store: Store, database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveTables, "FRESH", 0.0)
    monkeypatch.setattr(LiveTables, "BEHIND", 3600.0, raising=False)
    buy(store)
    settle(Projector(*projecting(store), SHELF))
    live = LiveTables(store.pool)
    assert live.name_of(BookList) == "book_list_v1"
    rebuild(store, database.owner_url, BookList, handover=0)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE store.positions SET position = 0 WHERE consumer = 'book_list_v1_g2'")
    assert live.name_of(BookList) == "book_list_v1"

    monkeypatch.setattr(LiveTables, "FRESH", 3600.0)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "UPDATE store.positions p SET position = old.position FROM store.positions old"
            " WHERE p.consumer = 'book_list_v1_g2' AND old.consumer = 'book_list_v1' AND old.lane = p.lane"
        )
    assert live.name_of(BookList) == "book_list_v1"
    live.forget()
    assert live.name_of(BookList) == "book_list_v1_g2"


def test_ensure_twice_changes_nothing(store: Store, database) -> None:
    before = known(database)
    assert ensure(database.owner_url, SHELF) == []
    assert known(database) == before
