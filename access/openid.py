"""OpenID Connect: a provider that the house trusts vouches for somebody who has an account here.

    begin ──302──▶ provider ──302──▶ finish: state and cookie ▶ code for tokens ▶ ID token verified ▶ who it is there

What has to come back (nonce, PKCE verifier, where to go on) waits here as a challenge that counts once and only with
the cookie of the browser that began. Source: OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207, RFC 9700 §2.1.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from access.challenges import Challenges
from access.openid_provider import Provider, TokenRefused, Vouched
from eventstore import Rejected

PURPOSE: Final = "openid"
LASTS: Final = timedelta(minutes=10)
"""How long somebody may take at the provider's."""
SIGNED_IN_WITHIN: Final = timedelta(minutes=5)
"""How fresh the provider's own proof has to be: what is begun with it counts as a fresh proof here."""
SCOPES: Final = "openid"
"""Who it is there, and nothing about the person: who it is here is known by the link."""

_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]{0,498})?")
"""A path of ours: one slash, then anything that can be seen but a slash or a backslash at once after it."""

log = structlog.get_logger("access")


class OpenIdRefused(Rejected):
    """Signing in through the provider did not succeed."""

    status: ClassVar[int] = 401


class IdentityNotLinked(Rejected):
    """No account is linked with this identity: sign in as usual, then link it."""

    status: ClassVar[int] = 403


@dataclass(frozen=True)
class Begun:
    url: str
    """Where the browser goes next."""
    cookie: str
    """What only this browser brings back."""


@dataclass(frozen=True)
class Returned:
    """Somebody whom the provider vouches for."""

    vouched: Vouched
    return_to: str
    link_to: tuple[UUID, UUID] | None
    """The account and the session that asked to be linked; None for a sign-in."""


class OpenId:
    def __init__(self, provider: Provider, challenges: Challenges, redirect_uri: str) -> None:
        self.issuer = provider.issuer
        self._provider, self._challenges, self._redirect_uri = provider, challenges, redirect_uri

    def begin(self, return_to: str, link_to: tuple[UUID, UUID] | None = None) -> Begun:
        """Raises ProviderDown.

        return_to  a path of ours, see ``is_path``
        link_to    the account that is to be linked, and the session that asks
        """
        state, nonce, verifier, cookie = uuid4(), *(secrets.token_urlsafe(32) for _ in range(3))
        waiting = {
            "nonce": nonce,
            "verifier": verifier,
            "cookie": _hash(cookie),
            "return_to": return_to,
            "link_to": [str(id) for id in link_to] if link_to else None,
        }
        self._challenges.put(state, PURPOSE, json.dumps(waiting).encode(), LASTS)
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPES,
            "state": str(state),
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            "max_age": str(int(SIGNED_IN_WITHIN.total_seconds())),
        }
        return Begun(f"{self._provider.authorization_endpoint()}?{urlencode(asked)}", cookie)

    def finish(self, state: str, code: str | None, issuer: str | None, cookie: str | None) -> Returned:
        """Raises OpenIdRefused with one sentence for every reason, which the log has; ProviderDown.

        issuer  what came back beside the code, from providers that say so
        """
        waiting = self._waiting(state)
        if waiting is None or cookie is None or not hmac.compare_digest(waiting["cookie"], _hash(cookie)):
            raise self._refused("state")
        # RFC 9207 §2.4: the answer of another provider is never taken for one of ours.
        if issuer != self.issuer and (issuer is not None or self._provider.says_who_answers()):
            raise self._refused("issuer")
        if code is None:
            raise self._refused("no code")
        try:
            vouched = self._provider.redeem(
                code, waiting["verifier"], self._redirect_uri, waiting["nonce"], SIGNED_IN_WITHIN
            )
        except TokenRefused as error:
            raise self._refused(str(error)) from None
        link_to = waiting["link_to"]
        return Returned(
            vouched, waiting["return_to"], (UUID(link_to[0]), UUID(link_to[1])) if link_to else None
        )

    def forget_keys(self) -> None:
        """Ask the provider for its keys again: it has withdrawn one."""
        self._provider.forget_keys()

    def _waiting(self, state: str) -> dict[str, Any] | None:
        try:
            kept = self._challenges.take(UUID(state), PURPOSE)
        except ValueError:
            return None
        return None if kept is None else json.loads(kept)

    def _refused(self, reason: str) -> OpenIdRefused:
        log.info("openid refused", reason=reason)
        return OpenIdRefused("start again from the sign-in page")


def is_path(return_to: str) -> bool:
    """Whether it leads to a page of ours: browsers read ``//host`` and ``/\\host`` as another host."""
    return _PATH.fullmatch(return_to) is not None


def _hash(cookie: str) -> str:
    return sha256(cookie.encode()).hexdigest()
