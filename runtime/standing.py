"""How far everything is, from the database: what each consumer has before it, what is parked, where the relay is.

    positions ──compared with the ends of the lanes──▶ events behind, and for how many seconds the oldest has waited

For `manage.py status`, and for Prometheus in one role only: the clock, which every installation has, once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import psycopg
import structlog
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from psycopg import Connection
from psycopg.rows import class_row, tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore import read_models
from runtime.jobs import Jobs
from runtime.metrics import by, family
from runtime.settling import CONSUMER

log = structlog.get_logger()

COUNTED = 1000
"""Up to how many events are counted in one lane, and behind the relay up to ten times as many."""
PATIENCE = "2s"
"""How long the database may take for one question of Prometheus."""
WAIT = 1.0
"""Seconds that it may take to get a connection."""
FRESH = 5.0
"""Seconds for which what was found is shown again, whoever asks how often."""

_BEHIND = """
    WITH ends AS MATERIALIZED (
        SELECT lane, position AS last FROM store.lane_ends(NULL)
    ), ours AS (
        SELECT consumer, lane, position, last FROM store.positions JOIN ends USING (lane)
        WHERE consumer = ANY(%s::text[])
    ), places AS (
        SELECT DISTINCT lane, position FROM ours WHERE position < last
    ), counted AS (
        SELECT lane, places.position, events, oldest FROM places CROSS JOIN LATERAL (
            SELECT count(*) AS events, min(recorded_at) AS oldest
            FROM store.read_feed(places.position, ARRAY[lane], %s) WHERE stream_id IS NOT NULL) AS there
    ), beyond AS (
        SELECT position, true AS beyond FROM (SELECT DISTINCT position FROM ours) AS reached
        WHERE position > (SELECT max(last) FROM ends) AND NOT EXISTS (SELECT FROM store.at(position))
    )
    SELECT consumer, coalesce(sum(events), 0)::bigint,
           greatest(extract(epoch FROM clock_timestamp() - min(oldest))::float, 0), count(beyond)
    FROM ours LEFT JOIN counted USING (lane, position) LEFT JOIN beyond USING (position)
    GROUP BY consumer ORDER BY consumer
"""
_RELAY = """
    SELECT epoch, holder AS leader, nullif(until, '-infinity') AS until, until > clock_timestamp() AS holds, position, moved_at,
           (SELECT count(*) FROM store.read_feed(position, NULL, %s)) AS behind,
           (SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at)::float, 0)
            FROM store.read_feed(position, NULL, 1)) AS waited
    FROM store.relay
"""


@dataclass(frozen=True)
class Behind:
    """What a consumer has before it.

    events   COUNTED in a lane at most
    seconds  since the oldest of them was recorded; 0 when there is none
    beyond   lanes in which it is further than any event: of another history, and nothing that comes would reach it
    """

    events: int
    seconds: float
    beyond: int = 0


@dataclass(frozen=True)
class Relay:
    """Who ships the events outward, and how far that is. ``leader`` is empty before the first one."""

    epoch: int
    leader: str
    until: datetime | None
    """End of the newest lease."""
    holds: bool
    """Whether the lease is not over."""
    position: int
    moved_at: datetime | None
    behind: int
    """Events that the broker has not acknowledged, ten times COUNTED at most."""
    waited: float | None
    """Seconds since the oldest of them was recorded; None when there is none."""


def behind(connection: Connection[tuple[object, ...]]) -> dict[str, Behind]:
    """By consumer: every table that is live, and the reactions."""
    live = [table.table_name for table in read_models.tables(connection) if table.state == "live"]
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(_BEHIND, ([*live, CONSUMER], COUNTED))
        return {name: Behind(events, seconds or 0.0, lanes) for name, events, seconds, lanes in cursor}


def relay(connection: Connection[tuple[object, ...]]) -> Relay:
    with connection.cursor(row_factory=class_row(Relay)) as cursor:
        found = cursor.execute(_RELAY, (10 * COUNTED,)).fetchone()
    assert found is not None, "the row is there since its table is"
    return found


def parked(connection: Connection[tuple[object, ...]]) -> dict[str, int]:
    """Events that wait for a person, by consumer."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT consumer, count(*) FROM store.parked GROUP BY consumer ORDER BY consumer")
        return dict(cursor.fetchall())


class OfTheDatabase(Collector):
    """What Prometheus is shown of all this: asked at a scrape, for a bounded time, not more often than every FRESH.

    pool     connections of the role ``app``
    carried  whether there is a relay to be shown
    """

    def __init__(self, pool: ConnectionPool, carried: bool) -> None:
        self._pool, self._carried = pool, carried
        self._lock, self._until, self._found = threading.Lock(), 0.0, list[Metric]()

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if self._until < monotonic():
                self._found, self._until = self._look(), monotonic() + FRESH
            return self._found

    def describe(self) -> Iterable[Metric]:
        """Registering asks nobody."""
        return []

    def _look(self) -> list[Metric]:
        shown = list[Metric]()
        answers = 1
        try:
            with self._pool.connection(timeout=WAIT) as connection, connection.transaction():
                connection.execute("SELECT set_config('statement_timeout', %s, true)", (PATIENCE,))
                for part in self._parts():
                    shown += part(connection)
            shown += _of_jobs(Jobs(self._pool).count())
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("figures-missing", cause=type(error).__name__)
            answers = 0
        about = "Whether the database answered for the figures that come from it."
        return [family("quittance_database_answers", about, {(): answers}), *shown]

    def _parts(self) -> Sequence[Callable[[Connection[tuple[object, ...]]], list[Metric]]]:
        return (_of_consumers, _of_parked, _of_relay) if self._carried else (_of_consumers, _of_parked)


def _of_consumers(connection: Connection[tuple[object, ...]]) -> list[Metric]:
    found = behind(connection)
    about = f"Events before a consumer, {COUNTED} a lane at most."
    events = by("consumer", {name: one.events for name, one in found.items()})
    seconds = by("consumer", {name: one.seconds for name, one in found.items()})
    beyond = by("consumer", {name: one.beyond for name, one in found.items()})
    return [
        family("quittance_feed_lag_events", about, events),
        family("quittance_feed_lag_seconds", "For how long the oldest of them has waited.", seconds),
        family("quittance_feed_lanes_beyond", "Lanes in which it is further than any event.", beyond),
    ]


def _of_parked(connection: Connection[tuple[object, ...]]) -> list[Metric]:
    found = by("consumer", parked(connection))
    return [family("quittance_events_parked", "Events that wait for a person.", found)] if found else []


def _of_relay(connection: Connection[tuple[object, ...]]) -> list[Metric]:
    found = relay(connection)
    return [
        family(name, about, {(): value})
        for name, about, value in (
            ("quittance_relay_leads", "Whether somebody holds the lease.", found.holds),
            ("quittance_relay_epoch", "Grows with each new leader.", found.epoch),
            ("quittance_relay_position", "Everything up to here was acknowledged.", found.position),
            ("quittance_relay_lag_events", "Events that were not.", found.behind),
            ("quittance_relay_lag_seconds", "For how long the oldest of them waits.", found.waited or 0.0),
        )
    ]


def _of_jobs(count: dict[str, int]) -> list[Metric]:
    states = by("state", {state: count.get(state, 0) for state in ("todo", "doing", "waiting", "given-up")})
    return [
        family(
            "quittance_jobs",
            "Jobs in the queue; waiting: after a failure; given-up: for an event that does not exist.",
            states,
        )
    ]
