"""How far everything is: counted lane by lane, whatever has lain still for how long; and asked for a bounded time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import monotonic
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client.metrics_core import Metric
from psycopg_pool import ConnectionPool

from eventstore import LANES, Store
from eventstore.positions import start
from runtime.settling import CONSUMER
from runtime.standing import OfTheDatabase, behind, parked, relay
from tests.conftest import Database
from tests.runtime.household import BuildDoor, OpenDoor, asker, house


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


def built(store: Store) -> UUID:
    door = uuid4()
    store.send(BuildDoor(door_id=door), asker())
    return door


def reached(database: Database, position: int, lane: int | None = None) -> None:
    with psycopg.connect(database.app_url) as connection:
        connection.execute(
            "UPDATE store.positions SET position = %s WHERE consumer = %s AND coalesce(lane = %s, true)",
            (position, CONSUMER, lane),
        )


def reactions(database: Database) -> tuple[int, float]:
    with psycopg.connect(database.auditor_url) as connection:
        found = behind(connection)[CONSUMER]
    return found.events, found.seconds


def test_a_consumer_is_behind_by_the_events_of_its_lanes(store: Store, database: Database) -> None:
    assert reactions(database) == (0, 0)
    doors = [built(store) for _ in range(20)]
    events, seconds = reactions(database)
    assert events == 20
    assert 0 < seconds < 60
    last = store.send(OpenDoor(), asker(), to=doors[0])
    [(lane, position)] = last.positions.items()
    reached(database, int(position), int(lane))
    ahead = sum(row.lane == int(lane) for row in store.read_feed(0).events)
    assert reactions(database)[0] == 21 - ahead


def test_a_lane_in_which_nothing_happens_does_not_hide_what_happens_in_others(
    store: Store, database: Database
) -> None:
    """One lane was last heard of at the beginning; the others are far on."""
    quiet = store.read_feed(0).through
    for _ in range(30):
        built(store)
    newest = store.read_feed(0).events[-1]
    reached(database, newest.position)
    reached(database, quiet, (newest.lane + 1) % LANES)
    missing = [row for row in store.read_feed(quiet).events if row.lane == (newest.lane + 1) % LANES]
    assert reactions(database)[0] == len(missing)
    built(store)
    assert reactions(database)[0] == len(missing) + 1


def test_a_consumer_that_is_further_than_any_event_is_not_called_well(
    store: Store, database: Database
) -> None:
    built(store)
    newest = store.read_feed(0).events[-1]
    reached(database, newest.position)
    with psycopg.connect(database.auditor_url) as connection:
        assert behind(connection)[CONSUMER].beyond == 0  # also in the lanes that have no events
        reached(database, newest.position + 1, (newest.lane + 1) % LANES)
        found = behind(connection)[CONSUMER]
    assert (found.events, found.beyond) == (0, 1)
    assert shown(OfTheDatabase(store.pool, carried=True))["quittance_feed_lanes_beyond"] == [
        ({"consumer": CONSUMER}, 1)
    ]


def test_every_live_table_is_a_consumer(database: Database) -> None:
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(
            "INSERT INTO store.read_models (name, version, generation, table_name, state)"
            " VALUES ('shelf', 1, 1, 'shelf_v1', 'live'), ('shelf', 2, 1, 'shelf_v2', 'building')"
        )
        start(connection, "shelf_v1")
        assert set(behind(connection)) == {"shelf_v1", CONSUMER}


def test_the_relay_is_told_with_what_it_has_before_it(store: Store, database: Database) -> None:
    built(store)
    with psycopg.connect(database.projector_url) as connection:
        found = relay(connection)
        assert (found.leader, found.epoch, found.until, found.holds, found.behind) == ("", 0, None, False, 1)
        assert found.waited is not None
        connection.execute(
            "UPDATE store.relay SET epoch = 4, holder = 'relay@here', position = %s,"
            " until = clock_timestamp() + interval '5 s', moved_at = clock_timestamp()",
            (store.read_feed(0).through,),
        )
        found = relay(connection)
    assert (found.leader, found.epoch, found.holds, found.behind, found.waited) == (
        "relay@here", 4, True, 0, None,
    )  # fmt: skip


# ── as Prometheus is shown it ──────────────────────────────────────────────


def shown(collector: OfTheDatabase) -> dict[str, list[tuple[dict[str, str], float]]]:
    families: list[Metric] = list(collector.collect())
    return {one.name: [(sample.labels, sample.value) for sample in one.samples] for one in families}


def test_prometheus_is_shown_the_same(store: Store, database: Database) -> None:
    door = built(store)
    with psycopg.connect(database.app_url) as connection:
        connection.execute(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
            " VALUES ('reaction:bell.ring', %s, 1, 1, 0, 'BellBroken')",
            (door,),
        )
        connection.commit()
        assert parked(connection) == {"reaction:bell.ring": 1}
    found = shown(OfTheDatabase(store.pool, carried=True))
    assert found["quittance_database_answers"] == [({}, 1)]
    assert found["quittance_feed_lag_events"] == [({"consumer": CONSUMER}, 1)]
    assert found["quittance_events_parked"] == [({"consumer": "reaction:bell.ring"}, 1)]
    assert found["quittance_relay_lag_events"] == [({}, 1)]
    assert ({"state": "todo"}, 0) in found["quittance_jobs"]
    assert "quittance_relay_lag_events" not in shown(OfTheDatabase(store.pool, carried=False))


def test_a_database_that_does_not_answer_is_a_figure_and_not_a_scrape_that_hangs(
    store: Store, database: Database
) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("LOCK TABLE store.positions IN ACCESS EXCLUSIVE MODE")
        began = monotonic()
        assert shown(OfTheDatabase(store.pool, carried=True)) == {"quittance_database_answers": [({}, 0)]}
        assert monotonic() - began < 10


def test_a_database_that_is_away_is_the_same(database: Database) -> None:
    gone = database.app_url.replace(database.name, f"{database.name}_gone")
    with ConnectionPool(gone, min_size=0, max_size=1, open=True) as pool:
        assert shown(OfTheDatabase(pool, carried=False)) == {"quittance_database_answers": [({}, 0)]}


def test_many_who_look_at_once_ask_the_database_once(store: Store) -> None:
    collector = OfTheDatabase(store.pool, carried=False)
    found: list[int] = []
    looking = [threading.Thread(target=lambda: found.append(id(collector.collect()))) for _ in range(8)]
    for thread in looking:
        thread.start()
    for thread in looking:
        thread.join(10)
    assert len(set(found)) == 1
