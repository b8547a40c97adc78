"""Challenges count once, in time, for one purpose and one account; the table does not grow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from access.challenges import Challenges
from tests.access.conftest import Wall
from tests.conftest import Database

ANA, BEN = uuid4(), uuid4()
MINUTE = timedelta(minutes=1)


def test_a_challenge_is_taken_once(challenges: Challenges) -> None:
    id = uuid4()
    challenges.put(id, "sign-in", b"value", MINUTE)
    assert challenges.take(id, "sign-in") == b"value"
    assert challenges.take(id, "sign-in") is None


def test_of_many_who_take_it_at_once_one_gets_it(challenges: Challenges) -> None:
    id = uuid4()
    challenges.put(id, "sign-in", b"value", MINUTE)
    with ThreadPoolExecutor(4) as hands:
        taken = list(hands.map(lambda _: challenges.take(id, "sign-in"), range(12)))
    assert sorted(taken, key=str).count(b"value") == 1


def test_it_is_worth_nothing_for_another_purpose_or_another_account(challenges: Challenges) -> None:
    id = uuid4()
    challenges.put(id, "enrol", b"value", MINUTE, ANA)
    assert challenges.take(id, "sign-in", ANA) is None
    assert challenges.take(id, "enrol", BEN) is None
    assert challenges.take(id, "enrol") is None
    assert challenges.take(id, "enrol", ANA) == b"value"


def test_it_is_over_at_the_moment_it_says(challenges: Challenges, wall: Wall) -> None:
    early, late = uuid4(), uuid4()
    for id in (early, late):
        challenges.put(id, "sign-in", b"value", MINUTE)
    wall.goes_on(seconds=59)
    assert challenges.take(early, "sign-in") == b"value"
    wall.goes_on(seconds=1)
    assert challenges.take(late, "sign-in") is None


def test_those_that_are_over_are_swept_by_those_that_come(
    challenges: Challenges, wall: Wall, database: Database
) -> None:
    for _ in range(30):
        challenges.put(uuid4(), "sign-in", b"value", MINUTE)
    wall.goes_on(minutes=2)
    for _ in range(4):
        challenges.put(uuid4(), "sign-in", b"value", MINUTE)
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM access.challenges").fetchall() == [(4,)]


def test_the_application_has_no_right_on_the_table(pool: ConnectionPool) -> None:
    with pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM access.challenges")
