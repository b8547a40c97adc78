"""Who is asking: a credential leads to a session or a key, that to an account, the account to what it may do."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from access import keys
from access.desk import Access
from access.sessions import Session
from access.tokens import TokenRefused
from aggregates.account import Account
from aggregates.permissions import SELF, is_staff, permissions_of
from api import carriers
from api.counted import count_account, count_address
from api.origin import client_address
from api.refusals import EnrolmentNeeded, Unauthenticated
from eventstore import Forbidden, NotFound, StepUpRequired, Store
from eventstore.command import PROOF_LASTS
from runtime.clock import Clock

FRESH = 2.0
"""Seconds for which a credential is believed without looking: a change made here counts at once, elsewhere then."""

REMEMBERED = 10_000
"""How many credentials are kept; at one more, all are looked up again."""

NO_MORE = "sign in again"
"""The same words whatever is wrong with a credential."""


@dataclass(frozen=True)
class Identity:
    """Somebody who proved an account, or holds a link."""

    account: UUID
    who: str
    """For the events: ``account:<id>``, ``link:<contact id>``."""
    permissions: frozenset[str]
    customers: frozenset[UUID] | None
    """Whose data may be seen; None for staff: everybody's."""
    session: UUID | None = None
    """Of a person; absent for a program and a link."""
    proved_at: datetime | None = None
    """When the person of the session last proved who they are."""
    amr: tuple[str, ...] = ()
    """How; see access/sessions.py."""
    key: UUID | None = None
    """Of a program."""
    roles: tuple[str, ...] = ()
    """Of the account; for the record, what may be done is in the permissions."""

    def needs(self, permission: str) -> None:
        """Raises Forbidden without the permission; EnrolmentNeeded to staff who have not shown a second factor."""
        if permission not in self.permissions:
            if self.permissions == {SELF} and is_staff(self.roles):
                raise EnrolmentNeeded("until then this session looks after its own account only")
            raise Forbidden(f"this takes the permission {permission}")


class Identities:
    """Looks credentials up and believes the answer for a moment."""

    def __init__(self, store: Store, access: Access, clock: Clock) -> None:
        self._store, self._access, self._clock = store, access, clock
        self._known: dict[bytes, tuple[float, Identity]] = {}
        self._generation = 0
        """How often everything was forgotten: what was read before the last time is out of date."""
        self._lock = threading.Lock()
        self.after_forget: Callable[[], None] = _nobody_else
        """Called when an account or a session has changed in this process: others remember some of it, too."""

    def remembered(self, credential: str, address: str = "") -> Identity | None:
        """The identity of a credential that was looked up less than FRESH ago."""
        known = self._known.get(_digest(credential, address))
        return known[1] if known and time.monotonic() < known[0] else None

    def look_up(self, credential: str, address: str = "") -> Identity:
        """The identity of a credential by the database. Raises Unauthenticated when it counts no more.

        address  where a key is used from: it may be good for some networks only
        """
        looked_at, generation = time.monotonic(), self._generation
        if credential.startswith(keys.PREFIX):
            identity, lasts = self._of_key(credential, address), FRESH
        else:
            identity, lasts = self._of_token(credential)
        with self._lock:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            if generation == self._generation:
                self._known[_digest(credential, address)] = looked_at + lasts, identity
        return identity

    def afresh(self, identity: Identity) -> Identity:
        """The same by the database, for what matters most. Raises Unauthenticated when its session is gone.

        A program is what it was: it never proves anything, so what matters most is refused to it in any case.
        """
        return identity if identity.session is None else self._of_session(identity.session)

    def as_of(self, session: Session) -> Identity:
        """The identity of a session that has not ended. Raises Unauthenticated when its account counts no more."""
        account = self._account(session.account_id)
        if is_staff(account.roles) and session.kind == "portal":
            # A client who was made staff: the session lives by the rules it was opened under, so it ends here.
            self._access.sessions.end(session.id)
            raise Unauthenticated(NO_MORE)
        return Identity(
            account=account.id,
            who=f"account:{account.id}",
            permissions=rights(account, session),
            customers=account.owners(),
            session=session.id,
            proved_at=session.proved_at,
            amr=session.amr,
            roles=tuple(account.roles),
        )

    def forget(self) -> None:
        """Look everything up again, here and in other processes: an account or a session has changed."""
        self.forget_here()
        self.after_forget()

    def forget_here(self) -> None:
        """The same in this process alone, when another one said so."""
        with self._lock:
            self._generation += 1
            self._known.clear()

    # ── inside ─────────────────────────────────────────────────────────────

    def _of_token(self, token: str) -> tuple[Identity, float]:
        try:
            claims = self._access.tokens.read(token)
        except TokenRefused:
            raise Unauthenticated(NO_MORE) from None
        identity = self._of_session(claims.session)
        if identity.account != claims.account:
            raise Unauthenticated(NO_MORE)
        return identity, min(FRESH, (claims.expires_at - self._clock.now()).total_seconds())

    def _of_session(self, sid: UUID) -> Identity:
        session = self._access.sessions.seen(sid)
        if session is None:
            raise Unauthenticated(NO_MORE)
        return self.as_of(session)

    def _of_key(self, text: str, address: str) -> Identity:
        shown = keys.parse(text)
        if shown is None:
            raise Unauthenticated(NO_MORE)
        account = self._account(shown.account)
        permissions = keys.admitted(account, shown, address, self._clock.now().date())
        if permissions is None:
            raise Unauthenticated(NO_MORE)
        self._access.key_uses.note(shown.account, shown.key)
        return Identity(
            account=account.id,
            who=f"account:{account.id}",
            permissions=permissions,
            customers=account.owners(),
            key=shown.key,
            roles=tuple(account.roles),
        )

    def _account(self, id: UUID) -> Account:
        try:
            account = self._store.load(Account, id)
        except NotFound:
            raise Unauthenticated(NO_MORE) from None
        if account.status != "open":
            raise Unauthenticated(NO_MORE)
        return account


def rights(account: Account, session: Session) -> frozenset[str]:
    """What a session may do: what the roles allow; only to look after itself until its person proved with two things.

    Staff whose second factor was added after this session began prove it once: whoever knew the password alone is not
    let in by the factor of somebody else.
    """
    if is_staff(account.roles) and (account.must_enrol() or "mfa" not in session.amr):
        return frozenset({SELF})
    return permissions_of(account.roles)


bearer = HTTPBearer(
    scheme_name="token",
    description="The access token of a session, or a key of a program (`qk_…`).",
    auto_error=False,
)


async def the_identity(request: Request, _: Annotated[object, Security(bearer)]) -> Identity:
    """Raises Unauthenticated without a valid credential; the same words whatever is wrong with it."""
    return await identified(request)


async def identified(request: Request) -> Identity:
    """The same for a dependency that is a part of another one: found once for each request.

    FastAPI solves the whole tree of dependencies below each one that it meets, also when its answer is known
    already: on the path of a command one short tree is worth a fifth of the request.
    """
    known: Identity | None = request.scope.get("identity")
    if known is None:
        try:
            known = request.scope["identity"] = await _proven(request)
        except Unauthenticated:
            await count_address(request)
            raise
        await count_account(request, str(known.account))
    return known


async def _proven(request: Request) -> Identity:
    shown = carriers.presented(request)
    is_key = shown.text.startswith(keys.PREFIX)
    request.scope["via"] = "key" if is_key else shown.carrier
    address = client_address(request) if is_key else ""
    identities: Identities = request.app.state.identities
    identity = identities.remembered(shown.text, address)
    if identity is None:
        identity = await run_in_threadpool(identities.look_up, shown.text, address)
    if shown.carrier == "cookie":
        if identity.session is None:  # a key in a cookie
            raise Unauthenticated(NO_MORE)
        carriers.guard(request, identity.session)
    return identity


async def just_proved(request: Request) -> Identity:
    """The identity by the database, for what takes a fresh proof and is no command. Raises StepUpRequired."""
    identities: Identities = request.app.state.identities
    identity = await run_in_threadpool(identities.afresh, await identified(request))
    now = request.app.state.platform.clock.now()
    if identity.proved_at is None or now - identity.proved_at > PROOF_LASTS:
        raise StepUpRequired("sign in again, or confirm with your second factor")
    request.scope["identity"] = identity
    return identity


TheIdentity = Annotated[Identity, Depends(the_identity)]


def _nobody_else() -> None:
    """The default."""


def _digest(credential: str, address: str) -> bytes:
    return hashlib.sha256(f"{address} {credential}".encode()).digest()
