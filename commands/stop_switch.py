"""What can be asked of the stop switch, and the one call that every command which sends money out begins with."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from aggregates.stop_switch import (
    STOP_SWITCH_ID,
    NotPulled,
    OwnRelease,
    ReleaseNotAsked,
    StopSwitch,
)
from aggregates.values import AccountId
from commands.account import decider
from commands.fields import StepUpReason
from eventstore import Ask, Command


def let_money_leave(ask: Ask) -> None:
    """For every command that sends money out: raises MoneyStopped while the stop switch is pulled."""
    if (switch := ask.find(StopSwitch, STOP_SWITCH_ID)) is not None:
        switch.let_money_leave()


class PullStopSwitch(Command, on=StopSwitch, may="money.stop", of_house=True):
    """Stop all money that leaves the house, at once. One person is enough; two are needed to let it go again."""

    reason: StepUpReason

    def create(self, ask: Ask) -> StopSwitch:
        switch = ask.also_or_begin(StopSwitch, STOP_SWITCH_ID, StopSwitch.install)
        switch.pull(self.reason, by=AccountId(ask.by))
        return switch


class StopAfterRestore(Command, on=StopSwitch):
    """Stop all money that leaves the house, because what happened after the restored moment is not known here.

    Sent by roles/restore.py.
    """

    incarnation: UUID

    def create(self, ask: Ask) -> StopSwitch:
        switch = ask.also_or_begin(StopSwitch, STOP_SWITCH_ID, StopSwitch.install)
        switch.pull("restored from a backup: look up every open payout first", restored=self.incarnation)
        return switch


class AskForRelease(Command, on=StopSwitch, may="money.release", step_up=True, of_house=True,
                    decides=StopSwitch.ask_for_release, rejects=(NotPulled,)):  # fmt: skip
    """Say what was looked at, so that money may leave again. Somebody else then releases the switch."""

    reason: StepUpReason

    def perform(self, switch: StopSwitch, ask: Ask) -> None:
        switch.ask_for_release(self.reason, by=AccountId(ask.by))


class ReleaseStopSwitch(Command, on=StopSwitch, may="money.release", step_up=True, of_house=True,
                        decides=StopSwitch.release, rejects=(OwnRelease, ReleaseNotAsked)):  # fmt: skip
    """Let money leave the house again, as somebody else has asked."""

    reason: StepUpReason | None = Field(
        None, description="Why whoever asked also releases: only under the single-operator policy."
    )

    def perform(self, switch: StopSwitch, ask: Ask) -> None:
        switch.release(by=decider(ask, self.reason))
