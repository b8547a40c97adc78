"""Who is asking: a bearer token leads to an account, the account to what it may do and whose data it may see."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.concurrency import run_in_threadpool

from aggregates.account import Account
from aggregates.permissions import is_staff, permissions_of
from api.refusals import Unauthenticated
from eventstore import Forbidden, NotFound, Store

FRESH = 2.0
"""Seconds for which a token is believed without looking: a revocation made here counts at once, elsewhere then."""

REMEMBERED = 10_000
"""How many tokens are kept; at one more, all are looked up again."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")


@dataclass(frozen=True)
class Identity:
    """Somebody who proved an account, or holds a link."""

    account: UUID
    who: str
    """For the events: ``account:<id>``, ``link:<contact id>``."""
    permissions: frozenset[str]
    customers: frozenset[UUID] | None
    """Whose data may be seen; None for staff: everybody's."""

    def needs(self, permission: str) -> None:
        """Raises Forbidden without the permission."""
        if permission not in self.permissions:
            raise Forbidden(f"this takes the permission {permission}")


class Identities:
    """Looks tokens up in the store and believes the answer for a moment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[bytes, tuple[float, Identity]] = {}
        self._generation = 0
        """How often everything was forgotten: what was read before the last time is out of date."""
        self._lock = threading.Lock()

    def remembered(self, token: str) -> Identity | None:
        """The identity of a token that was looked up less than FRESH ago."""
        known = self._known.get(_digest(token))
        return known[1] if known and time.monotonic() < known[0] else None

    def look_up(self, token: str) -> Identity:
        """The identity of a token by the store. Raises Unauthenticated when it is unknown, revoked, or the account closed."""
        looked_at, generation = time.monotonic(), self._generation
        id = self._store.claimed("token", token)
        try:
            account = self._store.load(Account, id) if id else None
        except NotFound:
            account = None
        if account is None or not account.admits(token):
            raise Unauthenticated("this token is unknown or no longer valid")
        identity = Identity(
            account=account.id,
            who=f"account:{account.id}",
            permissions=permissions_of(account.roles),
            customers=None if is_staff(account.roles) else frozenset(account.customers),
        )
        with self._lock:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            if generation == self._generation:
                self._known[_digest(token)] = looked_at + FRESH, identity
        return identity

    def forget(self) -> None:
        """Look everything up again: an account has changed."""
        with self._lock:
            self._generation += 1
            self._known.clear()


bearer = HTTPBearer(scheme_name="token", description="The token of an account.", auto_error=False)


async def the_identity(request: Request, _: Annotated[object, Security(bearer)]) -> Identity:
    """Raises Unauthenticated without a valid token; the same words whatever is wrong with it."""
    return await identified(request)


async def identified(request: Request) -> Identity:
    """The same for a dependency that is a part of another one: found once for each request.

    FastAPI solves the whole tree of dependencies below each one that it meets, also when its answer is known
    already: on the path of a command one short tree is worth a fifth of the request.
    """
    known: Identity | None = request.scope.get("identity")
    if known is None:
        known = request.scope["identity"] = await _proven(request)
    return known


async def _proven(request: Request) -> Identity:
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer":
        raise Unauthenticated("send Authorization: Bearer <token>")
    if not _TOKEN.fullmatch(token):
        raise Unauthenticated("this token is unknown or no longer valid")
    identities: Identities = request.app.state.identities
    if (known := identities.remembered(token)) is not None:
        return known
    return await run_in_threadpool(identities.look_up, token)


TheIdentity = Annotated[Identity, Depends(the_identity)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
