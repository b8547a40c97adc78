"""What can be asked of a loan, from the request to the payout; many lines, because its life is one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.document import Document, paper_id
from aggregates.loan import (
    CannotStepBack,
    ClockStillRuns,
    InformationNotReady,
    Loan,
    NoDrawdownToCome,
    NoPaymentYet,
    NotApproved,
    NotAwaitingDecision,
    NotCounterOffered,
    NotDisbursed,
    NotReadyToDisburse,
    OwnRequest,
    SameAsRequested,
    SamePersonAsApprover,
    UnknownClock,
)
from aggregates.loan_product import AboveProductRate, LoanProduct, OutsideProduct, ProductWithdrawn
from aggregates.payee import PayeeCoolingOff, PayeeNotConfirmed
from aggregates.permissions import is_staff
from aggregates.rules.approval import Conditions, Finding
from aggregates.rules.ceilings import AboveRateCeiling, CeilingNotEntered
from aggregates.rules.consents import Consent, ConsentMissing, ConsentName, ConsentOnPaper, Given, recorded
from aggregates.rules.limits import AboveLimit
from aggregates.rules.servicing_refusals import AlreadyRepaid, PaidAhead, ScheduleMovedOn
from aggregates.rules.terms import Fixing, UnsoundTerms
from aggregates.series import LOANS, Series, series_id
from aggregates.servicing import Servicing, servicing_id
from aggregates.stop_switch import MoneyStopped
from aggregates.values import (
    AccountId,
    BasisPoints,
    ContactId,
    ContractId,
    CustomerId,
    LoanId,
    Method,
    Money,
    ProductId,
    ValueDateInvalid,
    reference,
)
from commands.account import decider
from commands.fields import Amount, Count, Day, Language, Months, NewId, Prose, Rate, Receipted, StepUpReason
from commands.index_rates import fixing_on
from commands.legal_rates import ceiling_for
from commands.organisation import allowed, clock_settings
from commands.payout_day import count_payout, payee_for
from commands.stop_switch import let_money_leave
from commands.terms import WrittenDrawdown
from eventstore import AlreadyExists, Ask, Command, NotFound, Rejected


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


def _day_of_word(loan: Loan, said: date | None, ask: Ask) -> date:
    """The day on which the client spoke: on paper what staff enter, on the screen today. Raises ValueDateInvalid."""
    if said is not None and not _is_by_staff(ask):
        raise loan.reject(ValueDateInvalid, "a client says it today: leave the day out")
    return said or ask.on


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
        None,
        description="The day the money should leave, at most 92 days ahead; that of the first drawdown, or today,"
        " when left out.",
    )
    drawdowns: Annotated[list[WrittenDrawdown], Field(max_length=50)] = Field(
        default=[],
        description="When there are several: they sum to the principal, the first on the planned payout day, all"
        " before the last period.",
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
        return _lent(
            loan, loan.principal, loan.months, self.rate, self.planned_payout_on, ask, self.drawdowns
        )

    def examine(self, loan: Loan, conditions: Conditions, ask: Ask) -> list[Finding]:
        """Everything that it depends on, without deciding."""
        return loan.examine(
            conditions,
            by=decider(ask, self.reason),
            allowed=allowed(ask, "loan.approve", loan.principal.currency),
            on=ask.on,
        )


class MakeCounterOffer(
    Command,
    on=Loan,
    may="loan.approve",
    decides=Loan.make_counter_offer,
    rejects=(
        NotAwaitingDecision, SameAsRequested, OwnRequest, AboveLimit, AboveProductRate, AboveRateCeiling,
        CeilingNotEntered, OutsideProduct, ValueDateInvalid,
    ),
):  # fmt: skip
    """Offer other conditions than those that were asked for: another amount, other months, another rate.

    It is a decision to lend, refused for the same reasons as an approval. The client accepts or declines in the time that
    the organisation's offers hold; another counter-offer takes the place of this one.
    """

    principal: Amount | None = Field(None, description="What was asked for when left out.")
    months: Months | None = Field(None, description="What was asked for when left out.")
    rate: Rate | None = Field(None, description="At most the product's, which applies when this is left out.")
    planned_payout_on: Day | None = Field(
        None, description="The day the money should leave, at most 92 days ahead; today when left out."
    )
    reason: Prose = Field(description="Why something else is offered: shown to the customer word for word.")
    alone_because: StepUpReason | None = Field(
        None, description="Why you decide on your own request: only under the single-operator policy."
    )

    def needs_step_up(self) -> bool:
        """Whoever decides alone proves again who that is."""
        return self.alone_because is not None

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.make_counter_offer(
            self.conditions(loan, ask),
            as_requested(loan, ask),
            self.reason,
            by=decider(ask, self.alone_because),
            allowed=allowed(ask, "loan.approve", loan.principal.currency),
            settings=clock_settings(ask),
            on=ask.on,
        )

    def conditions(self, loan: Loan, ask: Ask) -> Conditions:
        """What would be offered. Raises AboveProductRate, OutsideProduct."""
        principal, months = self.principal or loan.requested_principal, self.months or loan.requested_months
        return _lent(loan, principal, months, self.rate, self.planned_payout_on, ask)

    def examine(self, loan: Loan, conditions: Conditions, ask: Ask) -> list[Finding]:
        """Everything that it depends on, without deciding."""
        return loan.examine_counter_offer(
            conditions,
            as_requested(loan, ask),
            by=decider(ask, self.alone_because),
            allowed=allowed(ask, "loan.approve", loan.principal.currency),
            on=ask.on,
        )


def as_requested(loan: Loan, ask: Ask) -> Conditions | None:
    """What the request itself would be lent on today, at the product's rate; None where the product no longer lends it."""
    try:
        return _lent(loan, loan.requested_principal, loan.requested_months, None, None, ask)
    except OutsideProduct:
        return None


def _lent(
    loan: Loan,
    principal: Money,
    months: int,
    rate: BasisPoints | None,
    payout_on: date | None,
    ask: Ask,
    drawdowns: Sequence[WrittenDrawdown] = (),
) -> Conditions:
    """What would be lent under the loan's product, and the ceiling of the day. Raises AboveProductRate, OutsideProduct."""
    product = ask.load(LoanProduct, loan.product_id)
    granted = product.rate_for(rate, ask.on)
    product.repaid_as_often(loan.frequency, ask.on)
    drawn = [each.said() for each in drawdowns]
    first_on = payout_on or (drawn[0].on if drawn else ask.on)
    plan = product.plan(principal, granted, months, ask.on, first_on, drawn, _known(product, ask))
    return Conditions(plan, product.law, ceiling_for(ask, product.law, principal))


def _known(product: LoanProduct, ask: Ask) -> list[Fixing]:
    """The value of the index today, for a variable rate. Raises OutsideProduct."""
    variable = product.terms_on(ask.on).variable
    if variable is None:
        return []
    fixing = fixing_on(ask, variable, ask.on)
    if fixing is None:
        raise product.reject(OutsideProduct, f"its rate follows {variable.index}: enter its value first")
    return [fixing]


class AcceptCounterOffer(
    Command,
    on=Loan,
    may="loan.request",
    decides=Loan.accept_counter_offer,
    rejects=(NotCounterOffered, AboveRateCeiling, CeilingNotEntered, ValueDateInvalid),
):
    """Accept the other conditions for the client: the loan is approved with them.

    Refused when the legal ceiling has fallen below them since they were offered.
    """

    accepted_on: Day | None = Field(
        None, description="The day of the client's word, entered by staff; a client accepts today."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        offered = loan.counter_offer
        ceiling = ceiling_for(ask, offered.conditions.law, offered.conditions.principal) if offered else None
        accepted_on = _day_of_word(loan, self.accepted_on, ask)
        loan.accept_counter_offer(accepted_on, by=AccountId(ask.by), ceiling=ceiling, on=ask.on)


class DeclineCounterOffer(
    Command,
    on=Loan,
    may="loan.request",
    decides=Loan.decline_counter_offer,
    rejects=(NotCounterOffered, ValueDateInvalid),
):
    """Decline the other conditions for the client: the request waits for a decision again, as it was made."""

    declined_on: Day | None = Field(
        None, description="The day of the client's word, entered by staff; a client declines today."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        declined_on = _day_of_word(loan, self.declined_on, ask)
        loan.decline_counter_offer(declined_on, by=AccountId(ask.by), on=ask.on)


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
    rejects=(NotApproved, ConsentMissing, ConsentOnPaper, InformationNotReady),
):
    """Confirm that the information before the contract was received: the contract is drafted next.

    A client confirms on the screen, once the document is there; staff enter the day on the paper that the client
    signed. The proof names the SHA-256 of the document.
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
        document = ask.find(Document, paper_id(LoanId(loan.id), "information"))
        loan.inform(replace(proof, document_sha256=document.sha256 if document else None))


class NoteOffer(Command, on=Loan):
    """Record on the loan that its contract was sent to the client, or anew. Sent by workers/sign.py."""

    sent_on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_offer(self.sent_on, clock_settings(ask))


class EndClock(Command, on=Loan, rejects=(UnknownClock, ClockStillRuns)):
    """Let a clock of the loan end; the offer lapses with its own. Sent by workers/sign.py on the day after its last."""

    number: Count

    def perform(self, loan: Loan, ask: Ask) -> None:
        contract = self._contract(loan, ask)
        was_answered = contract is not None and contract.was_answered
        if loan.end_clock(self.number, ask.on, was_answered) and contract is not None:
            contract.expire()

    def _contract(self, loan: Loan, ask: Ask) -> Contract | None:
        """None before the loan is approved."""
        return ask.also(Contract, contract_id(LoanId(loan.id))) if loan.approved_by else None


class StepBack(
    Command,
    on=Loan,
    may="loan.request",
    decides=Loan.step_back,
    rejects=(CannotStepBack, ValueDateInvalid, AlreadyRepaid),
):
    """Step back from the signed contract, without a reason, in the time that the law gives.

    Where no money has left yet the loan ends here, without cost. Where it has, it is to come back within the time that
    the law gives for that, with the interest of those days where the law lets the lender ask for it, and nothing else.
    """

    notified_on: Day | None = Field(
        None, description="The day on the client's letter, entered by staff; a client gives notice today."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        notified_on, by = _day_of_word(loan, self.notified_on, ask), AccountId(ask.by)
        asked = loan.step_back(notified_on, by=by, on=ask.on)
        if asked is not None:
            self._servicing(loan, ask).step_back(asked, by=by, on=ask.on)

    def _servicing(self, loan: Loan, ask: Ask) -> Servicing:
        return _opened(loan, ask, CannotStepBack)


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
        PayeeCoolingOff, PayeeNotConfirmed, ValueDateInvalid, AlreadyRepaid, PaidAhead, ScheduleMovedOn,
        UnsoundTerms,
    ),
):  # fmt: skip
    """Record that the money was paid out by hand: the principal, or the next of its drawdowns.

    The schedule begins on the value date of the first; with each other one what is to come is reckoned anew, and
    interest runs from its day.

    A transfer goes to the customer's payee in force, when there is one, and the record says which.
    """

    value_date: Day = Field(
        description="The day the money left: not before the signature or the drawdown before it, not after today."
    )
    method: Method
    reference: Receipted = Field(description="Of the transfer, the receipt or the cheque.")
    reason: StepUpReason | None = Field(
        None, description="Why the approver also pays out: only under the single-operator policy."
    )

    def perform(self, loan: Loan, ask: Ask) -> None:
        let_money_leave(ask)
        most = allowed(ask, "loan.disburse", loan.principal.currency)
        payee = payee_for(ask, loan.customer_id, self.method)
        who = decider(ask, self.reason)
        kept = loan.costs(loan.drawn[:1]).kept_interest if loan.drawn else None
        paid = loan.disburse(
            self.value_date, self.method, self.reference, payee, by=who, allowed=most, on=ask.on
        )
        if kept is not None:
            servicing = self._servicing(loan, ask)
            servicing.draw(paid, loan.costs(loan.drawn), kept, by=AccountId(ask.by), on=ask.on)
        count_payout(ask, LoanId(loan.id), paid.amount, most)

    def _servicing(self, loan: Loan, ask: Ask) -> Servicing:
        return _opened(loan, ask, NotReadyToDisburse)


def _opened(loan: Loan, ask: Ask, refusal: type[Rejected]) -> Servicing:
    """The servicing, which is opened a moment after the first drawdown. Raises the refusal until then."""
    try:
        return ask.also(Servicing, servicing_id(LoanId(loan.id)))
    except NotFound as error:
        raise loan.reject(refusal, "its schedule is not open yet: ask again in a moment") from error


class NoteWrittenOff(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that it was written off. Sent by workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_written_off(self.on)


class NoteRecovered(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that all that was written off came back. Sent by workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_recovered(self.on)


class NoteRecoveryUndone(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that the rest of the loss is lost again: money that had made up for it came back. Sent by
    workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_recovery_undone(self.on)


class CancelDrawdowns(
    Command, on=Loan, may="loan.approve", decides=Loan.cancel_drawdowns, rejects=(NoDrawdownToCome,)
):
    """Lend no more than what has left: the drawdowns to come are given up, and the client is told why.

    What is to be repaid stays as it is: it speaks of what has left. Fees and insurance that were agreed on the whole
    principal stay those of the contract.
    """

    reason: Prose = Field(description="Shown to the customer word for word.")

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.cancel_drawdowns(self.reason, by=AccountId(ask.by))


class NoteRepaid(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that everything is paid. Sent by workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_repaid(self.on)


class NoteReopened(Command, on=Loan, rejects=(NotDisbursed,)):
    """Record on the loan that it is owed again: money that had repaid it came back. Sent by workers/service.py."""

    on: Day

    def perform(self, loan: Loan, ask: Ask) -> None:
        loan.note_reopened(self.on)
