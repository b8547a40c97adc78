"""Somebody who may write to the topic and does not have the key: what they make up has no effect, and is noticed."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from kafka import KafkaProducer
from msgspec import structs

from eventstore import LANES, Store
from eventstore.read_models import ensure
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import ensure_topic, opened
from runtime.kafka.stamp import Stamp
from runtime.kafka.wire import encode
from runtime.settings import Settings
from tests.conftest import Database
from tests.eventstore.shelf import SHELF
from tests.runtime.kafka.consuming import Kind, Life, caught_up, is_well, working
from tests.runtime.kafka.shipping import incarnation_of, relaying, settings_of, stored, topic
from tests.soon import soon

CREW: list[Kind] = ["project", "react"]


@pytest.fixture
def settings(database: Database, broker: Kafka, tmp_path: Path) -> Settings:
    return settings_of(database, broker, tmp_path, kafka_session_ms=30_000)


def forge(settings: Settings, store: Store, stream: UUID) -> None:
    """The last event of a stream once more: far beyond the end of its lane, and nothing seems to be missing before it."""
    row = [row for row in stored(store) if row.stream_id == stream][-1]
    after = store.lane_ends()[row.lane]
    made_up = structs.replace(row, position=row.position + (1 << 40))
    key, value, headers = encode(made_up, after, Stamp(incarnation_of(settings), bytes(32)))
    with closing(opened(KafkaProducer, settings)) as producer:
        partition = row.lane % len(producer.partitions_for(topic(settings)))
        producer.send(topic(settings), value, key, headers, partition).get(timeout=10)


def test_what_somebody_makes_up_has_no_effect_and_hides_nothing_that_follows(
    store: Store, settings: Settings, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ensure(database.owner_url, SHELF)
    ensure_topic(settings, topic(settings))
    life = Life(store)
    with relaying(settings), working(settings, CREW) as crew:
        soon(lambda: all(len(one.carrier.lanes()) == LANES for one in crew), 90)

        def comes() -> bool:
            life.goes_on()
            soon(lambda: caught_up(store), 60)
            return all(one.figures().carried > 50 for one in crew)

        soon(comes, 90)
        streams = [life.books[-1], life.doors[-1]]
        with caplog.at_level(logging.WARNING, "runtime.kafka.carrier"):
            for _ in range(3):
                for stream in streams:
                    forge(settings, store, stream)
            soon(lambda: all(one.carrier.foreign == 6 for one in crew), 60)
        life.goes_on(3)
        is_well(store, database)
    told = [record for record in caplog.records if "no relay of ours has stamped" in record.getMessage()]
    assert len(told) == len(crew)  # a line a minute
