"""A line that breaks at the worst moment: the answer of a commit is lost, the request never arrives, nothing answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest

from eventstore import Command, Keyring, Store, Unavailable
from runtime import database as connections
from runtime.embedded import sockets
from runtime.embedded.postgres import PORT, Postgres
from tests.api.house import House, id_of, request_of
from tests.chaos.pg_house import housed
from tests.chaos.proxy import Moment, Proxy, proxy_to
from tests.conftest import Database
from tests.eventstore import library
from tests.eventstore.library import IssueCard, LendBook, LendWithSlip
from tests.eventstore.shelf import MACHINE
from tests.soon import soon

FORGETFUL = """
    CREATE FUNCTION store.forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER forget BEFORE INSERT ON store.commands FOR EACH ROW EXECUTE FUNCTION store.forget()"""
"""The mutant: a store that does not remember which commands it has carried out."""


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Proxy]:
    with proxy_to(sockets.folder_for(postgres.folder, PORT), PORT) as proxy:
        yield proxy


@pytest.fixture
def store(proxy: Proxy, database: Database) -> Iterator[Store]:
    with _store(proxy.url(database.app_url)) as store:
        yield store


@contextmanager
def _store(url: str) -> Iterator[Store]:
    with connections.pool(url, name="faults", size=4) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()


def _card(store: Store) -> UUID:
    card = uuid4()
    store.send(IssueCard(card_id=card, reader=uuid4()), MACHINE)
    return card


def _sent(id: UUID) -> Moment:
    """The moment at which this command is appended in autocommit."""
    return lambda data: id.bytes in data


def _committed(id: UUID) -> Moment:
    """The moment at which the transaction of this command is committed."""
    seen = []

    def moment(data: bytes) -> bool:
        if id.bytes in data:
            seen.append(id)
        return bool(seen) and b"COMMIT" in data

    return moment


Ways = pytest.mark.parametrize(
    ("wish", "events", "committed"),
    [
        (lambda other: LendBook(title="Maïmouna"), 1, False),
        (lambda other: library.MoveBook(title="Xala", other=other), 2, False),
        (lambda other: LendWithSlip(), 3, True),
    ],
    ids=["one event", "two streams", "a number of a series"],
)
"""Ways to append, how many events each makes here, and whether it says COMMIT."""


def _lose(
    store: Store,
    proxy: Proxy,
    fault: Callable[[Moment], None],
    wish: Callable[[UUID], Command],
    committed: bool,
) -> tuple[int, int]:
    """Send a command while the line breaks, then again; how many events it made, and at how many positions."""
    card, other, id = _card(store), _card(store), uuid4()
    before = store.read_feed().through
    fault((_committed if committed else _sent)(id))
    receipt = store.send(wish(other), MACHINE, to=card, command_id=id)
    assert proxy.struck.is_set(), "the line did not break"
    assert store.send(wish(other), MACHINE, to=card, command_id=id) == receipt
    return len(store.read_feed(before).events), len(store.history(card)) - 1


@Ways
def test_a_lost_acknowledgement_of_a_commit_is_the_success(
    store: Store, proxy: Proxy, wish: Callable[[UUID], Command], events: int, committed: bool
) -> None:
    assert _lose(store, proxy, proxy.swallow_answer, wish, committed) == (events, 1)


@Ways
def test_a_request_that_never_arrived_is_carried_out_once(
    store: Store, proxy: Proxy, wish: Callable[[UUID], Command], events: int, committed: bool
) -> None:
    assert _lose(store, proxy, proxy.cut_before, wish, committed) == (events, 1)


@Ways
def test_a_store_that_forgets_its_commands_is_found_out(
    store: Store,
    proxy: Proxy,
    database: Database,
    wish: Callable[[UUID], Command],
    events: int,
    committed: bool,
) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(FORGETFUL.encode())
    made, versions = _lose_unequal(store, proxy, wish, committed)
    assert made > events
    assert versions > 1


def _lose_unequal(
    store: Store, proxy: Proxy, wish: Callable[[UUID], Command], committed: bool
) -> tuple[int, int]:
    card, other, id = _card(store), _card(store), uuid4()
    before = store.read_feed().through
    proxy.swallow_answer((_committed if committed else _sent)(id))
    store.send(wish(other), MACHINE, to=card, command_id=id)
    return len(store.read_feed(before).events), len(store.history(card)) - 1


def test_whoever_got_no_answer_at_all_asks_again_with_the_same_id(store: Store, proxy: Proxy) -> None:
    card, id = _card(store), uuid4()
    proxy.swallow_answer(_sent(id), then_refuse=True)
    with pytest.raises(Unavailable):
        store.send(LendBook(title="Xala"), MACHINE, to=card, command_id=id)
    proxy.refusing = False
    receipt = store.send(LendBook(title="Xala"), MACHINE, to=card, command_id=id)
    assert (receipt.version, len(store.history(card))) == (2, 2)


# ── nothing answers ──────────────────────────────────────────────────────────


def test_a_line_that_swallows_everything_is_given_up_and_the_store_recovers(
    proxy: Proxy, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections._CALM, "tcp_user_timeout", 1_000)
    with _store(proxy.url(database.app_url)) as store, ThreadPoolExecutor(1) as beside:
        card, id = _card(store), uuid4()
        with proxy.black_hole():
            sending = beside.submit(store.send, LendBook(title="Xala"), MACHINE, to=card, command_id=id)
            soon(sending.done, seconds=60)
            assert isinstance(sending.exception(), Unavailable)
        receipt = soon(lambda: _answered(store, card, id))
        assert (receipt.version, len(store.history(card))) == (2, 2)


def _answered(store: Store, card: UUID, id: UUID) -> object:
    try:
        return store.send(LendBook(title="Xala"), MACHINE, to=card, command_id=id)
    except Unavailable:
        return None


def test_looking_after_the_pool_asks_nothing_of_a_line_that_swallows_everything(
    proxy: Proxy, database: Database
) -> None:
    with connections.pool(proxy.url(database.app_url), name="faults", size=4) as pool:
        pool.wait()
        with proxy.black_hole(), ThreadPoolExecutor(1) as beside:
            soon(beside.submit(pool.check).done, seconds=10)
        assert pool.get_stats().get("connections_lost", 0) == 0
        with pool.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_every_connection_is_told_when_to_give_up(database: Database) -> None:
    with connections.connect(database.app_url) as connection:
        told = connection.info.get_parameters()
        assert int(told["connect_timeout"]) <= 5
        assert int(told["tcp_user_timeout"]) <= 30_000
        for setting, limit in (("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "1min")):
            assert connection.execute(f"SHOW {setting}".encode()).fetchone() == (limit,)


def test_a_statement_that_waits_for_ever_is_ended_by_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections._SERVER_SIDE, "statement_timeout", "300ms")
    with _store(database.app_url) as store, psycopg.connect(database.owner_url) as holder:
        card, id = _card(store), uuid4()
        holder.execute("LOCK TABLE store.events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            store.send(LendBook(title="Xala"), MACHINE, to=card, command_id=id)
        holder.rollback()
        assert store.send(LendBook(title="Xala"), MACHINE, to=card, command_id=id).version == 2


# ── over HTTP ────────────────────────────────────────────────────────────────


@pytest.fixture
def house(proxy: Proxy, database: Database, tmp_path: Path) -> Iterator[House]:
    with housed(proxy.url(database.app_url), database.owner_url, tmp_path) as house:
        yield house


def test_over_http_a_retry_with_the_same_key_gets_the_receipt_of_what_was_done(
    house: House, proxy: Proxy
) -> None:
    loan, key = uuid4(), "one-intention"
    proxy.swallow_answer(_committed(uuid5(id_of("awa"), key)), then_refuse=True)
    first = house.post("awa", "/loans", request_of("awa", loan), **{"Idempotency-Key": key})
    assert proxy.struck.is_set()
    assert (first.status_code, first.json()["type"]) == (503, "away")
    assert int(first.headers["Retry-After"]) > 0
    proxy.refusing = False
    answers = [
        soon(lambda: _unless_away(house, loan, key)),
        house.post("awa", "/loans", request_of("awa", loan), **{"Idempotency-Key": key}),
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(house.platform.store.history(loan)) == 1


def _unless_away(house: House, loan: UUID, key: str) -> Any:
    answer = house.post("awa", "/loans", request_of("awa", loan), **{"Idempotency-Key": key})
    return answer if answer.status_code != 503 else None
