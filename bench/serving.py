"""`python -m bench.serving product|bare`: the API as `manage.py serve` runs it, or a bare route with one INSERT.

Both read the same settings from the environment and give uvicorn the same ones.
"""

from __future__ import annotations

import sys
from datetime import date
from itertools import count
from time import monotonic_ns
from typing import Annotated, Any
from uuid import UUID

import psycopg
import uvicorn
from fastapi import FastAPI
from psycopg_pool import ConnectionPool
from pydantic import BaseModel, Field

from aggregates.values import Method
from bench.writers.bare import INSERT
from eventstore import Receipt
from roles import serve
from runtime import database
from runtime.settings import Settings

KIND = "Servicing.RepaymentReceived"


class Amount(BaseModel):
    amount: str
    currency: str


class Repayment(BaseModel):
    """The body of the product's route, read by the framework alone."""

    repayment_id: UUID
    amount: Amount
    value_date: date
    method: Method
    reference: Annotated[str, Field(min_length=1)]


def bare(settings: Settings) -> None:
    """One route: read the body, take a connection of the pool, insert the row the product would have stored."""
    template = _a_stored_repayment(settings.owner_url)
    with database.pool(settings.database_url, name="bare", size=16) as pool:
        uvicorn.run(
            app_over(pool, template), host=settings.http_host, port=settings.http_port, log_config=None,
            access_log=False, server_header=False, timeout_graceful_shutdown=serve.GRACE,
        )  # fmt: skip


def app_over(pool: ConnectionPool, template: tuple[Any, ...]) -> FastAPI:
    """The application with its one route; what changes from row to row is stream, version and position."""
    app, versions = FastAPI(), count(1)
    lane, owner, kind, schema, state, meta, link = template

    @app.post("/loans/{loan_id}/repayments")
    def insert(loan_id: UUID, body: Repayment) -> Receipt:
        version, position = next(versions), monotonic_ns()
        row = (loan_id, version, position, lane, owner, kind, schema, state, meta, link)
        with pool.connection() as connection:
            connection.cursor(binary=True).execute(INSERT, row, prepare=True)
        return Receipt(id=loan_id, version=version, positions={str(lane): str(position)})

    return app


def _a_stored_repayment(owner_url: str) -> tuple[Any, ...]:
    query = "SELECT lane, owner, kind, schema, state, meta, link FROM store.events WHERE kind = %s LIMIT 1"
    with psycopg.connect(owner_url, autocommit=True) as connection:
        row = connection.execute(query, [KIND]).fetchone()
    assert row is not None, "the product is warmed up first: its row is the template"
    return row


if __name__ == "__main__":
    {"product": serve.run, "bare": bare}[sys.argv[1]](Settings.load())
