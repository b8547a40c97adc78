"""What proves somebody, on a database of the test's own and with a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from psycopg_pool import ConnectionPool

from access.challenges import Challenges
from access.secrets import Secrets
from runtime.clock import Clock
from tests.api.house import House, opened
from tests.conftest import Database


@dataclass
class Wall:
    """A clock on the wall."""

    at: datetime = field(default=datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def goes_on(self, **by: float) -> None:
        self.at += timedelta(**by)

    @property
    def clock(self) -> Clock:
        return cast(Any, self)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def pool(database: Database) -> Iterator[ConnectionPool]:
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=4) as opened:
        yield opened


@pytest.fixture
def secrets(pool: ConnectionPool) -> Secrets:
    return Secrets(pool, bytes(range(32)))


@pytest.fixture
def challenges(pool: ConnectionPool, wall: Wall) -> Challenges:
    return Challenges(pool, wall.clock)


@pytest.fixture
def house(inhabited: Database, tmp_path: Path) -> Iterator[House]:
    with opened(inhabited.app_url, inhabited.owner_url, tmp_path) as house:
        yield house
