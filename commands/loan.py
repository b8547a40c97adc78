"""What can be asked of a loan."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.loan import (
    CannotStepBack,
    ClockStillRuns,
    Loan,
    NoPaymentYet,
    NotApproved,
    NotAwaitingDecision,
    NotDisbursed,
    NotReadyToDisburse,
    OwnRequest,
    SamePersonAsApprover,
    UnknownClock,
)
from aggregates.loan_product import AboveProductRate, LoanProduct, OutsideProduct, ProductWithdrawn
from aggregates.payee import Payee, PayeeCoolingOff, PayeeNotConfirmed, payee_id
from aggregates.payout_day import PayoutDay, payout_day_id
from aggregates.permissions import is_staff
from aggregates.rules.approval import Conditions, Finding
from aggregates.rules.ceilings import AboveRateCeiling, CeilingNotEntered
from aggregates.rules.consents import Consent, ConsentMissing, ConsentName, ConsentOnPaper, Given, recorded
from aggregates.rules.limits import AboveLimit
from aggregates.series import LOANS, Series, series_id
from aggregates.stop_switch import MoneyStopped
from aggregates.values import (
    AccountId,
    ContactId,
    ContractId,
    CustomerId,
    LoanId,
    Method,
    ProductId,
    ValueDateInvalid,
    reference,
)
from commands.account import decider
from commands.fields import Amount, Count, Day, Language, Months, NewId, Prose, Rate, Receipted, StepUpReason
from commands.legal_rates import ceiling_for
from commands.organisation import allowed, clock_settings
from commands.stop_switch import let_money_leave
from eventstore import AlreadyExists, Ask, Command, NotFound


class Agreed(BaseModel):
    """One text that was agreed to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consent: ConsentName
    version: Count = Field(description="Of the text that was shown.", examples=[1])
    language: Language = Field(description="In which it was read.", examples=["fr"])
    signed_on: Day | None = Field(
        None,
        description="The day on the paper, entered by staff; left out when it was agreed to on the screen.",
    )


def _is_by_staff(ask: Ask) -> bool:
    """Whether somebody of the house asks; a machine has no account and counts as one."""
    account = ask.find(Account, ask.by)
    return account is None or is_staff(account.roles)


def _one_of_each(agreed: list[Agreed]) -> list[Agreed]:
    if len({each.consent for each in agreed}) < len(agreed):
        raise ValueError("each text is named once")
    return agreed


class RequestLoan(
    Command,
    on=Loan,
    may="loan.request",
    rejects=(AlreadyExists, NotFound, OutsideProduct, ProductWithdrawn, ConsentMissing, ConsentOnPaper),
):
    """Open a loan request for a customer.

    A client agrees to every required text as it reads today; staff enter what was agreed to on paper, if anything.
    """

    loan_id: NewId[LoanId]
    customer_id: CustomerId
    contact_id: ContactId = Field(description="The person of the customer whom we write to.")
    product_id: ProductId
    principal: Amount
    months: Months = Field(
        description="How many instalments: months, weeks, fortnights or quarters, as the product."
    )
    purpose: Prose = Field(description="What the money is for.")
    consents: Annotated[list[Agreed], Field(max_length=10), AfterValidator(_one_of_each)] = Field(
        default_factory=list, description="What was agreed to with this request."
    )

    def create(self, ask: Ask) -> Loan:
        ask.load(Customer, self.customer_id)
        if ask.load(Contact, self.contact_id).customer_id != self.customer_id:
            raise NotFound(f"this customer has no contact {self.contact_id}")
        product = ask.load(LoanProduct, self.product_id)
        product.admit(self.principal, self.months, ask.on)
        agreed = self._agreed(ask)
        number = ask.number(Series, series_id(LOANS, ask.on.year), for_stream=self.loan_id)
        return Loan.request(
            self.loan_id,
            reference("L", ask.on.year, number),
            self.customer_id,
            self.contact_id,
            self.product_id,
            AccountId(ask.by),
            self.principal,
            self.months,
            self.purpose,
            agreed,
            product.terms_on(ask.on).frequency,
        )

    def _agreed(self, ask: Ask) -> list[Consent]:
        given = [Given(each.consent, each.version, each.language, each.signed_on) for each in self.consents]
        return recorded(given, AccountId(ask.by), ask.on, _is_by_staff(ask), "request")


class ApproveLoan(
    Command,
    on=Loan,
    may="loan.approve",
    decides=Loan.approve,
    rejects=(
        NotAwaitingDecision, OwnRequest, AboveLimit, AboveProductRate, AboveRateCeiling, CeilingNotEntered,
        OutsideProduct, ValueDateInvalid,
    ),
):  # fmt: skip
    """Accept the request. The contract is drafted next, with these conditions.

    The annual percentage rate may not be above the ceiling that is in force today for the law and the amount.
    """

    rate: Rate | None = Field(None, description="At most the product's, which applies when this is left out.")
    planned_payout_on: Day | None = Field(
        None, description="The day the money should leave, at most 92 days ahead; today when left out."
    )
    reason: StepUpReason | None = Field(
        None, description="Why you decide on your own request: only under the single-operator policy."
    )

    def needs_step_up(self) -> bool:
        """Whoever decides alone proves again who that is."""
        return self.reason is not None

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.approve(
            self.conditions(loan, ask),
            by=decider(ask, self.reason),
            allowed=allowed(ask, "loan.approve", loan.principal.currency),
            on=ask.on,
        )

    def conditions(self, loan: Loan, ask: Ask) -> Conditions:
        """What would be granted. Raises AboveProductRate, OutsideProduct."""
        product = ask.load(LoanProduct, loan.product_id)
        rate = product.rate_for(self.rate, ask.on)
        product.repaid_as_often(loan.frequency, ask.on)
        plan = product.plan(loan.principal, rate, loan.months, ask.on, self.planned_payout_on or ask.on)
        return Conditions(plan, product.law, ceiling_for(ask, product.law, loan.principal))

    def examine(self, loan: Loan, conditions: Conditions, ask: Ask) -> list[Finding]:
        """Everything that it depends on, without deciding."""
        return loan.examine(
            conditions,
            by=decider(ask, self.reason),
            allowed=allowed(ask, "loan.approve", loan.principal.currency),
            on=ask.on,
        )


class DeclineLoan(
    Command,
    on=Loan,
    may="loan.approve",
    decides=Loan.decline,
    rejects=(NotAwaitingDecision, OwnRequest),
):
    """Refuse the request and tell the customer why."""

    reason: Prose = Field(description="Shown to the customer word for word.")

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.decline(self.reason, by=decider(ask, None))


class WithdrawLoanRequest(
    Command, on=Loan, may="loan.request", decides=Loan.withdraw, rejects=(NotAwaitingDecision,)
):
    """Take the request back before it is decided."""

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.withdraw(by=AccountId(ask.by))


class ConfirmInformation(
    Command,
    on=Loan,
    may="loan.request",
    decides=Loan.inform,
    rejects=(NotApproved, ConsentMissing, ConsentOnPaper),
):
    """Confirm that the information before the contract was received: the contract is drafted next.

    A client confirms on the screen; staff enter the day on the paper that the client signed.
    """

    version: Count = Field(description="Of the text that was shown.", examples=[1])
    language: Language = Field(description="In which it was read.", examples=["fr"])
    signed_on: Day | None = Field(
        None,
        description="The day on the paper, entered by staff; left out when it was confirmed on the screen.",
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        said = Given("pre-contract-information", self.version, self.language, self.signed_on)
        [proof] = recorded([said], AccountId(ask.by), ask.on, _is_by_staff(ask), "approval")
        loan.inform(proof)


class NoteOffer(Command, on=Loan):
    """Record on the loan that its contract was sent to the client, or anew. Sent by workers/sign.py."""

    sent_on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_offer(self.sent_on, clock_settings(ask))


class EndClock(Command, on=Loan, rejects=(UnknownClock, ClockStillRuns)):
    """Let a clock of the loan end; the offer lapses with its own. Sent by workers/sign.py on the day after its last."""

    number: Count

    def perform(self, loan: Loan, ask: Ask) -> None:
        contract = ask.also(Contract, contract_id(LoanId(loan.id)))
        if loan.end_clock(self.number, ask.on, contract.was_answered):
            contract.expire()


class StepBack(
    Command,
    on=Loan,
    may="loan.request",
    decides=Loan.step_back,
    rejects=(CannotStepBack, ValueDateInvalid),
):
    """Step back from the signed contract, without a reason and without cost, in the time that the law gives.

    No money has left yet: the loan ends here.
    """

    notified_on: Day | None = Field(
        None, description="The day on the client's letter, entered by staff; a client gives notice today."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        if self.notified_on is not None and not _is_by_staff(ask):
            raise loan.reject(ValueDateInvalid, "a client gives notice today: leave the day out")
        loan.step_back(self.notified_on or ask.on, by=AccountId(ask.by), on=ask.on)


class NoteSignature(Command, on=Loan, rejects=(NotApproved, NotFound)):
    """Record on the loan that its contract is signed. Sent by workers/sign.py."""

    contract_id: ContractId

    def perform(self, loan: Loan, ask: Ask) -> None:
        contract = ask.load(Contract, self.contract_id)
        if contract.loan_id != loan.id or contract.signed_on is None:
            raise NotFound(f"{loan.reference} has no signed contract {self.contract_id}")
        loan.note_signature(self.contract_id, contract.signed_on, clock_settings(ask))


class DisburseLoan(
    Command,
    on=Loan,
    may="loan.disburse",
    step_up=True,
    decides=Loan.disburse,
    rejects=(
        NotReadyToDisburse, NoPaymentYet, SamePersonAsApprover, OwnRequest, AboveLimit, MoneyStopped,
        PayeeCoolingOff, PayeeNotConfirmed, ValueDateInvalid,
    ),
):  # fmt: skip
    """Record that the principal was paid out by hand. The schedule begins on the value date.

    A transfer goes to the customer's payee in force, when there is one, and the record says which.
    """

    value_date: Day = Field(description="The day the money left: not before the signature, not after today.")
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    reason: StepUpReason | None = Field(
        None, description="Why the approver also pays out: only under the single-operator policy."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        let_money_leave(ask)
        by, most = AccountId(ask.by), allowed(ask, "loan.disburse", loan.principal.currency)
        payee = self._payee(loan, ask)
        who = decider(ask, self.reason)
        loan.disburse(self.value_date, self.method, self.reference, payee, by=who, allowed=most, on=ask.on)
        today = ask.also_or_begin(
            PayoutDay, payout_day_id(by, ask.on), lambda: PayoutDay.begin_for(by, ask.on)
        )
        today.count(LoanId(loan.id), loan.principal, most)

    def _payee(self, loan: Loan, ask: Ask) -> int | None:
        """The number of the payee in force, for a transfer to a customer who has one."""
        payee = ask.find(Payee, payee_id(loan.customer_id)) if self.method == "transfer" else None
        return None if payee is None else payee.for_transfers(ask.now)


class NoteRepaid(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that everything is paid. Sent by workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_repaid(self.on)
