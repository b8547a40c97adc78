"""The order of the feed at full strength: sixteen writers, nine readers, and everything that could upset a horizon.

    python -m tests.chaos.order --events 1000000

Three throwaway servers one after another: transaction ids low, across 2^32 in mid-traffic, and in epoch 7. Exit code 1
when an event was skipped, given twice or out of order, or a stream is not whole.
"""

from __future__ import annotations

import argparse
import multiprocessing
import secrets
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any

import psycopg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.chaos.order_cluster import WRAP, Cluster, throwaway
from tests.chaos.order_readers import Reading, Seen, Signals, read, readings
from tests.chaos.order_strikes import across, stops, unrelated
from tests.chaos.order_verdict import Chains, Verdict, chains, judge, truth
from tests.chaos.order_writers import Orders, Tally, write

PROCESSES = 2
SPAWN = multiprocessing.get_context("spawn")
_ONCE_ALL_IS_WRITTEN = 300.0
"""Seconds that the slowest reader may need after the last append."""


@dataclass(frozen=True)
class Traffic:
    """One run on one server.

    first_id  of its transactions; None: where a new server begins
    longest   seconds: pause of a held writer; twice that, of a stopped process
    """

    name: str
    events: int
    seed: int
    first_id: int | None = None
    longest: float = 1.0
    readings: Sequence[Reading] = tuple(readings())


@dataclass(frozen=True)
class Figures:
    """What came of it."""

    name: str
    seconds: float
    appends: int
    """Acknowledged."""
    answers: int
    """Commands that the store has kept."""
    rolled_back: int
    stops: int
    ids: tuple[int, int]
    """First and last transaction id of an event."""
    chains: Chains
    readers: list[Verdict]

    @property
    def kept(self) -> bool:
        """Also asks that there was something to upset an order: a quiet run proves nothing."""
        return (
            self.appends == self.answers
            and min(self.stops, self.rolled_back, len(self.readers)) > 0
            and self.chains.kept
            and all(verdict.kept and verdict.read for verdict in self.readers)
        )


def run(traffic: Traffic, watch: Callable[[int], None] = lambda _: None) -> Figures:
    """Start a server, let everybody loose on it, and judge. ``watch`` hears how many events were appended."""
    with throwaway(traffic.first_id) as cluster:
        return upset(cluster, traffic, watch)


def upset(cluster: Cluster, traffic: Traffic, watch: Callable[[int], None] = lambda _: None) -> Figures:
    """The same on a server that is there, with an empty store."""
    secret, random, tallies = secrets.token_bytes(32), Random(traffic.seed), []
    signals = Signals(SPAWN.Event(), SPAWN.Event())
    started = time.monotonic()
    with ExitStack() as unit:
        unit.enter_context(unrelated(cluster.owner_url))
        receiver, answer = SPAWN.Pipe(duplex=False)
        reading = _start(unit, read, cluster.app_url, secret, traffic.readings, signals, answer)
        writing = []
        for number in range(PROCESSES):
            share, seed = traffic.events // PROCESSES, traffic.seed * 10 + number
            tallies.append(Tally(SPAWN))
            orders = Orders(cluster.app_url, cluster.owner_url, secret, seed, share, traffic.longest)
            writing.append(_start(unit, write, orders, tallies[-1]))
        pids = [process.pid for process in writing if process.pid]
        near = traffic.first_id is not None and traffic.first_id < WRAP
        straddling = across(cluster.app_url, WRAP) if near else nullcontext(lambda: 0)
        with stops(pids, cluster.owner_url, random, 2 * traffic.longest) as struck, straddling as straddled:
            _attend(writing, tallies, traffic.events, signals, watch)
        signals.written.set()
        seen = _answers(receiver, reading, len(traffic.readings))
    return _figures(cluster, traffic, time.monotonic() - started, tallies, (struck(), straddled()), seen)


def _start(unit: ExitStack, work: Callable[..., None], *told: Any) -> BaseProcess:
    process = SPAWN.Process(target=work, args=told, daemon=True)
    process.start()
    unit.callback(process.join, 5.0)
    unit.callback(process.terminate)
    return process


def _attend(
    writing: Sequence[BaseProcess],
    tallies: Sequence[Tally],
    events: int,
    signals: Signals,
    watch: Callable[[int], None],
) -> None:
    """Wait for the writers. Raises RuntimeError when one of them failed."""
    pause = threading.Event()
    while any(process.is_alive() for process in writing):
        written = sum(tally.events.value for tally in tallies)
        watch(written)
        if written > events // 2:
            signals.half.set()
        pause.wait(0.1)
    signals.half.set()
    if any(process.exitcode for process in writing):
        raise RuntimeError("a writer failed; its words are above")


def _answers(receiver: Pipe, reading: BaseProcess, count: int) -> list[Seen]:
    seen: list[Seen] = []
    deadline = time.monotonic() + _ONCE_ALL_IS_WRITTEN
    while len(seen) < count:
        if receiver.poll(0.2):
            seen.append(receiver.recv())
        elif not reading.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("a reader failed, or stands still")
    return seen


def _figures(
    cluster: Cluster,
    traffic: Traffic,
    seconds: float,
    tallies: Sequence[Tally],
    counted: tuple[int, int],
    seen: list[Seen],
) -> Figures:
    with psycopg.connect(cluster.owner_url, autocommit=True) as owner:
        stored, (stopped, straddled) = truth(owner), counted
        answers = owner.execute("SELECT count(*) FROM store.commands").fetchone()
        assert answers is not None
        return Figures(
            name=traffic.name,
            seconds=seconds,
            appends=sum(tally.appends.value for tally in tallies) + straddled,
            answers=answers[0],
            rolled_back=sum(tally.rolled_back.value for tally in tallies),
            stops=stopped,
            ids=(min(stored) >> 16, max(stored) >> 16),
            chains=chains(owner),
            readers=sorted((judge(one, stored) for one in seen), key=lambda verdict: verdict.reader),
        )


# ── as a program ───────────────────────────────────────────────────────────────────────────────────────────────────


def main() -> int:
    asked = _arguments()
    console = Console()
    console.print(f"seed {asked.seed}")
    plan = [
        Traffic("low ids", asked.events * 6 // 10, asked.seed),
        Traffic("across 2^32", asked.events * 2 // 10, asked.seed + 1, WRAP - max(200, asked.events // 200)),
        Traffic("epoch 7", asked.events * 2 // 10, asked.seed + 2, 7 * WRAP + 5000),
    ]
    kept = True
    with Progress(console=console, disable=not console.is_terminal) as progress:
        for traffic in plan:
            task = progress.add_task(traffic.name, total=traffic.events)
            figures = run(traffic, lambda written: progress.update(task, completed=written))  # noqa: B023
            _show(console, figures)
            kept = kept and figures.kept
    console.print("every promise was kept" if kept else "A PROMISE WAS BROKEN")
    return 0 if kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py chaos order", description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="of all three servers together")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(10_000), help="of the draws; it is printed"
    )
    return parser.parse_args()


def _show(console: Console, figures: Figures) -> None:
    streams = figures.chains
    table = Table(
        title=f"{figures.name}: {streams.events:,} events in {figures.seconds:.0f} s", title_justify="left"
    )
    for heading in ("reader", "read", "skipped", "doubled", "out of order"):
        table.add_column(heading, justify="left" if heading == "reader" else "right")
    for one in figures.readers:
        table.add_row(one.reader, f"{one.read:,}", *map(str, (one.skipped, one.doubled, one.out_of_order)))
    console.print(table)
    first, last = figures.ids
    console.print(
        f"{figures.appends:,} appends acknowledged, {figures.answers:,} kept; {figures.rolled_back:,} rolled back;"
        f" {figures.stops:,} stops; ids {first:,} to {last:,}\n{streams.streams:,} streams: versions missing"
        f" {streams.gaps}, positions against versions {streams.backward}, links that do not fit {streams.broken}"
    )


if __name__ == "__main__":
    sys.exit(main())
