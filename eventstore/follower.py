"""One table that follows the feed: rows and positions in one transaction, and what to do with a poison event.

    segment of events ─▶ fold ─▶ flush ─▶ positions ─▶ commit
                          │         │
                          │         └─ refused, or not to be sent: halve the segment until one event is left
                          └─ a handler fails: commit what came before it, then the event alone

The event that fails alone is parked with its cause; later events of its stream are parked behind it, in order, and all
others go on.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection, errors
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import parking, positions
from eventstore.aggregate import Aggregate
from eventstore.bulk import Shape
from eventstore.codec import Undecodable
from eventstore.faults import reach
from eventstore.positions import Move
from eventstore.projection import Projection
from eventstore.reach import Reach
from eventstore.read_models import SCHEMA
from eventstore.rows import Recorded
from eventstore.store import Store, Unavailable
from eventstore.table import Table

_BEYOND_LIMITS = "54"
"""SQLSTATE class of what is too long for an index or a row: psycopg counts it among the operational errors."""

_FAULTS_OF_DATA = ("0A", "21", "22", "23", "42", _BEYOND_LIMITS, "P0")
"""SQLSTATE classes that the same event would meet again, however often it is tried."""

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, Unavailable, MemoryError)
"""What says nothing about the event that was being handled."""


class Gone(Exception):
    """The table does not exist any more."""


class WrongRole(Exception):
    """These connections may not write read models; the message says which may."""


class Failed(Exception):
    """A handler failed at this event."""

    def __init__(self, row: Recorded, cause: str) -> None:
        super().__init__(cause)
        self.row, self.cause = row, cause


class Seen(msgspec.Struct, frozen=True):
    """An event, decoded once for all tables; or why it cannot be applied."""

    row: Recorded
    event: Aggregate.Event | None
    cause: str | None = None

    def failed(self, cause: str) -> Seen:
        return Seen(self.row, None, cause)


def decode(rows: Iterable[Recorded]) -> list[Seen]:
    """Every event as its class declares it now, or the reason why not."""
    seen: list[Seen] = []
    for row in rows:
        try:
            seen.append(Seen(row, row.codec.decode(row)))
        except Undecodable as error:
            seen.append(Seen(row, None, parking.cause_of(error)))
    return seen


@contextmanager
def uncollected() -> Iterator[None]:
    """A batch is freed by counting alone: a collection would look at each of its objects and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def ends_of(rows: Iterable[Recorded]) -> dict[int, int]:
    """The last position in each lane; the rows are in order."""
    return {row.lane: row.position for row in rows}


def hand_over(projection: Projection, events: Iterable[Seen], table: Table) -> None:
    """Let the handlers take events. Raises Failed; what PostgreSQL raises, and what says that it is away, as it is: a
    statement may fail for what an earlier event of the batch wrote."""
    handlers = projection.take
    try:
        for seen in events:
            if seen.event is None:
                raise Failed(seen.row, seen.cause or "")
            handlers[seen.row.kind](seen.event, table)
    except (*AWAY, psycopg.Error, Failed):
        raise
    except Exception as error:
        raise Failed(seen.row, parking.cause_of(error)) from error


class Follower:
    """One table of a read model, and how far it is.

    table    without its schema; the consumer under which its positions are kept
    pool     connections in autocommit, four or more: a handler that opens a sealed field takes a second one
    copying  rows that are put are expected to be new: while a table is built
    """

    def __init__(
        self, kind: type[Projection], table: str, store: Store, pool: ConnectionPool, copying: bool = False
    ) -> None:
        self.kind, self.table, self.copying = kind, table, copying
        self._store, self._pool, self.projection = store, pool, kind()
        self.stored: dict[int, int] = {}
        """Positions as they were last seen in the database."""
        self.reach = Reach()
        """How far it is in the lanes that are followed, also where nothing concerned it."""
        with pool.connection() as connection:
            try:
                self.shape = Shape.of(connection, f"{SCHEMA}.{table}", kind.keys(), kind.laneless)
            except errors.UndefinedTable as error:
                raise Gone(table) from error
            if not _may_write(connection, f"{SCHEMA}.{table}"):
                raise WrongRole(
                    f"{connection.info.user} may not write {table}: read models are kept up to date by the role"
                    " projector, whose connection string is projector_url"
                )
        self.look()

    def look(self, lanes: Iterable[int] | None = None) -> None:
        """Read the positions again and go on from there, in these lanes. Raises Gone."""
        with self._pool.connection() as connection:
            self.stored = positions.read(connection, self.table)
        if not self.stored:
            raise Gone(self.table)
        counts = self.stored if lanes is None else lanes
        self.reach = Reach({lane: self.stored[lane] for lane in counts})

    def concerned_by(self, rows: Iterable[Recorded]) -> set[str]:
        """The kinds of these events that this table must see."""
        return {kind for kind in {row.kind for row in rows} if self.kind.concerns(kind)}

    def news(self, events: Iterable[Seen], kinds: Collection[str], but: Collection[int] = ()) -> list[Seen]:
        """Those of these kinds that were not handled, but none of some lanes."""
        stored = self.stored
        found = [s for s in events if s.row.kind in kinds and s.row.position > stored[s.row.lane]]
        return [s for s in found if s.row.lane not in but] if but else found

    def moves(self, ends: Mapping[int, int]) -> list[Move]:
        """What it takes to move lanes in which nothing concerns this table."""
        return [Move(self.table, lane, self.stored[lane], end) for lane, end in ends.items()]

    def sum_of(self, lanes: Iterable[int]) -> int:
        """Compared with the sum in the database: has it forgotten, in a crash or a restore, what is remembered here?"""
        return sum(self.stored[lane] for lane in lanes)

    def take(self, events: Sequence[Seen], ends: Mapping[int, int]) -> None:
        """Apply events and move every lane to its end.

        events  those that concern this table, in order
        ends    last position of each lane in the batch, events of no concern included

        Raises Moved when another process has put a lane back, Gone, and what says that the database is away.
        """
        segments = deque([events])
        while segments:
            segment = segments.popleft()
            self._take(segment, segments, ends if not segments else ends_of(seen.row for seen in segment))

    def _take(self, segment: Sequence[Seen], rest: deque[Sequence[Seen]], ends: Mapping[int, int]) -> None:
        try:
            with self._pool.connection() as connection, connection.transaction():
                found = self._commit(connection, segment, ends)
            self.stored.update(found)
        except Failed as failure:
            index = next(i for i, seen in enumerate(segment) if seen.row is failure.row)
            before, alone, after = segment[:index], segment[index : index + 1], segment[index + 1 :]
            if len(segment) == 1:
                alone = [segment[0].failed(failure.cause)]
            # Not alone, it may have failed for what was written before it.
            rest.extendleft(part for part in (after, alone, before) if part)
        except Exception as error:
            if isinstance(error, errors.UndefinedTable) and not self._exists():
                raise Gone(self.table) from error
            if not is_fault_of_data(error) or not segment:
                raise
            if len(segment) == 1:
                rest.appendleft([segment[0].failed(parking.cause_of(error))])
            else:
                rest.extendleft((segment[len(segment) // 2 :], segment[: len(segment) // 2]))

    def _commit(
        self, connection: Connection[Any], segment: Sequence[Seen], ends: Mapping[int, int]
    ) -> dict[int, int]:
        begin(connection)
        found = positions.lock(connection, self.table, ends)
        if len(found) < len(ends):
            raise Gone(self.table)
        if any(found[lane] < self.stored[lane] for lane in found):
            raise positions.Moved(self.table)
        fresh = [seen for seen in segment if seen.row.position > found[seen.row.lane]]
        if fresh:
            table = Table(self.shape, connection, lambda: [seen.row.stream_id for seen in fresh])
            parked = parking.streams(connection, self.table, ends)
            parking.park(connection, self.table, self._apply(fresh, table, parked))
            table.flush(self.copying)
        reach("rows-position")
        positions.move_all(connection, self.table, found, ends)
        return {lane: max(position, ends[lane]) for lane, position in found.items()}

    def _apply(self, events: Sequence[Seen], table: Table, parked: set[UUID]) -> list[parking.Entry]:
        """Hand each event to its handler; returns those to park."""
        if not parked and all(seen.event is not None for seen in events):
            hand_over(self.projection, events, table)
            return []
        entries: list[parking.Entry] = []
        for seen in events:
            if seen.row.stream_id in parked:
                entries.append((seen.row, None))
            elif seen.event is not None:
                hand_over(self.projection, [seen], table)
            elif not parking.is_left_out(self._store, self.kind.name, seen.row):
                entries.append((seen.row, seen.cause))
                parked.add(seen.row.stream_id)
        return entries

    # ── once more ──────────────────────────────────────────────────────────

    def retry_all(self, stream: UUID | None = None) -> list[parking.Parked]:
        """Try what is parked again, of one stream or of all; returns what is still parked."""
        streams = {parked.stream_id for parked in parking.parked(self._pool, self.table, stream)}
        return [left for stream in sorted(streams) for left in self.retry(stream)]

    def retry(self, stream: UUID) -> list[parking.Parked]:
        """Try a parked stream again, in order; returns what is still parked."""
        while waiting := parking.parked(self._pool, self.table, stream):
            row = self._store.at(waiting[0].position)
            cause = self._try_again(row)
            if cause is not None:
                with self._pool.connection() as connection:
                    parking.note_cause(connection, self.table, row, cause)
                return parking.parked(self._pool, self.table, stream)
        return []

    def _try_again(self, row: Recorded) -> str | None:
        """Apply one parked event and let it go, or let it go because it is left out; the cause when it failed."""
        (seen,) = decode([row])
        try:
            self._release(seen)
        except Failed as failure:
            seen = seen.failed(failure.cause)
        except Exception as error:
            if not is_fault_of_data(error):
                raise
            seen = seen.failed(parking.cause_of(error))
        if seen.cause is None or not parking.is_left_out(self._store, self.kind.name, row):
            return seen.cause
        self._release(Seen(row, None))
        return None

    def _release(self, seen: Seen) -> None:
        if seen.cause is not None:
            return
        with self._pool.connection() as connection, connection.transaction():
            begin(connection)
            positions.lock(connection, self.table, [seen.row.lane])
            if parking.release(connection, self.table, seen.row) and seen.event is not None:
                table = Table(self.shape, connection)
                hand_over(self.projection, [seen], table)
                table.flush()

    def _exists(self) -> bool:
        with self._pool.connection() as connection:
            row = connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.{self.table}",)).fetchone()
        return row is not None and row[0] is not None


def _may_write(connection: Connection[Any], table: str) -> bool:
    row = connection.execute("SELECT has_table_privilege(%s, 'INSERT')", (table,)).fetchone()
    return row is not None and bool(row[0])


def begin(connection: Connection[Any]) -> None:
    """The first statement: every row may be written. Rows and positions vanish together when the server dies
    before they are on disk, and are made again from the events, so nobody waits for the disk."""
    connection.execute(
        "SELECT set_config('quittance.scope', 'all', true), set_config('synchronous_commit', 'off', true)"
    )


def is_fault_of_data(error: Exception) -> bool:
    """Whether it says something about the events, and not about the server, its configuration or other processes.

    What is not from PostgreSQL is: a value that cannot be written for it, however often that is tried.
    """
    state = (getattr(error, "sqlstate", None) or "")[:2]
    if state == _BEYOND_LIMITS:
        return True
    if isinstance(error, (*AWAY, errors.InsufficientPrivilege, positions.Moved, Gone)):
        return False
    return not state or state in _FAULTS_OF_DATA
