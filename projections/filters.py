"""What a list is asked: filters as conditions, a sort as an order, words as what they are looked for in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from projections.names import folded

WORDS = 8
"""Words of a search that count, at most."""

NUMBER = 6
"""Digits of the number in a reference."""

_REFERENCE = re.compile(r"[A-Z]-\d[\d-]*")
_SIBLINGS = "LKQ"
"""A loan, its contract and its quittance have the same number."""


CUSTOMER: Final = "customer.name AS customer_name, customer.reference AS customer_reference"
NO_CUSTOMER: Final = "NULL AS customer_name, NULL AS customer_reference"
OF_CUSTOMER: Final = """LEFT JOIN LATERAL (
    SELECT name, reference FROM {CustomerFile} WHERE customer_id = list.customer_id LIMIT 1
) AS customer ON true"""
"""The customer's name beside a row of a page; with a limit, so that it is looked up for these rows alone."""


class Filters:
    """Conditions of a list with their values; what is not asked for is no condition."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: dict[str, Any] = {}

    @property
    def sql(self) -> str:
        return " AND ".join(self._conditions) or "TRUE"

    def equal(self, column: str, value: Any) -> Filters:
        if value is not None:
            self._conditions.append(f"{column} = {self._value(value)}")
        return self

    def one_of(self, column: str, values: Sequence[str]) -> Filters:
        if values:
            self._conditions.append(f"{column} = ANY ({self._value(sorted(set(values)))})")
        return self

    def span(self, column: str, least: int | date | None, most: int | date | None) -> Filters:
        """From ``least`` to ``most``, both included."""
        if least is not None:
            self._conditions.append(f"{column} >= {self._value(least)}")
        if most is not None:
            self._conditions.append(f"{column} <= {self._value(most)}")
        return self

    def within(self, column: str, query: str, of: str, value: Any) -> Filters:
        """The column is among what a query finds for a value of its own column."""
        return (
            self
            if value is None
            else self.when(True, f"{column} IN ({query} WHERE {of} = {self._value(value)})")
        )

    def come(self, column: str, day: date | None, otherwise: str) -> Filters:
        """The day in the column has come, or the other condition holds; no condition without a day."""
        return self if day is None else self.when(True, f"({otherwise} OR {column} <= {self._value(day)})")

    def when(self, holds: bool, condition: str) -> Filters:
        if holds:
            self._conditions.append(condition)
        return self

    def named(self, text: str, column: str = "name_folded") -> Filters:
        """Every word of the text stands in the column, which is folded, anywhere."""
        return self.when(bool(text.strip()), self._words(column, text))

    def begins(self, column: str, text: str) -> Filters:
        return self.when(True, self._beginning(column, text))

    def searched(self, text: str, reference: str, customer: str, letter: str = "") -> Filters:
        """What a person types into the one field: a reference or how it begins, its bare number, or words of a name.

        reference, customer  columns of the list
        letter               of its references; one of a sibling is found, too
        """
        written = text.strip().upper()
        if not written:
            return self
        if not is_reference(text):
            named = _of_customers(customer, self._words("name_folded", text))
            by_number = letter and written.isascii() and written.isdecimal() and len(written) <= NUMBER
            number = (
                f" OR right({reference}, {NUMBER}) = {self._value(written.zfill(NUMBER))}"
                if by_number
                else ""
            )
            return self.when(True, f"({named}{number})")
        if written[0] == "C":
            return self.when(True, _of_customers(customer, self._beginning("reference", written)))
        is_sibling = letter and written[0] in _SIBLINGS
        return self.begins(reference, letter + written[1:] if is_sibling else written)

    def of_customer(self, text: str, customer: str) -> Filters:
        """The same where the list has no references of its own."""
        if not text.strip():
            return self
        written = text.strip().upper()
        found = (
            self._beginning("reference", written) if is_reference(text) else self._words("name_folded", text)
        )
        return self.when(True, _of_customers(customer, found))

    def _words(self, column: str, text: str) -> str:
        words = [f"%{word}%" for word in folded(text).split()[:WORDS]]
        return f"{column} LIKE ALL ({self._value(words)})" if words else "FALSE"

    def _beginning(self, column: str, text: str) -> str:
        # A range, because under a row policy PostgreSQL keeps LIKE and starts_with away from the index.
        first = self._value(text)
        return f"{column} >= {first} AND {column} < {first} || '~'"

    def _value(self, value: Any) -> str:
        name = f"asked_{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def _of_customers(column: str, condition: str) -> str:
    return f"{column} IN (SELECT customer_id FROM {{CustomerFile}} WHERE {condition})"


def is_reference(text: str) -> bool:
    """Whether it reads like a reference or the beginning of one; anything else is looked for in names."""
    return _REFERENCE.fullmatch(text.strip().upper()) is not None


def ordered(columns: str, sort: str) -> str:
    """The columns one way or, for a sort that begins with a minus, all the other way: one index serves both."""
    down = " DESC" if sort.startswith("-") else ""
    return ", ".join(f"{column.strip()}{down}" for column in columns.split(","))
