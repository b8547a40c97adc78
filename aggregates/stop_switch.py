"""The stop switch: one person stops all money that leaves the house, two people let it go again.

released ──pull──▶ pulled ──ask──▶ release-asked ──release, somebody else──▶ released
                     ▲                   │
                     └───────pull────────┘

A restore pulls it too: what happened after the moment that came back is not known here.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import NAMESPACE_URL, UUID

from aggregates.rules.four_eyes import Decider
from aggregates.values import AccountId, StopSwitchId, derived
from eventstore import Aggregate, Rejected, when

STOP_SWITCH_ID: Final = StopSwitchId(derived(NAMESPACE_URL, "stop-switch"))


class MoneyStopped(Rejected):
    """The stop switch is pulled: no money leaves until two people have released it."""


class NotPulled(Rejected):
    """Only a stop switch that is pulled can be released."""


class ReleaseNotAsked(Rejected):
    """A release is asked for by one person before another one confirms it."""


class OwnRelease(Rejected):
    """Whoever asked for the release does not confirm it."""


class StopSwitch(Aggregate):
    status: Literal["released", "pulled", "release-asked"] = "released"
    reason: str = ""
    """Why it was pulled last."""
    asked_by: AccountId | None = None

    # ── what can have happened ─────────────────────────────────────────────

    class Installed(Aggregate.Created):
        pass

    class Pulled(Aggregate.Event):
        reason: str
        by: AccountId | None = None
        """Absent when a restore did it."""
        restored: UUID | None = None
        """The incarnation of the store that the restore began."""

        def apply(self, switch: StopSwitch) -> None:
            switch.status, switch.reason, switch.asked_by = "pulled", self.reason, None

    class ReleaseAsked(Aggregate.Event):
        reason: str
        """What was looked at, so that money may leave again."""
        by: AccountId

        def apply(self, switch: StopSwitch) -> None:
            switch.status, switch.asked_by = "release-asked", self.by

    class Released(Aggregate.Event):
        by: AccountId
        self_approval: str | None = None
        """Why whoever asked also released; absent when two people did."""

        def apply(self, switch: StopSwitch) -> None:
            switch.status, switch.asked_by = "released", None

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def install(cls) -> StopSwitch:
        return cls.begin(cls.Installed, STOP_SWITCH_ID)

    def pull(self, reason: str, by: AccountId | None = None, restored: UUID | None = None) -> None:
        """At any time, also again: a release that was asked for has to be asked for anew."""
        self.record(self.Pulled, reason=reason, by=by, restored=restored)

    @when("pulled", "release-asked", otherwise=NotPulled)
    def ask_for_release(self, reason: str, by: AccountId) -> None:
        self.record(self.ReleaseAsked, reason=reason, by=by)

    @when("release-asked", otherwise=ReleaseNotAsked)
    def release(self, by: Decider) -> None:
        own = by.account_id == self.asked_by
        if own and by.alone_because is None:
            raise self.reject(OwnRelease, "somebody else has to confirm")
        self.record(self.Released, by=by.account_id, self_approval=by.alone_because if own else None)

    # ── what others want to know ───────────────────────────────────────────

    def let_money_leave(self) -> None:
        """Raises MoneyStopped unless it is released."""
        if self.status != "released":
            raise self.reject(MoneyStopped, f"it was pulled: {self.reason}")
