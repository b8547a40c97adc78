"""The second wall stands, and whatever is taken from it is noticed: each rule is broken here once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

import projections
from eventstore.migrate import RolesMissing, migrate, pending, prepare
from eventstore.read_models import create, ensure, register
from roles.migrate import every_read_model
from roles.walls import breaches
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.conftest import Database, fresh_database, migration_folders, passwords_of

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


BEFORE = """
    ALTER TABLE {t} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {t} FORCE ROW LEVEL SECURITY;
    CREATE POLICY everything ON {t} USING ((SELECT current_setting('quittance.scope', true)) = 'all')
        WITH CHECK ((SELECT current_setting('quittance.scope', true)) = 'all');
    GRANT SELECT, INSERT, UPDATE, DELETE ON {t} TO app;
"""
OWN = """
    CREATE POLICY own_rows ON {t} FOR SELECT USING ({owner} = ANY (string_to_array(
        nullif((SELECT current_setting('quittance.scope', true)), 'all'), ',')::uuid[]))
"""
"""What the last release made of each table."""


@pytest.mark.usefixtures("_template")
def test_an_installation_of_the_last_release_gets_the_same_walls(postgres: Postgres) -> None:
    name = "of_the_last_release"
    prepare(postgres.url(SUPERUSER, "postgres"), name, passwords_of(postgres))
    url, folders = postgres.url("store_owner", name), migration_folders()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "CREATE TABLE public.migrations (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())"
        )
        owner.execute("GRANT SELECT ON public.migrations TO app")
        for file in pending(set(), folders):
            if not file.stem.endswith("_roles"):
                owner.execute(file.read_bytes())
                said = f"{file.parent.parent.name}/{file.stem}"
                owner.execute("INSERT INTO public.migrations (name) VALUES (%s)", (said,))
        for kind in every_read_model():
            with owner.transaction():
                table = register(owner, kind, "live")
                create(owner, kind, table.qualified)
                owner.execute(BEFORE.format(t=table.qualified).encode())
                if kind.owner:
                    owner.execute(OWN.format(t=table.qualified, owner=kind.owner).encode())
        assert len(breaches(owner)) > len(every_read_model())
    assert migrate(url, folders) == ["eventstore/0008_roles", "access/0006_roles"]
    with psycopg.connect(postgres.url("auditor", name)) as connection:
        assert breaches(connection) == []
    with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name}".encode())


def test_without_the_roles_nothing_is_migrated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventstore.migrate.ROLES", ("store_owner", "app", "projector", "nobody_made_me"))
    with pytest.raises(RolesMissing, match="QUITTANCE_ADMIN_URL"):
        migrate(database.owner_url, migration_folders())
