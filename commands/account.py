"""What can be asked of an account."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from aggregates.account import Account, AccountClosed, UnknownToken
from aggregates.customer import Customer
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.permissions import Role
from aggregates.rules.four_eyes import Decider
from aggregates.values import AccountId, CustomerId, TokenId
from commands.fields import Line, Name, NewId, Token
from eventstore import AlreadyExists, Ask, Claimed, Command


class OpenAccount(Command, on=Account, may="account.manage", rejects=(AlreadyExists,)):
    """Let somebody sign in: staff, or a client who acts for customers."""

    account_id: NewId[AccountId]
    roles: Annotated[list[Role], Field(min_length=1, max_length=6)]
    customers: Annotated[list[CustomerId], Field(max_length=20)] = Field(
        default_factory=list, description="The customers it acts for; none for staff."
    )
    label: Name = Field(description="Who uses it.")

    @model_validator(mode="after")
    def _a_client_acts_for_somebody(self) -> OpenAccount:
        if "client" in self.roles and not self.customers:
            raise ValueError("a client's account acts for at least one customer")
        if len(set(self.roles)) < len(self.roles) or len(set(self.customers)) < len(self.customers):
            raise ValueError("each role and each customer is named once")
        return self

    def create(self, ask: Ask) -> Account:
        for customer in self.customers:
            ask.load(Customer, customer)
        return Account.open(self.account_id, self.roles, self.customers, self.label)


class IssueToken(
    Command,
    on=Account,
    may="account.manage",
    decides=Account.issue_token,
    rejects=(AccountClosed, Claimed),
):
    """Let a program in with this token. Only a hash of it is kept: nobody can read it again."""

    token: Token

    def perform(self, account: Account, ask: Ask) -> None:
        account.issue_token(self.token)
        ask.claim("token", self.token)


class RevokeToken(
    Command,
    on=Account,
    may="account.manage",
    decides=Account.revoke_token,
    rejects=(AccountClosed, UnknownToken),
):
    """Let a token in no more."""

    token_id: TokenId

    def perform(self, account: Account, ask: Ask) -> None:
        account.revoke_token(self.token_id)


class CloseAccount(
    Command, on=Account, may="account.manage", decides=Account.close, rejects=(AccountClosed,)
):
    """Let nobody in with this account any more. What it did keeps its name."""

    reason: Line

    def perform(self, account: Account, ask: Ask) -> None:
        account.close(self.reason)


def decider(ask: Ask, reason: str | None) -> Decider:
    """Who decides; a reason counts only where the organisation lets one person decide alone."""
    alone = reason is not None and ask.load(Organisation, ORGANISATION_ID).policy == "single-operator"
    account = ask.load(Account, ask.by)
    return Decider(AccountId(ask.by), account.customers, reason if alone else None)
