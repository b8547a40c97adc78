"""A schedule that changed: what is to come in every read model that says so."""

from datetime import date

from aggregates.rules.repayments import Arrived
from aggregates.servicing import servicing_id
from aggregates.values import RepaymentId
from projections.deadlines import Deadlines
from projections.loan_account import LoanAccount
from projections.monthly_flows import MonthlyFlows
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from tests.projections.test_loan_account import agrees, opened_by_awa, opened_by_jean, repayment
from tests.stories import AWA_LOAN, CHLOE, DUE, JULY_6, JUNE_6, LOAN, MAY_6, SECOND_REPAYMENT, eur

JUNE_21 = date(2026, 6, 21)


def told(screens):
    """Jean pays the first instalment, repays 2,000 early, and pays the next one in part; Awa stands beside."""
    jean, awa = opened_by_jean(), opened_by_awa()
    screens.happened(jean, awa, on=MAY_6)
    jean.receive(repayment(1), DUE[0].total, JUNE_6, "cash", "R-1", CHLOE, JUNE_6)
    screens.happened(jean, on=JUNE_6)
    money = Arrived(RepaymentId(SECOND_REPAYMENT), eur(2_000_00), JUNE_21, "transfer", "VIR")
    jean.repay_early(money, "lower-instalment", CHLOE, JUNE_21)
    screens.happened(jean, on=JUNE_21)
    return jean


def test_the_read_models_follow_what_the_servicing_says(screens):
    jean = told(screens)
    jean.receive(repayment(3), eur(50_00), JULY_6, "cash", "R-3", CHLOE, JULY_6)
    screens.happened(jean, on=JULY_6)
    screens.follow(Schedule, RepaymentList)
    agrees(screens, LOAN, jean, JULY_6)


def test_the_schedule_and_the_account_show_what_is_to_come_now(screens):
    jean = told(screens)
    screens.follow(Schedule)
    entries = screens.read(Schedule).of(LOAN, JUNE_21)
    assert [(entry.number, entry.due_on, entry.state) for entry in entries[:3]] == [
        (1, JUNE_6, "paid"), (2, JUNE_21, "paid"), (3, JULY_6, "upcoming"),
    ]  # fmt: skip
    assert len(entries) == len(jean.instalments) == 25
    account = screens.read(LoanAccount).of(LOAN, JUNE_21)
    assert (account.instalments, account.next_due_on) == (25, JULY_6)
    assert account.next_due == jean.instalments[2].total.minor
    assert account.principal_owed == 5_000_00 - DUE[0].principal.minor - jean.instalments[1].principal.minor
    assert len(screens.read(Schedule).of(AWA_LOAN, JUNE_21)) == 12


def test_the_instalments_that_are_to_come_have_their_deadlines(screens):
    jean = told(screens)
    due = [
        line
        for line in screens.read(Deadlines).due(date(2030, 1, 1))
        if line.stream_id == servicing_id(LOAN) and line.kind == "instalment"
    ]
    assert [(line.number, line.due) for line in due] == [
        (line.number, line.due_on) for line in jean.instalments[2:]
    ]


def test_principal_that_came_back_early_is_outstanding_no_more(screens):
    jean = told(screens)
    paid = DUE[0].principal + jean.instalments[1].principal
    outstanding = {line.currency: line.principal for line in screens.read(MonthlyFlows).outstanding()}
    assert outstanding == {"EUR": 5_000_00 - paid.minor, "XOF": 500_000}
