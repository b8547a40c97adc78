"""A store on a fresh database, for the store's own tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store


@pytest.fixture
def store(database) -> Iterator[Store]:
    kwargs = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=kwargs, min_size=2, max_size=16, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()
