"""The lease of the relay: one holds it, by the database's clock, and who slept past it has moved nothing since."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from runtime import database as connections
from runtime.kafka.lease import AnotherHistory, Lease, Lost
from tests.conftest import Database
from tests.soon import soon


@pytest.fixture
def pool(database: Database) -> Iterator[ConnectionPool]:
    with connections.pool(database.projector_url, name="relay", size=4) as pool:
        yield pool


def forget_until(database: Database) -> None:
    """The lease runs out at this moment."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE store.relay SET until = clock_timestamp()")


def test_one_of_two_holds_it(pool: ConnectionPool) -> None:
    first, second = Lease(pool), Lease(pool)
    assert [first.take(), second.take(), second.take()] == [True, False, False]
    first.renew()
    first.move(70_000)
    assert not second.take()


def test_a_lease_that_is_given_back_is_free_and_its_position_goes_on(pool: ConnectionPool) -> None:
    first, second = Lease(pool), Lease(pool)
    first.take()
    first.move(70_000)
    first.release()
    assert second.take()
    assert (second.epoch, second.position) == (first.epoch + 1, 70_000)


def test_it_runs_out_by_the_clock_of_the_database(pool: ConnectionPool) -> None:
    first, second = Lease(pool, seconds=0.2), Lease(pool)
    assert first.take()
    soon(second.take, 5)


def test_who_slept_past_it_can_neither_renew_nor_move_though_nobody_took_it(
    pool: ConnectionPool, database: Database
) -> None:
    sleeper = Lease(pool)
    sleeper.take()
    forget_until(database)
    with pytest.raises(Lost):
        sleeper.renew()
    with pytest.raises(Lost):
        sleeper.move(70_000)
    assert sleeper.take()
    assert sleeper.position == 0


def test_a_move_of_an_earlier_epoch_is_refused(pool: ConnectionPool, database: Database) -> None:
    sleeper, successor = Lease(pool), Lease(pool)
    sleeper.take()
    forget_until(database)
    successor.take()
    successor.move(65_536)
    with pytest.raises(Lost):
        sleeper.move(70_000)
    successor.move(80_000)
    sleeper.release()
    successor.renew()


def test_who_lost_an_answer_takes_its_own_lease_again_at_once(pool: ConnectionPool) -> None:
    lease = Lease(pool)
    lease.take()
    lease.move(70_000)
    lease.position = 65_536  # as if the answer of the move had not come
    with pytest.raises(Lost):
        lease.move(80_000)
    assert lease.take()
    assert lease.position == 70_000


def test_another_history_is_noticed_at_every_question(pool: ConnectionPool, database: Database) -> None:
    lease = Lease(pool)
    lease.take()
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE store.store SET incarnation = %s", (uuid4(),))
    for ask in (lease.renew, lambda: lease.move(70_000), lease.take):
        with pytest.raises(AnotherHistory):
            ask()
