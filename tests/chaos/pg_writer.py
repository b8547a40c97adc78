"""Writers as a process of their own: ``python -m tests.chaos.pg_writer URL FOLDER SEED NUMBER THREADS [new-id]``."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store
from roles.process import stop_signal
from runtime import database
from tests.chaos.pg_commands import Drawing, Wish, first
from tests.chaos.pg_ledger import Chosen, Ledger

AGAIN_AFTER = 0.05
"""Seconds to a retry when nobody answered."""


@contextmanager
def store_at(url: str, seed: int, size: int = 8) -> Iterator[Store]:
    """The store as an installation opens it; every process of a run has the same keys."""
    with database.pool(url, name="chaos", size=size) as pool, _keyring(pool, seed) as keyring:
        yield Store(pool, keyring, _key(seed, "secret"))


@contextmanager
def _keyring(pool: ConnectionPool, seed: int) -> Iterator[Keyring]:
    keyring = Keyring(pool, _key(seed, "keys"))
    try:
        yield keyring
    finally:
        keyring.close()


def _key(seed: int, use: str) -> bytes:
    return hashlib.sha256(f"{seed} {use}".encode()).digest()


def write(
    store: Store, ledger: Ledger, drawing: Drawing, stop: threading.Event, chosen: Chosen = lambda id: id
) -> None:
    """Ask for one thing after another. Of what nobody answered half is retried at once, half is left for later."""
    random = drawing.random
    while not stop.is_set():
        wish, id = drawing.draw(), UUID(int=random.getrandbits(128), version=4)
        answer = ledger.ask(store, wish, id)
        if answer == "unknown" and random.random() < 0.5:
            answer = _insist(store, ledger, wish, id, chosen(id), stop)
        if answer == "done":
            drawing.learn(wish)


def _insist(store: Store, ledger: Ledger, wish: Wish, id: UUID, under: UUID, stop: threading.Event) -> str:
    answer = "unknown"
    while answer == "unknown" and not stop.wait(AGAIN_AFTER):
        answer = ledger.send(store, wish, id, under)
    return answer


def another_id(id: UUID) -> UUID:
    """The mutant: a sender that does not say that it is a retry."""
    return UUID(int=id.int ^ 1)


def main(url: str, folder: str, seed: int, number: int, threads: int, chosen: Chosen) -> None:
    stop = stop_signal()
    with store_at(url, seed) as store, ThreadPoolExecutor(threads) as pool:
        writing = []
        for thread in range(threads):
            ledger = Ledger(Path(folder, f"writer-{number}-{thread}"))
            drawing = Drawing(Random(f"{seed} {number} {thread}"))
            for wish in first(Random(seed)):
                drawing.learn(wish)
            writing.append(pool.submit(write, store, ledger, drawing, stop, chosen))
        for one in writing:
            one.result()


if __name__ == "__main__":
    _, url, folder, *numbers = sys.argv
    seed, number, threads = (int(word) for word in numbers[:3])
    main(url, folder, seed, number, threads, another_id if "new-id" in numbers else lambda id: id)
