"""Two writers and a reader moved by hand, one statement at a time, and functions of the store changed on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import Connection

from eventstore.migrate import HERE
from tests.chaos.order_readers import Reading, Seen
from tests.chaos.order_rows import Stream, append
from tests.chaos.order_verdict import Verdict, judge, truth

READ_FEED = "store.read_feed"


def as_written(function: str) -> str:
    """The source of a function of the store, as the newest migration has it."""
    found = [
        text
        for file in sorted(HERE.glob("*.sql"))
        for text in re.findall(
            rf"CREATE (?:OR REPLACE )?FUNCTION {re.escape(function)}\(.*?\nEND \$\$;",
            file.read_text(),
            re.DOTALL,
        )
    ]
    return re.sub(r"^CREATE (?:OR REPLACE )?", "CREATE OR REPLACE ", found[-1])


def changed(function: str, *changes: tuple[str, str]) -> str:
    """The same with some words exchanged. Raises AssertionError when they are not there any more."""
    source = as_written(function)
    for was, now in changes:
        assert was in source, f"{function} does not say {was!r}: adapt the mutant"
        source = source.replace(was, now)
    return source


def replace(owner_url: str, source: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(source.encode())


def let_read(owner_url: str, feed: str) -> None:
    """A function that is made belongs to its owner alone: readers may call this one too."""
    replace(owner_url, f"GRANT EXECUTE ON FUNCTION {feed} TO app")


def append_now(connection: Connection[Any], stream: Stream | None = None) -> Stream:
    """One event in whatever transaction the connection is in."""
    stream = stream or Stream(uuid4())
    append(connection.cursor(binary=True), [stream.next()])
    return stream


@contextmanager
def paused_append(url: str) -> Iterator[Connection[Any]]:
    """A writer that has the lock and an id; it commits after the block."""
    with psycopg.connect(url, autocommit=True) as connection, connection.transaction():
        append_now(connection)
        yield connection


def burn(connection: Connection[Any], count: int) -> None:
    """Use up transaction ids that leave nothing behind."""
    for _ in range(count):
        connection.execute("SELECT pg_current_xact_id()")


class Reader:
    """Pages of the feed, kept for a verdict; ``connection`` may be exchanged between two of them."""

    def __init__(
        self, connection: Connection[Any], function: str = READ_FEED, lanes: Sequence[int] | None = None
    ) -> None:
        self.connection, self._function = connection, function
        self._lanes = None if lanes is None else list(lanes)
        self.seen, self.through = Seen(Reading("by hand")), 0

    def page(self) -> int:
        """Read on; how many events there were."""
        query = f"SELECT position, stream_id IS NULL FROM {self._function}(%s, %s, 1000)"
        rows = self.connection.execute(query.encode(), (self.through, self._lanes)).fetchall()
        found = [position for position, is_mark in rows if not is_mark]
        self.through = rows[-1][0] if rows else self.through
        self.seen.positions.extend(found)
        return len(found)


def overtaken(
    app_url: str, owner_url: str, reader: Reader, meanwhile: Callable[[], object] = lambda: None
) -> Verdict:
    """One writer has an id and waits; another commits after it; the reader looks before and after.

    meanwhile  done between the first one's append and the second one's
    """
    with psycopg.connect(app_url, autocommit=True) as quick:
        with paused_append(app_url):
            meanwhile()
            append_now(quick)
            reader.page()
        append_now(quick)
        reader.page()
    return verdict(owner_url, reader)


def verdict(owner_url: str, reader: Reader) -> Verdict:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        return judge(reader.seen, truth(owner))
