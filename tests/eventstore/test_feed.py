"""The feed: everything once and in order, however it is read, and a bell that may be lost."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic
from uuid import UUID, uuid4

import psycopg

from eventstore import Doorbell, Recorded, Store, StoreFeed, lane_of
from eventstore.feed import CHANNEL, RINGS_A_SECOND
from tests.eventstore.shelf import MACHINE, BuyBook, MoveBook, buy, tell, until
from tests.soon import soon

WRITERS, READERS, APPENDS = 6, 2, 40


def test_a_reader_misses_nothing_under_writers_rollbacks_and_an_unrelated_open_transaction(
    store: Store, database
) -> None:
    written = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(APPENDS):
            book = buy(store)
            for _ in range(chance.randint(0, 3)):
                tell(store, book, MoveBook(shelf="x"))
            if chance.random() < 0.3:
                roll_back(database.owner_url, book)

    def read() -> list[int]:
        seen: list[int] = []
        while True:
            over = written.is_set()
            batch = store.read_feed(seen[-1] if seen else 0, limit=50)
            seen += [row.position for row in batch.events]
            if over and not batch.events:
                return seen

    with psycopg.connect(database.owner_url) as unrelated, ThreadPoolExecutor(WRITERS + READERS) as pool:
        unrelated.execute("CREATE TABLE unrelated (x int)")
        readers = [pool.submit(read) for _ in range(READERS)]
        for writer in [pool.submit(write, seed) for seed in range(WRITERS)]:
            writer.result()
        written.set()
        seen = [reader.result() for reader in readers]
    with psycopg.connect(database.owner_url) as owner:
        stored = [row[0] for row in owner.execute("SELECT position FROM store.events ORDER BY position")]
    assert len(stored) >= WRITERS * APPENDS
    assert all(positions == stored for positions in seen)


def test_the_end_of_each_lane_is_its_last_event_that_readers_may_see(store: Store, database) -> None:
    for _ in range(30):
        buy(store)
    rows = store.read_feed(0, limit=100).events
    assert store.lane_ends() == {lane: last(rows, lane) for lane in range(64)}
    half = rows[14].position
    assert store.lane_ends(half) == {lane: last(rows[:15], lane) for lane in range(64)}
    assert set(store.lane_ends(0).values()) == {0}
    with psycopg.connect(database.owner_url) as writing:
        writing.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
        writing.execute("SELECT pg_current_xact_id()")
        before = store.lane_ends()
        buy(store)
        assert store.lane_ends() == before, (
            "an event behind a transaction that may still append is no end yet"
        )
    assert store.lane_ends() != before


def last(rows: list[Recorded], lane: int) -> int:
    return max((row.position for row in rows if row.lane == lane), default=0)


def roll_back(owner_url: str, book: UUID) -> None:
    """An append that takes its lock and its id, writes, and comes to nothing."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
        connection.execute(
            "INSERT INTO store.events SELECT stream_id, 99, pg_current_xact_id()::text::bigint << 16, lane, owner, kind,"
            " schema, state, meta, recorded_at, link FROM store.events WHERE stream_id = %s AND version = 1",
            (book,),
        )
        connection.rollback()


def test_lanes_are_read_apart_and_make_the_whole(store: Store) -> None:
    for _ in range(30):
        buy(store)
    feed = StoreFeed(store)
    whole = [row.position for row in feed.read(0, None, 1000).events]
    halves = [feed.read(0, range(start, 64, 2), 1000).events for start in (0, 1)]
    assert sorted(row.position for half in halves for row in half) == whole
    assert all(row.lane == lane_of(row.owner or row.stream_id) for half in halves for row in half)


def test_a_read_says_how_far_it_reaches(store: Store) -> None:
    for _ in range(5):
        buy(store)
    first = store.read_feed(0, limit=3)
    assert first.through == first.events[-1].position
    rest = store.read_feed(first.through, limit=3)
    assert len(rest.events) == 2
    assert rest.through >= rest.events[-1].position
    assert store.read_feed(rest.through).events == []


# ── the bell ─────────────────────────────────────────────────────────────────


def test_an_append_is_heard_in_this_process_and_in_others(store: Store, database) -> None:
    with closing(Doorbell(database.app_url)) as ours, closing(Doorbell(database.app_url)) as theirs:
        store.after_append = ours.ring
        here, there = StoreFeed(store, ours, poll=30.0), StoreFeed(store, theirs, poll=30.0)
        there.wait(5.0)  # the first ring: from now on it listens
        here.wait(0.0)
        buy(store)
        assert here.wait(10.0)
        assert there.wait(10.0)
        assert not there.wait(0.0)


def test_rings_are_throttled_and_the_last_one_is_heard(database) -> None:
    with (
        closing(Doorbell(database.app_url)) as bell,
        psycopg.connect(database.app_url, autocommit=True) as ear,
    ):
        ear.execute(f"LISTEN {CHANNEL}")
        began = monotonic()

        def enough() -> bool:
            bell.ring()
            return monotonic() > began + 1.0

        until(enough)
        rang_for = monotonic() - began
        heard = len(list(ear.notifies(timeout=0.3)))
        assert 1 <= heard <= 2 + RINGS_A_SECOND * rang_for


def test_listening_goes_on_after_the_connection_died(store: Store, database) -> None:
    with closing(Doorbell(database.app_url)) as ours, closing(Doorbell(database.app_url)) as theirs:
        there = StoreFeed(store, theirs, poll=30.0)
        there.wait(5.0)
        with psycopg.connect(database.app_url, autocommit=True) as app:
            app.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'app' AND pid <> pg_backend_pid()"
            )
        assert there.wait(10.0)  # it listens again, and rings for what it may have missed
        ours.ring()
        assert there.wait(10.0)


def test_a_lost_listen_connection_costs_a_poll_and_never_an_event(store: Store, database) -> None:
    """Its backend is ended again and again while events are appended: all are seen, and it listens again."""
    appended, seen = threading.Event(), []

    def follow(feed: StoreFeed) -> None:
        after = 0
        while True:
            over = appended.is_set()
            batch = feed.read(after, None, 100)
            seen.extend(row.position for row in batch.events)
            after = batch.through
            if over and not batch.events:
                return
            if not batch.events:
                feed.wait(1.0)

    with closing(Doorbell(database.app_url)) as ours, closing(Doorbell(database.app_url)) as theirs:
        store.after_append = ours.ring
        reader = threading.Thread(target=follow, args=(StoreFeed(store, theirs, poll=0.05),))
        reader.start()
        ended = set()
        for _ in range(5):
            ended.add(soon(lambda: end_listener(database.app_url)))
            for _ in range(5):
                buy(store)
        appended.set()
        reader.join(timeout=30.0)
        again = soon(lambda: listeners(database.app_url))
        there = StoreFeed(store, theirs, poll=30.0)
        there.wait(0.0)
        buy(store)
        assert there.wait(10.0)
    with psycopg.connect(database.owner_url) as owner:
        stored = [row[0] for row in owner.execute("SELECT position FROM store.events ORDER BY position")]
    assert len(ended) == 5
    assert not ended.intersection(again)
    assert seen == stored[:-1]


def listeners(url: str) -> list[int]:
    """The backends that have said LISTEN and nothing since."""
    with psycopg.connect(url, autocommit=True) as app:
        found = app.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
        )
        return [pid for (pid,) in found]


def end_listener(url: str) -> int | None:
    """Terminate one of them; None while there is none."""
    for pid in listeners(url):
        with psycopg.connect(url, autocommit=True) as app:
            app.execute("SELECT pg_terminate_backend(%s)", (pid,))
        return pid
    return None


def test_without_a_bell_a_reader_looks_by_itself(store: Store) -> None:
    with closing(Doorbell("host=/nowhere connect_timeout=1")) as deaf:
        feed = StoreFeed(store, deaf, poll=0.05)
        began = monotonic()
        assert not feed.wait(10.0)
        assert monotonic() - began < 5.0


def test_a_bell_that_cannot_be_heard_elsewhere_disturbs_nobody(store: Store) -> None:
    with closing(Doorbell("host=/nowhere connect_timeout=1")) as mute:
        store.after_append = mute.ring
        feed = StoreFeed(store, mute, poll=30.0)
        store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), MACHINE)
        until(lambda: feed.wait(1.0))
