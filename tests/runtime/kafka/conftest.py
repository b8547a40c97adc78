"""A store with a neutral domain, and the settings of a relay that ships it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store
from runtime.embedded.kafka import Kafka
from runtime.settings import Settings
from tests.conftest import Database
from tests.runtime.kafka.shipping import settings_of


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with ConnectionPool(
        database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=8, open=True
    ) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()


@pytest.fixture
def settings(database: Database, broker: Kafka, tmp_path: Path) -> Settings:
    return settings_of(database, broker, tmp_path)
