"""A house to call: one of its own for a test that changes things, one shared by tests that only look at the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api import viewers
from tests.api.house import House, opened
from tests.conftest import Database


@pytest.fixture
def database(inhabited: Database) -> Database:
    """Where the people of the house have moved in."""
    return inhabited


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with opened(database.app_url, database.owner_url, tmp_path) as house:
        yield house


@pytest.fixture
def slow_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by the clock: what counts here counts because somebody said so."""
    monkeypatch.setattr(viewers, "LOOK", 3_600.0)
    monkeypatch.setattr(viewers, "SURE", 3_600.0)
