"""Due against received, month by month."""

from datetime import date

from aggregates.servicing import Servicing
from aggregates.values import RepaymentId
from projections.loan_account import LoanAccount
from projections.monthly_flows import MonthlyFlows
from tests.stories import (
    AWA,
    AWA_CONTACT,
    AWA_DUE,
    AWA_LOAN,
    CHLOE,
    DUE,
    JEAN,
    JEAN_CONTACT,
    JULY_6,
    JUNE_6,
    LOAN,
    MAY_6,
    REPAYMENT,
    SECOND_REPAYMENT,
    _id,
    eur,
    xof,
)

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def told(screens) -> tuple[Servicing, Servicing]:
    """Jean pays in June, in part for July; in July that is taken back. Awa pays in francs."""
    jean = Servicing.open(LOAN, JEAN, JEAN_CONTACT, eur(5_000_00), 600, MAY_6, DUE)
    awa = Servicing.open(AWA_LOAN, AWA, AWA_CONTACT, xof(500_000), 1_800, MAY_6, AWA_DUE)
    screens.happened(jean, awa, on=MAY_6)
    for loan in (jean, awa):
        loan.mark_due(1, JUNE_6)
    jean.receive(RepaymentId(REPAYMENT), eur(300_00), JUNE_6, "transfer", "V-1", CHLOE, JUNE_6)
    awa.receive(RepaymentId(SECOND_REPAYMENT), xof(40_000), JUNE_6, "cash", "R-1", CHLOE, JUNE_6)
    screens.happened(jean, awa, on=JUNE_6)
    jean.mark_due(2, JULY_6)
    jean.reverse(RepaymentId(REPAYMENT), "Saisi par erreur", CHLOE, JULY_6)
    screens.happened(jean, on=JULY_6)
    return jean, awa


def test_each_month_has_what_was_lent_fell_due_and_came_in_by_currency(screens):
    told(screens)
    found = screens.read(MonthlyFlows).between(MAY, JULY)
    first, awas = (parts[0].total.minor for parts in (DUE, AWA_DUE))
    assert [(line.month, line.currency, line.lent, line.due, line.received) for line in found] == [
        (MAY, "EUR", 5_000_00, 0, 0),
        (MAY, "XOF", 500_000, 0, 0),
        (JUNE, "EUR", 0, first, 300_00),
        (JUNE, "XOF", 0, awas, 40_000),
        (JULY, "EUR", 0, first, -300_00),
    ]


def test_what_is_outstanding_is_what_the_accounts_of_the_loans_sum_to(screens):
    """Two ways to the same: sums of the house, and every account read."""
    told(screens)
    of_the_house = screens.read(MonthlyFlows).outstanding()
    assert of_the_house == screens.read(LoanAccount).outstanding()
    assert [(line.currency, line.loans) for line in of_the_house] == [("EUR", 1), ("XOF", 1)]
    assert of_the_house[0].principal == 5_000_00
    assert of_the_house[1].principal < 500_000


def test_a_loan_that_is_repaid_is_outstanding_no_more(screens):
    jean, _ = told(screens)
    end = jean.instalments[-1].due_on
    jean.mark_due(24, end)
    jean.receive(RepaymentId(_id("4e", 9)), jean.owed(end), end, "transfer", "V-9", CHLOE, end)
    assert jean.status == "repaid"
    screens.happened(jean, on=end)
    assert [line.currency for line in screens.read(MonthlyFlows).outstanding()] == ["XOF"]
    assert screens.read(MonthlyFlows).outstanding() == screens.read(LoanAccount).outstanding()


def test_the_months_sum_to_what_the_loans_themselves_have_received(screens):
    loans = told(screens)
    months = screens.read(MonthlyFlows).between(MAY, JULY)
    for loan in loans:
        of_currency = [line.received for line in months if line.currency == loan.principal.currency]
        assert sum(of_currency) == loan.received.minor


def test_only_the_months_that_are_asked_for_are_there(screens):
    told(screens)
    assert {line.month for line in screens.read(MonthlyFlows).between(JULY, JULY)} == {JULY}


def test_sums_of_the_house_are_shown_to_nobody_with_a_scope(screens):
    told(screens)
    assert screens.read(MonthlyFlows, customers=[AWA]).between(MAY, JULY) == []
