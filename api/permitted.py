"""What an operation takes: a permission, a fresh proof of who asks, a line in the access log.

Said once, in the route's settings: the OpenAPI document shows it, the route obeys it, docs/permissions.md lists it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aggregates.permissions import ROLES

PUBLIC = {
    "Alive": "A supervisor asks before anybody can sign in; says nothing but that the process answers.",
    "Ready": "The same; names checks and counts, no data.",
    "LinkedDocument": "The link in a mail is the proof: signed, for one document, for some days.",
    "TakeUpload": "The permit in the address is the proof: signed, for one file of one digest, for half an hour.",
    "SignIn": "This is how one gets a permission; limited by account, by address and in all.",
    "SignInWithFactor": "The pending sign-in is the proof of the first factor; limited by account.",
    "SecondFactors": "The pending sign-in is the proof of the first factor.",
    "PasskeyOptions": "A challenge without a name on it: says nothing about anybody.",
    "SignInWithPasskey": "The passkey is the proof.",
    "SignUp": "For people who have no account yet; the same answer for everybody, limited by mailbox and by address.",
    "ForgetPassword": "For people who cannot sign in; the same answer for everybody, limited by mailbox and by address.",
    "ChoosePasswordByLink": "The link in a mail is the proof: signed, for one account, once.",
    "ProveAddressByLink": "The link in a mail is the proof: signed, for one account and address.",
    "StartOpenId": "Leads to the provider of the settings and nowhere else.",
    "FinishOpenId": "The provider's signed word is the proof, for the browser that began.",
    "OpenIdProvider": "Names what the settings name, before anybody can sign in.",
    "RefreshSession": "The refresh token is the proof.",
    "BrowserReport": "Browsers send reports without credentials; what they say is counted and cut, never kept.",
}
"""Operations that take no permission, and why nothing is lost by that. A test knows of no other."""

HOUSE_RECORDS = frozenset({"account.read", "ledger.read", "mail.read"})
"""Permissions to look at people's data or at money in tables that belong to no customer."""


@dataclass(frozen=True)
class Terms:
    """What one operation takes."""

    permission: str | None = None
    step_up: bool = False
    recorded: bool = False
    """Whether an answer leaves only after it was recorded who saw it."""

    @classmethod
    def of(cls, extra: dict[str, Any] | None) -> Terms:
        """Read back from the settings of a route."""
        said = extra or {}
        return cls(said.get("x-permission"), said.get("x-step-up", False), said.get("x-recorded", False))

    def extra(self) -> dict[str, Any]:
        """As the OpenAPI document shows it."""
        return {
            "x-permission": self.permission,
            "x-step-up": self.step_up,
            "x-roles": roles_with(self.permission),
            "x-recorded": self.recorded,
        }


def roles_with(permission: str | None) -> list[str]:
    """The roles that have a permission, in the order of aggregates/permissions.py."""
    return [role for role, permissions in ROLES.items() if permission in permissions]
