"""`manage.py status`: what runs, how far everything is, what is parked."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from kafka.errors import KafkaError
from psycopg_pool import ConnectionPool, PoolTimeout
from rich.console import Console
from rich.table import Table

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from eventstore import NotBuilt, NotFound, Store, Unavailable, restoring
from eventstore.migrate import pending
from eventstore.parking import parked
from roles.migrate import FOLDERS
from roles.process import store_on
from roles.walls import breaches
from runtime import database, log, standing
from runtime.acting import Behind
from runtime.clock import Clock
from runtime.jobs import Jobs
from runtime.kafka.connection import admin, partitions_of, topic_of
from runtime.settings import Settings
from runtime.standing import Relay
from runtime.supervise import processes
from workers.watch import business_date, deadlines_of

BEHIND = "and not adopted: stop everything and say `python3 manage.py restore --adopt dump`"
"""The database came from a dump by other means, and new events would hide below the readers."""

BEYOND = "further than any event: stop everything and say `python3 manage.py restore --adopt moment`"
"""A consumer handled what the database has lost since, or what it never held."""


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
    return 0 if _is_well(facts) else 1


def _is_well(facts: dict[str, Any]) -> bool:
    if "store" not in facts or "restored" in facts["store"]:
        return False
    if facts["beyond"]:
        return False
    brokers: dict[str, Any] = facts.get("kafka", {"answers": "yes"})
    return bool(facts["parked"] == 0 and facts["walls"] == "stand" and brokers["answers"] == "yes")


def _facts(settings: Settings, pool: ConnectionPool) -> dict[str, Any]:
    store, clock = store_on(pool, settings), Clock(pool)
    day = business_date(store, clock)
    newest = day.newest()
    with pool.connection() as connection:
        done = {name for (name,) in connection.execute("SELECT name FROM public.migrations")}
        version = connection.execute("SHOW server_version").fetchone()
        history = _history(connection)
        breached = breaches(connection)
        behind = standing.behind(connection)
        carried = {"relay": _relay(standing.relay(connection))} if settings.kafka_servers else {}
    if settings.kafka_servers:
        carried["kafka"] = _kafka(settings, UUID(history["incarnation"]))
    return {
        "database": f"PostgreSQL {version[0] if version else '?'}",
        "store": history,
        "migrations": {"applied": len(done), "missing": [file.stem for file in pending(done, FOLDERS)]},
        "walls": breached or "stand",
        "clock": clock.now().isoformat(timespec="seconds"),
        "business_day": {
            "date": (today := day.today()).isoformat(),
            "last": newest.kind if newest else "none yet",
            "still due": _still_due(store, today),
        },
        **carried,
        "consumers": {name: one.events for name, one in behind.items()},
        "beyond": {name: f"{one.beyond} lanes, {BEYOND}" for name, one in behind.items() if one.beyond},
        "money": _money(store),
        "jobs": Jobs(pool).count(),
        "parked": len(parked(pool)),
    }


def _still_due(store: Store, day: date) -> str:
    """Deadlines of the day that are to be done by themselves."""
    try:
        return f"{deadlines_of(store).left(day):,}"
    except (Behind, NotBuilt):
        return "not known until the read models are built"


def _money(store: Store) -> str:
    """Whether money may leave the house."""
    try:
        switch = store.load(StopSwitch, STOP_SWITCH_ID)
    except NotFound:
        return "may leave"
    return "may leave" if switch.status == "released" else f"stopped ({switch.status}): {switch.reason}"


def _history(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Which history the store is in, and whether its positions go on above it."""
    now = restoring.incarnation(connection)
    facts = {"incarnation": str(now.incarnation), "since": now.since.isoformat(timespec="seconds")}
    return facts | ({"restored": BEHIND} if restoring.is_behind(connection) else {})


def _kafka(settings: Settings, incarnation: UUID) -> dict[str, Any]:
    """Whether the brokers answer, and the topic of this history."""
    topic = topic_of(settings, incarnation)
    try:
        with closing(admin(settings)) as client:
            partitions = partitions_of(client, topic)
    except KafkaError as error:
        return {
            "answers": f"does not answer ({type(error).__name__}): everybody reads from the store meanwhile"
        }
    return {"answers": "yes", "topic": topic, "partitions": partitions or "none yet: the relay makes it"}


def _relay(found: Relay) -> dict[str, Any]:
    """Who ships the events outward, and how many of them are still to be shipped."""
    lease = "until " if found.holds else "over since "
    return {
        "leader": found.leader or "nobody yet",
        "epoch": found.epoch,
        "lease": lease + found.until.isoformat(timespec="seconds") if found.until else "none yet",
        "behind": found.behind,
        "moved": found.moved_at.isoformat(timespec="seconds") if found.moved_at else "never",
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
