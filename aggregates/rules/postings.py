"""Which entries of the journal an event makes: a pure function of the history of its stream up to it.

    Loan.Disbursed   the disbursement, from the event alone
    of a servicing   what the books did not say when the event before it was entered, and what they say with it

Of a servicing, entries are the difference of two lives (to_enter): the one that was known at the event before, up to
its day, and the one that is known now, up to the event's day. So their sum is at every event the life as it is known,
whichever event tells that a month has ended or a penalty has grown. See docs/decisions/0032-servicing-by-facts.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from aggregates.loan import Loan
from aggregates.posting import Line
from aggregates.rules.charts import LABELS, Chart
from aggregates.rules.facts import Fact, Lifted, Returned, Version
from aggregates.rules.life import movements
from aggregates.rules.movements import Books, Kind, Movement, paid_out, to_enter
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.servicing import Servicing
from aggregates.values import LoanId, Money, PostingId, derived
from eventstore import Aggregate

POSTED: Final = (
    Loan.Disbursed,
    Servicing.Opened,
    Servicing.InstalmentFellDue,
    Servicing.RepaymentReceived,
    Servicing.RepaymentReversed,
    Servicing.ScheduleChanged,
    Servicing.AccelerationLifted,
    Servicing.OverpaymentRefunded,
    Servicing.WrittenOff,
    Servicing.PenaltiesPaused,
    Servicing.PenaltiesResumed,
    Servicing.MonthClosed,
)
"""The events that make entries. Of a servicing all but those that another one recorded with them has said already:
what they leave over is entered with the next."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be made in the journal."""

    id: PostingId
    movement: Kind
    entry_on: date
    about: LoanId
    cause: str
    """The event, as ``stream:version``."""
    label: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Known:
    """What the books rested on when an event was entered."""

    terms: ServicingTerms
    versions: tuple[Version, ...]
    facts: tuple[Fact, ...]
    on: date
    """The business day of the event: the books go up to its end."""
    open_from: date
    """The first day of the months that are not closed."""

    @classmethod
    def of(cls, servicing: Servicing, event: Aggregate.Event) -> Known:
        """From the servicing as it was after the event."""
        return cls(
            servicing.agreed,
            tuple(servicing.versions),
            tuple(servicing.facts),
            event.meta.on,
            servicing.open_from,
        )

    def movements(self) -> list[Movement]:
        return movements(self.terms, self.versions, self.facts, self.on)


def of_payout(event: Loan.Disbursed | Loan.DrawdownDisbursed) -> list[Movement]:
    """What money that left does to the books; fees and interest are kept of the first drawdown alone."""
    books = Books(event.amount.currency)
    kept = (event.kept_fee, event.kept_interest) if isinstance(event, Loan.Disbursed) else (None, None)
    books.enter(
        "disbursement",
        event.originator_version,
        event.value_date,
        paid_out(event.amount, *kept, event.method),
    )
    return books.movements


def of_servicing(told: Iterable[tuple[Servicing, Aggregate.Event]]) -> tuple[Servicing, list[Movement]]:
    """What the last of the events told does to the books.

    told     the servicing after each of its events, oldest first; at least one
    returns  it with the servicing as it is then
    """
    before: Known | None = None
    after: Known | None = None
    for servicing, event in told:
        if isinstance(event, POSTED):
            before, after = after, Known.of(servicing, event)
    if after is None or not isinstance(event, POSTED):
        return servicing, []
    kind: Kind = "repayment-reversed" if isinstance(event, Servicing.RepaymentReversed) else "reallocation"
    return servicing, newly_known(before, after, (kind, event.originator_version))


def newly_known(before: Known | None, after: Known, because: tuple[Kind, object]) -> list[Movement]:
    """What has to be entered; ``because`` as for ``to_enter``, before is None for the first event."""
    if before is None:
        return to_enter([], after.movements(), after.on, after.open_from, because)
    if _same_until(before, after):
        # The life begins as it did, so it is followed once: what is in the books is what came until that day.
        new = [movement for movement in after.movements() if movement.on > before.on]
        return to_enter([], new, after.on, before.open_from, because)
    return to_enter(before.movements(), after.movements(), after.on, before.open_from, because)


def entries(
    made: Iterable[Movement], event: Aggregate.Event, loan: LoanId, reference: str, chart: Chart
) -> list[Entry]:
    """The entries of what an event does to the books, in their order. ``reference`` is the loan's, for the label."""
    stream, version = event.originator_id, event.originator_version
    return [
        Entry(
            _posting_id(stream, version, movement.key),
            movement.kind,
            movement.on,
            loan,
            f"{stream}:{version}",
            f"{LABELS[movement.kind]} – prêt {reference}",
            lines(movement, chart),
        )
        for movement in made
    ]


def lines(movement: Movement, chart: Chart) -> list[Line]:
    """The movement as an entry of the journal: it balances, as the movement does."""
    return [_line(chart[role].number, amount) for role, amount in movement.amounts]


def _same_until(before: Known, after: Known) -> bool:
    """Whether nothing that has become known changes a day that the books have."""
    if after.on < before.on or after.facts[: len(before.facts)] != before.facts:
        return False
    known = {fact.number: fact for fact in after.facts}
    touched = [version.on for version in after.versions[len(before.versions) :]]
    for fact in after.facts[len(before.facts) :]:
        if isinstance(fact, Returned):
            fact = known[fact.receipt]
        elif isinstance(fact, Lifted):
            fact = known[fact.notice]
        touched.append(fact.on)
        # With its ground a version comes or falls, and with it whatever was built on it.
        touched += [version.on for version in after.versions if version.rests_on == fact.number]
    return all(day > before.on for day in touched)


def _posting_id(stream: UUID, version: int, key: str) -> PostingId:
    """One entry of a movement for an event: making it again is recognised."""
    return PostingId(derived(stream, f"{version}:{key}"))


def _line(account: str, amount: Money) -> Line:
    zero = Money.zero(amount.currency)
    return Line(account, amount, zero) if amount > zero else Line(account, zero, -amount)
