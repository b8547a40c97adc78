"""What can be asked of an account. Secrets are never in a command: access/ keeps them, a command names them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from aggregates.account import (
    Account,
    AccountClosed,
    AddressUnchanged,
    BeyondOwnRights,
    FactorKind,
    InvitationTaken,
    LastFactor,
    LooksAfterEverybody,
    NoAddress,
    OwnRoles,
    TooManyFactors,
    TooManyKeys,
    UnknownFactor,
    UnknownKey,
    sees_everybody,
)
from aggregates.customer import Customer
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.permissions import SELF, Role, permissions_of
from aggregates.rules.four_eyes import Decider
from aggregates.values import AccountId, CustomerId, FactorId, KeyId, SecretId
from commands.fields import Day, Email, Language, Line, Name, NewId, Sha256
from eventstore import AlreadyExists, Ask, Claimed, Command, NotFound

SIGN_IN = "sign-in-address"
"""The claim by which an address leads to its account."""
IDENTITY = "openid-identity"
"""The claim by which an issuer's word about somebody leads to an account."""


def _network(written: str) -> str:
    try:
        return str(ip_network(written, strict=False))
    except ValueError:
        raise ValueError("a network is written like 203.0.113.0/24") from None


def _once_each(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("each one is named once")
    return values


Roles = Annotated[list[Role], Field(min_length=1, max_length=6), AfterValidator(_once_each)]
Customers = Annotated[list[CustomerId], Field(max_length=20), AfterValidator(_once_each)]
Portfolio = Annotated[list[CustomerId], Field(max_length=5_000), AfterValidator(_once_each)]
Network = Annotated[str, Field(max_length=50, examples=["203.0.113.0/24"]), AfterValidator(_network)]
Permission = Annotated[
    str, Field(pattern=r"^[a-z][a-z-]*(\.[a-z-]+)?$", max_length=40, examples=["loan.read"])
]
PermissionsOfKey = Annotated[list[Permission], Field(min_length=1, max_length=60), AfterValidator(_once_each)]
NetworksOfKey = Annotated[list[Network], Field(max_length=20)]


# ── for administrators ─────────────────────────────────────────────────────


class OpenAccount(
    Command, on=Account, may="account.manage", step_up=True, rejects=(AlreadyExists, Claimed, NotFound)
):
    """Let somebody sign in: staff, or a client who acts for customers. An invitation goes to the address."""

    account_id: NewId[AccountId]
    roles: Roles
    customers: Customers = Field(
        default_factory=list, description="The customers it acts for; none for staff."
    )
    label: Name = Field(description="Who uses it.")
    email: Email | None = Field(
        None, description="What its person signs in with; left out for an account of programs."
    )
    language: Language = "fr"
    portfolio: Portfolio | None = Field(
        None, description="The customers that a member of staff looks after; everybody's when left out."
    )

    @model_validator(mode="after")
    def _a_client_acts_for_somebody(self) -> OpenAccount:
        if "client" in self.roles and not self.customers:
            raise ValueError("a client's account acts for at least one customer")
        if self.portfolio is not None and sees_everybody(self.roles):
            raise ValueError("administrators and auditors look after everybody")
        return self

    def create(self, ask: Ask) -> Account:
        for customer in (*self.customers, *(self.portfolio or ())):
            ask.load(Customer, customer)
        return _opened(self.account_id, self.roles, self.customers, self.label, self.email, self.language,
                       self.portfolio, ask)  # fmt: skip


class WelcomeClient(Command, on=Account, rejects=(AlreadyExists, Claimed)):
    """Open the account of somebody who signed up. Sent by workers/admit.py; it acts for nobody yet."""

    account_id: AccountId
    label: Name
    email: Email
    language: Language

    def create(self, ask: Ask) -> Account:
        return _opened(self.account_id, ["client"], [], self.label, self.email, self.language, None, ask)


class ChangeRoles(
    Command, on=Account, may="account.manage", decides=Account.change_roles, step_up=True,
    rejects=(AccountClosed, OwnRoles),
):  # fmt: skip
    """Let it do more, or less. Somebody else's account only."""

    roles: Roles

    def perform(self, account: Account, ask: Ask) -> None:
        account.change_roles(self.roles, by=AccountId(ask.by))


class ChangeAccountCustomers(
    Command, on=Account, may="account.manage", decides=Account.change_customers, step_up=True,
    rejects=(AccountClosed, OwnRoles, NotFound),
):  # fmt: skip
    """Let it act for these customers and no others."""

    customers: Customers

    def perform(self, account: Account, ask: Ask) -> None:
        for customer in self.customers:
            ask.load(Customer, customer)
        account.change_customers(self.customers, by=AccountId(ask.by))


class ChangePortfolio(
    Command, on=Account, may="account.manage", decides=Account.change_portfolio, step_up=True,
    rejects=(AccountClosed, LooksAfterEverybody, OwnRoles, NotFound),
):  # fmt: skip
    """Let a member of staff see the files of these customers only; of everybody when the list is left out."""

    portfolio: Portfolio | None = None

    def perform(self, account: Account, ask: Ask) -> None:
        for customer in self.portfolio or ():
            ask.load(Customer, customer)
        account.change_portfolio(self.portfolio, by=AccountId(ask.by))


class InviteAgain(
    Command, on=Account, may="account.manage", decides=Account.invite_again, step_up=True,
    rejects=(AccountClosed, NoAddress, InvitationTaken),
):  # fmt: skip
    """Mail another invitation: the one before has expired, or never arrived."""

    def perform(self, account: Account, ask: Ask) -> None:
        account.invite_again(by=AccountId(ask.by))


class RemoveFactorOfAnother(
    Command, on=Account, may="account.manage", decides=Account.remove_factor, step_up=True,
    rejects=(AccountClosed, UnknownFactor),
):  # fmt: skip
    """Take a lost second factor away from somebody, who then enrols another one."""

    factor_id: FactorId

    def perform(self, account: Account, ask: Ask) -> None:
        account.remove_factor(self.factor_id, by=AccountId(ask.by))


class CloseAccount(
    Command, on=Account, may="account.manage", decides=Account.close, step_up=True, rejects=(AccountClosed,)
):
    """Let nobody in with this account any more. What it did keeps its name."""

    reason: Line

    def perform(self, account: Account, ask: Ask) -> None:
        if account.status == "open" and account.email is not None:
            ask.release(SIGN_IN, account.email.open())
        account.close(self.reason)


# ── for its own person: sent by api/ in the account's name, after what was typed has been checked ───────────


class ChoosePassword(
    Command, on=Account, may=SELF, decides=Account.set_password, step_up=True, rejects=(AccountClosed,)
):
    """Sign in with this password from now on."""

    secret_id: SecretId

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.set_password(self.secret_id)


class ChangeSignInAddress(
    Command, on=Account, may=SELF, decides=Account.change_address, step_up=True,
    rejects=(AccountClosed, AddressUnchanged, Claimed),
):  # fmt: skip
    """Sign in with this address from now on; it was proved by a link that was sent to it."""

    email: Email

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        before = account.email
        account.change_address(self.email.casefold())
        ask.claim(SIGN_IN, self.email.casefold())
        if before is not None:
            ask.release(SIGN_IN, before.open())


class AddFactor(
    Command,
    on=Account,
    may=SELF,
    decides=Account.add_factor,
    step_up=True,
    rejects=(AccountClosed, TooManyFactors),
):
    """Prove with this, too, from now on."""

    factor_id: FactorId
    factor: FactorKind
    name: Name

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.add_factor(self.factor_id, self.factor, self.name)


class RemoveFactor(
    Command, on=Account, may=SELF, decides=Account.remove_factor, step_up=True,
    rejects=(AccountClosed, UnknownFactor, LastFactor),
):  # fmt: skip
    """Prove with this no more."""

    factor_id: FactorId

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.remove_factor(self.factor_id, by=AccountId(ask.by))


class MakeRecoveryCodes(
    Command, on=Account, may=SELF, decides=Account.make_recovery_codes, step_up=True, rejects=(AccountClosed,)
):
    """New codes for the day when every second factor is lost; those made before work no more."""

    secret_id: SecretId

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.make_recovery_codes(self.secret_id)


class LinkIdentity(
    Command,
    on=Account,
    may=SELF,
    decides=Account.link_identity,
    step_up=True,
    rejects=(AccountClosed, Claimed),
):
    """Let an OpenID provider vouch for this account's person."""

    issuer: Line
    subject: Line = Field(description="Who the person is there; kept as a keyed hash only.")

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.link_identity(self.issuer)
        ask.claim(IDENTITY, f"{self.issuer} {self.subject}")


class IssueKey(
    Command, on=Account, may=SELF, decides=Account.issue_key, step_up=True,
    rejects=(AccountClosed, BeyondOwnRights, TooManyKeys),
):  # fmt: skip
    """Let a program act in the account's name, within these permissions. The key itself is shown once."""

    key_id: KeyId
    name: Name
    permissions: PermissionsOfKey
    networks: NetworksOfKey = Field(
        default_factory=list, description="Where it may be used from; anywhere when left out."
    )
    expires_on: Day
    sha256: Sha256

    def perform(self, account: Account, ask: Ask) -> None:
        account.own(AccountId(ask.by))
        account.issue_key(
            self.key_id, self.name, self.permissions, self.networks, self.expires_on, self.sha256
        )


class RevokeKey(
    Command, on=Account, may=SELF, decides=Account.revoke_key, rejects=(AccountClosed, UnknownKey)
):
    """Let a program in no more."""

    key_id: KeyId

    def perform(self, account: Account, ask: Ask) -> None:
        if account.id != ask.by and "account.manage" not in permissions_of(ask.load(Account, ask.by).roles):
            raise NotFound("there is nothing here with this id")
        account.revoke_key(self.key_id)


def _opened(
    id: AccountId,
    roles: list[Role],
    customers: list[CustomerId],
    label: str,
    email: str | None,
    language: Language,
    portfolio: list[CustomerId] | None,
    ask: Ask,
) -> Account:
    if email is not None:
        ask.claim(SIGN_IN, email.casefold())
    address = None if email is None else email.casefold()
    return Account.open(id, roles, customers, label, address, language, portfolio)


def decider(ask: Ask, reason: str | None) -> Decider:
    """Who decides; a reason counts only where the organisation lets one person decide alone."""
    alone = reason is not None and ask.load(Organisation, ORGANISATION_ID).policy == "single-operator"
    account = ask.load(Account, ask.by)
    return Decider(AccountId(ask.by), account.customers, reason if alone else None)
