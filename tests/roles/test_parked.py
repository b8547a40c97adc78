"""Leaving a parked event out: a named person decides, the store keeps it, the read model goes on."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

import projections  # noqa: F401 - every read model is known once this is imported
from demo.seed import JEAN, PLAYERS, seed
from eventstore import KINDS, Projection
from eventstore.parking import omission_id
from eventstore.read_models import ensure
from projections.customer_file import CustomerFile
from roles.parked import Omission, omit, parked
from roles.process import store_on
from runtime import database as connections
from runtime.clock import Clock
from runtime.reactions import every_reaction
from runtime.settings import Settings

ACCOUNTS = {player.label: player.account_id for player in PLAYERS}
EVENT = f"{JEAN}:1"
REASON = "registered twice by the import"
TABLE = f"{CustomerFile.name}_v{CustomerFile.version}"


@pytest.fixture
def settings(database, tmp_path: Path) -> Settings:
    """An installation with the demonstration data, in which one event is parked for one read model."""
    ensure(database.owner_url, list(Projection.registry.values()))
    settings = Settings.load(
        state_dir=tmp_path,
        database_url=database.app_url,
        projector_url=database.projector_url,
        auditor_url=database.auditor_url,
    )
    with connections.pool(settings.database_url, name="test") as pool:
        store = store_on(pool, settings)
        seed(store, settings, Clock(pool))
        [row] = store.history(JEAN)
    with psycopg.connect(database.projector_url) as connection:
        connection.execute(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
            " VALUES (%s, %s, %s, %s, %s, 'ValueError')",
            (TABLE, row.stream_id, row.version, row.position, row.lane),
        )
    return settings


def decision(settings: Settings) -> list[UUID]:
    """Who decided to leave the event out, as the store has it."""
    with connections.pool(settings.database_url, name="test") as pool:
        rows = store_on(pool, settings).history(omission_id(CustomerFile.name, JEAN, 1))
    assert all(row.kind in KINDS for row in rows)
    return [row.event().by for row in rows]  # type: ignore[attr-defined]


def test_an_administrator_leaves_an_event_out_and_the_read_model_goes_on(settings: Settings) -> None:
    assert parked(settings, None, json=True) == 1
    assert omit(settings, Omission(TABLE, EVENT, ACCOUNTS["admin"], REASON)) == 0
    assert decision(settings) == [ACCOUNTS["admin"]]
    assert parked(settings, None, json=True) == 0


@pytest.mark.parametrize("by", ["advisor", "accountant", "jean"])
def test_who_has_no_right_to_it_leaves_nothing_out(settings: Settings, by: str, capsys) -> None:
    assert omit(settings, Omission(TABLE, EVENT, ACCOUNTS[by], REASON)) == 1
    assert "event.leave_out" in capsys.readouterr().out
    assert decision(settings) == []


def test_nobody_leaves_out_what_is_not_parked_nor_in_the_name_of_nobody(settings: Settings) -> None:
    assert omit(settings, Omission(TABLE, f"{uuid4()}:1", ACCOUNTS["admin"], REASON)) == 1
    assert omit(settings, Omission(TABLE, EVENT, uuid4(), REASON)) == 1
    assert parked(settings, None, json=True) == 1


def test_a_deadline_cannot_be_left_out(settings: Settings, capsys) -> None:
    due = next(reaction for reaction in every_reaction() if isinstance(reaction.cause, str))
    assert omit(settings, Omission(due.consumer, EVENT, ACCOUNTS["admin"], REASON)) == 1
    assert "stays due" in capsys.readouterr().out
