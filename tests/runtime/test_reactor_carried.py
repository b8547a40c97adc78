"""Reactions fed by a carrier that does its worst: each event has its jobs, and has them once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from eventstore import LANES, Store, lane_of, positions, restoring
from eventstore.feed import Carried, StoreFeed
from eventstore.restoring import AnotherHistory
from runtime.reactions import REACTIONS
from runtime.reactor import Reactor
from runtime.settling import CONSUMER, Settling
from tests.conftest import Database
from tests.runtime.household import BuildDoor, OilDoor, OpenDoor, ShutDoor, asker, house
from tests.soon import soon
from tests.unreliable import MOMENTS, OFTEN, Broker, Credulous, Member

EVERY = frozenset(range(LANES))


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


class Scene:
    """Doors that are opened and shut, a broker, and two reactors that share the lanes in whatever way."""

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
        self.reactors = [Reactor(StoreFeed(store), store.pool, member) for member in self.members]
        self.doors = [self.built() for _ in range(3)]
        self.share()

    def built(self) -> UUID:
        return self.store.send(BuildDoor(door_id=uuid4()), asker()).id

    def share(self) -> None:
        lanes = [self.chance.choice(["first", "second", "both", "nobody"]) for _ in range(LANES)]
        for member, whose in zip(self.members, ("first", "second"), strict=True):
            member.has = frozenset(lane for lane, owner in enumerate(lanes) if owner in (whose, "both"))

    def live(self, moment: str) -> None:
        match moment:
            case "write":
                self.write()
            case "ship":
                self.broker.ship()
            case "work":
                self.chance.choice(self.reactors).step()
            case "share":
                self.share()
            case _:
                self.broker.be(moment)

    def write(self) -> None:
        if self.chance.randrange(4) == 0:
            self.doors.append(self.built())
        for door in self.chance.choices(self.doors, k=3):
            open_or_shut = self.chance.choice([ShutDoor(), OilDoor()])
            self.store.send(open_or_shut, asker(), to=door)
            if open_or_shut == ShutDoor():
                self.store.send(OpenDoor(), asker(), to=door)

    def come_to_rest(self) -> None:
        self.members[0].has, self.members[1].has = EVERY, frozenset()
        self.broker.ship()
        with pytest.MonkeyPatch.context() as patch:
            self.be_impatient(patch)
            soon(self.is_at_rest)

    def be_impatient(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr("runtime.reactor.LOOK_AGAIN", 0.0)
        patch.setattr("eventstore.from_carrier.AGAIN", 0.0)
        for reactor in self.reactors:
            reactor._brought._supply._starving._patience = 0.0  # type: ignore[union-attr]

    def is_at_rest(self) -> bool:
        for reactor in self.reactors:
            reactor.step()
        return Settling(self.store).waits_for(Settling(self.store).newest()) != "reactions"

    def jobs(self) -> Counter[tuple[str, int]]:
        with psycopg.connect(self.database.owner_url) as owner:
            query = "SELECT task_name, (args ->> 'position')::bigint FROM jobs.procrastinate_jobs"
            return Counter(owner.execute(query).fetchall())

    def owed(self) -> Counter[tuple[str, int]]:
        """The jobs that the events ask for, each once."""
        with psycopg.connect(self.database.owner_url) as owner:
            events = owner.execute("SELECT kind, position FROM store.events").fetchall()
        return Counter(
            (reaction.name, position) for kind, position in events for reaction in REACTIONS.get(kind, ())
        )


def lived_through(scene: Scene, moments: Iterable[str]) -> Scene:
    for moment in moments:
        scene.live(moment)
    scene.come_to_rest()
    return scene


# ── whatever the carrier does ──────────────────────────────────────────────


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(moments=MOMENTS, seed=st.integers(0, 1 << 32), wicked=st.integers(0, 90))
def test_whatever_a_carrier_loses_doubles_or_delays_each_event_has_its_jobs_once(
    store: Store, database, moments: list[str], seed: int, wicked: int
) -> None:
    scene = lived_through(Scene(store, database, random.Random(seed), wicked=wicked), moments)
    assert scene.owed() == scene.jobs()


def test_without_the_event_before_each_the_same_carrier_loses_jobs(store: Store, database) -> None:
    """The check of the check."""
    for seed in range(6):
        chance = random.Random(seed)
        scene = Scene(store, database, chance, Credulous, wicked=60)
        lived_through(scene, chance.choices(OFTEN, k=40))
        if scene.owed() != scene.jobs():
            return
    pytest.fail("a reactor that does not look at what came before was not found out")


# ── in calm operation ──────────────────────────────────────────────────────


@pytest.fixture
def calm(store: Store, database) -> Scene:
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has, scene.members[1].has = EVERY, frozenset()
    return scene


def settled(scene: Scene) -> Reactor:
    scene.broker.ship()
    while scene.reactors[0].step():
        pass
    return scene.reactors[0]


def stored(store: Store) -> dict[int, int]:
    with store.pool.connection() as connection:
        return positions.read(connection, CONSUMER)


def test_only_lanes_move_in_which_something_came(store: Store, calm: Scene) -> None:
    settled(calm)
    before = stored(store)
    receipt = store.send(ShutDoor(), asker(), to=calm.doors[0])
    settled(calm)
    moved = {str(lane): str(at) for lane, at in stored(store).items() if at != before[lane]}
    assert moved == receipt.positions


def test_lanes_without_events_follow_and_then_rest(store: Store, calm: Scene, monkeypatch) -> None:
    monkeypatch.setattr("runtime.reactor.LOOK_AGAIN", 0.0)
    reactor = settled(calm)
    newest = max(store.lane_ends().values())
    soon(lambda: reactor.step() + 1 and set(stored(store).values()) == {newest})
    for _ in range(5):
        reactor.step()
    assert set(stored(store).values()) == {newest}


def test_the_last_event_is_missed_although_nobody_tells(store: Store, calm: Scene) -> None:
    reactor = settled(calm)
    store.send(OilDoor(), asker(), to=calm.doors[0])
    store.send(ShutDoor(), asker(), to=calm.doors[0])
    with pytest.MonkeyPatch.context() as patch:
        calm.be_impatient(patch)
        soon(lambda: calm.owed() == calm.jobs() or reactor.step() > 10)
    assert reactor.figures.starved == 1


def test_who_finds_that_another_one_was_there_begins_anew_in_the_middle_of_what_was_brought(
    store: Store, calm: Scene, monkeypatch
) -> None:
    monkeypatch.setattr("runtime.reactor.LOOK_AGAIN", 1000.0)
    reactor = settled(calm)
    here, there = (
        calm.doors[0],
        next(d for d in iter(calm.built, None) if lane_of(d) != lane_of(calm.doors[0])),
    )
    settled(calm)
    store.send(OilDoor(), asker(), to=there)
    calm.broker.ship()
    calm.broker.be("empty")
    for door in (here, there):
        store.send(OilDoor(), asker(), to=door)
    calm.broker.ship()
    monkeypatch.setattr(calm.broker.chance, "randint", lambda least, most: most)
    reactor._wait()  # takes it in hand: one that follows what is known, and one behind a gap
    Reactor(StoreFeed(store), store.pool, calm.members[0]).step()
    assert calm.owed() == calm.jobs()
    reactor.step()
    assert calm.owed() == calm.jobs()


def test_settling_asks_each_lane_for_its_own_last_event(store: Store, calm: Scene) -> None:
    settled(calm)
    settling = Settling(store)
    assert settling.waits_for(settling.newest()) is None
    busy, idle = calm.doors[0], stored(store)
    assert min(idle.values()) < settling.newest()  # most lanes have no events, and have not followed yet
    store.send(OilDoor(), asker(), to=busy)
    assert settling.waits_for(settling.newest()) == "reactions"
    settled(calm)
    assert settling.waits_for(settling.newest()) is None
    assert settling.waits_for(settling.newest() + 1) == "reactions"


def test_in_another_history_a_reactor_ends_before_it_defers(calm: Scene) -> None:
    calm.members[0].incarnation = uuid4()
    calm.broker.ship()
    with pytest.raises(AnotherHistory):
        calm.reactors[0].step()
    assert calm.jobs() == Counter()


def test_a_reactor_that_was_brought_what_is_not_in_the_store_ends_and_says_so(
    store: Store, calm: Scene, monkeypatch
) -> None:
    reactor = settled(calm)
    last = store.last(calm.doors[0])
    ghost = structs.replace(last, position=last.position + (1 << 40))
    usual = calm.members[0].take

    def take(timeout: float, limit: int) -> Carried:
        monkeypatch.setattr(calm.members[0], "take", usual)
        return Carried([ghost], {last.lane: store.lane_ends()[last.lane]})

    monkeypatch.setattr(calm.members[0], "take", take)
    monkeypatch.setattr("runtime.reactor.LOOK_AGAIN", 0.0)
    with pytest.raises(AnotherHistory, match=str(ghost.position)):
        soon(lambda: reactor.step() < 0)
    with pytest.raises(AnotherHistory, match="restore --adopt moment"):
        Reactor(StoreFeed(store), store.pool, calm.members[0]).step()
