"""The one link of a mail, for three purposes: ours, young, and of the account as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregates.account import NoAddress
from eventstore import Sealed
from providers.links.mailed import LASTS, LENGTH, PURPOSES, LinkSpent, MailedLinks
from tests.kit import fact, replay
from tests.stories import JEAN_ACCOUNT, LETTER, account_closed, ana, newcomer, password_set

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class At:
    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def links(at: datetime = NOON, secret: bytes = bytes(32)) -> MailedLinks:
    return MailedLinks(secret, At(at), "https://prets.example/")


ACCOUNT = replay(newcomer)[0]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_says_what_it_was_made_for(purpose):
    made = links().make(purpose, ACCOUNT, LETTER)
    mailed = links().read(made.token, purpose)
    assert (mailed.purpose, mailed.account_id, mailed.letter) == (purpose, JEAN_ACCOUNT, LETTER)
    links().still(mailed, ACCOUNT)
    assert made.expires_at == NOON + LASTS[purpose]
    assert len(made.token) == LENGTH - 1


def test_the_token_stands_where_no_server_sees_it():
    made = links().make("invitation", ACCOUNT, LETTER)
    assert made.url == f"https://prets.example/password#{made.token}"
    assert links().make("address-proof", ACCOUNT, LETTER).url.startswith("https://prets.example/address#")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_is_good_to_the_last_second_and_not_beyond(purpose):
    token = links().make(purpose, ACCOUNT, LETTER).token
    links(NOON + LASTS[purpose] - timedelta(seconds=1)).read(token, purpose)
    with pytest.raises(LinkSpent):
        links(NOON + LASTS[purpose]).read(token, purpose)


def test_a_link_serves_its_own_purpose_only():
    token = links().make("address-proof", ACCOUNT, LETTER).token
    with pytest.raises(LinkSpent):
        links().read(token, "invitation", "password-reset")


@pytest.mark.parametrize(
    "change",
    [
        password_set,
        account_closed,
        fact(type(ACCOUNT).AddressChanged, email=Sealed("jean@example.com")),
    ],
    ids=lambda change: change.kind.kind,
)
def test_a_link_is_void_once_the_account_has_changed(change):
    mailed = links().read(links().make("password-reset", ACCOUNT, LETTER).token, "password-reset")
    with pytest.raises(LinkSpent):
        links().still(mailed, replay(newcomer, change)[0])


def test_a_link_is_of_one_account():
    mailed = links().read(links().make("invitation", ACCOUNT, LETTER).token, "invitation")
    other = replay(newcomer.but(), fact(newcomer.kind, UUID(int=7), **newcomer.says))[1]
    with pytest.raises(LinkSpent):
        links().still(mailed, other)


def test_a_link_that_was_changed_anywhere_is_none_of_ours():
    token = links().make("invitation", ACCOUNT, LETTER).token
    for at, letter in enumerate(token):
        with pytest.raises(LinkSpent):
            links().read(token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :], "invitation")


@pytest.mark.parametrize("token", ["", "A", "A" * (LENGTH - 1), "é" * 20, "=" * 120, "A" * 10_000])
def test_what_was_never_a_link_is_none(token):
    with pytest.raises(LinkSpent):
        links().read(token, "invitation")


def test_another_secret_makes_other_links():
    token = links(secret=b"\1" * 32).make("invitation", ACCOUNT, LETTER).token
    with pytest.raises(LinkSpent):
        links().read(token, "invitation")


def test_who_has_no_address_gets_no_link():
    with pytest.raises(NoAddress):
        links().make("invitation", replay(ana)[0], LETTER)
