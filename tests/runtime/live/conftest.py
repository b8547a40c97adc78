"""A store for tests of live updates, with the pool that a process has."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from eventstore import Keyring, Store
from runtime import database as connections


@pytest.fixture
def store(database) -> Iterator[Store]:
    with connections.pool(database.app_url, name="live", size=8) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()
