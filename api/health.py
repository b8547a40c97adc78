"""Is it alive, and is it ready to serve: for supervisors, load balancers and `manage.py status`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import psycopg
from fastapi import APIRouter, Response
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

import runtime
from api.platform import Platform, ThePlatform
from eventstore import LANES, Projection, Unavailable, positions, read_models
from eventstore.migrate import pending

router = APIRouter(prefix="/health", tags=["health"])

COUNTED = 1000
"""Up to how many events a lag is counted."""


class Alive(BaseModel):
    status: Literal["ok"] = "ok"


class Check(BaseModel):
    name: str = Field(examples=["database"])
    ok: bool = Field(examples=[True])
    detail: str = Field(examples=["answers"])


class Readiness(BaseModel):
    """Every check, in order; the ones behind a failed one are not made."""

    ready: bool = Field(examples=[True])
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
    """The database answers, its migrations are applied, every read model has a table; and how far they are behind."""
    checks: list[Check] = []
    for name, check in CHECKS.items():
        checks.append(_checked(name, check, platform))
        if not checks[-1].ok:
            response.status_code = 503
            break
    return Readiness(ready=checks[-1].ok, checks=checks)


def _checked(name: str, check: Callable[[Platform], str], platform: Platform) -> Check:
    try:
        return Check(name=name, ok=True, detail=check(platform))
    except NotReady as reason:
        return Check(name=name, ok=False, detail=str(reason))
    except (psycopg.OperationalError, PoolTimeout, Unavailable):
        return Check(name=name, ok=False, detail="the database does not answer")


class NotReady(Exception):
    """A check failed; says what is missing."""


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
        live = [table.table_name for table in read_models.tables(connection) if table.state == "live"]
        each = [positions.read(connection, table) for table in live]
    reached = {lane: min((table.get(lane, 0) for table in each), default=0) for lane in range(LANES)}
    rows = platform.store.read_feed(min(reached.values()), limit=COUNTED).events
    behind = sum(row.position > reached[row.lane] for row in rows)
    return f"{behind}{' or more' if behind == COUNTED else ''} events behind"


CHECKS = {"database": _database, "migrations": _migrations, "read models": _read_models, "lag": _lag}
