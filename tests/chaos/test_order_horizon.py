"""Attacks on the horizon, each with what becomes of it where the horizon does not know better.

The law: the lock on ``events`` comes before the id, so whoever could still commit below x is seen. Looked for and held:

* An id is in the writer's slot before a later id can be given out, and a commit becomes visible, then gives up its id,
  then its lock. So a writer with an id below x that shows no lock or no id any more is in the next snapshot. Random
  stops of backends (order_strikes.py) stretch these instants; a commit that waits for a standby stretches them for long.
* ``pg_locks`` looks into the backends' own slots first and at the shared table last; locks move that way only.
* ``backend_xid`` is the id of the whole transaction, and so is the position: savepoints change nothing.
* ``backend_xid`` is shown to everybody, unlike the rest of another role's session.
* ``append`` is never run by a parallel worker: a volatile function that writes.

What was found, and has an answer since migration 0007: a snapshot that is older than the look at the locks, prepared
transactions, a standby, and ids that are given out again after a crash.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import Connection

from eventstore import LANES
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.chaos.order_by_hand import (
    READ_FEED,
    Reader,
    append_now,
    burn,
    changed,
    let_read,
    overtaken,
    paused_append,
    verdict,
)
from tests.chaos.order_by_hand import replace as put
from tests.chaos.order_cluster import Cluster, standby_of, throwaway
from tests.conftest import Database, fresh_database
from tests.soon import soon

OLD_SNAPSHOT = "current_setting('transaction_isolation') <> 'read committed' OR "
STANDBY = " OR pg_is_in_recovery()"
PREPARED = "IF current_setting('max_prepared_transactions') <> '0' THEN"
MARK = "SELECT greatest(max(e.position), p_after) INTO mark.position FROM events e WHERE e.position < upto;"
MARK_OF_BEFORE = "mark.position := greatest(upto - 1, p_after);"
FEEDS = [READ_FEED, f"{READ_FEED}_of_before"]


@pytest.fixture
def hand(database: Database) -> Iterator[Connection]:
    """A reader's connection."""
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that allows what ours does not: prepared transactions, commits that wait for a standby, and log that
    stays in memory. Each test leaves a store that everything was read from."""
    with throwaway() as made:
        made.restart_with(
            max_prepared_transactions="4", wal_level="replica", max_wal_senders="4", wal_writer_delay="10s"
        )
        yield made


@contextmanager
def administering(cluster: Cluster, statement: str, undo: str) -> Iterator[None]:
    """Something is so for a while, for the whole server."""
    with psycopg.connect(cluster.server.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        for now in (statement, "SELECT pg_reload_conf()"):
            admin.execute(now.encode())
        try:
            yield
        finally:
            for now in (undo, "SELECT pg_reload_conf()"):
                admin.execute(now.encode())


# ── an older snapshot ──────────────────────────────────────────────────────────────────────────────────────────────


def in_an_old_snapshot(database: Database, hand: Connection) -> Reader:
    """The writer commits between the reader's snapshot and its look at the locks."""
    reader = Reader(hand)
    with psycopg.connect(database.app_url, autocommit=True) as quick, hand.transaction():
        with paused_append(database.app_url):
            append_now(quick)
            hand.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            hand.execute("SELECT 1 FROM store.clock")
        reader.page()
    reader.page()
    return reader


def test_a_reader_with_an_old_snapshot_goes_no_further_than_it(database: Database, hand: Connection) -> None:
    assert verdict(database.owner_url, in_an_old_snapshot(database, hand)).kept


def test_by_the_locks_alone_it_would_skip_an_event(database: Database, hand: Connection) -> None:
    put(database.owner_url, changed("store.horizon", (OLD_SNAPSHOT, "")))
    assert verdict(database.owner_url, in_an_old_snapshot(database, hand)).skipped == 1


# ── prepared transactions ──────────────────────────────────────────────────────────────────────────────────────────


def past_a_prepared_append(cluster: Cluster, feed: str) -> int:
    """How many events are skipped whose transaction was prepared, overtaken, and then committed."""
    with psycopg.connect(cluster.app_url, autocommit=True) as hand:
        reader = Reader(hand, feed)
        reader.page()
        hand.execute("BEGIN")
        append_now(hand)
        hand.execute("PREPARE TRANSACTION 'held'")
        append_now(hand)
        reader.page()
        hand.execute("COMMIT PREPARED 'held'")
        reader.page()
    return verdict(cluster.owner_url, reader).skipped


def test_a_prepared_transaction_is_waited_for(cluster: Cluster) -> None:
    beside(cluster, "horizon", (PREPARED, "IF false THEN"))
    assert [past_a_prepared_append(cluster, feed) for feed in FEEDS] == [0, 1]


def beside(cluster: Cluster, part: str, *changes: tuple[str, str]) -> None:
    """A second feed in the same database, changed on purpose in its horizon or in itself."""
    of_before = "store.horizon_of_before"
    put(
        cluster.owner_url,
        changed("store.horizon", ("store.horizon", of_before), *changes * (part == "horizon")),
    )
    renamed = ((READ_FEED, FEEDS[1]), ("horizon()", "horizon_of_before()"))
    put(cluster.owner_url, changed(READ_FEED, *renamed, *changes * (part == "feed")))
    let_read(cluster.owner_url, FEEDS[1])


# ── who may see the ids of others ──────────────────────────────────────────────────────────────────────────────────


def test_an_owner_who_may_not_look_at_others_sessions_sees_their_ids_all_the_same(cluster: Cluster) -> None:
    """As after a dump is restored into a server that nobody prepared."""
    hide = "REVOKE pg_read_all_stats FROM store_owner", "GRANT pg_read_all_stats TO store_owner"
    with administering(cluster, *hide), psycopg.connect(cluster.app_url, autocommit=True) as hand:
        assert overtaken(cluster.app_url, cluster.owner_url, Reader(hand)).kept


def test_writers_whose_activity_is_not_tracked_are_seen_all_the_same(cluster: Cluster) -> None:
    untracked = "ALTER SYSTEM SET track_activities = off", "ALTER SYSTEM RESET track_activities"
    with administering(cluster, *untracked), psycopg.connect(cluster.app_url, autocommit=True) as hand:
        soon(lambda: hand.execute("SHOW track_activities").fetchone() == ("off",))
        assert overtaken(cluster.app_url, cluster.owner_url, Reader(hand)).kept


# ── a crash ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reader_that_outlives_a_crash_of_the_server_misses_nothing(cluster: Cluster) -> None:
    """Ids of transactions that left nothing on the disk are given out again; a reader must not be above them.

    Rolled-back transactions are such, and those that commit without waiting for the disk, as projectors do.
    """
    beside(cluster, "feed", (MARK, MARK_OF_BEFORE))
    with psycopg.connect(cluster.app_url, autocommit=True) as hand:
        readers = [Reader(hand, feed, lanes=range(LANES)) for feed in FEEDS]
        append_now(hand)
        burn(hand, 100)
        pages(readers, hand)
    crash(cluster.server)
    with psycopg.connect(cluster.app_url, autocommit=True) as hand:
        append_now(hand)
        burn(hand, 200)
        append_now(hand)
        pages(readers, hand)
    assert [verdict(cluster.owner_url, reader).skipped for reader in readers] == [0, 1]


def pages(readers: list[Reader], hand: Connection) -> None:
    for reader in readers:
        reader.connection = hand
        reader.page()


def crash(server: Postgres) -> None:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    soon(lambda: server.pid is None)
    server.start()


# ── a commit that takes long ───────────────────────────────────────────────────────────────────────────────────────


def test_a_commit_that_waits_for_a_standby_is_waited_for(cluster: Cluster) -> None:
    """Written and flushed, still with its id and its lock, and not visible yet."""
    never = (
        "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
        "ALTER SYSTEM RESET synchronous_standby_names",
    )
    with psycopg.connect(cluster.app_url, autocommit=True) as hand, ThreadPoolExecutor(1) as pool:
        reader = Reader(hand)
        while reader.page():
            pass
        with administering(cluster, *never):
            slow = pool.submit(append_alone, cluster.app_url)
            soon(lambda: waits_for(hand, "SyncRep"))
            hand.execute("SET synchronous_commit = local")
            append_now(hand)
            assert reader.page() == 0
        slow.result(timeout=20)
        assert reader.page() == 2
    assert verdict(cluster.owner_url, reader).kept


def append_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        append_now(connection)


def waits_for(hand: Connection, event: str) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND wait_event = %s"
    return hand.execute(query, (event,)).fetchone() == (1,)


# ── a standby ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_standby_that_knows_no_locks_goes_by_its_snapshot(cluster: Cluster) -> None:
    beside(cluster, "horizon", (STANDBY, ""))
    with (
        standby_of(cluster) as standby,
        psycopg.connect(cluster.app_url, autocommit=True) as writer,
        psycopg.connect(standby.app_url, autocommit=True) as hand,
    ):
        readers = [Reader(hand, feed) for feed in FEEDS]
        with paused_append(cluster.app_url):
            append_now(writer)
            arrived(writer, hand)
            pages(readers, hand)
        arrived(writer, hand)
        pages(readers, hand)
    assert [verdict(cluster.owner_url, reader).skipped for reader in readers] == [0, 1]


def arrived(first: Connection, second: Connection) -> None:
    """Everything that is written at the first server can be read at the second."""
    row = first.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    assert row is not None
    soon(lambda: second.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", row).fetchone() == (True,))


# ── locks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lock_that_was_moved_to_the_shared_table_is_seen(database: Database, hand: Connection) -> None:
    """Whoever wants the whole table, as CREATE INDEX does, moves the writers' locks there."""
    reader = Reader(hand)
    with (
        psycopg.connect(database.app_url, autocommit=True) as quick,
        psycopg.connect(database.owner_url) as builder,
        ThreadPoolExecutor(1) as pool,
    ):
        with paused_append(database.app_url):
            append_now(quick)
            assert writers_locks(quick) == [True]
            waiting = pool.submit(builder.execute, "LOCK TABLE store.events IN SHARE MODE")
            soon(lambda: writers_locks(quick) == [False])
            assert reader.page() == 0
        waiting.result(timeout=20)
        assert reader.page() == 2
    assert verdict(database.owner_url, reader).kept


def writers_locks(hand: Connection) -> list[bool]:
    """Of each writer's lock, whether it is still in the writer's own slot."""
    query = (
        "SELECT fastpath FROM pg_locks WHERE relation = 'store.events'::regclass AND mode = 'RowExclusiveLock'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return [fastpath for (fastpath,) in hand.execute(query)]


def test_vacuum_analyze_and_a_new_index_hold_nobody_back(database: Database, hand: Connection) -> None:
    reader = Reader(hand)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        append_now(hand)
        owner.execute("VACUUM (ANALYZE) store.events")
        owner.execute("CREATE INDEX CONCURRENTLY later ON store.events (kind)")
        found = overtaken(
            database.app_url, database.owner_url, reader, lambda: owner.execute("ANALYZE store.events")
        )
    assert (found.read, found.kept) == (4, True)


def test_a_writer_in_another_database_with_the_same_tables_holds_nobody_back(
    postgres: Postgres, database: Database, hand: Connection
) -> None:
    with fresh_database(postgres) as other, paused_append(other.app_url):
        append_now(hand)
        assert Reader(hand).page() == 1


# ── savepoints and one's own transaction ───────────────────────────────────────────────────────────────────────────


def test_an_append_in_a_savepoint_is_waited_for(database: Database, hand: Connection) -> None:
    reader = Reader(hand)
    with psycopg.connect(database.app_url, autocommit=True) as quick:
        with psycopg.connect(database.app_url, autocommit=True) as writer, writer.transaction():
            with writer.transaction():
                append_now(writer)
            append_now(quick)
            assert reader.page() == 0
        assert reader.page() == 2
    assert verdict(database.owner_url, reader).kept


def test_an_append_taken_back_with_its_savepoint_is_the_last_of_its_transaction(
    database: Database, hand: Connection
) -> None:
    """The lock is given back and the id is not: another append there would break the law."""
    with psycopg.connect(database.app_url, autocommit=True) as writer, writer.transaction() as whole:
        with writer.transaction(force_rollback=True):
            append_now(writer)
        with pytest.raises(psycopg.Error) as refusal:
            append_now(writer)
        raise psycopg.Rollback(whole)
    assert refusal.value.sqlstate == "QS003"
    append_now(hand)
    assert Reader(hand).page() == 1


def test_nobody_reads_an_event_of_his_own_before_it_is_committed(
    database: Database, hand: Connection
) -> None:
    reader = Reader(hand)
    with hand.transaction():
        append_now(hand)
        with psycopg.connect(database.app_url, autocommit=True) as quick:
            append_now(quick)
        assert reader.page() == 0
    assert reader.page() == 2
    assert verdict(database.owner_url, reader).kept
