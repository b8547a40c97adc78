"""What came back of a loss goes again: the cheque that made up for it bounces."""

from datetime import timedelta
from uuid import UUID

import pytest

from aggregates.loan import Loan, NotDisbursed
from aggregates.rules.servicing_refusals import AlreadyReversed
from aggregates.rules.standing import Balance
from commands.servicing import ReverseRepayment
from tests.aggregates.test_losses import JUNE_7, WHY, Life, paying, written_off
from tests.kit import fact, replay
from tests.stories import (
    FIRST,
    JULY_6,
    REPAYMENT,
    SECOND_REPAYMENT,
    approved,
    contract_signed,
    disbursed,
    eur,
    fell_due,
    received,
    requested,
)


def recovered() -> Life:
    """Written off on 7 June; a transfer of the day after brings 1,000.00, a cheque of July the rest."""
    life = written_off()
    first = JUNE_7 + timedelta(days=1)
    life.asked(paying(eur(1_000_00), first, REPAYMENT), on=first)
    assert life.asked(paying(eur(4_025_00), JULY_6), on=JULY_6)[-1] == "Recovered"
    return life


def test_a_cheque_that_made_up_for_the_loss_and_bounces_leaves_the_rest_of_it_lost_again():
    life, day = recovered(), JULY_6 + timedelta(days=3)
    back = ReverseRepayment(repayment_id=SECOND_REPAYMENT, reason=WHY)
    assert life.asked(back, on=day) == ["RepaymentReversed", "RecoveryUndone"]
    undone = life.clerk.events[-1]
    assert (undone.undone_on, undone.total) == (day, eur(1_000_00))
    assert (life.loan.status, life.loan.owed(day)) == ("written-off", eur(4_025_00))
    assert life.books()["recoveries"] == -1_000_00
    life.tried(back, on=day).then_rejected(AlreadyReversed)
    again = paying(eur(4_025_00), day, UUID(int=9, version=4))
    assert life.asked(again, on=day) == ["RepaymentReceived", "Recovered"]
    assert life.clerk.events[-1].total == eur(5_025_00)


def test_money_of_before_a_loss_that_came_back_makes_it_larger_again():
    """The first instalment was paid in time, all else was lost and came back: what that money had paid is lost now."""
    life = written_off(fell_due(1), received(FIRST.total, FIRST))
    day = JULY_6 + timedelta(days=3)
    assert life.asked(paying(life.loan.owed(JULY_6), JULY_6), on=JULY_6)[-1] == "Recovered"
    recorded = life.asked(ReverseRepayment(repayment_id=REPAYMENT, reason=WHY), on=day)
    assert recorded == ["RepaymentReversed", "RecoveryUndone", "LossRestated"]
    assert life.loan.lost == Balance.of([0, 0, 0, 25_00, 5_000_00], "EUR")
    assert life.loan.owed(day) == FIRST.total


def test_the_loan_is_told_once_and_only_where_its_loss_had_come_back():
    life = (requested, approved, contract_signed, disbursed)
    lost, back = fact(Loan.WrittenOff, written_off_on=JUNE_7), fact(Loan.Recovered, recovered_on=JULY_6)
    loan = replay(*life, lost, back)[0]
    loan.note_recovery_undone(JULY_6)
    loan.note_recovery_undone(JULY_6)
    assert [(type(event), event.undone_on) for event in loan.collect_events()] == [
        (Loan.RecoveryUndone, JULY_6)
    ]
    assert loan.status == "written-off"
    with pytest.raises(NotDisbursed):
        replay(*life)[0].note_recovery_undone(JULY_6)
