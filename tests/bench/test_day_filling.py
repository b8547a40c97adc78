"""The loans of the measured day are what the domain and the product make: chains, rows and sums; a wrong row is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

import bench.place
from bench.day_filling import Filling, planned
from bench.day_read_models import fill_all, look_at_some
from bench.feed_processes import opened
from bench.figures import NotStored
from eventstore import Store, compare
from eventstore.read_models import tables
from eventstore.verify import verify_chains
from roles.process import store_on
from runtime import database as databases
from runtime.settings import Settings
from runtime.settling import Settling
from tests.conftest import Database, Postgres, fresh_database
from tests.products_own import READ_MODELS

DAY, LOANS, SPREAD = date(2026, 11, 16), 24, range(2)
"""Three copies of each of eight loans."""


def _place(database: Database) -> bench.place.Database:
    return bench.place.Database(
        database.name, database.app_url, database.owner_url, database.owner_url, database.projector_url,
        database.auditor_url,
    )  # fmt: skip


def _store(database: Database, folder: Path) -> Iterator[Store]:
    settings = Settings.load(
        state_dir=folder, database_url=database.app_url, owner_url=database.owner_url,
        projector_url=database.projector_url, auditor_url=database.auditor_url,
    )  # fmt: skip
    with databases.pool(database.app_url, name="test", size=4) as pool:
        store = store_on(pool, settings)
        yield store
        store.keyring.close()


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Iterator[Store]:
    yield from _store(database, tmp_path)


@pytest.fixture
def filling(database: Database, store: Store) -> Filling:
    """Loans with their read models."""
    filling = planned(store.codec, LOANS, DAY, SPREAD)
    fill_all(_place(database), store, filling, lambda: None, READ_MODELS)
    return filling


def test_loans_that_are_copied_are_what_the_product_makes_of_their_events(
    database: Database, store: Store, filling: Filling
) -> None:
    assert (len(set(filling.due)), len(set(filling.others))) == (LOANS // 2, LOANS // 2)
    with opened(database.auditor_url, "verifier") as auditing:
        chains = verify_chains(auditing)
    assert (chains.streams, chains.breaks) == (2 * LOANS, [])
    compared = {each.read_model: each for each in compare.compare(store, database.auditor_url, READ_MODELS)}
    assert {name: each.differences for name, each in compared.items() if each.differences} == {}
    assert compared["LoanBook"].rows == compared["LoanAccount"].rows == LOANS
    assert compared["MonthlyFlows"].rows > 1
    assert _behind(database, store) == []


def test_a_row_that_no_event_made_is_found(
    database: Database, store: Store, filling: Filling, postgres: Postgres, tmp_path: Path
) -> None:
    for spoilt in (False, True):
        if spoilt:
            _spoil(database)
        with fresh_database(postgres) as aside:
            for of_aside in _store(aside, tmp_path / "aside"):
                if spoilt:
                    with pytest.raises(NotStored, match="Schedule"):
                        looked_at(database, aside, of_aside, filling)
                else:
                    assert looked_at(database, aside, of_aside, filling) > 10 * LOANS


def looked_at(database: Database, aside: Database, of_aside: Store, filling: Filling) -> int:
    return look_at_some(_place(database), _place(aside), of_aside, filling, 4 * LOANS, READ_MODELS)


def _spoil(database: Database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        table = next(t for t in tables(owner) if (t.name, t.state) == ("schedule", "live"))
        owner.execute(f"UPDATE {table.qualified} SET interest = interest + 1 WHERE number = 8".encode())


def _behind(database: Database, store: Store) -> list[str]:
    """Tables that would still have something to read."""
    newest = Settling(store).newest()
    with psycopg.connect(database.owner_url) as owner:
        ends = store.lane_ends(newest)
        found = owner.execute(
            "SELECT consumer, lane, position FROM store.positions JOIN store.read_models ON table_name = consumer"
            " WHERE state = 'live'"
        ).fetchall()
    return sorted({consumer for consumer, lane, position in found if position < ends.get(lane, 0)})
