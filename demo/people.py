"""What the people of the demonstration know and hold: made once, kept in a file for this user alone."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import pyotp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo.authenticator import Passkey
from runtime.secret_files import keep_once

Kind = Literal["app", "passkey"]

FILE: Final = "demonstration.json"
"""In the state folder. No backup has it."""


@dataclass(frozen=True)
class Held:
    """What one person signs in with.

    app  secret of the authenticator app, base32
    """

    email: str
    password: str
    app: str | None = None
    passkey: Passkey | None = None


@dataclass(frozen=True)
class Wanted:
    """Who is to sign in, and with what beside a password."""

    label: str
    account: UUID
    email: str
    factor: Kind | None


def people(state: Path) -> dict[str, Held]:
    """Everybody by label. Raises FileNotFoundError where nobody plays."""
    return _read((state / FILE).read_bytes())


def kept(state: Path, wanted: Iterable[Wanted], rp_id: str) -> dict[str, Held]:
    """The same, made at the first question.

    rp_id  the host where the passkeys will be used
    """
    made = {one.label: _written(_made(one, rp_id)) for one in wanted}
    return _read(keep_once(state / FILE, json.dumps(made, indent=1, ensure_ascii=False).encode()))


def _made(one: Wanted, rp_id: str) -> Held:
    app = pyotp.random_base32() if one.factor == "app" else None
    passkey = Passkey.new(rp_id, one.account.bytes, synchronised=True) if one.factor == "passkey" else None
    return Held(one.email, _password(), app, passkey)


def _password() -> str:
    """Four groups that can be read out and typed: 49 bits."""
    groups = (
        "".join(secrets.choice("bdfghjklmnprtv") + secrets.choice("aeiou") for _ in range(2))
        for _ in range(4)
    )
    return "-".join(groups)


def _written(held: Held) -> dict[str, Any]:
    said: dict[str, Any] = {"email": held.email, "password": held.password}
    if held.app is not None:
        said["app"] = held.app
    if held.passkey is not None:
        der = held.passkey.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        said["passkey"] = {
            "id": b64encode(held.passkey.id).decode(),
            "key": b64encode(der).decode(),
            "rp_id": held.passkey.rp_id,
            "user": held.passkey.user.hex(),
        }
    return said


def _read(content: bytes) -> dict[str, Held]:
    return {label: _held(said) for label, said in json.loads(content).items()}


def _held(said: dict[str, Any]) -> Held:
    passkey = _passkey(said["passkey"]) if "passkey" in said else None
    return Held(said["email"], said["password"], said.get("app"), passkey)


def _passkey(said: dict[str, str]) -> Passkey:
    key = serialization.load_der_private_key(b64decode(said["key"]), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Passkey(b64decode(said["id"]), key, said["rp_id"], bytes.fromhex(said["user"]), synchronised=True)
