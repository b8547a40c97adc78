"""What can be asked of a contract."""

from __future__ import annotations

from pydantic import Field

from aggregates.account import Account
from aggregates.contract import (
    AlreadyRendered,
    Contract,
    NoCopyToReview,
    NotAwaitingSignature,
    NotRendered,
    OwnCopy,
    UnsignedCopy,
)
from aggregates.customer import Customer
from aggregates.document import Document
from aggregates.loan import Loan, NotApproved, NotInformed
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.clocks import INFORMED_BEFORE
from aggregates.values import AccountId, CustomerId, DocumentId, LoanId, NotificationId, sibling
from commands.account import decider
from commands.fields import Count, FileName, MediaType, NewId, Prose, Sha256, Size, StepUpReason, StorageKey
from eventstore import AlreadyExists, Ask, Command


class DraftContract(Command, on=Contract, rejects=(NotApproved, NotInformed, AlreadyExists)):
    """Write down what an approved loan agrees on. Sent by workers/render.py."""

    loan_id: LoanId
    template: StorageKey
    template_sha256: Sha256

    def create(self, ask: Ask) -> Contract:
        loan = ask.load(Loan, self.loan_id)
        if loan.rate is None or loan.terms is None or loan.planned_payout_on is None:
            raise loan.reject(NotApproved, f"{loan.reference} is {loan.status}")
        if loan.needs_information:
            raise loan.reject(NotInformed, f"there is no proof of it yet ({INFORMED_BEFORE[loan.law]})")
        customer = ask.load(Customer, loan.customer_id)
        return Contract.draft(
            self.loan_id,
            loan.customer_id,
            loan.contact_id,
            sibling(loan.reference, "K"),
            self.template,
            self.template_sha256,
            customer.language,
            customer.name.open(),
            customer.address.open(),
            ask.load(Organisation, ORGANISATION_ID).lender(),
            loan.principal,
            loan.rate,
            loan.instalments,
            loan.planned_payout_on,
            loan.terms,
            loan.drawdowns,
            loan.fixings,
            ask.on,
        )


class RecordRendering(Command, on=Contract, rejects=(AlreadyRendered, AlreadyExists)):
    """Record that the contract's PDF is in the storage. Sent by workers/render.py; repeats change nothing."""

    document_id: DocumentId
    key: StorageKey
    sha256: Sha256
    size: Size
    pages: Count

    def perform(self, contract: Contract, ask: Ask) -> None:
        if contract.record_rendering(self.document_id, self.sha256, self.pages):
            ask.add(
                Document.keep(
                    self.document_id,
                    contract.customer_id,
                    "contract",
                    contract.id,
                    contract.reference,
                    self.key,
                    self.sha256,
                    self.size,
                    "application/pdf",
                    self.pages,
                    AccountId(ask.by),
                )
            )


class NoteContractSent(Command, on=Contract, rejects=(NotRendered,)):
    """Record that the customer was written to. Sent by workers/notify.py; repeats change nothing."""

    notification_id: NotificationId

    def perform(self, contract: Contract, ask: Ask) -> None:
        contract.note_sent(self.notification_id)


class SendContractAgain(
    Command,
    on=Contract,
    may="contract.review",
    decides=Contract.send_again,
    rejects=(NotAwaitingSignature,),
):
    """Write the contract to the customer once more, at the address and in the language of now: after a mail that
    bounced, or one that was lost."""

    def perform(self, contract: Contract, ask: Ask) -> None:
        contract.send_again(by=AccountId(ask.by))


class ReceiveSignedCopy(
    Command,
    on=Contract,
    may="contract.return",
    decides=Contract.receive_signed_copy,
    rejects=(NotAwaitingSignature, UnsignedCopy, AlreadyExists),
):
    """Return the contract with its signature. A copy that waits for review is replaced.

    Sent for an upload, once the bytes are checked and stored under this key.
    """

    document_id: NewId[DocumentId]
    key: StorageKey
    sha256: Sha256
    size: Size
    media_type: MediaType
    pages: Count
    file_name: FileName | None = None

    def perform(self, contract: Contract, ask: Ask) -> None:
        contract.receive_signed_copy(self.document_id, self.sha256, by=AccountId(ask.by))
        ask.add(
            Document.keep(
                self.document_id,
                contract.customer_id,
                "signed-copy",
                contract.id,
                contract.reference,
                self.key,
                self.sha256,
                self.size,
                self.media_type,
                self.pages,
                AccountId(ask.by),
                self.file_name,
            )
        )


class RefuseSignedCopy(
    Command,
    on=Contract,
    may="contract.review",
    decides=Contract.refuse_signed_copy,
    rejects=(NoCopyToReview, OwnCopy),
):
    """Refuse the signed copy and tell the customer what is wrong with it."""

    reason: Prose = Field(description="Shown to the customer word for word.")

    def perform(self, contract: Contract, ask: Ask) -> None:
        own = _acts_for(ask, contract.customer_id)
        contract.refuse_signed_copy(self.reason, by=AccountId(ask.by), acts_for_customer=own)


class AcceptSignedCopy(
    Command,
    on=Contract,
    may="contract.review",
    decides=Contract.accept_signed_copy,
    rejects=(NoCopyToReview, OwnCopy),
):
    """Accept the signed copy: the contract is signed and the money may leave. Send ``If-Match`` with it, so that
    a copy that was replaced meanwhile is not accepted unseen."""

    reason: StepUpReason | None = Field(
        None,
        description="Why you accept a copy that you handed in: only under the single-operator policy.",
    )

    def needs_step_up(self) -> bool:
        """Whoever decides alone proves again who that is."""
        return self.reason is not None

    def perform(self, contract: Contract, ask: Ask) -> None:
        contract.accept_signed_copy(by=decider(ask, self.reason), on=ask.on)


def _acts_for(ask: Ask, customer: CustomerId) -> bool:
    return customer in ask.load(Account, ask.by).customers
