"""Processes that follow one store, and somebody in each who listens to everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID, uuid4

from eventstore import Store
from runtime.live.channel import Channel
from runtime.live.hub import Subscriber
from runtime.live.updates import Live, running
from tests.eventstore.library import asker
from tests.eventstore.shelf import BuyBook, MoveBook

KEY = b"k" * 32


class Ear:
    """Notes the position of everything that one process hands on, in the order in which it does."""

    def __init__(self, live: Live) -> None:
        self.live = live
        live.follow()
        self._subscriber: Subscriber = live.hub.subscribe(lambda _: True, lambda: None)
        self.missed = 0
        self.began = self._subscriber.take().through
        self._heard: list[int] = []

    @property
    def heard(self) -> list[int]:
        news = self._subscriber.take()
        self._heard += [change.position for change in news.changes]
        self.missed += news.missed
        return self._heard


@contextmanager
def processes(store: Store, url: str, redis_url: str = "", count: int = 2) -> Iterator[list[Live]]:
    """As many as that, each with its own connections to Redis."""
    with ExitStack() as held:
        yield [
            held.enter_context(running(Live(store, url, Channel(redis_url, KEY) if redis_url else None)))
            for _ in range(count)
        ]


def bought(store: Store, reader: UUID | None = None) -> UUID:
    """A book; one event."""
    book = uuid4()
    store.send(BuyBook(book_id=book, reader_id=reader or uuid4()), asker())
    return book


def moved(store: Store, book: UUID, times: int = 1) -> None:
    for turn in range(times):
        store.send(MoveBook(shelf=str(turn)), asker(), book)


def stored(store: Store, after: int) -> list[int]:
    """The positions of everything behind one."""
    found: list[int] = []
    while True:
        batch = store.read_feed(after)
        found += [row.position for row in batch.events]
        if not batch.events:
            return found
        after = batch.through
