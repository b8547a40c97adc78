"""Access tokens: ours are read, and nothing that anybody else can write is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access.sessions import Device, Session
from access.signing import SigningKeys
from access.tokens import REQUIRED, TokenRefused, Tokens
from tests.access.clockwork import Watch

HERE = "https://prets.example"


class Office:
    """What signs and reads, and a session to write about."""

    def __init__(self, folder: Path) -> None:
        self.watch = Watch()
        self.keys = SigningKeys(folder, self.watch)
        self.tokens = Tokens(self.keys, HERE, self.watch)
        now = self.watch()
        self.session = Session(
            uuid4(),
            uuid4(),
            "bureau",
            ("mfa", "pwd"),
            now,
            now,
            now,
            now + timedelta(hours=8),
            Device("", ""),
        )

    def claims(self) -> dict[str, Any]:
        return jwt.decode(self.tokens.mint(self.session), options={"verify_signature": False})

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """Signed by our own key, whatever it says."""
        key = self.keys.newest()
        headers = {"typ": "at+jwt", "kid": key.kid, **header}
        return jwt.encode(claims, key.private, "EdDSA", headers=headers)

    def refused(self, token: str) -> str:
        with pytest.raises(TokenRefused) as refusal:
            self.tokens.read(token)
        return str(refusal.value)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_token_says_whose_session_it_is_and_for_how_long(office: Office) -> None:
    claims = office.tokens.read(office.tokens.mint(office.session))
    assert (claims.session, claims.account) == (office.session.id, office.session.account_id)
    assert claims.expires_at == office.watch() + timedelta(minutes=5)


def test_a_token_has_what_rfc_9068_asks_for(office: Office) -> None:
    token = office.tokens.mint(office.session)
    assert jwt.get_unverified_header(token) == {
        "alg": "EdDSA",
        "typ": "at+jwt",
        "kid": office.keys.newest().kid,
    }
    claims = office.claims()
    assert set(claims) == set(REQUIRED)
    assert (claims["iss"], claims["aud"]) == (HERE, f"{HERE}/api/v1")
    assert office.claims()["jti"] != claims["jti"]


def test_a_token_expires_by_the_clock_and_not_a_second_later(office: Office) -> None:
    token = office.tokens.mint(office.session)
    office.watch.lapse(seconds=299)
    office.tokens.read(token)
    office.watch.lapse(seconds=1)
    assert "expired" in office.refused(token)


def test_a_token_never_outlives_its_session(office: Office) -> None:
    ending = replace(office.session, expires_at=office.watch() + timedelta(seconds=90))
    assert office.tokens.read(office.tokens.mint(ending)).expires_at == ending.expires_at


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused(office: Office, name: str) -> None:
    header = {"alg": name, "typ": "at+jwt", "kid": office.keys.newest().kid}
    for signature in ("", "A" * 86):
        office.refused(f"{part(header)}.{part(office.claims())}.{signature}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_our_public_key_is_nobodys_shared_secret(office: Office, algorithm: str) -> None:
    key = office.keys.newest()
    header = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid}
    signed = f"{part(header)}.{part(office.claims())}"
    for secret in (
        key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        key.public.public_bytes(Encoding.Raw, PublicFormat.Raw),
    ):
        mac = hmac.digest(secret, signed.encode(), getattr(hashlib, f"sha{algorithm[2:]}"))
        office.refused(f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


def test_another_algorithm_is_refused_also_with_a_good_key(office: Office) -> None:
    headers = {"typ": "at+jwt", "kid": office.keys.newest().kid}
    office.refused(jwt.encode(office.claims(), generate_private_key(SECP256R1()), "ES256", headers=headers))


@pytest.mark.parametrize(
    "kid",
    ["../../../../dev/null", "/dev/null", "signing/..", "' OR '1'='1", "", "x" * 43, "http://evil.example/key", None, 7, ["a"]],
)  # fmt: skip
def test_a_key_is_one_of_ours_and_its_name_is_never_a_path(office: Office, kid: Any) -> None:
    header = part({"alg": "EdDSA", "typ": "at+jwt", "kid": kid})
    payload = part(office.claims())
    signature = Ed25519PrivateKey.generate().sign(f"{header}.{payload}".encode())
    office.refused(f"{header}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_somebody_elses_key_under_the_name_of_ours_is_refused(office: Office) -> None:
    headers = {"typ": "at+jwt", "kid": office.keys.newest().kid}
    forged = jwt.encode(office.claims(), Ed25519PrivateKey.generate(), "EdDSA", headers=headers)
    assert "InvalidSignature" in office.refused(forged)


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c", "crit", "b64", "cty", "zip"])
def test_a_header_that_tells_us_how_to_verify_is_refused(office: Office, name: str) -> None:
    value: Any = {"jwk": {"kty": "OKP"}, "crit": ["exp"], "x5c": ["MIIB"], "b64": True}.get(
        name, "https://evil.example/"
    )
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": office.keys.newest().kid, name: value}
    signed = f"{part(header)}.{part(office.claims())}"
    signature = office.keys.newest().private.sign(signed.encode())
    office.refused(f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+JWT", "application/at+jwt", "id+jwt", "", None])
def test_another_kind_of_token_is_refused(office: Office, typ: Any) -> None:
    header = {"alg": "EdDSA", "typ": typ, "kid": office.keys.newest().kid}
    signed = f"{part(header)}.{part(office.claims())}"
    signature = office.keys.newest().private.sign(signed.encode())
    office.refused(f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


@pytest.mark.parametrize("name", REQUIRED)
def test_every_claim_is_required(office: Office, name: str) -> None:
    claims = office.claims()
    office.tokens.read(office.signed(claims))
    del claims[name]
    office.refused(office.signed(claims))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://evil.example"),
        ("iss", f"{HERE}/"),
        ("aud", "https://evil.example/api/v1"),
        ("aud", [f"{HERE}/api/v1", "https://evil.example"]),
        ("aud", HERE),
        ("sub", "nobody"),
        ("sub", 7),
        ("sid", "../../etc/passwd"),
        ("sid", None),
        ("ver", 2),
        ("exp", "tomorrow"),
        ("exp", True),
        ("exp", 2**70),
        ("exp", 1e400),
        ("iat", "now"),
        ("iat", None),
    ],
)
def test_a_claim_that_says_something_else_is_refused(office: Office, name: str, value: Any) -> None:
    office.refused(office.signed({**office.claims(), name: value}))


def test_a_token_good_for_longer_than_five_minutes_is_not_one_of_ours(office: Office) -> None:
    claims = office.claims()
    office.refused(office.signed({**claims, "exp": claims["exp"] + 1}))


def test_a_token_of_a_minute_ahead_is_skew_and_of_more_is_not(office: Office) -> None:
    claims = office.claims()
    ahead = {"iat": claims["iat"] + 60, "exp": claims["exp"] + 60}
    office.tokens.read(office.signed({**claims, **ahead}))
    office.refused(office.signed({**claims, "iat": claims["iat"] + 61, "exp": claims["exp"] + 60}))


def test_one_changed_byte_is_one_too_many(office: Office) -> None:
    token = office.tokens.mint(office.session)
    for at in range(0, len(token), 7):
        other = "A" if token[at] != "A" else "B"
        if token[at] != ".":
            office.refused(token[:at] + other + token[at + 1 :])


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "é.é.é", "x" * 3000, "A" * 50 + "." + "A" * 2000 + "." + "A" * 86]
)
def test_what_is_no_token_is_refused(office: Office, text: str) -> None:
    office.refused(text)
