"""The second wall by itself: every policy and every scope check holds, and taking any one away shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

import projections  # noqa: F401 - every read model is known once this is imported
from eventstore import Projection
from eventstore.read_models import policies
from tests.api.house import House, id_of
from tests.conftest import Database, fresh_database
from tests.walls.attackers import OTHER, Siege, besieged
from tests.walls.calls import OPERATIONS
from tests.walls.scenes import SCENES, Stock
from tests.walls.second_wall import foreign_rows, scope_of, seen, tables, the_first_wall_is_down

MODELS = [kind for kind in Projection.registry.values() if kind.__module__.startswith("projections.")]
OWNED = [kind for kind in MODELS if kind.owner is not None]
ANOTHER = frozenset({id_of(f"{OTHER} customer"), id_of(OTHER)})
"""What somebody else may see: their customer's rows, and their own account's."""


@pytest.fixture(scope="module")
def database(postgres, _template) -> Iterator[Database]:
    with fresh_database(postgres) as database:
        yield database


@pytest.fixture(scope="module")
def house(database: Database, tmp_path_factory) -> Iterator[House]:
    """Where both customers have something of everything."""
    with besieged(database, tmp_path_factory.mktemp("wall")) as house:
        for name in ("awa", OTHER):
            lived(Stock(house, name))
        house.settle()
        yield house


def lived(stock: Stock) -> None:
    """Something of the customer in every table."""
    stock.house.opens_the_day()
    assert stock.house.get(stock.name, f"/documents/{stock.document}/content").status_code == 200
    assert stock.loan
    stock.house.writes_to(stock.name)
    stock.house.posts(stock.name)
    for name in ("ProposePayee", "StopSwitchCard", "LegalRateList", "IndexRateList", "StepBack"):
        asked = SCENES[name](stock)
        with stock.house.calling(asked.by) as client:
            assert asked.send(client).is_success


@pytest.fixture
def app(house: House, database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(house: House, database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


def table_of(owner: psycopg.Connection, kind: type[Projection]) -> str:
    return next(table for model, table in tables(owner) if model is kind)


# ── reading ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_a_scope_shows_its_own_rows_and_no_scope_shows_none(app, owner, kind):
    table = table_of(owner, kind)
    assert foreign_rows(app, kind, table, ANOTHER) == 0
    assert seen(app, table, None) == []
    assert seen(app, table, "") == []


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_there_is_something_of_both_to_be_seen(app, owner, kind):
    table = table_of(owner, kind)
    assert seen(app, table, scope_of(ANOTHER))
    assert seen(app, table, scope_of({id_of("nobody")})) == []
    assert len(seen(app, table, "all")) > len(seen(app, table, scope_of(ANOTHER)))


@pytest.mark.parametrize(
    ("kind", "policy"),
    [(kind, name) for kind in MODELS for name, said in policies(kind.owner).items() if "TO app" in said],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_a_policy_that_lets_everybody_through_is_missed(app, owner, kind, policy):
    table = table_of(owner, kind)
    owner.execute(f"DROP POLICY {policy} ON {table}".encode())
    owner.execute(f"CREATE POLICY {policy} ON {table} FOR SELECT TO app USING (true)".encode())
    try:
        assert foreign_rows(app, kind, table, ANOTHER) > 0
        assert seen(app, table, None)
    finally:
        owner.execute(f"DROP POLICY {policy} ON {table}".encode())
        owner.execute(f"CREATE POLICY {policy} ON {table} {policies(kind.owner)[policy]}".encode())
    assert foreign_rows(app, kind, table, ANOTHER) == 0


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_a_table_without_its_policies_is_missed(app, owner, kind):
    table = table_of(owner, kind)
    owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
    try:
        assert foreign_rows(app, kind, table, ANOTHER) > 0
    finally:
        owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())


# ── writing ────────────────────────────────────────────────────────────────


@contextmanager
def unguarded(owner: psycopg.Connection, function: str) -> Iterator[None]:
    """A function of the store whose scope no longer counts."""
    row = owner.execute("SELECT pg_get_functiondef(%s::regproc)", (function,)).fetchone()
    assert row is not None
    whole: str = row[0]
    body = whole.index("$")
    assert "p_customers IS NOT NULL" in whole[body:], function
    without = whole[:body] + whole[body:].replace("p_customers IS NOT NULL", "false")
    owner.execute(without.encode())
    try:
        yield
    finally:
        owner.execute(whole.encode())


WRITTEN_BY = {
    "store.append_one": ["WithdrawLoanRequest", "ChangeContactEmail"],
    "store.append": ["RequestLoan", "ReceiveSignedCopy"],
}
"""Commands that go through each function."""


@pytest.mark.parametrize("function", WRITTEN_BY)
def test_a_scope_check_that_is_taken_away_is_missed(house, owner, monkeypatch, function):
    siege = Siege(house)
    with the_first_wall_is_down(monkeypatch):
        assert [leak for name in WRITTEN_BY[function] for leak in siege.of(name)] == []
        with unguarded(owner, function):
            assert [leak for name in WRITTEN_BY[function] for leak in siege.without_control(name)] != []


def test_the_first_wall_holds_without_the_second(house, owner):
    siege = Siege(house)
    with unguarded(owner, "store.append"), unguarded(owner, "store.append_one"):
        for name in ("WithdrawLoanRequest", "RequestLoan"):
            assert siege.of(name) == []


def test_every_scene_is_of_a_route():
    assert set(SCENES) <= set(OPERATIONS)
