"""What can be asked of a payee: proposed by one person, confirmed by another, refused by anybody who may do either."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.payee import (
    Payee,
    PayeeNotPending,
    SamePersonAsProposer,
    UnknownPayee,
    payee_id,
)
from aggregates.values import AccountId, ContactId, CustomerId
from commands.account import decider
from commands.fields import Bic, Count, Iban, Line, Name, Phone, Prose, StepUpReason
from eventstore import Ask, Command, NotFound


class BankAccount(BaseModel):
    """An account at a bank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["bank-account"]
    holder: Name = Field(description="As the bank knows the holder.")
    iban: Iban
    bic: Bic | None = Field(None, description="Where the country's transfers still ask for it.")


class MobileMoney(BaseModel):
    """A mobile-money account, known by its phone number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["mobile-money"]
    holder: Name = Field(description="As the operator knows the holder.")
    operator: Line = Field(examples=["Orange Money"])
    phone: Phone


class ProposePayee(Command, on=Payee, may="payee.propose", step_up=True, rejects=(NotFound,)):
    """Say where a customer's payouts shall go. Somebody else confirms; until 24 hours after that the payee in force,
    if there is one, stays."""

    customer_id: CustomerId
    contact_id: ContactId = Field(
        description="The person of the customer who is told; of the first proposal."
    )
    to: Annotated[BankAccount | MobileMoney, Field(discriminator="kind")]

    def create(self, ask: Ask) -> Payee:
        ask.load(Customer, self.customer_id)
        if ask.load(Contact, self.contact_id).customer_id != self.customer_id:
            raise NotFound(f"this customer has no contact {self.contact_id}")
        payee = ask.also_or_begin(
            Payee, payee_id(self.customer_id), lambda: Payee.begin_for(self.customer_id, self.contact_id)
        )
        by, to = AccountId(ask.by), self.to
        if isinstance(to, BankAccount):
            payee.propose_bank_account(to.holder, to.iban, to.bic, by)
        else:
            payee.propose_mobile_money(to.holder, to.operator, to.phone, by)
        return payee


class ConfirmPayee(
    Command, on=Payee, may="payee.confirm", step_up=True,
    rejects=(PayeeNotPending, SamePersonAsProposer, UnknownPayee),
):  # fmt: skip
    """Confirm the newest proposal, after asking the customer by another way. Money may go there 24 hours later."""

    number: Count = Field(description="Of the proposal that was looked at.")
    reason: StepUpReason | None = Field(
        None, description="Why the proposer also confirms: only under the single-operator policy."
    )

    def perform(self, payee: Payee, ask: Ask) -> None:
        payee.confirm(self.number, by=decider(ask, self.reason), now=ask.now)


class RefusePayee(Command, on=Payee, may="payee.refuse", rejects=(PayeeNotPending, UnknownPayee)):
    """Let a proposal never come into force: one that is not confirmed, or still cools off. One person is enough."""

    number: Count
    reason: Prose

    def perform(self, payee: Payee, ask: Ask) -> None:
        payee.refuse(self.number, self.reason, by=AccountId(ask.by), now=ask.now)
