"""A house to fuzz, and the document that it is held against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import openapi_document
from tests.api.house import House, opened
from tests.conftest import Database
from tests.fuzz.run import silence


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    silence()
    with opened(database.app_url, database.owner_url, tmp_path) as house:
        yield house


@pytest.fixture
def document() -> dict[str, Any]:
    return openapi_document()
