"""Service: follow a loan that was paid out, from its first instalment to its last cent, and back."""

from __future__ import annotations

from aggregates.loan import Loan
from aggregates.servicing import Servicing
from aggregates.values import LoanId
from commands.loan import NoteRecovered, NoteRecoveryUndone, NoteReopened, NoteRepaid, NoteWrittenOff
from commands.servicing import CloseMonth, MarkInstalmentDue, OpenServicing, ResetRate
from providers import Outside
from runtime.reactions import Answers, Deadline, on_deadline, reacts_to

End = (
    Servicing.Repaid
    | Servicing.Reopened
    | Servicing.WrittenOff
    | Servicing.Recovered
    | Servicing.RecoveryUndone
)


@reacts_to(Loan.Disbursed)
def open_the_servicing(event: Loan.Disbursed, outside: Outside) -> Answers:
    """The schedule counts from the day the money left."""
    yield OpenServicing(loan_id=LoanId(event.originator_id)), None


@on_deadline("instalment")
def let_the_instalment_fall_due(deadline: Deadline, outside: Outside) -> Answers:
    yield MarkInstalmentDue(number=deadline.number), deadline.stream_id


@on_deadline("rate-reset", retry="6 times in 24 h")
def let_the_rate_follow_its_index(deadline: Deadline, outside: Outside) -> Answers:
    """While no value of the index is entered it waits, and staff see that: an unknown rate is not the old one."""
    yield ResetRate(number=deadline.number), deadline.stream_id


@on_deadline("month-end")
def let_the_month_end(deadline: Deadline, outside: Outside) -> Answers:
    yield CloseMonth(number=deadline.number), deadline.stream_id


@reacts_to(Servicing.Repaid)
@reacts_to(Servicing.Reopened)
@reacts_to(Servicing.WrittenOff)
@reacts_to(Servicing.Recovered)
@reacts_to(Servicing.RecoveryUndone)
def close_the_loan(event: End, outside: Outside) -> Answers:
    """One function for all, so that they are noted in their order: a loan is not written off before it is open again."""
    loan = outside.load(Servicing, event.originator_id).loan_id
    match event:
        case Servicing.Repaid():
            yield NoteRepaid(on=event.repaid_on), loan
        case Servicing.Reopened():
            yield NoteReopened(on=event.reopened_on), loan
        case Servicing.WrittenOff():
            yield NoteWrittenOff(on=event.written_off_on), loan
        case Servicing.Recovered():
            yield NoteRecovered(on=event.recovered_on), loan
        case Servicing.RecoveryUndone():
            yield NoteRecoveryUndone(on=event.undone_on), loan
