"""How a browser and a program carry the proof of who they are: cookies, or a bearer token; never both.

Cookies are sent by the browser whoever wrote the page, so a change asked with one takes two more things that only a
page of ours has: its origin, and the CSRF token of the session. Source: RFC 6265bis, Fetch Metadata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, Field

from access.desk import Access
from access.sessions import Device, Opened, Session
from access.signing import TOKEN_LIVES
from aggregates.account import Account
from api.origin import client_address
from api.platform import Platform
from api.refusals import AmbiguousCredentials, CrossSite, Unauthenticated

Carrier = Literal["cookie", "bearer"]

ACCESS_COOKIE = "__Host-at"
REFRESH_COOKIE = "__Host-rt"
"""At every path, as its prefix asks: no other host of the domain can plant one."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{16,2000})", re.IGNORECASE)
_REFRESH = re.compile(r"[A-Za-z0-9_-]{43}")


class SignedIn(BaseModel):
    """Somebody is in. With the carrier ``cookie`` the tokens are in cookies; with ``bearer`` they are here."""

    outcome: Literal["signed-in"] = "signed-in"
    account_id: UUID
    expires_in: int = Field(description="Seconds after which the access token is renewed.", examples=[300])
    csrf_token: str | None = Field(
        None, description="For cookies: send it back as `X-CSRF-Token` with every change.", examples=["Zm9v…"]
    )
    access_token: str | None = Field(
        None, description="For programs: `Authorization: Bearer …`.", examples=["eyJhbGciOiJFZERTQSIs…"]
    )
    refresh_token: str | None = Field(
        None, description="For programs: renews both, once.", examples=["Jm7t1u8S2u1m0bG9n…"]
    )


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request carries."""

    carrier: Carrier
    text: str


# ── what comes in ──────────────────────────────────────────────────────────


def presented(request: Request) -> Credential:
    """The one credential of a request. Raises Unauthenticated without one, AmbiguousCredentials for several."""
    cookies = _cookies(request, ACCESS_COOKIE)
    headers = request.headers.getlist("authorization")
    if len(cookies) + len(headers) > 1:
        raise AmbiguousCredentials("send one cookie or one Authorization header")
    if cookies:
        return Credential("cookie", cookies[0])
    bearer = _BEARER.fullmatch(headers[0]) if headers else None
    if bearer is None:
        raise Unauthenticated("sign in, or send Authorization: Bearer <token>")
    return Credential("bearer", bearer[1])


def presented_refresh(request: Request, in_body: str | None) -> Credential:
    """The one refresh token of a request, from its cookie or its body.

    A page that was just loaded has no CSRF token yet, so its origin alone is asked for: renewing changes nothing that
    another site could want. Raises Unauthenticated, AmbiguousCredentials, CrossSite.
    """
    cookies = _cookies(request, REFRESH_COOKIE)
    if len(cookies) + (in_body is not None) > 1:
        raise AmbiguousCredentials("send one cookie, or the token in the body")
    if cookies:
        from_a_page_of_ours(request)
    text = cookies[0] if cookies else in_body or ""
    if not _REFRESH.fullmatch(text):
        raise Unauthenticated("sign in again")
    return Credential("cookie" if cookies else "bearer", text)


def uses_cookie(request: Request) -> bool:
    """Whether a browser asks, whose page needs a CSRF token."""
    return bool(_cookies(request, ACCESS_COOKIE))


def from_a_page_of_ours(request: Request) -> None:
    """Raises CrossSite unless the browser says that a page of our own origin asks.

    Without Fetch Metadata (Safari before 16.4) the origin has to be exactly ours; what has neither is no browser.
    """
    public_url: str = request.app.state.platform.settings.public_url
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site == "same-origin"
    else:
        ours = origin is not None and origin == origin_of(public_url)
    if not ours:
        raise CrossSite("this is asked from a page of ours only")


def guard(request: Request, session: UUID) -> None:
    """Raises CrossSite for a change asked with a cookie, unless a page of ours asks in this very session."""
    if request.method in SAFE:
        return
    from_a_page_of_ours(request)
    platform: Platform = request.app.state.platform
    if not platform.access.csrf.fits(session, request.headers.get("x-csrf-token", "")):
        raise CrossSite("send X-CSRF-Token, which the sign-in gave out")


def device_of(request: Request) -> Device:
    """What a request says about where it comes from."""
    return Device(request.headers.get("user-agent", ""), client_address(request))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a browser writes an origin."""
    found = re.match(r"[a-z]+://[^/?#]+", url.lower())
    origin = found[0] if found else ""
    return origin.removesuffix(":443") if origin.startswith("https") else origin.removesuffix(":80")


# ── what goes out ──────────────────────────────────────────────────────────


def hand_over(
    request: Request, response: Response, opened: Opened, account: Account, carrier: Carrier
) -> SignedIn:
    """Give a session's tokens to whoever has just opened or renewed it."""
    platform: Platform = request.app.state.platform
    access, session = platform.access, opened.session
    token, lasts = access.tokens.mint(session), min(TOKEN_LIVES, session.expires_at - platform.clock.now())
    answer = SignedIn(account_id=account.id, expires_in=round(lasts.total_seconds()))
    if carrier == "bearer":
        return answer.model_copy(update={"access_token": token, "refresh_token": opened.refresh_token})
    same_site: Literal["lax", "strict"] = "lax" if session.kind == "portal" else "strict"
    response.set_cookie(ACCESS_COOKIE, token, path="/", secure=True, httponly=True, samesite=same_site)
    response.set_cookie(
        REFRESH_COOKIE, opened.refresh_token, path="/", secure=True, httponly=True, samesite="strict"
    )
    return answer.model_copy(update={"csrf_token": access.csrf.make(session.id)})


def leave_behind(request: Request, opened: Session) -> None:
    """End what this browser or program was signed in with before: its tokens are over soon, its session would go on."""
    access: Access = request.app.state.platform.access
    bearers = (_BEARER.fullmatch(header) for header in request.headers.getlist("authorization"))
    shown = [*_cookies(request, ACCESS_COOKIE), *(found[1] for found in bearers if found)]
    for before in {access.tokens.session_of(text) for text in shown}:
        if before is not None and before != opened.id:
            access.sessions.end(before)


def take_back(response: Response) -> None:
    """Let the browser forget its cookies."""
    response.delete_cookie(ACCESS_COOKIE, path="/", secure=True, httponly=True)
    response.delete_cookie(REFRESH_COOKIE, path="/", secure=True, httponly=True)


def _cookies(request: Request, name: str) -> list[str]:
    """Every value that came under a name: two of one name are a sign that somebody else set one."""
    pairs = (
        pair.strip().partition("=") for line in request.headers.getlist("cookie") for pair in line.split(";")
    )
    return [value.strip().strip('"') for key, _, value in pairs if key.strip() == name]
