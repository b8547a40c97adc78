"""Writers that append in every way there is, with pauses and rollbacks wherever a transaction can have them.

one          one event, in autocommit
many         several streams at once, in autocommit
undecided    a transaction that is open for a while after its append, then commits or rolls back
held         paused between the lock and the id, and again between the id and the commit
savepoints   the append in a subtransaction, which may be taken back
series       a number of a series under its lock, as the product takes it
product      commands through ``Store.send``
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice
from multiprocessing.sharedctypes import Synchronized
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store
from tests.chaos.order_rows import Line, Stream, append, append_one, resume
from tests.eventstore.library import Card, IssueCard, LendBook, LendWithSlip, MoveBook, asker

SERIES = UUID("5e71e500-0000-4000-8000-000000000002")
WRITERS = 8
"""Threads of a process, one for each way and a second one for the busiest."""
_CUSTOMERS = [UUID(int=number, version=4) for number in range(1, 41)]
_OPEN_STREAMS = 60


@dataclass(frozen=True)
class Orders:
    """What a process of writers is told.

    events   how many to append, all threads together
    longest  of the pauses of a held writer, seconds
    """

    app_url: str
    owner_url: str
    secret: bytes
    seed: int
    events: int
    longest: float


class Tally:
    """What was acknowledged, seen by the process that started this one."""

    def __init__(self, context: Any) -> None:
        self.events: Synchronized[int] = context.Value("q", 0)
        self.appends: Synchronized[int] = context.Value("q", 0)
        self.rolled_back: Synchronized[int] = context.Value("q", 0)

    def accepted(self, events: int) -> None:
        for counter, more in ((self.events, events), (self.appends, 1)):
            with counter.get_lock():
                counter.value += more

    def refused(self) -> None:
        with self.rolled_back.get_lock():
            self.rolled_back.value += 1


def write(orders: Orders, tally: Tally) -> None:
    """Run the writers of one process until together they have appended enough; an error of one ends all."""
    ways = islice(cycle([One, Many, Undecided, Held, Savepoints, Series, Product]), WRITERS)
    failed = threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [
            pool.submit(_work, way, orders, orders.seed * 100 + number, tally, failed)
            for number, way in enumerate(ways)
        ]
        wait(writing, return_when=FIRST_EXCEPTION)
        failed.set()
    for future in writing:
        future.result()


def _work(way: type[Writer], orders: Orders, seed: int, tally: Tally, failed: threading.Event) -> None:
    with ExitStack() as unit:
        writer = way(orders, Random(seed), tally, unit)
        while tally.events.value < orders.events and not failed.is_set():
            writer.step()


class Writer:
    """One thread with a connection and streams of its own."""

    role = "app"

    def __init__(self, orders: Orders, random: Random, tally: Tally, unit: ExitStack) -> None:
        url = orders.app_url if self.role == "app" else orders.owner_url
        self.connection = unit.enter_context(psycopg.connect(url, autocommit=True))
        self.cursor = self.connection.cursor(binary=True)
        self.random, self.tally, self.longest = random, tally, orders.longest
        self.streams: list[Stream] = []
        self._pause = threading.Event()

    def step(self) -> None:
        raise NotImplementedError

    def pick(self, count: int) -> list[int]:
        """Places of different streams, some of them new."""
        while len(self.streams) < count or self.random.random() < 0.1:
            owner = self.random.choice([None, *_CUSTOMERS])
            self.streams.append(Stream(uuid4(), owner))
        del self.streams[: max(0, len(self.streams) - _OPEN_STREAMS)]
        return self.random.sample(range(len(self.streams)), count)

    def lines(self, most_streams: int, most_events: int) -> tuple[dict[int, Stream], list[Line]]:
        """Events of several streams, mixed; and the streams as they are once these are committed."""
        changed = {place: replace(self.streams[place]) for place in self.pick(most_streams)}
        turns = self.random.choices(list(changed), k=self.random.randint(1, most_events))
        return changed, [changed[place].next() for place in turns]

    def accept(self, changed: dict[int, Stream], lines: Sequence[Line]) -> None:
        for place, stream in changed.items():
            self.streams[place] = stream
        self.tally.accepted(len(lines))

    def pause(self, most: float) -> None:
        self._pause.wait(self.random.random() ** 3 * most)


class One(Writer):
    def step(self) -> None:
        changed, lines = self.lines(1, 1)
        append_one(self.cursor, lines[0])
        self.accept(changed, lines)
        self.pause(0.005)


class Many(Writer):
    def step(self) -> None:
        changed, lines = self.lines(self.random.randint(1, 6), self.random.choice([5, 50, 500]))
        append(self.cursor, lines)
        self.accept(changed, lines)
        self.pause(0.01)


class Undecided(Writer):
    def step(self) -> None:
        changed, lines = self.lines(self.random.randint(1, 3), 30)
        commits = self.random.random() < 0.7
        with self.connection.transaction(force_rollback=not commits):
            self.pause(0.005)
            append(self.cursor, lines)
            self.pause(0.05)
        if commits:
            self.accept(changed, lines)
        else:
            self.tally.refused()


class Held(Writer):
    role = "owner"
    """Takes the lock by itself, which the application may not."""

    def step(self) -> None:
        changed, lines = self.lines(2, 30)
        with self.connection.transaction():
            self.cursor.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
            self.pause(self.longest)
            append(self.cursor, lines)
            self.pause(self.longest)
        self.accept(changed, lines)


class Savepoints(Writer):
    def step(self) -> None:
        changed, lines = self.lines(2, 30)
        keeps = self.random.random() < 0.7
        with self.connection.transaction():
            with self.connection.transaction(force_rollback=not keeps):
                self.pause(0.005)
                append(self.cursor, lines)
            self.pause(0.03)
        if keeps:
            self.accept(changed, lines)
        else:
            self.tally.refused()


class Series(Writer):
    def step(self) -> None:
        with self.connection.transaction():
            self.connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(SERIES),))
            series = resume(self.connection, SERIES)
            changed, lines = self.lines(1, 20)
            append(self.cursor, [series.next(), *lines])
            self.pause(0.01)
        self.accept(changed, [*lines, lines[0]])


class Product(Writer):
    """Cards are issued and lent on; slips are numbers of a series that all processes share."""

    def __init__(self, orders: Orders, random: Random, tally: Tally, unit: ExitStack) -> None:
        super().__init__(orders, random, tally, unit)
        pool = ConnectionPool(orders.app_url, kwargs={"autocommit": True}, min_size=1, max_size=3, open=True)
        unit.enter_context(pool)
        keyring = Keyring(pool, orders.secret)
        unit.callback(keyring.close)
        self._store, self._cards = Store(pool, keyring, orders.secret), [uuid4(), uuid4()]
        for card in self._cards:
            self._send(IssueCard(card_id=card, reader=random.choice(_CUSTOMERS)), None, 1)
        self._turn = cycle(chain([self._lend] * 4, [self._move] * 2, [self._slip]))

    def step(self) -> None:
        if self._store.load(Card, self._cards[0]).version > 40:
            self._cards = [*self._cards[1:], uuid4()]
            self._send(IssueCard(card_id=self._cards[-1], reader=self.random.choice(_CUSTOMERS)), None, 1)
        turn: Callable[[], None] = next(self._turn)
        turn()
        self.pause(0.02)

    def _lend(self) -> None:
        self._send(LendBook(title="Aya"), self._cards[0], 1)

    def _move(self) -> None:
        self._send(MoveBook(title="Aya", other=self._cards[1]), self._cards[0], 2)

    def _slip(self) -> None:
        self._send(LendWithSlip(), self._cards[0], 2)

    def _send(self, command: Any, to: UUID | None, events: int) -> None:
        self._store.send(command, asker(), to)
        self.tally.accepted(events)
