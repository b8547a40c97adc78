"""The organisation that lends: its legal identity, where it is, and its rules. One per deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import NAMESPACE_URL

from aggregates.rules.charts import ChartName, usual_chart
from aggregates.rules.clocks import ClockSettings
from aggregates.rules.four_eyes import Decider
from aggregates.rules.limits import STARTING_LIMITS, Limit
from aggregates.values import AccountId, OrganisationId, derived
from eventstore import Aggregate, Rejected

FourEyesPolicy = Literal["four-eyes", "single-operator"]

ORGANISATION_ID: Final = OrganisationId(derived(NAMESPACE_URL, "organisation"))


class NothingChanges(Rejected):
    """This is how it is already."""


class ProposalPending(Rejected):
    """One change of the rules at a time: the one that was proposed is confirmed or refused first."""


class NothingProposed(Rejected):
    """No change of the rules waits under this number."""


class OwnProposal(Rejected):
    """Nobody confirms a change of the rules that they proposed themselves."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the rules that waits for a second person."""

    number: int
    reason: str
    by: AccountId
    policy: FourEyesPolicy | None = None
    limits: tuple[Limit, ...] | None = None


class Organisation(Aggregate):
    legal_name: str
    legal_form: str
    registration: str
    registered_office: str
    country: str
    time_zone: str
    currency: str
    return_address: str
    contact_line: str
    languages: list[str] = field(default_factory=list)
    policy: FourEyesPolicy = "four-eyes"
    limits: list[Limit] = field(default_factory=lambda: list(STARTING_LIMITS))
    clock_settings: ClockSettings = ClockSettings()
    chosen_chart: ChartName | None = None
    """Absent until one is chosen; read ``chart``."""
    proposed: Proposal | None = None
    proposals: int = 0

    # ── what can have happened ─────────────────────────────────────────────

    class Established(Aggregate.Created):
        legal_name: str
        legal_form: str
        """With the capital where the law asks for it: ``SAS au capital de 250 000 €``."""
        registration: str
        """Register and number: ``RCS Lyon 912 345 678``."""
        registered_office: str
        country: str
        """ISO 3166, two letters."""
        time_zone: str
        """IANA name; the business day is this zone's calendar day."""
        currency: str
        """Of the books."""
        languages: list[str]
        """ISO 639-1, the main one first."""
        return_address: str
        """The mailbox that a signed copy may be sent back to; answers to our mails arrive there."""
        contact_line: str
        """How to reach the house, as printed on documents and mails."""
        policy: FourEyesPolicy = "four-eyes"
        limits: list[Limit] = field(default_factory=lambda: list(STARTING_LIMITS))
        """Who may decide on how much, until others are confirmed."""

    class LegalIdentityChanged(Aggregate.Event):
        legal_name: str
        legal_form: str
        registration: str
        registered_office: str
        country: str
        contact_line: str

        def apply(self, organisation: Organisation) -> None:
            organisation.legal_name = self.legal_name
            organisation.legal_form = self.legal_form
            organisation.registration = self.registration
            organisation.registered_office = self.registered_office
            organisation.country = self.country
            organisation.contact_line = self.contact_line

    class ReturnAddressChanged(Aggregate.Event):
        return_address: str

        def apply(self, organisation: Organisation) -> None:
            organisation.return_address = self.return_address

    class ClockSettingsChanged(Aggregate.Event):
        settings: ClockSettings
        """For clocks that begin from now on; those that run keep their last day."""

        def apply(self, organisation: Organisation) -> None:
            organisation.clock_settings = self.settings

    class ChartChanged(Aggregate.Event):
        chart: ChartName
        """Of the entries that are made from now on; those that were made keep their accounts."""

        def apply(self, organisation: Organisation) -> None:
            organisation.chosen_chart = self.chart

    class FourEyesPolicyProposed(Aggregate.Event):
        number: int
        """From 1, of policies and limits together."""
        policy: FourEyesPolicy
        reason: str
        by: AccountId

        def apply(self, organisation: Organisation) -> None:
            organisation.proposals = self.number
            organisation.proposed = Proposal(self.number, self.reason, self.by, policy=self.policy)

    class FourEyesPolicyChanged(Aggregate.Event):
        policy: FourEyesPolicy
        reason: str
        by: AccountId
        """Who confirmed it."""
        proposed_by: AccountId | None = None
        """Absent until 2026-11-21, when one person was enough."""
        self_approval: str | None = None
        """Why whoever proposed it also confirmed; absent when two people did."""

        def apply(self, organisation: Organisation) -> None:
            organisation.policy, organisation.proposed = self.policy, None

    class LimitsProposed(Aggregate.Event):
        number: int
        limits: list[Limit]
        """All that will count: what is not among them may be decided by nobody."""
        reason: str
        by: AccountId

        def apply(self, organisation: Organisation) -> None:
            organisation.proposals = self.number
            organisation.proposed = Proposal(self.number, self.reason, self.by, limits=tuple(self.limits))

    class LimitsChanged(Aggregate.Event):
        limits: list[Limit]
        reason: str
        by: AccountId
        """Who confirmed them."""
        proposed_by: AccountId
        self_approval: str | None = None
        """Why whoever proposed them also confirmed; absent when two people did."""

        def apply(self, organisation: Organisation) -> None:
            organisation.limits, organisation.proposed = list(self.limits), None

    class ProposalRefused(Aggregate.Event):
        number: int
        reason: str
        by: AccountId

        def apply(self, organisation: Organisation) -> None:
            organisation.proposed = None

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def establish(
        cls,
        legal_name: str,
        legal_form: str,
        registration: str,
        registered_office: str,
        country: str,
        time_zone: str,
        currency: str,
        languages: list[str],
        return_address: str,
        contact_line: str,
        policy: FourEyesPolicy = "four-eyes",
        limits: Sequence[Limit] = STARTING_LIMITS,
    ) -> Organisation:
        return cls.begin(
            cls.Established,
            ORGANISATION_ID,
            legal_name=legal_name,
            legal_form=legal_form,
            registration=registration,
            registered_office=registered_office,
            country=country,
            time_zone=time_zone,
            currency=currency,
            languages=languages,
            return_address=return_address,
            contact_line=contact_line,
            policy=policy,
            limits=list(limits),
        )

    def change_legal_identity(
        self,
        legal_name: str,
        legal_form: str,
        registration: str,
        registered_office: str,
        country: str,
        contact_line: str,
    ) -> None:
        self.record(
            self.LegalIdentityChanged,
            legal_name=legal_name,
            legal_form=legal_form,
            registration=registration,
            registered_office=registered_office,
            country=country,
            contact_line=contact_line,
        )

    def change_return_address(self, return_address: str) -> None:
        if return_address != self.return_address:
            self.record(self.ReturnAddressChanged, return_address=return_address)

    def change_clock_settings(self, settings: ClockSettings) -> None:
        if settings != self.clock_settings:
            self.record(self.ClockSettingsChanged, settings=settings)

    def change_chart(self, chart: ChartName) -> None:
        """Repeats change nothing."""
        if chart != self.chart:
            self.record(self.ChartChanged, chart=chart)

    def propose_four_eyes_policy(self, policy: FourEyesPolicy, reason: str, by: AccountId) -> None:
        if policy == self.policy:
            raise self.reject(NothingChanges, f"the policy is {policy}")
        self.record(
            self.FourEyesPolicyProposed, number=self._next_proposal(), policy=policy, reason=reason, by=by
        )

    def propose_limits(self, limits: Sequence[Limit], reason: str, by: AccountId) -> None:
        if set(limits) == set(self.limits):
            raise self.reject(NothingChanges, "these are the limits")
        self.record(
            self.LimitsProposed, number=self._next_proposal(), limits=list(limits), reason=reason, by=by
        )

    def confirm_proposal(self, number: int, by: Decider) -> None:
        proposed = self._proposal(number)
        own = by.account_id == proposed.by
        if own and by.alone_because is None:
            raise self.reject(OwnProposal, "another administrator has to confirm")
        facts = {
            "reason": proposed.reason,
            "by": by.account_id,
            "proposed_by": proposed.by,
            "self_approval": by.alone_because if own else None,
        }
        if proposed.policy is not None:
            self.record(self.FourEyesPolicyChanged, policy=proposed.policy, **facts)
        if proposed.limits is not None:
            self.record(self.LimitsChanged, limits=list(proposed.limits), **facts)

    def refuse_proposal(self, number: int, reason: str, by: AccountId) -> None:
        """By anybody who may propose, also by whoever did."""
        self._proposal(number)
        self.record(self.ProposalRefused, number=number, reason=reason, by=by)

    @property
    def chart(self) -> ChartName:
        """On which entries are made: the one that was chosen, or the usual one where the house is."""
        return self.chosen_chart or usual_chart(self.country)

    def lender(self) -> dict[str, str]:
        """Who lends, as a contract prints it."""
        return {
            "legal_name": self.legal_name,
            "legal_form": self.legal_form,
            "registration": self.registration,
            "registered_office": self.registered_office,
            "country": self.country,
            "return_address": self.return_address,
            "contact_line": self.contact_line,
        }

    def _next_proposal(self) -> int:
        if self.proposed is not None:
            raise self.reject(ProposalPending, f"number {self.proposed.number} waits")
        return self.proposals + 1

    def _proposal(self, number: int) -> Proposal:
        if self.proposed is None or self.proposed.number != number:
            waits = "nothing" if self.proposed is None else f"number {self.proposed.number}"
            raise self.reject(NothingProposed, f"{waits} waits")
        return self.proposed
