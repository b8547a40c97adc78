"""Signing in and stepping up over HTTP; what may be shown is in api/proofs.py, the flow in access/sign_in.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
from api.carriers import Carrier, SignedIn, device_of, from_a_page_of_ours, hand_over, leave_behind, presented
from api.described import offers
from api.origin import counted_as
from api.platform import Platform, ThePlatform
from api.proofs import PASSKEY_TO_SHOW, FactorAsked, Options, Password, Pending, SecondProof, ShownPasskey
from api.recorded import seen
from api.refusals import CrossSite
from api.routing import routes
from commands.fields import Email
from eventstore import StepUpRequired

router = routes("/auth", "sign-in")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    carrier: Carrier = Field(
        "cookie", description="`cookie` for a page of ours, `bearer` for a program.", examples=["bearer"]
    )


class WithPassword(_Body):
    email: Email
    password: Password = Field(repr=False)


class WithFactor(SecondProof, _Body):
    pending: Pending = Field(repr=False)


class OfPending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pending: Pending = Field(repr=False)


class WithPasskey(_Body):
    passkey: ShownPasskey


class Again(SecondProof):
    """A fresh proof: password and second factor; the password alone without one; or a passkey alone."""

    password: Password | None = Field(None, repr=False)


class Asked(BaseModel):
    """For ``navigator.credentials.get``."""

    passkey: Options | None = Field(
        None, description="Absent: this account has no passkey.", examples=[PASSKEY_TO_SHOW]
    )


@router.post("/sign-in", **offers(
    "SignIn", "Sign in with address and password. The same words and the same work whatever is wrong.",
    SignInRefused, CrossSite, TooManyRequests, Busy, body=True, recorded=True,
))  # fmt: skip
def sign_in(
    body: WithPassword, platform: ThePlatform, request: Request, response: Response
) -> SignedIn | FactorAsked:
    _no_other_site(body.carrier, request)
    device = device_of(request)
    place = counted_as(device.address)
    with noted(request):
        said = platform.access.sign_in.with_password(body.email, body.password, device, place)
    if isinstance(said, FactorNeeded):
        seen(request).resource = said.account
        return _asked(said)
    return _in(said, body.carrier, request, response)


@router.post("/sign-in/factor", **offers(
    "SignInWithFactor", "Go on with the second factor. Each one works once.",
    SignInRefused, FactorRefused, CrossSite, TooManyRequests, body=True, recorded=True,
))  # fmt: skip
def sign_in_with_factor(
    body: WithFactor, platform: ThePlatform, request: Request, response: Response
) -> SignedIn:
    _no_other_site(body.carrier, request)
    with noted(request):
        said = platform.access.sign_in.with_factor(body.pending, body.answer(), device_of(request))
    return _in(said, body.carrier, request, response)


@router.post("/sign-in/factor/options", **offers(
    "SecondFactors", "What may be shown as second factor. With a new challenge for a passkey.",
    SignInRefused, body=True,
))  # fmt: skip
def second_factors(body: OfPending, platform: ThePlatform) -> FactorAsked:
    return _asked(platform.access.sign_in.asked_again(body.pending))


@router.post("/passkey/options", **offers("PasskeyOptions", "A challenge to sign in with a passkey alone."))
def passkey_options(platform: ThePlatform) -> Asked:
    return Asked(passkey=platform.access.sign_in.passkey_options())


@router.post("/passkey", **offers(
    "SignInWithPasskey", "Sign in with a passkey alone. It has to ask its holder for a finger or a PIN.",
    SignInRefused, CrossSite, TooManyRequests, body=True, recorded=True,
))  # fmt: skip
def sign_in_with_passkey(
    body: WithPasskey, platform: ThePlatform, request: Request, response: Response
) -> SignedIn:
    _no_other_site(body.carrier, request)
    device = device_of(request)
    place = counted_as(device.address)
    with noted(request):
        said = platform.access.sign_in.with_passkey(body.passkey.as_sent(), device, place)
    return _in(said, body.carrier, request, response)


# ── once more, in a session ────────────────────────────────────────────────


@router.post("/step-up", **offers(
    "StepUp", "Prove once more who you are. Gives a new session in the place of this one, by the same carrier; for"
    " five minutes it may do what takes a fresh proof.",
    FactorRefused, SessionOver, TooManyRequests, Busy, may=SELF, body=True, recorded=True,
))  # fmt: skip
def step_up(
    body: Again, platform: ThePlatform, identity: TheIdentity, request: Request, response: Response
) -> SignedIn:
    session = session_of(platform, identity)
    with noted(request):
        said = platform.access.sign_in.step_up(session, body.password, body.answer(), device_of(request))
    return _in(said, presented(request).carrier, request, response)


@router.post("/step-up/options", **offers(
    "StepUpOptions", "A challenge to step up with a passkey. For the passkey alone, or beside the password.",
    SessionOver, may=SELF,
))  # fmt: skip
def step_up_options(platform: ThePlatform, identity: TheIdentity) -> Asked:
    return Asked(passkey=platform.access.sign_in.step_up_options(session_of(platform, identity)))


def session_of(platform: Platform, identity: Identity) -> Session:
    """The session that asks, as it is now. Raises SessionOver."""
    session = platform.access.sessions.get(identity.session) if identity.session else None
    if session is None:
        raise SessionOver("sign in again")
    return session


def own_account(platform: Platform, identity: Identity) -> Account:
    """One's own account, to somebody who has proved it with everything. Raises StepUpRequired.

    A password is a fresh proof only while the account has nothing more to show.
    """
    account = platform.store.load(Account, identity.account)
    if account.factors and SEVERAL not in identity.amr:
        raise StepUpRequired("confirm with your second factor")
    return account


def _no_other_site(carrier: Carrier, request: Request) -> None:
    """Nobody is signed in by another site's page, as somebody else than they believe."""
    if carrier == "cookie":
        from_a_page_of_ours(request)


def _in(said: LetIn, carrier: Carrier, request: Request, response: Response) -> SignedIn:
    entered(request, said)
    leave_behind(request, said.opened.session)
    return hand_over(request, response, said.opened, said.account, carrier)


def entered(request: Request, said: LetIn) -> None:
    """From here on the request is of whoever has just come in: so the access log names them."""
    account, session = said.account, said.opened.session
    request.scope["identity"] = Identity(
        account.id, f"account:{account.id}", frozenset(), frozenset(), session.id, roles=tuple(account.roles)
    )
    seen(request).resource = account.id


@contextmanager
def noted(request: Request) -> Iterator[None]:
    """The access log says whose door it was, which the answer never does."""
    try:
        yield
    except (SignInRefused, FactorRefused) as refusal:
        seen(request).resource = refusal.account
        raise


def _asked(said: FactorNeeded) -> FactorAsked:
    return FactorAsked(pending=said.pending, kinds=said.kinds, passkey=said.passkey)
