"""Service: follow a loan that was paid out, from its first instalment to its last cent, and back."""

from __future__ import annotations

from aggregates.loan import Loan
from aggregates.servicing import Servicing
from aggregates.values import LoanId
from commands.loan import NoteRecovered, NoteReopened, NoteRepaid, NoteWrittenOff
from commands.servicing import CloseMonth, MarkInstalmentDue, OpenServicing, ResetRate
from providers import Outside
from runtime.reactions import Answers, Deadline, on_deadline, reacts_to


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


@reacts_to(Servicing.WrittenOff)
def mark_the_loss(event: Servicing.WrittenOff, outside: Outside) -> Answers:
    servicing = outside.load(Servicing, event.originator_id)
    yield NoteWrittenOff(on=event.written_off_on), servicing.loan_id


@reacts_to(Servicing.Recovered)
def mark_the_recovery(event: Servicing.Recovered, outside: Outside) -> Answers:
    servicing = outside.load(Servicing, event.originator_id)
    # The reaction to the loss runs beside this one and may be later: noting it twice changes nothing.
    yield NoteWrittenOff(on=servicing.written_off_on or event.recovered_on), servicing.loan_id
    yield NoteRecovered(on=event.recovered_on), servicing.loan_id


@reacts_to(Servicing.Repaid)
@reacts_to(Servicing.Reopened)
def close_the_loan(event: Servicing.Repaid | Servicing.Reopened, outside: Outside) -> Answers:
    """One function for both, so that they are noted in their order."""
    servicing = outside.load(Servicing, event.originator_id)
    match event:
        case Servicing.Repaid():
            yield NoteRepaid(on=event.repaid_on), servicing.loan_id
        case Servicing.Reopened():
            yield NoteReopened(on=event.reopened_on), servicing.loan_id
