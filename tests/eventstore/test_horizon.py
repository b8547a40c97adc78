"""The law of the feed: the lock on the events is taken before the transaction has an id."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import Receipt, Store
from eventstore.migrate import HERE
from tests.eventstore.library import IssueCard, asker

LOCK = "    LOCK TABLE events IN ROW EXCLUSIVE MODE;\n"
ID_TAKEN = "    x := pg_current_xact_id()::text::bigint;\n"
PAUSE = "    PERFORM pg_advisory_xact_lock(hashtextextended(p_command::text, 7));\n"


def append_as_written() -> str:
    """The source of the append function, as the migration has it."""
    text = Path(HERE, "0001_store.sql").read_text()
    start = text.index("CREATE FUNCTION store.append(")
    return "CREATE OR REPLACE" + text[start : text.index("END $$;", start) + len("END $$;")].removeprefix(
        "CREATE"
    )


def lawful() -> str:
    return append_as_written().replace(ID_TAKEN, ID_TAKEN + PAUSE)


def unlawful() -> str:
    """The mutant: the transaction has an id, and only then takes the lock."""
    return append_as_written().replace(LOCK, "").replace(ID_TAKEN, ID_TAKEN + PAUSE + LOCK)


def missed(store: Store, owner_url: str, function: str) -> set[UUID]:
    """What a reader misses that reads while one writer pauses between its id and its commit."""
    slow = uuid4()
    with psycopg.connect(owner_url, autocommit=True) as owner, ThreadPoolExecutor(1) as pool:
        owner.execute(function)
        owner.execute("SELECT pg_advisory_lock(hashtextextended(%s, 7))", (str(slow),))
        paused = pool.submit(issue, store, slow)
        until_it_waits(owner, paused)
        quick = issue(store, uuid4())
        first = store.read_feed()
        owner.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", (str(slow),))
        late = paused.result(timeout=10)
        seen = first.events + store.read_feed(after=first.through).events
    return {late.id, quick.id} - {row.stream_id for row in seen}


def issue(store: Store, command_id: UUID) -> Receipt:
    return store.send(IssueCard(card_id=uuid4(), reader=uuid4()), asker(), command_id=command_id)


def until_it_waits(owner: psycopg.Connection, paused: Future[Receipt]) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not paused.done():
        row = owner.execute(waiting).fetchone()
        if row and row[0]:
            return
    pytest.fail("the writer did not pause")


def test_a_reader_waits_for_a_writer_that_has_an_id_and_has_not_committed(store: Store, database) -> None:
    assert missed(store, database.owner_url, lawful()) == set()


def test_with_the_lock_behind_another_write_an_event_is_missed(store: Store, database) -> None:
    assert len(missed(store, database.owner_url, unlawful())) == 1


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
