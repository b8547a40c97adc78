"""What can be asked of the organisation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aggregates.organisation import FourEyesPolicy, NothingChanges, Organisation
from aggregates.values import AccountId
from commands.fields import Address, Country, Currency, Email, Language, Line, Name, StepUpReason, TimeZone
from eventstore import AlreadyExists, Ask, Command

Languages = Annotated[list[Language], Field(min_length=1, max_length=2)]


class EstablishOrganisation(Command, on=Organisation, may="organisation.change", rejects=(AlreadyExists,)):
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
        )


class ChangeLegalIdentity(Command, on=Organisation, may="organisation.change"):
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


class ChangeReturnAddress(Command, on=Organisation, may="organisation.change"):
    """Say where signed copies come back to."""

    return_address: Email

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_return_address(self.return_address)


class ChangeFourEyesPolicy(
    Command,
    on=Organisation,
    may="organisation.change",
    rejects=(NothingChanges,),
):
    """Ask for two people on every decision, or let one decide alone who gives a reason each time."""

    policy: FourEyesPolicy
    reason: StepUpReason

    def perform(self, organisation: Organisation, ask: Ask) -> None:
        organisation.change_four_eyes_policy(self.policy, self.reason, by=AccountId(ask.by))
