"""Accounts over HTTP, for who manages them; what everybody does with their own is in api/me.py."""

from __future__ import annotations

from uuid import UUID

from aggregates.account import Account
from aggregates.values import FactorId
from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.platform import ThePlatform
from api.routing import routes
from commands.account import (
    ChangeAccountCustomers,
    ChangePortfolio,
    ChangeRoles,
    CloseAccount,
    InviteAgain,
    OpenAccount,
    RemoveFactorOfAnother,
)
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


@router.post("/{account_id}/invite-again", **asks(InviteAgain))
def invite_again(account_id: UUID, send: Send) -> Receipt:
    return send(InviteAgain(), to=account_id)


@router.post("/{account_id}/roles", **asks(ChangeRoles))
def change_roles(account_id: UUID, command: ChangeRoles, send: Send) -> Receipt:
    return send(command, to=account_id)


@router.post("/{account_id}/customers", **asks(ChangeAccountCustomers))
def change_account_customers(account_id: UUID, command: ChangeAccountCustomers, send: Send) -> Receipt:
    return send(command, to=account_id)


@router.post("/{account_id}/portfolio", **asks(ChangePortfolio))
def change_portfolio(account_id: UUID, command: ChangePortfolio, send: Send) -> Receipt:
    return send(command, to=account_id)


@router.post("/{account_id}/factors/{factor_id}/remove", **asks(RemoveFactorOfAnother))
def remove_factor_of_another(account_id: UUID, factor_id: UUID, send: Send, platform: ThePlatform) -> Receipt:
    receipt = send(RemoveFactorOfAnother(factor_id=FactorId(factor_id)), to=account_id)
    platform.access.secrets.forget(factor_id, account_id)
    # Whoever found the lost device may be signed in with it.
    platform.access.sessions.end_all(account_id)
    return receipt


@router.post("/{account_id}/close", **asks(CloseAccount))
def close_account(account_id: UUID, command: CloseAccount, send: Send, platform: ThePlatform) -> Receipt:
    account = send.load(Account, account_id)
    receipt = send(command, to=account_id)
    # For tidiness: whoever asks with a session of a closed account is refused by the account itself, and a secret that
    # no account names counts no more.
    platform.access.sessions.end_all(account_id)
    for secret in (account.password, account.recovery_codes, *account.factors):
        if secret is not None:
            platform.access.secrets.forget(secret, account_id)
    return receipt
