"""What happens once money has left, and when an instalment falls due."""

from __future__ import annotations

from aggregates.rules.standing import Balance
from commands.loan import NoteRecovered, NoteRecoveryUndone, NoteReopened, NoteRepaid, NoteWrittenOff
from commands.servicing import MarkInstalmentDue, OpenServicing, ResetRate
from runtime.reactions import DEADLINES, REACTIONS, Deadline
from tests.kit import fact
from tests.stories import (
    ANA,
    CHLOE,
    JULY_6,
    JUNE_6,
    LOAN,
    SERVICING,
    Servicing,
    disbursed,
    eur,
    servicing_opened,
)
from tests.workers.conftest import asked_twice
from workers.service import (
    close_the_loan,
    let_the_instalment_fall_due,
    let_the_rate_follow_its_index,
    open_the_servicing,
)


def test_a_payout_opens_the_servicing(world):
    event = disbursed.event(4, LOAN)
    assert asked_twice(open_the_servicing, event, world.outside) == [(OpenServicing(loan_id=LOAN), None)]


def test_an_instalment_falls_due_by_its_number(world):
    due = Deadline("instalment", SERVICING, 3, JUNE_6, lane=7)
    expected = [(MarkInstalmentDue(number=3), SERVICING)]
    assert asked_twice(let_the_instalment_fall_due, due, world.outside) == expected
    assert DEADLINES["instalment"].act is let_the_instalment_fall_due


def test_the_last_cent_closes_the_loan(world):
    repaid = fact(Servicing.Repaid, repaid_on=JUNE_6, total=eur(5_318_53))
    sent = asked_twice(close_the_loan, repaid.event(9, SERVICING), world.knowing(servicing_opened))
    assert sent == [(NoteRepaid(on=JUNE_6), LOAN)]


def test_a_rate_follows_its_index_by_the_number_of_the_reset(world):
    due = Deadline("rate-reset", SERVICING, 2, JUNE_6, lane=7)
    assert asked_twice(let_the_rate_follow_its_index, due, world.outside) == [
        (ResetRate(number=2), SERVICING)
    ]
    assert DEADLINES["rate-reset"].act is let_the_rate_follow_its_index


def test_money_that_came_back_opens_the_loan_again(world):
    reopened = fact(Servicing.Reopened, reopened_on=JUNE_6, number=1, next_on=JUNE_6, received=eur(0))
    sent = asked_twice(close_the_loan, reopened.event(10, SERVICING), world.knowing(servicing_opened))
    assert sent == [(NoteReopened(on=JUNE_6), LOAN)]


def test_a_loss_and_its_recovery_are_noted_on_the_loan(world):
    lost = fact(
        Servicing.WrittenOff,
        written_off_on=JUNE_6,
        lost=Balance.of([0, 0, 0, 0, 100_00], "EUR"),
        after=0,
        replaces=24,
        by=CHLOE,
        proposed_by=ANA,
    )
    recovered = fact(Servicing.Recovered, recovered_on=JUNE_6, total=eur(100_00))
    known = world.knowing(servicing_opened)
    assert asked_twice(close_the_loan, lost.event(2, SERVICING), known) == [(NoteWrittenOff(on=JUNE_6), LOAN)]
    assert asked_twice(close_the_loan, recovered.event(3, SERVICING), known) == [
        (NoteRecovered(on=JUNE_6), LOAN)
    ]
    undone = fact(Servicing.RecoveryUndone, undone_on=JULY_6, total=eur(0))
    assert asked_twice(close_the_loan, undone.event(4, SERVICING), known) == [
        (NoteRecoveryUndone(on=JULY_6), LOAN)
    ]


def test_every_end_of_a_loan_is_noted_by_one_reaction_so_that_none_overtakes_another():
    """Reopened, then written off: noted the other way round, the loan refuses the loss."""
    noting = {
        each.name
        for kind in ("Repaid", "Reopened", "WrittenOff", "Recovered", "RecoveryUndone")
        for each in REACTIONS[f"Servicing.{kind}"]
        if each.name.startswith("service.")
    }
    assert noting == {"service.close_the_loan"}
