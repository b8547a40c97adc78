"""A loan, from the request to the payout, closed when everything is repaid; many lines, because its life is one page.

requested ──approve──▶ approved ──sign (see contract.py)──▶ ready ──disburse──▶ disbursed ──repay──▶ repaid
    ├──────decline──▶ declined  └──offer lapses──▶ expired    └──step back──▶ stepped-back
    ├──────withdraw─▶ withdrawn                             (instalments and repayments: servicing.py)
    │                                                        disbursed ──step back──▶ returning ──all back──▶ stepped-back
    └──other conditions──▶ counter-offered ──accept──▶ approved
            ▲                 └────decline────▶ requested, └──lapses──▶ expired, └──withdraw──▶ withdrawn
            └─────again──────────────┘
Its money leaves at once or in several drawdowns, the first of which disburses it. Meanwhile the clocks run that its law
sets going (rules/clocks.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Literal

from aggregates.rules.approval import Conditions, CounterOffer, Figures, Finding, found
from aggregates.rules.calendar import dated
from aggregates.rules.clocks import (
    INFORMED_BEFORE,
    RETURNED_WITH_INTEREST,
    Clock,
    ClockName,
    ClockSettings,
    Ending,
    clocks_after_signature,
    counter_offer_clock,
    offer_clock,
    return_clock,
)
from aggregates.rules.consents import Consent
from aggregates.rules.costs import Costs
from aggregates.rules.four_eyes import Decider
from aggregates.rules.law import Law
from aggregates.rules.limits import Allowance
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Frequency
from aggregates.rules.stepping_back import Return
from aggregates.rules.terms import Drawdown, Fixing, Terms
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


class NotCounterOffered(Rejected):
    """Only other conditions that were offered, and still hold, can be accepted or declined."""


class SameAsRequested(Rejected):
    """A counter-offer is another amount, another number of instalments or another rate than what was asked for."""


class OwnRequest(Rejected):
    """Nobody decides on a request of their own."""


class NotApproved(Rejected):
    """Only an approved loan has a contract to sign."""


class NotReadyToDisburse(Rejected):
    """Money leaves as it was planned, once, and only after the contract is signed."""


class NoDrawdownToCome(Rejected):
    """Drawdowns are cancelled while some of them are still to come."""


class NoPaymentYet(Rejected):
    """The law lets no money move in the first days after the signature."""


class NotInformed(Rejected):
    """The contract goes out once the client has the information that the law wants before it."""


class InformationNotReady(Rejected):
    """The information before the contract is confirmed once its document is there to read."""


class CannotStepBack(Rejected):
    """A client steps back from a signed contract, before the payout or after it, in the time that the law gives."""


class ClockStillRuns(Rejected):
    """A clock ends when its last day is over."""


class UnknownClock(Rejected):
    """No clock of this loan has this number."""


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
    """What was asked for, until the client accepts another amount; the same with the months."""
    months: int
    purpose: Sealed[str]
    requested_principal: Money = field(init=False)
    requested_months: int = field(init=False)
    consents: list[Consent] = field(default_factory=list)
    frequency: Frequency = "monthly"
    status: Literal[
        "requested", "counter-offered", "declined", "withdrawn", "approved", "expired", "ready", "stepped-back",
        "disbursed", "returning", "repaid", "written-off", "recovered",
    ] = "requested"  # fmt: skip
    counter_offer: CounterOffer | None = None
    """What the client may accept, or has accepted; absent where nothing else than the request was offered."""
    rate: BasisPoints | None = None
    law: Law = "unspecified"
    apr: int | None = None
    """Hundredths of a percent; absent until approved."""
    terms: Terms | None = None
    """Absent until approved."""
    fixings: list[Fixing] = field(default_factory=list)
    """Values of the index that were known when it was approved; none where the rate stays."""
    instalments: list[Scheduled] = field(default_factory=list)
    """As they are planned; those of the servicing count."""
    planned_payout_on: date | None = None
    drawdowns: list[Drawdown] = field(default_factory=list)
    """As they are planned; empty for one of everything."""
    drawn: list[Drawdown] = field(default_factory=list)
    """That have left, on their days."""
    cancelled: Money | None = None
    """What was agreed on and is not lent."""
    approved_by: AccountId | None = None
    informed: Consent | None = None
    clocks: list[Clock] = field(default_factory=list)
    stopped: dict[int, Ending] = field(default_factory=dict)
    signed_on: date | None = None
    stepped_back_on: date | None = None
    """The day of the notice; absent unless the client stepped back."""
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
        """Number of instalments: months, or as ``frequency`` says weeks, fortnights, quarters."""
        purpose: Sealed[str]
        consents: list[Consent] = field(default_factory=list)
        """What was agreed to with this request; requests from before it was asked have none."""
        frequency: Frequency = "monthly"
        """How often the product was repaid on that day: what ``months`` counts."""

        def apply(self, loan: Loan) -> None:
            loan.requested_principal, loan.requested_months = self.principal, self.months

    class Approved(Aggregate.Event):
        schema: ClassVar = 2

        rate: BasisPoints
        """Nominal, a year."""
        instalments: list[Scheduled]
        """What falls due when, oldest first, if the money leaves on the planned day."""
        planned_payout_on: date
        by: AccountId
        ceiling: Ceiling | None = None
        """The legal limit it was checked against; absent where the law has none, and from before it was asked."""
        self_approval: str | None = None
        """Why one person decided alone; absent when two did."""
        law: Law = "unspecified"
        """The product's on that day; approvals from before it was asked have none."""
        apr: int | None = None
        """Annual percentage rate of these instalments, hundredths of a percent; absent from before it was kept."""
        terms: Terms | None = None
        """On which it is lent; level monthly instalments at the rate in approvals from before they were kept."""
        fixings: list[Fixing] = field(default_factory=list)
        """Values of the index that were known; none where the rate stays."""
        drawdowns: list[Drawdown] = field(default_factory=list)
        """When several are planned, oldest first; empty for one of everything."""

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> dict[str, Any]:
            return {**state, "instalments": dated(state["instalments"], state["planned_payout_on"])}

        def apply(self, loan: Loan) -> None:
            loan.status = "approved"
            loan.rate, loan.instalments = self.rate, self.instalments
            loan.terms, loan.fixings = self.terms or Terms(self.rate), self.fixings
            loan.law, loan.apr = self.law, self.apr
            loan.planned_payout_on, loan.approved_by = self.planned_payout_on, self.by
            loan.drawdowns = self.drawdowns

    class CounterOffered(Aggregate.Event, subject="customer_id"):
        """The lender would lend on these conditions: a decision that keeps everything an approval keeps."""

        customer_id: CustomerId
        principal: Money
        months: int
        """Number of instalments."""
        rate: BasisPoints
        """Nominal, a year."""
        terms: Terms
        instalments: list[Scheduled]
        """What falls due when, oldest first, if the money leaves on the planned day."""
        planned_payout_on: date
        reason: Sealed[str]
        """Shown to the customer word for word."""
        until: date
        """The last day on which the client may accept."""
        by: AccountId
        law: Law
        """The product's on that day."""
        apr: int
        """Annual percentage rate of these instalments, hundredths of a percent."""
        cost: Money
        """Interest, fees, and insurance that is required."""
        total: Money
        """All that the client would pay back."""
        ceiling: Ceiling | None = None
        """The legal limit it was checked against; absent where the law has none."""
        self_approval: str | None = None
        """Why one person decided alone; absent when two did."""
        requested: Figures | None = None
        """What the request itself would have come to on that day; absent where the product no longer lends it."""
        fixings: list[Fixing] = field(default_factory=list)
        """Values of the index that were known; none where the rate stays."""

        def apply(self, loan: Loan) -> None:
            loan.status = "counter-offered"
            plan = Costs(
                self.terms, self.principal, self.months, self.planned_payout_on, fixings=self.fixings
            )
            conditions = Conditions(plan, self.law, self.ceiling)
            loan.counter_offer = CounterOffer(conditions, self.by, self.self_approval)

    class CounterOfferAccepted(Aggregate.Event):
        """The client wants these conditions in the place of those that were asked for: the approval follows."""

        principal: Money
        months: int
        accepted_on: date
        """The day the client did."""
        by: AccountId
        """The client on the screen, or who entered the letter."""

        def apply(self, loan: Loan) -> None:
            loan.principal, loan.months = self.principal, self.months

    class CounterOfferDeclined(Aggregate.Event):
        """The client does not want these conditions: the request waits for a decision as before."""

        declined_on: date
        """The day the client did."""
        by: AccountId
        """The client on the screen, or who entered the letter."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.counter_offer = "requested", None

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

    class Informed(Aggregate.Event):
        """The client has the information that the law wants before the contract."""

        proof: Consent

        def apply(self, loan: Loan) -> None:
            loan.informed = self.proof

    class ClocksStarted(Aggregate.Event):
        clocks: list[Clock]
        """Each with its law and its last day, as they were when it began."""

        def apply(self, loan: Loan) -> None:
            loan.clocks = [*loan.clocks, *self.clocks]

    class ClockEnded(Aggregate.Event):
        number: int
        clock: ClockName
        because: Ending

        def apply(self, loan: Loan) -> None:
            loan.stopped = {**loan.stopped, self.number: self.because}

    class Expired(Aggregate.Event):
        """Nobody signed while the offer held, or accepted the counter-offer while it did."""

        def apply(self, loan: Loan) -> None:
            loan.status = "expired"

    class SteppedBack(Aggregate.Event):
        notified_on: date
        """The day the client gave notice."""
        by: AccountId
        """The client on the screen, or who entered the letter."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.stepped_back_on = "stepped-back", self.notified_on

    class ReturnOwed(Aggregate.Event):
        """The client stepped back after the payout: what was paid out comes back, and no more leaves."""

        notified_on: date
        """The day the client gave notice."""
        return_by: date
        """The last day on which it may come back."""
        with_interest: bool
        """Whether the law lets it cost the interest until then."""
        principal: Money
        """What is lent: what has left, with what was kept of it."""
        by: AccountId
        """The client on the screen, or who entered the letter."""
        cancelled: Money | None = None
        """What was to come; absent for nothing."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.stepped_back_on = "returning", self.notified_on
            if self.cancelled is not None:
                loan.principal, loan.cancelled = self.principal, self.cancelled
                loan.drawdowns = loan.drawdowns[: len(loan.drawn)]

    class CapitalReturned(Aggregate.Event):
        """What was paid out is back, with what it cost: the loan has ended as if it had never been."""

        returned_on: date
        """The business day on which the last cent was received and due."""

        def apply(self, loan: Loan) -> None:
            loan.status = "stepped-back"

    class ContractSigned(Aggregate.Event):
        contract_id: ContractId
        signed_on: date
        """The day the signed copy was accepted; no money leaves with an earlier value date."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.signed_on = "ready", self.signed_on

    class Disbursed(Aggregate.Event):
        amount: Money
        """What is lent, with what was kept of it; of several drawdowns the first."""
        value_date: date
        """The day the money left; the schedule is reckoned from it."""
        method: Method
        reference: str
        """Of the transfer, the receipt or the cheque."""
        by: AccountId
        payee: int | None = None
        """Number of the customer's payee that a transfer went to; absent where none was on file."""
        self_approval: str | None = None
        """Why the approver also paid out; absent when two people did."""
        kept_fee: Money | None = None
        """Up-front fees that were kept; absent where nothing was, like the interest."""
        kept_interest: Money | None = None
        """Interest of a longer first period that was kept."""

        def apply(self, loan: Loan) -> None:
            loan.status, loan.value_date = "disbursed", self.value_date
            loan.drawn = [Drawdown(self.value_date, self.amount)]

    class DrawdownDisbursed(Aggregate.Event):
        """A drawdown after the first has left."""

        number: int
        """Of the drawdown, from 2."""
        amount: Money
        value_date: date
        """The day the money left; interest runs from it."""
        method: Method
        reference: str
        """Of the transfer, the receipt or the cheque."""
        by: AccountId
        payee: int | None = None
        """Number of the customer's payee that a transfer went to; absent where none was on file."""
        self_approval: str | None = None
        """Why the approver also paid out; absent when two people did."""

        def apply(self, loan: Loan) -> None:
            loan.drawn = [*loan.drawn, Drawdown(self.value_date, self.amount)]

    class DrawdownsCancelled(Aggregate.Event, subject="customer_id"):
        """What has not left is not lent."""

        customer_id: CustomerId
        principal: Money
        """What is lent: what has left."""
        cancelled: Money
        """What was to come."""
        reason: Sealed[str]
        """Shown to the customer word for word."""
        by: AccountId

        def apply(self, loan: Loan) -> None:
            loan.principal, loan.cancelled = self.principal, self.cancelled
            loan.drawdowns = loan.drawdowns[: len(loan.drawn)]

    class Repaid(Aggregate.Event):
        repaid_on: date
        """The business day on which the last cent was received and due."""

        def apply(self, loan: Loan) -> None:
            loan.status = "repaid"

    class Reopened(Aggregate.Event):
        reopened_on: date
        """The business day on which money that had repaid it turned out to have come to nothing."""

        def apply(self, loan: Loan) -> None:
            loan.status = "returning" if loan.stepped_back_on else "disbursed"

    class WrittenOff(Aggregate.Event):
        written_off_on: date
        """The business day on which what was owed was given up as lost."""

        def apply(self, loan: Loan) -> None:
            loan.status = "written-off"

    class Recovered(Aggregate.Event):
        recovered_on: date
        """The business day on which all that was written off had come back."""

        def apply(self, loan: Loan) -> None:
            loan.status = "recovered"

    class RecoveryUndone(Aggregate.Event):
        undone_on: date
        """The business day on which money that had made up for the loss turned out to have come to nothing."""

        def apply(self, loan: Loan) -> None:
            loan.status = "written-off"

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
        frequency: Frequency = "monthly",
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
            frequency=frequency,
        )

    @when("requested", otherwise=NotAwaitingDecision)
    def approve(self, conditions: Conditions, by: Decider, allowed: Allowance, on: date) -> None:
        for finding in self.examine(conditions, by, allowed, on):
            if finding.refusal is not None:
                raise finding.refusal
        self._approve(conditions, by.account_id, self._alone(by, self.requested_by, OwnRequest))

    def examine(self, conditions: Conditions, by: Decider, allowed: Allowance, on: date) -> list[Finding]:
        """Everything that an approval depends on, in the order in which it would be refused."""
        return [
            found("request", lambda: self._awaits_decision("requested")),
            *self._examine(conditions, by, allowed, on),
        ]

    @when("requested", "counter-offered", otherwise=NotAwaitingDecision)
    def make_counter_offer(
        self,
        conditions: Conditions,
        requested: Conditions | None,
        reason: str,
        by: Decider,
        allowed: Allowance,
        settings: ClockSettings,
        on: date,
    ) -> None:
        """Offer other conditions; they take the place of those that were offered before.

        requested  what the request itself would be lent on today; None where the product no longer lends it
        reason     shown to the customer word for word
        """
        for finding in self.examine_counter_offer(conditions, requested, by, allowed, on):
            if finding.refusal is not None:
                raise finding.refusal
        clock = counter_offer_clock(conditions.law, on, settings, len(self.clocks) + 1)
        self.record(
            self.CounterOffered,
            customer_id=self.customer_id,
            principal=conditions.principal,
            months=conditions.plan.periods,
            rate=conditions.rate,
            terms=conditions.plan.terms,
            instalments=conditions.instalments,
            planned_payout_on=conditions.planned_payout_on,
            reason=Sealed(reason),
            until=clock.ends_on,
            by=by.account_id,
            law=conditions.law,
            apr=conditions.plan.apr,
            cost=conditions.plan.cost,
            total=conditions.plan.total,
            ceiling=conditions.ceiling,
            self_approval=self._alone(by, self.requested_by, OwnRequest),
            requested=None if requested is None else requested.figures,
            fixings=list(conditions.plan.fixings),
        )
        self._stop("replaced", "counter-offer")
        self.record(self.ClocksStarted, clocks=[clock])

    def examine_counter_offer(
        self,
        conditions: Conditions,
        requested: Conditions | None,
        by: Decider,
        allowed: Allowance,
        on: date,
    ) -> list[Finding]:
        """Everything that a counter-offer depends on, in the order in which it would be refused."""
        return [
            found("request", lambda: self._awaits_decision("requested", "counter-offered")),
            found("difference", lambda: self._differs(conditions, requested)),
            *self._examine(conditions, by, allowed, on),
        ]

    @when("counter-offered", otherwise=NotCounterOffered)
    def accept_counter_offer(
        self, accepted_on: date, by: AccountId, ceiling: Ceiling | None, on: date
    ) -> None:
        """The client wants what was offered: the loan is approved with it, by whoever offered it.

        ceiling  in force today for the law and the amount that were offered; it may have fallen since
        """
        offered = self._offered(accepted_on, on)
        conditions = offered.conditions.come_to(on, ceiling)
        conditions.keep_below_the_ceiling()
        self.record(
            self.CounterOfferAccepted,
            principal=conditions.principal,
            months=conditions.plan.periods,
            accepted_on=accepted_on,
            by=by,
        )
        self._stop("answered", "counter-offer")
        self._approve(conditions, offered.by, offered.self_approval)

    @when("counter-offered", otherwise=NotCounterOffered)
    def decline_counter_offer(self, declined_on: date, by: AccountId, on: date) -> None:
        """The request waits for a decision again: what was asked for may still be approved, or something else offered."""
        self._offered(declined_on, on)
        self.record(self.CounterOfferDeclined, declined_on=declined_on, by=by)
        self._stop("answered", "counter-offer")

    @when("requested", otherwise=NotAwaitingDecision)
    def decline(self, reason: str, by: Decider) -> None:
        if self.customer_id in by.customers:
            raise self.reject(OwnRequest, "whoever acts for the customer can take the request back")
        self.record(self.Declined, customer_id=self.customer_id, reason=Sealed(reason), by=by.account_id)

    @when("requested", "counter-offered", otherwise=NotAwaitingDecision)
    def withdraw(self, by: AccountId) -> None:
        self.record(self.Withdrawn, by=by)
        self._stop("answered", "counter-offer")

    @when("approved", otherwise=NotApproved)
    def inform(self, proof: Consent) -> None:
        """Repeats change nothing; nor does it where the law does not ask for it. Paper may have been handed over
        before there was a document."""
        if not self.needs_information:
            return
        if proof.means == "online" and proof.document_sha256 is None:
            raise self.reject(InformationNotReady, "the document is being made")
        self.record(self.Informed, proof=proof)

    def note_offer(self, sent_on: date, settings: ClockSettings) -> None:
        """The contract was sent to the client, for the first time or anew. Repeats change nothing; late news neither."""
        clock = offer_clock(self.law, sent_on, settings, len(self.clocks) + 1)
        before = next(self._running("offer"), None)
        if self.status != "approved" or clock is None or (before and before.began_on >= sent_on):
            return
        self._stop("replaced", "offer")
        self.record(self.ClocksStarted, clocks=[clock])

    def note_signature(self, contract_id: ContractId, signed_on: date, settings: ClockSettings) -> None:
        """Repeats change nothing; so does a signature heard of late."""
        if self.status in ("requested", "counter-offered", "declined", "withdrawn", "expired"):
            raise self.reject(NotApproved, f"the loan is {self.status}")
        if self.status != "approved":
            return
        self.record(self.ContractSigned, contract_id=contract_id, signed_on=signed_on)
        self._stop("signed", "offer")
        clocks = clocks_after_signature(self.law, self.apr, signed_on, settings, len(self.clocks) + 1)
        if clocks:
            self.record(self.ClocksStarted, clocks=clocks)

    def end_clock(self, number: int, on: date, was_answered: bool) -> bool:
        """Its time is over; repeats change nothing. Returns whether the loan's offer, or counter-offer, has lapsed with it.

        was_answered  whether a signed copy is here: an offer does not lapse while it is looked at
        """
        clock = next((clock for clock in self.clocks if clock.number == number), None)
        if clock is None:
            raise self.reject(UnknownClock, f"{self.reference} has no clock {number}")
        if number in self.stopped:
            return False
        if not clock.is_over(on):
            raise self.reject(ClockStillRuns, f"its last day is {clock.ends_on}")
        self.record(self.ClockEnded, number=number, clock=clock.name, because="time")
        lapses = clock.name == "counter-offer" or (clock.name == "offer" and not was_answered)
        if lapses:
            self.record(self.Expired)
        return lapses

    @when("ready", "disbursed", otherwise=CannotStepBack)
    def step_back(self, notified_on: date, by: AccountId, on: date) -> Return | None:
        """Returns what has to come back; None where nothing has left yet."""
        asked = self.would_return(notified_on, on)
        if asked is not None:
            self._owe_the_return(asked, by)
            return asked
        self.record(self.SteppedBack, notified_on=notified_on, by=by)
        self._stop("stepped-back", "no-payment", "step-back")
        return None

    @when("ready", "disbursed", otherwise=CannotStepBack)
    def would_return(self, notified_on: date, on: date) -> Return | None:
        """The same; nothing is recorded."""
        clock = next((clock for clock in self.clocks if clock.name == "step-back"), None)
        if clock is None:
            raise self.reject(CannotStepBack, "the law of this loan gives no time for it")
        if not clock.began_on <= notified_on <= on:
            raise self.reject(ValueDateInvalid, f"notice was given from {clock.began_on} to {on}")
        if clock.is_over(notified_on):
            raise self.reject(CannotStepBack, f"the last day was {clock.ends_on} ({clock.source})")
        if not self.drawn:
            return None
        first, clock = self.costs(self.drawn[:1]), return_clock(self.law, notified_on, 0)
        kept = first.up_front or None, first.kept_interest or None
        with_interest = self.law in RETURNED_WITH_INTEREST
        return Return(notified_on, clock.ends_on, with_interest, tuple(self.drawn), *kept)

    @when("ready", "disbursed", otherwise=NotReadyToDisburse)
    def disburse(
        self,
        value_date: date,
        method: Method,
        reference: str,
        payee: int | None,
        by: Decider,
        allowed: Allowance,
        on: date,
    ) -> Drawdown:
        """Let the next drawdown leave; without a plan there is one, of everything. Returns it, on its day."""
        following = self._following()
        earliest = self.drawn[-1].on if self.drawn else self.signed_on or on
        if not earliest <= value_date <= on:
            raise self.reject(ValueDateInvalid, f"money that left did so from {earliest} to {on}")
        lock = next((clock for clock in self.clocks if clock.name == "no-payment"), None)
        if lock is not None and not lock.is_over(value_date):
            raise self.reject(NoPaymentYet, f"money may leave from {lock.over_on} ({lock.source})")
        alone = self._alone(by, self.approved_by, SamePersonAsApprover)
        allowed.admit(following)
        paid = Drawdown(value_date, following)
        if self.drawn:
            self.record(
                self.DrawdownDisbursed,
                number=len(self.drawn) + 1,
                amount=following,
                value_date=value_date,
                method=method,
                reference=reference,
                by=by.account_id,
                payee=payee,
                self_approval=alone,
            )
            return paid
        costs = self.costs([paid])
        self.record(
            self.Disbursed,
            amount=following,
            value_date=value_date,
            method=method,
            reference=reference,
            by=by.account_id,
            payee=payee,
            self_approval=alone,
            kept_fee=costs.up_front or None,
            kept_interest=costs.kept_interest or None,
        )
        return paid

    @when("disbursed", otherwise=NoDrawdownToCome)
    def cancel_drawdowns(self, reason: str, by: AccountId) -> None:
        """Lend no more than what has left."""
        cancelled = self.undrawn
        if not cancelled:
            raise self.reject(NoDrawdownToCome, f"{self.principal} has left: everything that is lent")
        self.record(
            self.DrawdownsCancelled,
            customer_id=self.customer_id,
            principal=self.principal - cancelled,
            cancelled=cancelled,
            reason=Sealed(reason),
            by=by,
        )

    def note_repaid(self, on: date) -> None:
        """Repeats change nothing."""
        self._was_paid_out()
        if self.status == "disbursed":
            self.record(self.Repaid, repaid_on=on)
        if self.status == "returning":
            self.record(self.CapitalReturned, returned_on=on)
            self._stop("returned", "capital-back")

    def note_reopened(self, on: date) -> None:
        """Repeats change nothing."""
        self._was_paid_out()
        if self.status in ("repaid", "stepped-back"):
            self.record(self.Reopened, reopened_on=on)
            self._begin_the_return_anew(on)

    def costs(self, drawn: Sequence[Drawdown]) -> Costs:
        """What the loan comes to when so much of it leaves, at least once; the loan is approved."""
        assert self.terms is not None, "approved loans have terms"
        agreed = self.principal + self.cancelled if self.cancelled else self.principal
        undrawn = agreed - Money.total((each.amount for each in drawn), agreed.currency)
        return Costs(
            self.terms,
            agreed,
            self.months,
            drawn[0].on,
            drawdowns=list(drawn),
            fixings=self.fixings,
            undrawn=undrawn or None,
        )

    @property
    def undrawn(self) -> Money:
        """What is lent and has not left."""
        return self.principal - Money.total((each.amount for each in self.drawn), self.principal.currency)

    def note_written_off(self, on: date) -> None:
        """Repeats change nothing."""
        if self.status not in ("disbursed", "returning", "written-off", "recovered"):
            raise self.reject(NotDisbursed, f"the loan is {self.status}")
        if self.status in ("disbursed", "returning"):
            self.record(self.WrittenOff, written_off_on=on)

    def note_recovered(self, on: date) -> None:
        """Repeats change nothing."""
        if self.status not in ("written-off", "recovered"):
            raise self.reject(NotDisbursed, f"the loan is {self.status}")
        if self.status == "written-off":
            self.record(self.Recovered, recovered_on=on)

    def note_recovery_undone(self, on: date) -> None:
        """Repeats change nothing."""
        if self.status not in ("written-off", "recovered"):
            raise self.reject(NotDisbursed, f"the loan is {self.status}")
        if self.status == "recovered":
            self.record(self.RecoveryUndone, undone_on=on)

    @property
    def needs_information(self) -> bool:
        """Whether the law wants the client to have the information before the contract, and nobody has proof of it yet."""
        return self.law in INFORMED_BEFORE and self.informed is None

    def _running(self, *names: ClockName) -> Iterator[Clock]:
        return (clock for clock in self.clocks if clock.name in names and clock.number not in self.stopped)

    def _stop(self, because: Ending, *names: ClockName) -> None:
        for clock in list(self._running(*names)):
            self.record(self.ClockEnded, number=clock.number, clock=clock.name, because=because)

    def _owe_the_return(self, asked: Return, by: AccountId) -> None:
        cancelled = self.undrawn
        clock = return_clock(self.law, asked.notified_on, len(self.clocks) + 1)
        self.record(
            self.ReturnOwed,
            notified_on=asked.notified_on,
            return_by=asked.due_on,
            with_interest=asked.bears_interest,
            principal=self.principal - cancelled,
            by=by,
            cancelled=cancelled or None,
        )
        self._stop("stepped-back", "no-payment", "step-back")
        self.record(self.ClocksStarted, clocks=[clock])

    def _begin_the_return_anew(self, on: date) -> None:
        """Its clock goes on, to the same last day."""
        clock = next((clock for clock in self.clocks if clock.name == "capital-back"), None)
        if clock is not None and not clock.is_over(on):
            self.record(self.ClocksStarted, clocks=[replace(clock, number=len(self.clocks) + 1)])

    def _was_paid_out(self) -> None:
        if not self.drawn or self.status not in ("disbursed", "returning", "repaid", "stepped-back"):
            raise self.reject(NotDisbursed, f"the loan is {self.status}")

    def _following(self) -> Money:
        """What leaves next. Raises NotReadyToDisburse."""
        if not self.undrawn:
            raise self.reject(NotReadyToDisburse, "everything that is lent has left")
        return self.drawdowns[len(self.drawn)].amount if self.drawdowns else self.principal

    def _awaits_decision(self, *states: str) -> None:
        if self.status not in states:
            raise self.reject(NotAwaitingDecision, f"the loan is {self.status}")

    def _examine(self, conditions: Conditions, by: Decider, allowed: Allowance, on: date) -> list[Finding]:
        """What every decision to lend depends on."""
        return [
            found("payout-day", lambda: self._can_leave_on(conditions.planned_payout_on, on)),
            found("person", lambda: self._alone(by, self.requested_by, OwnRequest)),
            found("limit", lambda: allowed.admit(conditions.principal)),
            found("ceiling", conditions.keep_below_the_ceiling),
        ]

    def _approve(self, conditions: Conditions, by: AccountId, self_approval: str | None) -> None:
        self.record(
            self.Approved,
            rate=conditions.rate,
            instalments=conditions.instalments,
            planned_payout_on=conditions.planned_payout_on,
            by=by,
            ceiling=conditions.ceiling,
            self_approval=self_approval,
            law=conditions.law,
            apr=conditions.plan.apr,
            terms=conditions.plan.terms,
            fixings=list(conditions.plan.fixings),
            drawdowns=conditions.drawdowns,
        )

    def _differs(self, conditions: Conditions, requested: Conditions | None) -> None:
        if requested is not None and conditions.is_same_loan(requested):
            raise self.reject(SameAsRequested, "the request itself can be approved")

    def _offered(self, answered_on: date, on: date) -> CounterOffer:
        """What the client may answer on that day. Raises ValueDateInvalid, NotCounterOffered."""
        assert self.counter_offer is not None, "the state says so"
        clock = next(self._running("counter-offer"))
        if not clock.began_on <= answered_on <= on:
            raise self.reject(ValueDateInvalid, f"the client answers from {clock.began_on} to {on}")
        if clock.is_over(answered_on):
            raise self.reject(NotCounterOffered, f"the last day was {clock.ends_on}")
        return self.counter_offer

    def _can_leave_on(self, planned: date, on: date) -> None:
        if not on <= planned <= on + LATEST_PAYOUT:
            raise self.reject(ValueDateInvalid, f"a payout is planned for {on} to {on + LATEST_PAYOUT}")

    def _alone(self, by: Decider, other: AccountId | None, refusal: type[Rejected]) -> str | None:
        """The recorded reason when nobody else was involved; None when somebody was. Raises the refusal."""
        if not by.is_party(self.customer_id, other):
            return None
        if by.alone_because is None:
            kind = OwnRequest if self.customer_id in by.customers else refusal
            raise self.reject(kind, "somebody else has to decide")
        return by.alone_because
