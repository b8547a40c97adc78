"""How fast is what happened read: one aggregate again, a table kept up to date, a table built anew?

Every contestant reads the same servicing of loans (reading_history.py), and after each turn its rows and positions are
counted: a turn that lacks one fails the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from aggregates.servicing import Servicing
from bench import reading_library
from bench.figures import Contestant, Figure, NotStored, Turn
from bench.place import Database, Place
from bench.reading_history import load
from eventstore import Keyring, Projection, Store, positions
from eventstore.copying import PROCESSES
from eventstore.projector import Projector
from eventstore.read_models import SCHEMA, drop, ensure
from eventstore.rebuild import rebuild
from eventstore.rows import COLUMNS
from projections.loan_account import LoanAccount
from projections.repayment_list import RepaymentList

FOLDED, ROW_WISE = LoanAccount, RepaymentList
TYPES = ["uuid", "int4", "int8", "int2", "uuid", "text", "int2", "bytea", "bytea", "timestamptz", "bytea"]


class Reading:
    """A store with a history, and the same loans in the library's own tables."""

    def __init__(self, database: Database, store: Store, events: int, for_library: int) -> None:
        self.database, self.store = database, store
        ensure(database.owner_url, [FOLDED, ROW_WISE])
        self.events = load(database.owner_url, store.codec, events, [Servicing])
        self.streams = self._listed()
        self._made_for_the_library(for_library)
        self.last = self._one("SELECT max(position) FROM store.events")

    def _made_for_the_library(self, events: int) -> None:
        with psycopg.connect(self.database.owner_url) as owner:
            owner.execute("CREATE SCHEMA library")
            for kind in (FOLDED, ROW_WISE):
                owner.execute(kind.ddl.replace("{table}", f"library.{kind.name}").encode())
        self.app = reading_library.House(env=reading_library.environment(self.database))
        self.known: list[UUID] = []
        self.told = 0
        for stream in self.streams:
            if self.told >= events:
                break
            self.told += reading_library.told([self.store.history(stream)], self.app)
            self.known.append(stream)

    def _listed(self) -> list[UUID]:
        with self._as(self.database.auditor_url) as store:
            return list(store.streams())

    @contextmanager
    def _as(self, url: str) -> Iterator[Store]:
        """The same store with the rights of another role."""
        kwargs = {"autocommit": True}
        with (
            ConnectionPool(url, kwargs=kwargs, min_size=1, max_size=8, open=True) as pool,
            closing(self.store.keyring.over(pool)) as keyring,
        ):
            yield Store(pool, keyring, bytes(32))

    # ── who takes turns ────────────────────────────────────────────────────

    def replay(self) -> Turn:
        return self._loaded(self.streams[:300], lambda stream: self.store.load(Servicing, stream).version)

    def library_replay(self) -> Turn:
        return self._loaded(self.known, lambda stream: self.app.repository.get(stream).version)

    def projector(self, kind: type[Projection]) -> Callable[[], Turn]:
        return lambda: self._projected(kind)

    def library_runner(self, kind: type[Any], table: type[Projection]) -> Callable[[], Turn]:
        def take() -> Turn:
            wanted = self._of_concern(table, [str(stream) for stream in self.known])
            rate = reading_library.run(self.database, kind, table.name, wanted)
            self._expect(table, f"library.{table.name}", len(self.known))
            return Turn(rate)

        return take

    def rebuilt(self, processes: int | None = None) -> Turn:
        began = perf_counter()
        table = rebuild(self.store, self.database.owner_url, FOLDED, handover=0, processes=processes)
        seconds = perf_counter() - began
        self._expect(FOLDED, f"{SCHEMA}.{table}", len(self.streams))
        self._put_back(table)
        return Turn.rate(self.events, seconds)

    def copied_out(self) -> Turn:
        """Every column of every event, parsed into Python values, and consumed."""
        with psycopg.connect(self.database.owner_url) as owner, owner.cursor() as cursor:
            began = perf_counter()
            with cursor.copy(f"COPY (SELECT {COLUMNS} FROM store.events) TO STDOUT (FORMAT binary)") as copy:
                copy.set_types(TYPES)
                rows = sum(1 for _ in copy.rows())
            return self._all(rows, perf_counter() - began)

    def copied_out_raw(self) -> Turn:
        """The same bytes as blocks that nobody looks into."""
        with psycopg.connect(self.database.owner_url) as owner, owner.cursor() as cursor:
            began = perf_counter()
            with cursor.copy(f"COPY (SELECT {COLUMNS} FROM store.events) TO STDOUT (FORMAT binary)") as copy:
                for _ in copy:
                    pass
            return self._all(cursor.rowcount, perf_counter() - began)

    # ── how a turn is taken ────────────────────────────────────────────────

    def _loaded(self, streams: list[UUID], version_of: Callable[[UUID], int]) -> Turn:
        began = perf_counter()
        events = sum(version_of(stream) for stream in streams)
        seconds = perf_counter() - began
        there = self._one("SELECT count(*) FROM store.events WHERE stream_id = ANY(%s)", streams)
        if events != there:
            raise NotStored(f"replayed {events:,} of {there:,} events")
        return Turn.rate(events, seconds)

    def _projected(self, kind: type[Projection]) -> Turn:
        """Events of its concern; those of no concern are read and passed by."""
        self._emptied(kind)
        with self._as(self.database.projector_url) as store:
            projector = Projector(store, store.pool, [kind])
            began = perf_counter()
            while projector.step():
                pass
            seconds = perf_counter() - began
        self._expect(kind, f"{SCHEMA}.{kind.table_name()}", len(self.streams))
        with self.store.pool.connection() as connection:
            reached = max(positions.read(connection, kind.table_name()).values())
        if reached != self.last:
            raise NotStored(f"{kind.name} stands at {reached}, not at {self.last}")
        return Turn.rate(self._of_concern(kind), seconds)

    def _emptied(self, kind: type[Projection]) -> None:
        with psycopg.connect(self.database.owner_url, autocommit=True) as owner:
            owner.execute(f"TRUNCATE {SCHEMA}.{kind.table_name()}".encode())
            owner.execute("UPDATE store.positions SET position = 0 WHERE consumer = %s", (kind.table_name(),))
            owner.execute("VACUUM store.positions")

    def _put_back(self, rebuilt: str) -> None:
        """The table that was live before the rebuild is live again."""
        with psycopg.connect(self.database.owner_url, autocommit=True) as owner:
            drop(owner, rebuilt)
            owner.execute(
                "UPDATE store.read_models SET state = 'live' WHERE table_name = %s", (FOLDED.table_name(),)
            )

    # ── what has to be there ───────────────────────────────────────────────

    def _of_concern(self, kind: type[Projection], streams: list[str] | None = None) -> int:
        return self._one(
            "SELECT count(*) FROM store.events WHERE kind = ANY(%s) AND (%s::uuid[] IS NULL OR stream_id = ANY(%s::uuid[]))",
            list(kind.handlers), streams, streams,
        )  # fmt: skip

    def _expect(self, kind: type[Projection], table: str, streams: int) -> None:
        """A row of each stream, or of each event."""
        ids = [str(stream) for stream in (self.streams if streams == len(self.streams) else self.known)]
        wanted = streams if kind is FOLDED else self._of_concern(kind, ids)
        there = self._one(f"SELECT count(*) FROM {table}", scope=True)
        if there != wanted:
            raise NotStored(f"{table} holds {there:,} rows of {wanted:,}")

    def _all(self, rows: int, seconds: float) -> Turn:
        if rows != self.events:
            raise NotStored(f"copied {rows:,} of {self.events:,} events")
        return Turn.rate(rows, seconds)

    def _one(self, query: str, *values: Any, scope: bool = False) -> int:
        with psycopg.connect(self.database.owner_url) as owner:
            if scope:
                owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            row = owner.execute(query.encode(), values).fetchone()
        assert row is not None
        return int(row[0])


def measure(place: Place) -> list[Figure]:
    with place.step("loading what is read"), _reading(place) as reading:
        contestants = [
            Contestant("replay", reading.replay, over="library's repository.get"),
            Contestant("library's repository.get", reading.library_replay),
            Contestant(
                "projector, row-wise", reading.projector(ROW_WISE), over="library's runner, row-wise",
                note=f"{ROW_WISE.__name__}: each event of its concern is a row",
            ),
            Contestant(
                "library's runner, row-wise", reading.library_runner(reading_library.RepaymentRows, ROW_WISE)
            ),
            Contestant(
                "projector, folded", reading.projector(FOLDED), over="library's runner, folded",
                note=f"{FOLDED.__name__}: {reading.events / len(reading.streams):.0f} events make a row",
            ),
            Contestant(
                "library's runner, folded", reading.library_runner(reading_library.AccountRows, FOLDED)
            ),
            Contestant(
                "rebuild", reading.rebuilt, over="COPY out",
                note=f"{FOLDED.__name__}, as it comes: {PROCESSES} processes",
            ),
            Contestant("rebuild, one process", lambda: reading.rebuilt(processes=1), over="COPY out"),
            Contestant("COPY out", reading.copied_out, note="parsed into rows of Python values, one process"),
            Contestant("COPY out, raw", reading.copied_out_raw, note="blocks that nobody looks into"),
        ]  # fmt: skip
        return place.interleave("reading", contestants, place.pick(3, 7))


@contextmanager
def _reading(place: Place) -> Iterator[Reading]:
    database = place.database("reading")
    with ExitStack() as stack:
        pool = stack.enter_context(
            ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=2, max_size=8, open=True)
        )
        keyring = Keyring(pool, os.urandom(32))
        stack.callback(keyring.close)
        store = Store(pool, keyring, os.urandom(32))
        reading = Reading(database, store, place.pick(100_000, 400_000), place.pick(1_500, 6_000))
        stack.callback(reading.app.close)
        yield reading
