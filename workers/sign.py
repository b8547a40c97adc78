"""Sign: tell the loan when its contract is sent and signed, and let the times end that the law gives."""

from __future__ import annotations

from aggregates.contract import Contract
from aggregates.values import ContractId
from commands.loan import EndClock, NoteOffer, NoteSignature
from providers import Outside
from runtime.reactions import Answers, Deadline, on_deadline, reacts_to


@reacts_to(Contract.Sent)
def let_the_offer_hold(event: Contract.Sent, outside: Outside) -> Answers:
    """For as long as the law says, counted from the day it was sent."""
    loan = outside.load(Contract, event.originator_id).loan_id
    yield NoteOffer(sent_on=event.on), loan


@reacts_to(Contract.SignedCopyRefused)
def let_the_offer_hold_anew(event: Contract.SignedCopyRefused, outside: Outside) -> Answers:
    """Whoever has to sign again has the whole time again."""
    loan = outside.load(Contract, event.originator_id).loan_id
    yield NoteOffer(sent_on=event.on), loan


@reacts_to(Contract.Signed)
def tell_the_loan(event: Contract.Signed, outside: Outside) -> Answers:
    """The money may leave now."""
    yield NoteSignature(contract_id=ContractId(event.originator_id)), event.loan_id


@on_deadline("clock")
def let_the_clock_end(deadline: Deadline, outside: Outside) -> Answers:
    yield EndClock(number=deadline.number), deadline.stream_id
