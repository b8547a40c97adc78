"""What can be asked of the organisation."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from aggregates.account import Account
from aggregates.organisation import (
    ORGANISATION_ID,
    FourEyesPolicy,
    NothingChanges,
    NothingProposed,
    Organisation,
    OwnProposal,
    ProposalPending,
)
from aggregates.permissions import ROLES, Role
from aggregates.rules.charts import ChartName
from aggregates.rules.clocks import ClockSettings
from aggregates.rules.limits import STARTING_LIMITS, Allowance, Limit, Operation, allowance
from aggregates.values import AccountId
from commands.account import decider
from commands.fields import (
    Address,
    Amount,
    Count,
    Country,
    Currency,
    Email,
    Language,
    Line,
    Name,
    Rate,
    StepUpReason,
    TimeZone,
)
from eventstore import AlreadyExists, Ask, Command

OfferDays = Annotated[int, Field(strict=True, ge=1, le=365, examples=[15])]
Languages = Annotated[list[Language], Field(min_length=1, max_length=2)]


class RoleLimit(BaseModel):
    """The most that a role may decide in one currency."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "operation": "loan.disburse",
                    "role": "accountant",
                    "each": {"amount": "50000.00", "currency": "EUR"},
                    "daily": {"amount": "250000.00", "currency": "EUR"},
                }
            ]
        },
    )

    operation: Operation
    role: Role
    each: Amount = Field(description="The most for one loan.")
    daily: Amount | None = Field(
        None, description="The most that one account pays out on one business day; for payouts only."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> RoleLimit:
        if self.operation not in ROLES[self.role]:
            raise ValueError(f"the role {self.role} has no permission {self.operation}")
        if (self.daily is not None) != (self.operation == "loan.disburse"):
            raise ValueError("payouts have a limit for the day, approvals have none")
        if self.daily is not None and (self.daily.currency != self.each.currency or self.daily < self.each):
            raise ValueError("the limit for the day is in the same currency, and not below that for one loan")
        return self

    def limit(self) -> Limit:
        return Limit(self.operation, self.role, self.each, self.daily)


def _each_once(limits: list[RoleLimit]) -> list[RoleLimit]:
    if len({(one.operation, one.role, one.each.currency) for one in limits}) < len(limits):
        raise ValueError("each operation, role and currency stands once")
    return limits


Limits = Annotated[list[RoleLimit], Field(min_length=1, max_length=100), AfterValidator(_each_once)]


class EstablishOrganisation(
    Command, on=Organisation, may="organisation.change", step_up=True, rejects=(AlreadyExists,)
):
    """Say who lends, where, and in which books. Once for a deployment."""

    legal_name: Name
    legal_form: Line
    registration: Line = Field(description="Register and number.")
    registered_office: Address
    country: Country
    time_zone: TimeZone
    currency: Currency
    languages: Languages = Field(description="The main one first.")
    return_address: Email = Field(description="The mailbox that signed copies may be sent back to.")
    contact_line: Line
    policy: FourEyesPolicy = Field("four-eyes", description="Afterwards it takes two people to change it.")
    limits: Limits | None = Field(
        None, description="Who may decide on how much; cautious ones in each currency when left out."
    )

    def create(self, ask: Ask) -> Organisation:
        return Organisation.establish(
            self.legal_name,
            self.legal_form,
            self.registration,
            self.registered_office,
            self.country,
            self.time_zone,
            self.currency,
            list(self.languages),
            self.return_address,
            self.contact_line,
            self.policy,
            STARTING_LIMITS if self.limits is None else [one.limit() for one in self.limits],
        )


class ChangeLegalIdentity(Command, on=Organisation, may="organisation.change", step_up=True):
    """Say anew who lends. Documents that were made keep what they said."""

    legal_name: Name
    legal_form: Line
    registration: Line
    registered_office: Address
    country: Country
    contact_line: Line

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_legal_identity(
            self.legal_name,
            self.legal_form,
            self.registration,
            self.registered_office,
            self.country,
            self.contact_line,
        )


class ChangeReturnAddress(Command, on=Organisation, may="organisation.change", step_up=True):
    """Say where signed copies come back to."""

    return_address: Email

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_return_address(self.return_address)


class ChangeClockSettings(Command, on=Organisation, may="organisation.change", step_up=True):
    """Say how long offers hold, and from where on a credit is of high cost in Quebec. Clocks that run are left alone."""

    offer_days: OfferDays | None = Field(
        None,
        description="How many days an offer holds, never less than the law says; what the law says when left out.",
    )
    high_cost_apr: Rate | None = Field(
        None,
        description="Above this annual percentage rate, in hundredths of a percent, a credit is of high cost in Quebec;"
        " while it is left out every credit there is taken for one.",
    )

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_clock_settings(ClockSettings(self.offer_days, self.high_cost_apr))


class ChangeChart(Command, on=Organisation, may="organisation.change", step_up=True):
    """Say on which chart of accounts entries are made from now on. Those that were made are not carried over."""

    chart: ChartName = Field(description="French, or of the OHADA states.", examples=["SYSCOHADA"])

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_chart(self.chart)


class ChangeFourEyesPolicy(
    Command, on=Organisation, may="policy.change", step_up=True, rejects=(NothingChanges, ProposalPending)
):
    """Propose to ask for two people on every decision, or to let one decide alone who gives a reason each time.

    It counts once another administrator has confirmed it.
    """

    policy: FourEyesPolicy
    reason: StepUpReason

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.propose_four_eyes_policy(self.policy, self.reason, by=AccountId(ask.by))


class ChangeLimits(
    Command, on=Organisation, may="policy.change", step_up=True, rejects=(NothingChanges, ProposalPending)
):
    """Propose who may decide on how much. These take the place of all that count now, once another administrator
    has confirmed them; a role without a limit in a currency may then decide nothing in it."""

    limits: Limits
    reason: StepUpReason

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.propose_limits([one.limit() for one in self.limits], self.reason, by=AccountId(ask.by))


class ConfirmProposal(
    Command, on=Organisation, may="policy.change", step_up=True, rejects=(NothingProposed, OwnProposal)
):
    """Let the proposed policy or limits count from now on."""

    number: Count = Field(description="Of the proposal that was looked at.")
    reason: StepUpReason | None = Field(
        None, description="Why the proposer also confirms: only under the single-operator policy."
    )

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.confirm_proposal(self.number, by=decider(ask, self.reason))


class RefuseProposal(Command, on=Organisation, may="policy.change", rejects=(NothingProposed,)):
    """Leave the rules as they are. Whoever proposed the change may also take it back like this."""

    number: Count
    reason: StepUpReason

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.refuse_proposal(self.number, self.reason, by=AccountId(ask.by))


def clock_settings(ask: Ask) -> ClockSettings:
    """What the organisation says about times where the law leaves it to it."""
    organisation = ask.find(Organisation, ORGANISATION_ID)
    return ClockSettings() if organisation is None else organisation.clock_settings


def allowed(ask: Ask, operation: Operation, currency: str) -> Allowance:
    """What whoever asks may decide in one currency: the highest limit of their roles."""
    roles = ask.load(Account, ask.by).roles
    return allowance(ask.load(Organisation, ORGANISATION_ID).limits, operation, roles, currency)
