"""An account: a sign-in identity, whom it acts for, what proves who is using it; more lines than a page, all of one noun.

open ──close──▶ closed

Secrets are never here: an event names a password, a factor or recovery codes by an id, and the secret itself lies in
``access/`` and counts only while the account names it. Whoever opened the account has no way in until one is named.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from aggregates.permissions import Role, is_staff, permissions_of
from aggregates.values import AccountId, CustomerId, FactorId, KeyId, SecretId, TokenId
from eventstore import Aggregate, NotFound, Rejected, Sealed, when

Language = Literal["fr", "en"]
FactorKind = Literal["totp", "webauthn"]

FACTORS: Final = 10
"""How many second factors an account may have."""
KEYS: Final = 20
"""How many keys that are not revoked an account may have."""


class AccountClosed(Rejected):
    """A closed account gets nothing and may do nothing."""


class UnknownFactor(Rejected):
    """The account has no such second factor."""

    status = 404


class UnknownKey(Rejected):
    """The account has no such key."""

    status = 404


class LastFactor(Rejected):
    """Staff keep at least one second factor, administrators one passkey: add another one first."""


class TooManyFactors(Rejected):
    """An account has at most ten second factors: remove one first."""


class TooManyKeys(Rejected):
    """An account has at most twenty keys: revoke one first."""


class BeyondOwnRights(Rejected):
    """A key may do at most what its account may do."""


class OwnRoles(Rejected):
    """Nobody changes their own roles, customers or portfolio."""


class LooksAfterEverybody(Rejected):
    """Administrators and auditors look after everybody: they have no portfolio."""


class AddressUnchanged(Rejected):
    """This is the sign-in address already."""


class NoAddress(Rejected):
    """The account has no address to write to: only programs use it."""


class ActsForSomebody(Rejected):
    """This account acts for a customer already."""


class NotForStaff(Rejected):
    """Staff register customers and never become one."""


class InvitationTaken(Rejected):
    """This person has chosen a password already: who forgot it asks for a new one."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key of a program may do; its secret is kept by its hash only."""

    name: Sealed[str]
    permissions: frozenset[str]
    networks: tuple[str, ...]
    """CIDR ranges it may be used from; none: from anywhere."""
    expires_on: date
    """Last day on which it works."""
    sha256: str
    """Of the secret, in hex. The secret has 256 random bits, so it cannot be guessed back."""


class Account(Aggregate):
    label: Sealed[str]
    email: Sealed[str] | None = None
    language: Language = "fr"
    status: Literal["open", "closed"] = "open"
    roles: list[Role] = field(default_factory=list)
    customers: list[CustomerId] = field(default_factory=list)
    portfolio: list[CustomerId] | None = None
    invitations: int = 0
    password: SecretId | None = None
    factors: dict[FactorId, FactorKind] = field(default_factory=dict)
    recovery_codes: SecretId | None = None
    keys: dict[KeyId, Key] = field(default_factory=dict)
    linked: list[str] = field(default_factory=list)
    """Issuers of OpenID Connect whose word counts for this account."""

    # ── what can have happened ─────────────────────────────────────────────

    class Opened(Aggregate.Created, owner="originator_id", subject="originator_id"):
        roles: list[Role]
        customers: list[CustomerId]
        """The customers it acts for; empty for staff."""
        label: Sealed[str]
        """Who uses it."""
        email: Sealed[str] | None = None
        """What its person signs in with, in lower case; absent for an account that only programs use."""
        language: Language = "fr"
        portfolio: list[CustomerId] | None = None
        """The customers that a member of staff looks after; absent: everybody's."""

    class InvitationAsked(Aggregate.Event):
        """The first one follows from ``Opened``."""

        number: int
        """From 1."""
        by: AccountId

        def apply(self, account: Account) -> None:
            account.invitations = self.number

    class AddressChanged(Aggregate.Event, subject="originator_id"):
        email: Sealed[str]
        before: Sealed[str] | None = None
        """Where it is told, too, that the address was changed."""

        def apply(self, account: Account) -> None:
            account.email = self.email

    class RolesChanged(Aggregate.Event):
        roles: list[Role]
        by: AccountId

        def apply(self, account: Account) -> None:
            account.roles = list(self.roles)

    class CustomersChanged(Aggregate.Event):
        customers: list[CustomerId]
        """All of those it acts for from now on."""

        def apply(self, account: Account) -> None:
            account.customers = list(self.customers)

    class PortfolioChanged(Aggregate.Event):
        portfolio: list[CustomerId] | None = None
        """Absent: everybody's customers."""

        def apply(self, account: Account) -> None:
            account.portfolio = None if self.portfolio is None else list(self.portfolio)

    class PasswordSet(Aggregate.Event):
        secret_id: SecretId
        """Where access/ keeps its hash; the one before counts no more."""

        def apply(self, account: Account) -> None:
            account.password = self.secret_id

    class FactorAdded(Aggregate.Event, subject="originator_id"):
        factor_id: FactorId
        """Also the id of its secret in access/."""
        factor: FactorKind
        name: Sealed[str]
        """What its owner calls it."""

        def apply(self, account: Account) -> None:
            account.factors[self.factor_id] = self.factor

    class FactorRemoved(Aggregate.Event):
        factor_id: FactorId
        by: AccountId

        def apply(self, account: Account) -> None:
            del account.factors[self.factor_id]

    class RecoveryCodesMade(Aggregate.Event):
        secret_id: SecretId
        """Those made before count no more."""

        def apply(self, account: Account) -> None:
            account.recovery_codes = self.secret_id

    class IdentityLinked(Aggregate.Event):
        issuer: str
        """Address of the OpenID provider; who its person is there is kept as a keyed hash, in a claim."""

        def apply(self, account: Account) -> None:
            account.linked.append(self.issuer)

    class KeyIssued(Aggregate.Event, subject="originator_id"):
        key_id: KeyId
        name: Sealed[str]
        permissions: list[str]
        networks: list[str]
        expires_on: date
        sha256: str

        def apply(self, account: Account) -> None:
            account.keys[self.key_id] = Key(
                self.name, frozenset(self.permissions), tuple(self.networks), self.expires_on, self.sha256
            )

    class KeyRevoked(Aggregate.Event):
        key_id: KeyId

        def apply(self, account: Account) -> None:
            del account.keys[self.key_id]

    class TokenIssued(Aggregate.Event):
        """Not recorded since 2026-11-21: keys took the place of tokens, and none of those lets in any more."""

        token_id: TokenId

        def apply(self, account: Account) -> None: ...

    class TokenRevoked(Aggregate.Event):
        """Not recorded since 2026-11-21."""

        token_id: TokenId

        def apply(self, account: Account) -> None: ...

    class Closed(Aggregate.Event):
        reason: str

        def apply(self, account: Account) -> None:
            account.status = "closed"
            account.password = account.recovery_codes = None
            account.factors.clear()
            account.keys.clear()
            account.linked.clear()

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def open(
        cls,
        id: AccountId,
        roles: Sequence[Role],
        customers: Sequence[CustomerId],
        label: str,
        email: str | None = None,
        language: Language = "fr",
        portfolio: Sequence[CustomerId] | None = None,
    ) -> Account:
        return cls.begin(
            cls.Opened,
            id,
            roles=list(roles),
            customers=list(customers),
            label=Sealed(label),
            email=None if email is None else Sealed(email),
            language=language,
            portfolio=None if portfolio is None else list(portfolio),
        )

    @when("open", otherwise=AccountClosed)
    def invite_again(self, by: AccountId) -> None:
        if self.email is None:
            raise self.reject(NoAddress, "nobody can be invited")
        if self.password is not None:
            raise self.reject(InvitationTaken, "the invitation was taken")
        self.record(self.InvitationAsked, number=self.invitations + 1, by=by)

    @when("open", otherwise=AccountClosed)
    def change_address(self, email: str) -> None:
        self.may_move_to(email)
        before: Sealed[str] | None = None if self.email is None else Sealed(self.email.open())
        self.record(self.AddressChanged, email=Sealed(email), before=before)

    @when("open", otherwise=AccountClosed)
    def change_roles(self, roles: Sequence[Role], by: AccountId) -> None:
        self._not_by_itself(by)
        if sorted(roles) != sorted(self.roles):
            self.record(self.RolesChanged, roles=list(roles), by=by)

    @when("open", otherwise=AccountClosed)
    def change_customers(self, customers: Sequence[CustomerId], by: AccountId) -> None:
        self._not_by_itself(by)
        if sorted(customers) != sorted(self.customers):
            self.record(self.CustomersChanged, customers=list(customers))

    @when("open", otherwise=AccountClosed)
    def act_for(self, customer: CustomerId) -> None:
        """A customer whom its own person has just registered: a client's first one, and only one."""
        if is_staff(self.roles):
            raise self.reject(NotForStaff, "its roles are of the house")
        if self.customers:
            raise self.reject(ActsForSomebody, "it has a customer")
        self.record(self.CustomersChanged, customers=[*self.customers, customer])

    @when("open", otherwise=AccountClosed)
    def change_portfolio(self, portfolio: Sequence[CustomerId] | None, by: AccountId) -> None:
        self._not_by_itself(by)
        if portfolio is not None and sees_everybody(self.roles):
            raise self.reject(LooksAfterEverybody, f"the roles are {', '.join(self.roles)}")
        wanted = None if portfolio is None else sorted(portfolio)
        if wanted != (None if self.portfolio is None else sorted(self.portfolio)):
            self.record(self.PortfolioChanged, portfolio=wanted)

    @when("open", otherwise=AccountClosed)
    def take_into_portfolio(self, customer: CustomerId) -> None:
        """A customer whom this member of staff has just registered; nothing to do for who sees everybody's."""
        if self.portfolio is not None:
            self.record(self.PortfolioChanged, portfolio=sorted({*self.portfolio, customer}))

    @when("open", otherwise=AccountClosed)
    def set_password(self, secret_id: SecretId) -> None:
        self.record(self.PasswordSet, secret_id=secret_id)

    @when("open", otherwise=AccountClosed)
    def add_factor(self, factor_id: FactorId, factor: FactorKind, name: str) -> None:
        if factor_id in self.factors:
            return
        if len(self.factors) >= FACTORS:
            raise self.reject(TooManyFactors, f"there are {len(self.factors)}")
        self.record(self.FactorAdded, factor_id=factor_id, factor=factor, name=Sealed(name))

    @when("open", otherwise=AccountClosed)
    def remove_factor(self, factor_id: FactorId, by: AccountId) -> None:
        """Its own person keeps what the roles ask for; an administrator helps somebody who lost everything."""
        if factor_id not in self.factors:
            raise self.reject(UnknownFactor, "it was never added, or is removed already")
        left = {id: kind for id, kind in self.factors.items() if id != factor_id}
        if by == self.id and not enough(self.roles, left.values()):
            raise self.reject(LastFactor, "add another one first")
        self.record(self.FactorRemoved, factor_id=factor_id, by=by)

    @when("open", otherwise=AccountClosed)
    def make_recovery_codes(self, secret_id: SecretId) -> None:
        self.record(self.RecoveryCodesMade, secret_id=secret_id)

    @when("open", otherwise=AccountClosed)
    def link_identity(self, issuer: str) -> None:
        if issuer not in self.linked:
            self.record(self.IdentityLinked, issuer=issuer)

    @when("open", otherwise=AccountClosed)
    def issue_key(
        self,
        key_id: KeyId,
        name: str,
        permissions: Collection[str],
        networks: Sequence[str],
        expires_on: date,
        sha256: str,
    ) -> None:
        if beyond := set(permissions) - permissions_of(self.roles):
            raise self.reject(BeyondOwnRights, f"the account lacks {', '.join(sorted(beyond))}")
        if len(self.keys) >= KEYS:
            raise self.reject(TooManyKeys, f"there are {len(self.keys)}")
        self.record(
            self.KeyIssued,
            key_id=key_id,
            name=Sealed(name),
            permissions=sorted(permissions),
            networks=list(networks),
            expires_on=expires_on,
            sha256=sha256,
        )

    @when("open", otherwise=AccountClosed)
    def revoke_key(self, key_id: KeyId) -> None:
        if key_id not in self.keys:
            raise self.reject(UnknownKey, "it was never issued to this account, or is revoked already")
        self.record(self.KeyRevoked, key_id=key_id)

    @when("open", otherwise=AccountClosed)
    def close(self, reason: str) -> None:
        self.record(self.Closed, reason=reason)

    # ── what others want to know ───────────────────────────────────────────

    def must_enrol(self) -> bool:
        """Whether its roles ask for a second factor that it does not have yet."""
        return not enough(self.roles, self.factors.values())

    def address(self) -> str:
        """Where its person is written to. Raises NoAddress."""
        if self.email is None:
            raise self.reject(NoAddress, "only programs use it")
        return self.email.open()

    @when("open", otherwise=AccountClosed)
    def may_move_to(self, email: str) -> None:
        """Raises AddressUnchanged for the address that it has."""
        if self.email is not None and self.email.open() == email:
            raise self.reject(AddressUnchanged, "nothing was changed")

    def owners(self) -> frozenset[CustomerId] | None:
        """Whose streams and rows it may touch, its own among them; None: everybody's."""
        if not is_staff(self.roles):
            return frozenset((*self.customers, CustomerId(self.id)))
        if self.portfolio is None or sees_everybody(self.roles):
            return None
        return frozenset((*self.portfolio, *self.customers, CustomerId(self.id)))

    def own(self, by: AccountId) -> None:
        """Raises NotFound unless its own person asks."""
        if by != self.id:
            raise NotFound("there is nothing here with this id")

    def _not_by_itself(self, by: AccountId) -> None:
        if by == self.id:
            raise self.reject(OwnRoles, "somebody else has to do it")


def sees_everybody(roles: Collection[str]) -> bool:
    """Whether a portfolio would make no sense: accounts and the whole trail are theirs to look after."""
    return not {"admin", "auditor"}.isdisjoint(roles)


def enough(roles: Collection[str], factors: Collection[str]) -> bool:
    """Whether these second factors are what the roles ask for: a passkey for administrators, any for other staff."""
    if "admin" in roles:
        return "webauthn" in factors
    return bool(factors) or not is_staff(roles)
