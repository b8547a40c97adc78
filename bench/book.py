"""A loan book of 100,000 loans: first page, deep page, filters, every sort, search, counts, over HTTP and as bare SQL.

The bare SQL is the statement that the product asks for the same answer, said by a superuser on an open connection: no
HTTP, no row policies, no rows made into answers. A deep page begins in the middle of the list. Every answer has to come
within half a second; the slowest of all is the promise, those of a scroll from the first row to the last included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

import projections  # noqa: F401 - every read model is known once this is imported
from access import keys
from aggregates.values import KeyId
from bench import book_filling
from bench.figures import Contestant, Figure, Turn
from bench.household import ACCOUNTANT, MACHINE, settled
from bench.http_commands import served
from bench.place import Database, Place
from commands.account import IssueKey
from eventstore import Projection, read_models
from projections.loan_book import LoanBook, LoanFilter, Sort
from roles import ports
from roles.process import store_on
from runtime import database
from runtime.settings import Settings

LOANS = 100_000
ALLOWED = 500.0
"""Milliseconds that an answer may take."""
KEY = KeyId(UUID(int=0x276 << 96, version=4))
TOKEN, SHA256 = keys.make(ACCOUNTANT, KEY, b"known to everybody: a loan book.".ljust(32, b"."))
SCROLLED, SHOWN = 200, 50
"""Rows of a page that is scrolled through, and of one that is looked at."""

FILTERS: dict[str, LoanFilter] = {
    "requests": LoanFilter(("requested",)),
    "three states": LoanFilter(("requested", "approved", "ready")),
    "a product and a span": LoanFilter(principal_from=500_000, principal_to=600_000, currency="EUR"),
    "overdue": LoanFilter(overdue=True),
    "search, a name": LoanFilter(q="mensah zoe"),
    "search, a reference": LoanFilter(q="L-2026-0500"),
    "search, a number": LoanFilter(q="50000"),
    "search, nobody": LoanFilter(q="xyzzy"),
}


class Bare:
    """A source of rows without scope: remembers what it was asked, and may begin further down."""

    def __init__(self, connection: psycopg.Connection[Any], offset: int = 0) -> None:
        self._connection, self._offset = connection, offset
        self.asked: tuple[bytes, dict[str, Any]] = b"", {}

    def fetch(
        self, kind: type[Projection], query: str, values: dict[str, Any], led: bool = False
    ) -> list[dict[str, Any]]:
        for name, model in Projection.registry.items():
            query = query.replace(f"{{{name}}}", f"{read_models.SCHEMA}.{model.table_name()}")
        query = query.replace("{table}", f"{read_models.SCHEMA}.{kind.table_name()}")
        if self._offset:  # where a page begins: before what stands beside its rows
            query = query.replace(" LIMIT 2)", f" LIMIT 2 OFFSET {self._offset})")
        self.asked = query.encode(), values
        return self.again()

    def again(self) -> list[dict[str, Any]]:
        statement, values = self.asked
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, values).fetchall()

    def stream(self, *_: Any) -> Iterator[list[dict[str, Any]]]:
        raise NotImplementedError("lists only")


def measure(place: Place) -> list[Figure]:
    at = place.database("book")
    settings, _ = settled(place, at, ports.free(), loans=0)
    _let_read(at, settings)
    with place.step(f"filling {LOANS:,} loans"):
        read_models.ensure(at.owner_url, list(Projection.registry.values()))
        book_filling.fill(at, LOANS)
    with served(place, "product", settings), psycopg.connect(at.admin_url, autocommit=True) as admin:
        ask = partial(_asked, HTTPConnection("127.0.0.1", settings.http_port, timeout=60))
        figures: list[Figure] = []
        for name, filters, sort, offset in _questions():
            figures += place.interleave(name, _contestants(name, filters, sort, offset, ask, admin), 3)
        figures += place.interleave("counts", _counts(ask, admin), 3)
        with place.step("scroll to the end"):
            figures.append(_scrolled(ask))
    slowest = max(max(each.samples) for each in figures if "bare SQL" not in each.name)
    return [*figures, Figure("slowest answer", "ms", (slowest,))]


def _questions() -> Iterator[tuple[str, LoanFilter, Sort, int]]:
    yield "first page", LoanFilter(), "-requested_on", 0
    for name, filters in FILTERS.items():
        yield name, filters, "-requested_on", 0
    for sort in get_args(Sort):
        yield f"sort {sort}", LoanFilter(), sort, 0
        yield f"sort {sort}, deep", LoanFilter(), sort, LOANS // 2


def _contestants(
    name: str,
    filters: LoanFilter,
    sort: Sort,
    offset: int,
    ask: Callable[[str], Any],
    admin: psycopg.Connection[Any],
) -> list[Contestant]:
    cursor = LoanBook(Bare(admin, offset)).lines(filters, sort, limit=1).next if offset else None
    bare = Bare(admin)
    there = LoanBook(bare).lines(filters, sort, cursor, SHOWN)
    query = {"sort": sort, "limit": SHOWN, **_in_words(filters), **({"cursor": cursor} if cursor else {})}
    path = f"/api/v1/loans?{urlencode(query)}"
    said = [line["loan_id"] for line in ask(path)["items"]]
    assert said == [str(line.loan_id) for line in there.items], f"{name}: another answer than the bare SQL"
    return [
        Contestant(name, lambda: _taken(lambda: ask(path)), unit="ms", over=f"{name}, bare SQL"),
        Contestant(f"{name}, bare SQL", lambda: _taken(bare.again), unit="ms"),
    ]


def _counts(ask: Callable[[str], Any], admin: psycopg.Connection[Any]) -> list[Contestant]:
    bare = Bare(admin)
    there = LoanBook(bare).counts()
    assert ask("/api/v1/loans/counts")["counts"] == there.counts
    return [
        Contestant(
            "counts", lambda: _taken(lambda: ask("/api/v1/loans/counts")), unit="ms", over="counts, bare SQL"
        ),
        Contestant("counts, bare SQL", lambda: _taken(bare.again), unit="ms"),
    ]


def _scrolled(ask: Callable[[str], Any]) -> Figure:
    """Every page from the first loan to the last: what the slowest took, and whether all were there."""
    cursor: str | None = ""
    seen, taken = set[str](), list[float]()
    while cursor is not None:
        began = perf_counter()
        page = ask(f"/api/v1/loans?limit={SCROLLED}{cursor}")
        taken.append((perf_counter() - began) * 1000)
        seen |= {line["loan_id"] for line in page["items"]}
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert len(seen) == LOANS, f"{len(seen):,} loans were seen"
    return Figure(
        "scroll to the end, slowest page",
        "ms",
        (max(taken),),
        note=f"{len(taken)} pages, median {median(taken):.0f} ms",
    )


def _taken(once: Callable[[], object], times: int = 5) -> Turn:
    """Milliseconds that it mostly takes."""
    taken = []
    for _ in range(times):
        began = perf_counter()
        once()
        taken.append((perf_counter() - began) * 1000)
    return Turn(median(taken))


def _asked(line: HTTPConnection, path: str) -> Any:
    line.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return json.loads(body)


def _in_words(filters: LoanFilter) -> dict[str, str | int]:
    """As the address has them."""
    named = {
        "status": ",".join(filters.status) or None,
        "currency": filters.currency,
        "principal_from": filters.principal_from,
        "principal_to": filters.principal_to,
        "overdue": "true" if filters.overdue else None,
        "q": filters.q or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _let_read(at: Database, settings: Settings) -> None:
    """A key for whoever looks at the loan book."""
    key = IssueKey(
        key_id=KEY, name="Book", permissions=["customer.read", "loan.read"], expires_on="2199-12-31", sha256=SHA256
    )  # fmt: skip
    with database.pool(at.app_url, name="bench", size=2) as pool:
        store = store_on(pool, settings)
        store.send(key, replace(MACHINE, account=ACCOUNTANT), to=ACCOUNTANT)
        store.keyring.close()
