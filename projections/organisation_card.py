"""The organisation on one card: its legal identity, its clock and its rules. A single row."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from aggregates.organisation import Organisation
from aggregates.rules.charts import usual_chart
from aggregates.rules.limits import Limit
from eventstore import Projection, Table, on
from projections.line import Line


class LimitLine(Line):
    """The most that a role may decide in one currency; without a line it may decide nothing in it."""

    operation: str
    """``loan.approve`` or ``loan.disburse``."""
    role: str
    currency: str
    each: int
    """Minor units of ``currency``: the most for one loan."""
    daily: int | None
    """Minor units: the most that one account pays out on one business day; absent for approvals."""


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
    offer_days: int | None
    """How many days an offer holds, never less than the law says; absent: what the law says."""
    high_cost_apr: int | None
    """Hundredths of a percent: above it a credit is of high cost in Quebec; absent: nobody has entered it."""
    chart: str
    """On which entries of the journal are made: ``PCG`` or ``SYSCOHADA``."""
    chart_chosen: bool
    """Whether somebody chose it; otherwise it is the usual one of the country."""
    limits: list[LimitLine]
    """All that count: by operation, role and currency."""
    proposal: int | None
    """Number of the change of these rules that waits for a second person; absent when none does."""
    proposed_policy: str | None
    proposed_limits: list[LimitLine] | None
    proposed_because: str | None
    proposed_by: UUID | None
    version: int
    """Of the organisation: send it back as ``If-Match``."""


class OrganisationCard(Projection):
    key = "organisation_id"
    row = OrganisationLine
    version = 4
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
            offer_days        int,
            high_cost_apr     int,
            chart             text NOT NULL,
            chart_chosen      boolean NOT NULL,
            limits            jsonb NOT NULL,
            proposal          int,
            proposed_policy   text,
            proposed_limits   jsonb,
            proposed_because  text,
            proposed_by       uuid,
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
            policy=e.policy,
            chart=usual_chart(e.country),
            chart_chosen=False,
            limits=_lines(e.limits),
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
        row = table.get(e.originator_id)
        assert row is not None, "it was established"
        if not row["chart_chosen"]:
            table.patch(e.originator_id, chart=usual_chart(e.country))

    @on(Organisation.ChartChanged)
    def _chart_chosen(self, e: Organisation.ChartChanged, table: Table) -> None:
        table.patch(e.originator_id, chart=e.chart, chart_chosen=True, version=e.originator_version)

    @on(Organisation.ReturnAddressChanged)
    def _return_address_changed(self, e: Organisation.ReturnAddressChanged, table: Table) -> None:
        table.patch(e.originator_id, return_address=e.return_address, version=e.originator_version)

    @on(Organisation.ClockSettingsChanged)
    def _clock_settings_changed(self, e: Organisation.ClockSettingsChanged, table: Table) -> None:
        table.patch(
            e.originator_id,
            offer_days=e.settings.offer_days,
            high_cost_apr=e.settings.high_cost_apr,
            version=e.originator_version,
        )

    @on(Organisation.FourEyesPolicyProposed)
    def _policy_proposed(self, e: Organisation.FourEyesPolicyProposed, table: Table) -> None:
        table.patch(
            e.originator_id,
            proposal=e.number,
            proposed_policy=e.policy,
            proposed_because=e.reason,
            proposed_by=e.by,
            version=e.originator_version,
        )

    @on(Organisation.LimitsProposed)
    def _limits_proposed(self, e: Organisation.LimitsProposed, table: Table) -> None:
        table.patch(
            e.originator_id,
            proposal=e.number,
            proposed_limits=_lines(e.limits),
            proposed_because=e.reason,
            proposed_by=e.by,
            version=e.originator_version,
        )

    @on(Organisation.FourEyesPolicyChanged)
    def _policy_changed(self, e: Organisation.FourEyesPolicyChanged, table: Table) -> None:
        table.patch(e.originator_id, policy=e.policy, version=e.originator_version, **NOTHING_WAITS)

    @on(Organisation.LimitsChanged)
    def _limits_changed(self, e: Organisation.LimitsChanged, table: Table) -> None:
        table.patch(e.originator_id, limits=_lines(e.limits), version=e.originator_version, **NOTHING_WAITS)

    @on(Organisation.ProposalRefused)
    def _proposal_refused(self, e: Organisation.ProposalRefused, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version, **NOTHING_WAITS)

    # ── what the screen asks ───────────────────────────────────────────────

    def current(self) -> OrganisationLine | None:
        """The organisation that lends: its legal identity, its clock and its rules."""
        return self.one("SELECT * FROM {table}")


NOTHING_WAITS: dict[str, None] = dict.fromkeys(
    ("proposal", "proposed_policy", "proposed_limits", "proposed_because", "proposed_by")
)


def _lines(limits: Iterable[Limit]) -> list[dict[str, str | int | None]]:
    return [
        {
            "operation": limit.operation,
            "role": limit.role,
            "currency": limit.each.currency,
            "each": limit.each.minor,
            "daily": None if limit.daily is None else limit.daily.minor,
        }
        for limit in sorted(limits, key=lambda one: (one.operation, one.role, one.each.currency))
    ]
