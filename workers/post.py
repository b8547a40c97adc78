"""Post: enter every movement of money and of interest in the journal."""

from __future__ import annotations

from collections.abc import Iterable

from aggregates.loan import Loan
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.charts import CHARTS
from aggregates.rules.movements import Movement
from aggregates.rules.postings import Entry, entries, of_payout, of_servicing
from aggregates.servicing import Servicing
from aggregates.values import CustomerId, LoanId
from commands.posting import MakePosting
from eventstore import Aggregate
from providers import Outside
from runtime.reactions import Answers, reacts_to


@reacts_to(Loan.Disbursed)
@reacts_to(Loan.DrawdownDisbursed)
def enter_the_payout(event: Loan.Disbursed | Loan.DrawdownDisbursed, outside: Outside) -> Answers:
    loan = outside.load(Loan, event.originator_id)
    yield from _entered(of_payout(event), event, loan, outside)


@reacts_to(Servicing.Opened, together=True)
@reacts_to(Servicing.InstalmentFellDue, together=True)
@reacts_to(Servicing.RepaymentReceived, together=True)
@reacts_to(Servicing.RepaymentReversed, together=True)
@reacts_to(Servicing.ScheduleChanged, together=True)
@reacts_to(Servicing.AccelerationLifted, together=True)
@reacts_to(Servicing.OverpaymentRefunded, together=True)
@reacts_to(Servicing.WrittenOff, together=True)
@reacts_to(Servicing.PenaltiesPaused, together=True)
@reacts_to(Servicing.PenaltiesResumed, together=True)
@reacts_to(Servicing.MonthClosed, together=True)
def enter_the_movement(event: Aggregate.Event, outside: Outside) -> Answers:
    """What the entries are is decided by aggregates/rules/postings.py."""
    servicing, made = of_servicing(outside.told(Servicing, event.originator_id, event.originator_version))
    if made:
        yield from _entered(made, event, outside.load(Loan, servicing.loan_id), outside)


def _entered(made: Iterable[Movement], event: Aggregate.Event, loan: Loan, outside: Outside) -> Answers:
    chart = CHARTS[outside.load(Organisation, ORGANISATION_ID).chart]
    for entry in entries(made, event, LoanId(loan.id), loan.reference, chart):
        yield _made(entry, loan.customer_id), None


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
