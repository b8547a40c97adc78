"""A read model is one table: its row type and its columns are the same, and the table guards itself."""

from __future__ import annotations

import types
import typing
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pydantic import BaseModel

import projections  # noqa: F401 - every read model is known once this is imported
from eventstore import Projection, read_models
from runtime.embedded.postgres import Postgres
from tests.conftest import fresh_database

MODELS = [model for model in Projection.registry.values() if not model.__module__.startswith("tests")]
"""Tests declare read models of their own."""
TYPES: dict[type, set[str]] = {
    int: {"integer", "bigint", "smallint", "numeric"},
    str: {"text", "character", "character varying"},
    bool: {"boolean"},
    UUID: {"uuid"},
    date: {"date"},
    datetime: {"timestamp with time zone"},
    list: {"ARRAY", "jsonb"},
    dict: {"jsonb"},
}
HIDDEN = ("_sort", "_folded")
"""Columns that only queries use: a normalised name to sort and to search by."""


@pytest.fixture(scope="module")
def connection(postgres: Postgres, _template: str) -> typing.Iterator[psycopg.Connection[Any]]:
    """Nobody writes here, so one database is enough for all."""
    with fresh_database(postgres) as database:
        read_models.ensure(database.owner_url, MODELS)
        with psycopg.connect(database.owner_url, autocommit=True) as connection:
            yield connection


def columns(connection: psycopg.Connection[Any], table: str) -> dict[str, tuple[str, bool]]:
    """Type and nullability by name."""
    found = connection.execute(
        "SELECT column_name, data_type, is_nullable = 'YES' FROM information_schema.columns"
        " WHERE table_schema = 'read' AND table_name = %s ORDER BY ordinal_position",
        (table,),
    )
    return {name: (kind, nullable) for name, kind, nullable in found}


def plain(annotation: Any) -> tuple[type, bool]:
    """The type that is stored, and whether it may be absent."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (kind,) = [part for part in arguments if part is not type(None)]
        return plain(kind)[0], True
    if typing.get_origin(annotation) is typing.Literal:
        return type(arguments[0]), False
    if hasattr(annotation, "__supertype__"):
        return plain(annotation.__supertype__)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return dict, False
    return typing.get_origin(annotation) or annotation, False


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_row_and_the_table_have_the_same_columns(model: type[Projection], connection: Any) -> None:
    stored = {
        name: found
        for name, found in columns(connection, model.table_name()).items()
        if not name.endswith(HIDDEN) and not name.startswith("_")
    }
    row = {name: plain(field.annotation) for name, field in model.row.model_fields.items()}
    assert set(row) == set(stored)
    for name, (kind, optional) in row.items():
        assert stored[name][0] in TYPES[kind], (
            f"{name}: {stored[name][0]} in the table, {kind.__name__} in the row"
        )
        assert stored[name][1] <= optional, f"{name} may be absent in the table, never in the row"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_table_binds_everybody_to_the_scope(model: type[Projection], connection: Any) -> None:
    secured = connection.execute(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        (f"read.{model.table_name()}",),
    ).fetchone()
    assert secured == (True,)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_holds_a_customer_shows_each_customer_only_their_own(
    model: type[Projection], connection: Any
) -> None:
    has_customer = "customer_id" in columns(connection, model.table_name())
    assert not has_customer or model.owner is not None, "say owner= on the read model"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_key_of_the_read_model_is_the_key_of_the_table(model: type[Projection], connection: Any) -> None:
    found = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        (f"read.{model.table_name()}",),
    )
    assert {name for (name,) in found} == set(model.keys())
