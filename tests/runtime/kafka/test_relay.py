"""The relay: everything that is stored is shipped, in order, whoever ships and whoever is killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from kafka import KafkaAdminClient

from eventstore import Store
from runtime.kafka.connection import admin, partitions_of
from runtime.settings import Settings
from tests.conftest import Database
from tests.runtime.kafka.shipping import (
    Process,
    all_shipped,
    append,
    arrived,
    is_whole,
    partitions_used,
    position_of,
    relaying,
    stored,
    topic,
)
from tests.soon import soon


@pytest.fixture
def brokers(settings: Settings) -> Iterator[KafkaAdminClient]:
    with closing(admin(settings)) as client:
        yield client


def test_everything_is_shipped_in_the_order_of_its_lane_with_what_comes_before(
    store: Store, settings: Settings
) -> None:
    append(store)
    with relaying(settings) as relay:
        append(store)
        all_shipped(settings, store)
    assert is_whole(settings, store) == 0
    assert relay.shipping.events == len(stored(store))
    assert relay.shipping.replaced == 0


def test_a_lane_has_the_partition_of_its_number(store: Store, settings: Settings) -> None:
    append(store, books=40, times=1)
    with relaying(settings):
        all_shipped(settings, store)
    with closing(admin(settings)) as client:
        assert partitions_of(client, topic(settings)) == 12
    assert set(arrived(settings)) == {row.lane for row in stored(store)}


def test_a_relay_begins_where_the_last_one_ended(store: Store, settings: Settings) -> None:
    append(store)
    with relaying(settings):
        all_shipped(settings, store)
    append(store)
    with relaying(settings) as relay:
        all_shipped(settings, store)
    assert relay.shipping.epoch == 2
    assert is_whole(settings, store) == 0


def test_a_relay_killed_before_it_moved_is_followed_by_one_that_sends_again(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    append(store, books=5)
    with closing(Process(settings, tmp_path / "faults")) as process:
        all_shipped(settings, store)
        before = position_of(settings)
        (process.faults / "relay-acknowledged").touch()
        append(store, books=5)
        assert process.ended() == -signal.SIGKILL
    assert position_of(settings) == before
    with relaying(settings):
        all_shipped(settings, store)
    assert is_whole(settings, store) >= 1


def test_a_relay_that_slept_past_its_lease_steps_down_and_its_late_sends_are_harmless(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    append(store, books=5)
    with closing(Process(settings, tmp_path / "faults")) as sleeper:
        all_shipped(settings, store)
        sleeper.signal(signal.SIGSTOP)
        append(store)
        with relaying(settings) as relay:
            all_shipped(settings, store)
            sleeper.signal(signal.SIGCONT)
            soon(lambda: "relay-steps-down" in sleeper.said())
            append(store)
            all_shipped(settings, store)
            assert relay.shipping.leading
        sleeper.signal(signal.SIGTERM)
        assert sleeper.ended() == 0
    is_whole(settings, store)


def test_a_stopped_relay_hands_over_at_once_with_nothing_to_send_again(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    append(store)
    with closing(Process(settings, tmp_path / "faults")) as process:
        all_shipped(settings, store)
        append(store)
        process.signal(signal.SIGTERM)
        assert process.ended(10) == 0
        # Its lease has four seconds left: it was given back.
        with relaying(settings) as relay:
            soon(lambda: relay.shipping.leading, 2)
            all_shipped(settings, store)
    assert is_whole(settings, store) == 0


def test_a_relay_whose_connections_are_cut_goes_on(
    store: Store, settings: Settings, database: Database
) -> None:
    with relaying(settings) as relay:
        for _ in range(5):
            append(store, books=3)
            soon(lambda: relay.shipping.events)
            with psycopg.connect(database.projector_url, autocommit=True) as itself:
                itself.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'quittance relay' AND datname = current_database()"
                )
        all_shipped(settings, store)
    is_whole(settings, store)


def test_partitions_may_become_more_while_it_ships(
    store: Store, settings: Settings, brokers: KafkaAdminClient
) -> None:
    append(store)
    with relaying(settings):
        all_shipped(settings, store)
        brokers.create_partitions({topic(settings): 24})

        def in_new_ones() -> bool:
            append(store, books=20, times=1)
            all_shipped(settings, store)
            return partitions_used(settings) > 12

        soon(in_new_ones, 60)
    found = arrived(settings)
    assert {row.position for messages in found.values() for row, _ in messages} == {
        row.position for row in stored(store)
    }


def test_a_topic_that_was_deleted_is_made_again_and_filled_from_there_on(
    store: Store, settings: Settings, brokers: KafkaAdminClient
) -> None:
    append(store)
    with relaying(settings):
        all_shipped(settings, store)
        reached = position_of(settings)
        brokers.delete_topics([topic(settings)])
        soon(lambda: partitions_of(brokers, topic(settings)), 60)
        append(store)
        all_shipped(settings, store)
    positions = {row.position for messages in arrived(settings).values() for row, _ in messages}
    assert positions == {row.position for row in stored(store) if row.position > reached}


def test_a_relay_ends_when_the_history_under_it_is_another_one(
    store: Store, settings: Settings, database: Database, tmp_path: Path
) -> None:
    append(store, books=1)
    with closing(Process(settings, tmp_path / "faults")) as process:
        soon(lambda: "relay-leads" in process.said())
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("SELECT store.begin_again('moment')")
        assert process.ended() == 1
        assert "relay-ends" in process.said()
