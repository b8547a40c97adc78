"""How many events a second are stored: the limit, the statements, the product, and what others make of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import psycopg

from bench import emmett
from bench.crew import Crew, Shape, working
from bench.figures import Contestant, Figure, Turn
from bench.place import Database, Place, count
from bench.writers import bare, library

TABLES = {
    "raw": "bench.events",
    "raw over libpq": "bench.events",
    "read and append": "store.events",
    "statements": "store.events",
    "append": "store.events",
    "send": "store.events",
    "send, read first": "store.events",
    "send, contended": "store.events",
    "library": library.TABLE,
    "emmett": emmett.TABLE,
}
"""By contestant: where its rows are, counted before and after each turn."""

SHORT = ["raw", "raw over libpq", "statements", "append", "send", "library"]
READ_FIRST = "send, read first"
FULL = [*SHORT, READ_FIRST, "read and append"]
SHAPES = [Shape(1, 1), Shape(1, 4), Shape(1, 16), Shape(2, 8)]
CONTENDED = Shape(1, 8)


def measure(place: Place) -> list[Figure]:
    """Every contestant in every shape; the larger shapes with the slow disk too."""
    database = place.database("writing")
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(bare.TABLE)
    figures = []
    for shape in SHAPES:
        figures += _of_shape(place, database, shape, slow=place.full or shape in SHAPES[2:])
    return figures + _contended(place, database)


def _of_shape(place: Place, database: Database, shape: Shape, slow: bool) -> list[Figure]:
    rounds, seconds = place.pick(3, 9), place.pick(0.4, 2.0)
    short = [*SHORT, READ_FIRST] if shape == SHAPES[-1] else SHORT
    with _everybody(database, shape, place.pick(short, FULL)) as (crews, why):
        figures = place.interleave(
            f"writing, {shape}", _turns(database, crews, why, f"{shape}", seconds), rounds
        )
        if slow:
            name = f"{shape}, slow disk"
            with place.slow_disk():
                turns = _turns(database, crews, why, name, seconds)
                figures += place.interleave(f"writing, {name}", turns, rounds)
    return figures


@contextmanager
def _everybody(
    database: Database, shape: Shape, ours: list[str]
) -> Iterator[tuple[dict[str, Crew], str | None]]:
    """The crew of each contestant, and why Emmett's is missing."""
    with ExitStack() as stack:
        crews = dict.fromkeys(ours, stack.enter_context(working(shape, _order(database, ours))))
        try:
            program = emmett.command()
        except emmett.NotInstalled as error:
            yield crews, str(error)
            return
        crews["emmett"] = stack.enter_context(working(shape, emmett.order(database), program))
        yield crews, None


def _turns(
    database: Database, crews: dict[str, Crew], why: str | None, suffix: str, seconds: float
) -> list[Contestant]:
    made = [_contestant(database, crews[name], name, suffix, seconds) for name in crews]
    if why is not None:
        made.append(Contestant(f"emmett, {suffix}", _nothing, absent=why, column=suffix))
    return made


def _contestant(database: Database, crew: Crew, name: str, suffix: str, seconds: float) -> Contestant:
    return Contestant(
        f"{name}, {suffix}",
        partial(crew.turn, name, seconds),
        rows=partial(count, database.owner_url, TABLES[name]),
        over=None if name == "raw" else f"raw, {suffix}",
        column=suffix,
    )


def _contended(place: Place, database: Database) -> list[Figure]:
    """Eight threads on four streams: how much is left when everybody wants the same."""
    alone, contended = "send", "send, contended"
    seconds = place.pick(0.4, 2.0)
    with working(CONTENDED, _order(database, [alone, contended])) as crew:
        turns = [_contestant(database, crew, name, f"{CONTENDED}", seconds) for name in (alone, contended)]
        over = [None, f"{alone}, {CONTENDED}"]
        fair = [replace(turn, over=of, column="") for turn, of in zip(turns, over, strict=True)]
        return place.interleave("writing, contended", fair, place.pick(3, 9))


def _order(database: Database, contestants: list[str]) -> dict[str, Any]:
    return {"contestants": contestants, "app_url": database.app_url, "owner_url": database.owner_url}


def _nothing() -> Turn:
    raise AssertionError("who is absent takes no turn")
