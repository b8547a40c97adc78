"""The database alone: what the application's role sees and writes when the application asks for everything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from eventstore import Projection
from eventstore.ask import Ask
from eventstore.reader import SCOPE, Reader
from eventstore.session import Session


@contextmanager
def the_first_wall_is_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application's own filter is gone: queries name whole tables, aggregates are loaded in nobody's scope.

    What stays is what the database does by itself: row policies, and the scope that an append is called with.
    """
    load, named = Session.load, Reader._named

    def whole(self: Reader, kind: type[Projection], query: str) -> str:
        scope, self._scope = self._scope, "all"
        try:
            return named(self, kind, query)
        finally:
            self._scope = scope

    with monkeypatch.context() as patched:
        patched.setattr(Reader, "_named", whole)
        patched.setattr(Session, "load", lambda self, kind, id, customers=None: load(self, kind, id))
        patched.setattr(Ask, "_recalled", lambda self, kind, id: None)
        yield


def seen(app: psycopg.Connection[Any], table: str, scope: str | None) -> list[dict[str, Any]]:
    """Every row of a table that the application's role sees within a scope; None: it set none."""
    with app.transaction(), app.cursor(row_factory=dict_row) as cursor:
        if scope is not None:
            cursor.execute(SCOPE, (scope,))
        return cursor.execute(f"SELECT * FROM {table}".encode()).fetchall()


def scope_of(owners: Collection[UUID]) -> str:
    """As the readers set it."""
    return ",".join(map(str, owners))


def foreign_rows(
    app: psycopg.Connection[Any], kind: type[Projection], table: str, of: Collection[UUID]
) -> int:
    """Rows that the application's role sees in the scope of some owners and that are not theirs."""
    rows = seen(app, table, scope_of(of))
    return len(rows) if kind.owner is None else sum(row[kind.owner] not in of for row in rows)


def tables(owner: psycopg.Connection[Any]) -> list[tuple[type[Projection], str]]:
    """Every read model of the product with the table that is live."""
    live = dict(
        owner.execute(
            "SELECT name, 'read.' || table_name FROM store.read_models WHERE state = 'live'"
        ).fetchall()
    )
    return [
        (kind, live[kind.name])
        for kind in Projection.registry.values()
        if kind.__module__.startswith("projections.")
    ]
