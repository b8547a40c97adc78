"""What each role of the database is refused, asked of the database itself."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from eventstore import Aggregate, NotFound, Store
from eventstore.follower import Follower, WrongRole
from eventstore.parking import Omission
from eventstore.read_models import ensure
from eventstore.session import NO_CLAIMS, Claims, Lines, stamped
from tests.conftest import Database
from tests.connected import projecting
from tests.eventstore.library import IssueCard, LendWithSlip, asker
from tests.eventstore.shelf import SHELF, BookList
from tests.stories import MAY_4

REFUSED = {
    "app": (
        "INSERT INTO {t} (book_id) VALUES (gen_random_uuid())",
        "UPDATE {t} SET title = 'x'",
        "DELETE FROM {t}",
        "TRUNCATE {t}",
        "SELECT * FROM store.events",
        "SELECT * FROM store.claims",
        "SELECT * FROM store.subject_keys",
        "INSERT INTO store.positions VALUES ('x', 1, 1)",
        "DELETE FROM store.positions",
        "SELECT store.streams(NULL, 1)",
        "SELECT store.chain_marks(1)",
        "SELECT store.move_together('{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')",
        "SELECT store.begin_again('dump')",
        "CREATE TABLE read.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "ALTER TABLE {t} DISABLE ROW LEVEL SECURITY",
        "DROP POLICY all_rows ON {t}",
        "SET ROLE store_owner",
        "SET ROLE projector",
        "SET row_security = off; SELECT * FROM {t}",
    ),
    "projector": (
        "SELECT * FROM store.events",
        "SELECT store.load(gen_random_uuid())",
        "SELECT store.claimed('x', 'x')",
        "SELECT store.answer_of(gen_random_uuid())",
        "SELECT store.mint_subject_key(gen_random_uuid(), 'x')",
        "SELECT * FROM jobs.procrastinate_jobs",
        "SELECT store.streams(NULL, 1)",
        "SELECT * FROM store.clock",
        "CREATE TABLE read.mine (x int)",
        "TRUNCATE {t}",
        "SET ROLE app",
    ),
    "auditor": (
        "UPDATE {t} SET title = 'x'",
        "DELETE FROM store.parked",
        "UPDATE store.positions SET position = 0",
        "UPDATE store.clock SET ahead = '1 day'",
        "SELECT store.claimed('x', 'x')",
        "SELECT store.mint_subject_key(gen_random_uuid(), 'x')",
        "DELETE FROM jobs.procrastinate_jobs",
        "CREATE TABLE read.mine (x int)",
        "SET ROLE app",
    ),
}


@pytest.mark.parametrize(
    ("role", "statement"), [(role, one) for role, every in REFUSED.items() for one in every]
)
def test_a_role_is_refused_what_is_not_its_own(database: Database, role: str, statement: str) -> None:
    ensure(database.owner_url, SHELF)
    url = {"app": database.app_url, "projector": database.projector_url, "auditor": database.auditor_url}[
        role
    ]
    with psycopg.connect(url, autocommit=True) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.format(t=f"read.{BookList.table_name()}").encode())


def test_each_consumer_is_moved_by_its_own_role(database: Database) -> None:
    ensure(database.owner_url, SHELF)
    # The job queue's migration makes the positions of the reactions.
    move = "UPDATE store.positions SET position = 7 WHERE consumer = %s"
    table = BookList.table_name()
    for url, own, other in (
        (database.app_url, "reactions", table),
        (database.projector_url, table, "reactions"),
    ):
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute(move, (own,)).rowcount == 64
            assert connection.execute(move, (other,)).rowcount == 0


def test_parked_events_are_changed_by_whose_they_are(database: Database) -> None:
    ensure(database.owner_url, SHELF)
    table, add = (
        BookList.table_name(),
        "INSERT INTO store.parked VALUES (%s, gen_random_uuid(), 1, 1, 1, 'x')",
    )
    for url, own, other in (
        (database.app_url, "a reaction", table),
        (database.projector_url, table, "a reaction"),
    ):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(add, (own,))
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(add, (other,))
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM store.parked").fetchone() == (2,)
        assert connection.execute("DELETE FROM store.parked").rowcount == 1


def test_a_projector_with_the_applications_connections_says_so(store: Store, database: Database) -> None:
    ensure(database.owner_url, SHELF)
    Follower(BookList, BookList.table_name(), *projecting(store))
    with pytest.raises(WrongRole, match="projector_url"):
        Follower(BookList, BookList.table_name(), store, store.pool)


# ── the write side of a limited scope ──────────────────────────────────────


def append(store: Store, aggregate: Aggregate, customers: frozenset[UUID] | None, claims: Claims) -> None:
    """As a command of whoever acts for these customers would; with claims by the long way."""
    lines = Lines()
    lines.add(aggregate, stamped("test", on=MAY_4), store.codec)
    with store._session() as session:
        session.append(uuid4(), bytes(32), aggregate, customers, lines, claims)


@pytest.mark.parametrize("many", [False, True])
def test_a_limited_scope_appends_to_no_stream_of_the_house(store: Store, many: bool) -> None:
    claims = Claims(["x"], [b"x" * 32], [uuid4()], [], []) if many else NO_CLAIMS

    def decided() -> Omission:
        facts = {"consumer": "x", "stream_id": uuid4(), "version": 1, "reason": "a reason", "by": uuid4()}
        return Omission.begin(Omission.Decided, uuid4(), **facts)

    with pytest.raises(NotFound):
        append(store, decided(), frozenset({uuid4()}), claims)
    append(store, decided(), None, claims)


def test_a_limited_scope_takes_numbers_beside_what_is_its_own(store: Store) -> None:
    reader = uuid4()
    card = uuid4()
    own = replace(asker(), customers=frozenset({reader}))
    store.send(IssueCard(card_id=card, reader=reader, email="awa@example.org"), asker())
    assert store.send(LendWithSlip(), own, to=card).version == 2
