"""Post: enter every movement of money and of interest in the journal."""

from __future__ import annotations

from aggregates.loan import Loan
from aggregates.rules.postings import Entry, entries_for
from aggregates.servicing import Servicing
from aggregates.values import CustomerId, LoanId
from commands.posting import MakePosting
from eventstore import Aggregate
from providers import Outside
from runtime.reactions import Answers, reacts_to


@reacts_to(Loan.Disbursed)
def enter_the_payout(event: Loan.Disbursed, outside: Outside) -> Answers:
    loan = outside.load(Loan, event.originator_id)
    yield from _entered(event, LoanId(loan.id), loan.reference, loan.customer_id)


@reacts_to(Servicing.InstalmentFellDue)
@reacts_to(Servicing.RepaymentReceived)
@reacts_to(Servicing.RepaymentReversed)
@reacts_to(Servicing.Reallocated)
def enter_the_movement(event: Aggregate.Event, outside: Outside) -> Answers:
    """What the entries are is decided by aggregates/rules/postings.py."""
    servicing = outside.load(Servicing, event.originator_id)
    loan = outside.load(Loan, servicing.loan_id)
    yield from _entered(event, servicing.loan_id, loan.reference, servicing.customer_id)


def _entered(event: Aggregate.Event, loan: LoanId, reference: str, customer: CustomerId) -> Answers:
    for entry in entries_for(event, loan, reference):
        yield _made(entry, customer), None


def _made(entry: Entry, customer: CustomerId) -> MakePosting:
    return MakePosting(
        posting_id=entry.id,
        customer_id=customer,
        entry_on=entry.entry_on,
        movement=entry.movement,
        about=entry.about,
        cause=entry.cause,
        label=entry.label,
        lines=entry.lines,
    )
