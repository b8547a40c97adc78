"""Where a customer's payouts go: a bank account or mobile money. One stream for each customer, one number a proposal.

proposed ──confirm, somebody else──▶ cooling off ──24 h──▶ in force, until another one is
    └────────────refuse─────────────────┴──▶ refused

The account in force stays so while another one is proposed or cools off, and when that one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from aggregates.rules.four_eyes import Decider
from aggregates.values import AccountId, ContactId, CustomerId, PayeeId, derived
from eventstore import Aggregate, Rejected, Sealed

PayeeKind = Literal["bank-account", "mobile-money"]

COOLING_OFF: Final = timedelta(hours=24)
"""Between the confirmation and the first payout: time for the customer, who is told, to object."""


class UnknownPayee(Rejected):
    """The customer has no payee of this number."""

    status = 404


class PayeeNotPending(Rejected):
    """Only the newest proposal can be confirmed, and only one that is not in force yet can be refused."""


class SamePersonAsProposer(Rejected):
    """Whoever proposed a payee, or acts for the customer, does not confirm it."""


class PayeeNotConfirmed(Rejected):
    """The customer's payee is not confirmed: nothing is transferred to it."""


class PayeeCoolingOff(Rejected):
    """The customer's payee was confirmed less than 24 hours ago: nothing is transferred to it yet."""


@dataclass(slots=True)
class Proposal:
    """How far one proposal is; what it says stays sealed in its event."""

    by: AccountId
    usable_at: datetime | None = None
    """From when money may go there; absent until it is confirmed."""
    refused: bool = False

    def is_in_force(self, now: datetime) -> bool:
        return self.usable_at is not None and not self.refused and self.usable_at <= now

    def is_cooling_off(self, now: datetime) -> bool:
        return self.usable_at is not None and not self.refused and self.usable_at > now


def payee_id(customer: CustomerId) -> PayeeId:
    return PayeeId(derived(customer, "payee"))


class Payee(Aggregate):
    customer_id: CustomerId
    contact_id: ContactId
    proposals: dict[int, Proposal] = field(default_factory=dict)

    # ── what can have happened ─────────────────────────────────────────────

    class Begun(Aggregate.Created, owner="customer_id"):
        customer_id: CustomerId
        contact_id: ContactId
        """Who is told of every change."""

    class Proposed(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        number: int
        """From 1."""
        destination: PayeeKind
        holder: Sealed[str]
        by: AccountId
        iban: Sealed[str] | None = None
        """Of a bank account, without spaces."""
        bic: Sealed[str] | None = None
        operator: str | None = None
        """Of mobile money: Orange Money, Wave."""
        phone: Sealed[str] | None = None
        """Of mobile money, E.164."""

        def apply(self, payee: Payee) -> None:
            payee.proposals[self.number] = Proposal(self.by)

    class Confirmed(Aggregate.Event):
        number: int
        usable_at: datetime
        by: AccountId
        self_approval: str | None = None
        """Why whoever proposed it also confirmed; absent when two people did."""

        def apply(self, payee: Payee) -> None:
            payee.proposals[self.number].usable_at = self.usable_at

    class Refused(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        number: int
        reason: Sealed[str]
        by: AccountId

        def apply(self, payee: Payee) -> None:
            payee.proposals[self.number].refused = True

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def begin_for(cls, customer_id: CustomerId, contact_id: ContactId) -> Payee:
        return cls.begin(cls.Begun, payee_id(customer_id), customer_id=customer_id, contact_id=contact_id)

    def propose_bank_account(self, holder: str, iban: str, bic: str | None, by: AccountId) -> None:
        self._propose("bank-account", holder, by, iban=Sealed(iban), bic=None if bic is None else Sealed(bic))

    def propose_mobile_money(self, holder: str, operator: str, phone: str, by: AccountId) -> None:
        self._propose("mobile-money", holder, by, operator=operator, phone=Sealed(phone))

    def confirm(self, number: int, by: Decider, now: datetime) -> None:
        proposal = self._proposal(number)
        if number != len(self.proposals) or proposal.usable_at is not None or proposal.refused:
            raise self.reject(PayeeNotPending, "it was replaced, confirmed or refused meanwhile")
        is_party = by.is_party(self.customer_id, proposal.by)
        if is_party and by.alone_because is None:
            raise self.reject(SamePersonAsProposer, "somebody else has to confirm")
        self.record(
            self.Confirmed,
            number=number,
            usable_at=now + COOLING_OFF,
            by=by.account_id,
            self_approval=by.alone_because if is_party else None,
        )

    def refuse(self, number: int, reason: str, by: AccountId, now: datetime) -> None:
        proposal = self._proposal(number)
        if proposal.refused or proposal.is_in_force(now):
            raise self.reject(PayeeNotPending, "it is in force, or refused already")
        self.record(self.Refused, customer_id=self.customer_id, number=number, reason=Sealed(reason), by=by)

    # ── what others want to know ───────────────────────────────────────────

    def for_transfers(self, now: datetime) -> int | None:
        """The number of the payee in force; None when the customer has none and none is on its way.

        Raises PayeeCoolingOff, PayeeNotConfirmed.
        """
        in_force = [number for number, each in self.proposals.items() if each.is_in_force(now)]
        if in_force:
            return max(in_force)
        for proposal in self.proposals.values():
            if proposal.is_cooling_off(now):
                raise self.reject(
                    PayeeCoolingOff, f"it may be paid to from {proposal.usable_at:%Y-%m-%d %H:%M} UTC"
                )
        if any(not proposal.refused for proposal in self.proposals.values()):
            raise self.reject(PayeeNotConfirmed, "confirm or refuse it first")
        return None

    def _propose(
        self, kind: PayeeKind, holder: str, by: AccountId, **means: str | Sealed[str] | None
    ) -> None:
        self.record(
            self.Proposed,
            customer_id=self.customer_id,
            number=len(self.proposals) + 1,
            destination=kind,
            holder=Sealed(holder),
            by=by,
            **means,
        )

    def _proposal(self, number: int) -> Proposal:
        if number not in self.proposals:
            raise self.reject(UnknownPayee, f"there are {len(self.proposals)}")
        return self.proposals[number]
