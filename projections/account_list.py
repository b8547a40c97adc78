"""The accounts: who may sign in, in which roles, for which customers, with how many tokens."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from aggregates.account import Account
from eventstore import Page, Projection, Table, on
from eventstore.page import SORTED_BY
from projections.line import Line
from projections.names import folded


class AccountLine(Line):
    account_id: UUID
    label: str
    """Who uses it."""
    status: str
    """``open`` or ``closed``."""
    roles: list[str]
    customers: list[UUID]
    """The customers it acts for; empty for staff."""
    tokens: list[UUID]
    """Ids of the tokens that sign in now: what RevokeToken takes. A token itself is kept nowhere."""
    opened_on: date
    closed_on: date | None
    closed_because: str | None
    version: int
    """Of the account: send it back as ``If-Match``."""


class AccountList(Projection):
    key = "account_id"
    row = AccountLine
    ddl = """
        CREATE TABLE {table} (
            account_id     uuid PRIMARY KEY,
            label          text NOT NULL,
            label_sort     text NOT NULL,
            status         text NOT NULL,
            roles          text[] NOT NULL,
            customers      uuid[] NOT NULL,
            tokens         uuid[] NOT NULL,
            opened_on      date NOT NULL,
            closed_on      date,
            closed_because text,
            version        int NOT NULL
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
            roles=e.roles,
            customers=e.customers,
            tokens=[],
            opened_on=e.on,
            version=e.originator_version,
        )

    @on(Account.TokenIssued)
    def _token_issued(self, e: Account.TokenIssued, table: Table) -> None:
        self._set_tokens(e, table, [*_tokens(e, table), e.token_id])

    @on(Account.TokenRevoked)
    def _token_revoked(self, e: Account.TokenRevoked, table: Table) -> None:
        self._set_tokens(e, table, [token for token in _tokens(e, table) if token != e.token_id])

    @on(Account.Closed)
    def _closed(self, e: Account.Closed, table: Table) -> None:
        self._set_tokens(e, table, [], status="closed", closed_on=e.on, closed_because=e.reason)

    def _set_tokens(self, e: Account.Event, table: Table, tokens: list[UUID], **columns: Any) -> None:
        table.patch(e.originator_id, tokens=tokens, version=e.originator_version, **columns)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(self, cursor: str | None = None, limit: int = 50) -> Page[AccountLine]:
        """The accounts, by label."""
        return self.page("SELECT * FROM {table}", order="label_sort", cursor=cursor, limit=limit)

    def line(self, account_id: UUID) -> AccountLine | None:
        """One account."""
        return self.one("SELECT * FROM {table} WHERE account_id = %(account_id)s", account_id=account_id)


def _tokens(e: Account.Event, table: Table) -> list[UUID]:
    row = table.get(e.originator_id)
    assert row is not None, "the account was opened"
    tokens: list[UUID] = row["tokens"]
    return tokens
