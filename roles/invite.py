"""`manage.py invite`: the first account of a new installation, which nobody can open over HTTP yet."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid4

from pydantic import ValidationError

import projections  # noqa: F401 - every read model is known once this is imported
from aggregates.account import Account
from aggregates.values import derived
from commands.account import SIGN_IN, InviteAgain, OpenAccount
from eventstore import Asker, Reader, Rejected, Store
from eventstore.reader import NotBuilt
from projections.account_list import AccountList
from providers import from_settings
from roles.process import store_on
from runtime import database, log
from runtime.clock import Clock
from runtime.settings import Settings
from workers import watch

OPERATOR = derived(NAMESPACE_URL, "manage.py invite")
"""Who asks: whoever may read the keys of this installation."""

PATIENCE = 2.0
"""Seconds that the mail server may take to answer."""

THERE_IS_ONE = (
    "There is an administrator already: {who}. Administrators invite others, with POST /api/v1/accounts.\n"
    "When none of them can sign in any more, say --force: it is recorded who was invited, and by this command."
)
NOT_BUILT = "The list of accounts is not built: run `python3 manage.py migrate` first."
SECRET = (
    "Whoever has this link chooses the password: give it to nobody else. It works once, within seven days."
)


@dataclass(frozen=True)
class Guest:
    email: str
    name: str
    role: str
    language: str


def invite(settings: Settings, guest: Guest, *, force: bool, print_link: bool) -> int:
    """Exit code: 1 when nobody was invited."""
    log.setup("invite", "error")
    with database.pool(settings.database_url, name="invite", size=3) as pool:
        store, clock = store_on(pool, settings), Clock(pool)
        try:
            administrators = Reader(pool, None).read(AccountList).administrators()
            if administrators and not force:
                print(THERE_IS_ONE.format(who=", ".join(line.label for line in administrators)))
                return 1
            account = _invited(store, clock, guest)
        except NotBuilt:
            print(NOT_BUILT)
            return 1
        except (Rejected, ValidationError) as refusal:
            print(_said(refusal))
            return 1
        print(f"{guest.name} is invited as {guest.role}; a mail goes to {guest.email}.")
        if print_link or not _mail_leaves(settings):
            links = from_settings(settings, clock).mailed
            print(links.make("invitation", store.load(Account, account), uuid4()).url)
            print(SECRET)
    return 0


def _invited(store: Store, clock: Clock, guest: Guest) -> UUID:
    """The account; an invitation that was not taken is repeated. Raises Rejected, ValidationError."""
    today = watch.business_date(store, clock).today()
    asker = Asker(OPERATOR, "manage.py:invite", today, clock.now())
    known = store.claimed(SIGN_IN, guest.email.casefold())
    if known is not None:
        return store.send(InviteAgain(), asker, known).id
    said = {
        "account_id": uuid4(),
        "roles": [guest.role],
        "label": guest.name,
        "email": guest.email,
        "language": guest.language,
    }
    return store.send(OpenAccount.model_validate(said), asker).id


def _mail_leaves(settings: Settings) -> bool:
    """Whether the mail server answers; what it does with the mail is in the mail log."""
    try:
        with socket.create_connection((settings.smtp_host, settings.smtp_port), PATIENCE):
            return True
    except OSError:
        return False


def _said(refusal: Rejected | ValidationError) -> str:
    if isinstance(refusal, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in refusal.errors())
    return f"{refusal}"
