"""Real servers for tests: Apache Kafka, S3 and Redis on ports of the loopback, ending with the run.

Every worker of pytest-xdist has its own, started by the first test that asks. They are shared: a test takes names of
its own (topics by incarnation, a bucket, a prefix) and leaves the server running. Who kills one starts its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.embedded import jars
from runtime.embedded.jars import NoJars, NoJava
from runtime.embedded.kafka import Kafka
from runtime.embedded.s3 import S3Server
from runtime.embedded.valkey import Valkey

QUICK = {
    # A killed node is believed to be alive for so long, and may not come back before.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}

_WHY_NOT: list[str] = []
"""Said once: without a network Maven takes its time to find that out."""


def started(kafka: Kafka) -> Kafka:
    """The same, running; see ``at_hand``."""
    at_hand()
    kafka.start()
    return kafka


def at_hand() -> None:
    """Without Java or the jars the test is left out, which fails where REQUIRE_ALL is set."""
    try:
        if not _WHY_NOT:
            jars.java()
            jars.have()
    except (NoJava, NoJars) as error:
        _WHY_NOT.append(str(error))
    if _WHY_NOT:
        pytest.skip(f"Apache Kafka not tried: {_WHY_NOT[0]}")


def end(kafka: Kafka) -> None:
    """At once: three nodes that are asked politely wait for each other for five seconds."""
    for node in kafka.pids:
        kafka.kill(node)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One node for the whole run of a worker: topics of a test's own, and nobody kills it."""
    kafka = started(Kafka(tmp_path_factory.mktemp("kafka"), die_with_parent=True, extra=QUICK))
    yield kafka
    end(kafka)


@pytest.fixture(scope="module")
def three_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Three nodes of a module's own, to be killed; a test leaves all three running."""
    kafka = started(Kafka(tmp_path_factory.mktemp("kafka3"), 3, die_with_parent=True, extra=QUICK))
    yield kafka
    end(kafka)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """For the whole run of a worker: buckets of a test's own, and nobody kills it."""
    server = S3Server(tmp_path_factory.mktemp("s3"), die_with_parent=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Of the test's own, empty: it may be killed and started again."""
    server = Valkey(tmp_path / "valkey", die_with_parent=True)
    server.start()
    yield server
    server.stop()
