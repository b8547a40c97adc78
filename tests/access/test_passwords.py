"""What a password has to be, and how it is hashed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from argon2 import PasswordHasher, extract_parameters

from access.passwords import (
    Busy,
    Passwords,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooPersonal,
    PasswordTooShort,
    common_passwords,
)

GOOD = "trois mangues sur le toit"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(CHEAP)
    yield made
    made.close()


def test_what_is_kept_is_argon2id_with_46_mib() -> None:
    passwords = Passwords()
    kept = extract_parameters(passwords.hash(GOOD))
    passwords.close()
    assert (kept.type.name, kept.memory_cost, kept.time_cost, kept.parallelism) == ("ID", 47_104, 1, 1)


def test_only_the_same_password_matches(passwords: Passwords) -> None:
    kept = passwords.hash(GOOD)
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + " ")


def test_nobody_matches_where_no_password_is_kept(passwords: Passwords) -> None:
    assert not passwords.matches(None, "nobody has this password")


def test_a_hash_that_is_none_matches_nothing(passwords: Passwords) -> None:
    assert not passwords.matches("not a hash", GOOD)


def test_two_spellings_of_the_same_letters_are_one_password(passwords: Passwords) -> None:
    kept = passwords.hash(unicodedata.normalize("NFD", "éléphant à Thiès"))
    assert passwords.matches(kept, unicodedata.normalize("NFC", "éléphant à Thiès"))


def test_a_hash_of_other_parameters_is_made_again() -> None:
    cheap, dear = Passwords(CHEAP), Passwords()
    kept = cheap.hash(GOOD)
    assert dear.needs_rehash(kept)
    assert not cheap.needs_rehash(kept)
    assert dear.matches(kept, GOOD)
    cheap.close()
    dear.close()


def test_a_full_queue_refuses_at_once() -> None:
    go, begun = Event(), Event()

    class Slow(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            begun.set()
            go.wait(10)
            return super().hash(password, salt=salt)

    go.set()
    passwords = Passwords(Slow(time_cost=1, memory_cost=64, parallelism=1), workers=1, queue=0)
    go.clear()
    begun.clear()
    with ThreadPoolExecutor(1) as somebody:
        first = somebody.submit(passwords.hash, GOOD)
        assert begun.wait(10)
        with pytest.raises(Busy):
            passwords.hash(GOOD)
        go.set()
        assert passwords.matches(first.result(), GOOD)
    passwords.close()


@pytest.mark.parametrize("text", [GOOD, "correct horse battery", "ñandú-ñandú-ñandú-42", "x7!Lq#0pZt$9wRv"])
def test_a_long_text_of_ones_own_may_be_chosen(passwords: Passwords, text: str) -> None:
    passwords.check(text, with_factor=False, personal=["Awa Diop", "awa.diop@example.org"])


def test_eight_characters_are_enough_beside_a_second_factor(passwords: Passwords) -> None:
    passwords.check("tk8-vdqm", with_factor=True, personal=[])
    with pytest.raises(PasswordTooShort):
        passwords.check("tk8-vdqm", with_factor=False, personal=[])
    with pytest.raises(PasswordTooShort):
        passwords.check("tk8-vdq", with_factor=True, personal=[])


def test_128_characters_are_the_most(passwords: Passwords) -> None:
    passwords.check((GOOD * 6)[:128], with_factor=False, personal=[])
    with pytest.raises(PasswordTooLong):
        passwords.check((GOOD * 6)[:129], with_factor=False, personal=[])


@pytest.mark.parametrize(
    "text",
    [
        "password1234567",
        "Password12345678!",
        "motdepasse2026!!",
        "azertyuiopqsdfghjklm",
        "sunshinesunshine",
        "aaaaaaaaaaaaaaaa",
        "ababababababababab",
        "abcdefghijklmnopq",
        "987654321098765",
    ],
)
def test_what_guessers_try_first_is_refused(passwords: Passwords, text: str) -> None:
    with pytest.raises(PasswordTooCommon):
        passwords.check(text, with_factor=False, personal=[])


@pytest.mark.parametrize("text", ["football", "iloveyou1", "Password1"])
def test_so_it_is_beside_a_second_factor(passwords: Passwords, text: str) -> None:
    with pytest.raises(PasswordTooCommon):
        passwords.check(text, with_factor=True, personal=[])


@pytest.mark.parametrize(
    "text", ["awa.diop@example.org", "AwaDiop-AwaDiop-1", "Quittance-2026-!!!", "quittance-client-awa"]
)
def test_the_persons_name_and_address_and_our_words_are_no_password(passwords: Passwords, text: str) -> None:
    with pytest.raises(PasswordTooPersonal):
        passwords.check(text, with_factor=False, personal=["Awa Diop", "awa.diop@example.org"])


def test_the_list_of_common_passwords_is_whole() -> None:
    assert len(common_passwords()) == 26_004
    assert sum(len(each) >= 8 for each in common_passwords()) >= 10_000
    assert {"password", "motdepasse", "azertyuiop", "football"} <= common_passwords()
    assert all(each == each.casefold() for each in common_passwords())
