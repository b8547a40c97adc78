"""One's own second factors over HTTP, and proving once more who one is."""

from __future__ import annotations

import httpx
import pytest

from commands.account import RemoveFactorOfAnother
from demo.authenticator import Authenticator, code
from tests.access.people import PASSWORD, Person, later, somebody
from tests.api.house import House


@pytest.fixture
def awa(house: House) -> Person:
    """A client who is signed in, without a second factor."""
    return somebody(house, "awa", "client").is_in()


@pytest.fixture
def ben(house: House) -> Person:
    """Of the staff, signed in with a security key."""
    ben = somebody(house, "ben", "advisor").is_in()
    assert ben.enrols_key().status_code == 200
    return ben


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


STEP_UP = (401, "step-up-required")
REFUSED = (401, "factor-refused")


# ── adding ─────────────────────────────────────────────────────────────────


def test_an_app_counts_once_a_code_of_it_was_shown(awa: Person) -> None:
    begun = awa.post("/me/factors/totp").json()
    assert awa.get("/me/factors").json()["factors"] == []
    assert awa.knocks().json()["outcome"] == "signed-in", "what was only begun is asked of nobody"
    answer = awa.post(
        f"/me/factors/totp/{begun['factor_id']}/confirm",
        {"code": code(begun["secret"], awa.now()), "name": "Téléphone"},
    )
    assert answer.status_code == 200
    (factor,) = awa.get("/me/factors").json()["factors"]
    assert (factor["id"], factor["kind"], factor["name"]) == (begun["factor_id"], "totp", "Téléphone")
    assert awa.knocks().json()["outcome"] == "factor-needed"


def test_a_wrong_code_confirms_nothing(awa: Person) -> None:
    begun = awa.post("/me/factors/totp").json()
    confirm = f"/me/factors/totp/{begun['factor_id']}/confirm"
    right = code(begun["secret"], awa.now())
    assert told(awa.post(confirm, {"code": f"{(int(right) + 1) % 1_000_000:06}", "name": "x"})) == REFUSED
    assert awa.post(confirm, {"code": right, "name": "x"}).status_code == 200
    assert told(awa.post(confirm, {"code": right, "name": "x"})) == REFUSED, "confirmed already"


def test_nobody_confirms_what_somebody_else_began(house: House, awa: Person) -> None:
    begun = awa.post("/me/factors/totp").json()
    eve = somebody(house, "eve", "client").is_in()
    shown = {"code": code(begun["secret"], awa.now()), "name": "x"}
    assert told(eve.post(f"/me/factors/totp/{begun['factor_id']}/confirm", shown)) == REFUSED
    made = eve.key.create(awa.post("/me/factors/passkey/options").json()["passkey"])
    assert told(eve.post("/me/factors/passkey", {"passkey": made, "name": "x"})) == REFUSED


def test_the_first_factor_takes_a_proof_of_the_last_five_minutes(house: House, awa: Person) -> None:
    later(house, minutes=5, seconds=1)
    awa.refreshes()
    assert told(awa.enrols_app()) == STEP_UP
    assert told(awa.enrols_key()) == STEP_UP
    assert awa.steps_up().enrols_app().status_code == 200


def test_after_the_first_factor_nothing_opened_with_the_password_alone_goes_on(awa: Person) -> None:
    elsewhere = Person(awa.house, awa.account, awa.email).is_in()
    old = dict(awa.said)
    answer = awa.enrols_app()
    assert answer.json()["session"]["access_token"] == awa.said["access_token"]
    assert awa.get("/me").json()["amr"] == ["mfa", "otp", "pwd"]
    assert elsewhere.get("/me").status_code == 401
    awa.said = old
    assert awa.get("/me").status_code == 401, "a session's id never goes on after a proof"


def test_a_second_factor_more_takes_a_fresh_proof_with_the_first(house: House, ben: Person) -> None:
    later(house, minutes=5, seconds=1)
    ben.refreshes()
    assert told(ben.enrols_app()) == STEP_UP
    answer = ben.steps_up().enrols_app()
    assert (answer.status_code, answer.json()["session"]) == (200, None)
    assert [one["kind"] for one in ben.get("/me/factors").json()["factors"]] == ["webauthn", "totp"]


def test_a_key_that_asks_nothing_of_its_holder_is_enough_for_clients_only(house: House, awa: Person) -> None:
    awa.key.verifies = False
    assert awa.enrols_key().status_code == 200
    eve = somebody(house, "eve", "advisor").is_in()
    eve.key.verifies = False
    assert told(eve.enrols_key()) == REFUSED


def test_a_passkey_made_on_another_page_is_not_added(awa: Person) -> None:
    awa.key = Authenticator("https://evil.example")
    assert told(awa.enrols_key()) == REFUSED


def test_a_program_looks_after_no_account(house: House, ben: Person) -> None:
    issued = ben.post(
        "/me/keys",
        {"name": "Import", "permissions": ["loan.read"], "expires_on": "2027-06-30"},
    )
    assert issued.status_code in (200, 201), issued.text
    program = {"Authorization": f"Bearer {issued.json()['key']}"}
    assert house.get(None, "/me/factors", **program).status_code == 403
    assert house.post(None, "/me/factors/totp", **program).status_code == 403
    assert house.post(None, "/auth/step-up", {"password": PASSWORD}, **program).status_code == 403


def test_staff_without_a_second_factor_give_no_key_what_they_may_not_do_themselves(house: House) -> None:
    eve, wanted = somebody(house, "eve", "advisor").is_in(), {"name": "x", "expires_on": "2027-06-30"}
    assert told(eve.post("/me/keys", {**wanted, "permissions": ["loan.read"]})) == (409, "beyond-own-rights")
    assert eve.enrols_app().status_code == 200
    assert eve.post("/me/keys", {**wanted, "permissions": ["loan.read"]}).status_code == 200


# ── removing ───────────────────────────────────────────────────────────────


def test_a_removed_factor_counts_no_more_and_its_secret_is_gone(house: House, awa: Person) -> None:
    factor = awa.enrols_app().json()["factor_id"]
    assert awa.post(f"/me/factors/{factor}/remove").status_code == 200
    assert house.platform.access.secrets.open(factor, awa.account) is None
    assert awa.knocks().json()["outcome"] == "signed-in"


def test_removing_takes_a_fresh_proof(house: House, awa: Person) -> None:
    factor = awa.enrols_app().json()["factor_id"]
    later(house, minutes=5, seconds=1)
    awa.refreshes()
    assert told(awa.post(f"/me/factors/{factor}/remove")) == STEP_UP
    assert awa.steps_up().post(f"/me/factors/{factor}/remove").status_code == 200


def test_staff_keep_one_and_nobody_removes_somebody_elses(house: House, ben: Person, awa: Person) -> None:
    (factor,) = ben.get("/me/factors").json()["factors"]
    assert told(ben.post(f"/me/factors/{factor['id']}/remove")) == (409, "last-factor")
    assert told(awa.post(f"/me/factors/{factor['id']}/remove")) == (404, "unknown-factor")


def test_a_factor_that_an_administrator_removes_counts_no_more(house: House, ben: Person) -> None:
    (factor,) = ben.get("/me/factors").json()["factors"]
    house.does(RemoveFactorOfAnother(factor_id=factor["id"]), ben.account)
    assert ben.knocks().json()["outcome"] == "signed-in"
    assert ben.get("/me").json()["permissions"] == ["self"]


# ── recovery codes ─────────────────────────────────────────────────────────


def test_new_recovery_codes_make_those_before_worthless(house: House, ben: Person) -> None:
    old = ben.writes_codes_down().codes
    new = ben.writes_codes_down().codes
    assert (len(new), set(old) & set(new)) == (10, set())
    assert told(ben.goes_on(ben.knocks().json()["pending"], recovery_code=old[0])) == REFUSED
    assert ben.goes_on(ben.knocks().json()["pending"], recovery_code=new[0]).status_code == 200


def test_recovery_codes_take_a_fresh_proof(house: House, ben: Person) -> None:
    later(house, minutes=5, seconds=1)
    assert told(ben.refreshes().post("/me/recovery-codes")) == STEP_UP


def test_whoever_lost_everything_comes_back_with_a_recovery_code_and_enrols_anew(ben: Person) -> None:
    codes = ben.writes_codes_down().codes
    (lost,) = ben.get("/me/factors").json()["factors"]
    ben.key = Authenticator(ben.key.origin)
    assert ben.goes_on(ben.knocks().json()["pending"], recovery_code=codes[0]).status_code == 200
    assert ben.enrols_key().status_code == 200
    assert ben.post(f"/me/factors/{lost['id']}/remove").status_code == 200
    assert ben.is_in().get("/me").json()["amr"] == ["hwk", "mfa", "pwd"]


# ── once more ──────────────────────────────────────────────────────────────


def test_a_step_up_is_a_new_session_and_ends_the_old_one(ben: Person) -> None:
    before, token = ben.get("/me").json(), dict(ben.said)
    after = ben.steps_up().get("/me").json()
    assert after["session_id"] != before["session_id"]
    assert after["proved_at"] > before["proved_at"]
    ben.said = token
    assert ben.get("/me").status_code == 401


def test_a_proof_is_fresh_for_five_minutes_by_the_clock(house: House, ben: Person) -> None:
    later(house, minutes=4, seconds=50)
    assert ben.post("/me/recovery-codes").status_code == 200
    later(house, seconds=11)
    assert told(ben.refreshes().post("/me/recovery-codes")) == STEP_UP
    assert ben.steps_up().post("/me/recovery-codes").status_code == 200


def test_a_password_alone_is_a_proof_only_without_a_second_factor(awa: Person) -> None:
    assert awa.post("/auth/step-up", {"password": PASSWORD}).status_code == 200
    assert told(awa.post("/auth/step-up", {"password": "wrong"})) == REFUSED
    assert told(awa.post("/auth/step-up", {"password": PASSWORD, "code": "123456"})) == REFUSED
    assert told(awa.post("/auth/step-up")) == REFUSED
    assert awa.enrols_app().status_code == 200
    assert told(awa.post("/auth/step-up", {"password": PASSWORD})) == REFUSED
    assert told(awa.post("/auth/step-up", {"code": awa.shown()})) == REFUSED


def test_password_and_code_are_a_proof_and_the_code_works_once(house: House, awa: Person) -> None:
    awa.enrols_app()
    assert told(awa.post("/auth/step-up", {"password": PASSWORD, "code": awa.shown()})) == REFUSED
    later(house, seconds=30)
    assert awa.post("/auth/step-up", {"password": PASSWORD, "code": awa.shown()}).status_code == 200
    assert awa.get("/me").json()["amr"] == ["mfa", "otp", "pwd"]


def test_a_wrong_password_does_not_use_the_code_up(house: House, awa: Person) -> None:
    awa.enrols_app()
    later(house, seconds=30)
    assert told(awa.post("/auth/step-up", {"password": "wrong", "code": awa.shown()})) == REFUSED
    assert awa.post("/auth/step-up", {"password": PASSWORD, "code": awa.shown()}).status_code == 200


def test_a_passkey_alone_is_a_proof_when_it_asked_its_holder(ben: Person) -> None:
    options = ben.post("/auth/step-up/options").json()["passkey"]
    assert ben.post("/auth/step-up", {"passkey": ben.key.get(options)}).status_code == 200
    assert ben.get("/me").json()["amr"] == ["hwk", "mfa"]
    ben.key.verifies = False
    options = ben.post("/auth/step-up/options").json()["passkey"]
    assert told(ben.post("/auth/step-up", {"passkey": ben.key.get(options)})) == REFUSED


def test_a_proof_made_to_sign_in_is_none_to_step_up(ben: Person) -> None:
    kept = dict(ben.said)
    half = ben.knocks().json()
    ben.said = kept
    assert told(ben.post("/auth/step-up", {"passkey": ben.key.get(half["passkey"])})) == REFUSED


def test_five_wrong_proofs_are_looked_at_in_five_minutes(awa: Person) -> None:
    statuses = [awa.post("/auth/step-up", {"password": f"wrong {n}"}).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]


def test_without_a_session_there_is_nothing_to_step_up(house: House) -> None:
    assert house.post(None, "/auth/step-up", {"password": PASSWORD}).status_code == 401
    assert house.post(None, "/me/factors/totp").status_code == 401
