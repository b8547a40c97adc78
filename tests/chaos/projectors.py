"""kill -9 of projectors at random statements, hundreds of times: every table equals a replay and a rebuild.

    python -m tests.chaos.projectors [--kills 500] [--seed N]

Two projectors share the lanes and are killed again and again while loans live their life; a fresh one takes the place
of each that died. At the end nothing is lost, doubled or parked.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random
from time import monotonic

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from eventstore import LANES, Projection, Reader, Store, positions
from eventstore.compare import compare
from eventstore.migrate import migrate, prepare
from eventstore.parking import parked
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.rebuild import rebuild
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.chaos.projectors_child import PHASES, UNDER_WAY, Counting, Fuse, Place, project
from tests.chaos.projectors_traffic import Traffic, furnish
from tests.conftest import passwords_of
from tests.connected import projecting
from tests.products_own import READ_MODELS

FORK = get_context("fork")

BATCH = 40
"""Events a transaction, few, so that there are many transactions."""
DEADLINE = 60.0
"""Seconds in which each projector has to reach its end."""


@dataclass(frozen=True)
class Run:
    """What is done.

    kills        how many projectors are killed, two at a time
    seed         draws the loans and the moments of the kills
    before       commands sent before the first projector starts
    pause        seconds between two commands of the traffic
    connections  of the projectors; a mutant's do something wrong
    """

    kills: int
    seed: int
    before: int = 150
    pause: float = 0.02
    connections: type[Counting] = Counting
    shared: float = 0.75
    """The part of the projectors that share the lanes; the others are in each other's way."""
    longest: int = 60
    """Moments until a kill at most: about as many as the transactions of a batch have."""
    weights: tuple[int, int, int] = (15, 35, 50)
    """How many are killed anywhere, in a transaction, and in one once something was written: there rows and positions
    could come apart."""


@dataclass
class Figures:
    """What came of it."""

    kills: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    """Kills by where in its transaction the projector was."""
    under_way: int = 0
    """Of these, how many did not wait for the answer to a statement."""
    events: int = 0
    rows: int = 0
    seconds: float = 0.0
    differing: dict[str, int] = field(default_factory=dict)
    """By read model, rows that a replay with shuffled lanes makes otherwise."""
    rebuilt: dict[str, int] = field(default_factory=dict)
    """By read model, rows that a rebuild makes otherwise."""
    misplaced: int = 0
    """Positions that are not at the last event of their lane, nor between it and the end of the feed."""
    parked: int = 0

    @property
    def broken(self) -> bool:
        return any((*self.differing.values(), *self.rebuilt.values(), self.misplaced, self.parked))


def chaos(place: Place, run: Run, progress: Callable[[Figures], None] | None = None) -> Figures:
    """Kill projectors under traffic, let the last ones come to the end, and compare. Forks: call it without threads."""
    figures, began = Figures(), monotonic()
    ensure(place.owner_url, place.kinds)
    _in_a_child(_begin, place, run)
    writer = FORK.Process(target=_write, args=(place, run))
    writer.start()
    try:
        for place_of_death in _deaths(place, run, writer):
            figures.kills += 1
            figures.struck[place_of_death.removesuffix(UNDER_WAY)] += 1
            figures.under_way += place_of_death.endswith(UNDER_WAY)
            if progress is not None:
                progress(figures)
    finally:
        writer.terminate()
        writer.join()
    _judge(place, run, figures)
    figures.seconds = monotonic() - began
    return figures


# ── the processes ────────────────────────────────────────────────────────────


def _begin(place: Place, run: Run) -> None:
    with place.store() as store:
        furnish(store)
        Traffic(store, run.seed).send(run.before)


def _write(place: Place, run: Run) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with place.store() as store:
        Traffic(store, run.seed + 1).flow(stop, run.pause)


def _in_a_child(target: Callable[..., None], *args: object) -> None:
    """This process stays without threads and connections, so that it can be forked."""
    child = FORK.Process(target=target, args=args)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise RuntimeError(f"{target.__name__} ended with {child.exitcode}")


def _deaths(place: Place, run: Run, writer: ForkProcess) -> Iterator[str]:
    """Keep two projectors running until enough of them were killed; yields where each one died."""
    random, started = Random(run.seed), 0
    report, alive = os.pipe(), dict[int, ForkProcess]()
    try:
        while started < run.kills or alive:
            while len(alive) < 2 and started < run.kills:
                fuse = Fuse.drawn(random, run.longest, run.weights, report[1])
                shared = random.random() < run.shared
                projector = FORK.Process(target=project, args=(place, fuse, run.connections, shared, BATCH))
                projector.start()
                alive[projector.sentinel], started = projector, started + 1
            for ended in wait([*alive, writer.sentinel], DEADLINE) or [0]:
                yield _place_of(alive.pop(int(str(ended)), None), report[0])
    finally:
        for projector in alive.values():
            projector.kill()
            projector.join()
        os.close(report[0])
        os.close(report[1])


def _place_of(dead: ForkProcess | None, report: int) -> str:
    if dead is None:
        raise RuntimeError(f"the traffic has ended, or no projector has reached its end in {DEADLINE} s")
    dead.join()
    if dead.exitcode != -signal.SIGKILL:
        raise RuntimeError(f"a projector ended by itself with {dead.exitcode}")
    return _line(report)


def _line(report: int) -> str:
    """One line of the pipe; which of two that died at once wrote it does not matter."""
    found = b""
    while not found.endswith(b"\n"):
        found += os.read(report, 1)
    return found.decode().strip()


# ── the verdict ──────────────────────────────────────────────────────────────


def _judge(place: Place, run: Run, figures: Figures) -> None:
    with place.store() as store:
        last = _settled(store, place.kinds)
        figures.events = sum(1 for _ in _events(store))
        figures.parked = len(parked(store.pool))
        figures.misplaced = _misplaced(store, place.kinds, last)
        for found in compare(store, place.owner_url, place.kinds, seed=run.seed):
            figures.rows += found.rows
            figures.differing[found.read_model] = len(found.differences)
        for kind in place.kinds:
            figures.rebuilt[kind.__name__] = _differs_from_a_rebuild(store, place.owner_url, kind)


def _settled(store: Store, kinds: Sequence[type[Projection]]) -> dict[int, int]:
    """Project the rest; returns the last position of each lane."""
    last = {row.lane: row.position for row in _events(store)}
    projector, reader, until = (
        Projector(*projecting(store), kinds),
        Reader(store.pool),
        monotonic() + DEADLINE,
    )
    while not reader.has_reached(last, kinds):
        projector.step()
        if monotonic() > until:
            raise RuntimeError(f"the read models have not reached the end of the feed in {DEADLINE} s")
    return last


def _events(store: Store) -> Iterator:
    after = 0
    while (batch := store.read_feed(after, None, 5000)).events:
        yield from batch.events
        after = batch.through


def _misplaced(store: Store, kinds: Sequence[type[Projection]], last: dict[int, int]) -> int:
    """Nothing lies between a lane's last event and the end of the feed, so each place there means the same."""
    with store.pool.connection() as connection:
        (horizon,) = connection.execute("SELECT store.horizon()").fetchone() or (0,)
        reached = positions.read_all(connection, [kind.table_name() for kind in kinds])
    return sum(
        not last.get(lane, 0) <= reached[kind.table_name()].get(lane, -1) < horizon
        for kind in kinds
        for lane in range(LANES)
    )


def _differs_from_a_rebuild(store: Store, owner: str, kind: type[Projection]) -> int:
    old = f"read.{kind.table_name()}"
    new = f"read.{rebuild(store, owner, kind, handover=0)}"
    with psycopg.connect(owner) as connection:
        connection.execute("SELECT set_config('quittance.scope', 'all', true)")
        query = (
            f"SELECT count(*) FROM ((TABLE {old} EXCEPT ALL TABLE {new})"
            f" UNION ALL (TABLE {new} EXCEPT ALL TABLE {old})) AS differing"
        )
        (count,) = connection.execute(query.encode()).fetchone() or (0,)
    return count


# ── the program ──────────────────────────────────────────────────────────────


@contextmanager
def of_its_own(folder: Path) -> Iterator[Place]:
    """A server for this run alone."""
    server = Postgres(folder / "postgres", die_with_parent=True, durable=False)
    server.start()
    try:
        prepare(server.url(SUPERUSER, "postgres"), "chaos", passwords_of(server))
        migrate(server.url("store_owner", "chaos"))
        urls = server.url("app", "chaos"), server.url("store_owner", "chaos")
        yield Place(*urls, secrets.token_bytes(32), READ_MODELS)
    finally:
        server.stop()


def show(figures: Figures, run: Run) -> Table:
    """The figures, the broken promises in red."""
    table = Table(
        "figure", "value", title=f"projectors killed at random statements, seed {run.seed}", box=None
    )
    table.add_row("projectors killed", f"{figures.kills:,}")
    for phase in PHASES:
        table.add_row(f"  {phase}", f"{figures.struck[phase]:,}")
    table.add_row("  of these, while a statement was under way", f"{figures.under_way:,}")
    table.add_row("events", f"{figures.events:,}")
    table.add_row("read models, rows", f"{len(figures.differing)}, {figures.rows:,}")
    for promise, count in (
        ("rows that differ from a replay", sum(figures.differing.values())),
        ("rows that differ from a rebuild", sum(figures.rebuilt.values())),
        ("positions that are wrong", figures.misplaced),
        ("events parked", figures.parked),
    ):
        table.add_row(promise, f"{count:,}", style="bold red" if count else None)
    table.add_row("seconds", f"{figures.seconds:.1f}")
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.projectors", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kills", type=int, default=500, help="how many projectors are killed (500)")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(10_000), help="drawn when it is left out"
    )
    asked = parser.parse_args(arguments)
    run, console = Run(asked.kills, asked.seed), Console()
    console.print(f"seed {run.seed}")
    columns = TextColumn("killing projectors"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    # No thread that refreshes: this process is forked.
    with (
        tempfile.TemporaryDirectory(prefix="quittance-") as folder,
        of_its_own(Path(folder)) as place,
        Progress(*columns, console=console, auto_refresh=False, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=run.kills)
        figures = chaos(place, run, lambda so_far: bar.update(task, completed=so_far.kills, refresh=True))
    console.print(show(figures, run))
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
