"""Is it alive, and is it ready to serve: for supervisors, load balancers and `manage.py status`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

import psycopg
from fastapi import APIRouter, Response
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

import runtime
from api.platform import Platform, ThePlatform
from eventstore import Projection, Unavailable, read_models
from eventstore.migrate import pending
from runtime import standing
from runtime.settling import CONSUMER

router = APIRouter(prefix="/health", tags=["health"])

FAR_BEHIND = 10.0
"""Seconds for which an event may wait for Kafka; consumers read it from the store before that."""


class Alive(BaseModel):
    status: Literal["ok"] = "ok"


Status = Literal["ok", "degraded", "failed"]
"""Degraded: every request is answered, slower or with more work; no event and no effect on money is at stake."""


class Check(BaseModel):
    name: str = Field(examples=["database"])
    ok: bool = Field(examples=[True], description="False: requests cannot be answered.")
    status: Status = Field(examples=["ok"])
    detail: str = Field(examples=["answers"])


class Readiness(BaseModel):
    """Every check, in order; the ones behind a failed one are not made."""

    ready: bool = Field(examples=[True])
    status: Status = Field(examples=["ok"], description="The worst of them.")
    checks: list[Check]


@router.get("/live", operation_id="Alive", summary="The process answers")
def live() -> Alive:
    """Says nothing about anything else: a process whose database is away is alive."""
    return Alive()


@router.get(
    "/ready",
    operation_id="Ready",
    summary="Everything a request needs is there",
    responses={503: {"model": Readiness, "description": "Not ready; the last check says why."}},
)
def ready(platform: ThePlatform, response: Response) -> Readiness:
    """The database answers, its migrations are applied, every read model has a table; and how far they are behind.

    What only saves work, Redis and Kafka, makes it degraded when it is lost, never unready.
    """
    found = readiness(platform)
    if not found.ready:
        response.status_code = 503
    return found


def readiness(platform: Platform) -> Readiness:
    """Make the checks, up to the first that fails."""
    checks: list[Check] = []
    for name, check in CHECKS.items():
        checks.append(_checked(name, check, platform))
        if not checks[-1].ok:
            break
    worst = max((check.status for check in checks), key=get_args(Status).index)
    return Readiness(ready=checks[-1].ok, status=worst, checks=checks)


def _checked(name: str, check: Callable[[Platform], str], platform: Platform) -> Check:
    try:
        return Check(name=name, ok=True, status="ok", detail=check(platform))
    except Degraded as reason:
        return Check(name=name, ok=True, status="degraded", detail=str(reason))
    except NotReady as reason:
        return Check(name=name, ok=False, status="failed", detail=str(reason))
    except (psycopg.OperationalError, PoolTimeout, Unavailable):
        return Check(name=name, ok=False, status="failed", detail="the database does not answer")


class NotReady(Exception):
    """A check failed; says what is missing."""


class Degraded(Exception):
    """Requests can be answered, but something that saves work is away, or a person has to look; says which."""


def _database(platform: Platform) -> str:
    with platform.reads.connection(timeout=1.0) as connection:
        connection.execute("SELECT")
    return "answers"


def _migrations(platform: Platform) -> str:
    with platform.reads.connection(timeout=1.0) as connection:
        done = {name for (name,) in connection.execute("SELECT name FROM public.migrations")}
    missing = pending(done, [Path(str(runtime.__file__)).parent / "migrations"])
    if missing:
        raise NotReady(f"run manage.py migrate: {', '.join(file.stem for file in missing)}")
    return "applied"


def _read_models(platform: Platform) -> str:
    with platform.reads.connection(timeout=1.0) as connection:
        known = {(t.name, t.version) for t in read_models.tables(connection) if t.state != "building"}
    missing = [kind.name for kind in Projection.registry.values() if (kind.name, kind.version) not in known]
    if missing:
        raise NotReady(f"being built: {', '.join(sorted(missing))}")
    return f"{len(Projection.registry)} built"


def _lag(platform: Platform) -> str:
    with platform.reads.connection(timeout=1.0) as connection:
        behind = standing.behind(connection)
    if any(one.beyond for one in behind.values()):
        raise Degraded("further than any event: the database lost what was handled, see manage.py status")
    most = max((one.events for name, one in behind.items() if name != CONSUMER), default=0)
    return f"{most}{' or more' if most >= standing.COUNTED else ''} events behind"


def _redis(platform: Platform) -> str:
    live = platform.live
    if live.channel is None:
        return "none is set: this process counts tries and follows the feed by itself"
    if not live.channel.answers():
        raise Degraded("does not answer: each process counts tries and follows the feed by itself")
    if live.is_following and not live.is_shared:
        raise Degraded("answers, but nobody tells anything there: this process follows the feed by itself")
    return "answers: processes count tries together and one follows the feed for all"


def _carrier(platform: Platform) -> str:
    if not platform.settings.kafka_servers:
        return "events come from the store"
    with platform.reads.connection(timeout=1.0) as connection:
        row = connection.execute("SELECT position FROM store.relay").fetchone()
        assert row is not None, "the store has lost its row of the relay"
        waiting = platform.store.read_feed(row[0], limit=1).events
        if not waiting:
            return "events come by Kafka, all of them"
        late = connection.execute(_SINCE, (waiting[0].recorded_at,)).fetchone()
    seconds = late[0] if late else 0.0
    if seconds > FAR_BEHIND:
        raise Degraded(f"events come from the store: the first that Kafka lacks waits for {seconds:.0f} s")
    return "events come by Kafka"


_SINCE = "SELECT extract(epoch FROM clock_timestamp() - %s)::float8"

CHECKS = {
    "database": _database,
    "migrations": _migrations,
    "read models": _read_models,
    "lag": _lag,
    "redis": _redis,
    "events": _carrier,
}
