"""A loan, from the request to the payout, and closed when everything is repaid.

requested ──approve──▶ approved ──sign (see contract.py)──▶ ready ──disburse──▶ disbursed ──repay──▶ repaid
    ├──────decline──▶ declined                              (instalments and repayments: servicing.py)
    └──────withdraw─▶ withdrawn
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, timedelta
from typing import Final, Literal

from aggregates.rules.consents import Consent
from aggregates.rules.four_eyes import Decider
from aggregates.rules.instalments import Instalment
from aggregates.rules.limits import Allowance
from aggregates.values import (
    AccountId,
    BasisPoints,
    Ceiling,
    ContactId,
    ContractId,
    CustomerId,
    LoanId,
    Method,
    Money,
    ProductId,
    ValueDateInvalid,
)
from eventstore import Aggregate, Rejected, Sealed, when

LATEST_PAYOUT: Final = timedelta(days=92)
"""How far ahead of the approval a payout may be planned."""


class NotAwaitingDecision(Rejected):
    """Only a requested loan can be approved, declined or withdrawn."""


class OwnRequest(Rejected):
    """Nobody decides on a request of their own."""


class NotApproved(Rejected):
    """Only an approved loan has a contract to sign."""


class NotReadyToDisburse(Rejected):
    """Money leaves only once, and only after the contract is signed."""


class SamePersonAsApprover(Rejected):
    """Whoever approved a loan does not pay it out."""


class NotDisbursed(Rejected):
    """Only a loan that was paid out can be repaid."""


class Loan(Aggregate):
    reference: str
    customer_id: CustomerId
    contact_id: ContactId
    product_id: ProductId
    requested_by: AccountId
    principal: Money
    months: int
    purpose: Sealed[str]
    consents: list[Consent] = field(default_factory=list)
    status: Literal["requested", "declined", "withdrawn", "approved", "ready", "disbursed", "repaid"] = (
        "requested"
    )
    rate: BasisPoints | None = None
    instalments: list[Instalment] = field(default_factory=list)
    planned_payout_on: date | None = None
    approved_by: AccountId | None = None
    signed_on: date | None = None
    value_date: date | None = None

    # ── what can have happened ─────────────────────────────────────────────

    class Requested(Aggregate.Created, owner="customer_id", subject="customer_id"):
        reference: str
        """``L-2026-000123``."""
        customer_id: CustomerId
        contact_id: ContactId
        """The person we write to."""
        product_id: ProductId
        requested_by: AccountId
        principal: Money
        months: int
        """Number of monthly instalments."""
        purpose: Sealed[str]
        consents: list[Consent] = field(default_factory=list)
        """What was agreed to with this request; requests from before it was asked have none."""

    class Approved(Aggregate.Event):
        rate: BasisPoints
        """Nominal, a year."""
        instalments: list[Instalment]
        """What will be paid each month, oldest first; the dates follow from the day the money leaves."""
        planned_payout_on: date
        by: AccountId
        ceiling: Ceiling | None = None
        """The legal limit it was checked against; none was entered for this kind of loan when absent."""
        self_approval: str | None = None
        """Why one person decided alone; absent when two did."""

        def apply(self, loan: Loan) -> None:
            loan.status = "approved"
            loan.rate, loan.instalments = self.rate, self.instalments
            loan.planned_payout_on, loan.approved_by = self.planned_payout_on, self.by

    class Declined(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        reason: Sealed[str]
        """Shown to the customer word for word."""
        by: AccountId

        def apply(self, loan: Loan) -> None:
            loan.status = "declined"

    class Withdrawn(Aggregate.Event):
        by: AccountId

        def apply(self, loan: Loan) -> None:
            loan.status = "withdrawn"

    class ContractSigned(Aggregate.Event):
        contract_id: ContractId
        signed_on: date
        """The day the signed copy was accepted; no money leaves with an earlier value date."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.signed_on = "ready", self.signed_on

    class Disbursed(Aggregate.Event):
        amount: Money
        value_date: date
        """The day the money left; the instalments fall due so many months after it."""
        method: Method
        reference: str
        """Of the transfer, the receipt or the cheque."""
        by: AccountId
        payee: int | None = None
        """Number of the customer's payee that a transfer went to; absent where none was on file."""
        self_approval: str | None = None
        """Why the approver also paid out; absent when two people did."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.value_date = "disbursed", self.value_date

    class Repaid(Aggregate.Event):
        repaid_on: date
        """The business day on which the last cent was received and due."""

        def apply(self, loan: Loan) -> None:
            loan.status = "repaid"

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def request(
        cls,
        id: LoanId,
        reference: str,
        customer_id: CustomerId,
        contact_id: ContactId,
        product_id: ProductId,
        requested_by: AccountId,
        principal: Money,
        months: int,
        purpose: str,
        consents: Sequence[Consent] = (),
    ) -> Loan:
        return cls.begin(
            cls.Requested,
            id,
            reference=reference,
            customer_id=customer_id,
            contact_id=contact_id,
            product_id=product_id,
            requested_by=requested_by,
            principal=principal,
            months=months,
            purpose=Sealed(purpose),
            consents=list(consents),
        )

    @when("requested", otherwise=NotAwaitingDecision)
    def approve(
        self,
        rate: BasisPoints,
        instalments: list[Instalment],
        planned_payout_on: date,
        by: Decider,
        allowed: Allowance,
        on: date,
    ) -> None:
        if not on <= planned_payout_on <= on + LATEST_PAYOUT:
            raise self.reject(ValueDateInvalid, f"a payout is planned for {on} to {on + LATEST_PAYOUT}")
        alone = self._alone(by, self.requested_by, OwnRequest)
        allowed.admit(self.principal)
        self.record(
            self.Approved,
            rate=rate,
            instalments=instalments,
            planned_payout_on=planned_payout_on,
            by=by.account_id,
            self_approval=alone,
        )

    @when("requested", otherwise=NotAwaitingDecision)
    def decline(self, reason: str, by: Decider) -> None:
        if self.customer_id in by.customers:
            raise self.reject(OwnRequest, "whoever acts for the customer can take the request back")
        self.record(self.Declined, customer_id=self.customer_id, reason=Sealed(reason), by=by.account_id)

    @when("requested", otherwise=NotAwaitingDecision)
    def withdraw(self, by: AccountId) -> None:
        self.record(self.Withdrawn, by=by)

    def note_signature(self, contract_id: ContractId, signed_on: date) -> None:
        """Repeats change nothing; so does a signature heard of late."""
        if self.status in ("requested", "declined", "withdrawn"):
            raise self.reject(NotApproved, f"the loan is {self.status}")
        if self.status == "approved":
            self.record(self.ContractSigned, contract_id=contract_id, signed_on=signed_on)

    @when("ready", otherwise=NotReadyToDisburse)
    def disburse(
        self,
        value_date: date,
        method: Method,
        reference: str,
        payee: int | None,
        by: Decider,
        allowed: Allowance,
        on: date,
    ) -> None:
        if not (self.signed_on or on) <= value_date <= on:
            raise self.reject(ValueDateInvalid, f"money that left did so from {self.signed_on} to {on}")
        alone = self._alone(by, self.approved_by, SamePersonAsApprover)
        allowed.admit(self.principal)
        self.record(
            self.Disbursed,
            amount=self.principal,
            value_date=value_date,
            method=method,
            reference=reference,
            by=by.account_id,
            payee=payee,
            self_approval=alone,
        )

    def note_repaid(self, on: date) -> None:
        """Repeats change nothing."""
        if self.status not in ("disbursed", "repaid"):
            raise self.reject(NotDisbursed, f"the loan is {self.status}")
        if self.status == "disbursed":
            self.record(self.Repaid, repaid_on=on)

    def _alone(self, by: Decider, other: AccountId | None, refusal: type[Rejected]) -> str | None:
        """The recorded reason when nobody else was involved; None when somebody was. Raises the refusal."""
        if not by.is_party(self.customer_id, other):
            return None
        if by.alone_because is None:
            kind = OwnRequest if self.customer_id in by.customers else refusal
            raise self.reject(kind, "somebody else has to decide")
        return by.alone_because
