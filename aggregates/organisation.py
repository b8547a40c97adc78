"""The organisation that lends: its legal identity, where it is, and its rules. One per deployment."""

from __future__ import annotations

from dataclasses import field
from typing import Final, Literal
from uuid import NAMESPACE_URL

from aggregates.values import AccountId, OrganisationId, derived
from eventstore import Aggregate, Rejected

FourEyesPolicy = Literal["four-eyes", "single-operator"]

ORGANISATION_ID: Final = OrganisationId(derived(NAMESPACE_URL, "organisation"))


class NothingChanges(Rejected):
    """This is how it is already."""


class Organisation(Aggregate):
    legal_name: str
    legal_form: str
    registration: str
    registered_office: str
    country: str
    time_zone: str
    currency: str
    return_address: str
    contact_line: str
    languages: list[str] = field(default_factory=list)
    policy: FourEyesPolicy = "four-eyes"

    # ── what can have happened ─────────────────────────────────────────────

    class Established(Aggregate.Created):
        legal_name: str
        legal_form: str
        """With the capital where the law asks for it: ``SAS au capital de 250 000 €``."""
        registration: str
        """Register and number: ``RCS Lyon 912 345 678``."""
        registered_office: str
        country: str
        """ISO 3166, two letters."""
        time_zone: str
        """IANA name; the business day is this zone's calendar day."""
        currency: str
        """Of the books."""
        languages: list[str]
        """ISO 639-1, the main one first."""
        return_address: str
        """The mailbox that a signed copy may be sent back to; answers to our mails arrive there."""
        contact_line: str
        """How to reach the house, as printed on documents and mails."""

    class LegalIdentityChanged(Aggregate.Event):
        legal_name: str
        legal_form: str
        registration: str
        registered_office: str
        country: str
        contact_line: str

        def apply(self, organisation: Organisation) -> None:
            organisation.legal_name = self.legal_name
            organisation.legal_form = self.legal_form
            organisation.registration = self.registration
            organisation.registered_office = self.registered_office
            organisation.country = self.country
            organisation.contact_line = self.contact_line

    class ReturnAddressChanged(Aggregate.Event):
        return_address: str

        def apply(self, organisation: Organisation) -> None:
            organisation.return_address = self.return_address

    class FourEyesPolicyChanged(Aggregate.Event):
        policy: FourEyesPolicy
        reason: str
        by: AccountId

        def apply(self, organisation: Organisation) -> None:
            organisation.policy = self.policy

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def establish(
        cls,
        legal_name: str,
        legal_form: str,
        registration: str,
        registered_office: str,
        country: str,
        time_zone: str,
        currency: str,
        languages: list[str],
        return_address: str,
        contact_line: str,
    ) -> Organisation:
        return cls.begin(
            cls.Established,
            ORGANISATION_ID,
            legal_name=legal_name,
            legal_form=legal_form,
            registration=registration,
            registered_office=registered_office,
            country=country,
            time_zone=time_zone,
            currency=currency,
            languages=languages,
            return_address=return_address,
            contact_line=contact_line,
        )

    def change_legal_identity(
        self,
        legal_name: str,
        legal_form: str,
        registration: str,
        registered_office: str,
        country: str,
        contact_line: str,
    ) -> None:
        self.record(
            self.LegalIdentityChanged,
            legal_name=legal_name,
            legal_form=legal_form,
            registration=registration,
            registered_office=registered_office,
            country=country,
            contact_line=contact_line,
        )

    def change_return_address(self, return_address: str) -> None:
        if return_address != self.return_address:
            self.record(self.ReturnAddressChanged, return_address=return_address)

    def change_four_eyes_policy(self, policy: FourEyesPolicy, reason: str, by: AccountId) -> None:
        if policy == self.policy:
            raise self.reject(NothingChanges, f"the policy is {policy}")
        self.record(self.FourEyesPolicyChanged, policy=policy, reason=reason, by=by)

    def lender(self) -> dict[str, str]:
        """Who lends, as a contract prints it."""
        return {
            "legal_name": self.legal_name,
            "legal_form": self.legal_form,
            "registration": self.registration,
            "registered_office": self.registered_office,
            "country": self.country,
            "return_address": self.return_address,
            "contact_line": self.contact_line,
        }
