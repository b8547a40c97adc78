"""A passkey and an authenticator app in software: what a person holds in hand, for the demonstration and for tests.

It speaks the JSON of WebAuthn level 3, as a browser does: options in, credential out. ES256, attestation ``none``.
Source: https://www.w3.org/TR/webauthn-3/ §5.1, §6.1, §6.5.4 and §8.7, read 2026-11-21.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
"""Flags of the authenticator's data."""

Json = dict[str, Any]


@dataclass
class Passkey:
    """One credential that was made, for one relying party and one person."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    rp_id: str
    user: bytes
    count: int = 0
    """Uses so far; a real one counts up each time."""
    synchronised: bool = False
    """Whether several devices hold it: then it does not count."""

    @classmethod
    def new(cls, rp_id: str, user: bytes, synchronised: bool = False) -> Passkey:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(os.urandom(32), key, rp_id, user, synchronised=synchronised)


@dataclass
class Authenticator:
    """A security key with its browser.

    origin    where the browser says that it is: ``https://prets.example``
    verifies  whether it asks its holder for a finger or a PIN
    framed    whether the page is shown inside one of another site
    """

    origin: str
    verifies: bool = True
    framed: bool = False
    passkeys: list[Passkey] = field(default_factory=list)

    def create(self, options: Json) -> Json:
        """What ``navigator.credentials.create`` answers to these options, as JSON."""
        passkey = Passkey.new(options["rp"]["id"], _bytes(options["user"]["id"]))
        self.passkeys.append(passkey)
        return self.enrol(passkey, options)

    def enrol(self, passkey: Passkey, options: Json) -> Json:
        """The same with a passkey that was made before."""
        data = self._data(passkey, HAS_CREDENTIAL) + _attested(passkey)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": _text(self._client_data("webauthn.create", options)),
            "attestationObject": _text(attestation),
            "transports": ["internal"],
        }
        return _credential(passkey, response)

    def get(self, options: Json) -> Json:
        """What ``navigator.credentials.get`` answers: signed by the newest passkey that fits. Raises LookupError."""
        allowed = {_bytes(each["id"]) for each in options.get("allowCredentials") or []}
        fitting = [
            one
            for one in self.passkeys
            if one.rp_id == options["rpId"] and (not allowed or one.id in allowed)
        ]
        if not fitting:
            raise LookupError("no passkey of this authenticator fits")
        passkey = fitting[-1]
        passkey.count += not passkey.synchronised
        said, data = self._client_data("webauthn.get", options), self._data(passkey)
        signature = passkey.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": _text(said),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": _text(passkey.user),
        }
        return _credential(passkey, response)

    def _data(self, passkey: Passkey, flags: int = 0) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        return hashlib.sha256(passkey.rp_id.encode()).digest() + struct.pack(">BI", flags, passkey.count)

    def _client_data(self, type: str, options: Json) -> bytes:
        said = {
            "type": type,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.framed,
        }
        return json.dumps(said, separators=(",", ":")).encode()


def code(secret: str, at: datetime) -> str:
    """What an authenticator app shows for a secret (base32) at a moment."""
    return pyotp.TOTP(secret).at(at)


def _attested(passkey: Passkey) -> bytes:
    """The new credential: authenticator model (none), id, public key as COSE (RFC 9053 §7.1.1)."""
    point = passkey.key.public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return bytes(16) + struct.pack(">H", len(passkey.id)) + passkey.id + cbor2.dumps(cose)


def _credential(passkey: Passkey, response: Json) -> Json:
    id = _text(passkey.id)
    return {
        "id": id,
        "rawId": id,
        "type": "public-key",
        "response": response,
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
    }


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
