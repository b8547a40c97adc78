"""A restored store: new positions above all old ones, readers go on, and nobody goes on with a history that is lost.

A dump that is loaded into a fresh cluster is told here in one database: its events are written while `base` is far
up, as if by a cluster that had used many transaction ids, then `base` is what it was in the dump: 0.
"""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import scalar_row

from eventstore import Receipt, Store, restoring
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.restoring import NoRoom, SomebodyWrites, begin_again
from eventstore.session import Claims, Lines, Session, stamped
from eventstore.verify import verify_chains
from roles.migrate import NOT_ADOPTED, migrate
from runtime.settings import Settings
from tests.connected import auditing, projecting
from tests.eventstore.library import MAY_4, Card, IssueCard, LendBook, asker
from tests.eventstore.shelf import SHELF, ReadPages, buy, settle, tell

FAR = 2**34
"""Transaction ids that the cluster of the dump had used."""


@pytest.fixture
def used(store: Store, database) -> Store:
    """A store with a few events whose positions are far up."""
    told(database, f"UPDATE store.store SET base = {FAR}")
    for _ in range(5):
        lent(store, issued(store).id)
    return store


@pytest.fixture
def loaded(used: Store, database) -> Store:
    """The same in a fresh cluster, before `manage.py restore` has done its part."""
    told(database, "UPDATE store.store SET base = 0")
    return used


def told(database, *statements: str) -> None:
    with psycopg.connect(database.owner_url) as owner:
        for statement in statements:
            owner.execute(statement.encode())


def asked(database, query: str) -> list[int]:
    with psycopg.connect(database.owner_url) as owner:
        return owner.cursor(row_factory=scalar_row).execute(query.encode()).fetchall()


def issued(store: Store, command_id: UUID | None = None, card: UUID | None = None) -> Receipt:
    command = IssueCard(card_id=card or uuid4(), reader=UUID(int=7))
    return store.send(command, asker(), command_id=command_id)


def lent(store: Store, card: UUID) -> Receipt:
    return store.send(LendBook(title="Aya"), asker(), to=card)


def is_behind(store: Store) -> bool:
    with store.pool.connection() as app:
        return restoring.is_behind(app)


def positions(store: Store, after: int = 0) -> list[int]:
    return [row.position for row in store.read_feed(after).events]


# ── a dump in a fresh cluster ────────────────────────────────────────────────


def test_new_positions_are_larger_than_every_old_one_and_readers_see_exactly_the_new_events(
    loaded: Store, database
) -> None:
    before = asked(database, "SELECT position FROM store.events ORDER BY position")
    begin_again(database.owner_url, "dump")
    assert not is_behind(loaded)
    batch = loaded.read_feed()
    assert [row.position for row in batch.events] == before

    cards = [issued(loaded).id for _ in range(3)]
    assert [row.stream_id for row in loaded.read_feed(batch.through).events] == cards
    assert [row.stream_id for row in loaded.read_feed(before[-1]).events] == cards
    assert min(positions(loaded, before[-1])) > max(before)


def test_without_it_readers_miss_what_is_appended(loaded: Store, database) -> None:
    """The mutant: a fresh cluster that was let in as it is."""
    newest = max(asked(database, "SELECT position FROM store.events"))
    assert is_behind(loaded)
    card = issued(loaded).id
    assert loaded.read_feed(newest).events == []
    assert {row.stream_id for row in loaded.read_feed().events} == {card}, "and the old events are hidden"


def test_a_process_that_would_start_on_it_goes_no_further(loaded: Store, database, tmp_path: Path) -> None:
    urls = {
        "database_url": database.app_url,
        "owner_url": database.owner_url,
        "projector_url": database.projector_url,
        "auditor_url": database.auditor_url,
    }
    with pytest.raises(SystemExit) as refused:
        list(migrate(Settings.load(state_dir=tmp_path, **urls)))
    assert refused.value.code == NOT_ADOPTED


def test_above_what_a_reader_wrote_down_too(loaded: Store, database) -> None:
    """A consumer may have been told that the feed reaches further than its last event."""
    newest = max(asked(database, "SELECT position FROM store.events"))
    told(database, f"INSERT INTO store.positions VALUES ('somebody', 7, {newest + 10**9})")
    restored = begin_again(database.owner_url, "dump")
    assert restored.reached == newest + 10**9
    issued(loaded)
    assert min(positions(loaded, newest)) > restored.reached


def test_commands_are_still_recognised_and_chains_are_whole(used: Store, database) -> None:
    id, card = uuid4(), uuid4()
    first = issued(used, id, card)
    told(database, "UPDATE store.store SET base = 0")
    begin_again(database.owner_url, "dump")
    assert issued(used, id, card) == first
    lent(used, first.id)
    chains = verify_chains(auditing(used))
    assert (chains.streams, chains.events, chains.breaks) == (6, 12, [])


def test_read_models_go_on(store: Store, database) -> None:
    told(database, f"UPDATE store.store SET base = {FAR}")
    ensure(database.owner_url, SHELF)
    projector = Projector(*projecting(store), SHELF)
    books = [buy(store) for _ in range(3)]
    settle(projector)
    told(database, "UPDATE store.store SET base = 0")
    begin_again(database.owner_url, "dump")

    projector = Projector(*projecting(store), SHELF)
    for book in [*books, buy(store)]:
        tell(store, book, ReadPages(pages=3))
    settle(projector)
    found = compare(store, database.owner_url, SHELF)
    assert [(one.events, one.differences) for one in found] == [(8, [])] * 3


# ── a moment ─────────────────────────────────────────────────────────────────


def gone_back(database, receipt: Receipt) -> None:
    """What a point-in-time restore to just before a command leaves; `base` is where it was."""
    told(
        database,
        "ALTER TABLE store.events DISABLE TRIGGER events_are_final",
        f"DELETE FROM store.events WHERE stream_id = '{receipt.id}' AND version >= {receipt.version}",
        "ALTER TABLE store.events ENABLE TRIGGER events_are_final",
        "DELETE FROM store.commands WHERE recorded_at = (SELECT max(recorded_at) FROM store.commands)",
    )
    begin_again(database.owner_url, "moment")


def append_to(store: Store, card: Card) -> None:
    """Lend one more book by a card as a process remembers it that has not heard of the restore."""
    card.lend("Persepolis")
    lines = Lines()
    lines.add(card, stamped("account:librarian", on=MAY_4), store.codec)
    with store.pool.connection() as connection:
        Session(connection, store.codec).append(uuid4(), b"mac", card, None, lines, Claims())


def another_history(store: Store, database) -> Card:
    """A card as it was remembered; meanwhile its last event was lost and another one took the place."""
    id = issued(store).id
    lost = lent(store, id)
    remembered = store.load(Card, id)
    gone_back(database, lost)
    lent(store, id)
    return remembered


def test_who_remembers_the_lost_history_does_not_go_on_with_it(store: Store, database) -> None:
    card = another_history(store, database)
    with pytest.raises(psycopg.Error) as refused:
        append_to(store, card)
    assert refused.value.sqlstate == "QS002"
    assert store.load(Card, card.id).books == 1
    assert verify_chains(auditing(store)).breaks == []


def test_without_the_link_it_would(store: Store, database) -> None:
    """The mutant: an append that looks at the version alone."""
    every_append = (
        "SELECT pg_get_functiondef(oid) FROM pg_proc"
        " WHERE pronamespace = 'store'::regnamespace AND proname ~ '^append'"
    )
    with psycopg.connect(database.owner_url) as owner:
        for function in owner.cursor(row_factory=scalar_row).execute(every_append).fetchall():
            mutant = re.sub(r"AND (e\.)?link = (u\.previous|p_previous)", "", function)
            assert mutant != function
            owner.execute(mutant.encode())
    append_to(store, another_history(store, database))
    assert len(verify_chains(auditing(store)).breaks) == 1


def test_a_sender_that_remembers_it_is_told_nothing_and_goes_on_from_what_is_there(
    store: Store, database
) -> None:
    card = issued(store).id
    lent(store, card)
    lost = lent(store, card)
    gone_back(database, lost)
    assert lent(store, card).version == lost.version
    assert store.load(Card, card).books == 2
    assert verify_chains(auditing(store)).breaks == []


def test_no_position_is_given_twice(store: Store, database) -> None:
    card = issued(store).id
    lost = lent(store, card)
    gone_back(database, lost)
    (again,), (before,) = (
        [int(position) for position in receipt.positions.values()] for receipt in (lent(store, card), lost)
    )
    assert again > before + 2**51


# ── what begins, and who may say so ──────────────────────────────────────────


def test_the_app_can_read_which_history_it_is_in(store: Store, database) -> None:
    with store.pool.connection() as connection:
        before = restoring.incarnation(connection)
        first, second = (begin_again(database.owner_url, "dump"), begin_again(database.owner_url, "moment"))
        now = restoring.incarnation(connection)
        assert restoring.restores(connection) == [first, second]
    assert (first.previous, second.previous) == (before.incarnation, first.incarnation)
    assert now == restoring.Incarnation(second.incarnation, second.base, second.restored_at)
    assert before.base < first.base < second.base
    assert (first.newest, first.reached) == (None, 0)


def test_a_store_that_was_not_restored_is_never_behind(used: Store, database) -> None:
    """Also while a writer holds the readers back, and when a reader is as far as it may be."""
    assert not is_behind(used)
    with psycopg.connect(database.owner_url) as writer:
        writer.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
        writer.execute("SELECT pg_current_xact_id()")
        issued(used)
        assert not is_behind(used)
    through = used.read_feed().through
    told(database, f"INSERT INTO store.positions VALUES ('somebody', 7, {through})")
    assert not is_behind(used)


def test_the_app_cannot_begin_one(database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        begin_again(database.app_url, "dump")


def test_nothing_begins_while_somebody_writes(store: Store, database) -> None:
    with psycopg.connect(database.owner_url) as writer, store.pool.connection() as reader:
        before = restoring.incarnation(reader)
        writer.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
        with pytest.raises(SomebodyWrites, match="stop every role"):
            begin_again(database.owner_url, "dump")
        assert restoring.incarnation(reader) == before


def test_a_base_for_which_positions_have_no_room_is_refused(store: Store, database) -> None:
    told(database, f"UPDATE store.store SET base = {restoring.LARGEST_BASE - 2**36}")
    issued(store)
    with pytest.raises(NoRoom):
        begin_again(database.owner_url, "dump")
    assert len(positions(store)) == 1
