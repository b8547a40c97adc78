"""`manage.py status`: with brokers, without them, and with brokers that are away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

import projections  # noqa: F401 - every read model is known once this is imported
from demo.seed import seed
from eventstore import Projection, restoring
from eventstore.read_models import ensure
from roles.ports import free
from roles.process import store_on
from roles.status import show
from runtime import database as connections
from runtime.clock import Clock
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import ensure_topic, topic_of
from runtime.settings import Settings
from tests.conftest import Database


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """An installation with the demonstration data, of which nothing was handled yet."""
    ensure(database.owner_url, list(Projection.registry.values()))
    settings = Settings.load(
        state_dir=tmp_path,
        database_url=database.app_url,
        projector_url=database.projector_url,
        auditor_url=database.auditor_url,
    )
    with connections.pool(settings.database_url, name="test") as pool:
        seed(store_on(pool, settings), settings, Clock(pool))
    return settings


def carried(settings: Settings, servers: str) -> Settings:
    return Settings.load(**settings.model_dump(exclude={"kafka_servers"}), kafka_servers=servers)


def said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = show(settings, json=True)
    return code, json.loads(capsys.readouterr().out)


def test_a_consumer_that_is_further_than_any_event_is_no_consumer_that_has_caught_up(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE store.positions SET position = %s WHERE consumer = 'reactions'", (1 << 50,))
    code, facts = said(settings, capsys)
    assert (code, facts["consumers"]["reactions"]) == (1, 0)
    assert list(facts["beyond"]) == ["reactions"]
    assert "64 lanes" in facts["beyond"]["reactions"]
    assert "restore --adopt moment" in facts["beyond"]["reactions"]


def test_every_consumer_has_what_it_has_not_handled(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, facts = said(settings, capsys)
    assert code == 0
    everything = facts["consumers"]["reactions"]
    assert everything > 10
    assert set(facts["consumers"].values()) == {everything}
    assert "relay" not in facts
    assert "kafka" not in facts


def test_brokers_that_are_away_are_said_to_be_and_the_rest_is_shown(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, facts = said(carried(settings, f"127.0.0.1:{free()}"), capsys)
    assert code == 1
    assert facts["kafka"]["answers"].startswith("does not answer (")
    assert facts["relay"] == {
        "leader": "nobody yet",
        "epoch": 0,
        "lease": "none yet",
        "behind": facts["consumers"]["reactions"],
        "moved": "never",
    }
    assert facts["parked"] == 0


def test_the_relay_and_its_topic_are_shown(
    settings: Settings, broker: Kafka, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    on_kafka = carried(settings, broker.servers)
    with psycopg.connect(database.projector_url) as connection:
        topic = topic_of(on_kafka, restoring.incarnation(connection).incarnation)
        connection.execute(
            "UPDATE store.relay SET epoch = 3, holder = 'here 1 a', until = clock_timestamp() + interval '5 s',"
            " moved_at = clock_timestamp(), position = (SELECT max(position) FROM store.lane_ends(NULL))"
        )
    assert said(on_kafka, capsys)[1]["kafka"] == {
        "answers": "yes",
        "topic": topic,
        "partitions": "none yet: the relay makes it",
    }
    ensure_topic(on_kafka, topic)
    code, facts = said(on_kafka, capsys)
    assert code == 0
    assert facts["kafka"] == {"answers": "yes", "topic": topic, "partitions": 12}
    relay = facts["relay"]
    assert (relay["leader"], relay["epoch"], relay["behind"]) == ("here 1 a", 3, 0)
    assert relay["lease"].startswith("until 20")
    assert relay["moved"].startswith("20")


def test_people_read_the_same_in_words(
    settings: Settings, broker: Kafka, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    show(carried(settings, broker.servers), json=False)
    out = " ".join(capsys.readouterr().out.split())
    assert "leader nobody yet, epoch 0, lease none yet" in out
    assert "answers yes, topic quittance.events." in out


def test_without_a_database_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, facts = said(Settings.load(state_dir=tmp_path), capsys)
    assert code == 1
    assert facts["database"].startswith("does not answer: start everything")
