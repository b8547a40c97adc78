"""Nothing that a broker, a relay or a group does loses, doubles or reorders an event, or keeps a command waiting.

    writer ─▶ store ─▶ relays ─▶ broker ─▶ projectors, reactors       │ all of it struck, then: what is in the store
                 └────── gaps ──────────────────────┘                │ is what everybody has seen, once and in order

    python -m tests.chaos.kafka [--only broker-killed] [--minutes 10] [--short] [--seed N]

The long form takes about 40 minutes.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from random import Random
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.chaos.kafka_house import House
from tests.chaos.kafka_mutants import MUTANTS
from tests.chaos.kafka_strikes import LONG, SHORT, STRIKES, THREE_BROKERS, Scale, named
from tests.chaos.kafka_verdict import Judged, Verdict, judge

CATCH_UP = 60.0
"""Seconds in which everything has to be consumed after a disturbance."""
SLOWEST = 10.0
"""Seconds that a command may take while everything around it is struck: less than its asker waits."""


@dataclass(frozen=True)
class Run:
    """What is done.

    strikes  names, those of one broker and those of three in any order
    pause    seconds between two commands
    shuffle  whether the strikes come in an order drawn by the seed
    """

    strikes: Sequence[str]
    scale: Scale
    seed: int
    pause: float = 0.02
    shuffle: bool = True
    mutant: str = ""
    cast: dict[str, int] | None = None

    def by_brokers(self) -> dict[int, list[str]]:
        """The strikes of each cluster, in the order in which they come."""
        chosen = list(self.strikes)
        if self.shuffle:
            Random(self.seed).shuffle(chosen)
        of_three = named(*THREE_BROKERS)
        found = {1: [s for s in chosen if s not in of_three], 3: [s for s in chosen if s in of_three]}
        return {nodes: names for nodes, names in found.items() if names}


@dataclass(frozen=True)
class Struck:
    """One strike and what came after it, in seconds."""

    name: str
    lasted: float
    consumed: float
    """Until all consumers had seen what was there when it ended."""
    shipped: float
    """Until the relay had shipped it."""


@dataclass
class Figures:
    """What came of it."""

    struck: list[Struck] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)
    """What was waited for in vain: that house was left as it was, and is not judged."""
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """Of all houses together."""
        names = [one.name for one in fields(Verdict)]
        return Verdict(**{name: sum(getattr(j.verdict, name) for j in self.judged) for name in names})

    @property
    def brought(self) -> Counter[str]:
        return sum((Counter(asdict(judged.brought)) for judged in self.judged), Counter())

    @property
    def failures(self) -> Counter[str]:
        return sum((judged.failures for judged in self.judged), Counter())

    @property
    def slowest(self) -> float:
        return max((judged.slowest for judged in self.judged), default=0.0)

    @property
    def catch_up(self) -> float:
        return max((max(one.consumed, one.shipped) for one in self.struck), default=0.0)

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept."""
        promises = {
            "every event once, in order, everywhere": self.verdict.kept,
            "no command fails": not self.failures,
            f"no command takes {SLOWEST:.0f} s": self.slowest < SLOWEST,
            f"everything is caught up with in {CATCH_UP:.0f} s": self.catch_up < CATCH_UP,
            "nobody dies": not self.died,
            "nobody waits for ever": not self.stuck,
            "the broker brings events": self.brought["carried"] > 0,
        }
        return [promise for promise, kept in promises.items() if not kept]


Heard = Callable[[str, Figures], None]
"""Is told what comes next, and what came of what was."""


def chaos(folder: Path, run: Run, heard: Heard = lambda _, __: None) -> Figures:
    """Strike, let everybody come to the end, and compare. In the thread that the servers die with."""
    figures, began, random = Figures(), monotonic(), Random(f"{run.seed} moments")
    for nodes, names in run.by_brokers().items():
        heard(f"a house with {nodes} brokers", figures)
        with House(
            folder / f"brokers-{nodes}",
            seed=run.seed, nodes=nodes, pause=run.pause, cast=run.cast,
            mutant=run.mutant, lease=run.scale.lease, patience=run.scale.patience, haste=run.scale.haste,
        ) as house:  # fmt: skip
            try:
                house.catch_up()
                for name in names:
                    heard(name, figures)
                    figures.struck.append(_strike(house, name, run.scale, random))
                figures.judged.append(_end(house))
            except TimeoutError as error:
                figures.stuck.append(str(error))
            figures.died += house.died
    figures.seconds = monotonic() - began
    heard("the end", figures)
    return figures


def _strike(house: House, name: str, scale: Scale, random: Random) -> Struck:
    began = monotonic()
    STRIKES[name](house, scale, random)
    return Struck(name, monotonic() - began, *house.catch_up())


def _end(house: House) -> Judged:
    """Nobody writes any more, everybody comes to the end and is asked to stop."""
    house.stop(*house.of("writer"))
    house.settle()
    house.stop(*house.names)
    return judge(house)


# ── what a person sees ───────────────────────────────────────────────────────


def show(figures: Figures, run: Run) -> Table:
    """The figures, the broken promises in red."""
    table = Table("figure", "value", title=f"events on Kafka, seed {run.seed}", box=None)
    for name, value in (
        ("commands", sum(len(judged.commands) for judged in figures.judged)),
        ("events", sum(judged.events for judged in figures.judged)),
        ("messages in the topic at the end", sum(judged.messages for judged in figures.judged)),
        ("  of these, said before", sum(judged.repeated for judged in figures.judged)),
        *((f"consumers: {name}", count) for name, count in figures.brought.items()),
        ("jobs", sum(judged.jobs for judged in figures.judged)),
        ("rows of read models", sum(judged.rows for judged in figures.judged)),
    ):
        table.add_row(name, f"{value:,}")
    for one in fields(Verdict):
        count = getattr(figures.verdict, one.name)
        table.add_row(one.name.replace("_", " "), f"{count:,}", style="bold red" if count else None)
    for kind, found in (("failed", figures.failures), ("died", figures.died)):
        for what, times in found.items():
            table.add_row(escape(f"{kind}: {what}"), f"{times:,}", style="bold red")
    for words in figures.stuck:
        table.add_row(escape(f"stuck: {words}"), "", style="bold red")
    table.add_row("latest to catch up", f"{figures.catch_up:.1f} s")
    table.add_row("slowest command", f"{figures.slowest:.2f} s")
    table.add_row("the whole run", f"{figures.seconds:.0f} s")
    return table


def _asked(arguments: Sequence[str] | None) -> Run:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.kafka", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", nargs="+", choices=STRIKES, metavar="STRIKE", help=", ".join(STRIKES))
    parser.add_argument("--minutes", type=float, help="how long the broker is down (10)")
    parser.add_argument("--short", action="store_true", help="everything, but little of it")
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two commands (0.02)")
    parser.add_argument("--mutant", choices=MUTANTS, default="", help="break a promise, to see it reported")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="drawn when left out")
    said = parser.parse_args(arguments)
    scale = SHORT if said.short else LONG
    if said.minutes is not None:
        scale = replace(scale, away=60 * said.minutes)
    return Run(said.only or list(STRIKES), scale, said.seed, said.pause, mutant=said.mutant)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 1 when a promise was broken."""
    run, console = _asked(arguments), Console()
    told: list[Struck] = []
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it says at each kill that nobody answers
    console.print(f"seed {run.seed}")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        Progress(*columns, console=console, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=len(run.strikes))

        def heard(next_one: str, figures: Figures) -> None:
            """Each strike is told when it is over: a run may be ended before its end."""
            for one in figures.struck[len(told) :]:
                told.append(one)
                bar.console.print(
                    f"{one.name}: {one.lasted:.1f} s, consumed after {one.consumed:.1f} s,"
                    f" shipped after {one.shipped:.1f} s", highlight=False, soft_wrap=True,
                )  # fmt: skip
            bar.update(task, description=next_one, completed=len(told))

        figures = chaos(Path(folder), run, heard)
    console.print(show(figures, run))
    for promise in figures.broken:
        console.print(f"BROKEN: {promise}", style="bold red")
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
