"""Passkeys and security keys: a signature over a challenge of ours, made where people see our address.

The first half of a challenge is its id, so that a browser brings both back at once. Source: WebAuthn level 3 §7.1 and
§7.2 (https://www.w3.org/TR/webauthn-3/, read 2026-11-21); what the library leaves to us is marked below.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import webauthn
from webauthn.helpers import options_to_json_dict, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from access.challenges import Challenges
from access.secrets import Kept, Secrets

KIND = "webauthn"
CHALLENGE_LASTS = timedelta(minutes=5)

ENROL: Final = "passkey to enrol"
SIGN_IN: Final = "passkey to sign in"
SECOND: Final = "passkey as second factor"
STEP_UP: Final = "passkey to step up"
"""What a challenge is for: one made for one purpose is worth nothing for another."""

ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]

Json = dict[str, Any]


class PasskeyRefused(Exception):
    """The credential is not what was asked for; says why, for the log of whoever looks after it."""


@dataclass(frozen=True)
class Used:
    """A passkey that has just proved its account."""

    factor_id: UUID
    verified: bool
    """Whether it asked its holder for a finger or a PIN: then it is two factors in one."""


class Passkeys:
    """public_url  where people reach us: passkeys work there and nowhere else
    name        what the browser calls us when it asks
    """

    def __init__(self, secrets: Secrets, challenges: Challenges, public_url: str, name: str) -> None:
        address = urlsplit(public_url)
        self.rp_id = address.hostname or ""
        usual = ":443" if address.scheme == "https" else ":80"
        self.origin = f"{address.scheme}://{address.netloc.lower().removesuffix(usual)}"
        self._secrets, self._challenges, self._name = secrets, challenges, name

    # ── to enrol one ───────────────────────────────────────────────────────

    def to_enrol(self, account: UUID, name: str, known: Collection[UUID], verify: bool) -> Json:
        """Options for ``navigator.credentials.create``.

        name    what the browser shows the passkey as: a sign-in address
        known   the passkeys that the account has: an authenticator is enrolled once
        verify  whether it must ask its holder for a finger or a PIN
        """
        options = webauthn.generate_registration_options(
            rp_id=self.rp_id,
            rp_name=self._name,
            user_name=name,
            user_id=account.bytes,
            challenge=self._challenge(ENROL, account),
            timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_verification(verify)
            ),
            exclude_credentials=self._described(account, known),
            supported_pub_key_algs=ALGORITHMS,
        )
        return options_to_json_dict(options)

    def enrol(self, account: UUID, credential: Json, verify: bool) -> UUID:
        """Keep the public key of a new passkey; it counts once the account names the id returned.

        Raises PasskeyRefused.
        """
        challenge = self._answered(credential, ENROL, account)
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                require_user_verification=verify,
                supported_pub_key_algs=ALGORITHMS,
            )
        except Exception as error:
            # The library's own errors, and what its decoders let through for bytes that are no CBOR, no key, no text.
            raise PasskeyRefused(type(error).__name__) from error
        factor = uuid4()
        kept = {
            "credential": _text(made.credential_id),
            "key": _text(made.credential_public_key),
            "count": made.sign_count,
        }
        self._secrets.keep(factor, account, KIND, json.dumps(kept).encode())
        return factor

    # ── to prove somebody with it ──────────────────────────────────────────

    def to_prove(
        self, purpose: str, account: UUID | None = None, known: Collection[UUID] = (), verify: bool = True
    ) -> Json:
        """Options for ``navigator.credentials.get``; without an account the browser offers what it has for us."""
        options = webauthn.generate_authentication_options(
            rp_id=self.rp_id,
            challenge=self._challenge(purpose, account),
            timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
            allow_credentials=[] if account is None else self._described(account, known),
            user_verification=_verification(verify),
        )
        return options_to_json_dict(options)

    @staticmethod
    def claims_to_be(credential: Json) -> UUID | None:
        """Whose passkey it says it is: nothing is proved yet."""
        try:
            return UUID(bytes=_bytes(credential["response"]["userHandle"]))
        except (KeyError, TypeError, ValueError):
            return None

    def check(
        self,
        purpose: str,
        account: UUID,
        known: Collection[UUID],
        credential: Json,
        *,
        verify: bool,
        bound: bool = True,
    ) -> Used:
        """The passkey of the account that made this credential; its counter moves on. Raises PasskeyRefused.

        known  the passkeys that the account has
        bound  whether the challenge was made for this account, and not for whoever comes
        """
        challenge = self._answered(credential, purpose, account if bound else None)
        factor, kept = self._found(account, known, credential)
        said = json.loads(kept.value)
        # The library leaves the holder's handle to us (§7.2 step 6).
        named = credential["response"].get("userHandle") is not None
        if named and self.claims_to_be(credential) != account:
            raise PasskeyRefused("it belongs to another account")
        try:
            proved = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=_bytes(said["key"]),
                credential_current_sign_count=said["count"],
                require_user_verification=verify,
            )
        except Exception as error:  # as in enrol
            raise PasskeyRefused(str(error) or type(error).__name__) from error
        # Passkeys that are synchronised between devices do not count: theirs stays zero.
        if proved.new_sign_count and not self._secrets.replace(
            factor, account, kept.version, json.dumps({**said, "count": proved.new_sign_count}).encode()
        ):
            raise PasskeyRefused("it was used twice at the same moment")
        return Used(factor, proved.user_verified)

    # ── inside ─────────────────────────────────────────────────────────────

    def _challenge(self, purpose: str, account: UUID | None) -> bytes:
        id, challenge = uuid4(), os.urandom(16)
        self._challenges.put(id, purpose, id.bytes + challenge, CHALLENGE_LASTS, account)
        return id.bytes + challenge

    def _answered(self, credential: Json, purpose: str, account: UUID | None) -> bytes:
        """The challenge that the credential answers, taken. Raises PasskeyRefused when it is not open any more."""
        try:
            said = parse_client_data_json(_bytes(credential["response"]["clientDataJSON"]))
            id = UUID(bytes=said.challenge[:16])
        except Exception as error:  # whatever the library's decoder lets through
            raise PasskeyRefused("it answers no challenge") from error
        # The library does not look at it (§7.1 step 10, §7.2 step 13): we are never framed by another site.
        if said.cross_origin:
            raise PasskeyRefused("it was made inside another site's page")
        challenge = self._challenges.take(id, purpose, account)
        if challenge is None:
            raise PasskeyRefused("its challenge is used, over, or was made for something else")
        return challenge

    def _found(self, account: UUID, known: Collection[UUID], credential: Json) -> tuple[UUID, Kept]:
        for factor in known:
            kept = self._secrets.open(factor, account)
            if (
                kept is not None
                and kept.kind == KIND
                and json.loads(kept.value)["credential"] == credential.get("id")
            ):
                return factor, kept
        raise PasskeyRefused("the account has no such passkey")

    def _described(self, account: UUID, known: Collection[UUID]) -> list[PublicKeyCredentialDescriptor]:
        kept = (self._secrets.open(factor, account) for factor in known)
        return [
            PublicKeyCredentialDescriptor(id=_bytes(json.loads(one.value)["credential"]))
            for one in kept
            if one is not None and one.kind == KIND
        ]


def _verification(verify: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if verify else UserVerificationRequirement.PREFERRED


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
