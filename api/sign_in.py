"""Signing in and stepping up over HTTP; what may be shown is in api/proofs.py, the flow in access/sign_in.py."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from access.factors import SEVERAL
from access.limits import TooManyRequests
from access.passwords import Busy
from access.sessions import Session, SessionOver
from access.sign_in import FactorNeeded, FactorRefused, LetIn, SignInRefused
from aggregates.account import Account
from aggregates.permissions import SELF
from api.auth import Identity, TheIdentity
from api.carriers import Carrier, SignedIn, device_of, from_a_page_of_ours, hand_over, presented
from api.deps import asker
from api.described import ALWAYS, WITH_A_BODY, refused
from api.origin import counted_as
from api.platform import Platform, ThePlatform
from api.proofs import PASSKEY_TO_SHOW, FactorAsked, Options, Password, Pending, SecondProof, ShownPasskey
from api.refusals import Away, CrossSite, HeadersTooLarge, Invalid
from api.routing import routes
from commands.fields import Email
from eventstore import Rejected, StepUpRequired

router = routes("/auth", "sign-in")

OPEN: tuple[type[Rejected], ...] = (Invalid, HeadersTooLarge, Away, TooManyRequests)
"""What a route for everybody may answer."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    carrier: Carrier = Field(
        "cookie", description="`cookie` for a page of ours, `bearer` for a program.", examples=["bearer"]
    )


class WithPassword(_Body):
    email: Email
    password: Password


class WithFactor(SecondProof, _Body):
    pending: Pending


class OfPending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pending: Pending


class WithPasskey(_Body):
    passkey: ShownPasskey


class Again(SecondProof):
    """A fresh proof: password and second factor; the password alone without one; or a passkey alone."""

    password: Password | None = None


class Asked(BaseModel):
    """For ``navigator.credentials.get``."""

    passkey: Options | None = Field(
        None, description="Absent: this account has no passkey.", examples=[PASSKEY_TO_SHOW]
    )


def _says(name: str, summary: str, *kinds: type[Rejected], about: str = "") -> dict[str, Any]:
    return {
        "operation_id": name,
        "summary": summary,
        "description": about or f"{summary}.\n\nNo permission is needed.",
        "responses": refused(*OPEN, *WITH_A_BODY, *kinds),
    }


@router.post(
    "/sign-in",
    **_says("SignIn", "Sign in with address and password", SignInRefused, CrossSite, Busy),
)
def sign_in(
    body: WithPassword, platform: ThePlatform, request: Request, response: Response
) -> SignedIn | FactorAsked:
    """The same words and the same work whatever is wrong."""
    _no_other_site(body.carrier, request)
    device = device_of(request)
    said = platform.access.sign_in.with_password(
        body.email, body.password, device, counted_as(device.address)
    )
    return _asked(said) if isinstance(said, FactorNeeded) else _in(said, body.carrier, request, response)


@router.post(
    "/sign-in/factor",
    **_says("SignInWithFactor", "Go on with the second factor", SignInRefused, FactorRefused, CrossSite),
)
def sign_in_with_factor(
    body: WithFactor, platform: ThePlatform, request: Request, response: Response
) -> SignedIn:
    _no_other_site(body.carrier, request)
    said = platform.access.sign_in.with_factor(body.pending, body.answer(), device_of(request))
    return _in(said, body.carrier, request, response)


@router.post(
    "/sign-in/factor/options",
    **_says("SecondFactors", "What may be shown as second factor, with a new challenge", SignInRefused),
)
def second_factors(body: OfPending, platform: ThePlatform) -> FactorAsked:
    return _asked(platform.access.sign_in.asked_again(body.pending))


@router.post("/passkey/options", **_says("PasskeyOptions", "A challenge to sign in with a passkey alone"))
def passkey_options(platform: ThePlatform) -> Asked:
    return Asked(passkey=platform.access.sign_in.passkey_options())


@router.post(
    "/passkey", **_says("SignInWithPasskey", "Sign in with a passkey alone", SignInRefused, CrossSite)
)
def sign_in_with_passkey(
    body: WithPasskey, platform: ThePlatform, request: Request, response: Response
) -> SignedIn:
    _no_other_site(body.carrier, request)
    device = device_of(request)
    said = platform.access.sign_in.with_passkey(body.passkey.as_sent(), device, counted_as(device.address))
    return _in(said, body.carrier, request, response)


# ── once more, in a session ────────────────────────────────────────────────


@router.post(
    "/step-up",
    operation_id="StepUp",
    summary="Prove once more who you are",
    description="Gives a new session in the place of this one, by the same carrier; for five minutes it may do what"
    " takes a fresh proof.\n\nNo permission is needed.",
    responses=refused(*ALWAYS, *WITH_A_BODY, FactorRefused, SessionOver, TooManyRequests, Busy),
)
def step_up(
    body: Again, platform: ThePlatform, identity: TheIdentity, request: Request, response: Response
) -> SignedIn:
    session = session_of(platform, identity)
    said = platform.access.sign_in.step_up(session, body.password, body.answer(), device_of(request))
    return _in(said, presented(request).carrier, request, response)


@router.post(
    "/step-up/options",
    operation_id="StepUpOptions",
    summary="A challenge to step up with a passkey",
    description="For a passkey alone, or beside the password.\n\nNo permission is needed.",
    responses=refused(*ALWAYS, SessionOver),
)
def step_up_options(platform: ThePlatform, identity: TheIdentity) -> Asked:
    session = session_of(platform, identity)
    return Asked(passkey=platform.access.sign_in.step_up_options(session))


def session_of(platform: Platform, identity: Identity) -> Session:
    """The session that asks, as it is now. Raises SessionOver, also for a program: it has none."""
    session = platform.access.sessions.get(identity.session) if identity.session else None
    if session is None:
        raise SessionOver("sign in again")
    return session


def just_proved(platform: Platform, identity: Identity, request: Request) -> Account:
    """One's own account, to somebody who has just proved who they are. Raises StepUpRequired.

    A password is a fresh proof only while the account has nothing more to show.
    """
    identity = request.app.state.identities.afresh(identity)
    identity.needs(SELF)
    account = platform.store.load(Account, identity.account)
    with_everything = SEVERAL in identity.amr or not account.factors
    if not with_everything or not asker(platform, identity, request).has_just_proved():
        raise StepUpRequired("sign in again, or confirm with your second factor")
    return account


def _no_other_site(carrier: Carrier, request: Request) -> None:
    """Nobody is signed in by another site's page, as somebody else than they believe."""
    if carrier == "cookie":
        from_a_page_of_ours(request)


def _in(said: LetIn, carrier: Carrier, request: Request, response: Response) -> SignedIn:
    return hand_over(request, response, said.opened, said.account, carrier)


def _asked(said: FactorNeeded) -> FactorAsked:
    return FactorAsked(pending=said.pending, kinds=said.kinds, passkey=said.passkey)
