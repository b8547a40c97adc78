"""A neutral little domain for the tests of reactions: doors that squeak, a bell outside, and a page of deadlines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

from psycopg_pool import ConnectionPool

from eventstore import Aggregate, Ask, Asker, Command, Keyring, Rejected, Store, when
from eventstore.feed import StoreFeed
from runtime.acting import Acting
from runtime.business_days import BusinessDate
from runtime.clock import Clock
from runtime.deadlines import Deadlines, DueWork
from runtime.reactions import Answers, Deadline, on_deadline, reacts_to
from runtime.reactor import run

HOUSE = UUID("40000000-0000-4000-8000-000000000001")
MAY_4 = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"


class DoorIsOpen(Rejected):
    """An open door cannot be opened."""


class Door(Aggregate):
    status: Literal["shut", "open"] = "shut"

    class Built(Aggregate.Created):
        pass

    class Opened(Aggregate.Event):
        squeaks: str

        def apply(self, door: Door) -> None:
            door.status = "open"

    class Shut(Aggregate.Event):
        def apply(self, door: Door) -> None:
            door.status = "shut"

    class Oiled(Aggregate.Event):
        drops: int

    class Painted(Aggregate.Event):
        coat: int

    class Knocked(Aggregate.Event):
        number: int

    @when("shut", otherwise=DoorIsOpen)
    def open(self, squeaks: str) -> None:
        self.record(self.Opened, squeaks=squeaks)


class BuildDoor(Command, on=Door):
    door_id: UUID

    def create(self, ask: Ask) -> Door:
        return Door.begin(Door.Built, self.door_id)


class OpenDoor(Command, on=Door, decides=Door.open):
    squeaks: str = "softly"

    def perform(self, door: Door, ask: Ask) -> None:
        door.open(self.squeaks)


class ShutDoor(Command, on=Door):
    def perform(self, door: Door, ask: Ask) -> None:
        door.record(Door.Shut)


class OilDoor(Command, on=Door):
    drops: int = 1

    def perform(self, door: Door, ask: Ask) -> None:
        door.record(Door.Oiled, drops=self.drops)


class PaintDoor(Command, on=Door):
    coat: int = 1

    def perform(self, door: Door, ask: Ask) -> None:
        door.record(Door.Painted, coat=self.coat)


class KnockAtDoor(Command, on=Door):
    number: int = 1

    def perform(self, door: Door, ask: Ask) -> None:
        door.record(Door.Knocked, number=self.number)


class BellBroken(Exception):
    """Nobody heard."""


@dataclass(frozen=True)
class Outside:
    """The outside is a file in which every ring is a line; while a file ``broken`` lies beside it, it fails."""

    bell: Path
    load: Callable[..., Any] = print
    read: Callable[..., Any] = print
    told: Callable[..., Any] = print
    claimed: Callable[..., Any] = print

    def ring(self, said: str) -> None:
        if self.bell.with_name("broken").exists():
            raise BellBroken
        with self.bell.open("a") as bell:
            bell.write(f"{said}\n")

    def heard(self) -> list[str]:
        return self.bell.read_text().splitlines() if self.bell.exists() else []


@reacts_to(Door.Opened, retry="2 times in 1 s")
def oil_the_hinges(event: Door.Opened, outside: Outside) -> Answers:
    """Records the attempt, rings, and records that it was heard."""
    receipt = yield OilDoor(), event.originator_id
    outside.ring(f"{event.squeaks} {receipt.version}")
    yield PaintDoor(), event.originator_id


@reacts_to(Door.Shut)
def open_it_again(event: Door.Shut, outside: Outside) -> Answers:
    """Expects to be refused the second time, and goes on."""
    yield OpenDoor(squeaks="again"), event.originator_id
    try:
        yield OpenDoor(squeaks="twice"), event.originator_id
    except DoorIsOpen as refusal:
        outside.ring(f"refused: {refusal.code()}")


@reacts_to(Door.Knocked, retry="1 time in 1 s", together=True)
def answer_the_knock(event: Door.Knocked, outside: Outside) -> Answers:
    """Says whose and which, and records it; all that waits in a lane is one job."""
    outside.ring(f"{event.originator_id} {event.number}")
    yield PaintDoor(coat=event.number), event.originator_id


@on_deadline("painting", retry="1 time in 1 s")
def paint_it(deadline: Deadline, outside: Outside) -> Answers:
    outside.ring(f"due {deadline.due}")
    yield PaintDoor(coat=deadline.due.day), deadline.stream_id


def year_of_doors(year: int) -> UUID:
    return uuid5(HOUSE, str(year))


def asker(on: date = MAY_4) -> Asker:
    return Asker(HOUSE, "account:housekeeper", on, NOON, correlation="a walk through the house")


@contextmanager
def house(url: str) -> Iterator[Store]:
    """A store for the household, with keys that are the same in every process."""
    with ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=8, open=True) as pool:
        keyring = Keyring(pool, SECRET)
        yield Store(pool, keyring, SECRET)
        keyring.close()


def business_date(store: Store) -> BusinessDate:
    return BusinessDate(store, Clock(store.pool), lambda: "Europe/Paris", year_of_doors, Door.Opened)


def acting(store: Store, outside: Outside) -> Acting:
    return Acting(store, Clock(store.pool), business_date(store), outside)


def nothing_due(on: date, lane: int | None, seen: dict[int, int]) -> list[Deadline]:
    return []


def react(url: str, bell: Path, stop: threading.Event) -> None:
    """What `manage.py react` does, for the household."""
    with house(url) as store:
        doing = acting(store, Outside(bell))
        due = DueWork(doing, Deadlines(store.pool, nothing_due), business_date(store))
        run(store, StoreFeed(store), url, doing, due, stop)
