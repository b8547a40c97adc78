"""Accounts over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.platform import ThePlatform
from api.routing import routes
from commands.account import CloseAccount, OpenAccount
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


@router.post("/{account_id}/close", **asks(CloseAccount))
def close_account(account_id: UUID, command: CloseAccount, send: Send, platform: ThePlatform) -> Receipt:
    receipt = send(command, to=account_id)
    # For tidiness: whoever asks with a session of a closed account is refused by the account itself.
    platform.access.sessions.end_all(account_id)
    return receipt
