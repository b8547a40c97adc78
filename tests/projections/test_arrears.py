"""Arrears: how many loans are past due for how long, by currency, and what is at risk."""

from datetime import date
from typing import get_args

import pytest

from api.arrears import _at_risk
from projections import late
from projections.customer_file import CustomerFile
from projections.late import LateFilter
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook
from projections.schedule import Schedule
from tests.projections.test_loan_account import opened_by_awa, opened_by_jean, repayment
from tests.stories import AWA, CHLOE, DUE, JEAN, JULY_6, JUNE_6, MAY_6, awa_requested, eur, requested
from tests.stories import awa as awa_known
from tests.stories import jean as jean_known


def told(screens):
    """Both owe two instalments by July; Jean has paid one and ten euros of the other, Awa nothing."""
    jean, awa = opened_by_jean(), opened_by_awa()
    screens.happened(jean, awa, on=MAY_6)
    for loan in (jean, awa):
        loan.mark_due(2, JULY_6)
    jean.receive(repayment(1), DUE[0].total + eur(10_00), JUNE_6, "cash", "R-1", CHLOE, JULY_6)
    screens.happened(jean, awa, on=JULY_6)
    screens.follow(Schedule)
    return jean, awa


@pytest.mark.parametrize(
    ("day", "jeans", "awas"),
    [
        (JUNE_6, "current", "current"),
        (JULY_6, "current", "1-30"),
        (date(2026, 7, 7), "1-30", "31-60"),
        (date(2026, 8, 5), "1-30", "31-60"),
        (date(2026, 8, 6), "31-60", "61-90"),
        (date(2026, 9, 4), "31-60", "61-90"),
        (date(2026, 9, 5), "61-90", "90+"),
    ],
)
def test_a_loan_is_in_the_bucket_of_its_oldest_unpaid_instalment(screens, day, jeans, awas):
    told(screens)
    found = screens.read(LoanAccount).arrears(day)
    assert [(line.currency, line.bucket, line.loans) for line in found] == [
        ("EUR", jeans, 1),
        ("XOF", awas, 1),
    ]


def test_what_is_past_due_and_what_is_outstanding_stand_beside_each_other(screens):
    _, awa = told(screens)
    jeans, awas = screens.read(LoanAccount).arrears(date(2026, 7, 7))
    assert jeans.past_due == DUE[1].total.minor - 10_00
    assert jeans.outstanding == 5_000_00 - DUE[0].principal.minor
    assert awas.past_due == sum(line.total.minor for line in awa.instalments[:2])
    assert awas.outstanding == 500_000


def test_the_principal_of_late_loans_is_at_risk(screens):
    told(screens)
    at_risk = _at_risk(screens.read(LoanAccount).arrears(date(2026, 8, 6)))
    assert [(line.currency, line.days, line.loans, line.share) for line in at_risk] == [
        ("EUR", 1, 1, 10_000), ("EUR", 30, 1, 10_000), ("EUR", 60, 0, 0), ("EUR", 90, 0, 0),
        ("XOF", 1, 1, 10_000), ("XOF", 30, 1, 10_000), ("XOF", 60, 1, 10_000), ("XOF", 90, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("client", "currency"), [(JEAN, "EUR"), (AWA, "XOF")])
def test_whoever_sees_some_customers_sees_only_their_arrears(screens, client, currency):
    told(screens)
    found = screens.read(LoanAccount, customers=[client]).arrears(JULY_6)
    assert {line.currency for line in found} == {currency}


# ── the list of these loans ────────────────────────────────────────────────


@pytest.fixture
def files(screens):
    """What the list takes names and references from."""
    screens.happened(jean_known, awa_known, requested, awa_requested)
    screens.follow(CustomerFile, LoanBook)


@pytest.mark.parametrize("day", [JUNE_6, JULY_6, date(2026, 7, 7), date(2026, 8, 6), date(2026, 9, 5)])
def test_the_list_says_of_each_loan_what_the_buckets_say_of_them_all(screens, files, day):
    told(screens)
    loans = screens.read(LoanAccount).late(day).items
    buckets = [line for line in screens.read(LoanAccount).arrears(day) if line.bucket != "current"]
    assert sorted((line.currency, line.bucket, line.past_due, line.outstanding) for line in loans) == [
        (line.currency, line.bucket, line.past_due, line.outstanding) for line in buckets
    ]


def test_a_late_loan_says_since_when_for_how_many_instalments_and_whose_it_is(screens, files):
    told(screens)
    awas, jeans = screens.read(LoanAccount).late(date(2026, 7, 7)).items
    assert (awas.late_since, awas.days_past_due, awas.late_instalments) == (JUNE_6, 31, 2)
    assert (jeans.late_since, jeans.days_past_due, jeans.late_instalments) == (JULY_6, 1, 1)
    assert (awas.customer_name, awas.reference) == ("Awa Koné", "L-2026-000002")
    assert jeans.next_due_on == date(2026, 8, 6)
    assert screens.read(LoanAccount).late(date(2026, 7, 7), named=False).items[0].customer_name is None


@pytest.mark.parametrize("sort", get_args(late.Sort))
def test_every_sort_shows_every_late_loan_once_page_by_page(screens, files, sort):
    told(screens)
    first = screens.read(LoanAccount).late(date(2026, 7, 7), sort=sort, limit=1)
    second = screens.read(LoanAccount).late(date(2026, 7, 7), sort=sort, limit=1, cursor=first.next)
    shown = [first.items[0].currency, second.items[0].currency]
    ascending = {"late_since": ["XOF", "EUR"], "customer": ["XOF", "EUR"]}.get(
        sort.lstrip("-"), ["EUR", "XOF"]
    )
    assert shown == (ascending[::-1] if sort.startswith("-") else ascending)
    assert second.next is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (LateFilter(("1-30",)), ["EUR"]),
        (LateFilter(("31-60",)), ["XOF"]),
        (LateFilter(("1-30", "31-60")), ["XOF", "EUR"]),
        (LateFilter(("90+",)), []),
        (LateFilter(currency="XOF"), ["XOF"]),
        (LateFilter(customer_id=JEAN), ["EUR"]),
        (LateFilter(q="awa"), ["XOF"]),
        (LateFilter(("1-30",), q="awa"), []),
        (LateFilter(q="L-2026-000001"), ["EUR"]),
    ],
)
def test_filters_leave_the_late_loans_that_fit_all_of_them(screens, files, asked, found):
    told(screens)
    assert [line.currency for line in screens.read(LoanAccount).late(date(2026, 7, 7), asked).items] == found


def test_all_of_them_can_be_taken_away(screens, files):
    told(screens)
    (rows,) = screens.read(LoanAccount).export_late(date(2026, 7, 7), LateFilter(), "late_since", True, 10)
    assert rows == screens.read(LoanAccount).late(date(2026, 7, 7)).items


def test_a_loan_that_was_repaid_is_no_longer_late(screens, files):
    jean, _ = told(screens)
    for number in range(3, 25):
        jean.mark_due(number, jean.instalments[number - 1].due_on)
    owed = eur(sum(line.total.minor for line in jean.instalments[1:]) - 10_00)
    last = jean.instalments[-1].due_on
    jean.receive(repayment(2), owed, last, "cash", "R-2", CHLOE, last)
    screens.happened(jean, on=last)
    screens.follow(Schedule)
    assert [line.currency for line in screens.read(LoanAccount).late(last).items] == ["XOF"]


@pytest.mark.parametrize(("client", "currency"), [(JEAN, "EUR"), (AWA, "XOF")])
def test_whoever_sees_some_customers_sees_only_their_late_loans(screens, files, client, currency):
    told(screens)
    found = screens.read(LoanAccount, customers=[client]).late(date(2026, 7, 7)).items
    assert {line.currency for line in found} == {currency}


def test_the_loan_book_says_since_when_a_loan_is_late(screens, files):
    told(screens)
    lines = screens.read(LoanBook).lines().items
    assert {line.currency: line.late_since for line in lines} == {"EUR": JULY_6, "XOF": JUNE_6}
