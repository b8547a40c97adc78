"""Does it stay as fast as it was? The same questions to stores of 10^4, 10^5 and 10^6 events (10^7 in a full run).

The stores stand side by side and are asked in turns, so that what slows the machine down slows all of them down. They
are filled by feed_filling.py, and so is their read model, the mail log: that no million is rebuilt in a short run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from statistics import median
from uuid import uuid4

import psycopg

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from bench.domain import ASKER, AcceptParcel
from bench.feed_filling import fill, fill_mail_log, mail, settle, without_indexes
from bench.feed_processes import opened
from bench.figures import Contestant, Figure, NotStored, Turn, absent, all_of
from bench.place import Database, Place
from eventstore import Reader, Store, parking, read_models
from eventstore.rebuild import rebuild
from projections.mail_log import MailLog

PIECE = 100_000
"""Events that one statement fills in."""
AT_ONCE = 2
"""Pieces that are filled in at the same time."""
DEEP = 20
"""Pages of 200 before the page far down, which is reached by its cursor."""


@dataclass(frozen=True)
class Grown:
    """A store with so many events."""

    store: Store
    events: int

    @property
    def size(self) -> str:
        return f"10^{len(str(self.events)) - 1}"


def measure(place: Place) -> list[Figure]:
    sizes = [10**exponent for exponent in range(4, place.pick(7, 8))]
    figures: list[Figure] = []
    with ExitStack() as stack:
        grown, places = [], []
        for events in sizes:
            at = place.database(f"growth_{events}")
            store = stack.enter_context(opened(at.app_url, "growth"))
            grown.append(Grown(store, events))
            _fill(place, at, events)
            places.append(at)
        for question, asked in QUESTIONS.items():
            contestants = [_contestant(question, asked(each), each) for each in grown]
            figures += place.interleave(question, contestants, place.pick(3 if "page" in question else 5, 15))
        for each, at in zip(grown, places, strict=True):
            figures += _rebuilt(place, at, each)
    return figures


def _fill(place: Place, at: Database, events: int) -> None:
    read_models.ensure(at.owner_url, [MailLog])

    def piece(first: int) -> None:
        last = min(first + PIECE - 1, events)
        fill(at, first, last)
        fill_mail_log(at, first, last)

    with place.step(f"filling {events:,}", events // PIECE + 2) as done:
        with without_indexes(at), ThreadPoolExecutor(AT_ONCE) as hands:
            for _ in hands.map(piece, range(1, events + 1, PIECE)):
                done()
        settle(at)


def _rebuilt(place: Place, at: Database, grown: Grown) -> list[Figure]:
    """How fast the read model is built anew; what was appended meanwhile is of no concern to it."""
    if grown.events > place.pick(10**5, 10**7):
        return [absent(f"rebuild, {grown.size}", "only in a full run")]
    with place.step(f"rebuilding {grown.size}"):
        rate = rebuilt(at, grown)
    return [Figure(f"rebuild, {grown.size}", "events/s", (rate,))]


def rebuilt(at: Database, grown: Grown) -> float:
    """Events a second. Raises NotStored when the new table does not have a row of each mail."""
    began = time.perf_counter()
    table = rebuild(grown.store, at.owner_url, MailLog, handover=0.0)
    rate = grown.events / (time.perf_counter() - began)
    if parking.parked(grown.store.pool):
        raise NotStored("what was filled in is no event of the product: some are parked")
    all_of(f"mails in {table}", _rows(at, table), grown.events)
    return rate


def _rows(at: Database, table: str) -> int:
    with psycopg.connect(at.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        row = owner.execute(f"SELECT count(*) FROM {read_models.SCHEMA}.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def _contestant(question: str, once: Callable[[], object], grown: Grown) -> Contestant:
    over = f"{question}, 10^4" if grown.events > 10**4 else None
    for _ in range(20):  # statements are prepared, pages of the indexes are read
        once()
    return Contestant(f"{question}, {grown.size}", lambda: Turn(_median(once)), unit="ms", over=over)


def _median(once: Callable[[], object], times: int = 60) -> float:
    """Milliseconds that it mostly takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        once()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


# ── what is asked ────────────────────────────────────────────────────────────


def _append(grown: Grown) -> Callable[[], object]:
    def once() -> object:
        return grown.store.send(AcceptParcel(parcel_id=uuid4(), customer_id=uuid4()), ASKER)

    return once


def _point(grown: Grown) -> Callable[[], object]:
    mails, chance = Reader(grown.store.pool).read(MailLog), Random(1)

    def once() -> object:
        found = mails.one(
            "SELECT * FROM {table} WHERE notification_id = %(id)s",
            id=mail(chance.randint(1, grown.events)),
        )
        assert found is not None
        return found

    return once


def _first_page(grown: Grown) -> Callable[[], object]:
    mails = Reader(grown.store.pool).read(MailLog)
    return lambda: mails.lines(limit=50)


def _far_down(grown: Grown) -> Callable[[], object]:
    mails = Reader(grown.store.pool).read(MailLog)
    cursor = None
    for _ in range(DEEP):
        cursor = mails.lines(cursor=cursor, limit=200).next
    return lambda: mails.lines(cursor=cursor, limit=50)


QUESTIONS: dict[str, Callable[[Grown], Callable[[], object]]] = {
    "append": _append,
    "point query": _point,
    "first page": _first_page,
    "page far down": _far_down,
}
