"""Access tokens: what a session says of itself for five minutes, signed, so that nobody can say it for itself.

A JWT of RFC 9068 with one algorithm, one kind and our own keys only: nothing that the token says about itself is
asked how it is to be verified. The session's row stays the authority (access/sessions.py). Source: RFC 8725 §3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import jwt

from access.sessions import Session
from access.signing import TOKEN_LIVES, SigningKeys

T = TypeVar("T")

ALGORITHM: Final = "EdDSA"
KIND: Final = "at+jwt"
VERSION: Final = 1
"""Of what is in it."""
REQUIRED: Final = (
    "iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "amr", "scope", "ver",
)  # fmt: skip
SKEW: Final = timedelta(seconds=60)
"""How far the clock of another machine of ours may be ahead; nothing is allowed for where a token ends."""

_FORM: Final = re.compile(r"[A-Za-z0-9_-]{10,300}\.[A-Za-z0-9_-]{50,1200}\.[A-Za-z0-9_-]{86}")


class TokenRefused(Exception):
    """The token is not one of ours, or no longer: the reason is for tests, never for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Claims:
    session: UUID
    account: UUID
    expires_at: datetime


class Tokens:
    """Makes and reads access tokens.

    issuer  our public address; also the audience, with the path of the API
    now     the Clock's time
    """

    def __init__(self, keys: SigningKeys, issuer: str, now: Callable[[], datetime]) -> None:
        self._keys, self._now = keys, now
        self._issuer, self._audience = issuer, f"{issuer.rstrip('/')}/api/v1"

    def mint(self, session: Session) -> str:
        """A token of the session, good until five minutes from now, or until the session's own end."""
        now, key = self._now(), self._keys.newest()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(session.account_id),
            "sid": str(session.id),
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int(min(now + TOKEN_LIVES, session.expires_at).timestamp()),
            "auth_time": int(session.proved_at.timestamp()),
            "amr": list(session.amr),
            "scope": session.kind,
            "ver": VERSION,
        }
        return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"typ": KIND, "kid": key.kid})

    def read(self, token: str) -> Claims:
        """What a token says, once it is proved to be ours and in its time. Raises TokenRefused."""
        return self._judged(token, self._in_time)

    def session_of(self, token: str) -> UUID | None:
        """Which session a token of ours was made for, over or not: to end it, never to let anybody in."""
        try:
            return self._judged(token, lambda claims: UUID(claims["sid"]))
        except TokenRefused:
            return None

    def _judged(self, token: str, reading: Callable[[dict[str, Any]], T]) -> T:
        if not _FORM.fullmatch(token):
            raise TokenRefused("not of the form of a token")
        try:
            header = jwt.get_unverified_header(token)
            if header.keys() != {"alg", "typ", "kid"} or header["typ"] != KIND:
                raise TokenRefused("another kind of token")
            public = self._keys.verifying(str(header["kid"]))
            if public is None:
                raise TokenRefused("no key of ours")
            claims = jwt.decode(
                token,
                public,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                # The library asks the machine what time it is; we ask the Clock.
                options={"require": list(REQUIRED), "strict_aud": True, "verify_exp": False,
                         "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
            return reading(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise TokenRefused(type(error).__name__) from None

    def _in_time(self, claims: dict[str, Any]) -> Claims:
        now, issued, expires = self._now().timestamp(), claims["iat"], claims["exp"]
        if type(issued) is not int or type(expires) is not int or claims["ver"] != VERSION:
            raise TokenRefused("claims of another form")
        if not now < expires <= issued + TOKEN_LIVES.total_seconds():
            raise TokenRefused("expired, or good for too long")
        if issued > now + SKEW.total_seconds():
            raise TokenRefused("not issued yet")
        expires_at = datetime.fromtimestamp(expires, self._now().tzinfo)
        return Claims(UUID(claims["sid"]), UUID(claims["sub"]), expires_at)
