"""A small batch in every table at once: one transaction in one round trip, whatever the number of tables.

    BEGIN ─ move the lanes of every table ─ rows of one table ─ rows of another ─ … ─ COMMIT      (sent together)

The way of a projector that keeps up: what a reader waits for is round trips, not work. Whenever anything is in the
way (another process was quicker, an event is parked or poisonous, a value does not fit) nothing is done, and each
table is taken by itself as follower.py does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore.faults import reach
from eventstore.follower import Failed, Follower, Seen, hand_over, is_fault_of_data
from eventstore.positions import Move
from eventstore.table import Table

SMALL = 200
"""Events of concern, summed over the tables, up to which a batch is small: above it the work counts, and a table that fails is to fail alone."""

_MOVE = "SELECT store.move_together(%s::text[], %s::smallint[], %s::bigint[], %s::bigint[], %s::text[], %s::uuid[])"
_NOT_AS_KNOWN = "QS012"


class Part(NamedTuple):
    """What one table has to do: events that concern it, and the end of each lane that is ahead of it."""

    follower: Follower
    news: Sequence[Seen]
    ends: Mapping[int, int]


def take(pool: ConnectionPool, parts: Sequence[Part]) -> bool:
    """Apply everything and move every lane; False, and nothing done, when something is in the way.

    Raises what says that the database is away.
    """
    if not 0 < sum(len(part.news) for part in parts) <= SMALL:
        return not parts
    with pool.connection() as connection:
        try:
            # Not connection.transaction(): inside a pipeline it waits for the server at both ends.
            with connection.pipeline():
                connection.execute("BEGIN")
                _send(connection, parts)
                connection.execute("COMMIT")
        except Failed:
            connection.rollback()
            return False
        except psycopg.Error as error:
            if error.sqlstate != _NOT_AS_KNOWN and not is_fault_of_data(error):
                raise
            connection.rollback()
            return False
    for part in parts:
        part.follower.stored.update(part.ends)
    return True


def move(pool: ConnectionPool, moves: Sequence[Move]) -> bool:
    """Move lanes in which nothing concerned a table, in one statement; False, and nothing done, when one was not
    where it was thought to be."""
    if not moves:
        return True
    arrays = [_array(column) for column in zip(*moves, strict=True)]
    with pool.connection() as connection:
        try:
            connection.execute(_MOVE, [*arrays, "{}", "{}"], prepare=True)
        except psycopg.Error as error:
            if error.sqlstate != _NOT_AS_KNOWN:
                raise
            return False
    return True


def _send(connection: Connection[Any], parts: Sequence[Part]) -> None:
    moves = [move for part in parts for move in part.follower.moves(part.ends)]
    addresses = {(part.follower.table, seen.row.stream_id) for part in parts for seen in part.news}
    arrays = [_array(column) for column in (*zip(*moves, strict=True), *zip(*addresses, strict=True))]
    connection.execute(_MOVE, arrays, prepare=True)
    for part in parts:
        table = Table(part.follower.shape, connection, _streams_of(part.news))
        hand_over(part.follower.projection, part.news, table)
        table.flush()
    reach("rows-position")


def _streams_of(news: Sequence[Seen]) -> Callable[[], list[UUID]]:
    return lambda: [seen.row.stream_id for seen in news]


def _array(values: Iterable[Any]) -> str:
    """As PostgreSQL reads it. Numbers, uuids and names of tables need no quotes, and psycopg takes long over lists."""
    return "{" + ",".join(map(str, values)) + "}"
