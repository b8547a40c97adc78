"""`manage.py parked`: events that a read model or a reaction could not take; trying again, or leaving one out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.table import Table

import workers  # noqa: F401 - declares every reaction
from aggregates.account import Account
from aggregates.permissions import permissions_of
from eventstore import Asker, Projection, Rejected, Store, read_models
from eventstore.follower import Follower
from eventstore.parking import Parked, leave_out
from eventstore.parking import parked as waiting
from roles.process import store_on
from runtime import database, log
from runtime.clock import Clock
from runtime.parking import retry_parked
from runtime.reactions import every_reaction
from runtime.settings import Settings
from workers import watch


@dataclass(frozen=True)
class Omission:
    """A person's decision that a consumer goes on without an event."""

    consumer: str
    """As `manage.py parked` shows it."""
    event: str
    """``stream:version``"""
    by: UUID
    """The account of who decides; it takes the permission ``event.leave_out``."""
    reason: str


def omit(settings: Settings, omission: Omission) -> int:
    """Record the decision, then let the consumer go on. Exit code: 1 when it was refused; one line says why."""
    log.setup("parked", "error")
    if any(r.consumer == omission.consumer and isinstance(r.cause, str) for r in every_reaction()):
        print(
            "What is due stays due. Mend what its command refuses, then --retry; there is nothing to leave out."
        )
        return 1
    with database.pool(settings.database_url, name="parked") as pool:
        store = store_on(pool, settings)
        if not any(p.consumer == omission.consumer and _event(p) == omission.event for p in waiting(pool)):
            print(
                f"{omission.event} is not parked for {omission.consumer}; `manage.py parked` shows what is."
            )
            return 1
        try:
            _decide(store, Clock(pool), omission, _model_of(pool, omission.consumer) or omission.consumer)
        except Rejected as refusal:
            print(refusal)
            return 1
        _retry(settings, pool, omission.consumer)
    return 0


def _decide(store: Store, clock: Clock, omission: Omission, consumer: str) -> None:
    account = store.load(Account, omission.by)
    today = watch.business_date(store, clock).today()
    may = permissions_of(account.roles if account.status == "open" else ())
    asker = Asker(omission.by, f"account:{omission.by}", today, clock.now(), permissions=may)
    stream, _, version = omission.event.partition(":")
    leave_out(store, asker, consumer, UUID(stream), int(version), omission.reason)


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
    for reaction in every_reaction():
        if reaction.consumer == consumer:
            retry_parked(store_on(pool, settings), reaction)
    name = _model_of(pool, consumer)
    for model in Projection.registry.values():
        if model.name == name:
            with database.pool(settings.projector_url, name="parked") as writing:
                Follower(model, consumer, store_on(writing, settings), writing).retry_all()


def _model_of(pool: ConnectionPool, consumer: str) -> str | None:
    """The read model whose table this is, if it is one of the versions that this code knows."""
    with pool.connection() as connection:
        tables = {t.table_name: (t.name, t.version) for t in read_models.tables(connection)}
    known = {(model.name, model.version) for model in Projection.registry.values()}
    found = tables.get(consumer)
    return found[0] if found in known else None


def _event(line: Parked) -> str:
    return f"{line.stream_id}:{line.version}"


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
        "event": _event(line),
        "parked_at": line.parked_at.isoformat(timespec="seconds"),
        "cause": line.cause or "held behind the one before it",
    }
