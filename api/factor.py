"""One's own second factors over HTTP: what there is, adding and removing, recovery codes.

A secret is kept first and counts once the account names it: what was begun and left is never asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from access.factors import ONE_TIME_CODE, PASSKEY, SEVERAL, of_kind
from access.passkeys import PasskeyRefused
from access.sessions import SessionOver
from access.sign_in import FactorRefused
from aggregates.account import Account, AccountClosed, FactorKind, TooManyFactors
from aggregates.permissions import SELF, is_staff
from aggregates.values import FactorId, SecretId
from api.auth import Identity, TheIdentity
from api.carriers import SignedIn, device_of, hand_over, presented
from api.deps import Send
from api.described import asks, offers
from api.platform import Platform, ThePlatform
from api.proofs import PASSKEY_TO_MAKE, Code, MadePasskey, Options
from api.routing import routes
from api.sign_in import own_account
from commands.account import AddFactor, MakeRecoveryCodes, RemoveFactor
from commands.fields import Name
from eventstore import NotFound, Receipt

router = routes("/me", "own account")

OneFactor = Annotated[UUID, Path(description="The factor's id.")]


class Factor(BaseModel):
    """A second factor that counts."""

    id: UUID
    kind: FactorKind = Field(examples=["webauthn"])
    name: str = Field(description="What its owner calls it.", examples=["Clé bleue"])
    added_at: datetime


class Factors(BaseModel):
    """One's own second factors, the oldest first."""

    factors: list[Factor]
    recovery_codes_left: int | None = Field(
        description="How many were not used; absent when none were made.", examples=[10]
    )
    must_enrol: bool = Field(
        description="Whether one's roles ask for a factor that is missing.", examples=[False]
    )


class TotpBegun(BaseModel):
    """A secret for an authenticator app, shown once. It counts when a code of it comes back within ten minutes."""

    factor_id: UUID
    secret: str = Field(description="Base32, to be typed.", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(
        description="To be drawn as a QR code.",
        examples=["otpauth://totp/Quittance:awa.kone%40example.org?secret=JBSWY3DP&issuer=Quittance"],
    )


class ToConfirm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Name = Field(description="What you call it.", examples=["Téléphone"])


class ToEnrol(BaseModel):
    """For ``navigator.credentials.create``."""

    passkey: Options = Field(examples=[PASSKEY_TO_MAKE])


class NewPasskey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    passkey: MadePasskey
    name: Name = Field(description="What you call it.", examples=["Clé bleue"])


class Enrolled(BaseModel):
    """It counts from now on."""

    factor_id: UUID
    session: SignedIn | None = Field(
        None, description="After the first factor: a new session in the place of all others."
    )


class Codes(BaseModel):
    """Recovery codes, shown once. Those made before work no more."""

    codes: list[str] = Field(examples=[["K7QX-2MZP-A4RT-W6NB-3HVD-J5SC"]])


_ENROLS = (FactorRefused, TooManyFactors, AccountClosed, NotFound, SessionOver)


@router.get(
    "/factors",
    **offers("Factors", "One's own second factors, and how many recovery codes are left.", may=SELF),
)
def factors(platform: ThePlatform, identity: TheIdentity) -> Factors:
    account = platform.store.load(Account, identity.account)
    codes = account.recovery_codes
    left = None if codes is None else platform.access.factors.recovery.left(codes, account.id)
    return Factors(
        factors=_named(platform, account), recovery_codes_left=left, must_enrol=account.must_enrol()
    )


@router.post("/factors/totp", **offers(
    "BeginTotp", "Begin with an authenticator app. The secret is shown once and does not count yet.",
    may=SELF, step_up=True,
))  # fmt: skip
def begin_totp(platform: ThePlatform, identity: TheIdentity) -> TotpBegun:
    account = own_account(platform, identity)
    begun = platform.access.factors.totp.begin(account.id, _called(account))
    return TotpBegun(factor_id=begun.factor_id, secret=begun.secret, uri=begun.uri)


@router.post("/factors/totp/{factor_id}/confirm", **offers(
    "ConfirmTotp", "Add the authenticator app. With a code that it shows: so it is known to work.",
    *_ENROLS, may=SELF, step_up=True, body=True,
))  # fmt: skip
def confirm_totp(
    factor_id: OneFactor,
    body: ToConfirm,
    platform: ThePlatform,
    identity: TheIdentity,
    send: Send,
    request: Request,
    response: Response,
) -> Enrolled:
    account, totp = own_account(platform, identity), platform.access.factors.totp
    if factor_id in account.factors or not totp.confirm(factor_id, account.id, body.code):
        raise FactorRefused("begin again, or try the next code")
    send(AddFactor(factor_id=FactorId(factor_id), factor="totp", name=body.name), to=account.id)
    session = _first(account, ONE_TIME_CODE, platform, identity, request, response)
    return Enrolled(factor_id=factor_id, session=session)


@router.post("/factors/passkey/options", **offers(
    "BeginPasskey", "A challenge to make a passkey. It is answered within five minutes.", may=SELF, step_up=True
))  # fmt: skip
def begin_passkey(platform: ThePlatform, identity: TheIdentity) -> ToEnrol:
    account = own_account(platform, identity)
    known, verify = of_kind(account, "webauthn"), is_staff(account.roles)
    passkeys = platform.access.factors.passkeys
    return ToEnrol(passkey=passkeys.to_enrol(account.id, _called(account), known, verify))


@router.post("/factors/passkey", **offers(
    "AddPasskey", "Add the passkey that was made.", *_ENROLS, may=SELF, step_up=True, body=True
))  # fmt: skip
def add_passkey(
    body: NewPasskey,
    platform: ThePlatform,
    identity: TheIdentity,
    send: Send,
    request: Request,
    response: Response,
) -> Enrolled:
    account, passkeys = own_account(platform, identity), platform.access.factors.passkeys
    try:
        factor_id = passkeys.enrol(account.id, body.passkey.as_sent(), verify=is_staff(account.roles))
    except PasskeyRefused:
        raise FactorRefused("begin again with a new challenge") from None
    send(AddFactor(factor_id=FactorId(factor_id), factor="webauthn", name=body.name), to=account.id)
    session = _first(account, PASSKEY, platform, identity, request, response)
    return Enrolled(factor_id=factor_id, session=session)


@router.post("/factors/{factor_id}/remove", **asks(RemoveFactor))
def remove_factor(factor_id: OneFactor, platform: ThePlatform, identity: TheIdentity, send: Send) -> Receipt:
    receipt = send(RemoveFactor(factor_id=FactorId(factor_id)), to=identity.account)
    platform.access.secrets.forget(factor_id, identity.account)
    platform.access.sessions.end_all(identity.account, but=identity.session)
    return receipt


@router.post("/recovery-codes", **asks(MakeRecoveryCodes))
def make_recovery_codes(platform: ThePlatform, identity: TheIdentity, send: Send) -> Codes:
    account = own_account(platform, identity)
    secret_id, codes = platform.access.factors.recovery.make(account.id)
    send(MakeRecoveryCodes(secret_id=SecretId(secret_id)), to=account.id)
    if account.recovery_codes is not None:
        platform.access.secrets.forget(account.recovery_codes, account.id)
    return Codes(codes=codes)


def _first(
    account: Account, how: str, platform: Platform, identity: Identity, request: Request, response: Response
) -> SignedIn | None:
    """After the first factor nothing that was opened with the password alone goes on, except by this one.

    account  as it was before
    """
    if account.factors or identity.session is None:
        return None
    sessions = platform.access.sessions
    opened = sessions.renew(identity.session, {*identity.amr, how, SEVERAL}, device_of(request))
    sessions.end_all(account.id, but=opened.session.id)
    return hand_over(request, response, opened, account, presented(request).carrier)


def _named(platform: Platform, account: Account) -> list[Factor]:
    """What a factor is called is in the event that added it, sealed: the account itself has no use for it."""
    events = (recorded.event() for recorded in platform.store.history(account.id))
    return [
        Factor(id=event.factor_id, kind=event.factor, name=event.name.open(), added_at=event.timestamp)
        for event in events
        if isinstance(event, Account.FactorAdded) and event.factor_id in account.factors
    ]


def _called(account: Account) -> str:
    """What an app or a browser shows beside us."""
    return (
        (account.email.open() if account.email is not None else "") or account.label.open() or str(account.id)
    )
