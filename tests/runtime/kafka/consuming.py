"""What the tests of the consumers share: projectors and reactors on threads or as processes, and whether all is well.

A process of its own: ``python -m tests.runtime.kafka.consuming project FOLDER``, its settings in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store, StoreFeed
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.reader import Reader
from eventstore.shares import LaneShares
from eventstore.supply import Figures
from runtime.kafka.carrier import KafkaCarrier, carrier_for
from runtime.reactions import REACTIONS
from runtime.reactor import Reactor
from runtime.settings import Settings
from runtime.settling import Settling
from tests.conftest import Database
from tests.eventstore.shelf import MACHINE, SHELF, BuyBook, MoveBook, ReadPages
from tests.runtime.household import BuildDoor, OpenDoor, ShutDoor, asker
from tests.soon import soon

ROOT = Path(__file__).parents[3]
Kind = Literal["project", "react"]
NAMES: dict[Kind, str] = {"project": "projections", "react": "reactions"}


class Counted(Store):
    """How often its events were read."""

    reads = 0

    def read_feed(self, *args: Any, **kwargs: Any) -> Any:
        self.reads += 1
        return super().read_feed(*args, **kwargs)


@dataclass
class Worker:
    """A projector or a reactor with its carrier."""

    store: Counted
    carrier: KafkaCarrier
    run: Callable[[threading.Event], None]
    figures: Callable[[], Figures]


@contextmanager
def worker(kind: Kind, settings: Settings) -> Iterator[Worker]:
    url = settings.projector_url if kind == "project" else settings.database_url
    with ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=6, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        store = Counted(pool, keyring, os.urandom(32))
        carrier = carrier_for(settings, store, pool, NAMES[kind])
        assert carrier is not None
        feed, shares = StoreFeed(store), LaneShares(url)
        if kind == "project":
            projector = Projector(store, pool, SHELF, feed, shares, batch=100, carrier=carrier)
            yield Worker(store, carrier, projector.run, lambda: projector.figures)
        else:
            reactor = Reactor(feed, pool, carrier)
            yield Worker(store, carrier, reactor.run, lambda: reactor.figures)
        shares.close()
        keyring.close()


@contextmanager
def working(settings: Settings, kinds: Sequence[Kind]) -> Iterator[list[Worker]]:
    """Each on a thread, until the block ends."""
    stop, workers, threads = threading.Event(), list[Worker](), list[threading.Thread]()

    def work(kind: Kind) -> None:
        with worker(kind, settings) as one:
            workers.append(one)
            one.run(stop)

    try:
        for kind in kinds:
            threads.append(threading.Thread(target=work, args=(kind,)))
            threads[-1].start()
        soon(lambda: len(workers) == len(kinds))
        yield workers
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)


class Process:
    """The same as a process that can be killed and frozen."""

    def __init__(self, kind: Kind, settings: Settings, folder: Path) -> None:
        self._said = folder / f"{kind}-{uuid4().hex[:8]}.json"
        self._log = self._said.with_suffix(".log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.kafka.consuming", kind, str(self._said)],
            cwd=ROOT, env={**os.environ, **settings.environment()}, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def lanes(self) -> int:
        """How many it has; 0 before it has said so."""
        return json.loads(self._said.read_text())["lanes"] if self._said.exists() else 0

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


# ── what happens ───────────────────────────────────────────────────────────


@dataclass
class Life:
    """Books are read and doors are opened and shut, so that there is something to project and to react to."""

    store: Store
    books: list[UUID] = field(default_factory=list)
    doors: list[UUID] = field(default_factory=list)

    def goes_on(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            self._begin()
            for book in self.books[-4:]:
                self.store.send(ReadPages(pages=3, times=2), MACHINE, to=book)
                self.store.send(MoveBook(shelf="upper"), MACHINE, to=book)
            for door in self.doors[-4:]:
                self.store.send(OpenDoor(), asker(), to=door)
                self.store.send(ShutDoor(), asker(), to=door)

    def _begin(self) -> None:
        self.books.append(self.store.send(BuyBook(book_id=uuid4(), reader_id=uuid4()), MACHINE).id)
        self.doors.append(self.store.send(BuildDoor(door_id=uuid4()), asker()).id)


# ── whether all is well ────────────────────────────────────────────────────


def caught_up(store: Store) -> bool:
    """Every read model and the reactions have everything."""
    ends = store.lane_ends()
    settling = Settling(store)
    return (
        Reader(store.pool).has_reached(ends, SHELF) and settling.waits_for(max(ends.values())) != "reactions"
    )


def is_well(store: Store, database: Database) -> None:
    """Every table is what a replay makes of the events, and every event has its jobs once."""
    soon(lambda: caught_up(store), 60)
    compared = compare(store, database.owner_url, SHELF, seed=7)
    assert all(comparison.rows for comparison in compared)
    assert [difference for comparison in compared for difference in comparison.differences] == []
    assert jobs(database) == owed(database)


def jobs(database: Database) -> Counter[tuple[str, int]]:
    with psycopg.connect(database.owner_url) as owner:
        query = "SELECT task_name, (args ->> 'position')::bigint FROM jobs.procrastinate_jobs"
        return Counter(owner.execute(query).fetchall())


def owed(database: Database) -> Counter[tuple[str, int]]:
    """The jobs that the events ask for, each once."""
    with psycopg.connect(database.owner_url) as owner:
        events = owner.execute("SELECT kind, position FROM store.events").fetchall()
    return Counter(
        (reaction.name, position) for kind, position in events for reaction in REACTIONS.get(kind, ())
    )


def main(kind: Kind, said: Path) -> None:
    from roles.process import stop_signal

    stop = stop_signal()
    with worker(kind, Settings.load()) as one:
        following = threading.Thread(target=one.run, args=(stop,))
        following.start()
        while not stop.wait(0.1):
            written = said.with_suffix(".new")
            written.write_text(json.dumps({"lanes": len(one.carrier.lanes()), **asdict(one.figures())}))
            written.rename(said)
        following.join()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))  # type: ignore[arg-type]
