"""A projector that kills itself at a drawn statement: the connections of its pool count, the product knows nothing.

    BEGIN ─▶ nothing written ─▶ rows without positions, or positions without rows ─▶ before the commit ─▶ COMMIT

A moment lies before and behind each statement, and one while PostgreSQL works on it.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from psycopg import Connection, Cursor, Transaction
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Projection, Store
from eventstore.projector import AllLanes, Projector
from eventstore.shares import LaneShares
from tests.connected import projecting

NOWHERE, UNWRITTEN, ROWS, POSITIONS, BOTH, COMMITTED = PHASES = (
    "outside a transaction",
    "nothing written",
    "rows without positions",
    "positions without rows",
    "rows and positions, before the commit",
    "committed",
)
UNDER_WAY = ", a statement under way"
_ROWS = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|COPY) read\.")
_POSITIONS = re.compile(r"UPDATE store\.positions|store\.move_")


@dataclass
class Fuse:
    """When this process kills itself.

    moments  how many pass before
    counted  the phases whose moments count
    within   seconds; None: at the moment itself, else at some time from it on, while a statement may be on its way
    report   open for writing: the place of the kill goes there, a line
    """

    moments: int
    counted: Sequence[str]
    within: float | None
    report: int

    @classmethod
    def drawn(cls, random: Random, longest: int, weights: Sequence[int], report: int) -> Fuse:
        """A fuse of at most ``longest`` moments.

        weights  how many count every moment, those in a transaction, and those once something was written
        """
        everywhere, in_a_transaction, once_written = PHASES, PHASES[1:], PHASES[2:]
        (counted,) = random.choices((everywhere, in_a_transaction, once_written), weights)
        within = random.random() * 0.002 if random.random() < 0.25 else None
        share = 3 if counted is once_written else 1
        return cls(random.randint(1, longest // share), counted, within, report)

    def moment(self, phase: str) -> None:
        if phase not in self.counted:
            return
        self.moments -= 1
        if self.moments == 0:
            at_work = UNDER_WAY if self.within else ""
            os.write(self.report, f"{phase}{at_work}\n".encode())
            self._kill()

    def _kill(self) -> None:
        if self.within is None:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            threading.Timer(self.within, os.kill, (os.getpid(), signal.SIGKILL)).start()


class Counting(Connection[Any]):
    """A connection that says to the fuse where it is."""

    fuse: ClassVar[Fuse | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = CountingCursor
        self.phase = NOWHERE

    @contextmanager
    def transaction(self, *args: Any, **kwargs: Any) -> Iterator[Transaction]:
        if self.phase != NOWHERE:  # one inside another: the rows of a COPY
            with super().transaction(*args, **kwargs) as inner:
                yield inner
            return
        try:
            with super().transaction(*args, **kwargs) as whole:
                self.phase = UNWRITTEN
                yield whole
                self.moment()
            self.ran("COMMIT")
        finally:
            self.phase = NOWHERE

    def rollback(self) -> None:
        super().rollback()
        self.phase = NOWHERE

    def moment(self) -> None:
        if self.fuse is not None:
            self.fuse.moment(self.phase)

    def ran(self, statement: str) -> None:
        """The statement is done, or on its way in a pipeline."""
        if statement == "BEGIN":
            self.phase = UNWRITTEN
        elif statement == "COMMIT":
            self.phase = COMMITTED
        elif writes_rows(statement):
            self.phase = ROWS if self.phase in (UNWRITTEN, ROWS) else BOTH
        elif moves_positions(statement):
            self.phase = POSITIONS if self.phase in (UNWRITTEN, POSITIONS) else BOTH
        self.moment()
        if statement == "COMMIT":
            self.phase = NOWHERE


class CountingCursor(Cursor[Any]):
    """Tells its connection of every statement."""

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        with self._counted(query):
            super().execute(query, *args, **kwargs)
        return self

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> None:
        with self._counted(query):
            super().executemany(query, *args, **kwargs)

    @contextmanager
    def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        with self._counted(statement), super().copy(statement, *args, **kwargs) as stream:
            yield stream

    @contextmanager
    def _counted(self, statement: Any) -> Iterator[None]:
        connection = self.connection
        assert isinstance(connection, Counting)
        connection.moment()
        yield
        connection.ran(text_of(statement))


def writes_rows(statement: str) -> bool:
    return _ROWS.match(statement) is not None


def moves_positions(statement: str) -> bool:
    return _POSITIONS.search(statement) is not None


def text_of(statement: Any) -> str:
    return statement.decode() if isinstance(statement, bytes) else str(statement)


@dataclass(frozen=True)
class Place:
    """One database, the keys of its sealed fields, and what is read there."""

    app_url: str
    owner_url: str
    secret: bytes
    kinds: Sequence[type[Projection]]

    @contextmanager
    def store(self, connections: type[Connection[Any]] = Connection) -> Iterator[Store]:
        kwargs = {"autocommit": True}
        with ConnectionPool(
            self.app_url, connection_class=connections, kwargs=kwargs, min_size=1, max_size=6, open=True
        ) as pool:
            keyring = Keyring(pool, self.secret)
            yield Store(pool, keyring, self.secret)
            keyring.close()


def project(place: Place, fuse: Fuse | None, connections: type[Counting], shared: bool, batch: int) -> None:
    """Be a projector until the fuse has burnt down, or for ever without one.

    shared  lanes are shared with the others; else both handle all of them, and compare-and-set decides
    batch   events a transaction holds at most
    """
    Counting.fuse = fuse
    with place.store(connections) as store:
        lanes = LaneShares(place.app_url) if shared else AllLanes()
        Projector(*projecting(store), place.kinds, lanes=lanes, batch=batch).run(threading.Event())
