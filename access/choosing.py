"""Choosing a password: judged, hashed and kept first, then named by the account, so that it counts from then on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from access.passwords import Passwords
from access.secrets import Secrets
from aggregates.account import Account
from aggregates.values import SecretId
from commands.account import ChoosePassword
from eventstore import Receipt, Rejected

KIND = "password"


def choose(
    account: Account,
    text: str,
    secrets: Secrets,
    passwords: Passwords,
    send: Callable[[ChoosePassword], Receipt],
) -> Receipt:
    """Make this the account's password; the one before is destroyed.

    send  records it in the account's name

    Raises PasswordRefused, Busy, and what ``send`` raises.
    """
    personal = (account.label.open(), account.email.open() if account.email else "")
    passwords.check(text, with_factor=bool(account.factors), personal=personal)
    secret = SecretId(uuid4())
    secrets.keep(secret, account.id, KIND, passwords.hash(text).encode())
    try:
        receipt = send(ChoosePassword(secret_id=secret))
    except Rejected:
        secrets.forget(secret, account.id)
        raise
    if account.password is not None:
        secrets.forget(account.password, account.id)
    return receipt
