"""What is packed here is what psycopg would send, or psycopg sends it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore import cells

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids(),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "boolean": st.booleans(),
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20),
    "date": st.dates(),
    "timestamp with time zone": st.datetimes(timezones=st.just(UTC)),
}


@pytest.fixture(scope="module")
def connection(postgres):
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("SET timezone TO 'UTC'")
        yield connection


@pytest.mark.parametrize("type", VALUES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_an_array_comes_back_as_it_was_sent(connection, type: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | VALUES[type], min_size=1, max_size=20))
    sent = cells.array(type, values)
    assert isinstance(sent, cells.Packed)
    with connection.cursor(binary=True) as cursor:
        (received,) = cursor.execute(f"SELECT %b::{type}[]", (sent,)).fetchone()
    assert received == values


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_rows_are_copied_as_they_were_sent(connection, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(st.none() | values for values in VALUES.values())), max_size=20))
    columns = ", ".join(f"c{n} {type}" for n, type in enumerate(VALUES))
    packed = [cells.cells(type, [row[n] for row in rows]) for n, type in enumerate(VALUES)]
    with connection.transaction(force_rollback=True), connection.cursor(binary=True) as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied (number serial, {columns})")
        names = ", ".join(f"c{n}" for n in range(len(VALUES)))
        with cursor.copy(f"COPY copied ({names}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(cells.START + cells.rows([column or [] for column in packed]) + cells.END)
        assert cursor.execute(f"SELECT {names} FROM copied ORDER BY number").fetchall() == rows


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("bigint", True), ("bigint", 2**63), ("integer", 2**31), ("boolean", 1), ("uuid", str(UUID(int=1))),
        ("date", datetime(2026, 5, 4, tzinfo=UTC)), ("text", 7), ("text", "\ud800"), ("numeric", 1),
        ("timestamp with time zone", date(2026, 5, 4)), ("timestamp with time zone", datetime(2026, 5, 4)),
    ],
)  # fmt: skip
def test_what_is_of_another_type_goes_the_way_of_psycopg(type: str, value: object) -> None:
    assert cells.cells(type, [value]) is None
    assert cells.array(type, [value, None]) == [value, None]
