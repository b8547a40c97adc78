"""`manage.py parked`: events that a read model or a reaction could not take, and trying them again."""

from __future__ import annotations

import json
from typing import Any

from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.table import Table

import workers  # noqa: F401 - declares every reaction
from eventstore import Projection, read_models
from eventstore.follower import Follower
from eventstore.parking import Parked
from eventstore.parking import parked as waiting
from roles.process import store_on
from runtime import database, log
from runtime.parking import retry_parked
from runtime.reactions import every_reaction
from runtime.settings import Settings


def parked(settings: Settings, retry: str | None, *, json: bool) -> int:
    """Exit code: 1 when something is parked, or when nobody is called what ``retry`` names."""
    log.setup("parked", "error")
    with database.pool(settings.database_url, name="parked") as pool:
        known = {line.consumer for line in waiting(pool)}
        if retry not in (None, "all", *known):
            print(
                f"Nothing is parked for {retry}." + (f" Parked: {', '.join(sorted(known))}." if known else "")
            )
            return 1
        for consumer in known if retry == "all" else known & {retry}:
            _retry(settings, pool, consumer)
        left = waiting(pool)
    _show(left, as_json=json)
    return 1 if left else 0


def _retry(settings: Settings, pool: ConnectionPool, consumer: str) -> None:
    """A read model takes its events again at once; a reaction's go back into the queue."""
    store = store_on(pool, settings)
    for reaction in every_reaction():
        if reaction.consumer == consumer:
            retry_parked(store, reaction)
    with pool.connection() as connection:
        tables = {t.table_name: (t.name, t.version) for t in read_models.tables(connection)}
    for model in Projection.registry.values():
        if (model.name, model.version) == tables.get(consumer):
            Follower(model, consumer, store, pool).retry_all()


def _show(lines: list[Parked], as_json: bool) -> None:
    if as_json:
        print(json.dumps([_plain(line) for line in lines]))
        return
    if not lines:
        print("Nothing is parked.")
        return
    table = Table("consumer", "event", "parked at", "cause", box=None)
    for line in lines:
        table.add_row(*(str(value) for value in _plain(line).values()))
    Console().print(table)


def _plain(line: Parked) -> dict[str, Any]:
    return {
        "consumer": line.consumer,
        "event": f"{line.stream_id}:{line.version}",
        "parked_at": line.parked_at.isoformat(timespec="seconds"),
        "cause": line.cause or "held behind the one before it",
    }
