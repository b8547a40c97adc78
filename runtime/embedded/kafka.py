"""Apache Kafka in KRaft mode from its published jars, one node or several, each broker and controller at once.

    Kafka(folder, nodes=3).start() ──▶ servers ──▶ stop()

The folder holds everything: ``n1/`` (data), ``n1.properties``, ``n1.log`` … Java runs it; where the jars come from says
jars.py. Nothing listens beyond the loopback. On ports of its own choice, which stay the same while the object lives.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from runtime.embedded import jars
from runtime.embedded.child import ATTEMPTS, Child, ServerUnavailable
from runtime.embedded.jars import NoJars, NoJava
from runtime.embedded.ports import LOOPBACK, free_ports
from runtime.secret_files import write_whole

__all__ = ["Kafka", "NoJars", "NoJava", "Secured", "ServerUnavailable"]

CLUSTER = "kQ8fVw3uT9y2kQ8fVw3uTg"
"""Any 16 bytes: the folders of a cluster agree on it."""
START = 120.0
"""Seconds; measured 2 to 4 on a quiet machine, a killed broker first waits for its old registration to expire."""
MEMORY = ("-Xms64m", "-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True)
class Secured:
    """What clients must show, and what the brokers show them. For tests: the password is on a command line."""

    certificate: Path
    """PEM, of the address 127.0.0.1."""
    key: Path
    """PEM, PKCS 8."""
    authority: Path
    """PEM; who signs certificates of clients, where ``extra`` asks for them."""
    user: str
    password: str
    """Letters and digits: Kafka's own tool takes no others in its list of users."""
    protocol: Literal["SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "SASL_SSL"


class Kafka:
    """A cluster in one folder.

    folder           made when missing, entered by nobody else
    nodes            1 or 3, numbered from 1
    die_with_parent  nodes end when the *thread* that started them does: for tests and demonstrations
    extra            further server properties, which win
    secured          clients need TLS and a password; without it everybody on this machine comes in
    """

    def __init__(
        self,
        folder: Path,
        nodes: int = 1,
        *,
        die_with_parent: bool = False,
        extra: Mapping[str, str] | None = None,
        secured: Secured | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.nodes = range(1, nodes + 1)
        self._die_with_parent = die_with_parent
        self._extra = dict(extra or {})
        self._secured = secured
        self._ports: dict[int, _Ports] = {}
        self._children: dict[int, Child] = {}

    # ── what a supervisor asks ─────────────────────────────────────────────

    @property
    def servers(self) -> str:
        """Where clients begin, once it was started: ``127.0.0.1:p1,127.0.0.1:p2``."""
        return ",".join(f"{LOOPBACK}:{self._ports[node].clients}" for node in self.nodes)

    @property
    def pids(self) -> dict[int, int]:
        """Process id of each running node, frozen ones included."""
        found = {node: child.pid for node, child in self._children.items()}
        return {node: pid for node, pid in found.items() if pid is not None}

    def start(self) -> None:
        """Have every node answer. Raises NoJava, NoJars, ServerUnavailable, and then nothing runs."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            try:
                self._start()
                return
            except _PortTaken:
                self.stop()
                self._ports.clear()
            except BaseException:
                self.stop()
                raise
        raise ServerUnavailable(f"Apache Kafka found no free ports in {ATTEMPTS} attempts")

    def stop(self) -> None:
        """End every node: first politely, then not."""
        for child in self._children.values():
            child.ask_to_end()
        for child in self._children.values():
            child.end()

    def kill(self, node: int = 1) -> None:
        """SIGKILL, as when its machine loses power; what was acknowledged is on its disk."""
        self._children[node].kill()

    def start_node(self, node: int = 1) -> None:
        """Have one node answer again, on its old ports. Raises ServerUnavailable."""
        self._children[node].start()
        self._wait_for(node)

    def freeze(self, node: int = 1) -> None:
        """It keeps its connections and answers nothing."""
        self._children[node].freeze()

    def thaw(self, node: int = 1) -> None:
        self._children[node].thaw()

    # ── how it is done ─────────────────────────────────────────────────────

    def _start(self) -> None:
        if not self._ports:
            self._choose_ports()
        self._format()
        for child in self._children.values():
            child.start()
        self._wait_for(*self.nodes)

    def _choose_ports(self) -> None:
        java = [jars.java(), *self._classes()]
        free = iter(free_ports(3 * len(self.nodes)))
        self._ports = {node: _Ports(next(free), next(free), next(free)) for node in self.nodes}
        log4j = self.folder / "log4j2.properties"
        write_whole(log4j, _LOG4J)
        for node in self.nodes:
            write_whole(self._file(node), "".join(f"{k}={v}\n" for k, v in self._properties(node).items()))
            command = [
                *java,
                *MEMORY,
                f"-Dlog4j2.configurationFile={log4j}",
                "kafka.Kafka",
                str(self._file(node)),
            ]
            self._children[node] = Child(
                command, self.folder / f"n{node}.log", die_with_parent=self._die_with_parent,
                environment={"MALLOC_ARENA_MAX": "2"},
            )  # fmt: skip

    def _format(self) -> None:
        """Give every empty node the identity of the cluster, all at once: each takes a second of Java."""
        fresh = [node for node in self.nodes if not (self.folder / f"n{node}" / "meta.properties").exists()]
        running = [subprocess.Popen(
            [jars.java(), *Kafka._classes(self), *MEMORY, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", CLUSTER, "-c", str(self._file(node)),
             *self._people()],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) for node in fresh]  # fmt: skip
        said = [program.communicate()[0] for program in running]
        for program, words in zip(running, said, strict=True):
            if program.returncode:
                raise _unavailable(words)

    def _classes(self) -> list[str]:
        archive = jars.archive()
        shared = [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []
        return ["-cp", f"{jars.have()}/*", *shared]  # Java itself expands the star

    def _people(self) -> Iterator[str]:
        if self._secured is not None:
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                yield "--add-scram"
                yield f"{mechanism}=[name={self._secured.user},password={self._secured.password}]"

    def _wait_for(self, *nodes: int) -> None:
        deadline = time.monotonic() + START
        for node in nodes:
            child = self._children[node]
            if not child.wait_until(partial(_answers, child, self._ports[node]), deadline - time.monotonic()):
                if child.lacked_a_port():
                    raise _PortTaken(f"Node {node} of Apache Kafka: a port of its own is taken")
                raise _unavailable(child.last_words())

    def _file(self, node: int) -> Path:
        return self.folder / f"n{node}.properties"

    def _properties(self, node: int) -> dict[str, str]:
        """Source: Apache Kafka 4.3, "Broker Configs" and "KRaft"."""
        ports, size = self._ports[node], len(self.nodes)
        copies, enough = str(min(size, 3)), "2" if size >= 3 else "1"
        return {
            "process.roles": "broker,controller",
            "node.id": str(node),
            "controller.quorum.voters": ",".join(
                f"{one}@{LOOPBACK}:{own.controllers}" for one, own in self._ports.items()
            ),
            "listeners": ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in ports.named().items()),
            "controller.listener.names": "CONTROLLERS",
            "inter.broker.listener.name": "BROKERS",
            "listener.security.protocol.map": "BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT,"
            f"CLIENTS:{self._secured.protocol if self._secured else 'PLAINTEXT'}",
            "log.dirs": str(self.folder / f"n{node}"),
            "auto.create.topics.enable": "false",
            "default.replication.factor": copies,
            "min.insync.replicas": enough,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": enough,
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": enough,
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            # 128 MB of the heap by default, for compacting the few offsets of ours.
            "log.cleaner.dedupe.buffer.size": "4194304",
            "num.network.threads": "2",
            "num.io.threads": "4",
            **(_security(self._secured) if self._secured else {}),
            **self._extra,
        }


def keep_classes() -> None:
    """Run a node once and keep its classes as Java has read them: later ones start with little more than half the work.

    Nothing needs it. Raises NoJava, NoJars, ServerUnavailable.
    """
    archive = jars.archive()
    with TemporaryDirectory(prefix=".kafka.", dir=archive.parent) as folder:
        kafka = _Recording(Path(folder), die_with_parent=True)
        kafka.start()
        kafka.stop()
        if kafka.recorded.exists():
            kafka.recorded.rename(archive)


class _Recording(Kafka):
    @property
    def recorded(self) -> Path:
        return self.folder / "classes.jsa"

    def _classes(self) -> list[str]:
        return ["-cp", f"{jars.have()}/*", f"-XX:ArchiveClassesAtExit={self.recorded}"]


@dataclass(frozen=True)
class _Ports:
    clients: int
    brokers: int
    controllers: int

    def named(self) -> dict[str, int]:
        return {"CLIENTS": self.clients, "BROKERS": self.brokers, "CONTROLLERS": self.controllers}


class _PortTaken(ServerUnavailable):
    """Somebody else was faster."""


def _security(secured: Secured) -> dict[str, str]:
    """Source: Apache Kafka 4.3, "Security"; keys in PEM: KIP-651."""
    listener = "listener.name.clients."
    login = "org.apache.kafka.common.security"
    scram = f"{login}.scram.ScramLoginModule required;"
    plain = f'{login}.plain.PlainLoginModule required user_{secured.user}="{secured.password}";'
    return {
        f"{listener}ssl.keystore.type": "PEM",
        f"{listener}ssl.keystore.certificate.chain": _one_line(secured.certificate),
        f"{listener}ssl.keystore.key": _one_line(secured.key),
        f"{listener}ssl.truststore.type": "PEM",
        f"{listener}ssl.truststore.certificates": _one_line(secured.authority),
        f"{listener}sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        f"{listener}scram-sha-256.sasl.jaas.config": scram,
        f"{listener}scram-sha-512.sasl.jaas.config": scram,
        f"{listener}plain.sasl.jaas.config": plain,
    }


def _one_line(pem: Path) -> str:
    return pem.read_text().strip().replace("\n", "\\n")


def _answers(child: Child, ports: _Ports) -> bool:
    """Whether a node answers ApiVersions, the first request of every client; it does once it takes part.

    It opens one port after the other, and does not end before it has found the last one taken.
    """
    if not child.listens(*ports.named().values()):
        return False
    body = struct.pack(">hhih", 18, 0, 7, -1)  # ApiVersions v0, correlation 7, no client id
    try:
        with socket.create_connection((LOOPBACK, ports.brokers), 1) as asked:
            asked.settimeout(2)
            asked.sendall(struct.pack(">i", len(body)) + body)
            head = asked.recv(10)
    except OSError:
        return False
    return len(head) == 10 and struct.unpack(">iih", head)[1:] == (7, 0)


def _unavailable(words: str) -> ServerUnavailable:
    return ServerUnavailable(f"Apache Kafka does not start. Its last words:\n{words}")


_LOG4J = """\
status = warn
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""
