"""An account: a sign-in identity, its roles, the customers it acts for, its tokens.

open ──close──▶ closed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from aggregates.permissions import Role
from aggregates.values import AccountId, CustomerId, TokenId, derived
from eventstore import Aggregate, Rejected, Sealed, when


class AccountClosed(Rejected):
    """A closed account gets nothing and may do nothing."""


class UnknownToken(Rejected):
    """The account has no such token."""

    status = 404


def token_id(account: AccountId, token: str) -> TokenId:
    """What the store knows a token by. The token has at least 32 random characters, so it cannot be guessed back."""
    return TokenId(derived(account, f"token:{token}"))


class Account(Aggregate):
    label: Sealed[str]
    status: Literal["open", "closed"] = "open"
    roles: list[Role] = field(default_factory=list)
    customers: list[CustomerId] = field(default_factory=list)
    tokens: list[TokenId] = field(default_factory=list)

    # ── what can have happened ─────────────────────────────────────────────

    class Opened(Aggregate.Created, subject="originator_id"):
        roles: list[Role]
        customers: list[CustomerId]
        """The customers it acts for; empty for staff."""
        label: Sealed[str]
        """Who uses it."""

    class TokenIssued(Aggregate.Event):
        token_id: TokenId

        def apply(self, account: Account) -> None:
            account.tokens.append(self.token_id)

    class TokenRevoked(Aggregate.Event):
        token_id: TokenId

        def apply(self, account: Account) -> None:
            account.tokens.remove(self.token_id)

    class Closed(Aggregate.Event):
        reason: str

        def apply(self, account: Account) -> None:
            account.status = "closed"
            account.tokens.clear()

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def open(
        cls, id: AccountId, roles: Sequence[Role], customers: Sequence[CustomerId], label: str
    ) -> Account:
        return cls.begin(cls.Opened, id, roles=list(roles), customers=list(customers), label=Sealed(label))

    @when("open", otherwise=AccountClosed)
    def issue_token(self, token: str) -> None:
        issued = token_id(AccountId(self.id), token)
        if issued not in self.tokens:
            self.record(self.TokenIssued, token_id=issued)

    @when("open", otherwise=AccountClosed)
    def revoke_token(self, token_id: TokenId) -> None:
        if token_id not in self.tokens:
            raise self.reject(UnknownToken, "it was never issued to this account, or is revoked already")
        self.record(self.TokenRevoked, token_id=token_id)

    @when("open", otherwise=AccountClosed)
    def close(self, reason: str) -> None:
        self.record(self.Closed, reason=reason)

    def admits(self, token: str) -> bool:
        """Whether this token signs in now: issued to this account, not revoked, account open."""
        return self.status == "open" and token_id(AccountId(self.id), token) in self.tokens
