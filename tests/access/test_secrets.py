"""Secrets beside the accounts: sealed, of one account, replaced by one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from access.secrets import Kept, SecretBroken, Secrets
from tests.conftest import Database

KEK = bytes(range(32))
ANA, BEN = uuid4(), uuid4()


@pytest.fixture
def pool(database: Database) -> Iterator[ConnectionPool]:
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=2) as opened:
        yield opened


@pytest.fixture
def secrets(pool: ConnectionPool) -> Secrets:
    return Secrets(pool, KEK)


def test_a_secret_opens_for_its_account_only(secrets: Secrets) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "password", b"hash")
    assert secrets.open(id, ANA) == Kept(b"hash", 1, "password")
    assert secrets.open(id, BEN) is None
    assert secrets.open(uuid4(), ANA) is None


def test_an_id_is_kept_once(secrets: Secrets) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "password", b"hash")
    with pytest.raises(ValueError, match="already"):
        secrets.keep(id, BEN, "password", b"other")
    assert secrets.open(id, ANA) == Kept(b"hash", 1, "password")


def test_of_two_who_replace_the_same_version_one_is_told_no(secrets: Secrets) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "totp", b"step 1")
    assert secrets.replace(id, ANA, 1, b"step 2")
    assert not secrets.replace(id, ANA, 1, b"step 3")
    assert not secrets.replace(id, BEN, 2, b"step 3")
    assert secrets.open(id, ANA) == Kept(b"step 2", 2, "totp")


def test_a_forgotten_secret_is_gone_and_may_be_forgotten_again(secrets: Secrets) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "totp", b"seed")
    secrets.forget(id, BEN)
    assert secrets.open(id, ANA)
    secrets.forget(id, ANA)
    secrets.forget(id, ANA)
    assert secrets.open(id, ANA) is None


def test_the_table_holds_nothing_readable(secrets: Secrets, database: Database) -> None:
    secrets.keep(uuid4(), ANA, "totp", b"JBSWY3DPEHPK3PXP")
    with psycopg.connect(database.owner_url) as owner:
        (row,) = owner.execute("SELECT sealed FROM access.secrets").fetchall()
    assert b"JBSWY3DP" not in row[0]


@pytest.mark.parametrize(
    "change",
    [
        "account_id = %(ben)s",
        "kind = 'recovery'",
        "version = 7",
        "sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
    ],
)
def test_a_value_that_was_moved_or_changed_does_not_open(
    secrets: Secrets, database: Database, change: str
) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "totp", b"seed")
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(f"UPDATE access.secrets SET {change}", {"ben": BEN})  # type: ignore[arg-type]
    with pytest.raises(SecretBroken):
        secrets.open(id, BEN if "account" in change else ANA)


def test_another_key_opens_nothing(secrets: Secrets, pool: ConnectionPool) -> None:
    id = uuid4()
    secrets.keep(id, ANA, "totp", b"seed")
    with pytest.raises(SecretBroken):
        Secrets(pool, bytes(32)).open(id, ANA)


def test_the_application_cannot_touch_the_table(pool: ConnectionPool) -> None:
    with pool.connection() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SELECT * FROM access.secrets")


def test_a_secret_is_not_shown(secrets: Secrets) -> None:
    assert repr(Kept(b"seed", 1, "totp")) == "Kept(totp, version 1)"
