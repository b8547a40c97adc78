"""Append and load: one effect for one command, whatever happens around it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import (
    AlreadyExists,
    Claimed,
    CommandMismatch,
    Forbidden,
    NotFound,
    Receipt,
    Rejected,
    Sealed,
    Stale,
    Store,
    TooLarge,
    Unavailable,
)
from eventstore.session import Claims, Lines, Session, stamped
from tests.eventstore.library import (
    MAY_4,
    SLIPS,
    Card,
    CardClosed,
    ChangeEmail,
    CloseCard,
    IssueCard,
    LendBook,
    LendWithNewCard,
    LendWithSlip,
    MoveBook,
    NoteNothing,
    asker,
)


def issued(store: Store, **facts: object) -> UUID:
    return store.send(IssueCard(**{"card_id": uuid4(), "reader": uuid4(), **facts}), asker()).id


def at_once(times: int, act: Callable[[], Receipt]) -> list[Receipt | Rejected]:
    """The same act in many threads, started together; a refusal is an outcome like any other."""
    start = Barrier(times)

    def one(_: int) -> Receipt | Rejected:
        start.wait()
        try:
            return act()
        except Rejected as refusal:
            return refusal

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_the_same_command_id_gives_the_same_receipt_and_appends_once(store: Store) -> None:
    card, id = issued(store), uuid4()
    first = store.send(LendBook(title="Aya"), asker(), to=card, command_id=id)
    assert store.send(LendBook(title="Aya"), asker(), to=card, command_id=id) == first
    assert store.load(Card, card).books == 1


def test_two_identical_commands_at_once_append_once_a_hundred_times(store: Store) -> None:
    card = issued(store)
    for _ in range(100):
        id = uuid4()
        one, other = at_once(
            2, lambda id=id: store.send(LendBook(title="Aya"), asker(), to=card, command_id=id)
        )
        assert isinstance(one, Receipt), one
        assert one == other
    assert store.load(Card, card).books == 100


def test_two_identical_creations_at_once_open_one_stream(store: Store) -> None:
    for _ in range(30):
        ask, id = IssueCard(card_id=uuid4(), reader=uuid4()), uuid4()
        one, other = at_once(2, lambda ask=ask, id=id: store.send(ask, asker(), command_id=id))
        assert isinstance(one, Receipt), one
        assert one == other


def test_a_command_id_with_other_content_is_refused(store: Store) -> None:
    card, id = issued(store), uuid4()
    store.send(LendBook(title="Aya"), asker(), to=card, command_id=id)
    with pytest.raises(CommandMismatch):
        store.send(LendBook(title="Zadig"), asker(), to=card, command_id=id)


def test_what_would_be_answered_is_known_before_and_leaves_no_trace(store: Store) -> None:
    card, key = issued(store), uuid4()
    lend, close = LendBook(title="Une si longue lettre"), CloseCard()
    store.would(lend, asker(), to=card)
    assert len(store.history(card)) == 1
    with pytest.raises(NotFound):
        store.would(lend, asker(), to=uuid4())
    store.send(lend, asker(), to=card, command_id=key)
    store.send(close, asker(), to=card)
    with pytest.raises(CardClosed) as refused:
        store.would(lend, asker(), to=card)
    assert refused.value.state == "closed"
    store.would(lend, asker(), to=card, command_id=key)  # the twin of a success
    with pytest.raises(CommandMismatch):
        store.would(LendBook(title="Le Ventre de l'Atlantique"), asker(), to=card, command_id=key)


def test_the_twin_of_a_success_gets_the_success_and_not_the_refusal_it_would_get_now(store: Store) -> None:
    card, id = issued(store), uuid4()
    closed = store.send(CloseCard(), asker(), to=card, command_id=id)
    assert store.send(CloseCard(), asker(), to=card, command_id=id) == closed
    with pytest.raises(CardClosed):
        store.send(CloseCard(), asker(), to=card)


def test_of_fifty_decisions_at_once_one_wins_and_the_others_hear_the_state(store: Store) -> None:
    card = issued(store)
    outcomes = at_once(50, lambda: store.send(CloseCard(), asker(), to=card))
    refusals = [o for o in outcomes if isinstance(o, Rejected)]
    assert len(refusals) == 49
    assert {(type(r), r.state, r.accepts) for r in refusals} == {
        (CardClosed, "closed", ("MoveBook", "ChangeEmail"))
    }
    assert store.load(Card, card).version == 2


def test_a_command_that_changes_nothing_is_remembered_too(store: Store) -> None:
    card, id = issued(store), uuid4()
    receipt = store.send(NoteNothing(), asker(), to=card, command_id=id)
    assert (receipt.version, receipt.positions) == (1, {})
    store.send(LendBook(title="Aya"), asker(), to=card)
    assert store.send(NoteNothing(), asker(), to=card, command_id=id) == receipt


def test_an_expected_version_that_moved_is_stale_and_says_what_is_accepted(store: Store) -> None:
    card = issued(store)
    with pytest.raises(Stale) as refusal:
        store.send(LendBook(title="Aya"), asker(), to=card, expect=7)
    assert refusal.value.state == "open"
    assert "CloseCard" in refusal.value.accepts


def test_an_id_is_given_once(store: Store) -> None:
    card = issued(store)
    with pytest.raises(AlreadyExists):
        store.send(IssueCard(card_id=card, reader=uuid4()), asker())


def test_a_stream_begun_beside_the_target_takes_no_id_that_is_given(store: Store) -> None:
    card, other = issued(store), issued(store)
    with pytest.raises(AlreadyExists):
        store.send(LendWithNewCard(card_id=other), asker(), to=card)
    assert store.load(Card, card).books == 0
    store.send(LendWithNewCard(card_id=uuid4()), asker(), to=card)
    assert store.load(Card, card).books == 1


def test_an_unknown_stream_and_one_of_another_kind_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.send(LendBook(title="Aya"), asker(), to=uuid4())
    store.send(LendWithSlip(), asker(), to=issued(store))
    with pytest.raises(NotFound):
        store.load(Card, SLIPS)


def test_somebody_elses_stream_is_not_found_for_reading_nor_for_writing(store: Store) -> None:
    mine, card = uuid4(), issued(store)
    scoped = asker(customers=frozenset([mine]))
    with pytest.raises(NotFound):
        store.load(Card, card, frozenset([mine]))
    with pytest.raises(NotFound):
        store.send(LendBook(title="Aya"), scoped, to=card)
    with pytest.raises(NotFound):
        store.send(IssueCard(card_id=uuid4(), reader=uuid4()), scoped)
    assert store.send(IssueCard(card_id=uuid4(), reader=mine), scoped).version == 1


def test_a_stream_that_begins_and_belongs_to_itself_is_within_any_scope(store):
    nobodys = asker(customers=frozenset())
    card = uuid4()
    store.send(IssueCard(card_id=card, reader=card), nobodys)
    with pytest.raises(NotFound):
        store.send(LendBook(title="Une si longue lettre"), nobodys, to=card)
    with pytest.raises(NotFound):
        store.send(IssueCard(card_id=uuid4(), reader=card), nobodys)


def test_a_stream_that_an_earlier_release_gave_no_owner_still_takes_commands(store: Store, database) -> None:
    card = uuid4()
    issued(store, card_id=card, reader=card)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER events_are_final")
        owner.execute("UPDATE store.events SET owner = NULL WHERE stream_id = %s", (card,))
        owner.execute("ALTER TABLE store.events ENABLE TRIGGER events_are_final")
    assert store.send(LendBook(title="Aya"), asker(), to=card).version == 2
    assert store.send(LendBook(title="Une si longue lettre"), asker(), to=card).version == 3


def test_a_permission_that_is_missing_is_refused(store: Store) -> None:
    with pytest.raises(Forbidden):
        store.send(CloseCard(), asker(permissions=frozenset(["card.lend"])), to=issued(store))


def test_a_claimed_value_is_unique_until_it_is_released(store: Store) -> None:
    first = issued(store, email="awa@example.org")
    with pytest.raises(Claimed):
        issued(store, email="awa@example.org")
    store.send(ChangeEmail(was="awa@example.org", now="a.kone@example.org"), asker(), to=first)
    second = issued(store, email="awa@example.org")
    assert store.claimed("reader-email", "awa@example.org") == second
    assert store.claimed("reader-email", "a.kone@example.org") == first


def test_only_the_holder_can_release_a_claim(store: Store) -> None:
    issued(store, email="awa@example.org")
    with pytest.raises(Claimed):
        store.send(ChangeEmail(was="awa@example.org", now="awa@example.org"), asker(), to=issued(store))


def test_numbers_have_no_gap_under_concurrency_and_refusals(store: Store) -> None:
    cards = [issued(store) for _ in range(8)]
    closed = issued(store)
    store.send(CloseCard(), asker(), to=closed)

    def take(card: UUID) -> None:
        for _ in range(15):
            store.send(LendWithSlip(), asker(), to=card)
            with pytest.raises(CardClosed):
                store.send(LendWithSlip(), asker(), to=closed)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, cards))
    slips = sorted(int(e.event().title[5:]) for card in cards for e in store.history(card)[1:])  # type: ignore[attr-defined]
    assert slips == list(range(1, 121))


def test_two_streams_change_together_or_not_at_all(store: Store) -> None:
    one, other, closed = issued(store), issued(store), issued(store)
    store.send(CloseCard(), asker(), to=closed)
    store.send(MoveBook(title="Aya", other=other), asker(), to=one)
    with pytest.raises(CardClosed):
        store.send(MoveBook(title="Aya", other=closed), asker(), to=one)
    assert (store.load(Card, one).books, store.load(Card, other).books) == (1, 1)


def test_crossing_changes_of_two_streams_do_not_deadlock(store: Store) -> None:
    one, other = issued(store), issued(store)

    def cross(pair: tuple[UUID, UUID]) -> None:
        for _ in range(20):
            store.send(MoveBook(title="Aya", other=pair[1]), asker(), to=pair[0])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(cross, [(one, other), (other, one)] * 2))
    assert (store.load(Card, one).books, store.load(Card, other).books) == (80, 80)


def test_an_event_of_more_than_512_kilobytes_is_refused(store: Store) -> None:
    with pytest.raises(TooLarge):
        store.send(LendBook(title="x" * 600_000), asker(), to=issued(store))


def test_an_append_is_the_first_write_of_its_transaction(store: Store) -> None:
    with store.pool.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE store.clock SET ahead = ahead")
        with pytest.raises(psycopg.DatabaseError) as error:
            append_by_hand(Session(connection, store.codec), lent_card(), store)
    assert error.value.sqlstate == "QS003"


def test_a_missing_predecessor_writes_nothing(store: Store) -> None:
    card = lent_card()
    del card.pending_events[0]
    with store.pool.connection() as connection, pytest.raises(psycopg.DatabaseError) as error:
        append_by_hand(Session(connection, store.codec), card, store)
    assert error.value.sqlstate == "QS002"
    assert store.read_feed().events == []


def test_the_application_has_no_right_on_the_events_and_nobody_changes_them(store: Store, database) -> None:
    issued(store)
    with store.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM store.events")
    with psycopg.connect(database.owner_url) as owner:
        for statement in (
            "UPDATE store.events SET lane = 1",
            "DELETE FROM store.events",
            "TRUNCATE store.events",
        ):
            with pytest.raises(psycopg.DatabaseError, match="never changed"):
                owner.execute(statement)
            owner.rollback()


def test_a_restarted_connection_does_not_cost_a_command(store: Store, database) -> None:
    card = issued(store)
    others = "pid <> pg_backend_pid() AND usename = 'app' AND datname = current_database()"
    with psycopg.connect(database.app_url, autocommit=True) as killer:
        killer.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    assert store.send(LendBook(title="Aya"), asker(), to=card).version == 2


@pytest.mark.parametrize("code", ["53100", "57014"], ids=["disk full", "out of time"])
def test_what_the_server_itself_refuses_is_tried_once(store: Store, database, code: str) -> None:
    card = issued(store)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("CREATE SEQUENCE store.tries")
        owner.execute(
            "CREATE FUNCTION store.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            f" $$ BEGIN PERFORM nextval('store.tries'); RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"
        )
        owner.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON store.events FOR EACH ROW EXECUTE FUNCTION store.refuse()"
        )
        with pytest.raises(Unavailable):
            store.send(LendBook(title="Aya"), asker(), to=card)
        assert owner.execute("SELECT last_value FROM store.tries").fetchone() == (1,)


def lent_card() -> Card:
    card = Card.begin(Card.Issued, uuid4(), reader=uuid4(), name=Sealed("Awa"))
    card.lend("Aya")
    return card


def append_by_hand(session: Session, card: Card, store: Store) -> None:
    lines = Lines()
    lines.add(card, stamped("test", on=MAY_4), store.codec)
    session.append(uuid4(), b"mac", card, None, lines, Claims())
