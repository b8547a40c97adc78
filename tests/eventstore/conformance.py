"""The store behind the library's interface of a recorder, so that the library's own test cases can judge it.

Every call goes to a function of the store; what the library asks for besides is SQL around that function. Three things
are translated:

* The library numbers versions from anywhere; its cases use 0 first. Ours begin with 1: ours is theirs plus one.
* Links are the client's to compute: the recorder reads the link to build on, as ``Session`` does. It does not look
  whether that is the newest one: that is what ``store.append`` is for.
* A filter by topics is a reader's own: our feed hands everything over, in order, and consumers skip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)

from eventstore import Store, StoreFeed
from eventstore.aggregate import NO_LINK
from tests.chaos.order_rows import Line, Stream, append

PAGE = 500
_ONE = "SELECT version - 1, kind, state, link, position FROM store.load(%b, NULL, %b)"
_CONFLICTS = ("QS002", "QS007", "23505")
"""Another predecessor, a stream that has begun, or an append that came first: the library knows one word for them."""


class StreamRecorder(AggregateRecorder):
    """Streams of events, over ``store.append`` and ``store.load``."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        with self.store.pool.connection() as connection:
            self._append(connection, stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        after = 0 if gt is None else gt + 1
        query = f"{_ONE} WHERE version <= %b ORDER BY version {'DESC' if desc else ''} LIMIT %b"
        with self.store.pool.connection() as connection:
            upto = 2**31 - 1 if lte is None else lte + 1
            rows = connection.execute(query.encode(), (originator_id, after, upto, limit)).fetchall()
        return [StoredEvent(originator_id, version, kind, state) for version, kind, state, _, _ in rows]

    def _append(self, connection: psycopg.Connection, events: Sequence[StoredEvent]) -> None:
        links: dict[tuple[Any, int], bytes] = {}
        lines = [_line(connection, event, links) for event in events]
        try:
            append(connection.cursor(binary=True), lines)
        except psycopg.Error as error:
            if error.sqlstate not in _CONFLICTS:
                raise
            raise IntegrityError(str(error)) from error


def _line(connection: psycopg.Connection, event: StoredEvent, links: dict[tuple[Any, int], bytes]) -> Line:
    """An event with the link of the one before it, from this append or from the store."""
    stream, before = event.originator_id, event.originator_version
    assert isinstance(stream, UUID)
    link = links.get((stream, before)) if before else NO_LINK
    if link is None:
        row = connection.execute(f"{_ONE} LIMIT 1".encode(), (stream, before - 1)).fetchone()
        link = row[3] if row else NO_LINK
    line = Stream(stream, None, before, link).next(event.topic, event.state)
    links[stream, line.version] = line.link
    return line


class FeedRecorder(StreamRecorder, ApplicationRecorder):
    """The same with notifications: an event's id is its position, and pages are those of ``store.read_feed``."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        with self.store.pool.connection() as connection:
            self._append(connection, stored_events)
            return [_position(connection, event) for event in stored_events]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = 0 if start is None else start - inclusive_of_start
        found: list[Notification] = []
        for notification in self._following(after, limit if not topics else PAGE):
            if len(found) == limit or (stop is not None and notification.id > stop):
                break
            if not topics or notification.topic in topics:
                found.append(notification)
        return found

    def max_notification_id(self) -> int | None:
        """How far an empty page reaches: no lanes are asked for."""
        return self.store.read_feed(lanes=[]).through or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return FeedSubscription(self, gt, topics)

    def _following(self, after: int, limit: int) -> Iterator[Notification]:
        while events := self.store.read_feed(after, limit=limit).events:
            after = events[-1].position
            for row in events:
                yield Notification(row.stream_id, row.version - 1, row.kind, row.state, row.position)


def _position(connection: psycopg.Connection, event: StoredEvent) -> int:
    row = connection.execute(
        f"{_ONE} LIMIT 1".encode(), (event.originator_id, event.originator_version)
    ).fetchone()
    assert row is not None
    return int(row[4])


class FeedSubscription(Subscription[FeedRecorder]):
    """Notifications as they come, over ``StoreFeed``: read, then wait for the bell."""

    def __init__(self, recorder: FeedRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._feed = StoreFeed(recorder.store)
        self._page: Iterator[Notification] = iter(())

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            for notification in self._page:
                self._last_notification_id = notification.id
                return notification
            self._page = iter(self._next_page())
        raise StopIteration

    def stop(self) -> None:
        super().stop()
        self._feed.close()

    def _next_page(self) -> Sequence[Notification]:
        after = self._last_notification_id or 0
        found = self._recorder.select_notifications(after, PAGE, None, self._topics, inclusive_of_start=False)
        if not found:
            self._feed.wait(1.0)
        return found
