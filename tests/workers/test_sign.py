"""What happens when a contract is signed."""

from __future__ import annotations

from commands.loan import NoteSignature
from tests.stories import CONTRACT, LOAN, MAY_4, signed
from tests.workers.conftest import asked_twice
from workers.sign import tell_the_loan


def test_the_loan_learns_of_the_signature(world):
    event = signed.event(5, CONTRACT, on=MAY_4)
    assert asked_twice(tell_the_loan, event, world.outside) == [(NoteSignature(contract_id=CONTRACT), LOAN)]
