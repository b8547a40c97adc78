"""A house to attack: one of its own for an attack that could change things, one for those that only knock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.house import House, opened
from tests.conftest import Database, fresh_database


@pytest.fixture
def database(inhabited: Database) -> Database:
    """Where the people of the house have moved in."""
    return inhabited


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with opened(database.app_url, database.owner_url, tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def standing(postgres, _inhabited, tmp_path_factory) -> Iterator[House]:
    """One for a whole file: what is tried on it changes nothing, and a test of the file says so."""
    with fresh_database(postgres, _inhabited) as database:
        folder = tmp_path_factory.mktemp("attacks")
        with opened(database.app_url, database.owner_url, folder) as house:
            yield house
