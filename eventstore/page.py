"""Lists in pages: the next page begins after the last row that was seen, wherever rows were added meanwhile."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import BaseModel

from eventstore.aggregate import Rejected

Row = TypeVar("Row")

LARGEST = 200
"""Rows a page holds at most, whatever is asked."""

SORTED_BY = 100
"""Characters of a text that a list sorts by, at most: every cursor carries them, and an index takes 2,704 bytes."""

_TERM = re.compile(r"\s*([a-z_][a-z0-9_]*)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


class BadCursor(Rejected):
    """The cursor was not given out by this list; start again without one."""

    status = 422


class Page(BaseModel, Generic[Row]):
    """Some rows of a list."""

    items: list[Row]
    next: str | None
    """Send it back as ``cursor`` to go on; absent on the last page."""


@dataclass(frozen=True)
class Order:
    """By what a list is sorted, down to a key, so that every row has one place.

    terms  column and whether it descends; PostgreSQL's own rule for nulls: last when ascending, first otherwise
    asked  what the list was asked besides: a cursor goes on with the same question only
    solid  no column of it is ever null: sorted one way throughout, an index leads straight to where a page begins
    """

    terms: tuple[tuple[str, bool], ...]
    asked: str = ""
    solid: bool = False

    @classmethod
    def parse(
        cls, text: str, key: Sequence[str], asked: Mapping[str, Any] | None = None, solid: bool = False
    ) -> Order:
        """Read ``"requested_on DESC, loan_id"``; columns of the key that are missing are added at the end."""
        terms = [_term(part) for part in text.split(",") if part.strip()]
        named = {column for column, _ in terms}
        whole = (*terms, *((column, False) for column in key if column not in named))
        return cls(whole, _written(asked or {}), solid)

    @property
    def sql(self) -> str:
        return ", ".join(f"{column} {'DESC' if down else 'ASC'}" for column, down in self.terms)

    def cursor_of(self, row: Mapping[str, Any]) -> str:
        """Where the page ends, opaque to whoever carries it.

        Every value goes as text, to be read by the database as what its column is: no other type can come back.
        """
        values = [None if row[column] is None else str(row[column]) for column, _ in self.terms]
        return urlsafe_b64encode(msgspec.json.encode([self._mark(), *values])).decode().rstrip("=")

    def after(self, cursor: str | None) -> tuple[str, dict[str, Any]]:
        """The condition for rows behind the cursor, with its values. Raises BadCursor."""
        if cursor is None:
            return "TRUE", {}
        values = self._read(cursor)
        named = {f"_after_{i}": value for i, value in enumerate(values)}
        return self._behind(list(named.items())), named

    def _behind(self, values: list[tuple[str, str | None]]) -> str:
        """Later in the first term; or equal in it and later in the rest. The first bound serves an index."""
        if self.solid and len({down for _, down in self.terms}) == 1:
            return self._straight_behind([name for name, _ in values])
        (column, down), (name, value) = self.terms[0], values[0]
        condition = _later(column, down, name, value, "")
        for n in range(1, len(self.terms)):
            same = [
                f"{c} IS NOT DISTINCT FROM %({v})s"
                for (c, _), (v, _) in zip(self.terms[:n], values[:n], strict=True)
            ]
            (c, d), (v, x) = self.terms[n], values[n]
            condition += f" OR ({' AND '.join(same)} AND {_later(c, d, v, x, '')})"
        return f"({_later(column, down, name, value, '=')}) AND ({condition})"

    def _straight_behind(self, names: list[str]) -> str:
        """Rows are compared whole; every beginning, too, so that the index of the table that leads a join is used."""
        columns, sign = [column for column, _ in self.terms], "<" if self.terms[0][1] else ">"
        return " AND ".join(
            f"({', '.join(columns[:n])}) {sign}{'=' if n < len(columns) else ''} ({', '.join(f'%({v})s' for v in names[:n])})"
            for n in range(1, len(columns) + 1)
        )

    def _mark(self) -> str:
        """A cursor of another list does not fit, nor one of another order or other filters of this one."""
        return sha256(f"{self.sql}\n{self.asked}".encode()).hexdigest()[:8]

    def _read(self, cursor: str) -> list[str | None]:
        try:
            written = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            mark, *values = msgspec.json.decode(written, type=list[str | None])
        except ValueError as error:
            raise BadCursor("it cannot be read") from error
        if mark != self._mark() or len(values) != len(self.terms):
            raise BadCursor("it belongs to another list")
        return values


def _term(part: str) -> tuple[str, bool]:
    written = _TERM.fullmatch(part)
    if written is None:
        raise TypeError(f"order by columns, each with ASC or DESC at most, not by {part!r}")
    return written[1].lower(), (written[2] or "").upper() == "DESC"


def _written(asked: Mapping[str, Any]) -> str:
    """A question in words that are the same for the same question; what is not asked is left out."""
    return repr([(name, str(value)) for name, value in sorted(asked.items()) if value is not None])


def _later(column: str, down: bool, name: str, value: str | None, equal: str) -> str:
    """``column`` comes after the value in this order; with ``equal`` '=' also at the value itself."""
    if value is None:
        return "TRUE" if equal else (f"{column} IS NOT NULL" if down else "FALSE")
    if down:
        return f"{column} <{equal} %({name})s"
    return f"({column} >{equal} %({name})s OR {column} IS NULL)"
