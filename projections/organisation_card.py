"""The organisation on one card: its legal identity, its clock and its rules. A single row."""

from __future__ import annotations

from uuid import UUID

from aggregates.organisation import Organisation
from eventstore import Projection, Table, on
from projections.line import Line


class OrganisationLine(Line):
    organisation_id: UUID
    legal_name: str
    legal_form: str
    registration: str
    """Register and number."""
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
    contact_line: str
    policy: str
    """``four-eyes`` or ``single-operator``."""
    version: int
    """Of the organisation: send it back as ``If-Match``."""


class OrganisationCard(Projection):
    key = "organisation_id"
    row = OrganisationLine
    ddl = """
        CREATE TABLE {table} (
            organisation_id   uuid PRIMARY KEY,
            legal_name        text NOT NULL,
            legal_form        text NOT NULL,
            registration      text NOT NULL,
            registered_office text NOT NULL,
            country           char(2) NOT NULL,
            time_zone         text NOT NULL,
            currency          char(3) NOT NULL,
            languages         text[] NOT NULL,
            return_address    text NOT NULL,
            contact_line      text NOT NULL,
            policy            text NOT NULL,
            version           int NOT NULL
        )"""

    @on(Organisation.Established)
    def _established(self, e: Organisation.Established, table: Table) -> None:
        table.put(
            organisation_id=e.originator_id,
            legal_name=e.legal_name,
            legal_form=e.legal_form,
            registration=e.registration,
            registered_office=e.registered_office,
            country=e.country,
            time_zone=e.time_zone,
            currency=e.currency,
            languages=e.languages,
            return_address=e.return_address,
            contact_line=e.contact_line,
            policy="four-eyes",
            version=e.originator_version,
        )

    @on(Organisation.LegalIdentityChanged)
    def _identity_changed(self, e: Organisation.LegalIdentityChanged, table: Table) -> None:
        table.patch(
            e.originator_id,
            legal_name=e.legal_name,
            legal_form=e.legal_form,
            registration=e.registration,
            registered_office=e.registered_office,
            country=e.country,
            contact_line=e.contact_line,
            version=e.originator_version,
        )

    @on(Organisation.ReturnAddressChanged)
    def _return_address_changed(self, e: Organisation.ReturnAddressChanged, table: Table) -> None:
        table.patch(e.originator_id, return_address=e.return_address, version=e.originator_version)

    @on(Organisation.FourEyesPolicyChanged)
    def _policy_changed(self, e: Organisation.FourEyesPolicyChanged, table: Table) -> None:
        table.patch(e.originator_id, policy=e.policy, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def current(self) -> OrganisationLine | None:
        """The organisation that lends: its legal identity, its clock and its rules."""
        return self.one("SELECT * FROM {table}")
