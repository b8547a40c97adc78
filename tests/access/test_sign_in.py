"""Signing in over HTTP: who gets in, what everybody else is told, and what a half-open door is worth."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher

from access.limits import TooManyRequests
from aggregates.permissions import SELF
from commands.account import ChoosePassword, CloseAccount
from demo.authenticator import Authenticator
from tests.access.people import PASSWORD, Person, later, somebody
from tests.api.house import House
from tests.soon import soon


@pytest.fixture
def awa(house: House) -> Person:
    """A client without a second factor."""
    return somebody(house, "awa", "client")


@pytest.fixture
def ana(house: House) -> Person:
    """Of the staff, with an authenticator app; a minute ago, so that the next code is a new one."""
    ana = somebody(house, "ana", "advisor").is_in()
    assert ana.enrols_app().status_code == 200
    later(house, minutes=1)
    return ana


def refused(answer: httpx.Response, code: str = "sign-in-refused") -> bool:
    return (answer.status_code, answer.json()["type"]) == (401, code)


# ── with a password ────────────────────────────────────────────────────────


def test_a_client_signs_in_with_address_and_password(awa: Person) -> None:
    answer = awa.knocks()
    assert (answer.status_code, answer.json()["outcome"]) == (200, "signed-in")
    me = awa.get("/me").json()
    assert (me["account_id"], me["amr"]) == (str(awa.account), ["pwd"])
    assert "loan.read" in me["permissions"]


def test_the_address_is_read_in_any_case(awa: Person) -> None:
    awa.email = "AWA@Prets.Example"
    assert awa.knocks().status_code == 200


def test_whatever_is_wrong_the_answer_is_the_same(house: House, awa: Person) -> None:
    closed, empty = somebody(house, "closed", "client"), somebody(house, "empty", "client", password=None)
    house.does(CloseAccount(reason="left"), closed.account)
    nobody = Person(house, uuid4(), "nobody@prets.example")
    answers = [awa.knocks("not her password"), closed.knocks(), empty.knocks(), nobody.knocks()]
    assert all(refused(answer) for answer in answers)
    said = [{**answer.json(), "request_id": None} for answer in answers]
    assert said == said[:1] * 4


def test_a_page_gets_cookies_and_another_sites_page_gets_nothing(house: House, awa: Person) -> None:
    body = {"email": awa.email, "password": PASSWORD}
    ours = house.post(None, "/auth/sign-in", body, **{"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 200
    assert "access_token" not in {name for name, value in ours.json().items() if value}
    assert {cookie.partition("=")[0] for cookie in ours.headers.get_list("set-cookie")} == {
        "__Host-at", "__Host-rt",
    }  # fmt: skip
    theirs = house.post(None, "/auth/sign-in", body, **{"Sec-Fetch-Site": "cross-site"})
    assert (theirs.status_code, theirs.json()["type"]) == (403, "cross-site")


def test_every_sign_in_is_a_new_session(awa: Person) -> None:
    ids = {awa.is_in().get("/me").json()["session_id"] for _ in range(3)}
    assert len(ids) == 3


def test_ten_wrong_passwords_are_looked_at_in_five_minutes(house: House, awa: Person) -> None:
    told = [awa.knocks(f"wrong {n}").status_code for n in range(12)]
    assert told == [401] * 10 + [429] * 2
    assert awa.knocks().status_code == 429, "the right one is not looked at either"
    for _ in range(1_000 - 10):
        house.platform.access.limits.hit("sign-in.all")
    with pytest.raises(TooManyRequests):  # what one sender was refused did not fill the door of everybody
        house.platform.access.limits.hit("sign-in.all")


def test_right_ones_are_not_counted(house: House, awa: Person) -> None:
    assert {awa.knocks().status_code for _ in range(12)} == {200}
    for _ in range(1_000):  # nor at the door of everybody, which one account could close otherwise
        house.platform.access.limits.hit("sign-in.all")


def test_a_hash_of_yesterday_is_made_anew_when_its_password_is_known(house: House, awa: Person) -> None:
    access, secret = house.platform.access, uuid4()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    access.secrets.keep(secret, awa.account, "password", weak.encode())
    house.does(ChoosePassword(secret_id=secret), awa.account, awa.account)
    assert awa.knocks("wrong").status_code == 401
    assert access.secrets.open(secret, awa.account).value == weak.encode()  # type: ignore[union-attr]
    assert awa.knocks().status_code == 200
    kept = access.secrets.open(secret, awa.account)
    assert kept is not None
    assert not access.passwords.needs_rehash(kept.value.decode())
    assert awa.knocks().status_code == 200


# ── with a second factor ───────────────────────────────────────────────────


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(ana: Person) -> None:
    half = ana.knocks().json()
    assert (half["outcome"], half["kinds"]) == ("factor-needed", ["totp"])
    assert not ana.said
    assert ana.goes_on(half["pending"], code=ana.shown()).status_code == 200
    assert ana.get("/me").json()["amr"] == ["mfa", "otp", "pwd"]


def test_a_code_lets_in_once_whoever_read_it_over_the_shoulder(ana: Person) -> None:
    code, first, second = ana.shown(), ana.knocks().json()["pending"], ana.knocks().json()["pending"]
    assert ana.goes_on(first, code=code).status_code == 200
    ana.said = {}
    assert refused(ana.goes_on(second, code=code), "factor-refused")
    assert refused(ana.goes_on(first, code=code), "factor-refused"), "the token alone is worth nothing"


def test_of_two_requests_with_one_code_at_the_same_moment_one_gets_in(ana: Person) -> None:
    pending, code = ana.knocks().json()["pending"], ana.shown()
    with ThreadPoolExecutor(4) as hands:
        body = {"pending": pending, "code": code, "carrier": "bearer"}
        answers = list(
            hands.map(lambda _: ana.house.post(None, "/auth/sign-in/factor", body).status_code, range(4))
        )
    assert sorted(answers) == [200, 401, 401, 401]


def test_five_wrong_codes_are_looked_at_in_five_minutes(ana: Person) -> None:
    pending = ana.knocks().json()["pending"]
    wrong = "000000" if ana.shown() != "000000" else "111111"
    told = [ana.goes_on(pending, code=wrong).status_code for _ in range(6)]
    assert told == [401] * 5 + [429]
    assert ana.goes_on(pending, code=ana.shown()).status_code == 429


def tampered(pending: str, at: int) -> str:
    """One byte changed."""
    read = bytearray(urlsafe_b64decode(pending + "=" * (-len(pending) % 4)))
    read[at] ^= 1
    return urlsafe_b64encode(read).rstrip(b"=").decode()


@pytest.mark.parametrize("at", [0, 5, 20, 38, 41, -1])
def test_a_pending_token_that_was_changed_is_worth_nothing(ana: Person, at: int) -> None:
    pending = ana.knocks().json()["pending"]
    assert refused(ana.goes_on(tampered(pending, at), code=ana.shown()))


def test_a_pending_token_lasts_five_minutes(house: House, ana: Person) -> None:
    pending = ana.knocks().json()["pending"]
    later(house, minutes=5)
    assert refused(ana.goes_on(pending, code=ana.shown()))


def test_a_pending_token_is_void_once_the_password_is_another(house: House, ana: Person) -> None:
    pending, secret = ana.knocks().json()["pending"], uuid4()
    house.platform.access.secrets.keep(secret, ana.account, "password", b"$argon2id$")
    house.does(ChoosePassword(secret_id=secret), ana.account, ana.account)
    assert refused(ana.goes_on(pending, code=ana.shown()))


def test_a_pending_token_is_void_once_the_account_is_closed(house: House, ana: Person) -> None:
    pending = ana.knocks().json()["pending"]
    house.does(CloseAccount(reason="left"), ana.account)
    assert refused(ana.goes_on(pending, code=ana.shown()))


def test_a_pending_token_is_no_access_token_and_proves_its_own_account_only(
    house: House, ana: Person
) -> None:
    ben = somebody(house, "ben", "advisor").is_in()
    assert ben.enrols_app().status_code == 200
    later(house, minutes=1)
    pending = ana.knocks().json()["pending"]
    assert house.get(None, "/me", Authorization=f"Bearer {pending}").status_code == 401
    assert refused(ana.goes_on(pending, code=ben.shown()), "factor-refused")


def test_a_recovery_code_lets_in_once(ana: Person) -> None:
    ana.is_in().writes_codes_down()
    first, second = ana.codes[:2]
    assert ana.knocks().json()["kinds"] == ["totp", "recovery-code"]
    assert ana.goes_on(ana.knocks().json()["pending"], recovery_code=first).status_code == 200
    assert ana.get("/me").json()["amr"] == ["mfa", "pwd", "rcv"]
    assert ana.get("/me/factors").json()["recovery_codes_left"] == 9
    assert refused(ana.goes_on(ana.knocks().json()["pending"], recovery_code=first), "factor-refused")
    assert ana.goes_on(ana.knocks().json()["pending"], recovery_code=second.lower()).status_code == 200


# ── with a passkey ─────────────────────────────────────────────────────────


@pytest.fixture
def ben(house: House) -> Person:
    """Of the staff, with a security key."""
    ben = somebody(house, "ben", "advisor").is_in()
    assert ben.enrols_key().status_code == 200
    return ben


def test_a_passkey_is_a_second_factor(ben: Person) -> None:
    half = ben.knocks().json()
    assert half["kinds"] == ["webauthn"]
    assert ben.goes_on(half["pending"], passkey=ben.key.get(half["passkey"])).status_code == 200
    assert ben.get("/me").json()["amr"] == ["hwk", "mfa", "pwd"]


def test_a_proof_by_passkey_is_not_replayed(ben: Person) -> None:
    half = ben.knocks().json()
    proof = ben.key.get(half["passkey"])
    assert ben.goes_on(half["pending"], passkey=proof).status_code == 200
    ben.said = {}
    assert refused(ben.goes_on(half["pending"], passkey=proof), "factor-refused")


def test_a_new_challenge_is_to_be_had(ben: Person) -> None:
    pending = ben.knocks().json()["pending"]
    again = ben.post("/auth/sign-in/factor/options", {"pending": pending}).json()
    assert ben.goes_on(pending, passkey=ben.key.get(again["passkey"])).status_code == 200
    assert refused(ben.post("/auth/sign-in/factor/options", {"pending": tampered(pending, 3)}))


def test_of_staff_a_passkey_asks_for_a_finger_or_a_pin(ben: Person) -> None:
    half = ben.knocks().json()
    assert half["passkey"]["userVerification"] == "required"
    ben.key.verifies = False
    assert refused(ben.goes_on(half["pending"], passkey=ben.key.get(half["passkey"])), "factor-refused")


def alone(person: Person, key: Authenticator | None = None) -> httpx.Response:
    options = person.post("/auth/passkey/options").json()["passkey"]
    return person.post("/auth/passkey", {"passkey": (key or person.key).get(options), "carrier": "bearer"})


def test_a_passkey_alone_lets_in(ben: Person) -> None:
    ben.said = {}
    assert alone(ben).status_code == 200
    assert ben.get("/me").json()["amr"] == ["hwk", "mfa"]


def test_a_passkey_lets_in_while_passwords_are_guessed_everywhere(house: House, ben: Person) -> None:
    for _ in range(1_000):
        house.platform.access.limits.hit("sign-in.all")
    ben.said = {}
    assert ben.knocks().status_code == 429
    assert alone(ben).status_code == 200


def test_a_passkey_that_asks_nothing_of_its_holder_does_not_let_in_alone(ben: Person) -> None:
    ben.said, ben.key.verifies = {}, False
    assert refused(alone(ben))


def test_a_passkey_that_was_removed_or_belongs_to_nobody_gets_the_same_words(
    house: House, ben: Person
) -> None:
    ana = somebody(house, "ana", "client").is_in()
    first = ana.enrols_key().json()["factor_id"]
    assert ana.post(f"/me/factors/{first}/remove").status_code == 200
    ana.said = {}
    stranger = Authenticator(ben.key.origin, passkeys=list(ana.key.passkeys))
    stranger.passkeys[0].user = uuid4().bytes
    answers = [alone(ana), alone(ben, stranger)]
    assert all(refused(answer) for answer in answers)
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


# ── what is noted of it ────────────────────────────────────────────────────


def test_who_came_in_and_who_did_not_stands_in_the_access_log(house: House, ana: Person) -> None:
    ana.knocks("wrong")
    nobody = Person(house, uuid4(), "nobody@prets.example")
    nobody.knocks()
    pending = ana.knocks().json()["pending"]
    ana.goes_on(pending, recovery_code="-".join(["AAAA"] * 6))
    later(house, minutes=1)
    ana.goes_on(pending, code=ana.shown())
    ana.post("/auth/step-up", {"password": "wrong"})
    door, her = str(ana.account), f"account:{ana.account}"
    expected = [
        ("SignIn", "nobody", door, "sign-in-refused"),
        ("SignIn", "nobody", None, "sign-in-refused"),
        ("SignIn", "nobody", door, None),
        ("SignInWithFactor", "nobody", door, "factor-refused"),
        ("SignInWithFactor", her, door, None),
        ("StepUp", her, door, "factor-refused"),
    ]
    assert soon(lambda: noted(house)[-6:] == expected), noted(house)


def noted(house: House) -> list[tuple[str, str, str | None, str | None]]:
    """What the access log says of doors, the oldest first."""
    entries = house.get("iris", "/access-log?limit=200").json()["items"]
    return [
        (one["action"], one["who"], one["resource"], one["reason"])
        for one in reversed(entries)
        if one["action"] in ("SignIn", "SignInWithFactor", "StepUp")
    ]


# ── what a session may do ──────────────────────────────────────────────────


def test_staff_without_a_second_factor_may_only_enrol_one(house: House) -> None:
    eve = somebody(house, "eve", "advisor").is_in()
    me = eve.get("/me").json()
    assert (me["permissions"], me["must_enrol"]) == ([SELF], True)
    assert (eve.get("/loans").status_code, eve.get("/customers").status_code) == (403, 403)
    assert eve.enrols_app().status_code == 200
    assert eve.get("/loans").status_code == 200, "at once, with the session that comes with it"
    assert eve.get("/me").json()["must_enrol"] is False


def test_an_administrator_needs_a_passkey_and_then_answers_with_it(house: House) -> None:
    root = somebody(house, "root", "admin").is_in()
    assert root.enrols_app().status_code == 200
    assert root.get("/me").json()["permissions"] == [SELF], "a code is not enough"
    assert root.enrols_key().status_code == 200
    assert "account.manage" in root.get("/me").json()["permissions"]
    later(house, minutes=1)
    half = root.knocks().json()
    assert half["kinds"] == ["webauthn"]
    assert refused(root.goes_on(half["pending"], code=root.shown()), "factor-refused")
    assert root.goes_on(half["pending"], passkey=root.key.get(half["passkey"])).status_code == 200


MARKER = "zibeline"


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x", "password": MARKER},
        {"email": "awa@prets.example"},
        {"email": "awa@prets.example", "password": ""},
        {"email": "awa@prets.example", "password": MARKER * 100},
        {"email": "awa@prets.example", "password": MARKER, "roles": ["admin"]},
        {"email": "awa@prets.example", "password": MARKER, "carrier": "pigeon"},
    ],
)
def test_a_body_of_another_form_is_refused_and_not_repeated(house: House, body: dict[str, Any]) -> None:
    answer = house.post(None, "/auth/sign-in", body)
    assert (answer.status_code, MARKER in answer.text) == (422, False)
