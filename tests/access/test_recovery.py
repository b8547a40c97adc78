"""Recovery codes: ten, each once, kept as hashes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from access.recovery import RecoveryCodes
from access.secrets import Secrets

ANA, BEN = uuid4(), uuid4()


@pytest.fixture
def recovery(secrets: Secrets) -> RecoveryCodes:
    return RecoveryCodes(secrets)


def test_there_are_ten_different_codes_of_a_hundred_and_twenty_bits(recovery: RecoveryCodes) -> None:
    _, codes = recovery.make(ANA)
    assert len(set(codes)) == 10
    assert all([len(part) for part in code.split("-")] == [4] * 6 for code in codes)


def test_each_counts_once_and_the_others_are_left(recovery: RecoveryCodes) -> None:
    id, codes = recovery.make(ANA)
    assert recovery.check(id, ANA, codes[3])
    assert not recovery.check(id, ANA, codes[3])
    assert recovery.left(id, ANA) == 9
    assert recovery.check(id, ANA, codes[0])
    assert recovery.left(id, ANA) == 8


def test_of_two_requests_with_one_code_at_the_same_moment_one_is_told_no(recovery: RecoveryCodes) -> None:
    id, codes = recovery.make(ANA)
    with ThreadPoolExecutor(4) as hands:
        told = list(hands.map(lambda _: recovery.check(id, ANA, codes[0]), range(8)))
    assert told.count(True) == 1


def test_a_code_is_read_as_people_write_it(recovery: RecoveryCodes) -> None:
    id, codes = recovery.make(ANA)
    misread = str.maketrans("OIB", "018")
    assert recovery.check(id, ANA, codes[0].lower().replace("-", " "))
    assert recovery.check(id, ANA, codes[1].replace("-", "").translate(misread))


def test_codes_prove_their_own_account_only(recovery: RecoveryCodes) -> None:
    id, codes = recovery.make(ANA)
    other, _ = recovery.make(BEN)
    assert not recovery.check(id, BEN, codes[0])
    assert not recovery.check(other, BEN, codes[0])
    assert recovery.left(id, BEN) == 0


def test_what_is_kept_is_not_a_code(recovery: RecoveryCodes, secrets: Secrets) -> None:
    id, codes = recovery.make(ANA)
    kept = secrets.open(id, ANA)
    assert kept is not None
    assert not any(
        code.replace("-", "").encode() in kept.value or code.encode() in kept.value for code in codes
    )
