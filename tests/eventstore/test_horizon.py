"""The law of the feed: the lock on the events is taken before the transaction has an id."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import Receipt, Store
from eventstore.migrate import HERE
from tests.eventstore.library import IssueCard, asker

LOCK = "    LOCK TABLE events IN ROW EXCLUSIVE MODE;\n"
ID_TAKEN = "    PERFORM pg_current_xact_id();\n"
PAUSE = "    PERFORM pg_advisory_xact_lock(hashtextextended(p_command::text, 7));\n"


@dataclass(frozen=True)
class Append:
    """One of the two forms of the append: where it is written, before which line it has an id, who asks for it."""

    function: str
    migration: str
    first_write: str
    email: str | None

    def source(self) -> str:
        text = Path(HERE, self.migration).read_text()
        start = text.index(f"CREATE FUNCTION store.{self.function}(")
        whole = text[start : text.index("END $$;", start) + len("END $$;")]
        return whole.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")

    def lawful(self) -> str:
        return self.source().replace(self.first_write, ID_TAKEN + PAUSE + self.first_write)

    def unlawful(self) -> str:
        """The mutant: the transaction has an id, and only then takes the lock."""
        taken = ID_TAKEN + PAUSE + LOCK + self.first_write
        return self.source().replace(LOCK, "").replace(self.first_write, taken)


MANY = Append("append", "0001_store.sql", "    x := pg_current_xact_id()::text::bigint;\n", "awa@example.org")
ONE = Append("append_one", "0003_append_one.sql", "    INSERT INTO events\n", None)
both = pytest.mark.parametrize("append", [MANY, ONE], ids=lambda append: append.function)


def missed(store: Store, owner_url: str, append: Append, function: str) -> set[UUID]:
    """What a reader misses that reads while one writer pauses between its id and its commit."""
    slow = uuid4()
    with psycopg.connect(owner_url, autocommit=True) as owner, ThreadPoolExecutor(1) as pool:
        owner.execute(function)
        owner.execute("SELECT pg_advisory_lock(hashtextextended(%s, 7))", (str(slow),))
        paused = pool.submit(issue, store, slow, append.email)
        until_it_waits(owner, paused)
        quick = issue(store, uuid4())
        first = store.read_feed()
        owner.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", (str(slow),))
        late = paused.result(timeout=10)
        seen = first.events + store.read_feed(after=first.through).events
    return {late.id, quick.id} - {row.stream_id for row in seen}


def issue(store: Store, command_id: UUID, email: str | None = None) -> Receipt:
    command = IssueCard(card_id=uuid4(), reader=uuid4(), email=email)
    return store.send(command, asker(), command_id=command_id)


def until_it_waits(owner: psycopg.Connection, paused: Future[Receipt]) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not paused.done():
        row = owner.execute(waiting).fetchone()
        if row and row[0]:
            return
    pytest.fail("the writer did not pause")


@both
def test_a_reader_waits_for_a_writer_that_has_an_id_and_has_not_committed(
    store: Store, database, append: Append
) -> None:
    assert missed(store, database.owner_url, append, append.lawful()) == set()


@both
def test_with_the_lock_behind_another_write_an_event_is_missed(
    store: Store, database, append: Append
) -> None:
    assert len(missed(store, database.owner_url, append, append.unlawful())) == 1


def test_an_unrelated_open_transaction_holds_nobody_back(store: Store, database) -> None:
    with psycopg.connect(database.owner_url) as unrelated:
        unrelated.execute("CREATE TABLE unrelated (x int)")
        unrelated.execute("INSERT INTO unrelated VALUES (1)")
        card = issue(store, uuid4())
        assert card.id in {row.stream_id for row in store.read_feed().events}


def test_a_rolled_back_append_leaves_nothing_and_holds_nobody_back(store: Store) -> None:
    with store.pool.connection() as connection, connection.transaction() as transaction:
        connection.execute("LOCK TABLE store.positions IN ROW EXCLUSIVE MODE")
        raise_rollback = psycopg.Rollback(transaction)
        card = issue(store, uuid4())
        assert card.id in {row.stream_id for row in store.read_feed().events}
        raise raise_rollback
