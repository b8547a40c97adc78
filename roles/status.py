"""`manage.py status`: what runs, how far everything is, what is parked."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout
from rich.console import Console
from rich.table import Table

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from eventstore import Unavailable, positions, read_models, restoring
from eventstore.migrate import pending
from eventstore.parking import parked
from roles.migrate import FOLDERS
from roles.process import store_on
from roles.walls import breaches
from runtime import database, log
from runtime.clock import Clock
from runtime.jobs import Jobs
from runtime.settings import Settings
from runtime.settling import CONSUMER
from runtime.supervise import processes
from workers.watch import business_date

BEHIND = "and not adopted: stop everything and say `python3 manage.py restore --adopt dump`"
"""The database came from a dump by other means, and new events would hide below the readers."""
COUNTED = 10_000
"""Up to how many events a lag is counted."""


def show(settings: Settings, *, json: bool) -> int:
    """Exit code: 0 when everything can be seen, fits together, and nothing is parked, else 1."""
    log.setup("status", "error")
    facts: dict[str, Any] = {"processes": processes(settings.state_dir)}
    try:
        with database.pool(settings.auditor_url, name="status", size=2, wait=3.0) as pool:
            facts |= _facts(settings, pool)
    except (psycopg.OperationalError, PoolTimeout, Unavailable):
        facts["database"] = "does not answer: start everything with `python3 manage.py up`"
    _print(facts, json)
    well = facts.get("parked") == 0 and "restored" not in facts["store"] and facts["walls"] == "stand"
    return 0 if well else 1


def _facts(settings: Settings, pool: ConnectionPool) -> dict[str, Any]:
    store, clock = store_on(pool, settings), Clock(pool)
    day = business_date(store, clock)
    newest = day.newest()
    with pool.connection() as connection:
        done = {name for (name,) in connection.execute("SELECT name FROM public.migrations")}
        version = connection.execute("SHOW server_version").fetchone()
        history = _history(connection)
        breached = breaches(connection)
    return {
        "database": f"PostgreSQL {version[0] if version else '?'}",
        "store": history,
        "migrations": {"applied": len(done), "missing": [file.stem for file in pending(done, FOLDERS)]},
        "walls": breached or "stand",
        "clock": clock.now().isoformat(timespec="seconds"),
        "business_day": {"date": day.today().isoformat(), "last": newest.kind if newest else "none yet"},
        "consumers": _consumers(pool, store),
        "jobs": Jobs(pool).count(),
        "parked": len(parked(pool)),
    }


def _history(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Which history the store is in, and whether its positions go on above it."""
    now = restoring.incarnation(connection)
    facts = {"incarnation": str(now.incarnation), "since": now.since.isoformat(timespec="seconds")}
    return facts | ({"restored": BEHIND} if restoring.is_behind(connection) else {})


def _consumers(pool: ConnectionPool, store: Any) -> dict[str, Any]:
    """How many events each consumer has before it, by lane, counted up to COUNTED."""
    with pool.connection() as connection:
        tables = [table.table_name for table in read_models.tables(connection) if table.state == "live"]
        reached = {name: positions.read(connection, name) for name in (*tables, CONSUMER)}
    oldest = min((min(lanes.values(), default=0) for lanes in reached.values()), default=0)
    events = store.read_feed(oldest, limit=COUNTED).events
    return {
        name: sum(event.position > lanes.get(event.lane, 0) for event in events)
        for name, lanes in reached.items()
    }


def _print(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    table = Table(box=None, show_header=False)
    for name, value in facts.items():
        if name == "consumers":
            value = {consumer: behind for consumer, behind in value.items() if behind} or "all caught up"
        table.add_row(name.replace("_", " "), _words(value))
    Console().print(table)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
