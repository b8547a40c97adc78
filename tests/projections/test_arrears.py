"""Arrears: how many loans are past due for how long, by currency, and what is at risk."""

from datetime import date

import pytest

from api.arrears import _at_risk
from projections.loan_account import LoanAccount
from projections.schedule import Schedule
from tests.projections.test_loan_account import opened_by_awa, opened_by_jean, repayment
from tests.stories import AWA, CHLOE, DUE, JEAN, JULY_6, JUNE_6, MAY_6, eur


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
