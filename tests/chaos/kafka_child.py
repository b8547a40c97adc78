"""The processes of a run: the product's own roles, a writer that notes how long it is kept waiting, and a ghost.

Each is forked from a server that has imported everything, dies with it, and says what it says into a file.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial, wraps
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TextIO
from uuid import UUID

from kafka import KafkaConsumer
from psycopg_pool import ConnectionPool

import workers  # noqa: F401 - its reactions are known before ours take their place
from eventstore import Asker, Command, Receipt, Store, from_carrier
from eventstore.feed import Carrier
from eventstore.projector import Projector
from roles import project as project_role
from roles import react as react_role
from roles import relay as relay_role
from roles.process import process, stop_signal, store_on
from runtime import database
from runtime.kafka.carrier import carrier_for
from runtime.kafka.connection import clients
from runtime.kafka.lease import SECONDS as LEASE
from runtime.kafka.lease import Lease
from runtime.kafka.relay import Relay
from runtime.kafka.shipment import PATIENCE
from runtime.reactor import Reactor
from runtime.settings import Settings
from tests.chaos import kafka_mutants, kafka_topic
from tests.chaos.kafka_recording import begin_echoes, react_with_echoes
from tests.chaos.projectors_traffic import Traffic, furnish

P = ParamSpec("P")
_PR_SET_PDEATHSIG = 1
HEARTBEAT = 300
"""Milliseconds between two signs of life of a ghost."""


@dataclass(frozen=True)
class Place:
    """One installation, and how its processes are.

    mutant    what its consumers do wrong, if anything
    lease     seconds for which a relay leads without renewing it
    patience  seconds without an acknowledgement after which a producer is replaced
    haste     what part of the usual time a consumer gives a lane that stands still
    """

    settings: Settings
    mutant: str = ""
    lease: float = LEASE
    patience: float = PATIENCE
    haste: float = 1.0

    @property
    def notes(self) -> Path:
        """Folder of what the writers noted."""
        return self.settings.state_dir / "notes"

    @property
    def figures(self) -> Path:
        """Folder of what the consumers were brought, and read from the store."""
        return self.settings.state_dir / "figures"

    @property
    def logs(self) -> Path:
        return self.settings.state_dir / "log"

    @contextmanager
    def store(self) -> Iterator[Store]:
        """As the application has it."""
        with database.pool(self.settings.database_url, name="chaos") as pool:
            store = store_on(pool, self.settings)
            yield store
            store.keyring.close()


def forked(
    role: Callable[Concatenate[Place, str, P], None],
) -> Callable[Concatenate[Place, str, P], None]:
    """What a process does first: die with whoever forked it, and write into a log of its own."""

    @wraps(role)
    def run(place: Place, name: str, *args: P.args, **kwargs: P.kwargs) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        place.logs.mkdir(exist_ok=True)
        log = os.open(place.logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(log, stream)
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=f"{name} %(message)s")
        role(place, name, *args, **kwargs)

    return run


# ── the product ──────────────────────────────────────────────────────────────


@forked
def relay(place: Place, name: str) -> None:
    relay_role.Lease = partial(Lease, seconds=place.lease)  # type: ignore[attr-defined]
    relay_role.Relay = partial(Relay, patience=place.patience)  # type: ignore[attr-defined]
    assert relay_role.run(place.settings) == 0


@forked
def project(place: Place, name: str) -> None:
    """Keeps every read model that was imported here, the recording one among them."""
    _consume_as(place)
    with _figures_of(Projector, place):
        project_role.run(place.settings)


@forked
def react(place: Place, name: str) -> None:
    _consume_as(place)
    react_with_echoes()
    with _figures_of(Reactor, place):
        react_role.run(place.settings)


@forked
def twin(place: Place, name: str, role: str) -> None:
    """A projector or a reactor in a group of its own: it is brought what another one is brought as well."""
    _consume_as(place)
    for module in (project_role, react_role):
        module.carrier_for = _carrier_of_a_twin  # type: ignore[attr-defined]
    if role == "projector":
        project_role.run(place.settings)
    else:
        react_with_echoes()
        react_role.run(place.settings)


def _carrier_of_a_twin(settings: Settings, store: Store, pool: ConnectionPool, name: str) -> Carrier | None:
    return carrier_for(settings, store, pool, name + kafka_topic.TWIN)


def _consume_as(place: Place) -> None:
    from_carrier.STARVED *= place.haste
    from_carrier.ORPHANED *= place.haste
    kafka_mutants.become(place.mutant)


@contextmanager
def _figures_of(consumer: type[Projector | Reactor], place: Place) -> Iterator[None]:
    """Write down what the one that is made inside has counted, when it ends in peace."""
    made: list[Any] = []
    usual = consumer.__init__

    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        usual(self, *args, **kwargs)
        made.append(self)

    consumer.__init__ = noted  # type: ignore[method-assign, assignment]
    yield
    place.figures.mkdir(exist_ok=True)
    (place.figures / f"{os.getpid()}").write_text(json.dumps(asdict(made[0].figures)))


# ── whoever uses it ──────────────────────────────────────────────────────────


@forked
def begin(place: Place, name: str) -> None:
    """What there is before anything happens."""
    with place.store() as store:
        furnish(store)
        begin_echoes(store)


@forked
def write(place: Place, name: str, seed: int, pause: float) -> None:
    """A command every ``pause`` seconds at most, each with a line about how long it took and what came of it."""
    place.notes.mkdir(exist_ok=True)
    with process(name, place.settings) as this, (place.notes / name).open("a", buffering=1) as notes:
        store = Noting(this.store, notes)
        traffic = Traffic(store, seed)
        while not this.stop.wait(pause):
            try:
                traffic.send(1)
            except Exception:  # noqa: BLE001 - whatever it was is noted, and is judged
                seed += 1
                traffic = Traffic(store, seed)


class Noting(Store):
    """The same store, seen by somebody with a watch."""

    def __init__(self, store: Store, notes: TextIO) -> None:
        vars(self).update(vars(store))
        self._notes = notes

    def send(self, command: Command, asker: Asker, to: UUID | None = None, *rest: Any) -> Receipt:
        began, outcome = monotonic(), "done"
        try:
            return super().send(command, asker, to, *rest)
        except Exception as error:
            outcome = f"{type(command).__name__}:{type(error).__name__}"
            raise
        finally:
            self._notes.write(f"{began:.3f} {monotonic() - began:.4f} {outcome}\n")


@forked
def haunt(place: Place, name: str, topic: str, group: str) -> None:
    """Be a member of a group that takes its share and does nothing with it."""
    stop = stop_signal()
    consumer = KafkaConsumer(
        topic, group_id=group, enable_auto_commit=False, session_timeout_ms=place.settings.kafka_session_ms,
        heartbeat_interval_ms=HEARTBEAT, **clients(place.settings),
    )  # fmt: skip
    with closing(consumer):
        while not stop.is_set():
            consumer.poll(timeout_ms=200)
