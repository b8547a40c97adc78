"""The embedded Apache Kafka: starts, keeps what it acknowledged, lets nobody in from elsewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError
from kafka.record import util

from runtime.embedded import jars
from runtime.embedded import kafka as module
from runtime.embedded.kafka import Kafka, Secured
from tests.certificates import signed
from tests.servers import QUICK, end, started
from tests.soon import soon

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One node that the tests of this file kill and freeze; each leaves it running."""
    kafka = started(Kafka(tmp_path_factory.mktemp("own"), die_with_parent=True, extra=QUICK))
    yield kafka
    end(kafka)


def topic_on(kafka: Kafka) -> str:
    """A new topic with one partition, on every node there is."""
    name = f"events.{uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka.servers)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=len(kafka.nodes))])
    admin.close()
    return name


def send(kafka: Kafka, topic: str, count: int) -> None:
    """So many events, each acknowledged by all who must."""
    producer = KafkaProducer(bootstrap_servers=kafka.servers, acks="all")
    for sent in [producer.send(topic, str(number).encode()) for number in range(count)]:
        sent.get(timeout=30)
    producer.close()


def taken(kafka: Kafka, topic: str, count: int) -> list[int]:
    """What the first so many events say."""
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek_to_beginning()
    found: list[int] = []

    def enough() -> bool:
        for records in consumer.poll(timeout_ms=200).values():
            found.extend(int(record.value) for record in records)
        return len(found) >= count

    soon(enough, 60)
    consumer.close()
    return found


def test_it_takes_and_gives_events_counted_by_the_fast_checksum(broker: Kafka) -> None:
    assert util.crc32c_c is not None, "kafka-python[crc32c]: without it everything is 4 to 9 times slower"
    topic = topic_on(broker)
    send(broker, topic, 500)
    assert taken(broker, topic, 500) == list(range(500))


def test_what_was_acknowledged_survives_a_kill(own: Kafka) -> None:
    topic, servers, (pid,) = topic_on(own), own.servers, own.pids.values()
    send(own, topic, 100)
    own.kill()
    assert own.pids == {}
    assert not psutil.pid_exists(pid)
    own.start_node()
    assert own.servers == servers
    assert taken(own, topic, 100) == list(range(100))


def test_one_of_three_may_be_killed(three_brokers: Kafka) -> None:
    topic = topic_on(three_brokers)
    send(three_brokers, topic, 100)
    three_brokers.kill(1)
    assert set(three_brokers.pids) == {2, 3}
    send(three_brokers, topic, 100)
    assert taken(three_brokers, topic, 200) == [*range(100), *range(100)]
    three_brokers.start_node(1)
    assert set(three_brokers.pids) == {1, 2, 3}


def test_a_frozen_node_is_there_and_answers_nothing(own: Kafka) -> None:
    topic = topic_on(own)
    own.freeze()
    assert psutil.Process(own.pids[1]).status() == psutil.STATUS_STOPPED
    with pytest.raises(KafkaError):
        KafkaAdminClient(bootstrap_servers=own.servers, bootstrap_timeout_ms=500)
    own.thaw()
    send(own, topic, 10)
    assert taken(own, topic, 10) == list(range(10))


def test_nothing_listens_beyond_the_loopback(own: Kafka) -> None:
    listening = [
        connection.laddr.ip.removeprefix("::ffff:")  # Java asks for IPv6 sockets, also of an IPv4 address
        for connection in psutil.Process(own.pids[1]).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"] * 3


def test_its_memory_is_that_of_a_small_server(own: Kafka) -> None:
    """Every worker of the tests starts one; measured 150 MB."""
    assert psutil.Process(own.pids[1]).memory_info().rss < 400 * 2**20


def test_a_port_that_somebody_took_is_replaced(
    own: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = [[int(own.servers.rpartition(":")[2]), *module.free_ports(2)], module.free_ports(3)]
    monkeypatch.setattr(module, "free_ports", lambda count: choices.pop(0))
    second = Kafka(tmp_path / "second", die_with_parent=True)
    second.start()
    assert second.servers != own.servers
    assert not choices
    second.freeze()
    second.stop()
    assert second.pids == {}


def test_it_ends_with_who_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runtime.embedded.kafka import Kafka;"
        "kafka = Kafka(Path(sys.argv[1]), die_with_parent=True); kafka.start();"
        "print(*kafka.pids.values(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "kafka")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as starter:  # fmt: skip
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert psutil.pid_exists(pid)
        starter.kill()
    soon(lambda: not psutil.pid_exists(pid))


def test_the_classes_that_are_kept_are_those_of_this_java_and_these_jars(
    own: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = Path(f"/proc/{own.pids[1]}/maps").read_text()
    assert (str(jars.archive().resolve()) in used) == jars.archive().exists()
    archive = tmp_path / "classes.jsa"
    monkeypatch.setattr(jars, "archive", lambda: archive)
    module.keep_classes()
    assert [file.name for file in tmp_path.iterdir()] == ["classes.jsa"]
    fits = [f"-XX:SharedArchiveFile={archive}", "-Xshare:on", *module.MEMORY, "-version"]
    subprocess.run([jars.java(), "-cp", f"{jars.have()}/*", *fits], check=True, capture_output=True)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([jars.java(), "-cp", str(tmp_path), *fits], check=True, capture_output=True)


def test_who_needs_tls_and_a_password_gets_in_with_both_alone(tmp_path: Path) -> None:
    own, other = (signed(tmp_path / name, "127.0.0.1") for name in ("own", "other"))
    people = Secured(own.certificate, own.key, own.authority, "quittance", "correcthorse")
    kafka = started(Kafka(tmp_path / "kafka", die_with_parent=True, secured=people))

    def enter(**chosen: object) -> None:
        said = {"security_protocol": "SASL_SSL", "ssl_cafile": str(own.authority), "sasl_plain_username": "quittance",
                "sasl_plain_password": "correcthorse", "sasl_mechanism": "SCRAM-SHA-512"}  # fmt: skip
        KafkaAdminClient(bootstrap_servers=kafka.servers, **{**said, **chosen}).close()

    for mechanism in ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"):
        enter(sasl_mechanism=mechanism)
        with pytest.raises(KafkaError):
            enter(sasl_mechanism=mechanism, sasl_plain_password="wrong", bootstrap_timeout_ms=500)
    with pytest.raises(KafkaError):
        enter(ssl_cafile=str(other.authority), bootstrap_timeout_ms=500)
    with pytest.raises(KafkaError):
        KafkaAdminClient(bootstrap_servers=kafka.servers, bootstrap_timeout_ms=500)
    kafka.stop()
