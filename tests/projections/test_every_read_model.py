"""What holds for every read model: it is listed, its version moves, an index serves each of its lists."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

import projections
from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.contract import Contract
from aggregates.customer import Customer
from aggregates.loan import Loan
from aggregates.loan_product import LoanProduct
from aggregates.organisation import Organisation
from aggregates.servicing import Servicing
from aggregates.stop_switch import StopSwitch
from eventstore import Page, Projection, Reader, events_of
from eventstore.read_models import ensure
from projections import contract_desk, customer_file, late, loan_book
from projections.account_list import AccountList
from projections.business_days import BusinessDays
from projections.contact_file import ContactFile
from projections.contract_desk import ContractDesk, ContractFilter
from projections.customer_file import CustomerFile, CustomerFilter
from projections.deadlines import Deadlines
from projections.document_access import DocumentAccess
from projections.document_shelf import DocumentFilter, DocumentShelf
from projections.journal import Journal, JournalFilter
from projections.late import LateFilter
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook, LoanFilter
from projections.mail_log import MailFilter, MailLog
from projections.organisation_card import OrganisationCard
from projections.product_list import ProductList
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from projections.stop_switch_card import StopSwitchCard
from tests.projections.books import awa_paid_out, jean_paid_out
from tests.projections.test_business_days import told as days_opened
from tests.projections.test_contract_desk import awa_drafted
from tests.projections.test_mail_log import awas_requested
from tests.stories import (
    AWA,
    CONTRACT,
    CONTRACT_PDF,
    JUNE_6,
    LOAN,
    ana,
    awa,
    awa_requested,
    awa_servicing_opened,
    ben,
    contract_kept,
    downloaded,
    drafted,
    jean,
    letter_requested,
    requested,
    servicing_opened,
)

EVERY = [kind for kind in Projection.registry.values() if kind.__module__.startswith("projections.")]

VERSION_OF = {
    AccountList: Account,
    ContactFile: Contact,
    ContractDesk: Contract,
    CustomerFile: Customer,
    LoanAccount: Servicing,
    LoanBook: Loan,
    OrganisationCard: Organisation,
    ProductList: LoanProduct,
    StopSwitchCard: StopSwitch,
}
"""Whose version a row shows."""

LISTS: dict[str, Callable[[Callable[[Any], Any], dict[str, Any]], Any]] = {
    "accounts": lambda read, page: read(AccountList).lines(**page),
    "account": lambda read, _: read(AccountList).line(LOAN),
    "business days": lambda read, page: read(BusinessDays).lines(**page),
    "current day": lambda read, _: read(BusinessDays).current(),
    "contacts": lambda read, _: read(ContactFile).of(AWA),
    "contracts": lambda read, page: read(ContractDesk).lines(**page),
    "contracts by status": lambda read, page: read(ContractDesk).lines(ContractFilter(("drafted",)), **page),
    "contracts of one": lambda read, page: read(ContractDesk).lines(ContractFilter(customer_id=AWA), **page),
    "customers": lambda read, page: read(CustomerFile).lines(**page),
    "customers searched": lambda read, page: read(CustomerFile).lines(CustomerFilter(q="a"), **page),
    "deadlines": lambda read, _: read(Deadlines).due(JUNE_6),
    "deadlines of a lane": lambda read, _: read(Deadlines).due(JUNE_6, lane=3),
    "downloads": lambda read, page: read(DocumentAccess).of(CONTRACT_PDF, **page),
    "document": lambda read, _: read(DocumentShelf).line(CONTRACT_PDF),
    "journal": lambda read, page: read(Journal).lines(**page),
    "journal of an account": lambda read, page: read(Journal).lines(JournalFilter("2748"), **page),
    "account of a loan": lambda read, _: read(LoanAccount).of(LOAN, JUNE_6),
    "loans": lambda read, page: read(LoanBook).lines(**page),
    "loans by status": lambda read, page: read(LoanBook).lines(LoanFilter(("requested",)), **page),
    "loans of one": lambda read, page: read(LoanBook).lines(LoanFilter(customer_id=AWA), **page),
    **{
        f"loans by {sort}": lambda read, page, sort=sort: read(LoanBook).lines(sort=sort, **page)
        for sort in get_args(loan_book.Sort)
        if sort.lstrip("-") not in ("customer", "next_due_on", "overdue")
    },
    **{
        f"contracts by {sort}": lambda read, page, sort=sort: read(ContractDesk).lines(sort=sort, **page)
        for sort in get_args(contract_desk.Sort)
        if not sort.endswith("customer")
    },
    **{
        f"customers by {sort}": lambda read, page, sort=sort: read(CustomerFile).lines(sort=sort, **page)
        for sort in get_args(customer_file.Sort)
    },
    "documents of one": lambda read, page: read(DocumentShelf).lines(**page),
    "loan": lambda read, _: read(LoanBook).line(LOAN),
    "mails": lambda read, page: read(MailLog).lines(**page),
    "mails by status": lambda read, page: read(MailLog).lines(MailFilter(("requested",)), **page),
    "schedule": lambda read, _: read(Schedule).of(LOAN, JUNE_6),
}
"""Lists that grow with the business, and looks at one row; what is about one thing is short and may be sorted."""

PRESORTED: dict[str, Callable[[Callable[[Any], Any], dict[str, Any]], Any]] = {
    "loans by customer": lambda read, page: read(LoanBook).lines(sort="customer", **page),
    "contracts by customer": lambda read, page: read(ContractDesk).lines(sort="-customer", **page),
    **{
        f"loans by {sort}": lambda read, page, sort=sort: read(LoanBook).lines(sort=sort, **page)
        for sort in ("next_due_on", "-next_due_on", "overdue", "-overdue")
    },
}
"""Lists that another table's index leads: only the few rows of one customer, or the one of an account, are sorted."""

SHORT: dict[str, Callable[[Callable[[Any], Any], dict[str, Any]], Any]] = {
    "documents of a contract": lambda read, _: read(DocumentShelf).lines(DocumentFilter(CONTRACT)),
    "journal of a loan": lambda read, _: read(Journal).of(LOAN),
    **{
        f"late loans by {sort}": lambda read, page, sort=sort: read(LoanAccount).late(
            JUNE_6, sort=sort, **page
        )
        for sort in get_args(late.Sort)
    },
    "late loans of a bucket": lambda read, _: read(LoanAccount).late(JUNE_6, LateFilter(("90+",), "EUR")),
    "mails of a contract": lambda read, _: read(MailLog).of(CONTRACT),
    "customers by reference": lambda read, page: read(CustomerFile).lines(CustomerFilter(q="C-2026-000001")),
    "repayments": lambda read, _: read(RepaymentList).of(LOAN),
}


class Explained(Reader):
    """Keeps how PostgreSQL found what was asked."""

    def __init__(self, pool: ConnectionPool) -> None:
        super().__init__(pool)
        self.plans: list[str] = []

    def fetch(
        self, kind: type[Projection], query: str, values: dict[str, Any], led: bool = False
    ) -> list[dict[str, Any]]:
        plan = super().fetch(kind, f"EXPLAIN {query}", values, led)
        self.plans.append("\n".join(row["QUERY PLAN"] for row in plan))
        return super().fetch(kind, query, values, led)


@pytest.fixture
def explained(screens, database) -> Iterator[Explained]:
    """Two of everything, and a PostgreSQL that reads whole tables and sorts only where no index helps."""
    ensure(database.owner_url, EVERY)
    screens.happened(jean, awa, ana, ben, requested, awa_requested, drafted, awa_drafted)
    screens.happened(letter_requested, awas_requested, contract_kept, downloaded, downloaded)
    screens.happened(servicing_opened, awa_servicing_opened, jean_paid_out, awa_paid_out)
    days_opened(screens)
    screens.follow(*EVERY)
    options = "-c enable_seqscan=off -c enable_sort=off -c enable_bitmapscan=off"
    url = make_conninfo(database.app_url, options=options)
    with ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=1, open=True) as pool:
        yield Explained(pool)


def test_every_file_holds_one_read_model_and_is_listed():
    files = sorted(
        {path.stem for path in Path(projections.__file__).parent.glob("*.py")}
        - {"__init__", "counts", "filters", "late", "line", "names", "proofs"}
    )
    assert sorted(kind.__module__ for kind in EVERY) == [f"projections.{file}" for file in files]
    assert sorted(projections.__all__) == files


def test_a_version_is_shown_of_what_can_be_asked_of():
    assert {kind for kind in EVERY if "version" in kind.row.model_fields} == VERSION_OF.keys()


@pytest.mark.parametrize("kind", VERSION_OF, ids=lambda kind: kind.__name__)
def test_a_version_moves_with_every_event(kind):
    assert {event.kind for event in events_of(VERSION_OF[kind])} <= kind.handlers.keys()


def test_an_index_finds_the_rows_of_every_list_in_their_order(explained):
    for name, ask in LISTS.items():
        found = ask(explained.read, {"limit": 1})
        if isinstance(found, Page):
            assert found.next is not None or name.endswith("of one"), f"{name}: one page only"
            ask(explained.read, {"cursor": found.next, "limit": 1})
    wrong = [plan for plan in explained.plans if "Seq Scan" in plan or "Sort" in plan]
    assert wrong == [], "\n\n".join(wrong)
    assert len(explained.plans) > len(LISTS)


def test_a_list_that_another_table_leads_sorts_the_rows_of_one_line_only(explained):
    for ask in PRESORTED.values():
        ask(explained.read, {"limit": 1})
    for plan in explained.plans:
        assert "Incremental Sort" in plan
        assert "Seq Scan" not in plan.replace("Incremental Sort", "")


def test_an_index_finds_what_is_about_one_thing(explained):
    for ask in SHORT.values():
        ask(explained.read, {})
    wrong = [plan for plan in explained.plans if "Seq Scan" in plan]
    assert wrong == [], "\n\n".join(wrong)


def test_late_loans_are_found_among_the_unpaid_instalments_alone(explained):
    explained.read(LoanAccount).late(JUNE_6)
    assert "Index Only Scan using schedule" in explained.plans[-1]
    assert "_due_on_servicing_id_" in explained.plans[-1]


def test_a_list_without_its_index_would_be_noticed(explained, screens):
    with psycopg.connect(screens.owner_url) as connection:
        names = connection.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            (f"read.{LoanBook.table_name()}",),
        ).fetchall()
        for (name,) in names:
            connection.execute(f"DROP INDEX {name}")
    explained.read(LoanBook).lines()
    assert "Sort" in explained.plans[-1]
