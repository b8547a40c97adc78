"""What holds for every read model: its row, its table, its version, its indexes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

import projections
from eventstore import Page, Projection, Reader, events_of
from eventstore.read_models import ensure
from projections.account_list import AccountList
from projections.business_days import BusinessDays
from projections.contact_file import ContactFile
from projections.contract_desk import ContractDesk
from projections.customer_file import CustomerFile
from projections.deadlines import Deadlines
from projections.document_access import DocumentAccess
from projections.document_shelf import DocumentShelf
from projections.journal import Journal
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook
from projections.mail_log import MailLog
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from tests.stories import AWA, CONTRACT, CONTRACT_PDF, JUNE_6, LOAN

EVERY = sorted(
    (kind for kind in Projection.registry.values() if kind.__module__.startswith("projections.")),
    key=lambda kind: kind.name,
)


def named(kind: type[Projection]) -> str:
    return kind.__name__


def test_every_file_holds_one_read_model_and_is_listed():
    files = {path.stem for path in Path(projections.__file__).parent.glob("*.py")} - {"__init__", "names"}
    assert [kind.__module__ for kind in EVERY] == [f"projections.{file}" for file in sorted(files)]
    assert sorted(projections.__all__) == sorted(files)


@pytest.mark.parametrize("kind", EVERY, ids=named)
def test_a_row_has_the_columns_of_its_table_in_their_order(database, kind):
    ensure(database.owner_url, [kind])
    with psycopg.connect(database.owner_url) as connection:
        columns = connection.execute(f"SELECT * FROM read.{kind.table_name()}").description
    assert list(kind.row.model_fields) == [column.name for column in columns]


@pytest.mark.parametrize("kind", [k for k in EVERY if "version" in k.row.model_fields], ids=named)
def test_a_version_moves_with_every_event_of_its_aggregate(kind):
    owns = [aggregate for aggregate in kind.aggregates if _begins(kind, aggregate)]
    for aggregate in owns:
        written = {event.kind for event in events_of(_aggregate(aggregate))}
        assert written <= kind.handlers.keys()


def _begins(kind: type[Projection], aggregate: str) -> bool:
    created = events_of(_aggregate(aggregate))[0]
    column = kind.keys()[0]
    return created.kind in kind.handlers and column == f"{_aggregate(aggregate).__name__.lower()}_id"


def _aggregate(name: str) -> Any:
    from eventstore import KINDS

    return next(event.aggregate for event in KINDS.values() if event.aggregate.__name__ == name)


class Explained(Reader):
    """Answers queries with no rows and keeps how PostgreSQL would have found them."""

    plans: list[str]

    def fetch(self, kind: type[Projection], query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        rows = super().fetch(kind, f"EXPLAIN {query}", values)
        self.plans = ["\n".join(row["QUERY PLAN"] for row in rows)]
        return []
