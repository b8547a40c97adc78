"""Ours, whole: a real command through `store.send`, on streams of one's own and on streams that are fought over."""

from __future__ import annotations

import threading
from itertools import count
from uuid import UUID, uuid4

from bench.domain import ASKER, EVENTS_A_STREAM, AcceptParcel, ScanParcel
from bench.writers import Step, Where
from eventstore import Keyring, Store
from eventstore.kept import Kept
from runtime import database

STREAMS = 4
"""That the threads of one process fight over."""


def send(where: Where) -> list[Step]:
    """Each thread on streams of its own; a new one every twenty commands."""
    store = opened(where)
    return [_own_streams(store) for _ in range(where.threads)]


def send_read_first(where: Where) -> list[Step]:
    """The same of a store that keeps no aggregate in memory: each command on a parcel reads its history first."""
    store = opened(where)
    store._kept = Kept(most=0)
    return [_own_streams(store) for _ in range(where.threads)]


def send_contended(where: Where) -> list[Step]:
    """All threads on four streams: most commands meet somebody else's and are tried again inside `send`."""
    store = opened(where)
    shared = [Shared(store) for _ in range(STREAMS)]
    return [shared[thread % STREAMS] for thread in range(where.threads)]


def opened(where: Where) -> Store:
    """The store as a process of the product has it, with a connection for each thread."""
    pool = where.stack.enter_context(database.pool(where.app_url, name="bench", size=where.threads))
    keyring = Keyring(pool, bytes(32))
    where.stack.callback(keyring.close)
    return Store(pool, keyring, bytes(32))


def _own_streams(store: Store) -> Step:
    numbers, stream = count(), uuid4()

    def step() -> None:
        nonlocal stream
        number = next(numbers)
        if number % EVENTS_A_STREAM:
            store.send(ScanParcel(grams=1000 + number), ASKER, to=stream)
        else:
            stream = uuid4()
            store.send(AcceptParcel(parcel_id=stream, customer_id=uuid4()), ASKER)

    return step


class Shared:
    """A step that several threads take: twenty commands on a stream, then whoever comes begins the next one."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock, self._taken = store, threading.Lock(), 0
        self._stream = uuid4()

    def __call__(self) -> None:
        stream = self._stream_or_new()
        if stream is not None:
            self._store.send(ScanParcel(grams=1000), ASKER, to=stream)

    def _stream_or_new(self) -> UUID | None:
        """None when this very call has begun a stream, which is a stored event too."""
        with self._lock:
            self._taken += 1
            if self._taken % EVENTS_A_STREAM != 1:
                return self._stream
            begun = uuid4()
            self._store.send(AcceptParcel(parcel_id=begun, customer_id=uuid4()), ASKER)
            self._stream = begun
            return None
