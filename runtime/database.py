"""Connections to PostgreSQL: one way to open them, for every process."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

_CALM = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}
"""A server that vanished without a word is noticed after 45 seconds at the latest."""


def pool(url: str, *, name: str, size: int = 10, wait: float = 5.0) -> ConnectionPool:
    """Connections in autocommit, opened as they are needed, replaced when they die.

    name  shown in pg_stat_activity
    size  the most that are open at once
    wait  seconds until a caller gets PoolTimeout when none is to be had
    """
    return ConnectionPool(
        url,
        min_size=1,
        max_size=size,
        timeout=wait,
        name=name,
        kwargs=_arguments(name),
        open=True,
        max_idle=60.0,
    )


def connect(url: str, *, name: str = "quittance") -> psycopg.Connection[Any]:
    """One connection in autocommit. Raises psycopg.OperationalError when the server is away."""
    return psycopg.connect(url, **_arguments(name))


def _arguments(name: str) -> dict[str, Any]:
    return {"autocommit": True, "application_name": f"quittance {name}", **_CALM}
