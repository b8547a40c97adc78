"""The accounts: who may sign in, in which roles, for which customers, and by what they prove who they are.

A client sees the row of its own account and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from aggregates.account import Account
from eventstore import Page, Projection, Table, on
from eventstore.page import SORTED_BY
from projections.line import Line
from projections.names import folded


class FactorLine(BaseModel):
    """A second factor; what it is made of is kept elsewhere."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    factor_id: UUID
    kind: str
    """totp or webauthn."""
    name: str
    """What its owner calls it."""
    added_on: date


class KeyLine(BaseModel):
    """A key of a program; the key itself is kept nowhere."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    key_id: UUID
    name: str
    permissions: list[str]
    networks: list[str]
    """CIDR ranges that it may be used from; none: from anywhere."""
    expires_on: date
    """Last day on which it works."""
    issued_on: date


class AccountLine(Line):
    account_id: UUID
    label: str
    """Who uses it."""
    status: str
    """``open`` or ``closed``."""
    email: str | None
    """What its person signs in with; absent when only programs use it."""
    language: str
    """Of its mails: fr or en."""
    roles: list[str]
    customers: list[UUID]
    """The customers it acts for; empty for staff."""
    portfolio: list[UUID] | None
    """The customers that a member of staff looks after; absent: everybody's."""
    invited: bool
    """Whether an invitation waits: there is an address, and no password was chosen yet."""
    has_password: bool
    factors: list[FactorLine]
    """Second factors, oldest first."""
    has_recovery_codes: bool
    keys: list[KeyLine]
    """Keys of programs that are not revoked, oldest first; some may have expired."""
    opened_on: date
    closed_on: date | None
    closed_because: str | None
    version: int
    """Of the account: send it back as ``If-Match``."""


class AccountList(Projection):
    version = 2
    key = "account_id"
    owner = "account_id"
    row = AccountLine
    ddl = """
        CREATE TABLE {table} (
            account_id         uuid PRIMARY KEY,
            label              text NOT NULL,
            label_sort         text NOT NULL,
            status             text NOT NULL,
            email              text,
            language           char(2) NOT NULL,
            roles              text[] NOT NULL,
            customers          uuid[] NOT NULL,
            portfolio          uuid[],
            invited            boolean NOT NULL,
            has_password       boolean NOT NULL,
            factors            jsonb NOT NULL,
            has_recovery_codes boolean NOT NULL,
            keys               jsonb NOT NULL,
            opened_on          date NOT NULL,
            closed_on          date,
            closed_because     text,
            version            int NOT NULL
        );
        CREATE INDEX ON {table} (label_sort, account_id)"""

    @on(Account.Opened)
    def _opened(self, e: Account.Opened, table: Table) -> None:
        label = e.label.open()
        table.put(
            account_id=e.originator_id,
            label=label,
            label_sort=folded(label)[:SORTED_BY],
            status="open",
            email=None if e.email is None else e.email.open(),
            language=e.language,
            roles=e.roles,
            customers=e.customers,
            portfolio=e.portfolio,
            invited=e.email is not None,
            has_password=False,
            factors=[],
            has_recovery_codes=False,
            keys=[],
            opened_on=e.on,
            version=e.originator_version,
        )

    @on(Account.InvitationAsked)
    def _invitation_asked(self, e: Account.InvitationAsked, table: Table) -> None:
        _patch(e, table)

    @on(Account.AddressChanged)
    def _address_changed(self, e: Account.AddressChanged, table: Table) -> None:
        _patch(e, table, email=e.email.open())

    @on(Account.RolesChanged)
    def _roles_changed(self, e: Account.RolesChanged, table: Table) -> None:
        _patch(e, table, roles=e.roles)

    @on(Account.CustomersChanged)
    def _customers_changed(self, e: Account.CustomersChanged, table: Table) -> None:
        _patch(e, table, customers=e.customers)

    @on(Account.PortfolioChanged)
    def _portfolio_changed(self, e: Account.PortfolioChanged, table: Table) -> None:
        _patch(e, table, portfolio=e.portfolio)

    @on(Account.PasswordSet)
    def _password_set(self, e: Account.PasswordSet, table: Table) -> None:
        _patch(e, table, has_password=True, invited=False)

    @on(Account.FactorAdded)
    def _factor_added(self, e: Account.FactorAdded, table: Table) -> None:
        added = {
            "factor_id": str(e.factor_id),
            "kind": e.factor,
            "name": e.name.open(),
            "added_on": e.on.isoformat(),
        }
        _patch(e, table, factors=[*_listed(e, table, "factors"), added])

    @on(Account.FactorRemoved)
    def _factor_removed(self, e: Account.FactorRemoved, table: Table) -> None:
        left = [each for each in _listed(e, table, "factors") if each["factor_id"] != str(e.factor_id)]
        _patch(e, table, factors=left)

    @on(Account.RecoveryCodesMade)
    def _recovery_codes_made(self, e: Account.RecoveryCodesMade, table: Table) -> None:
        _patch(e, table, has_recovery_codes=True)

    @on(Account.IdentityLinked)
    def _identity_linked(self, e: Account.IdentityLinked, table: Table) -> None:
        _patch(e, table)

    @on(Account.KeyIssued)
    def _key_issued(self, e: Account.KeyIssued, table: Table) -> None:
        issued = {
            "key_id": str(e.key_id),
            "name": e.name.open(),
            "permissions": e.permissions,
            "networks": e.networks,
            "expires_on": e.expires_on.isoformat(),
            "issued_on": e.on.isoformat(),
        }
        _patch(e, table, keys=[*_listed(e, table, "keys"), issued])

    @on(Account.KeyRevoked)
    def _key_revoked(self, e: Account.KeyRevoked, table: Table) -> None:
        left = [each for each in _listed(e, table, "keys") if each["key_id"] != str(e.key_id)]
        _patch(e, table, keys=left)

    @on(Account.TokenIssued)
    def _token_issued(self, e: Account.TokenIssued, table: Table) -> None:
        _patch(e, table)

    @on(Account.TokenRevoked)
    def _token_revoked(self, e: Account.TokenRevoked, table: Table) -> None:
        _patch(e, table)

    @on(Account.Closed)
    def _closed(self, e: Account.Closed, table: Table) -> None:
        _patch(
            e,
            table,
            status="closed",
            invited=False,
            has_password=False,
            factors=[],
            has_recovery_codes=False,
            keys=[],
            closed_on=e.on,
            closed_because=e.reason,
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(self, cursor: str | None = None, limit: int = 50) -> Page[AccountLine]:
        """The accounts, by label."""
        return self.page("SELECT * FROM {table}", order="label_sort", cursor=cursor, limit=limit)

    def line(self, account_id: UUID) -> AccountLine | None:
        """One account."""
        return self.one("SELECT * FROM {table} WHERE account_id = %(account_id)s", account_id=account_id)

    def these(self, account_ids: Iterable[UUID]) -> list[AccountLine]:
        """Some accounts."""
        return self.rows(
            "SELECT * FROM {table} WHERE account_id = ANY(%(ids)s::uuid[])", ids=list(account_ids)
        )

    def administrators(self) -> list[AccountLine]:
        """Who may open accounts for others, by label."""
        return self.rows(
            "SELECT * FROM {table} WHERE status = 'open' AND 'admin' = ANY (roles) ORDER BY label_sort, account_id"
        )


def _patch(e: Account.Event, table: Table, **columns: Any) -> None:
    table.patch(e.originator_id, version=e.originator_version, **columns)


def _listed(e: Account.Event, table: Table, column: str) -> list[dict[str, Any]]:
    row = table.get(e.originator_id)
    assert row is not None, "the account was opened"
    listed: list[dict[str, Any]] = row[column]
    return listed
