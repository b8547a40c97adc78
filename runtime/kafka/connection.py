"""How every client of ours reaches the brokers, and the names of topics and groups there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar
from uuid import UUID

from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError, for_code
from kafka.net.compat import KafkaNetClient

from runtime.settings import Settings, listed

T = TypeVar("T")

ANSWERS_WITHIN = 5_000
"""Milliseconds in which a question about a topic is answered, or it is asked again later."""
LARGEST = 1_048_588
"""Bytes of a message: an event has 512 kB of state and 16 kB of meta at most. What Kafka takes unless it is told."""
_KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which the broker keeps an event: who was away for longer reads it from the store."""


def clients(settings: Settings) -> dict[str, Any]:
    """What every client of kafka-python is given: where the brokers are and how they are talked to."""
    secured: dict[str, Any] = {"security_protocol": settings.kafka_protocol}
    if settings.kafka_protocol.endswith("SSL"):
        secured |= {
            "ssl_cafile": settings.kafka_ca_file or None,
            "ssl_certfile": settings.kafka_cert_file or None,
            "ssl_keyfile": settings.kafka_key_file or None,
        }
    if settings.kafka_protocol.startswith("SASL"):
        secured |= {
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password,
        }
    return {
        "bootstrap_servers": listed(settings.kafka_servers),
        "client_id": "quittance",
        # The library's own pauses grow to half a minute: it would still be away long after a broker is back.
        "reconnect_backoff_max_ms": 1_000,
        **secured,
    }


def topic_of(settings: Settings, incarnation: UUID) -> str:
    """Where the events of this history are; a restore begins another one, because it uses positions again."""
    return f"{settings.kafka_topic}.events.{incarnation.hex[:12]}"


def group_of(settings: Settings, incarnation: UUID, name: str) -> str:
    """The consumer group of everybody who does this work.

    name  of the work: ``projections``, ``reactions``
    """
    return f"{settings.kafka_topic}.{name}.{incarnation.hex[:12]}"


def ensure_topic(settings: Settings, topic: str) -> int:
    """Make the topic when it is missing; how many partitions it has.

    Raises KafkaError when the brokers cannot be reached or refuse.
    """
    with closing(admin(settings)) as client:
        known = partitions_of(client, topic)
        if known is None:
            _make(client, settings, topic)
            known = partitions_of(client, topic)
        assert known is not None, "a topic that was waited for is there"
        return known


def admin(settings: Settings) -> KafkaAdminClient:
    """Asks and changes what the brokers know. To be thrown away after an error: it does not try again by itself."""
    return opened(KafkaAdminClient, settings, request_timeout_ms=ANSWERS_WITHIN)


def opened(kind: Callable[..., T], settings: Settings, **options: Any) -> T:
    """A client of kafka-python that has reached a broker, or its error and nothing left of it.

    A client that gives up in its constructor leaves its thread and its sockets behind: one for every try while the
    brokers are away.
    """
    made: list[KafkaNetClient] = []

    def client(**configs: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**configs))
        return made[-1]

    try:
        return kind(**clients(settings), kafka_client=client, bootstrap_timeout_ms=ANSWERS_WITHIN, **options)
    except BaseException:
        for each in made:
            each.close()
        raise


def partitions_of(client: KafkaAdminClient, topic: str) -> int | None:
    """How many a topic has; None when there is no such topic."""
    (found,) = client.describe_topics([topic])
    return None if found["error_code"] else len(found["partitions"])


def _make(client: KafkaAdminClient, settings: Settings, topic: str) -> None:
    asked = {
        "num_partitions": settings.kafka_partitions,
        "replication_factor": settings.kafka_replicas,
        "configs": {
            "cleanup.policy": "delete",
            "retention.ms": str(_KEPT),
            "max.message.bytes": str(LARGEST),
            # One broker of three may be away, and what was acknowledged is on two of them.
            "min.insync.replicas": str(max(settings.kafka_replicas - 1, 1)),
        },
    }
    made = client.create_topics({topic: asked}, raise_errors=False)
    refusal = for_code(made["topics"][0]["error_code"])
    if made["topics"][0]["error_code"] and refusal is not TopicAlreadyExistsError:
        raise refusal(made["topics"][0]["error_message"])
    client.wait_for_topics([topic])
