"""Projectors that do it wrong, so that the comparison is seen to find them out: they rewrite what the product says."""

from __future__ import annotations

import re
from typing import Any

from psycopg import Connection, Cursor, DataError
from psycopg.pq import PipelineStatus, TransactionStatus

from tests.chaos.projectors_child import Counting, CountingCursor, moves_positions, text_of, writes_rows

_SCOPE = "SELECT set_config('quittance.scope', 'all', true)"


class _Apart(Counting):
    """Rows and positions in two transactions, in whatever order the product sends them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later: list[tuple[Any, ...]] = []
        """Statements that wait for the second transaction."""

    def cut(self) -> None:
        """Commit what was written so far; what follows is a transaction of its own."""
        for statement in ("COMMIT", "BEGIN", _SCOPE):
            Cursor(self).execute(statement)


class RowsThenPositions(_Apart):
    """Who dies in between writes the rows again: sums count twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _RowsThenPositions


class _RowsThenPositions(CountingCursor):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        connection = self.connection
        assert isinstance(connection, _Apart)
        text = text_of(query)
        if moves_positions(text) and is_piped(connection):
            connection.later.append((query, *args))  # sent before the rows: nobody waits for what it says
            Cursor(connection).execute(_SCOPE)
            return self
        inside = connection.pgconn.transaction_status == TransactionStatus.INTRANS
        if (moves_positions(text) and inside) or (text == "COMMIT" and connection.later):
            connection.cut()
        for statement in connection.later if text == "COMMIT" else ():
            super().execute(*statement)
        if text in ("BEGIN", "COMMIT"):
            connection.later.clear()
        return super().execute(query, *args, **kwargs)


class PositionsThenRows(_Apart):
    """Who dies in between never writes the rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _PositionsThenRows


class _PositionsThenRows(CountingCursor):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        connection = self.connection
        assert isinstance(connection, _Apart)
        text = text_of(query)
        if writes_rows(text) and not is_piped(connection):
            connection.later.append((query, *args))
            return self
        super().execute(query, *args, **kwargs)
        if moves_positions(text) and (connection.later or is_piped(connection)):
            connection.cut()
            for statement in connection.later:
                super().execute(*statement)
            connection.later.clear()
        return self


class WithoutCompareAndSet(Counting):
    """Of two that handle the same events both write: sums count twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _WithoutCompareAndSet


class _WithoutCompareAndSet(CountingCursor):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        text = text_of(query)
        if is_piped(self.connection) and moves_positions(text):
            raise DataError("one table after the other, whose statements can be rewritten")
        if "store.positions" in text:
            text = re.sub(r" FOR UPDATE( OF p)?", "", text.replace("WHERE p.position = w.old", "WHERE true"))
        if text != text_of(query):
            # Time for the other one to come to the same place: this is about what happens when both are there.
            Cursor(self.connection).execute("SELECT pg_sleep(0.1)")
        return super().execute(text.encode(), *args, **kwargs)


def is_piped(connection: Connection[Any]) -> bool:
    return connection.pgconn.pipeline_status != PipelineStatus.OFF
