"""Accounts and their tokens over HTTP."""

from __future__ import annotations

from uuid import UUID

from aggregates.values import TokenId
from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.account import CloseAccount, IssueToken, OpenAccount, RevokeToken
from eventstore import Page, Receipt
from projections.account_list import AccountLine, AccountList

router = routes("/accounts", "account")


@router.get("", **shows(AccountList, "lines", may="account.read"))
def accounts(read: Read, cursor: Cursor = None, limit: Limit = 50) -> Page[AccountLine]:
    return read(AccountList).lines(cursor, limit)


@router.get("/{account_id}", **shows(AccountList, "line", may="account.read", name="Account", one=True))
def account(account_id: UUID, read: Read, found: TheOne) -> AccountLine:
    return found(read(AccountList).line(account_id))


@router.post("", **asks(OpenAccount))
def open_account(command: OpenAccount, send: Send) -> Receipt:
    return send(command)


@router.post("/{account_id}/tokens", **asks(IssueToken))
def issue_token(account_id: UUID, command: IssueToken, send: Send) -> Receipt:
    return send(command, to=account_id)


@router.post("/{account_id}/tokens/{token_id}/revoke", **asks(RevokeToken))
def revoke_token(account_id: UUID, token_id: UUID, send: Send) -> Receipt:
    return send(RevokeToken(token_id=TokenId(token_id)), to=account_id)


@router.post("/{account_id}/close", **asks(CloseAccount))
def close_account(account_id: UUID, command: CloseAccount, send: Send) -> Receipt:
    return send(command, to=account_id)
