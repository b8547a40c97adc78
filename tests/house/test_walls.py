"""The second wall stands, and whatever is taken from it is noticed: each rule is broken here once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

import projections
from eventstore.read_models import ensure
from roles.migrate import every_read_model
from roles.walls import breaches
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.conftest import Database, fresh_database

assert projections, "all read models are known"


@pytest.fixture(scope="module")
def walled(postgres: Postgres, _template: str) -> Iterator[Database]:
    """A database with the tables of every read model, for all tests of this file: each takes back what it did."""
    with fresh_database(postgres) as fresh:
        ensure(fresh.owner_url, every_read_model())
        yield fresh


@pytest.fixture
def breaking(postgres: Postgres, walled: Database) -> Iterator[Connection]:
    """A superuser's transaction that is rolled back."""
    with psycopg.connect(postgres.url(SUPERUSER, walled.name)) as connection:
        yield connection
        connection.rollback()


def test_a_fresh_database_has_no_breach(walled: Database) -> None:
    with psycopg.connect(walled.auditor_url) as connection:
        assert breaches(connection) == []


BROKEN = {
    "a policy is gone": ("DROP POLICY own_rows ON {t}", "lacks the policy own_rows"),
    "another policy is gone": ("DROP POLICY all_rows ON {t}", "lacks the policy all_rows"),
    "a policy is too many": ("CREATE POLICY more ON {t} USING (true)", "a policy more"),
    "a policy says something else": ("ALTER POLICY own_rows ON {t} USING (true)", "the policy own_rows of"),
    "a policy is for others": ("ALTER POLICY audited ON {t} TO app", "the policy audited of"),
    "a policy is for everybody": ("ALTER POLICY projected ON {t} TO PUBLIC", "the policy projected of"),
    "row security is off": ("ALTER TABLE {t} DISABLE ROW LEVEL SECURITY", "row security off"),
    "it is not forced": ("ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY", "does not force"),
    "everybody may read": ("GRANT SELECT ON {t} TO PUBLIC", "PUBLIC has SELECT"),
    "the application may write": ("GRANT UPDATE ON {t} TO app", "app has UPDATE"),
    "the application may write a column": ("GRANT UPDATE (status) ON {t} TO app", "app has UPDATE of status"),
    "the auditor may write": ("GRANT DELETE ON {t} TO auditor", "auditor has DELETE"),
    "somebody may not read": ("REVOKE SELECT ON {t} FROM app", "app lacks SELECT"),
    "a table has another owner": ("ALTER TABLE {t} OWNER TO projector", "belongs to projector"),
    "a table nobody knows": (
        "CREATE TABLE read.other (x int)",
        "read.other is not the table of a read model",
    ),
    "a table of the store nobody knows": (
        "CREATE TABLE store.other (x int)",
        "store.other is not in the list",
    ),
    "the events may be read": ("GRANT SELECT ON store.events TO app", "app has SELECT on store.events"),
    "the keys may be read": ("GRANT SELECT ON store.subject_keys TO auditor", "auditor has SELECT"),
    "the store's positions are unguarded": (
        "ALTER TABLE store.positions DISABLE ROW LEVEL SECURITY",
        "store.positions has row security off",
    ),
    "a view reads as its owner": (
        "CREATE VIEW read.short AS SELECT * FROM {t}",
        "view read.short reads with the rights of its owner",
    ),
    "a view nobody knows": (
        "CREATE VIEW store.short WITH (security_invoker = true) AS SELECT 1 AS x",
        "store.short is not in the list",
    ),
    "a materialized view": ("CREATE MATERIALIZED VIEW store.kept AS SELECT 1 AS x", "a materialized view"),
    "a function nobody knows": (
        "CREATE FUNCTION store.other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "store.other() is not in the list",
    ),
    "a function with another function's name": (
        "CREATE FUNCTION store.load(x int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "PUBLIC has EXECUTE on store.load()",
    ),
    "a definer without a path": (
        "ALTER FUNCTION store.load RESET search_path",
        "store.load() runs with the rights of its owner",
    ),
    "a definer with an open path": (
        "ALTER FUNCTION store.load SET search_path = store, public",
        "store.load() runs with the rights of its owner",
    ),
    "everybody may append": ("GRANT EXECUTE ON FUNCTION store.append TO PUBLIC", "PUBLIC has EXECUTE"),
    "a projector may append": (
        "GRANT EXECUTE ON FUNCTION store.append_one TO projector",
        "projector has EXECUTE",
    ),
    "an auditor may claim": ("GRANT EXECUTE ON FUNCTION store.claimed TO auditor", "auditor has EXECUTE"),
    "a superuser": ("ALTER ROLE app SUPERUSER", "role app has rolsuper"),
    "one who passes every policy": ("ALTER ROLE auditor BYPASSRLS", "role auditor has rolbypassrls"),
    "one who makes roles": ("ALTER ROLE projector CREATEROLE", "role projector has rolcreaterole"),
    "one who is another": ("GRANT store_owner TO app", "role app is a member of store_owner"),
    "one who reads everything": ("GRANT pg_read_all_data TO app", "role app is a member of pg_read_all_data"),
    "what is made is everybody's": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE store_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        "functions are born with EXECUTE for PUBLIC",
    ),
    "what is made is the application's": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE store_owner IN SCHEMA read GRANT SELECT ON TABLES TO app",
        "is born with SELECT",
    ),
    "a schema nobody knows": ("CREATE SCHEMA other", "schema other is not in the list"),
    "a schema where the application makes things": ("GRANT CREATE ON SCHEMA store TO app", "app has CREATE"),
    "a schema that everybody sees": ("GRANT USAGE ON SCHEMA public TO PUBLIC", "PUBLIC has USAGE"),
    "a database that lets everybody in": ("GRANT CONNECT ON DATABASE {db} TO PUBLIC", "PUBLIC has CONNECT"),
    "a trigger of the store is gone": ("DROP TRIGGER events_are_final ON store.events", "events_are_final"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_whatever_is_taken_from_the_wall_is_noticed(
    breaking: Connection, walled: Database, what: str
) -> None:
    statement, said = BROKEN[what]
    row = breaking.execute("SELECT table_name FROM store.read_models WHERE name = 'loan_book'").fetchone()
    assert row is not None
    breaking.execute(statement.format(t=f"read.{row[0]}", db=walled.name).encode())
    found = breaches(breaking)
    assert any(said in breach for breach in found), found
