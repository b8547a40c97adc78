"""What happens when a contract is sent and signed, and when a time that the law gives is over."""

from __future__ import annotations

from commands.loan import EndClock, NoteOffer, NoteSignature
from runtime.reactions import DEADLINES, Deadline
from tests.stories import CONTRACT, LOAN, MAY_4, MAY_6, contract_sent, copy_refused, drafted, signed
from tests.workers.conftest import asked_twice
from workers.sign import let_the_clock_end, let_the_offer_hold, let_the_offer_hold_anew, tell_the_loan


def test_the_loan_learns_of_the_signature(world):
    event = signed.event(5, CONTRACT, on=MAY_4)
    assert asked_twice(tell_the_loan, event, world.outside) == [(NoteSignature(contract_id=CONTRACT), LOAN)]


def test_the_offer_holds_from_the_day_it_was_sent(world):
    event = contract_sent.event(3, CONTRACT, on=MAY_6)
    sent = asked_twice(let_the_offer_hold, event, world.knowing(drafted))
    assert sent == [(NoteOffer(sent_on=MAY_6), LOAN)]


def test_a_refused_copy_gives_the_time_anew(world):
    event = copy_refused.event(5, CONTRACT, on=MAY_6)
    sent = asked_twice(let_the_offer_hold_anew, event, world.knowing(drafted))
    assert sent == [(NoteOffer(sent_on=MAY_6), LOAN)]


def test_a_clock_ends_by_its_number(world):
    due = Deadline("clock", LOAN, 2, MAY_6, lane=7)
    assert asked_twice(let_the_clock_end, due, world.outside) == [(EndClock(number=2), LOAN)]
    assert DEADLINES["clock"].act is let_the_clock_end
