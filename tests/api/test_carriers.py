"""How a proof is carried: one way a request, and with cookies only from a page of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import Request, Response

from aggregates.account import Account
from api import carriers
from api.app import create_app
from api.carriers import Carrier, SignedIn
from tests.api.house import House, id_of, request_of, served
from tests.doors import AMR

REFRESH = "/api/v1/auth/refresh"
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Front:
    """A house with a way in that asks for nothing, at which a test signs in."""

    house: House
    url: str

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return httpx.request(method, f"{self.url}{path}", timeout=30, **more)

    def sign_in(self, name: str, carrier: Carrier = "cookie", **headers: str) -> httpx.Response:
        return self.call("POST", f"/sign-in-as/{name}/{carrier}", headers=headers)

    def browser(self, name: str = "awa") -> Browser:
        return Browser(self, self.sign_in(name))


class Browser:
    """Cookies and a CSRF token, as a page of ours has them."""

    def __init__(self, front: Front, signed_in: httpx.Response) -> None:
        self.front, self.csrf = front, signed_in.json()["csrf_token"]
        self.cookies = {name: morsel.value for name, morsel in cookies_of(signed_in).items()}

    def call(self, method: str, path: str, without: tuple[str, ...] = (), **headers: str) -> httpx.Response:
        sent = {"Cookie": self.cookie("__Host-at"), "X-CSRF-Token": self.csrf, **OURS, **headers}
        sent = {name: value for name, value in sent.items() if name not in without}
        return self.front.call(method, f"/api/v1{path}", headers=sent)

    def cookie(self, name: str) -> str:
        return f"{name}={self.cookies[name]}"

    def refresh(self, **headers: str) -> httpx.Response:
        return self.front.call(
            "POST", REFRESH, headers={"Cookie": self.cookie("__Host-rt"), **OURS, **headers}
        )


def cookies_of(answer: httpx.Response) -> SimpleCookie:
    read = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        read.load(line)
    return read


@pytest.fixture
def front(house: House) -> Iterator[Front]:
    app = create_app(house.platform)

    @app.post("/sign-in-as/{name}/{carrier}")
    def sign_in(name: str, carrier: Carrier, request: Request, response: Response) -> SignedIn:
        account = house.platform.store.load(Account, id_of(name))
        opened = house.platform.access.sessions.open(account, AMR, carriers.device_of(request))
        return carriers.hand_over(request, response, opened, account, carrier)

    with served(house.platform, app) as url:
        yield Front(house, url)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


# ── what is handed out ─────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "same_site"), [("awa", "lax"), ("ana", "strict"), ("admin", "strict")])
def test_cookies_are_for_this_host_alone_and_for_no_script(front: Front, name: str, same_site: str) -> None:
    answer = front.sign_in(name)
    at, rt = cookies_of(answer)["__Host-at"], cookies_of(answer)["__Host-rt"]
    assert all(cookie["secure"] and cookie["httponly"] and not cookie["domain"] for cookie in (at, rt))
    assert (at["path"], at["samesite"].lower()) == ("/", same_site)
    assert (rt["path"], rt["samesite"].lower()) == ("/", "strict")
    body = answer.json()
    assert (body["outcome"], body["access_token"], body["refresh_token"]) == ("signed-in", None, None)
    assert at.value not in answer.text


def test_a_program_gets_its_tokens_and_no_cookie(front: Front) -> None:
    answer = front.sign_in("ana", "bearer")
    body = answer.json()
    assert "set-cookie" not in answer.headers
    assert (body["csrf_token"], body["expires_in"]) == (None, 300)
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert front.call("GET", "/api/v1/me", headers=bearer).json()["roles"] == ["advisor"]


def test_a_cookie_that_was_there_before_the_sign_in_is_worth_nothing(front: Front) -> None:
    planted = front.browser("jean")
    answer = front.sign_in("awa", Cookie=planted.cookie("__Host-at"))
    browser = Browser(front, answer)
    assert browser.cookies["__Host-at"] != planted.cookies["__Host-at"]
    assert browser.call("GET", "/me").json()["account_id"] == str(id_of("awa"))
    assert browser.call("GET", "/me").json()["session_id"] != planted.call("GET", "/me").json()["session_id"]


def test_every_sign_in_has_an_id_of_its_own(front: Front) -> None:
    seen = {front.browser().call("GET", "/me").json()["session_id"] for _ in range(3)}
    assert len(seen) == 3


# ── one way a request ──────────────────────────────────────────────────────


def test_two_ways_to_prove_it_are_one_too_many(front: Front) -> None:
    browser, bearer = front.browser(), f"Bearer {front.house.token('awa')}"
    for cookie, authorization in (
        (browser.cookie("__Host-at"), [bearer]),
        (browser.cookie("__Host-at"), ["Bearer x"]),
        (f"{browser.cookie('__Host-at')}; {front.browser('jean').cookie('__Host-at')}", []),
        ("", [bearer, bearer]),
    ):
        headers = [("Cookie", cookie), *(("Authorization", each) for each in authorization)]
        answer = front.call("GET", "/api/v1/me", headers=headers)
        assert refused(answer) == (400, "ambiguous-credentials"), headers


def test_a_refresh_token_comes_in_a_cookie_or_in_the_body(front: Front) -> None:
    browser, program = front.browser(), front.sign_in("awa", "bearer").json()
    headers = {"Cookie": browser.cookie("__Host-rt"), **OURS}
    both = front.call("POST", REFRESH, headers=headers, json={"refresh_token": program["refresh_token"]})
    assert refused(both) == (400, "ambiguous-credentials")
    assert refused(front.call("POST", REFRESH, json={})) == (401, "unauthenticated")


def test_a_cookie_without_the_prefix_of_its_host_is_not_ours(front: Front) -> None:
    token = front.browser().cookies["__Host-at"]
    for name in ("at", "__Secure-at", "__host-at", "__Host-At", "x__Host-at"):
        assert refused(front.call("GET", "/api/v1/me", headers={"Cookie": f"{name}={token}"})) == (
            401,
            "unauthenticated",
        )


# ── only from a page of ours ───────────────────────────────────────────────


def test_a_page_of_ours_changes_things_and_reads_without_ceremony(front: Front) -> None:
    browser = front.browser()
    assert browser.call("POST", "/me/sessions/revoke-others").status_code == 200
    assert browser.call("GET", "/me", without=("X-CSRF-Token", "Sec-Fetch-Site")).status_code == 200


@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "none", "", "same-origin, cross-site", "SAME-ORIGIN"]
)
def test_another_site_changes_nothing(front: Front, site: str) -> None:
    answer = front.browser().call("POST", "/me/sessions/revoke-others", **{"Sec-Fetch-Site": site})
    assert refused(answer) == (403, "cross-site")


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://127.0.0.1", "https://127.0.0.1:8000", "http://127.0.0.1:8000.evil.example",
     "http://127.0.0.1:8001", "http://sub.127.0.0.1:8000"],
)  # fmt: skip
def test_without_fetch_metadata_the_origin_is_exactly_ours(front: Front, origin: str) -> None:
    browser = front.browser()
    ours = front.house.platform.settings.public_url
    old = ("Sec-Fetch-Site",)
    assert browser.call("POST", "/me/sessions/revoke-others", old, Origin=ours).status_code == 200
    assert refused(browser.call("POST", "/me/sessions/revoke-others", old, Origin=origin)) == (
        403,
        "cross-site",
    )
    assert refused(browser.call("POST", "/me/sessions/revoke-others", old)) == (403, "cross-site")


def test_a_good_origin_does_not_make_up_for_a_bad_site(front: Front) -> None:
    headers = {"Origin": front.house.platform.settings.public_url, "Sec-Fetch-Site": "cross-site"}
    answer = front.browser().call("POST", "/me/sessions/revoke-others", **headers)
    assert refused(answer) == (403, "cross-site")


def test_the_csrf_token_is_this_sessions_own(front: Front) -> None:
    browser, other = front.browser(), front.browser("jean")
    again = Browser(front, front.sign_in("awa"))
    path = "/me/sessions/revoke-others"
    assert refused(browser.call("POST", path, without=("X-CSRF-Token",))) == (403, "cross-site")
    for token in (other.csrf, again.csrf, "x", browser.csrf[:-4] + "AAAA", browser.csrf + "A"):
        assert refused(browser.call("POST", path, **{"X-CSRF-Token": token})) == (403, "cross-site")
    assert browser.call(
        "POST", path, **{"X-CSRF-Token": browser.call("GET", "/me/csrf").json()["csrf_token"]}
    )


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/x-www-form-urlencoded", "amount=1"),
        ("text/plain", '{"loan_id": "x"}'),
        ("text/plain", '{"a": "=b"}'),
        ("multipart/form-data; boundary=x", "--x--"),
        ("application/json", "{}"),
    ],
)
def test_a_form_of_another_site_is_refused_whatever_it_calls_itself(
    front: Front, media_type: str, body: str
) -> None:
    browser = front.browser()
    for site in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        headers = {"Cookie": browser.cookie("__Host-at"), "Content-Type": media_type, **site}
        answer = front.call("POST", "/api/v1/loans", headers=headers, content=body)
        assert answer.status_code in (403, 415)
        assert answer.json()["type"] in ("cross-site", "wrong-media-type")


def test_a_page_of_ours_sends_json_and_nothing_else(front: Front) -> None:
    browser = front.browser()
    headers = {"Cookie": browser.cookie("__Host-at"), "X-CSRF-Token": browser.csrf, **OURS}
    loan = request_of("awa", UUID(bytes=id_of("a loan").bytes))
    path = "/api/v1/loans"
    form = front.call("POST", path, headers=headers, data={"loan_id": "x"})
    assert refused(form) == (415, "wrong-media-type")
    assert front.call("POST", path, headers=headers, json=loan).status_code == 201


def test_bearer_tokens_know_no_other_sites(front: Front) -> None:
    headers = {"Authorization": f"Bearer {front.house.token('awa')}", "Sec-Fetch-Site": "cross-site"}
    assert front.call("POST", "/api/v1/me/sessions/revoke-others", headers=headers).status_code == 200


def test_renewing_asks_for_a_page_of_ours_but_for_no_token(front: Front) -> None:
    browser = front.browser()
    assert refused(browser.refresh(**{"Sec-Fetch-Site": "cross-site"})) == (403, "cross-site")
    renewed = Browser(front, browser.refresh())
    assert renewed.call("POST", "/me/sessions/revoke-others").status_code == 200
    assert renewed.cookies != browser.cookies
    assert renewed.call("GET", "/me").json()["session_id"] == browser.call("GET", "/me").json()["session_id"]


def test_signing_out_takes_the_cookies_back(front: Front) -> None:
    browser = front.browser()
    answer = browser.call("POST", "/auth/sign-out")
    assert answer.json() == {"ended": 1}
    gone = cookies_of(answer)
    assert {name: cookie["max-age"] for name, cookie in gone.items()} == {
        "__Host-at": "0",
        "__Host-rt": "0",
    }
    assert refused(browser.call("GET", "/me")) == (401, "unauthenticated")
    assert refused(browser.refresh()) == (401, "session-over")
