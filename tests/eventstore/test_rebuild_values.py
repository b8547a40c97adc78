"""Whatever a handler writes, a rebuild makes of it what a projector makes of it: COPY and upsert agree on every value."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from eventstore import Projection, Store, Table, on
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.rebuild import rebuild
from tests.connected import projecting
from tests.eventstore.shelf import Book, buy, rows_of, settle


class Loose(BaseModel):
    book_id: UUID


class Mixed(Projection):
    """Columns that take values of another type, each in its own way."""

    key, row = "book_id", Loose
    ddl = """
        CREATE TABLE {table} (
            book_id uuid PRIMARY KEY, pages bigint, price numeric, weight double precision, title text,
            flags text[], marks bigint[], places uuid[], named uuid, since interval, facts jsonb
        )"""
    values: ClassVar[dict[str, object]] = {}

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        table.put(book_id=e.originator_id, **self.values)


MIXED: list[dict[str, object]] = [
    {"pages": 2.0},
    {"pages": "7"},
    {"pages": True},
    {"pages": 2**70},
    {"price": 0.1},
    {"price": True},
    {"price": "1.5"},
    {"price": "dear"},
    {"price": Decimal("1.50")},
    {"price": 12},
    {"weight": 0.1},
    {"weight": "heavy"},
    {"title": True},
    {"title": 5.0},
    {"title": 5},
    {"title": ["a"]},
    {"flags": [True, "x"]},
    {"flags": ["a,b {c}", None, 'd"e']},
    {"flags": [["a"], ["b"]]},
    {"flags": "{a,b}"},
    {"flags": ("a", "b")},
    {"marks": [1, 2]},
    {"marks": [1.0]},
    {"places": [UUID(int=7)]},
    {"places": [str(UUID(int=7))]},
    {"named": str(UUID(int=7))},
    {"named": "x"},
    {"since": timedelta(days=3)},
    {"since": "3 days"},
    {"facts": {"a": [1, None]}},
]
"""What handlers might put."""


@pytest.mark.parametrize("values", MIXED, ids=str)
def test_a_rebuild_takes_the_values_that_a_projector_takes_and_makes_the_same_of_them(
    store: Store, database, values: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mixed, "values", values)
    ensure(database.owner_url, [Mixed])
    buy(store)
    settle(Projector(*projecting(store), [Mixed]))
    table = rebuild(store, database.owner_url, Mixed, handover=0)
    assert rows_of(database.owner_url, table) == rows_of(database.owner_url, Mixed.table_name())
