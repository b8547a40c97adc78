"""Sessions over HTTP: who am I, go on, sign out, and where else I am signed in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from access.sessions import RefreshReused, Session, SessionOver
from aggregates.account import Account, NoAddress
from aggregates.permissions import SELF
from aggregates.values import AccountId, NotificationId, derived
from api import carriers
from api.auth import Identity, TheIdentity
from api.carriers import SignedIn
from api.deps import Cursor, Limit, asker, dispatch
from api.described import offers
from api.platform import Platform, ThePlatform
from api.recorded import seen
from api.refusals import AmbiguousCredentials, CrossSite, Unauthenticated
from api.routing import routes
from api.short_lists import page
from commands.notification import TellAccount
from eventstore import BadCursor, NotFound, Page

router = routes("", "session")


class Renewal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    refresh_token: str | None = Field(
        None,
        max_length=200,
        description="Of the sign-in or the renewal before; left out when it is in a cookie.",
        examples=["Jm7t1u8S2u1m0bG9n4cW5xY7sT1uR5eZ4cA6bD0f_Kq"],
    )


class Me(BaseModel):
    account_id: UUID
    label: str
    language: str = Field(examples=["fr"])
    roles: list[str] = Field(examples=[["advisor"]])
    permissions: list[str] = Field(examples=[["loan.read", "self"]], description="In this session.")
    customers: list[UUID] | None = Field(description="Whose data may be seen; absent: everybody's.")
    must_enrol: bool = Field(
        description="The roles ask for a second factor that is missing; until then only `self` is permitted."
    )
    session_id: UUID | None
    proved_at: datetime | None = Field(
        description="When this person last proved who they are; some commands want that within five minutes."
    )
    amr: list[str] = Field(
        description="How. Names of RFC 8176 where there are.", examples=[["mfa", "otp", "pwd"]]
    )
    csrf_token: str | None = Field(
        description="For cookies: send it back as `X-CSRF-Token` with every change.", examples=["Zm9v…"]
    )


class Csrf(BaseModel):
    csrf_token: str = Field(examples=["Zm9v…"])


class Ended(BaseModel):
    ended: int = Field(description="How many sessions have ended.", examples=[1])


class SessionLine(BaseModel):
    session_id: UUID
    current: bool = Field(description="The one that asks.")
    began_at: datetime
    last_seen_at: datetime = Field(description="To the minute.")
    proved_at: datetime
    expires_at: datetime = Field(description="At the latest; sooner when nobody uses it.")
    amr: list[str] = Field(examples=[["mfa", "otp", "pwd"]])
    user_agent: str = Field(description="What the browser said of itself.")
    address: str = Field(description="From where it was opened.", examples=["192.0.2.17"])


# ── one's own ──────────────────────────────────────────────────────────────


@router.post(
    "/auth/refresh",
    **offers(
        "RefreshSession",
        "Renew the access token of a session.\n\nThe refresh token is renewed with it, and works once: sent again"
        " within ten seconds it gives the same successor, later it ends the session.",
        Unauthenticated, SessionOver, RefreshReused, AmbiguousCredentials, CrossSite, body=True,
    ),
)  # fmt: skip
def refresh_session(
    renewal: Renewal, platform: ThePlatform, request: Request, response: Response
) -> SignedIn:
    shown = carriers.presented_refresh(request, renewal.refresh_token)
    try:
        opened = platform.access.sessions.rotate(shown.text)
    except RefreshReused as copied:
        _tell(platform, request, copied)
        raise
    account = platform.store.load(Account, opened.session.account_id)
    if account.status != "open":
        raise SessionOver("sign in again")
    return carriers.hand_over(request, response, opened, account, shown.carrier)


@router.post(
    "/auth/sign-out", **offers("SignOut", "End this session. Its tokens let nobody in any more.", may=SELF)
)
def sign_out(platform: ThePlatform, identity: TheIdentity, response: Response) -> Ended:
    carriers.take_back(response)
    return Ended(ended=int(identity.session is not None and platform.access.sessions.end(identity.session)))


@router.get("/me", **offers("Me", "Who is asking, and what this session may do.", may=SELF))
def me(platform: ThePlatform, identity: TheIdentity, request: Request) -> Me:
    account = platform.store.load(Account, identity.account)
    return Me(
        account_id=account.id,
        label=account.label.open(),
        language=account.language,
        roles=list(account.roles),
        permissions=sorted(identity.permissions),
        customers=None if identity.customers is None else sorted(identity.customers),
        must_enrol=account.must_enrol(),
        session_id=identity.session,
        proved_at=identity.proved_at,
        amr=list(identity.amr),
        csrf_token=_csrf(platform, identity.session) if carriers.uses_cookie(request) else None,
    )


@router.get(
    "/me/csrf", **offers("CsrfToken", "What a page sends back as X-CSRF-Token with each change.", may=SELF)
)
def csrf(platform: ThePlatform, identity: TheIdentity) -> Csrf:
    return Csrf(csrf_token=_csrf(platform, identity.session))


@router.get("/me/sessions", **offers("MySessions", "Where this account is signed in.", BadCursor, may=SELF))
def my_sessions(
    platform: ThePlatform, identity: TheIdentity, cursor: Cursor = None, limit: Limit = 50
) -> Page[SessionLine]:
    return _lines(platform.access.sessions.of(identity.account), identity.session, cursor, limit)


@router.post("/me/sessions/{session_id}/revoke", **offers(
    "RevokeSession", "Sign another device out. Effective within two seconds everywhere.", NotFound, may=SELF,
    step_up=True,
))  # fmt: skip
def revoke_session(session_id: UUID, platform: ThePlatform, identity: TheIdentity) -> Ended:
    session = platform.access.sessions.get(session_id)
    if session is None or session.account_id != identity.account:
        raise NotFound("there is nothing here with this id")
    return Ended(ended=int(platform.access.sessions.end(session_id)))


@router.post("/me/sessions/revoke-others", **offers(
    "RevokeOtherSessions", "Sign every other device out. This one stays signed in.", may=SELF, step_up=True,
))  # fmt: skip
def revoke_other_sessions(platform: ThePlatform, identity: TheIdentity) -> Ended:
    return Ended(ended=platform.access.sessions.end_all(identity.account, but=identity.session))


# ── of others, for administrators ──────────────────────────────────────────


@router.get("/accounts/{account_id}/sessions", **offers(
    "Sessions", "Where an account is signed in.", NotFound, BadCursor, may="account.manage", recorded=True,
))  # fmt: skip
def sessions(
    account_id: UUID, platform: ThePlatform, identity: TheIdentity, cursor: Cursor = None, limit: Limit = 50
) -> Page[SessionLine]:
    account = platform.store.load(Account, account_id, identity.customers)
    return _lines(platform.access.sessions.of(account.id), identity.session, cursor, limit)


@router.post("/accounts/{account_id}/sessions/revoke", **offers(
    "RevokeSessions", "Sign an account out everywhere.", NotFound, may="account.manage", step_up=True,
))  # fmt: skip
def revoke_sessions(account_id: UUID, platform: ThePlatform, identity: TheIdentity) -> Ended:
    account = platform.store.load(Account, account_id, identity.customers)
    return Ended(ended=platform.access.sessions.end_all(account.id))


def _tell(platform: Platform, request: Request, copied: RefreshReused) -> None:
    """The access log says whose session it was, and its person hears of it by mail: they may be the one robbed."""
    seen(request).resource = copied.account
    own = AccountId(copied.account)
    machine = Identity(own, "sign-in desk", frozenset(), frozenset({own}), copied.session)
    told = replace(asker(platform, machine, request), permissions=None)
    letter = TellAccount(
        notification_id=NotificationId(derived(copied.session, "copied")),
        account_id=own,
        template="security-notice",
        facts={"what": "session-copied", "on": told.on.isoformat()},
    )
    with suppress(NoAddress):
        dispatch(platform, told, letter, None, None, uuid4())


def _csrf(platform: ThePlatform, session: UUID | None) -> str:
    assert session is not None, "only people have the permission"
    return platform.access.csrf.make(session)


def _lines(found: list[Session], current: UUID | None, cursor: str | None, limit: int) -> Page[SessionLine]:
    lines = [
        SessionLine(
            session_id=each.id,
            current=each.id == current,
            began_at=each.began_at,
            last_seen_at=each.last_seen_at,
            proved_at=each.proved_at,
            expires_at=each.expires_at,
            amr=list(each.amr),
            user_agent=each.device.user_agent,
            address=each.device.address,
        )
        for each in found
    ]
    return page(
        lines, lambda line: (f"{line.began_at:%Y-%m-%d %H:%M:%S.%f}", str(line.session_id)), cursor, limit
    )
