"""Consumers that do it wrong, so that the verdict is seen to find them out: what the product says is rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import Connection

from eventstore import positions
from eventstore.feed import Carried
from eventstore.positions import Move
from runtime.kafka.carrier import KafkaCarrier

AFTER, COMPARE_AND_SET = MUTANTS = ("after-ignored", "compare-and-set-ignored")
_COMPARES = "WHERE p.position = w.old "
_MOVES = """
    UPDATE store.positions p SET position = w.new
    FROM unnest(%b::text[], %b::smallint[], %b::bigint[]) AS w (consumer, lane, new)
    WHERE p.consumer = w.consumer AND p.lane = w.lane
"""


def become(mutant: str) -> None:
    """Do it wrong from now on, in this process."""
    if mutant == AFTER:
        KafkaCarrier.take = _take_without_after  # type: ignore[method-assign]
    elif mutant == COMPARE_AND_SET:
        positions.move = _move_without_comparing


def spoil(owner: str, mutant: str) -> None:
    """Do the part of it that the database does wrong, too."""
    if mutant == COMPARE_AND_SET:
        with psycopg.connect(owner) as connection:
            query = "SELECT pg_get_functiondef('store.move_together'::regproc)"
            (definition,) = connection.execute(query).fetchone() or ("",)
            assert _COMPARES in definition
            connection.execute(definition.replace(_COMPARES, "").encode())


_take = KafkaCarrier.take


def _take_without_after(carrier: KafkaCarrier, timeout: float, limit: int) -> Carried:
    """Whatever comes is believed to be the next event of its lane."""
    carried = _take(carrier, timeout, limit)
    return Carried(carried.events, dict.fromkeys(carried.after, 0))


def _move_without_comparing(connection: Connection[Any], moves: Iterable[Move]) -> set[tuple[str, int]]:
    """Whoever comes second moves a lane as well."""
    wanted = sorted(moves)
    if wanted:
        consumers, lanes, _, new = (list(column) for column in zip(*wanted, strict=True))
        connection.execute(_MOVES, (consumers, lanes, new))
    return {(move.consumer, move.lane) for move in wanted}
