"""Second factors of an account: what is asked of it, and whether an answer proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from access.passkeys import Json, PasskeyRefused, Passkeys
from access.recovery import RecoveryCodes
from access.totp import Totp
from aggregates.account import Account
from aggregates.permissions import is_staff
from aggregates.values import FactorId

Kind = Literal["webauthn", "totp", "recovery-code"]

PASSWORD: Final = "pwd"
ONE_TIME_CODE: Final = "otp"
PASSKEY: Final = "hwk"
RECOVERY_CODE: Final = "rcv"
OPENID: Final = "oidc"
SEVERAL: Final = "mfa"
"""How somebody proved who they are; RFC 8176 has names for all but recovery codes and OpenID."""


@dataclass(frozen=True)
class Answer:
    """What somebody shows as a second factor: one of these."""

    code: str | None = None
    recovery_code: str | None = None
    passkey: Json | None = None


NOTHING: Final = Answer()


class Factors:
    def __init__(self, totp: Totp, recovery: RecoveryCodes, passkeys: Passkeys) -> None:
        self.totp, self.recovery, self.passkeys = totp, recovery, passkeys

    def asked_of(self, account: Account) -> list[Kind]:
        """What the account may answer with, the strongest first; nothing when it has no second factor.

        An administrator who has a passkey answers with that: a code can be read out to somebody else's page.
        """
        if not account.factors:
            return []
        kinds: list[Kind] = []
        if "webauthn" in account.factors.values():
            kinds.append("webauthn")
        if "totp" in account.factors.values() and not (kinds and "admin" in account.roles):
            kinds.append("totp")
        return [*kinds, "recovery-code"] if account.recovery_codes is not None else kinds

    def options(self, account: Account, purpose: str, verify: bool = False) -> Json | None:
        """What the browser is asked for the account's passkeys with; None when it has none."""
        known = of_kind(account, "webauthn")
        if not known:
            return None
        return self.passkeys.to_prove(purpose, account.id, known, verify or is_staff(account.roles))

    def check(self, account: Account, answer: Answer, purpose: str, verify: bool = False) -> str | None:
        """How the answer proves the account, which uses it up; None when it does not.

        purpose  what the passkey's challenge was made for
        verify   whether a passkey must have asked its holder for a finger or a PIN; of staff it always must
        """
        kinds = self.asked_of(account)
        if answer.passkey is not None:
            return self._passkey(account, answer.passkey, purpose, verify) if "webauthn" in kinds else None
        if answer.code is not None:
            return self._code(account, answer.code) if "totp" in kinds else None
        if answer.recovery_code is not None and account.recovery_codes is not None and kinds:
            used = self.recovery.check(account.recovery_codes, account.id, answer.recovery_code)
            return RECOVERY_CODE if used else None
        return None

    def _passkey(self, account: Account, credential: Json, purpose: str, verify: bool) -> str | None:
        known = of_kind(account, "webauthn")
        verify = verify or is_staff(account.roles)
        try:
            self.passkeys.check(purpose, account.id, known, credential, verify=verify)
        except PasskeyRefused:
            return None
        return PASSKEY

    def _code(self, account: Account, code: str) -> str | None:
        known = of_kind(account, "totp")
        return ONE_TIME_CODE if any(self.totp.check(id, account.id, code) for id in known) else None


def of_kind(account: Account, kind: str) -> list[FactorId]:
    """The ids of the account's factors of one kind."""
    return [id for id, one in account.factors.items() if one == kind]
