"""A contract: made from an approved loan, sent, signed by hand, returned, accepted.

drafted ──render──▶ rendered ──send──▶ sent ──receive──▶ returned ──accept──▶ signed
                        │               ▲ │               ▲ │   └── receive again: replaces the copy
                        └──receive──────┼─┼───────────────┘ │
                                        │ └── send again    │
                                        └─────refuse────────┘
The offer of an unsigned one may lapse: expired.
A letter that bounced holds nothing up: a rendered contract takes its signed copy too, and is sent again on demand.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import Any, ClassVar, Literal

from aggregates.rules.calendar import dated
from aggregates.rules.four_eyes import Decider
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.terms import Drawdown, Fixing, Terms
from aggregates.values import (
    AccountId,
    BasisPoints,
    ContactId,
    ContractId,
    CustomerId,
    DocumentId,
    LoanId,
    Money,
    NotificationId,
    derived,
)
from eventstore import Aggregate, Rejected, Sealed, when


class AlreadyRendered(Rejected):
    """The contract's PDF exists already, with other content."""


class NotRendered(Rejected):
    """Only a contract that was made as a PDF can be sent."""


class NotAwaitingSignature(Rejected):
    """The contract waits for no signature: its PDF is not made yet, it is signed, or its offer has lapsed."""


class UnsignedCopy(Rejected):
    """This file is the contract as we sent it, without a signature."""

    status = 422


class NoCopyToReview(Rejected):
    """There is no signed copy waiting for a decision."""


class OwnCopy(Rejected):
    """Nobody accepts a signed copy they handed in, nor reviews one of a customer they act for."""


def contract_id(loan: LoanId) -> ContractId:
    """Each loan has one contract."""
    return ContractId(derived(loan, "contract"))


class Contract(Aggregate):
    customer_id: CustomerId
    loan_id: LoanId
    contact_id: ContactId
    reference: str
    template: str
    template_sha256: str
    language: Literal["fr", "en"]
    borrower: Sealed[str]
    borrower_address: Sealed[str]
    principal: Money
    rate: BasisPoints
    months: int
    planned_payout_on: date
    drafted_on: date
    lender: dict[str, str] = field(default_factory=dict)
    instalments: list[Scheduled] = field(default_factory=list)
    terms: Terms | None = None
    drawdowns: list[Drawdown] = field(default_factory=list)
    status: Literal["drafted", "rendered", "sent", "returned", "signed", "expired"] = "drafted"
    document_id: DocumentId | None = None
    sha256: str | None = None
    sendings_asked: int = 0
    copy_id: DocumentId | None = None
    copy_sha256: str | None = None
    copy_by: AccountId | None = None
    signed_on: date | None = None

    # ── what can have happened ─────────────────────────────────────────────

    class Drafted(Aggregate.Created, owner="customer_id", subject="customer_id"):
        """Everything that the document says, so that the same bytes can be made again."""

        schema: ClassVar = 2

        customer_id: CustomerId
        loan_id: LoanId
        contact_id: ContactId
        reference: str
        """``K-2026-000123``: the loan's, with a K."""
        template: str
        """Which template, as a path in ``templates/``."""
        template_sha256: str
        """Of the template's files, so that a changed text shows."""
        language: Literal["fr", "en"]
        borrower: Sealed[str]
        borrower_address: Sealed[str]
        lender: dict[str, str]
        """As the organisation was on that day; the keys of ``Organisation.lender``."""
        principal: Money
        rate: BasisPoints
        months: int
        instalments: list[Scheduled]
        planned_payout_on: date
        drafted_on: date
        terms: Terms | None = None
        """Level monthly instalments at the rate in contracts from before they were kept."""
        drawdowns: list[Drawdown] = field(default_factory=list)
        """On which days so much of the principal leaves; empty where all of it does at once."""
        fixings: list[Fixing] = field(default_factory=list)
        """Published values of the index that the instalments were reckoned from."""

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> dict[str, Any]:
            return {**state, "instalments": dated(state["instalments"], state["planned_payout_on"])}

    class Rendered(Aggregate.Event):
        document_id: DocumentId
        sha256: str
        """Hex digest of the PDF."""
        pages: int

        def apply(self, contract: Contract) -> None:
            contract.status = "rendered"
            contract.document_id, contract.sha256 = self.document_id, self.sha256

    class Sent(Aggregate.Event):
        notification_id: NotificationId

        def apply(self, contract: Contract) -> None:
            contract.status = "sent"

    class SendingAsked(Aggregate.Event):
        """Somebody wants the contract written to the customer once more."""

        number: int
        """Which such request of this contract, from 1."""
        by: AccountId

        def apply(self, contract: Contract) -> None:
            contract.sendings_asked = self.number

    class SignedCopyReceived(Aggregate.Event):
        document_id: DocumentId
        sha256: str
        by: AccountId

        def apply(self, contract: Contract) -> None:
            contract.status = "returned"
            contract.copy_id, contract.copy_sha256 = self.document_id, self.sha256
            contract.copy_by = self.by

    class SignedCopyRefused(Aggregate.Event, subject="customer_id"):
        customer_id: CustomerId
        document_id: DocumentId
        reason: Sealed[str]
        """Shown to the customer word for word."""
        by: AccountId

        def apply(self, contract: Contract) -> None:
            # Also when no letter arrived: whoever returned a copy has the contract.
            contract.status = "sent"
            contract.copy_id, contract.copy_sha256, contract.copy_by = None, None, None

    class Signed(Aggregate.Event):
        loan_id: LoanId
        document_id: DocumentId
        """The signed copy that was accepted."""
        sha256: str
        by: AccountId
        signed_on: date
        """The day it was accepted."""
        self_approval: str | None = None
        """Why whoever handed the copy in also accepted it; absent when two people did."""

        def apply(self, contract: Contract) -> None:
            contract.status, contract.signed_on = "signed", self.signed_on

    class Expired(Aggregate.Event):
        """Nobody signed while the offer held."""

        def apply(self, contract: Contract) -> None:
            contract.status = "expired"

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def draft(
        cls,
        loan_id: LoanId,
        customer_id: CustomerId,
        contact_id: ContactId,
        reference: str,
        template: str,
        template_sha256: str,
        language: Literal["fr", "en"],
        borrower: str,
        borrower_address: str,
        lender: dict[str, str],
        principal: Money,
        rate: BasisPoints,
        instalments: list[Scheduled],
        planned_payout_on: date,
        terms: Terms,
        drawdowns: list[Drawdown],
        fixings: list[Fixing],
        on: date,
    ) -> Contract:
        return cls.begin(
            cls.Drafted,
            contract_id(loan_id),
            customer_id=customer_id,
            loan_id=loan_id,
            contact_id=contact_id,
            reference=reference,
            template=template,
            template_sha256=template_sha256,
            language=language,
            borrower=Sealed(borrower),
            borrower_address=Sealed(borrower_address),
            lender=lender,
            principal=principal,
            rate=rate,
            months=len(instalments),
            instalments=instalments,
            planned_payout_on=planned_payout_on,
            drafted_on=on,
            terms=terms,
            drawdowns=drawdowns,
            fixings=fixings,
        )

    def record_rendering(self, document_id: DocumentId, sha256: str, pages: int) -> bool:
        """Returns whether it is news: the same PDF again changes nothing."""
        if self.sha256 == sha256:
            return False
        if self.status != "drafted":
            raise self.reject(AlreadyRendered, f"{self.reference} was rendered with other content")
        self.record(self.Rendered, document_id=document_id, sha256=sha256, pages=pages)
        return True

    def note_sent(self, notification_id: NotificationId) -> None:
        """Repeats change nothing; so does a letter heard of late."""
        if self.status == "drafted":
            raise self.reject(NotRendered, f"{self.reference} is not rendered yet")
        if self.status == "rendered":
            self.record(self.Sent, notification_id=notification_id)

    @when("rendered", "sent", "returned", otherwise=NotAwaitingSignature)
    def send_again(self, by: AccountId) -> None:
        self.record(self.SendingAsked, number=self.sendings_asked + 1, by=by)

    @when("rendered", "sent", "returned", otherwise=NotAwaitingSignature)
    def receive_signed_copy(self, document_id: DocumentId, sha256: str, by: AccountId) -> None:
        if sha256 == self.sha256:
            raise self.reject(UnsignedCopy, "sign it, then send the signed pages as a PDF or as pictures")
        self.record(self.SignedCopyReceived, document_id=document_id, sha256=sha256, by=by)

    @when("returned", otherwise=NoCopyToReview)
    def refuse_signed_copy(self, reason: str, by: AccountId, acts_for_customer: bool) -> None:
        if acts_for_customer:
            raise self.reject(OwnCopy, "somebody else has to look at it")
        self.record(
            self.SignedCopyRefused,
            customer_id=self.customer_id,
            document_id=self.copy_id,
            reason=Sealed(reason),
            by=by,
        )

    @when("returned", otherwise=NoCopyToReview)
    def accept_signed_copy(self, by: Decider, on: date) -> None:
        own = by.is_party(self.customer_id, self.copy_by)
        if own and by.alone_because is None:
            raise self.reject(OwnCopy, "somebody else has to look at it")
        self.record(
            self.Signed,
            loan_id=self.loan_id,
            document_id=self.copy_id,
            sha256=self.copy_sha256,
            by=by.account_id,
            signed_on=on,
            self_approval=by.alone_because if own else None,
        )

    def expire(self) -> None:
        """Together with its loan, see Loan.end_clock."""
        self.record(self.Expired)

    # ── what it knows ──────────────────────────────────────────────────────

    @property
    def was_answered(self) -> bool:
        """Whether a signed copy is here, accepted or not."""
        return self.status in ("returned", "signed")
