"""A store that is restored under processes which remember another history: they end, and say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest

from runtime.settings import Settings
from tests.conftest import Database
from tests.soon import soon

ROOT = Path(__file__).parents[2]


def ended_after(
    database: Database, tmp_path: Path, role: str, statement: LiteralString, *values: object
) -> list[str]:
    """What a process said that is away from its brokers and ends by itself, once the database is changed under it."""
    settings = Settings.load(
        state_dir=tmp_path, database_url=database.app_url, projector_url=database.projector_url,
        kafka_servers="127.0.0.1:1", kafka_topic="test-nowhere",
    )  # fmt: skip
    log = tmp_path / "log"
    command = [sys.executable, "-c", "from roles.verbs import app; app()", role]
    environment = {**os.environ, **settings.environment()}
    with log.open("wb") as said, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=said) as process:
        soon(lambda: "nothing comes from Kafka" in log.read_text() or process.poll() is not None, 90)
        assert process.poll() is None, log.read_text()
        with psycopg.connect(database.owner_url) as owner:
            owner.execute(statement, values)
        assert process.wait(60) == 1
    return log.read_text().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["project", "react"])
def test_a_consumer_of_events_that_were_carried_from_another_history_ends_and_says_so(
    database: Database, tmp_path: Path, role: str
) -> None:
    lines = ended_after(database, tmp_path, role, "UPDATE store.store SET incarnation = %s", uuid4())
    (told,) = [line for line in lines if "the store was restored" in line]
    assert "Start it anew" in told


@pytest.mark.slow
def test_a_consumer_that_is_further_than_the_store_ends_and_says_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    """A replica took over that had not received what the reactions have handled."""
    further = "UPDATE store.positions SET position = %s WHERE consumer = 'reactions' AND lane = 7"
    lines = ended_after(database, tmp_path, "react", further, 1 << 50)
    (told,) = [line for line in lines if f"there is no event at {1 << 50}" in line]
    assert "manage.py restore --adopt moment" in told
