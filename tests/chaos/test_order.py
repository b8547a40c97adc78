"""The short form of `manage.py chaos order`, and readers and writers changed on purpose that it catches.

Nothing here waits for luck: the mutants are moved by hand, one statement at a time (order_by_hand.py).
"""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

from runtime.embedded.postgres import Postgres
from tests.chaos.order import Figures, Traffic, upset
from tests.chaos.order_by_hand import (
    READ_FEED,
    Reader,
    append_now,
    burn,
    changed,
    let_read,
    overtaken,
    paused_append,
    replace,
    verdict,
)
from tests.chaos.order_cluster import WRAP, Cluster, throwaway
from tests.chaos.order_readers import Pages, Reading, Signals, follow, readings
from tests.chaos.order_verdict import Chains, Verdict
from tests.conftest import Database

SEED = int(os.environ.get("CHAOS_SEED", "4"))
EVENTS = 10_000
HORIZON = "upto := horizon();"
NO_HORIZON = "upto := 9223372036854775807;"
CORRECTIONS = (
    "WHEN full_id - x > 2147483648 THEN full_id - 4294967296",
    "WHEN x - full_id > 2147483648 THEN full_id + 4294967296",
)


@pytest.fixture
def hand(database: Database) -> Iterator[Connection]:
    """A reader's connection."""
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


def assert_kept(figures: Figures) -> None:
    broken = [verdict for verdict in figures.readers if not verdict.kept]
    assert not broken
    assert figures.chains.kept
    assert figures.appends == figures.answers
    assert figures.kept


def short(name: str, first_id: int | None = None) -> Traffic:
    return Traffic(name, EVENTS, SEED, first_id, longest=0.3, readings=readings(small=7))


# ── traffic ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_no_reader_misses_doubles_or_reorders_an_event(postgres: Postgres, database: Database) -> None:
    print(f"CHAOS_SEED={SEED}")
    figures = upset(Cluster(postgres, database.app_url, database.owner_url), short("low ids"))
    assert_kept(figures)
    assert figures.chains.events >= EVENTS
    assert figures.rolled_back
    assert figures.stops


@pytest.mark.slow
def test_nor_does_one_when_transaction_ids_pass_the_32nd_bit(print_seed: None) -> None:
    with throwaway(WRAP - 300) as cluster:
        figures = upset(cluster, short("across 2^32", WRAP - 300))
    assert_kept(figures)
    assert figures.ids[0] < WRAP < figures.ids[1]


@pytest.fixture
def print_seed() -> None:
    print(f"CHAOS_SEED={SEED}")


class Written(Pages):
    """A feed of so many events, all written before anybody reads."""

    def __init__(self, events: int) -> None:
        self._events = events

    def read(self, after: int, reading: Reading) -> tuple[list[int], int]:
        found = list(range(after + 1, min(self._events, after + reading.limit) + 1))
        return found, found[-1] if found else after


@pytest.mark.parametrize(("events", "begins"), [(5, 0), (10, 0), (20, 10), (25, 10), (999, 190)])
def test_who_begins_in_the_middle_when_everything_is_written_has_something_to_read(
    events: int, begins: int
) -> None:
    over = threading.Event()
    over.set()
    seen = follow(Written(events), Reading("middle", limit=10, from_middle=True), Signals(over, over))
    assert (seen.after, list(seen.positions)) == (begins, list(range(begins + 1, events + 1)))


QUIET: list[dict[str, object]] = [
    {"stops": 0},
    {"rolled_back": 0},
    {"readers": [Verdict("all", 9, 0, 0, 0), Verdict("small", 0, 0, 0, 0)]},
    {"readers": []},
]


@pytest.mark.parametrize("change", QUIET)
def test_a_run_in_which_nothing_was_upset_proves_nothing(change: dict[str, object]) -> None:
    readers = [Verdict("all", 9, 0, 0, 0)]
    figures = Figures("", 1.0, 9, 9, 1, 1, (1, 9), Chains(9, 3, 0, 0, 0), readers)
    assert figures.kept
    assert not dataclasses.replace(figures, **change).kept  # type: ignore[arg-type]


# ── readers and writers changed on purpose ─────────────────────────────────────────────────────────────────────────


def test_a_reader_waits_for_a_writer_that_was_overtaken(database: Database, hand: Connection) -> None:
    found = overtaken(database.app_url, database.owner_url, Reader(hand))
    assert (found.read, found.kept) == (3, True)


def test_without_a_horizon_the_overtaken_event_is_skipped(database: Database, hand: Connection) -> None:
    replace(database.owner_url, changed(READ_FEED, (HORIZON, NO_HORIZON)))
    found = overtaken(database.app_url, database.owner_url, Reader(hand))
    assert (found.read, found.skipped, found.kept) == (2, 1, False)


def test_a_reader_that_goes_back_a_little_gets_events_twice(database: Database, hand: Connection) -> None:
    """Reading again from a little before, as some do instead of a horizon: the check sees that too."""
    reader = Reader(hand)
    append_now(hand)
    reader.page()
    reader.through -= 1 << 16
    reader.page()
    found = verdict(database.owner_url, reader)
    assert (found.skipped, found.doubled, found.kept) == (0, 1, False)


def test_an_append_behind_another_write_is_refused(database: Database, hand: Connection) -> None:
    with psycopg.connect(database.owner_url) as writer:
        writer.execute("CREATE TABLE public.another (x int)")
        with pytest.raises(psycopg.Error) as refusal:
            append_now(writer)
    assert refusal.value.sqlstate == "QS003"


def test_were_it_not_its_event_would_be_skipped(database: Database, hand: Connection) -> None:
    replace(
        database.owner_url,
        changed("store.append", ("IF pg_current_xact_id_if_assigned() IS NOT NULL THEN", "IF false THEN")),
    )
    reader = Reader(hand)
    with psycopg.connect(database.owner_url) as writer:
        writer.execute("CREATE TABLE public.another (x int)")
        append_now(hand)
        reader.page()
        append_now(writer)
    reader.page()
    assert verdict(database.owner_url, reader).skipped == 1


def in_a_long_transaction(database: Database, hand: Connection) -> Reader:
    """The reader has looked at the backends before the writer begins, and looks again in the same transaction."""
    reader = Reader(hand)
    with hand.transaction():
        with paused_append(database.app_url):
            reader.page()
        with psycopg.connect(database.app_url, autocommit=True) as quick, paused_append(database.app_url):
            append_now(quick)
            reader.page()
        reader.page()
    return reader


def test_a_reader_in_a_long_transaction_sees_new_writers(database: Database, hand: Connection) -> None:
    assert verdict(database.owner_url, in_a_long_transaction(database, hand)).kept


def test_with_the_old_picture_of_the_backends_it_would_not(database: Database, hand: Connection) -> None:
    replace(database.owner_url, changed("store.horizon", ("PERFORM pg_stat_clear_snapshot();", "")))
    assert verdict(database.owner_url, in_a_long_transaction(database, hand)).skipped == 1


def test_a_horizon_restores_the_epoch_of_ids_on_both_sides_of_2_to_the_32() -> None:
    """One interleaving, read three ways: as written; without the correction at the wrap (the writer below it is taken
    for one far above, and its event is skipped); without any epoch (nothing is read while somebody writes)."""
    with throwaway(WRAP - 200) as cluster, psycopg.connect(cluster.app_url, autocommit=True) as hand:
        _beside(cluster, "uncorrected", *((correction, "") for correction in CORRECTIONS))
        _beside(cluster, "epochless", ("(x >> 32 << 32) | ", ""), *((one, "") for one in CORRECTIONS))
        readers = [Reader(hand, READ_FEED + name) for name in ("", "_uncorrected", "_epochless")]

        with paused_append(cluster.app_url):
            burn(hand, 250)
            append_now(hand)
            pages = [reader.page() for reader in readers]
        assert pages == [0, 1, 0]
        append_now(hand)
        pages = [reader.page() for reader in readers]
        assert pages == [3, 1, 3]
        assert [verdict(cluster.owner_url, reader).skipped for reader in readers] == [0, 1, 0]

        with paused_append(cluster.app_url):
            append_now(hand)
            hand_on = [reader.page() for reader in readers]
        assert hand_on == [0, 0, 0]
        with paused_append(cluster.app_url):
            assert [reader.page() for reader in readers] == [2, 2, 0], (
                "without an epoch the feed stands still"
            )


def _beside(cluster: Cluster, name: str, *changes: tuple[str, str]) -> None:
    """A second feed in the same database, with a horizon of its own."""
    horizon = changed("store.horizon", ("store.horizon", f"store.horizon_{name}"), *changes)
    feed = changed(READ_FEED, (READ_FEED, f"{READ_FEED}_{name}"), ("horizon()", f"horizon_{name}()"))
    for source in (horizon.replace("CASE\n", "CASE WHEN false THEN x\n"), feed):
        replace(cluster.owner_url, source)
    let_read(cluster.owner_url, f"{READ_FEED}_{name}")
