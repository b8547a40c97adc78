"""Processes that write, project and listen beside each other, and tell afterwards when what happened.

Every moment is CLOCK_MONOTONIC in nanoseconds, which all processes of a machine share. Each process notes its own
moments: nobody watches a table and burns the processor that is being measured.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from random import Random
from typing import Any
from uuid import uuid4

from aggregates.posting import Line
from aggregates.values import CustomerId, Money, PostingId
from bench.domain import ASKER, TODAY
from commands.posting import MakePostings, NewEntry
from eventstore import Doorbell, Keyring, Projection, Store, StoreFeed, together
from eventstore.follower import Follower, Seen
from eventstore.projector import Projector
from eventstore.shares import LaneShares
from eventstore.together import Part
from roles.migrate import every_read_model
from runtime import database

MACHINE = replace(ASKER, permissions=None)
FORKED = multiprocessing.get_context("forkserver")
# Of a process without threads that has read all modules once: each of a dozen would take three seconds for that.
FORKED.set_forkserver_preload(["bench.kafka_processes"])
FAST = 400
"""Events a second from which one thread is not enough."""

Noted = list[tuple[int, int]]
"""What (a position, or a number), and when."""


class Process:
    """Another process with a pipe to it; it ends when the pipe is closed."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._ours, theirs = FORKED.Pipe()
        self.process = FORKED.Process(target=work, args=(theirs, *arguments), daemon=True)
        self.process.start()
        theirs.close()
        self._ours.recv()

    def ask(self, *question: Any) -> Any:
        self._ours.send(question)
        return self._ours.recv()

    def close(self) -> None:
        self._ours.close()
        self.process.join(timeout=30)
        if self.process.is_alive():
            self.process.kill()


@contextmanager
def opened(url: str, name: str) -> Iterator[Store]:
    """The store as a process of the product opens it, with keys of this run."""
    with database.pool(url, name=name, size=20) as pool, closing(Keyring(pool, b"k" * 32)) as keyring:
        yield Store(pool, keyring, b"s" * 32)


# ── who writes ───────────────────────────────────────────────────────────────


def writer(pipe: Pipe, url: str) -> None:
    """Answers (events a second, seconds, seed) with what was written and when."""
    with opened(url, "writer") as store, closing(Doorbell(url)) as bell:
        store.after_append = bell.ring
        pipe.send("ready")
        while (asked := heard_from(pipe)) is not None:
            rate, seconds, seed = asked
            pipe.send(at_rate(lambda number: _posted(store), rate, seconds, seed))


def _posted(store: Store) -> tuple[int, int]:
    """A posting; its position, and the moment in which ``send`` had returned."""
    euros, zero = Money(1000, "EUR"), Money.zero("EUR")
    entry = NewEntry(
        posting_id=PostingId(uuid4()), customer_id=CustomerId(uuid4()), entry_on=TODAY, movement="repayment",
        about=uuid4(), cause=f"{uuid4()}:1", label="bench",
        lines=[Line("512", euros, zero), Line("411", zero, euros)],
    )  # fmt: skip
    receipt = store.send(MakePostings(entries=[entry]), MACHINE)
    return max(map(int, receipt.positions.values())), time.monotonic_ns()


def at_rate(write: Callable[[int], tuple[int, int]], rate: int, seconds: float, seed: int) -> Noted:
    """At random moments, as people come; several threads when one would be late."""
    threads = 1 if rate < FAST else 8
    noted: list[tuple[int, int]] = []
    begin = time.monotonic() + 0.05

    def one(thread: int) -> None:
        chance, at = Random(seed * 100 + thread), begin
        while (at := at + chance.expovariate(rate / threads)) < begin + seconds:
            time.sleep(max(at - time.monotonic(), 0))
            noted.append(write(seed * 10_000_000 + thread * 1_000_000 + len(noted)))

    running = [threading.Thread(target=one, args=(thread,)) for thread in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return noted


# ── who sees ─────────────────────────────────────────────────────────────────


def projector(pipe: Pipe, url: str, names: Sequence[str] | None) -> None:
    """The role `project` with all read models, or with some; tells what was committed to a table, and when.

    What is noted is the last position of an event that concerned the table, when its transaction had been committed.
    """
    kinds = every_read_model() if names is None else [Projection.registry[name] for name in names]
    seen: Noted = []
    note_commits(seen)
    stop = threading.Event()
    with (
        opened(url, "projector") as store,
        closing(LaneShares(url)) as shares,
        closing(Doorbell(url)) as bell,
    ):
        following = Projector(store, store.pool, kinds, StoreFeed(store, bell), shares)
        thread = threading.Thread(target=following.run, args=(stop,))
        thread.start()
        pipe.send("ready")
        tell_what_was(seen, pipe)
        stop.set()
        thread.join()


def note_commits(seen: Noted, each: bool = False) -> None:
    """Both ways in which rows are committed: small batches together, others table by table.

    each  note every event, where a later commit may hold an earlier one; else the last one of a commit
    """
    all_tables, one_table = together.take, Follower.take

    def note(events: Sequence[Seen]) -> None:
        at = time.monotonic_ns()
        seen.extend((event.row.position, at) for event in (events if each else events[-1:]))

    def take_together(pool: Any, parts: Sequence[Part]) -> bool:
        done = all_tables(pool, parts)
        if done and parts:
            note(
                sorted((event for part in parts for event in part.news), key=lambda event: event.row.position)
            )
        return done

    def take_one(follower: Follower, events: Sequence[Seen], ends: Any) -> None:
        one_table(follower, events, ends)
        note(events)

    together.take, Follower.take = take_together, take_one  # type: ignore[assignment,method-assign]


def tell_what_was(noted: Noted, pipe: Pipe, further: Callable[[], float] = lambda: 0.0) -> None:
    """Answers any question with what was noted since the last one, the seconds of processor so far, and ``further``."""
    while heard_from(pipe) is not None:
        told = noted[:]
        del noted[: len(told)]
        pipe.send((told, time.process_time(), further()))


def heard_from(pipe: Pipe) -> Any:
    """The next question; None when nobody will ask any more."""
    try:
        return pipe.recv()
    except EOFError:
        return None
