"""Several processes on one store: each hands everything on once and in order, with Redis, without it, and in between."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from eventstore import Store
from runtime.embedded.valkey import Valkey
from runtime.live.channel import Channel, Said
from runtime.live.updates import Live, running
from tests.conftest import Database
from tests.runtime.live.ears import KEY, Ear, bought, moved, processes, stored
from tests.soon import soon


def hears_everything(ears: list[Ear], store: Store) -> bool:
    """Exactly what the store holds behind the place where each began: nothing missing, nothing twice, in order."""
    for ear in ears:
        soon(lambda ear=ear: ear.heard[-1:] == stored(store, ear.began)[-1:])
        assert ear.heard == stored(store, ear.began)
        assert ear.missed == 0
    return True


@contextmanager
def busy(store: Store) -> Iterator[list[int]]:
    """Somebody appends all the time, a few hundred a second; the list grows with each."""
    stop, done = threading.Event(), list[int]()
    books = [bought(store) for _ in range(8)]

    def write() -> None:
        while not stop.wait(0.002):
            moved(store, random.choice(books))
            done.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield done
    finally:
        stop.set()
        writer.join()


def test_one_process_alone_follows_the_store(store: Store, database: Database):
    book = bought(store)
    with processes(store, database.app_url, count=1) as [live]:
        assert not live.is_following
        ear = Ear(live)
        moved(store, book, 5)
        assert hears_everything([ear], store)
        assert len(ear.heard) == 5
        assert (live.is_shared, live.hub.ends().keys()) == (False, {store.history(book)[0].lane})


def test_one_reads_for_all_where_there_is_redis(store: Store, database: Database, valkey: Valkey):
    with processes(store, database.app_url, valkey.url, count=3) as lives:
        ears = [Ear(live) for live in lives]
        soon(lambda: all(live.is_shared for live in lives))
        read = [live.follower.reads for live in lives]
        with busy(store) as done:
            soon(lambda: len(done) > 300)
        assert hears_everything(ears, store)
        assert [live.follower.reads for live in lives] == read, (
            "somebody read the store although all was told"
        )


def test_losing_redis_and_finding_it_again_loses_nothing_and_doubles_nothing(
    store: Store, database: Database, valkey: Valkey
):
    with processes(store, database.app_url, valkey.url) as lives:
        ears = [Ear(live) for live in lives]
        soon(lambda: all(live.is_shared for live in lives))
        with busy(store) as done:
            for lose, bring_back in ((valkey.kill, valkey.start), (valkey.freeze, valkey.thaw)):
                lose()
                soon(lambda: not any(live.is_shared for live in lives))
                _go_on(ears, store, done)
                bring_back()
                soon(lambda: all(live.is_shared for live in lives))
                _go_on(ears, store, done)
        assert hears_everything(ears, store)


def _go_on(ears: list[Ear], store: Store, done: list[int]) -> None:
    """Things happen, and everybody hears of them."""
    count = len(done)
    soon(lambda: len(done) > count + 50)
    latest = stored(store, ears[0].began)[-1]
    soon(lambda: all(ear.heard and ear.heard[-1] >= latest for ear in ears))


def test_another_process_leads_when_the_leader_ends(store: Store, database: Database, valkey: Valkey):
    with processes(store, database.app_url, valkey.url, count=1) as [first]:
        follower = Ear(first)
        with processes(store, database.app_url, valkey.url, count=1) as [second]:
            ears = [follower, Ear(second)]
            with busy(store) as done:
                soon(lambda: first.is_shared and second.is_shared and len(done) > 50)
                leader, other = _leader(database), (first, second)
                assert leader is not None
                _cut_off(database, leader)
                soon(lambda: len(done) > 300)
                soon(lambda: all(live.is_shared for live in other))
            assert hears_everything(ears, store)
        bought(store)
        soon(lambda: first.is_shared)
        assert hears_everything([follower], store)


class Lossy(Channel):
    """Redis at its worst: drops, doubles and delays what was said, by a fixed seed."""

    def __init__(self, url: str, key: bytes) -> None:
        super().__init__(url, key)
        self._drawn, self._late = random.Random(4), list[Said]()

    def say(self, said: Said) -> bool:
        what = self._drawn.random()
        if what < 0.3:
            return True
        if what < 0.5:
            self._late.append(said)
            return True
        while self._late and what > 0.8:
            super().say(self._late.pop(self._drawn.randrange(len(self._late))))
        return super().say(said) and (what < 0.7 or super().say(said))


def test_whatever_redis_does_to_messages_nothing_is_missed(store: Store, database: Database, valkey: Valkey):
    with (
        running(Live(store, database.app_url, Lossy(valkey.url, KEY))) as one,
        running(Live(store, database.app_url, Lossy(valkey.url, KEY))) as other,
        busy(store) as done,
    ):
        ears = [Ear(one), Ear(other)]
        soon(lambda: len(done) > 500, 60)
    # Both have ended; what they still lack nobody tells them, so only what they heard is compared.
    for ear in ears:
        heard = ear.heard
        assert len(heard) > 300
        assert heard == [p for p in stored(store, ear.began) if p <= heard[-1]]


def test_a_process_that_is_told_nothing_any_more_reads_the_store(
    store: Store, database: Database, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
):
    with processes(store, database.app_url, valkey.url) as lives:
        ears = [Ear(live) for live in lives]
        soon(lambda: all(live.is_shared for live in lives))
        monkeypatch.setattr(lives[1].follower, "hear", lambda stretch: None)
        moved(store, bought(store), 20)
        assert hears_everything(ears, store)
        assert (lives[0].is_shared, lives[1].is_shared) == (True, False)


def test_the_database_goes_and_comes_back(store: Store, database: Database):
    with processes(store, database.app_url, count=1) as [live]:
        ear, book = Ear(live), bought(store)
        soon(lambda: ear.heard)
        for _ in range(3):
            _cut_off(database)
            moved(store, book, 3)
            assert hears_everything([ear], store)


@pytest.mark.parametrize("shared", [False, True])
def test_after_a_restore_whoever_is_connected_begins_again(
    store: Store, database: Database, valkey: Valkey, shared: bool
):
    """Another incarnation: the positions of before mean something else. Whoever tells the others notices, too."""
    with processes(store, database.app_url, valkey.url if shared else "") as lives:
        ears, history = [Ear(live) for live in lives], lives[0].hub.history
        soon(lambda: [live.is_shared for live in lives] == [shared, shared])
        bought(store)
        soon(lambda: all(ear.heard for ear in ears))
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("UPDATE store.store SET incarnation = gen_random_uuid()")
        for ear in ears:
            soon(lambda ear=ear: ear.heard is not None and ear.missed == 1)
            assert ear.live.hub.history != history
        soon(lambda: [live.is_shared for live in lives] == [shared, shared])
        before = [len(ear.heard) for ear in ears]
        bought(store)
        soon(lambda: [len(ear.heard) for ear in ears] == [count + 1 for count in before])


@pytest.mark.parametrize("lost", [False, True])
def test_what_is_to_be_forgotten_is_heard_of_elsewhere(
    store: Store, database: Database, valkey: Valkey, lost: bool
):
    """And costs the one who says it nothing, whether Redis is there or not."""
    with processes(store, database.app_url, valkey.url) as [one, other]:
        forgotten: list[int] = []
        other.after_forget = lambda: forgotten.append(1)
        soon(lambda: one.tell_to_forget() or forgotten)
        if lost:
            valkey.kill()
            for _ in range(1_000):
                one.tell_to_forget()
            valkey.start()
        forgotten.clear()
        soon(lambda: one.tell_to_forget() or forgotten)


def _leader(database: Database) -> int | None:
    """The backend that holds the lock of those who tell."""
    with psycopg.connect(database.owner_url) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 6"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return None if row is None else int(row[0])


def _cut_off(database: Database, backend: int | None = None) -> None:
    """One connection to the database, or all of them: as when the server restarts."""
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
            " AND datname = current_database() AND pid <> pg_backend_pid() AND pid = coalesce(%s, pid)",
            (backend,),
        )
