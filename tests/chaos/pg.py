"""kill -9 of the whole database server under load, again and again: nothing acknowledged is lost, nothing done twice.

    writers ──commands with ids──▶ server ──kill -9──▶ start ──▶ …   │ then every open command is retried by its id
    readers, projector ──────────────┘                               │ and everything is compared with the notes

`python -m tests.chaos.pg [--kills N] [--seed N]`
"""

from __future__ import annotations

import argparse
import logging
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from uuid import UUID

import psycopg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eventstore import Store
from eventstore.projector import Projector
from eventstore.sealing import SubjectErased
from tests.chaos import pg_ledger, pg_verdict
from tests.chaos.pg_commands import Wish, first
from tests.chaos.pg_ledger import Intention, Ledger
from tests.chaos.pg_reader import READING
from tests.chaos.pg_server import Struck, struck
from tests.chaos.pg_writer import another_id, store_at
from tests.connected import projecting
from tests.eventstore.library import IssueCard, LendWithSlip
from tests.eventstore.shelf import SHELF, settle
from tests.soon import soon

ROOT = Path(__file__).parents[2]
LONGEST = 1.2
"""Seconds at most between a start and the next kill."""
AWAY = 2.5
"""Seconds that every fifth outage lasts longer: a sender gives up after two, and its caller has to retry."""
WRITERS, THREADS = 2, 4
LOST_A_KEY = f"{SubjectErased.__module__}.{SubjectErased.__name__}: "
MUTANTS = ("new-id", "unsynced")
"""A sender that retries under another id; a server that acknowledges what is not on the disk."""


@dataclass(frozen=True)
class Figures:
    """What a run found out."""

    starts: Sequence[float]
    """Seconds of each start."""
    intentions: dict[UUID, Intention]
    open_at_the_end: int
    """How many commands were open when the load ended, and were then retried."""
    done_unanswered: int
    """How many of these had been done: only the answer was lost."""
    events: int
    verdict: pg_verdict.Verdict
    broken_chains: int
    missed: dict[str, int]
    """By reader: events that it missed, saw twice or out of order."""
    wrong_rows: int
    seconds: float

    @property
    def kept(self) -> bool:
        """Whether every promise was kept, and there was something to keep."""
        broken = (self.broken_chains, self.wrong_rows, *self.missed.values())
        return self.verdict.kept and not any(broken) and self.acknowledged > 0

    @property
    def acknowledged(self) -> int:
        return sum("done" in one.outcomes for one in self.intentions.values())

    @property
    def unanswered(self) -> int:
        """Commands that nobody answered at least once."""
        return sum("unknown" in one.outcomes for one in self.intentions.values())


def run(kills: int, seed: int, mutant: str = "", tick: Callable[[], None] = lambda: None) -> Figures:
    """Strike so many times; ``tick`` is called after each."""
    began, random = time.monotonic(), Random(seed)
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary, struck(SHELF) as place:
        folder = Path(temporary)
        if mutant == "unsynced":
            _acknowledge_early(place)
        with store_at(place.app_url, seed) as store:
            _begin(store, folder, seed)
            with _readers(place, folder, seed):
                with _writers(place, folder, seed, mutant):
                    starts = [_strike(place, random, number, mutant, tick) for number in range(kills)]
                retried = _retry(place, store, folder, mutant)
            settle(Projector(*projecting(store), SHELF))
            there = pg_verdict.held(place.owner_url)
            known = pg_ledger.read(folder)
            return Figures(
                starts,
                known,
                *retried,
                len(there.feed),
                pg_verdict.judge(known, there),
                pg_verdict.broken_chains(store),
                pg_verdict.missed(folder, there),
                pg_verdict.wrong_rows(store, place.owner_url),
                time.monotonic() - began,
            )


def _acknowledge_early(place: Struck) -> None:
    with psycopg.connect(place.admin_url, autocommit=True) as admin:
        admin.execute("ALTER ROLE app SET synchronous_commit = off")
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")


def _begin(store: Store, folder: Path, seed: int) -> None:
    """What everybody knows, and the series of the slips."""
    ledger, random = Ledger(folder / "writer-first"), Random(f"{seed} first")
    wishes = first(Random(seed))
    card = next(wish.command.card_id for wish in wishes if isinstance(wish.command, IssueCard))
    for wish in (*wishes, Wish(LendWithSlip(), card)):
        ledger.ask(store, wish, UUID(int=random.getrandbits(128), version=4))
    ledger.close()


@contextmanager
def _readers(place: Struck, folder: Path, seed: int) -> Iterator[None]:
    """The readers that follow the feed, and a projector."""
    with (
        _started(folder, "tests.eventstore.projecting", place.app_url),
        _started(folder, "tests.chaos.pg_reader", place.app_url, folder, seed),
    ):
        yield


@contextmanager
def _writers(place: Struck, folder: Path, seed: int, mutant: str) -> Iterator[None]:
    with ExitStack() as writers:
        for number in range(WRITERS):
            words = (place.app_url, folder, seed, number, THREADS, mutant)
            writing = _started(folder, "tests.chaos.pg_writer", *words, may_fail=mutant == "unsynced")
            writers.enter_context(writing)
        soon(lambda: _everybody_works(folder), seconds=60)
        yield


def _everybody_works(folder: Path) -> bool:
    """The readers listen, and every writer has been acknowledged once."""
    notes = [file.read_text() for file in folder.glob("writer-[0-9]*")]
    return (
        (folder / READING).exists()
        and len(notes) == WRITERS * THREADS
        and all("\ndone " in note for note in notes)
    )


@contextmanager
def _started(folder: Path, module: str, *words: object, may_fail: bool = False) -> Iterator[None]:
    """A process of ours; asked to stop at the end of the block, and waited for. Its log is shown when it failed.

    may_fail  a server that forgets what it acknowledged forgets keys of subjects too: a writer that has just been
              given one then finds it destroyed, and ends
    """
    command = [sys.executable, "-m", module, *(str(word) for word in words)]
    with tempfile.TemporaryFile("w+", dir=folder) as log:
        process = subprocess.Popen(command, cwd=ROOT, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.seek(0)
        # The projector has no notes: whoever asks it to stop before it has begun ends it.
        said = log.read()
        lost_a_key = may_fail and said.splitlines()[-1:] and LOST_A_KEY in said.splitlines()[-1]
        assert lost_a_key or process.returncode in (0, -signal.SIGTERM), (
            f"{module} ended with {process.returncode}: {said[-2000:]}"
        )


def _strike(place: Struck, random: Random, number: int, mutant: str, tick: Callable[[], None]) -> float:
    """One kill at a random moment, one start. Every tenth kill meets a server that has just come up; before every
    third one commits reach the disk and their answers do not reach the senders."""
    wait = threading.Event().wait
    wait(0 if number % 10 == 9 else random.uniform(0.2, LONGEST))
    unanswered = number % 3 == 0 and mutant != "unsynced"  # who acknowledges early waits for nobody
    if unanswered:
        place.hold_answers_back(True)
        soon(lambda: place.answers_held_back)
    place.kill()
    wait(AWAY if number % 5 == 0 else 0)
    seconds = place.start()
    if unanswered:
        place.hold_answers_back(False)
    tick()
    return seconds


def _retry(place: Struck, store: Store, folder: Path, mutant: str) -> tuple[int, int]:
    """Ask again, by its id, for everything that nobody answered; how many that were, and how many were done."""
    left = {id: one.wish for id, one in pg_ledger.read(folder).items() if one.is_open}
    done = left.keys() & pg_verdict.held(place.owner_url).answers.keys()
    ledger = Ledger(folder / "writer-last")
    for id, wish in left.items():
        under = another_id(id) if mutant == "new-id" else id
        soon(lambda: ledger.send(store, wish, id, under) != "unknown")  # noqa: B023
    ledger.close()
    return len(left), len(done)


# ── what a person sees ─────────────────────────────────────────────────────


def table(figures: Figures, seed: int) -> Table:
    """The figures, one a line."""
    shown = Table("figure", "value", title=f"kill -9 of the whole server, seed {seed}")
    verdict, starts = figures.verdict, figures.starts
    for name, value in (
        ("kills", len(starts)),
        ("commands asked", len(figures.intentions)),
        ("acknowledged", figures.acknowledged),
        ("unknown at least once", figures.unanswered),
        ("retried at the end", figures.open_at_the_end),
        ("of these done, the answer lost", figures.done_unanswered),
        ("acknowledged and lost", verdict.lost),
        ("half done", verdict.half),
        ("doubled", verdict.doubled),
        ("unknown after the retry", verdict.unknown),
        ("broken chains", figures.broken_chains),
        *((f"missed or doubled by reader '{name}'", count) for name, count in figures.missed.items()),
        ("rows unlike a fresh replay", figures.wrong_rows),
        ("events", figures.events),
        ("restart, median / longest", f"{median(starts):.2f} s / {max(starts):.2f} s"),
        ("the whole run", f"{figures.seconds:.0f} s"),
    ):
        shown.add_row(name, f"{value:,}" if isinstance(value, int) else value)
    return shown


def main() -> int:
    """Exit code 1 when a promise was broken."""
    asked = argparse.ArgumentParser(prog="tests.chaos.pg", description=__doc__.partition("\n")[0])
    asked.add_argument("--kills", type=int, default=100, help="how often the server is killed (100)")
    asked.add_argument("--seed", type=int, default=4, help="draws commands and moments (4)")
    asked.add_argument("--mutant", choices=MUTANTS, default="", help="break a promise, to see it reported")
    chosen = asked.parse_args()
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it says at each kill that nobody answers
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("killing the server", total=chosen.kills)
        figures = run(chosen.kills, chosen.seed, chosen.mutant, lambda: progress.advance(bar))
    Console().print(table(figures, chosen.seed))
    print("every promise was kept" if figures.kept else "A PROMISE WAS BROKEN")
    return 0 if figures.kept else 1


if __name__ == "__main__":
    sys.exit(main())
