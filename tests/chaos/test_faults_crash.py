"""What a reader was told before a crash is still true after it: positions that were given out are not used again."""

from __future__ import annotations

import os
from uuid import uuid4

import psycopg
import pytest

from eventstore import Keyring, Store
from runtime import database
from tests.chaos.pg_server import struck
from tests.eventstore.shelf import MACHINE, BuyBook

LOST_IN_MEMORY = ("wal_writer_delay = '10s'", "bgwriter_delay = '10s'")
"""What nobody waited for stays in the server's memory, so that the crash loses it for sure."""


@pytest.mark.slow
def test_a_reader_misses_nothing_when_a_crash_forgets_transactions_that_nobody_waited_for() -> None:
    with struck(settings=LOST_IN_MEMORY) as place, database.pool(place.app_url, name="chaos", size=2) as pool:
        keyring = Keyring(pool, os.urandom(32))
        store = Store(pool, keyring, os.urandom(32))
        _send(store)
        with psycopg.connect(place.app_url, autocommit=True) as connection:
            connection.execute("SET synchronous_commit = off")
            for _ in range(200):
                connection.execute("SELECT pg_current_xact_id()")
        known = store.read_feed()
        assert len(known.events) == 1
        place.kill()
        place.start()
        pool.check()
        _send(store)
        after = store.read_feed(known.through)
        assert len(after.events) == 1, "the event got a position that the reader believes to have passed"
        keyring.close()


def _send(store: Store) -> None:
    store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), MACHINE)
