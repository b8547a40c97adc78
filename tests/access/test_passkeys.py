"""Passkeys: only here, only once, only one's own; checked with a software authenticator that can be told to lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from access.challenges import Challenges
from access.passkeys import SECOND, SIGN_IN, STEP_UP, PasskeyRefused, Passkeys, Used
from access.secrets import Secrets
from demo.authenticator import Authenticator
from tests.access.conftest import Wall

ANA, BEN = uuid4(), uuid4()
HERE = "https://prets.example"


@pytest.fixture
def passkeys(secrets: Secrets, challenges: Challenges) -> Passkeys:
    return Passkeys(secrets, challenges, f"{HERE}/", "Quittance")


@pytest.fixture
def key() -> Authenticator:
    return Authenticator(HERE)


def enrolled(passkeys: Passkeys, key: Authenticator, account: UUID = ANA) -> UUID:
    options = passkeys.to_enrol(account, "ana@example.org", [], verify=True)
    return passkeys.enrol(account, key.create(options), verify=True)


def shown(passkeys: Passkeys, key: Authenticator, factor: UUID, purpose: str = SECOND) -> dict[str, Any]:
    return key.get(passkeys.to_prove(purpose, ANA, [factor]))


def test_a_passkey_proves_the_account_that_enrolled_it(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    said = shown(passkeys, key, factor)
    assert passkeys.check(SECOND, ANA, [factor], said, verify=True) == Used(factor, verified=True)


def test_the_browser_is_told_who_we_are_and_which_keys_it_has_already(
    passkeys: Passkeys, key: Authenticator
) -> None:
    factor = enrolled(passkeys, key)
    options = passkeys.to_enrol(ANA, "ana@example.org", [factor], verify=True)
    assert options["rp"] == {"name": "Quittance", "id": "prets.example"}
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["excludeCredentials"]) == 1


def test_a_challenge_is_answered_once(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    said = shown(passkeys, key, factor)
    passkeys.check(SECOND, ANA, [factor], said, verify=True)
    with pytest.raises(PasskeyRefused, match="used, over"):
        passkeys.check(SECOND, ANA, [factor], said, verify=True)


def test_an_enrolment_is_not_replayed(passkeys: Passkeys, key: Authenticator) -> None:
    made = key.create(passkeys.to_enrol(ANA, "ana@example.org", [], verify=True))
    passkeys.enrol(ANA, made, verify=True)
    with pytest.raises(PasskeyRefused):
        passkeys.enrol(ANA, made, verify=True)


def test_a_challenge_is_for_one_purpose_and_one_account(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    with pytest.raises(PasskeyRefused, match="made for something else"):
        passkeys.check(STEP_UP, ANA, [factor], shown(passkeys, key, factor, SECOND), verify=True)
    with pytest.raises(PasskeyRefused, match="made for something else"):
        passkeys.check(SECOND, BEN, [factor], shown(passkeys, key, factor), verify=True)
    made = key.create(passkeys.to_enrol(ANA, "ana@example.org", [], verify=True))
    with pytest.raises(PasskeyRefused, match="made for something else"):
        passkeys.enrol(BEN, made, verify=True)


def test_a_challenge_is_over_after_five_minutes(passkeys: Passkeys, key: Authenticator, wall: Wall) -> None:
    factor = enrolled(passkeys, key)
    said = shown(passkeys, key, factor)
    wall.goes_on(minutes=5)
    with pytest.raises(PasskeyRefused, match="over"):
        passkeys.check(SECOND, ANA, [factor], said, verify=True)


@pytest.mark.parametrize(
    "origin",
    ["https://prets.example.evil.example", "http://prets.example", "https://prets.example:8443", "null"],
)
def test_what_was_signed_on_another_page_counts_for_nothing(
    passkeys: Passkeys, key: Authenticator, origin: str
) -> None:
    factor = enrolled(passkeys, key)
    key.origin = origin
    with pytest.raises(PasskeyRefused, match="origin"):
        passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)
    made = key.create(passkeys.to_enrol(ANA, "ana@example.org", [], verify=True))
    with pytest.raises(PasskeyRefused):
        passkeys.enrol(ANA, made, verify=True)


def test_what_was_signed_for_another_party_counts_for_nothing(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    options = passkeys.to_prove(SECOND, ANA, [factor])
    key.passkeys[0].rp_id = options["rpId"] = "evil.example"
    with pytest.raises(PasskeyRefused, match="RP ID"):
        passkeys.check(SECOND, ANA, [factor], key.get(options), verify=True)


def test_what_was_signed_inside_the_page_of_another_site_counts_for_nothing(
    passkeys: Passkeys, key: Authenticator
) -> None:
    factor = enrolled(passkeys, key)
    framed = replace(key, framed=True)
    with pytest.raises(PasskeyRefused, match="inside another site"):
        passkeys.check(SECOND, ANA, [factor], shown(passkeys, framed, factor), verify=True)


def test_the_passkey_of_somebody_else_counts_for_nothing(passkeys: Passkeys, key: Authenticator) -> None:
    factor, bens = enrolled(passkeys, key), Authenticator(HERE)
    other = enrolled(passkeys, bens, BEN)
    options = passkeys.to_prove(SECOND, ANA, [factor]) | {"allowCredentials": []}
    with pytest.raises(PasskeyRefused, match="no such passkey"):
        passkeys.check(SECOND, ANA, [factor], bens.get(options), verify=True)
    options = passkeys.to_prove(SECOND, ANA, [factor]) | {"allowCredentials": []}
    with pytest.raises(PasskeyRefused, match="no such passkey"):
        passkeys.check(SECOND, ANA, [factor, other], bens.get(options), verify=True)


def test_a_credential_that_names_another_holder_counts_for_nothing(
    passkeys: Passkeys, key: Authenticator
) -> None:
    factor = enrolled(passkeys, key)
    key.passkeys[0].user = BEN.bytes
    with pytest.raises(PasskeyRefused, match="another account"):
        passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)


def test_another_key_under_the_same_id_counts_for_nothing(passkeys: Passkeys, key: Authenticator) -> None:
    factor, forger = enrolled(passkeys, key), Authenticator(HERE)
    enrolled(passkeys, forger, BEN)
    forger.passkeys[0].id, forger.passkeys[0].user = key.passkeys[0].id, ANA.bytes
    with pytest.raises(PasskeyRefused, match="signature"):
        passkeys.check(SECOND, ANA, [factor], shown(passkeys, forger, factor), verify=True)


def test_a_counter_that_goes_back_is_a_copy(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    key.passkeys[0].count = 10
    passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)
    for count in (10, 3):
        key.passkeys[0].count = count
        with pytest.raises(PasskeyRefused, match="sign count"):
            passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)
    key.passkeys[0].count = 11
    assert passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)


def test_a_passkey_that_never_counts_is_taken(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    for _ in range(2):
        key.passkeys[0].count = -1
        assert passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)


def test_a_key_that_asks_nothing_of_its_holder_is_refused_where_that_is_asked(
    passkeys: Passkeys, key: Authenticator
) -> None:
    factor = enrolled(passkeys, key)
    key.verifies = False
    with pytest.raises(PasskeyRefused, match="not verified"):
        passkeys.check(SECOND, ANA, [factor], shown(passkeys, key, factor), verify=True)
    said = shown(passkeys, key, factor)
    assert passkeys.check(SECOND, ANA, [factor], said, verify=False) == Used(factor, verified=False)
    made = key.create(passkeys.to_enrol(ANA, "ana@example.org", [], verify=True))
    with pytest.raises(PasskeyRefused):
        passkeys.enrol(ANA, made, verify=True)


def test_whoever_comes_is_known_by_the_passkey_alone(passkeys: Passkeys, key: Authenticator) -> None:
    factor = enrolled(passkeys, key)
    said = key.get(passkeys.to_prove(SIGN_IN))
    assert passkeys.claims_to_be(said) == ANA
    assert passkeys.check(SIGN_IN, ANA, [factor], said, verify=True, bound=False).factor_id == factor


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"response": None},
        {"response": {"clientDataJSON": "e30"}},
        {"response": {"clientDataJSON": "%%%"}},
        {"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiIifQ"}},
    ],
)
def test_what_is_no_credential_is_refused(passkeys: Passkeys, broken: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.enrol(ANA, broken, verify=True)
    with pytest.raises(PasskeyRefused):
        passkeys.check(SECOND, ANA, [], broken, verify=True)
    assert passkeys.claims_to_be(broken) is None


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
def test_a_cut_enrolment_is_refused(passkeys: Passkeys, key: Authenticator, part: str) -> None:
    made = key.create(passkeys.to_enrol(ANA, "ana@example.org", [], verify=True))
    made["response"][part] = made["response"][part][:-9]
    with pytest.raises(PasskeyRefused):
        passkeys.enrol(ANA, made, verify=True)


@pytest.mark.parametrize("part", ["authenticatorData", "clientDataJSON", "signature"])
def test_a_changed_proof_is_refused(passkeys: Passkeys, key: Authenticator, part: str) -> None:
    factor = enrolled(passkeys, key)
    said = shown(passkeys, key, factor)
    middle = len(said["response"][part]) // 2
    changed = "A" if said["response"][part][middle] != "A" else "B"
    said["response"][part] = said["response"][part][:middle] + changed + said["response"][part][middle + 1 :]
    with pytest.raises(PasskeyRefused):
        passkeys.check(SECOND, ANA, [factor], said, verify=True)
