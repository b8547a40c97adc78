"""An installation on real servers whose processes are started, put to sleep, killed, and started again.

    with House(folder, seed=4) as house:
        house.kafka.kill()
        house.rest(2)
        house.kafka.start_node()
        house.catch_up()

What ends by itself is started again, as a supervisor would, and counted.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, Self
from uuid import UUID

import psycopg

from demo.installation import of_its_own
from eventstore.migrate import migrate
from eventstore.read_models import ensure
from roles.migrate import FOLDERS, every_read_model, prepare
from runtime.embedded.kafka import Kafka
from runtime.embedded.postgres import Postgres
from runtime.settling import CONSUMER
from tests.chaos import kafka_child
from tests.chaos.kafka_child import Place
from tests.chaos.kafka_mutants import spoil
from tests.chaos.kafka_recording import ECHOED, note_jobs
from tests.servers import QUICK

FORKED = get_context("forkserver")
# Also what the program imports: each child imports it again, and finds it there.
FORKED.set_forkserver_preload(
    ["tests.chaos.kafka_strikes", "tests.chaos.kafka_verdict", "rich.progress", "pytest"]
)

PARTITIONS = 6
SESSION = 3_000
"""Milliseconds after which a consumer that says nothing has left its group."""
PATIENCE = 120.0
"""Seconds in which anything that is waited for has to happen."""
MOST_DEATHS = 20
"""After which there is no use in going on."""
CAST = {"relay": 2, "projector": 3, "reactor": 2, "writer": 1}
ROLES: dict[str, Callable[..., None]] = {
    "relay": kafka_child.relay,
    "projector": kafka_child.project,
    "reactor": kafka_child.react,
    "writer": kafka_child.write,
}

_BEHIND = """
    SELECT DISTINCT p.consumer FROM store.positions p
    JOIN unnest(%s::int[], %s::bigint[]) AS e (lane, position) ON e.lane = p.lane AND p.position < e.position
    WHERE EXISTS (
        SELECT FROM store.events v JOIN unnest(%s::text[], %s::text[]) AS k (consumer, kind) ON k.kind = v.kind
        WHERE k.consumer = p.consumer AND v.lane = p.lane AND v.position > p.position AND v.position <= e.position)
"""
_OPEN_JOBS = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')"


class House:
    """Everything of one run, in a folder of its own; use it from one thread, which the servers die with.

    nodes   of the Kafka cluster
    pause   seconds between two commands of a writer
    cast    how many processes of each role
    place   how its processes are: see Place
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        nodes: int = 1,
        pause: float = 0.02,
        cast: dict[str, int] | None = None,
        **place: Any,
    ) -> None:
        self.folder, self.seed, self._pause, self._place = folder, seed, pause, place
        self.settings = of_its_own(folder / "state")
        self.postgres = Postgres(self.settings.postgres_dir, die_with_parent=True)
        self.kafka = Kafka(folder / "kafka", nodes, die_with_parent=True, extra=QUICK)
        self.names = [f"{role}-{n + 1}" for role, count in (cast or CAST).items() for n in range(count)]
        self.died: Counter[str] = Counter()
        """Processes that ended by themselves, and those that did not end when they were asked to."""
        self.excused: set[str] = set()
        """Who may end by itself once, because its history is over."""
        self._running: dict[str, BaseProcess] = {}
        self._writers = 0
        self._owner: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        self.postgres.start()
        self.kafka.start()
        told: dict[str, Any] = {
            "kafka_servers": self.kafka.servers,
            "kafka_partitions": PARTITIONS,
            "kafka_replicas": len(self.kafka.nodes),
            "kafka_session_ms": SESSION,
            "log_level": "warning",
        }
        self.settings = self.settings.model_copy(update=told)
        prepare(self.postgres)
        migrate(self.settings.owner_url, FOLDERS)
        ensure(self.settings.owner_url, every_read_model())
        note_jobs(self.settings.owner_url)
        spoil(self.settings.owner_url, self.place.mutant)
        self.do(kafka_child.begin)
        self.start(*self.names)

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self.kill(name)
        if self._owner is not None:
            self._owner.close()
        self.kafka.stop()
        self.postgres.stop()

    # ── its processes ──────────────────────────────────────────────────────

    def of(self, *roles: str) -> list[str]:
        """Names of the processes with these roles."""
        return [name for name in self.names if name.partition("-")[0] in roles]

    @property
    def consumers(self) -> list[str]:
        return self.of("projector", "reactor")

    @property
    def place(self) -> Place:
        return Place(self.settings, **self._place)

    def start(self, *names: str) -> None:
        for name in names:
            self._running[name] = self._forked(ROLES[name.partition("-")[0]], name, *self._further(name))

    def stop(self, *names: str) -> None:
        """Ask them to end, and wait; who does not listen is killed and counted."""
        asked = {name: self._running.pop(name) for name in names if name in self._running}
        for process in asked.values():
            _signal(process, signal.SIGTERM, signal.SIGCONT)
        until = monotonic() + PATIENCE / 4
        for name, process in asked.items():
            process.join(max(until - monotonic(), 0.1))
            # Whoever is asked before it has begun to listen ends at once.
            if process.exitcode not in (0, -signal.SIGTERM):
                self.died[f"{name} asked to end: {process.exitcode}, {self._last_word(name)}"] += 1
            process.kill()
            process.join()

    def kill(self, *names: str) -> None:
        for name in names:
            process = self._running.pop(name)
            process.kill()
            process.join()

    def freeze(self, *names: str) -> None:
        for name in names:
            _signal(self._running[name], signal.SIGSTOP)

    def thaw(self, *names: str) -> None:
        for name in names:
            _signal(self._running[name], signal.SIGCONT)

    def pid(self, name: str) -> int | None:
        return self._running[name].pid if name in self._running else None

    def do(self, task: Callable[..., None], *args: object) -> None:
        """Something that has an end, in a process of its own. Raises RuntimeError with where to read when it fails."""
        process = self._forked(task, task.__name__, *args)
        process.join()
        if process.exitcode != 0:
            raise RuntimeError(f"{task.__name__} ended with {process.exitcode}: {self.last_words()}")

    @contextmanager
    def beside(self, task: Callable[..., None], *args: object) -> Iterator[None]:
        """Something that goes on until the block ends, and is killed then."""
        process = self._forked(task, task.__name__, *args)
        try:
            yield
        finally:
            process.kill()
            process.join()

    def look_after(self) -> None:
        """Start again what has ended."""
        for name, process in list(self._running.items()):
            if process.exitcode is not None:
                if name in self.excused:
                    self.excused.remove(name)
                else:
                    self.died[f"{name}: {process.exitcode}, {self._last_word(name)}"] += 1
                if self.died.total() > MOST_DEATHS:
                    raise TimeoutError(f"everybody dies\n{self.last_words()}")
                self.start(name)

    def last_words(self, lines: int = 4) -> str:
        """The end of what each process said."""
        files = sorted(self.place.logs.glob("*.log"))
        return "\n".join(
            f"{file.stem}: " + "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
            for file in files
        )

    def _last_word(self, name: str) -> str:
        file = self.place.logs / f"{name}.log"
        return (file.read_text(errors="replace").splitlines() or [""])[-1][:200]

    def _forked(self, task: Callable[..., None], name: str, *args: object) -> BaseProcess:
        process = FORKED.Process(target=task, args=(self.place, name, *args), name=name)
        process.start()
        return process

    def _further(self, name: str) -> Sequence[object]:
        if not name.startswith("writer"):
            return ()
        self._writers += 1
        return 1_000_000 * self.seed + 1_000 * self._writers, self._pause

    # ── time ───────────────────────────────────────────────────────────────

    def rest(self, seconds: float) -> None:
        """Let them work, and look after them."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            self.look_after()
            threading.Event().wait(min(left, 0.2))

    def until(self, what: str, condition: Callable[[], object], seconds: float = PATIENCE) -> float:
        """Wait for something; how long it took. Raises TimeoutError with everybody's last words."""
        began = monotonic()
        while not condition():
            if monotonic() - began > seconds:
                raise TimeoutError(f"not within {seconds:.0f} s: {what}\n{self.last_words()}")
            self.look_after()
            threading.Event().wait(0.05)
        return monotonic() - began

    def catch_up(self) -> tuple[float, float]:
        """Wait until what there is now was consumed, and shipped; seconds of both."""
        last, consumed = max(self.ends().values()), self.consume()
        return consumed, consumed + self.until("the relay at the end", lambda: self.shipped() >= last)

    def consume(self) -> float:
        """Wait until consumers have seen what there is now, with or without a broker; seconds."""
        ends = self.ends()
        return self.until("consumers at the end of every lane", lambda: not self.behind(ends))

    def settle(self) -> None:
        """Without writers: wait until nothing is left to do."""
        ends: dict[int, int] = {}
        while ends != self.ends():
            ends = self.ends()
            self.catch_up()
            self.until("every job done", lambda: self.ask(_OPEN_JOBS) == [(0,)])

    # ── what the database says ─────────────────────────────────────────────

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if self._owner is None or self._owner.closed:
            self._owner = psycopg.connect(self.settings.owner_url, autocommit=True)
        return self._owner.execute(query.encode(), values or None).fetchall()

    def forget_connection(self) -> None:
        """Before the server is stopped."""
        with suppress(psycopg.Error):
            if self._owner is not None:
                self._owner.close()

    def ends(self) -> dict[int, int]:
        return dict(self.ask("SELECT lane, position FROM store.lane_ends(NULL)"))  # type: ignore[arg-type]

    def behind(self, ends: dict[int, int]) -> list[str]:
        """Consumers that have not seen all events of their concern up to these positions.

        Where nothing concerns them, positions follow when there is a moment: nobody waits for that.
        """
        found = self.ask(_BEHIND, list(ends), list(ends.values()), *map(list, zip(*_concerns(), strict=True)))
        return [consumer for (consumer,) in found]

    def leader(self) -> str:
        """The relay that holds the lease."""
        (holder,) = self.ask("SELECT holder FROM store.relay")[0]
        return next(name for name in self.of("relay") if str(self.pid(name)) in holder)

    def shipped(self) -> int:
        """The position up to which the brokers have acknowledged everything."""
        return int(self.ask("SELECT position FROM store.relay")[0][0])

    def epoch(self) -> int:
        """How often the lease of the relay has changed hands."""
        return int(self.ask("SELECT epoch FROM store.relay")[0][0])

    def incarnation(self) -> UUID:
        return self.ask("SELECT incarnation FROM store.store")[0][0]  # type: ignore[no-any-return]


@cache
def _concerns() -> list[tuple[str, str]]:
    """Every consumer with every kind of event that it acts upon."""
    reacted = [(CONSUMER, event.kind) for event in ECHOED]
    return reacted + [(kind.table_name(), event) for kind in every_read_model() for event in kind.handlers]


def _signal(process: BaseProcess, *signs: signal.Signals) -> None:
    """Who has ended by the first sign needs no other."""
    if process.pid is not None and process.exitcode is None:
        with suppress(ProcessLookupError):
            for sign in signs:
                os.kill(process.pid, sign)
