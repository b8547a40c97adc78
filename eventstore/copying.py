"""Everything that happened, folded into a table that nobody reads yet: the long part of a rebuild.

    events of the read model, by its owner ─▶ chunks ─▶ fold ─▶ COPY ─▶ positions       one process for each half of
                                                                                        the lanes, when there are many

A row belongs to one lane, so processes that handle different lanes never meet; sums over lanes are added.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from eventstore.aggregate import KINDS, LANES
from eventstore.codec import Codec
from eventstore.follower import Follower, decode, ends_of, uncollected
from eventstore.projection import Projection
from eventstore.rows import COLUMNS, Recorded
from eventstore.store import Store

CHUNK = 20_000
"""Events a transaction at most."""
HEAVY = 64_000_000
"""Bytes of state a transaction at most, or the next 1,000 events."""
_AT_ONCE = 1000
PROCESSES = max(min(os.cpu_count() or 1, 4), 1)
MANY = 20_000
"""Events from which a process for each core is worth its start."""

_PR_SET_PDEATHSIG = 1

Told = Callable[[int], None]

_OF_CONCERN = (
    "(kind = ANY(%(kinds)s) OR split_part(kind, '.', 1) = ANY(%(aggregates)s) AND kind <> ALL(%(known)s))"
)


class CopyFailed(Exception):
    """A process of a rebuild failed; the table it was for stays aside and is dropped by the next attempt."""


@dataclass(frozen=True)
class Copying:
    """What is to be copied into which table.

    owner    connection string of ``store_owner``
    table    without its schema
    horizon  the first position that is left to the catching up
    """

    owner: str
    store: Store
    kind: type[Projection]
    table: str
    horizon: int

    def count(self) -> int:
        """Events of its concern."""
        return self._one(f"SELECT count(*) FROM store.events WHERE position < %(horizon)s AND {_OF_CONCERN}")

    def processes(self) -> int:
        """One for each core when there is much to read."""
        there = self._one(f"SELECT count(*) FROM (SELECT FROM store.events LIMIT {MANY}) AS first")
        return PROCESSES if there == MANY else 1

    def run(self, told: Told, processes: int, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Copy all lanes. ``told`` hears how many more events were handled; ``meanwhile`` runs beside the processes.

        Raises what the database raises; CopyFailed when that was in another process.
        """
        if processes == 1:
            meanwhile()
            with _pool(self.owner) as pool:
                self._copy(self.store, pool, range(LANES), told)
        else:
            _Crew(self, processes).run(told, meanwhile)

    def share(self, number: int, of: int, told: Told) -> None:
        """What one process does: its lanes, on connections of its own."""
        gc.disable()
        with _pool(self.owner) as pool, closing(self.store.keyring.over(pool)) as keyring:
            store = Store(pool, keyring, bytes(32))
            self._copy(store, pool, range(number, LANES, of), told)

    def _copy(self, store: Store, pool: ConnectionPool, lanes: Sequence[int], told: Told) -> None:
        follower = Follower(self.kind, self.table, store, pool, copying=True)
        for rows in self._chunks(store.codec, lanes):
            with uncollected():
                follower.take(decode(rows), ends_of(rows))
            told(len(rows))
        follower.take([], dict.fromkeys(lanes, self.horizon - 1))

    def _chunks(self, codec: Codec, lanes: Sequence[int]) -> Iterator[list[Recorded]]:
        query = (
            f"SELECT {COLUMNS} FROM store.events WHERE position < %(horizon)s AND lane = ANY(%(lanes)s)"
            f" AND {_OF_CONCERN} ORDER BY position"
        )
        values = {**self._values(), "lanes": list(lanes)}
        with psycopg.connect(self.owner) as connection, connection.cursor("copying", binary=True) as cursor:
            cursor.execute(query.encode(), values)
            recorded: Any = Recorded
            chunk: list[Recorded] = []
            weight = 0
            while found := cursor.fetchmany(_AT_ONCE):
                chunk += [recorded(*row, codec) for row in found]
                weight += sum(len(row[7]) for row in found)
                if len(chunk) >= CHUNK or weight >= HEAVY:
                    yield chunk
                    chunk, weight = [], 0
            if chunk:
                yield chunk

    def _one(self, query: str) -> int:
        with psycopg.connect(self.owner) as connection:
            row = connection.execute(query.encode(), self._values()).fetchone()
        return row[0] if row else 0

    def _values(self) -> dict[str, object]:
        return {
            "horizon": self.horizon,
            "kinds": list(self.kind.handlers),
            "aggregates": sorted(self.kind.aggregates),
            "known": list(KINDS),
        }


class _Crew:
    """Processes that share the lanes out. They are forked: a read model need not be found by its name again."""

    def __init__(self, copying: Copying, processes: int) -> None:
        context = multiprocessing.get_context("fork")
        self._pipes: list[Pipe] = []
        self._processes = []
        for number in range(processes):
            here, there = context.Pipe(duplex=False)
            self._pipes.append(here)
            told = (copying, number, processes, there, list(self._pipes), os.getpid())
            process = context.Process(target=_work, args=told, daemon=True)
            self._processes.append(process)
            process.start()
            there.close()

    def run(self, told: Told, meanwhile: Callable[[], None]) -> None:
        """Wait for all. The first that fails ends the others."""
        try:
            meanwhile()
            self._listen(told)
        finally:
            for process in self._processes:
                # Those that came to their end are not touched; a SIGTERM would find the handler of this process.
                process.kill()
                process.join()
            for pipe in self._pipes:
                pipe.close()

    def _listen(self, told: Told) -> None:
        speaking = dict(zip(self._pipes, self._processes, strict=True))
        while speaking:
            for pipe in wait(list(speaking)):
                assert isinstance(pipe, Pipe)
                try:
                    said = pipe.recv()
                except EOFError:
                    process = speaking.pop(pipe)
                    process.join()
                    if process.exitcode:
                        raise CopyFailed("a process was ended") from None
                    continue
                if isinstance(said, str):
                    raise CopyFailed(said)
                told(said)


def _work(
    copying: Copying, number: int, processes: int, pipe: Pipe, inherited: Sequence[Pipe], parent: int
) -> None:
    """One process of a crew. It hears nobody, and ends with the one that started it, however that ends."""
    _end_with(parent)
    for end in inherited:
        # Whoever speaks after the listener has gone is to notice it.
        end.close()
    try:
        copying.share(number, processes, pipe.send)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process has to hear of it
        # The class alone: a message may hold what people wrote.
        with suppress(OSError):
            pipe.send(type(error).__name__)
        os._exit(1)


def _end_with(parent: int) -> None:
    """Ask Linux for a SIGKILL when the process that started this one ends; elsewhere the next word to it fails."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _pool(owner: str) -> ConnectionPool:
    return ConnectionPool(owner, kwargs={"autocommit": True}, min_size=1, max_size=4, open=True)
