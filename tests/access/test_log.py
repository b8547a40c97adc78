"""The access log: recorded before anybody sees anything, never changed, and a change by force is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL
from psycopg_pool import ConnectionPool

from access.log import WAITING, AccessLog, Asked, Entry, NotRecorded, network_of
from access.proof import verify_log
from eventstore import BadCursor
from tests.conftest import Database
from tests.soon import soon

MAY_4 = date(2026, 5, 4)
AWA, JEAN = uuid4(), uuid4()


def entry(**chosen) -> Entry:
    facts = {
        "who": "account:ana",
        "proof": "session:5e55",
        "roles": ("advisor", "accountant"),
        "via": "cookie",
        "action": "Loan",
        "kind": "loan",
        "resource": "10a0",
        "customers": (AWA,),
        "decision": "allow",
        "reason": None,
        "status": 200,
        "request": "0c9a1f6e52c14c2f",
        "address": "203.0.113.77",
    }
    return Entry(**{**facts, **chosen})


@pytest.fixture
def pool(database: Database) -> Iterator[ConnectionPool]:
    with ConnectionPool(
        database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=4, open=True
    ) as pool:
        yield pool


@pytest.fixture
def log(pool: ConnectionPool) -> Iterator[AccessLog]:
    log = AccessLog(pool, b"s" * 32, lambda: MAY_4)
    yield log
    log.close()


def note(log: AccessLog, *entries: Entry) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(log.note(each) for each in entries))

    asyncio.run(all_at_once())


def force(database: Database, statement: str) -> None:
    """What somebody with the rights of the tables' owner can do."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE access.log DISABLE TRIGGER log_is_final")
        connection.execute(SQL(statement))  # type: ignore[arg-type]


def waits_for_the_lock(database: Database) -> bool:
    with psycopg.connect(database.owner_url) as connection:
        waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return connection.execute(waiting).fetchone() is not None


def breaks(pool: ConnectionPool) -> list[tuple[int, str]]:
    with pool.connection() as connection:
        return verify_log(connection).breaks


def test_an_entry_is_read_back_as_it_was_noted(log):
    note(log, entry())
    (row,) = log.page(Asked(), None, 50).items
    assert (row["entry"], row["day"], row["who"], row["roles"]) == (
        1,
        MAY_4,
        "account:ana",
        ["accountant", "advisor"],
    )
    assert (row["customers"], row["decision"], row["status"]) == ([AWA], "allow", 200)
    assert row["network"] == "203.0.113.0/24"


def test_no_whole_address_is_kept_and_the_same_one_can_be_recognised(log, database):
    note(log, entry(), entry(), entry(address="203.0.113.78"))
    with psycopg.connect(database.owner_url) as connection:
        kept = [bytes(digest) for (digest,) in connection.execute("SELECT address FROM access.log")]
        (whole,) = connection.execute("SELECT string_agg(l::text, ' ') FROM access.log l").fetchone()
    assert len(kept[0]) == 16
    assert kept[0] == kept[1] != kept[2]
    assert "203.0.113.7" not in whole


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.9", "198.51.100.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("local", "local")],
)
def test_the_network_of_an_address_is_kept(address, network):
    assert network_of(address) == network


def test_many_at_once_make_one_chain_without_a_gap(log, pool):
    note(log, *(entry(resource=str(n)) for n in range(500)))
    with pool.connection() as connection:
        proof = verify_log(connection)
    assert (proof.entries, proof.breaks) == (500, [])


def test_several_processes_make_one_chain(pool):
    logs = [AccessLog(pool, b"s" * 32, lambda: MAY_4) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda log: [note(log, entry(), entry(decision="deny", reason="forbidden", status=403)) for _ in range(20)], logs))  # fmt: skip
    for log in logs:
        log.close()
    with pool.connection() as connection:
        proof = verify_log(connection)
    assert (proof.entries, proof.breaks) == (120, [])


@pytest.mark.parametrize(
    "statement",
    ["UPDATE access.log SET who = 'account:nobody'", "DELETE FROM access.log", "TRUNCATE access.log"],
)
def test_not_even_the_owner_changes_it_by_an_ordinary_statement(log, database, statement):
    note(log, entry())
    with (
        psycopg.connect(database.owner_url) as connection,
        pytest.raises(psycopg.DatabaseError, match="stays recorded"),
    ):
        connection.execute(statement)


def test_the_application_has_no_right_on_the_table(log, pool):
    note(log, entry())
    for statement in (
        "SELECT FROM access.log",
        "INSERT INTO access.log DEFAULT VALUES",
        "DELETE FROM access.log",
    ):
        with pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "who = 'account:bob'",
        "proof = NULL",
        "customers = '{}'",
        "customers = customers || customers",
        "roles = '{admin}'",
        "decision = 'deny', reason = 'forbidden'",
        "resource = NULL",
        "resource = ''",
        "status = 304",
        "at = at + interval '1 microsecond'",
        "day = day - 1",
        "day = NULL",
        "address = decode(repeat('00', 16), 'hex')",
        "network = '203.0.112.0/24'",
        "request = upper(request)",
        "via = 'key'",
        "action = 'Loans'",
        "kind = 'customer'",
        "link = sha256(link)",
    ],
)
def test_a_changed_field_is_found(log, database, pool, change):
    note(log, *(entry() for _ in range(5)))
    assert breaks(pool) == []
    force(database, f"UPDATE access.log SET {change} WHERE entry = 3")
    assert breaks(pool)[0] == (3, "the link does not fit the stored entry")


def test_text_moved_from_one_field_into_the_next_is_found(log, database, pool):
    note(log, entry(action="Loan", kind="loan"))
    force(database, "UPDATE access.log SET action = 'Loa', kind = 'nloan'")
    assert breaks(pool) == [(1, "the link does not fit the stored entry")]


def test_a_deleted_entry_is_found(log, database, pool):
    note(log, *(entry() for _ in range(5)))
    force(database, "DELETE FROM access.log WHERE entry = 2")
    assert breaks(pool) == [(2, "missing up to 2"), (3, "the link does not fit the stored entry")]


def test_two_entries_that_changed_places_are_found(log, database, pool):
    note(log, *(entry(resource=str(n)) for n in range(5)))
    force(
        database,
        "UPDATE access.log SET entry = -entry WHERE false; ALTER TABLE access.log DROP CONSTRAINT log_entry_check;"
        "UPDATE access.log SET entry = -2 WHERE entry = 2; UPDATE access.log SET entry = 2 WHERE entry = 3;"
        "UPDATE access.log SET entry = 3 WHERE entry = -2",
    )
    assert [number for number, _ in breaks(pool)] == [2, 3, 4]


def test_an_entry_that_was_added_by_hand_is_found(log, database, pool):
    note(log, entry())
    force(
        database,
        "INSERT INTO access.log SELECT 2, at, day, who, proof, roles, via, action, kind, resource, customers, decision, reason,"
        " status, request, network, address, sha256(link) FROM access.log",
    )
    assert breaks(pool) == [(2, "the link does not fit the stored entry")]


def test_the_end_that_was_cut_off_shows_in_the_head_alone(log, database, pool):
    note(log, *(entry() for _ in range(3)))
    with pool.connection() as connection:
        before = verify_log(connection)
        force(database, "DELETE FROM access.log WHERE entry = 3")
        after = verify_log(connection)
    assert after.breaks == []
    assert (before.entries, after.entries, before.head != after.head) == (3, 2, True)


def test_the_log_is_filtered_and_paged_from_the_latest_back(log):
    note(log, *(entry(resource=str(n), who=f"account:{'ana' if n % 2 else 'ben'}") for n in range(10)))
    first = log.page(Asked(who="account:ana"), None, 3)
    second = log.page(Asked(who="account:ana"), first.next, 3)
    assert len({row["entry"] for row in first.items + second.items}) == 5
    assert second.next is None
    assert [row["entry"] for row in first.items] == sorted(
        (row["entry"] for row in first.items), reverse=True
    )
    assert [row["resource"] for row in log.page(Asked(resource="7"), None, 50).items] == ["7"]
    assert log.page(Asked(decision="deny"), None, 50).items == []


@pytest.mark.parametrize("cursor", ["", "x", "WyJsb2FuIl0", "é"])
def test_a_cursor_of_another_list_is_refused(log, cursor):
    with pytest.raises(BadCursor):
        log.page(Asked(), cursor, 50)


def test_within_a_scope_only_looks_at_its_own_customers_are_seen(log):
    note(log, entry(customers=(AWA, JEAN)), entry(customers=(JEAN,)), entry(customers=()))
    (seen,) = log.page(Asked(scope=frozenset({AWA})), None, 50).items
    assert seen["customers"] == [AWA]
    assert log.page(Asked(scope=frozenset()), None, 50).items == []
    assert len(log.page(Asked(customer=JEAN), None, 50).items) == 2


def test_what_people_send_cannot_spoil_a_batch(log, pool):
    odd = entry(resource="a\0b\ud800\n" + "x" * 10_000, request="é\x1b[31m", address="\x00")
    note(log, odd, entry())
    rows = log.page(Asked(), None, 50).items
    assert len(rows) == 2
    assert breaks(pool) == []
    assert max(len(row["resource"]) for row in rows) == 200


def test_a_log_that_cannot_be_written_refuses_the_look_and_counts_the_deny(database):
    with ConnectionPool(
        database.app_url, kwargs={"autocommit": True}, min_size=1, open=True, timeout=1
    ) as pool:
        log = AccessLog(pool, b"s" * 32, lambda: MAY_4)
        with psycopg.connect(database.owner_url, autocommit=True) as connection:
            connection.execute("REVOKE EXECUTE ON FUNCTION access.note(jsonb) FROM app")
            with pytest.raises(NotRecorded):
                note(log, entry())
            log.note_soon(entry(decision="deny", reason="forbidden", status=403))
            log.close()
    assert log.lost == 1


def test_no_more_entries_wait_than_it_can_hold(database):
    with (
        psycopg.connect(database.owner_url) as holder,
        ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=1, open=True) as pool,
    ):
        log = AccessLog(pool, b"s" * 32, lambda: MAY_4)
        holder.execute("SELECT pg_advisory_xact_lock(4713000005)")
        for _ in range(WAITING + 500):
            log.note_soon(entry(decision="deny", reason="forbidden", status=403))
        assert 300 <= log.lost <= 500
        holder.rollback()
        log.close()
        assert len(log.page(Asked(), None, 1).items) == 1


def test_a_look_that_was_given_up_is_no_entry(log, database):
    async def given_up() -> None:
        with psycopg.connect(database.owner_url) as holder:
            holder.execute("SELECT pg_advisory_xact_lock(4713000005)")
            first = asyncio.create_task(log.note(entry(resource="first")))
            await asyncio.to_thread(soon, lambda: waits_for_the_lock(database))
            second = asyncio.create_task(log.note(entry(resource="second")))
            assert await asyncio.to_thread(waits_for_the_lock, database)
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            holder.rollback()
            await first
            await log.note(entry(resource="third"))

    asyncio.run(given_up())
    assert [row["resource"] for row in log.page(Asked(), None, 50).items] == ["third", "first"]


def test_uuids_read_back_are_uuids(log):
    note(log, entry())
    assert isinstance(log.page(Asked(), None, 1).items[0]["customers"][0], UUID)
