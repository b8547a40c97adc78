"""A carrier that brings what the store does not hold, as after a takeover: whoever took it ends and says so."""

from __future__ import annotations

import random

import pytest
from msgspec import structs

from eventstore import Recorded, Store
from eventstore.feed import Carried
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.restoring import AnotherHistory
from tests.conftest import Database
from tests.connected import projecting
from tests.eventstore.shelf import SHELF, ReadPages, settle, tell, until
from tests.eventstore.test_carried import EVERY, Scene
from tests.unreliable import Member


@pytest.fixture(autouse=True)
def _shelf(database) -> None:
    ensure(database.owner_url, SHELF)


def brought(member: Member, after: dict[int, int], *rows: Recorded) -> None:
    """Whatever the broker has, this comes next, and once."""
    usual = member.take

    def take(timeout: float, limit: int) -> Carried:
        member.take = usual  # type: ignore[method-assign]
        return Carried(list(rows), after)

    member.take = take  # type: ignore[method-assign]


def calm(store: Store, database: Database) -> tuple[Scene, Recorded]:
    """A projector that has everything, and the last event of its first book."""
    scene = Scene(store, database, random.Random(1), wicked=0)
    scene.members[0].has = EVERY
    scene.projectors = scene.projectors[:1]
    scene.write()
    scene.broker.ship()
    settle(scene.projectors[0])
    return scene, [row for row in store.read_feed(limit=10_000).events if row.stream_id == scene.books[0]][-1]


def test_an_event_beyond_the_end_of_its_lane_ends_who_took_it(store: Store, database, monkeypatch) -> None:
    scene, last = calm(store, database)
    ghost = structs.replace(last, position=last.position + (1 << 40))
    brought(scene.members[0], {last.lane: store.lane_ends()[last.lane]}, ghost)
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    with pytest.raises(AnotherHistory, match=rf"no event at {ghost.position}.*restore --adopt moment"):
        until(lambda: scene.projectors[0].step() < 0)
    again = Projector(*projecting(store), SHELF, carrier=scene.members[0])
    with pytest.raises(AnotherHistory, match=str(ghost.position)):
        again.step()  # before anything is written, however often it is started


def test_an_event_that_is_not_in_the_store_is_found_although_its_lane_has_gone_on(
    store: Store, database, monkeypatch
) -> None:
    """As after a takeover: the same transaction ids are given out again, and what was lost is soon passed."""
    scene, last = calm(store, database)
    ends = store.lane_ends()
    ghost = structs.replace(last, position=max(ends.values()) + 1)
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 1000.0)
    brought(scene.members[0], {last.lane: ends[last.lane]}, ghost)
    scene.projectors[0].step()
    for _ in range(3):
        tell(store, scene.books[0], ReadPages(pages=3))
        scene.broker.ship()
        settle(scene.projectors[0])
    assert ghost.position < store.lane_ends()[last.lane]
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    with pytest.raises(AnotherHistory, match=str(ghost.position)):
        scene.projectors[0].step()


def test_an_event_that_readers_are_not_shown_for_a_moment_ends_nobody(
    store: Store, database, monkeypatch
) -> None:
    """The horizon may fall back: what was brought is looked for itself before anybody ends."""
    scene, _ = calm(store, database)
    earlier = store.lane_ends()
    scene.write()
    scene.broker.ship()
    settle(scene.projectors[0])
    monkeypatch.setattr("eventstore.projector.LOOK_AGAIN", 0.0)
    monkeypatch.setattr(Store, "lane_ends", lambda store, upto=None: earlier)
    for _ in range(3):
        scene.projectors[0].step()
    monkeypatch.undo()
    scene.come_to_rest()
    assert scene.differences() == 0
