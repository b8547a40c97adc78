"""Premises that are open for business, for each journey its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database, MailServer
from tests.journeys.premises import Premises, premises


@pytest.fixture
def house(database: Database, mail_server: MailServer, tmp_path: Path) -> Iterator[Premises]:
    with premises(database, mail_server, tmp_path) as open_for_business:
        yield open_for_business
