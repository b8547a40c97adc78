"""Read models fed by a carrier that does its worst: every table is what a replay of the store makes of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore import LANES, Store, lane_of, positions, restoring
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.reader import Reader
from eventstore.restoring import AnotherHistory
from eventstore.supply import AllLanes
from tests.conftest import Database
from tests.connected import projecting
from tests.eventstore.shelf import SHELF, BookList, MoveBook, ReadPages, buy, settle, tell, until
from tests.unreliable import MOMENTS, OFTEN, Broker, Credulous, Member

EVERY = frozenset(range(LANES))


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


class Scene:
    """A store that is written, a broker, and two projectors that share the lanes in whatever way."""

    def __init__(
        self,
        store: Store,
        database: Database,
        chance: random.Random,
        kind: type[Member] = Member,
        wicked: int = 30,
    ) -> None:
        self.store, self.database, self.chance = store, database, chance
        with psycopg.connect(database.app_url) as connection:
            history = restoring.incarnation(connection).incarnation
        self.broker = Broker(store, chance, wicked)
        self.members = [kind(self.broker, history) for _ in range(2)]
        self.projectors = [
            Projector(*projecting(store), SHELF, batch=20, carrier=member) for member in self.members
        ]
        self.books = [buy(store) for _ in range(3)]
        self.share()

    def share(self, neither: int = 0) -> None:
        """Every lane has somebody, or both, or nobody."""
        first, second = set[int](), set[int]()
        for lane in range(LANES):
            if self.chance.randrange(100) >= neither:
                whose = self.chance.choice([[first], [second], [first, second]])
                for one in whose:
                    one.add(lane)
        self.members[0].has, self.members[1].has = frozenset(first), frozenset(second)

    def live(self, moment: str) -> None:
        match moment:
            case "write":
                self.write()
            case "ship":
                self.broker.ship()
            case "work":
                self.chance.choice(self.projectors).step()
            case "share":
                self.share(neither=20)
            case _:
                self.broker.be(moment)

    def write(self) -> None:
        if self.chance.randrange(4) == 0:
            self.books.append(buy(self.store))
        for book in self.chance.choices(self.books, k=3):
            tell(self.store, book, self.chance.choice([ReadPages(pages=3, times=2), MoveBook(shelf="upper")]))

    def come_to_rest(self) -> None:
        """Nothing is written any more, every lane has somebody, and nobody waits for seconds."""
        self.share()
        self.broker.ship()
        with pytest.MonkeyPatch.context() as patch:
            impatient(patch, self.projectors)
            until(self.is_at_rest)

    def is_at_rest(self) -> bool:
        for projector in self.projectors:
            projector.step()
        with psycopg.connect(self.database.owner_url) as owner:
            lanes = owner.execute("SELECT lane, max(position) FROM store.events GROUP BY lane").fetchall()
        return Reader(self.store.pool).has_reached(dict(lanes), SHELF)

    def differences(self) -> int:
        """Rows that a fresh replay makes otherwise; every read model has rows."""
        compared = compare(self.store, self.database.owner_url, SHELF, seed=7)
        assert all(comparison.rows for comparison in compared)
        return sum(len(comparison.differences) for comparison in compared)


def impatient(patch: pytest.MonkeyPatch, projectors: Sequence[Projector]) -> None:
    """Look at once, and call a lane starved as soon as it is not at its end."""
    patch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    patch.setattr("eventstore.from_carrier.AGAIN", 0.0)
    for projector in projectors:
        projector._supply._starving._patience = 0.0  # type: ignore[attr-defined]


def lived_through(scene: Scene, moments: Iterable[str]) -> int:
    for moment in moments:
        scene.live(moment)
    scene.come_to_rest()
    return scene.differences()


# ── whatever the carrier does ──────────────────────────────────────────────


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(moments=MOMENTS, seed=st.integers(0, 1 << 32), wicked=st.integers(0, 90))
def test_whatever_a_carrier_loses_doubles_or_delays_every_table_equals_a_replay(
    store: Store, database, moments: list[str], seed: int, wicked: int
) -> None:
    scene = Scene(store, database, random.Random(seed), wicked=wicked)
    assert lived_through(scene, moments) == 0


def test_without_the_event_before_each_the_same_carrier_loses_events(store: Store, database) -> None:
    """The check of the check: whoever believes that nothing is missing has other tables."""
    found = 0
    for seed in range(6):
        chance = random.Random(seed)
        scene = Scene(store, database, chance, Credulous, wicked=60)
        found += lived_through(scene, chance.choices(OFTEN, k=40))
        if found:
            return
    pytest.fail("a consumer that does not look at what came before was not found out")


# ── in calm operation ──────────────────────────────────────────────────────


class Counted(Store):
    """How often the events were read from the store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.pool, store.keyring, bytes(32))
        self.reads = 0

    def read_feed(self, *args: object, **kwargs: object):  # type: ignore[no-untyped-def]
        self.reads += 1
        return super().read_feed(*args, **kwargs)  # type: ignore[arg-type]


def test_in_calm_operation_nothing_is_read_from_the_store(store: Store, database, monkeypatch) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has, scene.members[1].has = EVERY, frozenset()
    scene.broker.ship()
    own, pool = projecting(store)
    counted = Counted(own)
    projector = Projector(counted, pool, SHELF, carrier=scene.members[0])
    settle(projector)
    before = counted.reads
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    for _ in range(20):
        scene.write()
        scene.broker.ship()
        settle(projector)
    figures = projector.figures
    assert counted.reads == before
    assert (figures.gaps, figures.starved, figures.orphaned) == (0, 0, 0)
    assert figures.carried > 60
    assert scene.differences() == 0


def test_what_was_brought_already_is_dropped(store: Store, database) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.write()
    scene.broker.ship()
    settle(scene.projectors[0])
    carried = scene.projectors[0].figures.carried
    scene.broker._offsets = dict.fromkeys(range(LANES), 0)
    settle(scene.projectors[0])
    assert scene.projectors[0].figures.carried == carried
    assert scene.projectors[0].figures.dropped > 0
    assert scene.differences() == 0


def test_a_gap_is_counted_and_filled(store: Store, database) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.broker.ship()
    settle(scene.projectors[0])
    (projector, book) = scene.projectors[0], scene.books[0]
    tell(store, book, ReadPages(pages=5))
    scene.broker.ship()
    scene.broker.be("empty")
    tell(store, book, ReadPages(pages=7))
    scene.broker.ship()
    settle(projector)
    assert projector.figures.gaps == 1
    line = Reader(store.pool).read(BookList).line(book)
    assert line is not None
    assert line.pages == 12


def test_the_last_event_of_a_lane_is_missed_although_nobody_tells(store: Store, database) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.broker.ship()
    projector = scene.projectors[0]
    settle(projector)
    tell(store, scene.books[0], ReadPages(pages=5))  # and never shipped
    with pytest.MonkeyPatch.context() as patch:
        impatient(patch, [projector])
        until(lambda: projector.step() > 0)
    assert projector.figures.starved == 1
    assert scene.differences() == 0


def test_a_starved_lane_without_new_events_is_left_in_peace_again(
    store: Store, database, monkeypatch
) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    projector = scene.projectors[0]
    settle(projector)
    tell(store, scene.books[0], ReadPages(pages=5))
    impatient(monkeypatch, [projector])
    until(lambda: projector.step() > 0)
    supply = projector._supply
    assert supply._starved  # type: ignore[attr-defined]
    supply._resting._patience = 0.0  # type: ignore[attr-defined]
    until(lambda: projector.step() == 0 and not supply._starved)  # type: ignore[attr-defined]


# ── lanes and their owners ─────────────────────────────────────────────────


def test_lanes_that_are_nobodys_are_taken_over_and_given_back(store: Store, database, monkeypatch) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    ours, theirs = scene.projectors
    for member in scene.members:
        member.has = frozenset()  # no broker answers, and none ever did
    impatient(monkeypatch, scene.projectors)
    ours._supply._still._patience = 0.0  # type: ignore[attr-defined]
    until(scene.is_at_rest)
    assert ours.figures.orphaned >= 1
    adopted = ours._lanes
    assert adopted

    scene.members[1].has = EVERY
    ours._supply._still._patience = 60.0  # type: ignore[attr-defined]
    settle(theirs)
    scene.write()
    scene.broker.ship()
    settle(theirs)
    until(lambda: (ours.step(), ours._lanes)[1] < adopted)
    assert scene.differences() == 0


def test_what_comes_in_the_moment_in_which_lanes_are_taken_over_hides_nothing_before_it(
    store: Store, database, monkeypatch
) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)

    class Busy(AllLanes):
        """Somebody writes while it is being decided who takes over."""

        def lanes(self) -> frozenset[int]:
            tell(store, scene.books[0], ReadPages(pages=5))
            return super().lanes()

    scene.members[0].has = frozenset()
    projector = Projector(*projecting(store), SHELF, lanes=Busy(), carrier=scene.members[0])
    scene.projectors = [projector]
    impatient(monkeypatch, scene.projectors)
    projector._supply._still._patience = 0.0  # type: ignore[attr-defined]
    for _ in range(5):
        projector.step()
    assert projector.figures.orphaned >= 1
    assert scene.differences() == 0


def test_a_lane_without_events_follows_so_that_no_start_reads_far_back(
    store: Store, database, monkeypatch
) -> None:
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.write()
    scene.broker.ship()
    settle(scene.projectors[0])
    for _ in range(3):
        scene.projectors[0].step()
    newest = max(store.lane_ends().values())
    with store.pool.connection() as connection:
        assert {p for kind in SHELF for p in positions.read(connection, kind.table_name()).values()} == {
            newest
        }


def test_what_the_database_forgot_in_a_crash_is_projected_again(store: Store, database, monkeypatch) -> None:
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.broker.ship()
    settle(scene.projectors[0])
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        for kind in SHELF:
            owner.execute(f"DELETE FROM read.{kind.table_name()}")
        owner.execute("UPDATE store.positions SET position = 0")
    settle(scene.projectors[0])
    assert scene.differences() == 0


def test_a_read_model_that_is_new_is_filled_while_the_others_go_on(
    store: Store, database, monkeypatch
) -> None:
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)

    class Late(BookList):
        name = "late_list"

    scene = Scene(store, database, random.Random(1), wicked=0)
    projector = Projector(*projecting(store), [*SHELF, Late], batch=2, carrier=scene.members[0])
    scene.members[0].has = EVERY
    scene.broker.ship()
    settle(projector)
    for _ in range(5):
        scene.write()
    scene.broker.ship()
    settle(projector)
    ensure(database.owner_url, [Late])
    reader = uuid4()
    book = buy(store, reader)
    scene.broker.ship()
    settle(projector)
    compared = compare(store, database.owner_url, [*SHELF, Late], seed=3)
    assert sum(len(one.differences) for one in compared) == 0
    assert Reader(store.pool).read(Late).line(book) is not None
    assert lane_of(reader) in projector._lanes


# ── another history ────────────────────────────────────────────────────────


def test_in_another_history_a_projector_ends_before_it_writes(store: Store, database) -> None:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].incarnation = uuid4()
    with pytest.raises(AnotherHistory, match="Start it anew"):
        scene.projectors[0].step()
