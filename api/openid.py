"""Signing in through an OpenID provider over HTTP, where one is configured; 404 elsewhere."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from access.factors import OPENID, SEVERAL
from access.openid import LASTS, Begun, IdentityNotLinked, OpenId, OpenIdRefused, Returned, is_path
from access.sessions import SessionOver
from access.sign_in import FactorNeeded, LetIn, SignInRefused
from aggregates.account import Account, AccountClosed
from aggregates.permissions import SELF, is_staff
from api.auth import Identity, TheIdentity
from api.carriers import device_of, hand_over, leave_behind
from api.deps import asker, dispatch
from api.described import offers
from api.platform import Platform, ThePlatform
from api.refusals import NoSuchPage
from api.routing import routes
from api.sign_in import entered, noted, own_account
from commands.account import IDENTITY, LinkIdentity
from eventstore import Claimed, NotFound, Rejected, StepUpRequired

router = routes("", "sign-in")

COOKIE = "__Host-openid"
SIGN_IN_PAGE = "/sign-in"
"""Where the web client asks for a second factor; the question stands behind ``#``, which no server sees."""


def _path(written: str) -> str:
    if not is_path(written):
        raise ValueError("a path of ours is written like /loans")
    return written


Path = Annotated[str, AfterValidator(_path)]
_WHERE = "Where to go on afterwards: a path of ours."
ReturnTo = Annotated[Path, Query(max_length=500, description=_WHERE, examples=["/loans"])]
Brought = Annotated[str | None, Query(max_length=4_000)]


class Known(BaseModel):
    """The provider that is configured."""

    name: str = Field(description="What people call it.", examples=["Ministère"])
    issuer: str = Field(examples=["https://id.example"])


class ToLink(BaseModel):
    model_config = ConfigDict(extra="forbid")

    return_to: Path = Field("/", max_length=500, description=_WHERE, examples=["/me"])


class Start(BaseModel):
    url: str = Field(
        description="Where the browser goes next.",
        examples=["https://id.example/authorize?client_id=quittance"],
    )


WHERE = {"Location": {"description": "The next page.", "schema": {"type": "string"}}}


def _redirects(name: str, said: str, *more: type[Rejected]) -> dict[str, Any]:
    settings = offers(name, said, NoSuchPage, *more, recorded=name == "FinishOpenId")
    on = {302: {"description": "On to the next page.", "headers": WHERE}}
    responses = {**settings["responses"], **on}
    return {**settings, "status_code": 302, "response_class": Response, "responses": responses}


@router.get("/auth/openid", **offers(
    "OpenIdProvider", "Which provider one may sign in through. Only where one is configured.", NoSuchPage
))  # fmt: skip
def openid_provider(platform: ThePlatform) -> Known:
    return Known(name=platform.settings.oidc_name, issuer=_configured(platform).issuer)


@router.get("/auth/openid/start", **_redirects("StartOpenId", "On to the provider, to sign in."))
def start(platform: ThePlatform, return_to: ReturnTo = "/") -> Response:
    begun = _configured(platform).begin(return_to)
    return _with_cookie(RedirectResponse(begun.url, 302), begun)


@router.get(
    "/auth/openid/callback",
    **_redirects(
        "FinishOpenId", "Back from the provider.",
        OpenIdRefused, IdentityNotLinked, SignInRefused, SessionOver, StepUpRequired, Claimed, AccountClosed,
        NotFound,
    ),
)  # fmt: skip
def callback(
    platform: ThePlatform,
    request: Request,
    state: Brought = None,
    code: Brought = None,
    iss: Brought = None,
    error: Brought = None,
    error_description: Brought = None,
    error_uri: Brought = None,
    session_state: Brought = None,
    scope: Brought = None,
    authuser: Brought = None,
    prompt: Brought = None,
    hd: Brought = None,
) -> Response:
    """What providers send beside ``state``, ``code`` and ``iss`` is taken and not read."""
    openid = _configured(platform)
    returned = openid.finish(state or "", None if error else code, iss, request.cookies.get(COOKIE))
    if returned.link_to is not None:
        return _forget_cookie(_linked(platform, request, returned))
    return _forget_cookie(_signed_in(platform, request, returned))


@router.post("/me/openid/link", **offers(
    "LinkOpenId", "Let the provider vouch for one's account. Gives the address to go on to; the way back links who one"
    " is there.", NoSuchPage, may=SELF, step_up=True, body=True,
))  # fmt: skip
def link(body: ToLink, platform: ThePlatform, identity: TheIdentity, response: Response) -> Start:
    openid, account = _configured(platform), own_account(platform, identity)
    assert identity.session is not None, "a program has no fresh proof"
    begun = openid.begin(body.return_to, (account.id, identity.session))
    _with_cookie(response, begun)
    return Start(url=begun.url)


# ── what becomes of whoever comes back ─────────────────────────────────────


def _signed_in(platform: Platform, request: Request, returned: Returned) -> Response:
    account = _account_of(platform, returned)
    # Of staff our own second factor is asked, whatever the provider has asked for.
    several = returned.vouched.several and not is_staff(account.roles)
    how = (OPENID, SEVERAL) if several else (OPENID,)
    with noted(request):
        said = platform.access.sign_in.with_identity(account, how, device_of(request))
    if isinstance(said, FactorNeeded):
        asked = urlencode({"pending": said.pending, "return_to": returned.return_to})
        return RedirectResponse(f"{SIGN_IN_PAGE}#{asked}", 302)
    return _into(said, request, returned.return_to)


def _into(said: LetIn, request: Request, return_to: str) -> Response:
    response = RedirectResponse(return_to, 302)
    entered(request, said)
    leave_behind(request, said.opened.session)
    hand_over(request, response, said.opened, said.account, "cookie")
    return response


def _account_of(platform: Platform, returned: Returned) -> Account:
    """Raises IdentityNotLinked: the same words whether the person has an account here or not.

    An address of mail that the provider knows is not enough: whoever can have one written down there would be let in.
    """
    vouched = returned.vouched
    id = platform.store.claimed(IDENTITY, f"{vouched.issuer} {vouched.subject}")
    account = platform.store.load(Account, id) if id else None
    if account is None or account.status != "open" or vouched.issuer not in account.linked:
        raise IdentityNotLinked("sign in with your password, then link this identity to your account")
    return account


def _linked(platform: Platform, request: Request, returned: Returned) -> Response:
    """Raises SessionOver when whoever began has signed out meanwhile."""
    assert returned.link_to is not None
    account, sid = returned.link_to
    session = platform.access.sessions.get(sid)
    if session is None:
        raise SessionOver("sign in again, then link it")
    # The browser brings no strict cookie from another site: who asks is known by the challenge that it answers.
    own = frozenset({account})
    identity = Identity(
        account, f"account:{account}", frozenset({SELF}), own, session=sid, proved_at=session.proved_at
    )
    command = LinkIdentity(issuer=returned.vouched.issuer, subject=returned.vouched.subject)
    dispatch(platform, asker(platform, identity, request), command, account, None, uuid4())
    request.app.state.identities.forget()
    return RedirectResponse(returned.return_to, 302)


# ── inside ─────────────────────────────────────────────────────────────────


def _configured(platform: Platform) -> OpenId:
    if platform.access.openid is None:
        raise NoSuchPage("no provider is configured")
    return platform.access.openid


def _with_cookie(response: Response, begun: Begun) -> Response:
    # Lax: the way back is a link of another site's page, which brings no strict cookie.
    response.set_cookie(
        COOKIE, begun.cookie, max_age=int(LASTS.total_seconds()), path="/", secure=True, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return response


def _forget_cookie(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response
