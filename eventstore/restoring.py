"""What a restore does to the store: a new incarnation, and positions far above every one that was ever given.

Whatever is restored, a dump or a moment, is a fork: events that were appended after it was taken are gone, here and
nowhere else. Whoever kept something of them (a carrier, a process with aggregates in memory) sees that the
incarnation is another one; and no position is given a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

How = Literal["dump", "moment"]

LARGEST_BASE = 2**46
"""Transaction ids and ``base`` together stay below: a position is that sum times 65,536 in a signed 64-bit number."""


class SomebodyWrites(Exception):
    """A process appends to the store that is being restored: stop every role, then restore again."""


class NoRoom(Exception):
    """Positions would not fit into 64 bits: restore into a store of its own and tell those who look after the code."""


class AnotherHistory(Exception):
    """The store was restored: this process remembers another history, and has to be started anew."""


@dataclass(frozen=True)
class Incarnation:
    """Which history this is. A position means something together with it alone."""

    incarnation: UUID
    base: int
    """Added to each transaction id before it becomes a position."""
    since: datetime


@dataclass(frozen=True)
class Restored:
    """One restore, as the store remembers it."""

    incarnation: UUID
    previous: UUID
    how: How
    reached: int
    """The largest position known here; every new one is larger."""
    newest: datetime | None
    """When the newest event was recorded; what came after it is lost."""
    base: int
    restored_at: datetime


def incarnation(connection: Connection[Any]) -> Incarnation:
    """The history that the store is in; for the role ``app`` too."""
    with connection.cursor(row_factory=class_row(Incarnation)) as cursor:
        row = cursor.execute("SELECT incarnation, base, since FROM store.store").fetchone()
    assert row is not None, "the store has lost its one row"
    return row


def must_be(connection: Connection[Any], known: UUID) -> None:
    """Raises AnotherHistory when the store is no longer in the one that is known."""
    now = incarnation(connection)
    if now.incarnation != known:
        raise AnotherHistory(
            f"the store was restored at {now.since:%Y-%m-%d %H:%M:%S}: it goes on as {now.incarnation}, and this"
            f" process knows {known}. Start it anew"
        )


def must_hold(missing: Sequence[int]) -> None:
    """Raises AnotherHistory when there are positions that somebody believes to be of events, and that are of none.

    missing  what ``Store.missing`` said after they were found
    """
    if missing:
        raise AnotherHistory(
            f"there is no event at {missing[0]}, which was brought or counts as handled"
            f" ({len(missing)} such positions): the database lost what it had handed on, as when a replica takes"
            " over that was not synchronous, and nobody adopted it. Stop every process, say"
            " `python3 manage.py restore --adopt moment`, then go on as docs/how-to/restore-from-a-backup.md says"
        )


def restores(connection: Connection[Any]) -> list[Restored]:
    """Every restore of this store, oldest first; for the role ``app`` too."""
    with connection.cursor(row_factory=class_row(Restored)) as cursor:
        return cursor.execute("SELECT * FROM store.restores ORDER BY restored_at").fetchall()


def is_behind(connection: Connection[Any]) -> bool:
    """Whether a dump was loaded without ``begin_again``: readers would miss what is appended. For the role ``app`` too."""
    if not connection.execute("SELECT FROM pg_proc WHERE proname = 'is_behind'").fetchall():
        return False  # the migration that could tell comes first
    row = connection.execute("SELECT store.is_behind()").fetchone()
    return row is not None and bool(row[0])


def begin_again(owner: str, how: How) -> Restored:
    """Begin a new incarnation after a restore, before anybody else is let in.

    owner  connection string of ``store_owner``
    how    ``dump``: into a fresh cluster, whose transaction ids start low; ``moment``: to a point in time

    Raises SomebodyWrites, NoRoom; nothing has changed then.
    """
    with psycopg.connect(owner) as connection:
        try:
            with connection.cursor(row_factory=class_row(Restored)) as cursor:
                row = cursor.execute("SELECT * FROM store.begin_again(%s)", (how,)).fetchone()
        except psycopg.Error as error:
            refusal = _REFUSALS.get(error.sqlstate or "")
            if refusal is None:
                raise
            raise refusal(str(refusal.__doc__)) from error
    assert row is not None
    return row


_REFUSALS: dict[str, type[Exception]] = {"QS010": SomebodyWrites, "QS011": NoRoom}
