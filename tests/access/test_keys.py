"""Keys of programs: one spelling, one secret, and never more than their account may do."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from access import keys
from aggregates.account import Account
from aggregates.values import AccountId, KeyId
from tests.api.house import id_of

ANA, KEY = AccountId(id_of("ana")), KeyId(id_of("key"))
SECRET = bytes(range(32))
TEXT, SHA256 = keys.make(ANA, KEY, SECRET)
DAY = date(2026, 5, 4)


def account(
    *networks: str, permissions: tuple[str, ...] = ("loan.read", "repayment.record"), expires_on: date = DAY
) -> Account:
    ana = Account.open(ANA, ["advisor"], [], "Ana")
    ana.issue_key(KEY, "Program", permissions, networks, expires_on, SHA256)
    return ana


def shown(text: str = TEXT) -> keys.Presented:
    found = keys.parse(text)
    assert found is not None
    return found


def test_a_key_names_its_account_and_itself_and_shows_its_secret_to_nobody() -> None:
    assert TEXT.startswith("qk_")
    assert len(TEXT) == 89
    assert (shown().account, shown().key, shown().sha256) == (ANA, KEY, SHA256)
    assert SECRET.hex() not in SHA256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "qk_",
        TEXT[3:],
        TEXT[:-1],
        f"{TEXT}A",
        f"{TEXT} ",
        TEXT.replace("qk_", "qk-"),
        f"qk_{'é' * 86}",
        f"qk_{'!' * 86}",
    ],
)
def test_any_other_text_is_no_key(text: str) -> None:
    assert keys.parse(text) is None


def test_a_key_has_one_spelling() -> None:
    last = TEXT[-1]
    others = [
        f"{TEXT[:-1]}{c}"
        for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if c != last
    ]
    assert all((found := keys.parse(text)) is None or found.sha256 != SHA256 for text in others)


def test_a_key_may_do_what_it_was_given() -> None:
    assert keys.admitted(account(), shown(), "192.0.2.1", DAY) == {"loan.read", "repayment.record"}


def test_another_secret_another_key_and_another_account_are_refused() -> None:
    wrong, _ = keys.make(ANA, KEY, bytes(32))
    unknown, _ = keys.make(ANA, UUID(int=7), SECRET)
    assert keys.admitted(account(), shown(wrong), "", DAY) is None
    assert keys.admitted(account(), shown(unknown), "", DAY) is None


def test_a_key_works_on_its_last_day_and_not_on_the_next() -> None:
    assert keys.admitted(account(), shown(), "", DAY)
    assert keys.admitted(account(), shown(), "", date(2026, 5, 5)) is None


def test_a_revoked_key_and_a_closed_account_let_nobody_in() -> None:
    revoked, closed = account(), account()
    revoked.revoke_key(KEY)
    closed.close("Départ.")
    assert keys.admitted(revoked, shown(), "", DAY) is None
    assert keys.admitted(closed, shown(), "", DAY) is None


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("2001:db8::1", True),
        ("203.0.114.1", False),
        ("2001:db9::1", False),
        ("", False),
        ("local", False),
        ("203.0.113.9, 10.0.0.1", False),
    ],
)
def test_a_key_is_used_from_its_networks_only(address: str, allowed: bool) -> None:
    ana = account("203.0.113.0/24", "2001:db8::/32")
    assert (keys.admitted(ana, shown(), address, DAY) is not None) == allowed


def test_what_the_account_lost_the_key_has_lost() -> None:
    ana = account()
    ana.change_roles(["support"], by=AccountId(id_of("admin")))
    assert keys.admitted(ana, shown(), "", DAY) == {"loan.read"}


def test_a_key_never_looks_after_its_own_account() -> None:
    assert keys.admitted(account(permissions=("loan.read", "self")), shown(), "", DAY) == {"loan.read"}


def test_the_secret_of_a_request_is_its_own_and_always_the_same() -> None:
    made = keys.KeySecrets(b"s" * 32)
    assert made.of(KEY) == made.of(KEY)
    assert len({made.of(KEY), made.of(ANA), keys.KeySecrets(b"t" * 32).of(KEY)}) == 3
