"""What somebody shows to prove who they are, and what they are asked: the bodies of sign-in, step-up and enrolment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from access.factors import Answer, Kind
from access.passwords import LONGEST

Options = dict[str, Any]

Password = Annotated[str, Field(min_length=1, max_length=4 * LONGEST, examples=["un vélo cargo bleu nuit"])]
"""Longer than any that can be chosen is refused by its form, before it costs work."""
Pending = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{60,400}$",
        description="From the answer before; five minutes.",
        examples=["AT1nZJ8Yh0uK3QdT3pZ7vV0f2mJrQyXkQ9r1mVb0cT4eXn2sW6aLh5gD8uB7yKqC"],
    ),
]
Code = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{6}$",
        description="Six digits of an authenticator app.",
        examples=["492039"],
    ),
]
RecoveryCode = Annotated[
    str,
    Field(
        min_length=24,
        max_length=40,
        description="One of those on paper; upper or lower case, with or without dashes.",
        examples=["K7QX-2MZP-A4RT-W6NB-3HVD-J5SC"],
    ),
]
_Bytes = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]*$", max_length=20_000)]
"""Base64url without padding, as browsers write it."""

PASSKEY_TO_MAKE = {
    "rp": {"id": "prets.example", "name": "Quittance"},
    "user": {
        "id": "EKAAAAAAQACAAAAAAAAAAQ",
        "name": "awa.kone@example.org",
        "displayName": "awa.kone@example.org",
    },
    "challenge": "YXNrZWQgb25jZSwgYW5zd2VyZWQgb25jZSwgdGhlbiBuZXZlcg",
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
}
PASSKEY_TO_SHOW = {
    "challenge": "YXNrZWQgb25jZSwgYW5zd2VyZWQgb25jZSwgdGhlbiBuZXZlcg",
    "rpId": "prets.example",
    "allowCredentials": [],
    "userVerification": "required",
}


class _Response(BaseModel):
    """What the authenticator signed. What browsers add beside it is not read."""

    clientDataJSON: _Bytes = Field(examples=["eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"])


class _MadeResponse(_Response):
    attestationObject: _Bytes = Field(examples=["o2NmbXRkbm9uZQ"])


class _ShownResponse(_Response):
    authenticatorData: _Bytes = Field(examples=["SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ"])
    signature: _Bytes = Field(examples=["MEUCIQDTjLn1"])
    userHandle: _Bytes | None = Field(None, examples=["EKAAAAAAQACAAAAAAAAAAQ"])


class _Credential(BaseModel):
    id: _Bytes = Field(examples=["q1w2e3r4"])
    rawId: _Bytes = Field(examples=["q1w2e3r4"])
    type: Literal["public-key"]

    def as_sent(self) -> dict[str, Any]:
        """As the library reads it."""
        return self.model_dump()


class MadePasskey(_Credential):
    """``navigator.credentials.create(…)``, as its ``toJSON`` writes it."""

    response: _MadeResponse


class ShownPasskey(_Credential):
    """``navigator.credentials.get(…)``, as its ``toJSON`` writes it."""

    response: _ShownResponse


class SecondProof(BaseModel):
    """One second factor: a code, a recovery code, or a passkey."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = Field(None, repr=False)
    recovery_code: RecoveryCode | None = Field(None, repr=False)
    passkey: ShownPasskey | None = None

    def answer(self) -> Answer:
        return Answer(self.code, self.recovery_code, self.passkey.as_sent() if self.passkey else None)


class FactorAsked(BaseModel):
    """The first proof is right; this account has a second factor."""

    outcome: Literal["factor-needed"] = "factor-needed"
    pending: str = Field(
        description="Send it back with the second factor, within five minutes.",
        examples=["AT1nZJ8Yh0uK3QdT3pZ7vV0f2mJrQyXkQ9r1mVb0cT4eXn2sW6aLh5gD8uB7yKqC"],
    )
    kinds: list[Kind] = Field(
        description="What may be shown, the strongest first.", examples=[["webauthn", "recovery-code"]]
    )
    passkey: Options | None = Field(
        None, description="For `navigator.credentials.get`.", examples=[PASSKEY_TO_SHOW]
    )
