"""A loan that is not paid: the notice, everything at once, and as before, in every read model that says so."""

from datetime import date, timedelta

from aggregates.rules.four_eyes import Decider
from aggregates.servicing import servicing_id
from projections.deadlines import Deadlines
from projections.loan_account import LoanAccount
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from tests.projections.test_loan_account import agrees, opened_by_awa, opened_by_jean
from tests.stories import ANA, AWA_LOAN, CHLOE, DUE, LOAN, MAY_6

NOTICE, DAY = date(2026, 7, 10), date(2026, 8, 21)
UNTIL = NOTICE + timedelta(days=30)
WHY = "Sans réponse à la mise en demeure."


def accelerated(screens):
    """Jean pays nothing, is put on notice, and owes everything; Awa stands beside."""
    jean, awa = opened_by_jean(), opened_by_awa()
    screens.happened(jean, awa, on=MAY_6)
    jean.give_notice(UNTIL, CHLOE, NOTICE)
    screens.happened(jean, on=NOTICE)
    jean.accelerate(WHY, Decider(ANA), DAY)
    screens.happened(jean, on=DAY)
    return jean


def instalments_to_come(screens):
    return [
        line.due
        for line in screens.read(Deadlines).due(date(2030, 1, 1))
        if line.stream_id == servicing_id(LOAN) and line.kind == "instalment"
    ]


def test_the_account_says_until_when_and_since_when(screens):
    jean, awa = opened_by_jean(), opened_by_awa()
    screens.happened(jean, awa, on=MAY_6)
    jean.give_notice(UNTIL, CHLOE, NOTICE)
    screens.happened(jean, on=NOTICE)
    noticed = screens.read(LoanAccount).of(LOAN, NOTICE)
    assert (noticed.noticed_until, noticed.accelerated_on, noticed.version) == (UNTIL, None, jean.version)
    other = screens.read(LoanAccount).of(AWA_LOAN, NOTICE)
    assert (other.noticed_until, other.accelerated_on) == (None, None)


def test_everything_is_due_and_nothing_is_to_come(screens):
    jean = accelerated(screens)
    screens.follow(Schedule, RepaymentList)
    agrees(screens, LOAN, jean, DAY)
    account = screens.read(LoanAccount).of(LOAN, DAY)
    assert (account.accelerated_on, account.next_due_on, account.instalments) == (DAY, None, 4)
    assert (account.principal_owed, account.days_past_due) == (5_000_00, 76)
    assert instalments_to_come(screens) == []
    assert len(screens.read(Schedule).of(AWA_LOAN, DAY)) == 12


def test_where_it_is_lifted_everything_is_as_it_was(screens):
    jean = accelerated(screens)
    jean.lift_acceleration("Accord amiable", CHLOE, DAY)
    screens.happened(jean, on=DAY)
    screens.follow(Schedule, RepaymentList)
    agrees(screens, LOAN, jean, DAY)
    account = screens.read(LoanAccount).of(LOAN, DAY)
    assert (account.noticed_until, account.accelerated_on, account.instalments) == (None, None, 24)
    assert instalments_to_come(screens) == [line.due_on for line in DUE[3:]]
