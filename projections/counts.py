"""How many lines of a list are in each state, counted as far as it is worth it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from eventstore import Projection
from projections.filters import Filters
from projections.line import Line

MOST = 10_000
"""Lines of a state that are counted; nobody reads the difference, and the cost stays what it is as the list grows."""


class StateCounts(Line):
    """How many there are in each state."""

    counts: dict[str, int]
    """By state; every state is there."""
    most: int
    """What is counted to: a state with as many has that many or more."""


class _Count(BaseModel):
    status: str
    lines: int


def counted(model: Projection, name: str, kept: Filters, states: Sequence[str]) -> StateCounts:
    """Counts rows of a read model by their ``status``.

    name  of a row in the conditions
    """
    found = model.rows(
        f"""
        SELECT state.status, (
            SELECT count(*) FROM (
                SELECT FROM {{table}} AS {name} WHERE {name}.status = state.status AND {kept.sql} LIMIT {MOST}
            ) AS these
        ) AS lines
        FROM unnest(%(states)s::text[]) AS state (status)""",
        _Count,
        states=list(states),
        **kept.values,
    )
    lines = {each.status: each.lines for each in found}
    return StateCounts(counts={state: lines.get(state, 0) for state in states}, most=MOST)
