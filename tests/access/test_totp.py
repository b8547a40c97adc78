"""One-time codes: each counts once, for about a minute and a half, for one account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from access.secrets import Secrets
from access.totp import Begun, Totp
from demo.authenticator import code
from tests.access.conftest import Wall

ANA, BEN = uuid4(), uuid4()


@pytest.fixture
def totp(secrets: Secrets, wall: Wall) -> Totp:
    return Totp(secrets, wall.clock, "Quittance")


@pytest.fixture
def begun(totp: Totp) -> Begun:
    return totp.begin(ANA, "ana@example.org")


def shown(begun: Begun, wall: Wall, later: int = 0) -> str:
    """The app's code now, or some seconds later."""
    return code(begun.secret, wall.at + timedelta(seconds=later))


def test_a_code_counts_once(totp: Totp, begun: Begun, wall: Wall) -> None:
    assert totp.check(begun.factor_id, ANA, shown(begun, wall))
    assert not totp.check(begun.factor_id, ANA, shown(begun, wall))
    wall.goes_on(seconds=30)
    assert totp.check(begun.factor_id, ANA, shown(begun, wall))


def test_of_two_requests_with_one_code_at_the_same_moment_one_is_told_no(
    totp: Totp, begun: Begun, wall: Wall
) -> None:
    once = shown(begun, wall)
    with ThreadPoolExecutor(4) as hands:
        told = list(hands.map(lambda _: totp.check(begun.factor_id, ANA, once), range(8)))
    assert told.count(True) == 1


@pytest.mark.parametrize(("later", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_may_be_wrong_by_one_step(
    totp: Totp, begun: Begun, wall: Wall, later: int, counts: bool
) -> None:
    assert totp.check(begun.factor_id, ANA, shown(begun, wall, later)) is counts


def test_an_earlier_step_counts_no_more_once_a_later_one_did(totp: Totp, begun: Begun, wall: Wall) -> None:
    before, after = shown(begun, wall), shown(begun, wall, 30)
    assert totp.check(begun.factor_id, ANA, after)
    assert not totp.check(begun.factor_id, ANA, before)


def test_a_code_of_ten_minutes_ago_counts_no_more_and_the_new_one_does(
    totp: Totp, begun: Begun, wall: Wall
) -> None:
    old = shown(begun, wall)
    wall.goes_on(minutes=10)
    assert not totp.check(begun.factor_id, ANA, old)
    assert totp.check(begun.factor_id, ANA, shown(begun, wall))


@pytest.mark.parametrize("written", ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "123456\n", " 123456"])
def test_what_is_not_six_digits_is_no_code(totp: Totp, begun: Begun, written: str) -> None:
    assert not totp.check(begun.factor_id, ANA, written)


def test_a_secret_proves_its_own_account_only(totp: Totp, begun: Begun, wall: Wall) -> None:
    assert not totp.check(begun.factor_id, BEN, shown(begun, wall))
    assert not totp.check(uuid4(), ANA, shown(begun, wall))


def test_an_app_is_confirmed_within_ten_minutes_or_begun_again(totp: Totp, begun: Begun, wall: Wall) -> None:
    late = totp.begin(ANA, "ana@example.org")
    wall.goes_on(minutes=10)
    assert totp.confirm(begun.factor_id, ANA, shown(begun, wall))
    wall.goes_on(seconds=1)
    assert not totp.confirm(late.factor_id, ANA, shown(late, wall))
    assert not totp.check(late.factor_id, ANA, shown(late, wall)), "its secret is destroyed"


def test_the_code_that_confirms_is_used(totp: Totp, begun: Begun, wall: Wall) -> None:
    assert totp.confirm(begun.factor_id, ANA, shown(begun, wall))
    assert not totp.check(begun.factor_id, ANA, shown(begun, wall))


def test_the_address_for_the_app_says_who_we_are_and_who_it_is(begun: Begun) -> None:
    uri = urlsplit(begun.uri)
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Quittance:ana%40example.org")
    assert parse_qs(uri.query) == {"secret": [begun.secret], "issuer": ["Quittance"]}
    assert len(begun.secret) == 32
