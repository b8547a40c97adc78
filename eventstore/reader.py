"""Reading: who asks sees what is theirs. Queries stand on the read models, the scope is set here.

Every query runs in a transaction of its own whose first statement sets the scope, so the row policy of each table
applies whatever the query says. Without that statement there are no rows: a fault of the caller, never a leak.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from time import monotonic
from typing import Any, LiteralString, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg import Connection, errors
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import read_models
from eventstore.aggregate import Rejected
from eventstore.projection import Projection
from eventstore.read_models import SCHEMA
from eventstore.store import Unavailable

P = TypeVar("P", bound=Projection)
T = TypeVar("T")

SCOPE = "SELECT set_config('quittance.scope', %s, true)"
LED_SCOPE = SCOPE + "".join(
    f", set_config('enable_{way}', 'off', true)"
    for way in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin")
)
"""The same for a query that follows an index: PostgreSQL takes these ways only where there is no other."""
ALL = "all"

_PLACE = re.compile(r"\{(\w+)\}")
BATCH = 1_000
"""Rows of a stream that are in memory at once."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05
_AGAIN_FOR = 1.0
"""Seconds for which a question is asked again on another connection."""

"""Seconds between two looks at the positions; each is twice the one before."""


class NotBuilt(Rejected):
    """This list is being prepared; try again in a moment."""

    status = 503


class TooMany(Rejected):
    """The list is longer than may be taken away at once."""

    status = 422


_BEHIND: LiteralString = """
    SELECT EXISTS (
        SELECT FROM store.positions used JOIN store.positions live USING (lane)
        WHERE used.consumer = %s AND live.consumer = %s AND live.position < used.position AND EXISTS (
            SELECT FROM store.read_feed(live.position, ARRAY[lane], 1) AS missing
            WHERE missing.stream_id IS NOT NULL AND missing.position <= used.position))
"""


class LiveTables:
    """Which table a reader of a read model uses; looked up at most once a second.

    A table that has just become live may be some events behind the one that was used. Who reads stays with that one
    until the live one has them all: what was visible stays visible.
    """

    FRESH = 1.0
    """Seconds for which a look counts."""
    BEHIND = 0.05
    """The same while who reads stays with a table that is no longer live."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._names: dict[tuple[str, int], str] = {}
        self._until = 0.0

    def name_of(self, kind: type[Projection]) -> str:
        """Without its schema; also the consumer whose positions say how far it is. Raises NotBuilt."""
        if self._until < monotonic() or (kind.name, kind.version) not in self._names:
            self._look()
        try:
            return self._names[kind.name, kind.version]
        except KeyError:
            raise NotBuilt(
                f"{kind.name} version {kind.version}: run manage.py migrate, or wait for its rebuild"
            ) from None

    def forget(self) -> None:
        self._until = 0.0

    def _look(self) -> None:
        known = patiently(self._pool, read_models.tables)
        usable = [table for table in known if table.state != "building"]
        # The live one last, so that it wins over one of the same version that is retiring.
        usable.sort(key=lambda table: table.state == "live")
        live = {(table.name, table.version): table.table_name for table in usable}
        there = {table.table_name for table in usable}
        kept = {
            key: used
            for key, used in self._names.items()
            if used in there and used != live[key] and self._is_behind(used, live[key])
        }
        self._names = live | kept
        self._until = monotonic() + (self.BEHIND if kept else self.FRESH)

    def _is_behind(self, used: str, live: str) -> bool:
        """Whether the live table lacks events that the used one has."""
        return patiently(self._pool, lambda connection: _says(connection, _BEHIND, (used, live)))


_LIVE: WeakKeyDictionary[ConnectionPool, LiveTables] = WeakKeyDictionary()


class Reader:
    """Gives out read models to ask. Cheap: an edge makes one for every request.

    pool       connections of the role ``app``
    customers  whose rows are seen; None: every row, for staff and machines
    """

    def __init__(self, pool: ConnectionPool, customers: Collection[UUID] | None = None) -> None:
        self._pool = pool
        self._scope = ALL if customers is None else ",".join(str(customer) for customer in sorted(customers))
        self._live = _LIVE.setdefault(pool, LiveTables(pool))

    def read(self, kind: type[P]) -> P:
        """The read model, ready to be asked."""
        return kind(self)

    def fetch(
        self, kind: type[Projection], query: str, values: dict[str, Any], led: bool = False
    ) -> list[dict[str, Any]]:
        """Run one query within the scope. Raises NotBuilt; Unavailable when the database is away.

        led  follow an index in the order of the list: the planner believes that a row policy leaves one row in two
             hundred, so it would rather sort a whole table than take the first fifty rows of an index
        """
        try:
            return self._run(self._named(kind, query), values, led)
        except errors.UndefinedTable:
            # The table was dropped after its grace; the list of tables was looked up before that.
            self._live.forget()
            return self._run(self._named(kind, query), values, led)

    def stream(
        self, kind: type[Projection], query: str, values: dict[str, Any], counted: str, most: int
    ) -> Iterator[list[dict[str, Any]]]:
        """The rows of a query in batches, all from one moment; a connection is held until the last one is taken.

        counted  the same rows in no order
        most     rows

        Raises TooMany before the first batch; Unavailable.
        """
        statement, length = self._named(kind, query).encode(), self._named(kind, counted)
        try:
            with self._pool.connection() as connection, connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                connection.execute(SCOPE, (self._scope,))
                if _length(connection, length, values, most) > most:
                    raise TooMany(f"at most {most:,} rows: choose fewer by the filters")
                with connection.cursor("exported", row_factory=dict_row) as cursor:
                    cursor.execute(statement, values)
                    while rows := cursor.fetchmany(BATCH):
                        yield rows
        except PoolTimeout as error:
            raise Unavailable("the database cannot be reached just now") from error

    # ── read your writes ───────────────────────────────────────────────────

    def has_reached(self, positions: Mapping[int, int], kinds: Iterable[type[Projection]]) -> bool:
        """Whether these read models contain everything up to these positions, by lane."""
        wanted = [(self._live.name_of(kind), lane, p) for kind in kinds for lane, p in positions.items()]
        return not wanted or patiently(self._pool, lambda connection: _all_reached(connection, wanted))

    async def reached(
        self, positions: Mapping[int, int], kinds: Collection[type[Projection]], timeout: float = 1.0
    ) -> bool:
        """Wait until they have; False after ``timeout`` seconds. No thread waits meanwhile."""
        for pause in _pauses(timeout):
            if await asyncio.to_thread(self.has_reached, positions, kinds):
                return True
            await asyncio.sleep(pause)
        return await asyncio.to_thread(self.has_reached, positions, kinds)

    def wait_for(
        self, positions: Mapping[int, int], kinds: Collection[type[Projection]], timeout: float = 1.0
    ) -> bool:
        """The same for code that runs in a thread of its own."""
        waiting = threading.Event()
        for pause in _pauses(timeout):
            if self.has_reached(positions, kinds):
                return True
            waiting.wait(pause)
        return self.has_reached(positions, kinds)

    # ── inside ─────────────────────────────────────────────────────────────

    def _named(self, kind: type[Projection], query: str) -> str:
        """The query with the tables that are live now."""

        def table(place: re.Match[str]) -> str:
            asked = kind if place[1] == "table" else Projection.registry[place[1]]
            live = f"{SCHEMA}.{self._live.name_of(asked)}"
            if self._scope == ALL or not asked.owner:
                return live
            # The first wall; the row policies are the second. PostgreSQL uses an index for this one alone.
            return f"(SELECT * FROM {live} WHERE {asked.owner} = ANY ('{{{self._scope}}}'::uuid[]))"

        return _PLACE.sub(table, query)

    def _run(self, statement: str, values: dict[str, Any], led: bool) -> list[dict[str, Any]]:
        def ask(connection: Connection[Any]) -> list[dict[str, Any]]:
            with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute(LED_SCOPE if led else SCOPE, (self._scope,))
                return cursor.execute(statement.encode(), values).fetchall()

        return patiently(self._pool, ask)


def patiently(pool: ConnectionPool, work: Callable[[Connection[Any]], T]) -> T:
    """Read, again for a second while connections die under it: sessions that are being ended by a server that is
    back, or by an administrator, look alive until they are used. Raises Unavailable."""
    until = monotonic() + _AGAIN_FOR
    while True:
        try:
            with pool.connection() as connection:
                return work(connection)
        except PoolTimeout as error:
            raise Unavailable("the database cannot be reached just now") from error
        except psycopg.OperationalError as error:
            if not connection.closed or monotonic() > until:
                raise Unavailable("the database cannot be reached just now") from error


def _length(connection: Connection[Any], query: str, values: dict[str, Any], most: int) -> int:
    """How many rows there are, as far as that is of interest."""
    asked = f"SELECT count(*) FROM ({query} LIMIT {most + 1}) AS rows"
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(asked.encode(), values).fetchone()
    return int(found[0]) if found else 0


def _says(connection: Connection[Any], question: LiteralString, values: tuple[str, ...]) -> bool:
    with connection.cursor(row_factory=tuple_row) as cursor:
        answer = cursor.execute(question, values).fetchone()
    return answer is not None and bool(answer[0])


def _all_reached(connection: Connection[Any], wanted: list[tuple[str, int, int]]) -> bool:
    consumers, lanes, reached = (list(column) for column in zip(*wanted, strict=True))
    behind = connection.execute(
        "SELECT FROM unnest(%s::text[], %s::smallint[], %s::bigint[]) AS w (consumer, lane, reached)"
        " LEFT JOIN store.positions p USING (consumer, lane)"
        " WHERE coalesce(p.position, 0) < w.reached LIMIT 1",
        (consumers, lanes, reached),
    )
    return behind.rowcount == 0


def _pauses(timeout: float) -> Iterator[float]:
    """Short at first, longer each time, until the time is over."""
    deadline, pause = monotonic() + timeout, _FIRST_PAUSE
    while (left := deadline - monotonic()) > 0:
        yield min(pause, left)
        pause = min(pause * 2, _LONGEST_PAUSE)
