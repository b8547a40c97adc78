"""What can be asked of a loan that is not paid: notice, everything at once, and as it was before."""

from __future__ import annotations

from pydantic import Field

from aggregates.rules.servicing_refusals import (
    AlreadyRepaid,
    NoNotice,
    NotAccelerated,
    NothingPastDue,
    NothingToCome,
    NoticeRunning,
    NoticeTooShort,
    NotInDefault,
    OwnNotice,
    PaidAhead,
    ScheduleMovedOn,
)
from aggregates.servicing import Servicing
from aggregates.values import AccountId
from commands.account import decider
from commands.fields import Day, Prose, StepUpReason
from eventstore import Ask, Command


class GiveNotice(
    Command,
    on=Servicing,
    may="loan.accelerate",
    decides=Servicing.give_notice,
    rejects=(AlreadyRepaid, NothingPastDue, NothingToCome, NoticeRunning, NoticeTooShort),
):
    """Put the borrower on notice to pay what is past due; once the last day is over, the loan may be accelerated."""

    until: Day = Field(
        description="The last day to pay: at least as many days away as the terms give, 30 unless they say."
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.give_notice(self.until, by=AccountId(ask.by), on=ask.on)


class AccelerateLoan(
    Command,
    on=Servicing,
    may="loan.accelerate",
    step_up=True,
    decides=Servicing.accelerate,
    rejects=(AlreadyRepaid, NoNotice, NothingToCome, NotInDefault, OwnNotice, PaidAhead, ScheduleMovedOn),
):
    """Let everything to come fall due today, after a notice that was not obeyed: principal, interest so far, indemnity.

    Whoever gave the notice does not do so alone. No interest, fee or insurance is to come any more.
    """

    grounds: Prose = Field(description="For the house; the borrower is told the amounts.")
    reason: StepUpReason | None = Field(
        None,
        description="Why whoever gave the notice also accelerates: only under the single-operator policy.",
    )

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.accelerate(self.grounds, by=decider(ask, self.reason), on=ask.on)


class LiftAcceleration(
    Command,
    on=Servicing,
    may="loan.accelerate",
    step_up=True,
    decides=Servicing.lift_acceleration,
    rejects=(AlreadyRepaid, NotAccelerated),
):
    """Take an acceleration back, as if it had never been: instalments are to come as before, the indemnity goes."""

    reason: Prose

    def perform(self, servicing: Servicing, ask: Ask) -> None:
        servicing.lift_acceleration(self.reason, by=AccountId(ask.by), on=ask.on)
