"""A broker that is killed, frozen or away under a relay: nothing is lost, and everything goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from kafka.errors import KafkaError

from eventstore import Store
from runtime.embedded.kafka import Kafka, Secured
from runtime.kafka.connection import ensure_topic
from runtime.settings import Settings
from tests.certificates import signed
from tests.conftest import Database
from tests.runtime.kafka.shipping import (
    Process,
    all_shipped,
    append,
    is_whole,
    load,
    position_of,
    relaying,
    settings_of,
    stored,
)
from tests.servers import QUICK, started
from tests.soon import soon


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One node that the tests of this file kill and freeze; each leaves it running."""
    kafka = started(Kafka(tmp_path_factory.mktemp("own"), die_with_parent=True, extra=QUICK))
    yield kafka
    kafka.stop()


@pytest.fixture
def settings(database: Database, own: Kafka, tmp_path: Path) -> Settings:
    return settings_of(database, own, tmp_path)


@pytest.mark.slow
def test_nothing_is_lost_when_the_broker_is_killed_under_load(
    store: Store, settings: Settings, own: Kafka
) -> None:
    with relaying(settings) as relay:
        with load(store) as books:
            for round in range(1, 4):
                soon(lambda n=10 * round: len(books) > n)
                soon(lambda: relay.shipping.events)
                own.kill()
                soon(lambda n=10 * round + 5: len(books) > n)
                own.start_node()
        all_shipped(settings, store)
    is_whole(settings, store)


def test_a_producer_that_waits_too_long_is_replaced_and_nothing_is_lost(
    store: Store, settings: Settings, own: Kafka
) -> None:
    with relaying(settings, patience=1.0) as relay:
        with load(store):
            soon(lambda: relay.shipping.events)
            own.freeze()
            append(store, books=1)
            last = stored(store)[-1].position
            soon(lambda: relay.shipping.replaced)
            assert position_of(settings) < last
            own.thaw()
        all_shipped(settings, store)
    is_whole(settings, store)


@pytest.mark.slow
def test_while_the_broker_is_away_little_is_said_and_no_thread_is_left_over(
    store: Store, settings: Settings, own: Kafka, tmp_path: Path
) -> None:
    append(store)
    own.kill()
    with closing(Process(settings, tmp_path / "faults")) as process:
        soon(lambda: "kafka-away" in process.said())
        append(store, books=40)
        at_first = process.threads()
        own.start_node()  # which takes it a dozen tries
        assert process.threads() <= at_first + 2
        all_shipped(settings, store)
        assert len(process.said().splitlines()) < 30
    is_whole(settings, store)


def test_a_relay_without_a_broker_ends_politely(store: Store, settings: Settings, own: Kafka) -> None:
    append(store)
    own.freeze()
    try:
        with relaying(settings):
            soon(lambda: [one for one in threading.enumerate() if one.name == "relay-opening"])
    finally:
        own.thaw()
    soon(lambda: not [one for one in threading.enumerate() if one.name.startswith("relay-")], 30)


@pytest.mark.slow
def test_a_leader_that_is_killed_among_three_is_replaced(
    store: Store, database: Database, three_brokers: Kafka, tmp_path: Path
) -> None:
    settings = settings_of(database, three_brokers, tmp_path)
    with relaying(settings) as relay:
        with load(store):
            soon(lambda: relay.shipping.events)
            for node in three_brokers.nodes:
                three_brokers.kill(node)
                shipped = relay.shipping.events
                soon(lambda n=shipped: relay.shipping.events > n + 20, 60)
                three_brokers.start_node(node)
        all_shipped(settings, store)
    is_whole(settings, store)


@pytest.mark.slow
def test_a_relay_shows_a_password_over_tls(store: Store, database: Database, tmp_path: Path) -> None:
    papers = signed(tmp_path / "papers", "127.0.0.1")
    secured = Secured(papers.certificate, papers.key, papers.authority, "relay", "Quittance2026")
    guarded = started(Kafka(tmp_path / "guarded", die_with_parent=True, extra=QUICK, secured=secured))
    common = {"kafka_protocol": "SASL_SSL", "kafka_ca_file": str(papers.authority), "kafka_user": "relay"}
    append(store)
    try:
        for mechanism in ("SCRAM-SHA-512", "PLAIN"):
            settings = settings_of(
                database,
                guarded,
                tmp_path,
                kafka_mechanism=mechanism,
                kafka_password="Quittance2026",
                **common,
            )
            begin_again(database)
            with relaying(settings):
                all_shipped(settings, store)
            assert is_whole(settings, store) == 0
        wrong = settings_of(database, guarded, tmp_path, kafka_password="Quittance2027", **common)
        with pytest.raises(KafkaError):
            ensure_topic(wrong, "any")
    finally:
        guarded.stop()


def begin_again(database: Database) -> None:
    """As if nothing had been shipped yet."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE store.relay SET position = 0")
