"""Projectors and reactors on a real broker: whatever becomes of it and of them, each event has its effect once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from eventstore import LANES, Store
from eventstore.read_models import ensure
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import admin, ensure_topic, group_of, opened
from runtime.settings import Settings
from tests.conftest import Database
from tests.eventstore.shelf import SHELF
from tests.runtime.kafka.consuming import Kind, Life, Process, Worker, caught_up, is_well, working
from tests.runtime.kafka.shipping import all_shipped, incarnation_of, relaying, settings_of, topic
from tests.servers import QUICK, started
from tests.soon import soon

CREW: list[Kind] = ["project", "project", "react", "react"]


@pytest.fixture(autouse=True)
def _shelf(database: Database) -> None:
    ensure(database.owner_url, SHELF)


@pytest.fixture
def settings(database: Database, broker: Kafka, tmp_path: Path) -> Settings:
    """Of members that are not taken for dead when the machine is busy."""
    return settings_of(database, broker, tmp_path, kafka_session_ms=30_000)


@pytest.fixture
def life(store: Store) -> Life:
    return Life(store)


@pytest.fixture
def shipped(settings: Settings) -> Iterator[None]:
    """Everything that happens is on its way to the topic."""
    ensure_topic(settings, topic(settings))
    with relaying(settings):
        yield


def brought(workers: list[Worker], store: Store, life: Life) -> None:
    """Wait until every lane comes by the carrier: a group begins at the end of the topic, whenever it gets there."""
    soon(lambda: all(one.carrier.lanes() for one in workers), 120)

    def comes() -> bool:
        before = [one.figures().carried for one in workers]
        life.goes_on()
        soon(lambda: caught_up(store), 120)
        return all(one.figures().carried > was for one, was in zip(workers, before, strict=True))

    soon(comes, 120)


# ── in calm operation ──────────────────────────────────────────────────────


@pytest.mark.usefixtures("shipped")
def test_in_calm_operation_everything_comes_by_kafka_and_nothing_is_read_from_the_store(
    store: Store, settings: Settings, database: Database, life: Life
) -> None:
    with working(settings, CREW) as crew:
        brought(crew, store, life)
        soon(lambda: sum(len(one.carrier.lanes()) for one in crew) == 2 * LANES, 60)
        before = [(one.store.reads, one.figures().gaps, one.carrier.rebalances) for one in crew]
        carried = sum(one.figures().carried for one in crew)
        life.goes_on(20)
        is_well(store, database)
        after = [(one.store.reads, one.figures().gaps, one.carrier.rebalances) for one in crew]
        assert after == before
        assert sum(one.figures().carried for one in crew) > carried + 300


# ── whatever becomes of the topic ──────────────────────────────────────────


@pytest.mark.usefixtures("shipped")
def test_a_topic_that_is_emptied_loses_nothing(
    store: Store, settings: Settings, database: Database, life: Life
) -> None:
    with working(settings, CREW) as crew:
        brought(crew, store, life)
    life.goes_on(5)
    all_shipped(settings, store)
    name = topic(settings)
    with closing(admin(settings)) as client:
        client.delete_records({TopicPartition(name, partition): -1 for partition in range(12)})
    with working(settings, CREW):
        life.goes_on(5)
        is_well(store, database)


@pytest.mark.parametrize("where", ["ahead of", "behind"])
@pytest.mark.usefixtures("shipped")
def test_offsets_that_are_wrong_lose_and_double_nothing(
    store: Store, settings: Settings, database: Database, life: Life, where: str
) -> None:
    with working(settings, CREW) as crew:
        brought(crew, store, life)
    life.goes_on(5)
    all_shipped(settings, store)
    set_offsets(settings, ends_of(settings) if where == "ahead of" else dict.fromkeys(range(12), 0))
    with working(settings, CREW) as crew:
        life.goes_on(5)
        is_well(store, database)
        if where == "behind":
            soon(lambda: sum(one.figures().dropped for one in crew) > 50)


def ends_of(settings: Settings) -> dict[int, int]:
    with closing(opened(KafkaConsumer, settings, enable_auto_commit=False)) as consumer:
        partitions = [TopicPartition(topic(settings), number) for number in range(12)]
        return {one.partition: end for one, end in consumer.end_offsets(partitions).items()}


def set_offsets(settings: Settings, offsets: dict[int, int]) -> None:
    """Of both groups, which have no members now."""
    with closing(admin(settings)) as client:
        for work in ("projections", "reactions"):
            group = group_of(settings, incarnation_of(settings), work)
            to = {
                TopicPartition(topic(settings), n): OffsetAndMetadata(at, "", -1) for n, at in offsets.items()
            }
            soon(lambda group=group, to=to: client.alter_group_offsets(group, to) is not None)


@pytest.mark.usefixtures("shipped")
def test_more_partitions_with_events_on_their_way_lose_nothing(
    store: Store, settings: Settings, database: Database, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.kafka.line._NEWS", 300)
    with working(settings, CREW) as crew:
        brought(crew, store, life)
        life.goes_on(3)
        with closing(admin(settings)) as client:
            client.create_partitions({topic(settings): 24})
        life.goes_on(10)
        is_well(store, database)


# ── whatever becomes of the consumers ──────────────────────────────────────


@pytest.mark.slow
@pytest.mark.usefixtures("shipped")
def test_consumers_that_are_killed_and_frozen_beyond_their_session_lose_and_double_nothing(
    store: Store, settings: Settings, database: Database, life: Life, tmp_path: Path
) -> None:
    hasty = settings.model_copy(update={"kafka_session_ms": 1_500})
    with ExitStack() as stack:
        crew = {
            (kind, number): stack.enter_context(closing(Process(kind, hasty, tmp_path)))
            for number, kind in enumerate(CREW)
        }
        soon(lambda: all(one.lanes() for one in crew.values()), 90)
        life.goes_on(3)
        for number, kind in [(0, "project"), (2, "react")]:
            crew[kind, number].signal(signal.SIGSTOP)  # type: ignore[index]
        stays = [crew["project", 1], crew["react", 3]]
        soon(lambda: life.goes_on() or all(one.lanes() == LANES for one in stays), 60)
        for number, kind in [(0, "project"), (2, "react")]:
            crew[kind, number].signal(signal.SIGCONT)  # type: ignore[index]
        life.goes_on(3)
        for one in stays:
            one.signal(signal.SIGKILL)
        life.goes_on(3)
        is_well(store, database)


# ── whatever becomes of the broker ─────────────────────────────────────────


@pytest.mark.slow
def test_a_broker_that_is_killed_is_done_without_and_used_again(
    store: Store, database: Database, life: Life, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kafka = started(Kafka(tmp_path_factory.mktemp("mortal"), die_with_parent=True, extra=QUICK))
    settings = settings_of(database, kafka, tmp_path, kafka_session_ms=1_500)
    ensure_topic(settings, topic(settings))
    with relaying(settings), working(settings, CREW) as crew:
        brought(crew, store, life)
        kafka.kill()
        life.goes_on(5)
        is_well(store, database)
        assert sum(one.figures().starved for one in crew) > 0
        kafka.start_node()
        brought(crew, store, life)
        is_well(store, database)
    kafka.stop()


@pytest.mark.slow
def test_without_any_broker_from_the_first_moment_on_everything_goes_on(
    store: Store, database: Database, life: Life, tmp_path: Path
) -> None:
    nowhere = Settings.load(
        state_dir=tmp_path, database_url=database.app_url, projector_url=database.projector_url,
        kafka_servers="127.0.0.1:1", kafka_topic="test-nowhere",
    )  # fmt: skip
    with working(nowhere, CREW) as crew:
        life.goes_on(3)
        is_well(store, database)
        assert sum(one.figures().orphaned for one in crew) > 0
