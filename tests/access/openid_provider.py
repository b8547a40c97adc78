"""A small OpenID provider on loopback: discovery, keys, authorization, tokens; real signatures, PKCE, codes used once.

It does what the specification says unless a test tells it to lie: ``says`` changes what an ID token says, ``signs_with``
who signs it, ``answers`` what is appended to the way back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.soon import soon

CLIENT, SECRET = "quittance", "à+garder:secret"

Json = dict[str, Any]


@dataclass
class OpenIdProvider:
    """Who is at the browser there, and everything that may go wrong."""

    now: Callable[[], datetime] | None = None
    """Its clock, before it is first asked."""
    issuer: str = ""
    subject: str = "subject-of-awa"
    says: Json = field(default_factory=dict)
    """Claims that take the place of the right ones; None leaves a claim out."""
    describes: Json = field(default_factory=dict)
    """The same for its own description."""
    answers: Json = field(default_factory=dict)
    """The same for what is appended to the way back."""
    signs_with: Callable[[Json], str] | None = None
    """Makes the ID token; its own key otherwise."""
    algorithm: str = "RS256"
    keys: dict[str, RSAKey | ECKey | OKPKey] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths, in the order of asking."""

    def __post_init__(self) -> None:
        self.rolls()

    def rolls(self) -> None:
        """New keys in the place of the old ones."""
        self.keys = {
            "RS256": RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}),
            "ES256": ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"}),
            "EdDSA": OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(4), "use": "sig"}),
        }

    # ── its doors ──────────────────────────────────────────────────────────

    async def described(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": list(self.keys),
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(_but(said, self.describes))

    async def public_keys(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return JSONResponse(KeySet(list(self.keys.values())).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Somebody is at the browser and agrees."""
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = _but({"code": code, "state": asked["state"], "iss": self.issuer}, self.answers)
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        by_verifier = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or not _is_client(request)
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or by_verifier.rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(16)
        signed = (self.signs_with or self.signed)(self._claims(asked, access_token))
        return JSONResponse({"access_token": access_token, "token_type": "Bearer", "id_token": signed})

    # ── what it says ───────────────────────────────────────────────────────

    def _claims(self, asked: Json, access_token: str) -> Json:
        assert self.now is not None
        now = int(self.now().timestamp())
        at_hash = create_half_hash(access_token, self.algorithm)
        said = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "at_hash": at_hash.decode(),
        }
        return _but(said, self.says)

    def signed(self, claims: Json) -> str:
        key = self.keys[self.algorithm]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, [self.algorithm])

    # ── how it lies ────────────────────────────────────────────────────────

    def unsigned(self, claims: Json) -> str:
        """alg none."""
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."

    def signed_with_its_public_key(self, claims: Json) -> str:
        """HS256, with the public key's PEM as the shared secret."""
        public = self.keys["RS256"]
        said = f"{_part({'alg': 'HS256', 'kid': public.kid})}.{_part(claims)}"
        mac = hmac.digest(public.as_pem(private=False), said.encode(), "sha256")
        return f"{said}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def signed_by_somebody_else(self, claims: Json) -> str:
        stranger = RSAKey.generate_key(2048)
        head = {"alg": "RS256", "kid": self.keys["RS256"].kid}
        return jwt.encode(head, claims, stranger, ["RS256"])

    def signed_with_a_key_that_it_brings(self, claims: Json) -> str:
        """Its own key stands in the head of the token."""
        stranger = RSAKey.generate_key(2048)
        head = {"alg": "RS256", "kid": "mine", "jwk": stranger.as_dict(private=False)}
        return jwt.encode(head, claims, stranger, ["RS256"])


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    """The provider on a port of its own."""
    provider = OpenIdProvider()
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.described),
            Route("/jwks", provider.public_keys),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    soon(lambda: server.started)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    thread.join()


def _is_client(request: Request) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    id, _, secret = b64decode(shown).decode().partition(":")
    return (scheme, unquote(id), unquote(secret)) == ("Basic", CLIENT, SECRET)


def _but(said: Json, changed: Json) -> Json:
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def _part(said: Json) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
