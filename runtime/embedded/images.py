"""Which embedded server stands for an image of docker-compose.yml, and where others reach it.

The versions agree: a house test compares the tags with what the wheels and jars bring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from runtime.compose import NotUnderstood, Service
from runtime.embedded.kafka import Kafka
from runtime.embedded.postgres import PORT, Postgres
from runtime.embedded.s3 import S3Server
from runtime.embedded.valkey import Valkey
from runtime.supervise import Server

Place = tuple[str, int]


@dataclass(frozen=True)
class StandIn:
    """A server instead of a container.

    inside  the port where the others expect it
    place   where it is on this machine, once it was started
    """

    server: Server
    inside: int
    place: Callable[[], Place]


class _OneBroker:
    """Apache Kafka as a supervisor wants it."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka

    @property
    def pid(self) -> int | None:
        return self._kafka.pids.get(1)

    def start(self) -> None:
        self._kafka.start()

    def stop(self) -> None:
        self._kafka.stop()

    def place(self) -> Place:
        host, _, port = self._kafka.servers.rpartition(":")
        return host, int(port)


def stand_in(service: Service, folder: Path, address: str) -> StandIn:
    """The server of a service; it ends with the thread that starts it.

    folder   where it keeps what the container has in its volumes
    address  of the loopback, where it may choose
    """
    image = (service.image or "").partition(":")[0]
    if image not in _MADE:
        raise NotUnderstood(f"{service.name}: nothing here stands for the image {service.image}")
    return _MADE[image](service, folder, address)


def _postgres(service: Service, folder: Path, address: str) -> StandIn:
    server = Postgres(folder, die_with_parent=True, listen=address, extra=_parameters(service.command))
    return StandIn(server, PORT, lambda: (address, PORT))


def _kafka(service: Service, folder: Path, address: str) -> StandIn:
    broker = _OneBroker(Kafka(folder, die_with_parent=True, extra=_properties(service.environment)))
    return StandIn(broker, 9092, broker.place)


def _valkey(service: Service, folder: Path, address: str) -> StandIn:
    server = Valkey(folder, die_with_parent=True)
    return StandIn(server, 6379, lambda: ("127.0.0.1", server.port))


def _s3(service: Service, folder: Path, address: str) -> StandIn:
    said = service.environment
    server = S3Server(
        folder, access_key=said["AWS_ACCESS_KEY_ID"], secret_key=said["AWS_SECRET_ACCESS_KEY"], die_with_parent=True
    )  # fmt: skip
    return StandIn(server, 8333, lambda: ("127.0.0.1", server.port))


_MADE: Final[Mapping[str, Callable[[Service, Path, str], StandIn]]] = {
    "postgres": _postgres,
    "apache/kafka": _kafka,
    "valkey/valkey": _valkey,
    "chrislusf/seaweedfs": _s3,
}

_OWN = ("NODE_ID", "PROCESS_ROLES", "LISTENER", "ADVERTISED", "CONTROLLER", "LOG_DIRS", "HEAP_OPTS")
"""Where a node is and how large it may grow: the embedded one knows that itself."""


def _properties(environment: Mapping[str, str]) -> dict[str, str]:
    """``KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS`` ──▶ ``offsets.topic.num.partitions``, as the image reads it."""
    said = {name.removeprefix("KAFKA_"): value for name, value in environment.items()}
    return {
        name.lower().replace("_", "."): value for name, value in said.items() if not name.startswith(_OWN)
    }


def _parameters(command: Sequence[str]) -> dict[str, str]:
    """``-c name=value`` of the command."""
    pairs = [word for before, word in pairwise(command) if before == "-c"]
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
