"""Sign: tell the loan when its contract is signed."""

from __future__ import annotations

from aggregates.contract import Contract
from aggregates.values import ContractId
from commands.loan import NoteSignature
from providers import Outside
from runtime.reactions import Answers, reacts_to


@reacts_to(Contract.Signed)
def tell_the_loan(event: Contract.Signed, outside: Outside) -> Answers:
    """The money may leave now."""
    yield NoteSignature(contract_id=ContractId(event.originator_id)), event.loan_id
