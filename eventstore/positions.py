"""How far a consumer of the feed has come, lane by lane; moved by compare-and-set in its own transaction.

A consumer locks the lanes it is about to move, does its work, and moves them from what it found to what it did:
of two processes that handle the same events one commits, and the other finds that the lane has moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from psycopg import Connection

from eventstore.aggregate import LANES


class Move(NamedTuple):
    """One lane of one consumer goes from a position to a later one."""

    consumer: str
    lane: int
    old: int
    new: int


class Moved(Exception):
    """Somebody else has moved a lane meanwhile; read the positions again."""


def start(connection: Connection[Any], consumer: str) -> None:
    """Have a row for every lane, at 0 where there is none yet."""
    connection.execute(
        "INSERT INTO store.positions (consumer, lane, position)"
        " SELECT %s, lane, 0 FROM generate_series(0, %s) AS lane ON CONFLICT DO NOTHING",
        (consumer, LANES - 1),
    )


def read(connection: Connection[Any], consumer: str) -> dict[int, int]:
    """The position of every lane; empty when the consumer has not started or is gone."""
    return read_all(connection, [consumer]).get(consumer, {})


def read_all(connection: Connection[Any], consumers: Collection[str]) -> dict[str, dict[int, int]]:
    """The positions of several consumers at once."""
    query = "SELECT consumer, lane, position FROM store.positions WHERE consumer = ANY(%s)"
    found: dict[str, dict[int, int]] = {}
    for consumer, lane, position in connection.execute(query, (list(consumers),)):
        found.setdefault(consumer, {})[lane] = position
    return found


def sums(connection: Connection[Any], consumers: Collection[str], lanes: Collection[int]) -> dict[str, int]:
    """The positions of these lanes added up: two looks that differ in any of them differ in this."""
    query = (
        "SELECT consumer, sum(position)::text FROM store.positions"
        " WHERE consumer = ANY(%s::text[]) AND lane = ANY(%s::smallint[]) GROUP BY consumer"
    )
    found = connection.execute(query, (list(consumers), list(lanes)))
    return {consumer: int(total) for consumer, total in found}


def lowest(connection: Connection[Any], consumers: Collection[str]) -> dict[int, int]:
    """By lane, how far the hindmost of several consumers is."""
    query = "SELECT lane, min(position) FROM store.positions WHERE consumer = ANY(%s::text[]) GROUP BY lane"
    return dict(connection.execute(query, (list(consumers),)).fetchall())


def lock(connection: Connection[Any], consumer: str, lanes: Collection[int]) -> dict[int, int]:
    """Positions that nobody else can move until the transaction ends."""
    query = (
        "SELECT lane, position FROM store.positions WHERE consumer = %s AND lane = ANY(%s::smallint[])"
        " ORDER BY lane FOR UPDATE"
    )
    return dict(connection.execute(query, (consumer, sorted(lanes))).fetchall())


def move(connection: Connection[Any], moves: Iterable[Move]) -> set[tuple[str, int]]:
    """Move each lane that still is where it was thought to be; returns those, as (consumer, lane)."""
    wanted = sorted(moves)
    if not wanted:
        return set()
    consumers, lanes, old, new = (list(column) for column in zip(*wanted, strict=True))
    # Locked in order first: two of these at once would otherwise wait for each other in a circle.
    found = connection.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest(%b::text[], %b::smallint[], %b::bigint[], %b::bigint[]) AS w (consumer, lane, old, new)
        ), locked AS (
            SELECT p.consumer, p.lane FROM store.positions p JOIN wanted w USING (consumer, lane)
            WHERE p.position = w.old ORDER BY p.consumer, p.lane FOR UPDATE OF p
        )
        UPDATE store.positions p SET position = w.new FROM wanted w JOIN locked USING (consumer, lane)
        WHERE p.consumer = w.consumer AND p.lane = w.lane RETURNING p.consumer, p.lane
        """,
        (consumers, lanes, old, new),
    )
    return {(consumer, lane) for consumer, lane in found}


def move_all(
    connection: Connection[Any], consumer: str, old: Mapping[int, int], new: Mapping[int, int]
) -> None:
    """Move these lanes of one consumer together. Raises Moved when one of them is not where it was."""
    moves = [
        Move(consumer, lane, old[lane], position) for lane, position in new.items() if position > old[lane]
    ]
    if len(move(connection, moves)) != len(moves):
        raise Moved(consumer)
