"""Service: follow a loan that was paid out, from its first instalment to its last cent."""

from __future__ import annotations

from aggregates.loan import Loan
from aggregates.servicing import Servicing
from aggregates.values import LoanId
from commands.loan import NoteRepaid
from commands.servicing import MarkInstalmentDue, OpenServicing
from providers import Outside
from runtime.reactions import Answers, Deadline, on_deadline, reacts_to


@reacts_to(Loan.Disbursed)
def open_the_servicing(event: Loan.Disbursed, outside: Outside) -> Answers:
    """The schedule counts from the day the money left."""
    yield OpenServicing(loan_id=LoanId(event.originator_id)), None


@on_deadline("instalment")
def let_the_instalment_fall_due(deadline: Deadline, outside: Outside) -> Answers:
    yield MarkInstalmentDue(number=deadline.number), deadline.stream_id


@reacts_to(Servicing.Repaid)
def close_the_loan(event: Servicing.Repaid, outside: Outside) -> Answers:
    servicing = outside.load(Servicing, event.originator_id)
    yield NoteRepaid(on=event.repaid_on), servicing.loan_id
