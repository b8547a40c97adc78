"""A house to fuzz, and the document that it is held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from api.app import openapi_document
from runtime.embedded.postgres import Postgres
from tests.api.house import House
from tests.conftest import fresh_database
from tests.fuzz.run import fuzzed, silence


@pytest.fixture(scope="module")
def house(postgres: Postgres, _template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for a whole file: nothing that is looked for here depends on what happened before."""
    before = structlog.get_config()
    silence()
    with fresh_database(postgres) as database, fuzzed(database, tmp_path_factory.mktemp("state")) as house:
        yield house
    structlog.configure(**before)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()
