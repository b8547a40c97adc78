"""A loan that is paid out in several drawdowns, in what can be read of it."""

from dataclasses import replace
from datetime import date

from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook, LoanFilter
from projections.monthly_flows import MonthlyFlows
from projections.schedule import Schedule
from tests.kit import Fact
from tests.stories import (
    IN_PARTS,
    LOAN,
    MAY_6,
    SERVICING,
    approved_in_parts,
    awa_requested,
    awa_servicing_opened,
    contract_signed,
    drawdowns_cancelled,
    drawn_down,
    first_drawn,
    loan_repaid,
    opened_in_parts,
    redrawn,
    requested,
)

JUNE_20 = date(2026, 6, 20)


def of_jean(fact: Fact) -> Fact:
    return replace(fact, stream=LOAN)


BEGUN = [requested, awa_requested, *map(of_jean, (approved_in_parts, contract_signed, first_drawn))]


def drawdowns(screens) -> list[tuple]:
    line = screens.read(LoanBook).line(LOAN)
    return [(each.number, each.amount, each.planned_on, each.paid_on, each.state) for each in line.drawdowns]


def test_the_book_shows_what_is_planned_and_what_has_left(screens):
    screens.happened(*BEGUN[:3])
    planned = [
        (1, 3_000_00, date(2026, 5, 4), None, "planned"),
        (2, 2_000_00, date(2026, 6, 15), None, "planned"),
    ]
    assert (drawdowns(screens), screens.read(LoanBook).line(LOAN).drawn) == (planned, 0)
    screens.happened(*BEGUN[3:])
    assert drawdowns(screens) == [(1, 3_000_00, date(2026, 5, 4), MAY_6, "paid"), planned[1]]
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.principal, line.drawn) == ("disbursed", 5_000_00, 3_000_00)
    screens.happened(of_jean(drawn_down))
    assert drawdowns(screens)[1][3:] == (JUNE_20, "paid")
    line = screens.read(LoanBook).line(LOAN)
    assert (line.drawn, line.disbursed_on, line.version) == (5_000_00, MAY_6, 5)
    awa = screens.read(LoanBook).line(awa_requested.stream)
    assert (awa.drawn, awa.drawdowns) == (0, [])


def test_what_is_cancelled_is_not_lent(screens):
    screens.happened(*BEGUN, of_jean(drawdowns_cancelled))
    assert [each[4] for each in drawdowns(screens)] == ["paid", "cancelled"]
    line = screens.read(LoanBook).line(LOAN)
    assert (line.principal, line.drawn, line.version) == (3_000_00, 3_000_00, 5)


def test_nothing_is_to_come_once_everything_is_repaid(screens):
    screens.happened(*BEGUN, of_jean(loan_repaid))
    assert [each[4] for each in drawdowns(screens)] == ["paid", "cancelled"]


def test_the_account_owes_what_has_left(screens):
    screens.follow(Schedule)
    screens.happened(opened_in_parts, awa_servicing_opened)
    assert screens.read(LoanAccount).of(LOAN, JUNE_20).principal_owed == 3_000_00
    screens.happened(replace(redrawn, stream=SERVICING))
    account = screens.read(LoanAccount).of(LOAN, JUNE_20)
    assert (account.principal, account.principal_owed) == (5_000_00, 5_000_00)
    assert account.interest == sum(line.interest.minor for line in IN_PARTS)
    shown = [(line.number, line.principal) for line in screens.read(Schedule).of(LOAN, JUNE_20)]
    assert shown == [(line.number, line.principal.minor) for line in IN_PARTS]


def test_each_drawdown_is_lent_in_its_month(screens):
    screens.happened(opened_in_parts, redrawn)
    months = screens.read(MonthlyFlows).between(date(2026, 5, 1), date(2026, 6, 1))
    assert [(each.month.month, each.lent, each.loans_opened) for each in months] == [
        (5, 3_000_00, 1),
        (6, 2_000_00, 0),
    ]
    assert screens.read(MonthlyFlows).outstanding()[0].principal == 5_000_00


def test_a_drawdown_comes_to_the_desk_on_its_planned_day_and_goes_when_it_leaves(screens):
    def on_the_desk(day: date) -> list:
        return [each.loan_id for each in screens.read(LoanBook).lines(LoanFilter(to_pay_out_on=day)).items]

    def counted(day: date) -> list:
        waiting = screens.read(LoanBook).waiting(day)
        return [(each.count, each.oldest, each.amount) for each in waiting if each.status == "ready"]

    screens.happened(*BEGUN[:4])
    assert on_the_desk(MAY_6) == [LOAN]  # signed: the first part may leave on any day
    ((_, _, first),) = counted(MAY_6)
    assert first == 3_000_00
    screens.happened(*BEGUN[4:])
    assert (on_the_desk(date(2026, 6, 14)), on_the_desk(date(2026, 6, 15))) == ([], [LOAN])
    assert counted(date(2026, 6, 14)) == []
    assert counted(date(2026, 6, 15)) == [(1, date(2026, 6, 15), 2_000_00)]
    screens.happened(of_jean(drawn_down))
    assert (on_the_desk(date(2026, 12, 31)), counted(date(2026, 12, 31))) == ([], [])
