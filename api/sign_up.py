"""How somebody gets in for the first time, or again: signing up, a forgotten password, and the link that was mailed.

Whoever asks is answered the same, with the same work, whether the address is known or not: what follows is decided by
workers/admit.py and said in a mail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from access.choosing import choose
from access.limits import TooManyRequests
from access.passwords import (
    Busy,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooPersonal,
    PasswordTooShort,
)
from aggregates.account import Account, AddressUnchanged
from aggregates.notification import Notification
from aggregates.permissions import SELF, VISIT
from aggregates.values import AccessRequestId
from api.auth import Identity
from api.deps import asker, dispatch
from api.described import offers
from api.language import language_of
from api.origin import client_address, counted_as
from api.platform import Platform, ThePlatform
from api.proofs import Password
from api.routing import routes
from commands.access_request import RequestAccess
from commands.account import ChangeSignInAddress
from commands.fields import Email, Language, Name
from eventstore import Claimed, Command, NotFound, Receipt, Stale
from providers.links.mailed import LENGTH, LinkSpent, Purpose

router = routes("/auth", "sign-in")

JUDGED = (PasswordTooShort, PasswordTooLong, PasswordTooCommon, PasswordTooPersonal, Busy)
"""Why a password cannot be chosen."""

MailedToken = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]+$",
        min_length=LENGTH - 1,
        max_length=LENGTH,
        repr=False,
        description="What stands behind the `#` of the link in the mail.",
        examples=["AQAe" + "A" * (LENGTH - 5)],
    ),
]
Wished = Annotated[
    Language | None, Field(description="Of the mail; the language of the request when left out.")
]


class Forgotten(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    language: Wished = None


class SignUp(Forgotten):
    name: Name = Field(description="Who signs up, as a letter would address them.", examples=["Awa Koné"])


class ByMail(BaseModel):
    """The same for everybody."""

    outcome: Literal["by-mail"] = "by-mail"
    what_follows: str = Field(
        description="For people, in the reader's language.",
        examples=["Si cette adresse le permet, un courriel y arrive dans quelques minutes."],
    )


class ChosenPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: MailedToken
    password: Password


class ProvedAddress(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: MailedToken


WHAT_FOLLOWS = {
    "fr": "Si cette adresse le permet, un courriel y arrive dans quelques minutes.",
    "en": "If this address allows it, a mail arrives there within a few minutes.",
}


# ── who asks to be let in ──────────────────────────────────────────────────


@router.post("/sign-up", status_code=202, **offers(
    "SignUp",
    "Ask for an account of one's own. What follows comes by mail, also when the address has an account already.",
    TooManyRequests, body=True,
))  # fmt: skip
def sign_up(wanted: SignUp, platform: ThePlatform, request: Request) -> ByMail:
    return _visit(platform, request, "sign-up", wanted, wanted.name)


@router.post("/password-reset", status_code=202, **offers(
    "ForgetPassword",
    "Ask for a link that sets a new password. It comes by mail, when the address has an account.",
    TooManyRequests, body=True,
))  # fmt: skip
def forget_password(wanted: Forgotten, platform: ThePlatform, request: Request) -> ByMail:
    return _visit(platform, request, "password-reset", wanted, None)


def _visit(
    platform: Platform,
    request: Request,
    purpose: Literal["sign-up", "password-reset"],
    wanted: Forgotten,
    name: str | None,
) -> ByMail:
    """One append, whoever asks: nothing here looks whether the address is known."""
    language = wanted.language or language_of(request)
    platform.access.limits.hit("mail.address", counted_as(client_address(request)))
    platform.access.limits.hit("mail.mailbox", wanted.email.casefold())
    id = uuid4()
    visitor = Identity(id, "visitor", frozenset({VISIT}), customers=frozenset())
    command = RequestAccess(
        access_request_id=AccessRequestId(id),
        purpose=purpose,
        email=wanted.email,
        language=language,
        name=name,
    )
    dispatch(platform, asker(platform, visitor, request), command, None, None, uuid4())
    return ByMail(what_follows=WHAT_FOLLOWS[language_of(request)])


# ── who holds the link ─────────────────────────────────────────────────────


@router.post("/password", **offers(
    "ChoosePasswordByLink",
    "Choose a password with the link of a mail: an invitation, or a forgotten password. The link works once; wherever"
    " the account was signed in, it is signed out.",
    LinkSpent, Stale, *JUDGED, body=True,
))  # fmt: skip
def choose_password_by_link(chosen: ChosenPassword, platform: ThePlatform, request: Request) -> Receipt:
    holder = Holder(platform, request, chosen.token, "invitation", "password-reset")
    access = platform.access
    receipt = choose(holder.account, chosen.password, access.secrets, access.passwords, holder.send)
    access.sessions.end_all(receipt.id)
    return receipt


@router.post("/email", **offers(
    "ProveAddressByLink",
    "Sign in with this address from now on: whoever holds the link that was sent there has its mailbox.",
    LinkSpent, Stale, AddressUnchanged, Claimed, body=True,
))  # fmt: skip
def prove_address_by_link(proved: ProvedAddress, platform: ThePlatform, request: Request) -> Receipt:
    holder = Holder(platform, request, proved.token, "address-proof")
    letter = platform.store.load(Notification, holder.letter)
    return holder.send(ChangeSignInAddress(email=letter.to.open()))


class Holder:
    """Whoever holds a mailed link: the account's own person for this one change. Raises LinkSpent."""

    def __init__(self, platform: Platform, request: Request, token: str, *purposes: Purpose) -> None:
        self._platform, self._request = platform, request
        mailed = platform.outside.mailed.read(token, *purposes)
        self.account, self.letter = _account(platform, mailed.account_id), mailed.letter
        platform.outside.mailed.still(mailed, self.account)

    def send(self, command: Command) -> Receipt:
        """In the account's name, on the account as it was when the link was judged: of two at once, one is stale."""
        id = self.account.id
        identity = Identity(id, f"link:{id}", frozenset({SELF}), customers=frozenset({id}))
        # The link is the proof: it was mailed on a fresh one, or to a mailbox that the account was opened with.
        proved = replace(identity, proved_at=self._platform.clock.now())
        told = asker(self._platform, proved, self._request)
        receipt = dispatch(self._platform, told, command, id, self.account.version, uuid4())
        self._request.app.state.identities.forget()
        return receipt


def _account(platform: Platform, id: UUID) -> Account:
    try:
        return platform.store.load(Account, id)
    except NotFound:  # a store that was restored to a day before it
        raise LinkSpent("ask for a new one") from None
