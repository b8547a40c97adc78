"""A read model: one table, one row type, one handler for each event that changes it, and what a screen asks.

    class Shelf(Projection):
        key, owner, row = "book_id", None, ShelfLine
        ddl = "CREATE TABLE {table} (book_id uuid PRIMARY KEY, title text NOT NULL)"

        @on(Book.Bought)
        def _bought(self, e: Book.Bought, table: Table) -> None:
            table.put(book_id=e.originator_id, title=e.title)

Tables are thrown away and rebuilt from the events, never migrated: a change of the table or of a handler counts
``version`` up. A handler sees one lane at a time and touches only rows of its event's lane; a table without lanes
(``laneless``) takes sums only. Handlers never ask a clock, the outside, or another table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from psycopg import errors
from pydantic import BaseModel

from eventstore.aggregate import KINDS, Aggregate
from eventstore.page import LARGEST, BadCursor, Order, Page

if TYPE_CHECKING:
    from eventstore.table import Table

Handler = TypeVar("Handler", bound=Callable[..., None])


def on(*events: type[Aggregate.Event]) -> Callable[[Handler], Handler]:
    """Mark a method as the handler of these events."""

    def mark(handler: Handler) -> Handler:
        handler.handles = events  # type: ignore[attr-defined]
        return handler

    return mark


class Source(Protocol):
    """Where a read model's queries are answered: see reader.py."""

    def fetch(
        self, kind: type[Projection], query: str, values: dict[str, Any], led: bool = False
    ) -> list[dict[str, Any]]: ...

    def stream(
        self, kind: type[Projection], query: str, values: dict[str, Any], counted: str, most: int
    ) -> Iterator[list[dict[str, Any]]]: ...


class Projection:
    """Declare ``key``, ``row`` and ``ddl``, mark handlers with ``@on``, add the queries a screen needs.

    key       the column, or the columns, of the primary key
    row       a pydantic model with one field for each column that readers see
    ddl       one or more statements that make ``{table}``; ``{table}_name`` makes further names of its own
    owner     the column with the customer a row belongs to: the row policy shows it to that customer only;
              None: shown to nobody whose scope is limited
    version   of the table and its handlers together; counted up, it is built beside the old one
    laneless  rows that sum over all lanes (a trial balance): handlers may only ``add``
    """

    key: ClassVar[str | tuple[str, ...]]
    row: ClassVar[type[BaseModel]]
    ddl: ClassVar[str]
    owner: ClassVar[str | None] = None
    version: ClassVar[int] = 1
    laneless: ClassVar[bool] = False

    registry: ClassVar[dict[str, type[Projection]]] = {}
    """Every read model by the name of its class."""
    name: ClassVar[str]
    """The name of the table without its version; the class name in snake case unless it is set."""
    handlers: ClassVar[dict[str, str]]
    """Kind of event to name of method."""
    aggregates: ClassVar[frozenset[str]]
    """Names of the aggregates it listens to."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "{table}" not in cls.ddl:
            raise TypeError(f"{cls.__name__}.ddl makes no {{table}}")
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.handlers = {}
        for method in dir(cls):
            for event in getattr(getattr(cls, method), "handles", ()):
                if event.kind in cls.handlers:
                    raise TypeError(f"{cls.__name__} handles {event.kind} twice")
                cls.handlers[event.kind] = method
        cls.aggregates = frozenset(kind.partition(".")[0] for kind in cls.handlers)
        Projection.registry[cls.__name__] = cls

    def __init__(self, source: Source | None = None) -> None:
        self._source = source
        self.take: dict[str, Callable[[Any, Table], None]] = {
            kind: getattr(self, method) for kind, method in self.handlers.items()
        }
        """Kind of event to what applies it."""

    # ── what the engine asks ───────────────────────────────────────────────

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        return (cls.key,) if isinstance(cls.key, str) else cls.key

    @classmethod
    def table_name(cls, generation: int = 1) -> str:
        """``loan_book_v1``; ``loan_book_v1_g2`` after the same version was rebuilt."""
        return f"{cls.name}_v{cls.version}" + (f"_g{generation}" if generation > 1 else "")

    @classmethod
    def concerns(cls, kind: str) -> bool:
        """Whether it must see such an event: it has a handler, or cannot know whether it would need one.

        A kind that nothing here knows is never skipped silently: it concerns whoever listens to its aggregate.
        """
        return kind in cls.handlers or (kind not in KINDS and kind.partition(".")[0] in cls.aggregates)

    # ── what a screen's queries are made of ────────────────────────────────

    def rows(self, query: str, into: type[BaseModel] | None = None, **values: Any) -> list[Any]:
        """Every row of a query, as ``row`` or as another model.

        query   ``{table}`` is this table, ``{CustomerFile}`` the table of another read model; ``%(name)s`` a value,
                ``%%`` a percent sign
        into    the model of a row, when the query does not select rows of this table
        """
        model = into or self.row
        return [model.model_validate(row) for row in self._fetch(query, values)]

    def one(self, query: str, into: type[BaseModel] | None = None, **values: Any) -> Any | None:
        """The first row of a query, or None."""
        found = self.rows(query, into, **values)
        return found[0] if found else None

    def page(
        self,
        query: str,
        *,
        order: str,
        cursor: str | None = None,
        limit: int = 50,
        into: type[BaseModel] | None = None,
        solid: bool = False,
        beside: tuple[str, str] | None = None,
        led: bool = False,
        **values: Any,
    ) -> Page[Any]:
        """One page of a query that has no ORDER BY of its own.

        query   a whole SELECT, as for ``rows``; its columns include those of ``order`` and of the key
        order   columns of the result, ``"requested_on DESC"``; the key is added, so that every row has one place
        cursor  ``next`` of the page before; None for the first page
        limit   rows, 1 to 200; more or less is taken as the nearest of these
        beside  further columns, and the lateral joins they come from, of the rows of this page alone: ``list`` is a row
        led     whether an index in this order is to be followed, whatever the planner believes; see Reader
        solid   whether no column of the order is ever null; see Order
        values  also what the list is asked: the cursor of one question does not go on with another

        Raises BadCursor when the cursor is not from this list in this order with these values.
        """
        by = Order.parse(order, self.keys(), values, solid)
        limit = min(max(limit, 1), LARGEST)
        condition, bounds = by.after(cursor)
        whole = f"SELECT * FROM ({query}) AS list WHERE {condition} ORDER BY {by.sql} LIMIT {limit + 1}"
        if beside is not None:
            columns, joins = beside
            whole = f"SELECT list.*, {columns} FROM ({whole}) AS list {joins} ORDER BY {by.sql}"
        try:
            found = self._asked().fetch(type(self), whole, {**values, **bounds}, led)
        except errors.DataError as error:
            if cursor is None:
                raise
            raise BadCursor("it does not fit this list") from error
        model = into or self.row
        items = [model.model_validate(row) for row in found[:limit]]
        return Page(items=items, next=by.cursor_of(found[limit - 1]) if len(found) > limit else None)

    def export(
        self,
        query: str,
        *,
        order: str,
        most: int,
        into: type[BaseModel] | None = None,
        beside: tuple[str, str] = ("NULL", ""),
        **values: Any,
    ) -> Iterator[list[Any]]:
        """All rows of a query in their order, in batches, as they were at one moment.

        most  rows; beyond that nothing is given out

        Raises TooMany before the first batch.
        """
        by = Order.parse(order, self.keys())
        columns, joins = beside
        whole = f"SELECT list.*, {columns} FROM ({query}) AS list {joins} ORDER BY {by.sql}"
        model = into or self.row
        for rows in self._asked().stream(type(self), whole, values, f"SELECT FROM ({query}) AS list", most):
            yield [model.model_validate(row) for row in rows]

    def _fetch(self, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        return self._asked().fetch(type(self), query, values)

    def _asked(self) -> Source:
        if self._source is None:
            raise TypeError(f"{type(self).__name__} answers queries when a Reader gives it out")
        return self._source
