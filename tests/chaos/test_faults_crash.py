"""What a reader was told before a crash is still true after it: positions that were given out are not used again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from eventstore import Keyring, Store
from eventstore.migrate import HERE
from runtime import database
from tests.chaos.pg_server import Struck, struck
from tests.eventstore.shelf import MACHINE, BuyBook

LOST_IN_MEMORY = ("wal_writer_delay = '10s'", "bgwriter_delay = '10s'")
"""What nobody waited for stays in the server's memory, so that the crash loses it for sure."""


@pytest.mark.slow
def test_a_reader_misses_nothing_when_a_crash_forgets_transactions_that_nobody_waited_for() -> None:
    with struck(settings=LOST_IN_MEMORY) as place, _store(place) as store:
        assert _seen_after_a_crash(place, store) == 1, "the event got a position that the reader has passed"
        _read_up_to_the_bare_horizon(place)
        assert _seen_after_a_crash(place, store) == 0, "the mutant was not found out"


@contextmanager
def _store(place: Struck) -> Iterator[Store]:
    with database.pool(place.app_url, name="chaos", size=2) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()


def _seen_after_a_crash(place: Struck, store: Store) -> int:
    """How many events a reader sees of the one that was appended after the crash."""
    _send(store)
    with psycopg.connect(place.app_url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for _ in range(200):
            connection.execute("SELECT pg_current_xact_id()")
    known = store.read_feed()
    place.kill()
    place.start()
    _send(store)
    return len(store.read_feed(known.through).events)


def _send(store: Store) -> None:
    store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), MACHINE)


def _read_up_to_the_bare_horizon(place: Struck) -> None:
    """The mutant: the page of the feed as it first was, which reaches up to the next transaction id."""
    text = (HERE / "0001_store.sql").read_text()
    found = re.search(r"CREATE (FUNCTION store\.read_feed.*?END \$\$;)", text, re.DOTALL)
    assert found is not None
    with psycopg.connect(place.owner_url, autocommit=True) as owner:
        owner.execute(f"CREATE OR REPLACE {found.group(1)}".encode())
