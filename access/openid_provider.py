"""The provider's side of OpenID Connect: where its doors are, which keys are its own, what its tokens say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from ssl import SSLContext
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from providers import ProviderDown
from runtime.clock import Clock

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Fixed here: what a token's head says about itself only chooses among them."""
SKEW: Final = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""
PATIENCE: Final = httpx.Timeout(5.0)
LONGEST: Final = 1_000_000
"""Bytes of an answer."""
DOORS_KNOWN: Final = 3600.0
"""Seconds for which its description is believed."""
KEYS_KNOWN: Final = 600.0
"""Seconds for which its keys are."""
KEYS_AGAIN: Final = 30.0
"""Seconds before a key that is not among them makes us look once more."""

BESIDE_A_PASSWORD: Final = frozenset({"otp", "hwk", "swk", "sc", "fpt", "face", "iris", "vbm"})
"""Ways of proving somebody that are a second factor where a password was the first. Source: RFC 8176 §2."""
SEVERAL: Final = frozenset(
    {"https://refeds.org/profile/mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}
)
"""Classes of authentication with several factors. Sources: REFEDS MFA Profile; OpenID PAPE 1.0."""

Json = dict[str, Any]


class TokenRefused(Exception):
    """The provider's answer does not prove anybody; says why, for the log."""


@dataclass(frozen=True)
class Vouched:
    issuer: str
    subject: str
    """Who it is at the provider's; never given to anybody else there."""
    several: bool
    """Whether the provider says that it asked for more than one proof."""


class Provider:
    """One that the house trusts, named in the settings.

    issuer         its address, exactly as it writes it itself
    client_id      what it calls us
    client_secret  what we prove it with; empty: by PKCE alone
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str, clock: Clock) -> None:
        self.issuer, self.client_id, self._secret = issuer, client_id, client_secret
        self._clock = clock
        self._doors: tuple[float, Json] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._lock = Lock()

    def authorization_endpoint(self) -> str:
        """Where somebody is sent to. Raises ProviderDown."""
        return self._door("authorization_endpoint")

    def says_who_answers(self) -> bool:
        """Whether its answers always name it (RFC 9207)."""
        return self._described().get("authorization_response_iss_parameter_supported") is True

    def redeem(self, code: str, verifier: str, redirect_uri: str, nonce: str, within: timedelta) -> Vouched:
        """Who the code stands for, which it tells once. Raises TokenRefused, ProviderDown.

        within  how long ago, at most, its person proved to the provider who it is
        """
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.client_id,
        }
        answer = self._post(self._door("token_endpoint"), asked)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str):
            raise TokenRefused("no ID token")
        claims = self._verified(id_token, nonce, access_token if isinstance(access_token, str) else None)
        proved_at = claims.get("auth_time")
        if not isinstance(proved_at, int) or proved_at + (within + SKEW).total_seconds() < self._now():
            raise TokenRefused("auth_time: the proof at the provider's is not fresh")
        return Vouched(self.issuer, claims["sub"], _several(claims))

    def _verified(self, id_token: str, nonce: str, access_token: str | None) -> Json:
        """Source: OpenID Connect Core 1.0 §3.1.3.7, in its order; §3.1.3.8 for at_hash."""
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                token = jwt.decode(id_token, self._key_set(again=True), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={"iss": {"essential": True, "value": self.issuer}},
                params={"nonce": nonce, "client_id": self.client_id, "access_token": access_token},
            )
            claims.validate(now=self._now(), leeway=int(SKEW.total_seconds()))
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused(f"{type(error).__name__}: {error}") from None
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        # Nobody else is trusted with what is made for us, so a token for several is refused whoever is named as azp.
        if audience != [self.client_id]:
            raise TokenRefused("aud: it was made for somebody else")
        return dict(claims)

    # ── what the provider says about itself ────────────────────────────────

    def _door(self, name: str) -> str:
        return str(self._described()[name])

    def _described(self) -> Json:
        with self._lock:
            if self._doors is None or time.monotonic() > self._doors[0] + DOORS_KNOWN:
                said = self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                self._doors = time.monotonic(), self._believed(said)
            return self._doors[1]

    def _believed(self, said: Json) -> Json:
        """Raises ProviderDown unless it speaks for the issuer that we know, through doors that are locked."""
        if said.get("issuer") != self.issuer:
            raise ProviderDown("the OpenID provider describes another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(said.get(name), str) or not may_be_asked(said[name], self.issuer):
                raise ProviderDown(f"the OpenID provider's {name} cannot be used")
        return said

    def _key_set(self, again: bool = False) -> KeySet:
        address = self._door("jwks_uri")
        with self._lock:
            lasts = KEYS_AGAIN if again else KEYS_KNOWN
            if self._keys is None or time.monotonic() > self._keys[0] + lasts:
                said = self._get(address).get("keys")
                # A shared secret among public keys would let anybody sign with it.
                public = [key for key in said or () if isinstance(key, dict) and key.get("kty") != "oct"]
                self._keys = time.monotonic(), KeySet.import_key_set({"keys": public})
            return self._keys[1]

    def forget_keys(self) -> None:
        """Ask for its keys again at the next token."""
        with self._lock:
            self._keys = None

    # ── how it is asked ────────────────────────────────────────────────────

    @cached_property
    def _trusted(self) -> SSLContext:
        """Whose certificates are believed; reading them takes longer than asking."""
        return httpx.create_ssl_context(trust_env=False)

    def _get(self, address: str) -> Json:
        return self._asked("GET", address)

    def _post(self, address: str, form: Json) -> Json:
        # RFC 6749 §2.3.1: both halves are encoded like a form before they are joined.
        by_secret = httpx.BasicAuth(quote(self.client_id, safe=""), quote(self._secret, safe=""))
        return self._asked("POST", address, data=form, auth=by_secret if self._secret else None)

    def _asked(self, method: str, address: str, **more: Any) -> Json:
        headers = {"Accept": "application/json"}
        try:
            # No redirects: the doors are where the provider says, and proxies of the environment are not asked.
            with httpx.stream(
                method,
                address,
                headers=headers,
                timeout=PATIENCE,
                verify=self._trusted,
                trust_env=False,
                **more,
            ) as answer:
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LONGEST:
                        raise ProviderDown("the OpenID provider does not come to an end")
        except httpx.HTTPError as error:
            raise ProviderDown("the OpenID provider does not answer") from error
        if 400 <= answer.status_code < 500 and method == "POST":
            raise TokenRefused("the provider does not take the code")
        said = _read(answer.status_code, body)
        if said is None:
            raise ProviderDown("the OpenID provider answers something else")
        return said

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def may_be_asked(address: str, issuer: str) -> bool:
    """Whether an address is encrypted on the way, or lies on this machine as its issuer does."""
    door, home = urlsplit(address), urlsplit(issuer)
    if door.scheme == "https":
        return bool(door.hostname)
    here = {"127.0.0.1", "localhost", "::1"}
    return door.scheme == home.scheme == "http" and door.hostname in here and home.hostname in here


def _several(claims: Json) -> bool:
    how = set(map(str, claims.get("amr") or ()))
    by_amr = "mfa" in how or ("pwd" in how and bool(how & BESIDE_A_PASSWORD))
    return by_amr or str(claims.get("acr")) in SEVERAL


def _read(status: int, body: bytes) -> Json | None:
    try:
        said = httpx.Response(status, content=body).json() if status == 200 else None
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
