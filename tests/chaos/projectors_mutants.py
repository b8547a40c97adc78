"""Projectors that do it wrong, so that the comparison is seen to find them out: they rewrite what the product says."""

from __future__ import annotations

import re
from typing import Any

from psycopg import Cursor

from tests.chaos.projectors_child import Counting, CountingCursor, moves_positions, text_of, writes_rows

_SCOPE = "SELECT set_config('quittance.scope', 'all', true)"


class _Apart(Counting):
    """Rows and positions in two transactions."""

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
        if moves_positions(text_of(query)):
            self.connection.cut()  # type: ignore[attr-defined]
        return super().execute(query, *args, **kwargs)


class PositionsThenRows(_Apart):
    """Who dies in between never writes the rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _PositionsThenRows
        self.later: list[tuple[Any, ...]] = []


class _PositionsThenRows(CountingCursor):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        later: list[tuple[Any, ...]] = self.connection.later  # type: ignore[attr-defined]
        if writes_rows(text_of(query)):
            later.append((query, *args))
            return self
        super().execute(query, *args, **kwargs)
        if moves_positions(text_of(query)) and later:
            self.connection.cut()  # type: ignore[attr-defined]
            for statement in later:
                super().execute(*statement)
            later.clear()
        return self


class WithoutCompareAndSet(Counting):
    """Of two that handle the same events both write: sums count twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _WithoutCompareAndSet


class _WithoutCompareAndSet(CountingCursor):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        text = text_of(query)
        if "store.positions" in text:
            text = re.sub(r" FOR UPDATE( OF p)?", "", text.replace("WHERE p.position = w.old", "WHERE true"))
        if text != text_of(query):
            # Time for the other one to come to the same place: this is about what happens when both are there.
            Cursor(self.connection).execute("SELECT pg_sleep(0.1)")
        return super().execute(text.encode(), *args, **kwargs)
