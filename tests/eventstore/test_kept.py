"""Aggregates in memory: they save the read before an append, and nothing is decided on their word alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore import (
    Aggregate,
    Ask,
    Command,
    Keyring,
    NotFound,
    Rejected,
    Sealed,
    Stale,
    Store,
    TooLarge,
    when,
)
from eventstore.kept import Kept
from tests.eventstore.library import (
    SLIPS,
    Card,
    IssueCard,
    LendBook,
    LendWithSlip,
    MoveBook,
    Slips,
    asker,
)


class AlreadyShut(Rejected):
    """The hatch is shut."""


class Hatch(Aggregate):
    status: str = "open"

    class Hung(Aggregate.Created):
        pass

    class Shut(Aggregate.Event):
        def apply(self, hatch: Hatch) -> None:
            hatch.status = "shut"

    class Opened(Aggregate.Event):
        def apply(self, hatch: Hatch) -> None:
            hatch.status = "open"

    @when("open", otherwise=AlreadyShut)
    def shut(self) -> None:
        self.record(self.Shut)


class HangHatch(Command, on=Hatch):
    def create(self, ask: Ask) -> Hatch:
        return Hatch.begin(Hatch.Hung, uuid4())


class ShutHatch(Command, on=Hatch):
    def perform(self, hatch: Hatch, ask: Ask) -> None:
        hatch.shut()


class OpenHatch(Command, on=Hatch):
    """Does nothing to an open hatch."""

    def perform(self, hatch: Hatch, ask: Ask) -> None:
        if hatch.status == "shut":
            hatch.record(Hatch.Opened)


class ShutAndOpenHatch(Command, on=Hatch):
    def perform(self, hatch: Hatch, ask: Ask) -> None:
        hatch.shut()
        hatch.record(Hatch.Opened)


class ShutHatchLocked(Command, on=Hatch):
    """Holds a transaction open, as a command with a lock does."""

    def perform(self, hatch: Hatch, ask: Ask) -> None:
        ask.in_transaction()
        hatch.shut()


@pytest.fixture
def elsewhere(store: Store, database) -> Iterator[Store]:
    """The same database as another process sees it."""
    kwargs = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=kwargs, min_size=1, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()


def issued(store: Store) -> UUID:
    return store.send(IssueCard(card_id=uuid4(), reader=uuid4()), asker()).id


def without_reading(database) -> None:
    """From now on a read of a stream is an error."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER FUNCTION store.load RENAME TO load_no_more")


def test_the_next_command_on_the_same_thing_reads_nothing(store: Store, database) -> None:
    card, other = issued(store), issued(store)
    without_reading(database)
    assert store.send(LendBook(title="Aya"), asker(), to=card).version == 2
    assert store.send(LendBook(title="Zadig"), asker(), to=card, expect=2).version == 3
    assert store.send(MoveBook(title="Aya", other=other), asker(), to=card).version == 4


def test_a_thing_that_is_not_in_memory_is_read(store: Store, elsewhere: Store, database) -> None:
    card = issued(elsewhere)
    without_reading(database)
    with pytest.raises(psycopg.errors.UndefinedFunction):
        store.send(LendBook(title="Aya"), asker(), to=card)


def test_what_somebody_else_appended_meanwhile_is_taken_in(store: Store, elsewhere: Store) -> None:
    card = issued(store)
    elsewhere.send(LendBook(title="Aya"), asker(), to=card)
    assert store.send(LendBook(title="Zadig"), asker(), to=card).version == 3
    assert store.load(Card, card).books == 2


def test_a_refusal_is_never_given_from_memory(store: Store, elsewhere: Store) -> None:
    hatch = store.send(HangHatch(), asker()).id
    store.send(ShutHatch(), asker(), to=hatch)
    elsewhere.send(OpenHatch(), asker(), to=hatch)
    assert store.send(ShutHatch(), asker(), to=hatch).version == 4


def test_that_nothing_is_to_be_done_is_never_decided_from_memory(store: Store, elsewhere: Store) -> None:
    hatch = store.send(HangHatch(), asker()).id
    elsewhere.send(ShutHatch(), asker(), to=hatch)
    assert store.send(OpenHatch(), asker(), to=hatch).version == 3


def test_a_version_looked_at_is_compared_with_what_is_stored(store: Store, elsewhere: Store) -> None:
    card = issued(store)
    elsewhere.send(LendBook(title="Aya"), asker(), to=card)
    with pytest.raises(Stale):
        store.send(LendBook(title="Zadig"), asker(), to=card, expect=1)
    assert store.send(LendBook(title="Zadig"), asker(), to=card, expect=2).version == 3


def test_memory_shows_nobody_what_is_somebody_elses(store: Store) -> None:
    card = issued(store)
    with pytest.raises(NotFound):
        store.send(LendBook(title="Aya"), asker(customers=frozenset([uuid4()])), to=card)


def test_a_client_changes_his_own_from_memory(store: Store, database) -> None:
    reader = uuid4()
    card = store.send(IssueCard(card_id=uuid4(), reader=reader), asker()).id
    without_reading(database)
    his = asker(customers=frozenset([reader, uuid4()]))
    assert store.send(LendBook(title="Aya"), his, to=card).version == 2


def test_what_failed_is_forgotten(store: Store) -> None:
    card = issued(store)
    with pytest.raises(TooLarge):
        store.send(LendBook(title="x" * 600_000), asker(), to=card)
    assert store.send(LendBook(title="Aya"), asker(), to=card).version == 2
    assert store.load(Card, card).books == 1


@pytest.mark.parametrize("command", [LendBook(title="Aya"), LendWithSlip()], ids=["one event", "several"])
def test_a_repeated_command_leaves_nothing_wrong_behind(
    store: Store, elsewhere: Store, command: Command
) -> None:
    card, id = issued(store), uuid4()
    first = store.send(command, asker(), to=card, command_id=id)
    assert store.send(command, asker(), to=card, command_id=id) == first
    assert store._kept.take(Card, card) is None, "what was decided again was never stored"
    assert store.send(LendBook(title="Zadig"), asker(), to=card).version == 3
    assert elsewhere.load(Card, card).books == 2


def test_a_series_is_never_kept(store: Store) -> None:
    card = issued(store)
    for version in (2, 3, 4):
        assert store.send(LendWithSlip(), asker(), to=card).version == version
    assert store._kept.take(Slips, SLIPS) is None


def test_a_rollback_on_its_connection_costs_an_append_nothing(store: Store) -> None:
    """psycopg drops every prepared statement then, also those it does not know of."""
    card = issued(store)
    for _ in range(store.pool.max_size):
        with store.pool.connection() as connection, connection.transaction(force_rollback=True):
            connection.execute("SELECT 1", prepare=True)
        store.send(LendBook(title="Aya"), asker(), to=card)
    assert store.load(Card, card).books == store.pool.max_size


# ── the memory itself ──────────────────────────────────────────────────────


def a_card() -> Card:
    return Card.begin(Card.Issued, uuid4(), reader=uuid4(), name=Sealed("Awa"))


def test_whoever_takes_one_out_has_it_alone() -> None:
    kept, card = Kept(), a_card()
    kept.put(card)
    assert kept.take(Card, card.id) is card
    assert kept.take(Card, card.id) is None


def test_the_least_recently_used_make_room() -> None:
    kept, cards = Kept(most=2), [a_card() for _ in range(3)]
    for card in (cards[0], cards[1], cards[0], cards[2]):
        kept.take(Card, card.id)
        kept.put(card)
    assert [kept.take(Card, card.id) is card for card in cards] == [True, False, True]


def test_nothing_is_kept_for_longer_than_a_key_of_a_subject() -> None:
    kept, card = Kept(seconds=-1.0), a_card()
    kept.put(card)
    assert kept.take(Card, card.id) is None
    assert Kept()._seconds <= Keyring.CACHED_FOR


def test_use_does_not_keep_it_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("eventstore.kept.monotonic", lambda: now[0])
    kept, card, other = Kept(seconds=60), a_card(), a_card()
    for _ in range(5):
        kept.put(card)
        now[0] += 11
        assert kept.take(Card, card.id) is card
    kept.put(card)
    now[0] += 11
    assert kept.take(Card, card.id) is None
    kept.put(card)
    kept.put(other)
    assert list(kept._all) == [other.id], "and it leaves the memory with the next that comes"


@pytest.mark.parametrize("command", [ShutHatch, ShutAndOpenHatch], ids=["one event", "several"])
def test_the_houses_own_streams_are_closed_to_a_limited_scope(
    store: Store, command: type[Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    hatch = store.send(HangHatch(), asker()).id
    nobody = asker(customers=frozenset())
    with pytest.raises(NotFound):
        store.send(command(), nobody, to=hatch)
    monkeypatch.setattr(command, "of_house", True)
    assert store.send(command(), nobody, to=hatch).version > 1


def test_a_single_event_in_a_transaction_of_its_own_after_a_rollback(store: Store) -> None:
    hatch = store.send(HangHatch(), asker()).id
    for _ in range(store.pool.max_size):
        with store.pool.connection() as connection, connection.transaction(force_rollback=True):
            connection.execute("SELECT 1", prepare=True)
    assert store.send(ShutHatchLocked(), asker(), to=hatch).version == 2


def test_one_of_another_kind_is_not_given_out() -> None:
    kept, card = Kept(), a_card()
    kept.put(card)
    assert kept.take(Hatch, card.id) is None
