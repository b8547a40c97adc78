"""The organisation over HTTP."""

from __future__ import annotations

from aggregates.organisation import ORGANISATION_ID
from api.deps import Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.organisation import (
    ChangeChart,
    ChangeClockSettings,
    ChangeFourEyesPolicy,
    ChangeLegalIdentity,
    ChangeLimits,
    ChangeReturnAddress,
    ConfirmProposal,
    EstablishOrganisation,
    RefuseProposal,
)
from eventstore import Receipt
from projections.organisation_card import OrganisationCard, OrganisationLine

router = routes("/organisation", "organisation")


@router.get("", **shows(OrganisationCard, "current", may="organisation.read", one=True))
def organisation(read: Read, found: TheOne) -> OrganisationLine:
    return found(read(OrganisationCard).current())


@router.post("", **asks(EstablishOrganisation))
def establish_organisation(command: EstablishOrganisation, send: Send) -> Receipt:
    return send(command)


@router.post("/legal-identity", **asks(ChangeLegalIdentity))
def change_legal_identity(command: ChangeLegalIdentity, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/return-address", **asks(ChangeReturnAddress))
def change_return_address(command: ChangeReturnAddress, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/clock-settings", **asks(ChangeClockSettings))
def change_clock_settings(command: ChangeClockSettings, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/chart", **asks(ChangeChart))
def change_chart(command: ChangeChart, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/four-eyes-policy", **asks(ChangeFourEyesPolicy))
def change_four_eyes_policy(command: ChangeFourEyesPolicy, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/limits", **asks(ChangeLimits))
def change_limits(command: ChangeLimits, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/proposal/confirm", **asks(ConfirmProposal))
def confirm_proposal(command: ConfirmProposal, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)


@router.post("/proposal/refuse", **asks(RefuseProposal))
def refuse_proposal(command: RefuseProposal, send: Send) -> Receipt:
    return send(command, to=ORGANISATION_ID)
