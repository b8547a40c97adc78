"""Admit: let people in who ask or were invited, and tell them what happens to their account.

    AccessRequest.Made ──▶ an account, or a letter to the one that there is, or nothing
    Account.Opened     ──▶ an invitation, whose link is made when the letter is written

A visitor is answered the same whatever follows here; only who reads that mailbox learns more.
"""

from __future__ import annotations

from uuid import UUID

from aggregates.access_request import AccessRequest
from aggregates.account import Account
from aggregates.notification import MailTemplate
from aggregates.values import AccountId, NotificationId, derived
from commands.account import SIGN_IN, WelcomeClient
from commands.notification import TellAccount
from eventstore import Aggregate, Claimed
from providers import Outside
from runtime.reactions import Answers, reacts_to

# ── who asks ───────────────────────────────────────────────────────────────


@reacts_to(AccessRequest.Made)
def let_in(event: AccessRequest.Made, outside: Outside) -> Answers:
    own = AccountId(derived(event.originator_id, "account"))
    email = event.email.open()
    known = outside.claimed(SIGN_IN, email)
    if known is not None and known != own:
        yield _letter(event, AccountId(known), _answer(event, outside.load(Account, known))), None
    elif event.purpose == "sign-up" and event.name is not None:
        label, language = event.name.open(), event.language
        try:
            yield WelcomeClient(account_id=own, label=label, email=email, language=language), None
        except Claimed:  # another request of the same moment was first, and its letter is on the way
            return


def _answer(event: AccessRequest.Made, account: Account) -> MailTemplate:
    if account.password is None:
        return "invitation"
    return "sign-up-exists" if event.purpose == "sign-up" else "password-reset"


# ── who is invited ─────────────────────────────────────────────────────────


@reacts_to(Account.Opened)
def invite(event: Account.Opened, outside: Outside) -> Answers:
    """Nobody, when only programs will use it, or when its person has a password already."""
    if event.email is not None and outside.load(Account, event.originator_id).password is None:
        yield _letter(event, AccountId(event.originator_id), "invitation"), None


@reacts_to(Account.InvitationAsked)
def invite_again(event: Account.InvitationAsked, outside: Outside) -> Answers:
    yield _letter(event, AccountId(event.originator_id), "invitation"), None


# ── what happened to the account ───────────────────────────────────────────


@reacts_to(Account.PasswordSet)
def tell_of_the_password(event: Account.PasswordSet, outside: Outside) -> Answers:
    yield from _notice(event, outside, "password")


@reacts_to(Account.FactorAdded)
def tell_of_the_new_factor(event: Account.FactorAdded, outside: Outside) -> Answers:
    yield from _notice(event, outside, "factor-added")


@reacts_to(Account.FactorRemoved)
def tell_of_the_lost_factor(event: Account.FactorRemoved, outside: Outside) -> Answers:
    by_itself = event.by == event.originator_id
    yield from _notice(event, outside, "factor-removed" if by_itself else "factor-removed-by-us")


@reacts_to(Account.RecoveryCodesMade)
def tell_of_the_recovery_codes(event: Account.RecoveryCodesMade, outside: Outside) -> Answers:
    yield from _notice(event, outside, "recovery-codes")


@reacts_to(Account.IdentityLinked)
def tell_of_the_identity(event: Account.IdentityLinked, outside: Outside) -> Answers:
    yield from _notice(event, outside, "identity")


@reacts_to(Account.KeyIssued)
def tell_of_the_key(event: Account.KeyIssued, outside: Outside) -> Answers:
    yield from _notice(event, outside, "key")


@reacts_to(Account.AddressChanged)
def tell_both_addresses(event: Account.AddressChanged, outside: Outside) -> Answers:
    """The one before, too: whoever took an account over would see to it that the new one is quiet."""
    yield _letter(event, AccountId(event.originator_id), "security-notice", "address"), None
    if event.before is not None:
        before = event.before.open()
        yield _letter(event, AccountId(event.originator_id), "security-notice", "address", before), None


def _notice(event: Aggregate.Event, outside: Outside, what: str) -> Answers:
    if outside.load(Account, event.originator_id).email is not None:
        yield _letter(event, AccountId(event.originator_id), "security-notice", what), None


def _letter(
    event: Aggregate.Event, account: UUID, template: MailTemplate, what: str = "", to: str | None = None
) -> TellAccount:
    """One letter of its kind for each event and each address."""
    which = f"{event.originator_version}:{template}:{'before' if to else 'now'}"
    return TellAccount(
        notification_id=NotificationId(derived(event.originator_id, which)),
        account_id=AccountId(account),
        template=template,
        facts={"what": what, "on": event.on.isoformat()} if what else {},
        to=to,
    )
