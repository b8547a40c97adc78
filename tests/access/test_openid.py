"""Signing in through an OpenID provider: a real one on loopback, that can be told to lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

from api.app import openapi_document
from commands.account import CloseAccount
from runtime.settings import Settings
from tests.access.openid_provider import CLIENT, SECRET, OpenIdProvider, running
from tests.access.people import Person, later, somebody
from tests.api.house import House, opened
from tests.conftest import Database

COOKIE = "__Host-openid"
START = "/auth/openid/start"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with running() as provider:
        yield provider


@pytest.fixture
def house(inhabited: Database, tmp_path: Path, provider: OpenIdProvider) -> Iterator[House]:
    chosen = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with opened(inhabited.app_url, inhabited.owner_url, tmp_path, **chosen) as house:
        provider.now = house.platform.clock.now
        yield house


@pytest.fixture
def awa(house: House) -> Person:
    """A client who is known at the provider's."""
    awa = somebody(house, "awa", "client").is_in()
    assert comes_back(house, *links(awa)).status_code == 302
    return awa


# ── a browser, one step at a time ──────────────────────────────────────────


def begins(house: House, return_to: str = "/loans") -> tuple[str, str]:
    """Where the browser is sent, and the cookie it is given."""
    answer = house.get(None, f"{START}?{urlencode({'return_to': return_to})}")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"], cookie_of(answer)


def links(person: Person, return_to: str = "/me") -> tuple[str, str]:
    answer = person.post("/me/openid/link", {"return_to": return_to})
    assert answer.status_code == 200, answer.text
    return answer.json()["url"], cookie_of(answer)


def cookie_of(answer: httpx.Response) -> str:
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    return cookie.partition(";")[0]


def agreed(url: str) -> dict[str, str]:
    """What the provider appends to the way back."""
    back = urlsplit(httpx.get(url).headers["location"])
    assert back.path == "/api/v1/auth/openid/callback"
    return dict(parse_qsl(back.query))


def arrives(house: House, back: dict[str, str], cookie: str | None, **headers: str) -> httpx.Response:
    cookies = {"Cookie": cookie} if cookie else {}
    return house.get(None, f"/auth/openid/callback?{urlencode(back)}", **cookies, **headers)


def comes_back(house: House, url: str, cookie: str) -> httpx.Response:
    return arrives(house, agreed(url), cookie)


def signs_in(house: House) -> httpx.Response:
    return comes_back(house, *begins(house))


def me(house: House, answer: httpx.Response) -> dict[str, Any]:
    """Who is in with the cookie that was given."""
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-at")]
    return house.get(None, "/me", Cookie=cookie.partition(";")[0]).json()  # type: ignore[no-any-return]


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"] if answer.content else answer.headers["location"]


REFUSED = (401, "open-id-refused")


# ── who gets in ────────────────────────────────────────────────────────────


def test_whoever_is_linked_signs_in_and_goes_where_they_wanted(house: House, awa: Person) -> None:
    answer = signs_in(house)
    assert (answer.status_code, answer.headers["location"]) == (302, "/loans")
    assert {"account_id": str(awa.account), "amr": ["oidc"]}.items() <= me(house, answer).items()


def test_the_algorithms_of_the_list_are_taken(house: House, awa: Person, provider: OpenIdProvider) -> None:
    for provider.algorithm in ("RS256", "ES256", "EdDSA"):
        assert signs_in(house).status_code == 302, provider.algorithm


def test_new_keys_of_the_provider_are_looked_up_once_the_old_ones_were_kept_a_while(
    house: House, awa: Person, provider: OpenIdProvider
) -> None:
    signs_in(house)
    assert provider.asked.count("/jwks") == 1, "its keys are remembered"
    openid = house.platform.access.openid
    assert openid is not None
    provider.rolls()
    assert told(signs_in(house)) == REFUSED, "not asked again at every unknown key"
    openid.forget_keys()
    assert signs_in(house).status_code == 302


def test_our_own_second_factor_is_asked_unless_the_provider_has_asked_for_one(
    house: House, awa: Person, provider: OpenIdProvider
) -> None:
    awa.enrols_app()
    later(house, minutes=1)
    page = urlsplit(signs_in(house).headers["location"])
    asked = parse_qs(page.fragment)
    assert (page.path, page.query, asked["return_to"]) == ("/sign-in", "", ["/loans"])
    awa.said = {}
    assert awa.goes_on(asked["pending"][0], code=awa.shown()).status_code == 200
    assert awa.get("/me").json()["amr"] == ["mfa", "oidc", "otp"]
    for says in ({"amr": ["pwd", "otp"]}, {"amr": ["mfa"]}, {"acr": "https://refeds.org/profile/mfa"}):
        provider.says = says
        assert me(house, signs_in(house))["amr"] == ["mfa", "oidc"]
    for says in ({"amr": ["pwd"]}, {"amr": ["hwk"]}, {"acr": "1"}):
        provider.says = says
        assert signs_in(house).headers["location"].startswith("/sign-in#")


def test_of_staff_our_own_factor_is_asked_whatever_the_provider_says(
    house: House, provider: OpenIdProvider
) -> None:
    ben = somebody(house, "ben", "advisor").is_in()
    ben.enrols_key()
    assert comes_back(house, *links(ben)).status_code == 302
    provider.says = {"amr": ["mfa"]}
    assert signs_in(house).headers["location"].startswith("/sign-in#")


def test_staff_without_a_factor_may_only_enrol_one(house: House, provider: OpenIdProvider) -> None:
    eve = somebody(house, "eve", "advisor").is_in()
    assert comes_back(house, *links(eve)).status_code == 302
    provider.says = {"amr": ["mfa"]}
    assert me(house, signs_in(house))["permissions"] == ["self"]


def test_a_closed_account_is_not_signed_in(house: House, awa: Person) -> None:
    house.does(CloseAccount(reason="left"), awa.account)
    assert told(signs_in(house)) == (403, "identity-not-linked")


# ── linking ────────────────────────────────────────────────────────────────


def test_an_unknown_identity_is_not_linked_by_its_address(house: House, provider: OpenIdProvider) -> None:
    awa = somebody(house, "awa", "client")
    provider.says = {"email": awa.email, "email_verified": True}
    answer = signs_in(house)
    assert told(answer) == (403, "identity-not-linked")
    assert "liez cette identité" in answer.json()["what_to_do"]
    assert awa.state().linked == []


def test_linking_takes_a_fresh_proof_and_a_session_that_goes_on(house: House) -> None:
    awa = somebody(house, "awa", "client").is_in()
    url, cookie = links(awa)
    assert awa.post("/auth/sign-out").status_code == 200
    assert told(comes_back(house, url, cookie)) == (401, "session-over")
    assert awa.state().linked == []
    awa.is_in()
    later(house, minutes=5, seconds=1)
    answer = awa.refreshes().post("/me/openid/link", {"return_to": "/me"})
    assert told(answer) == (401, "step-up-required")


def test_an_identity_is_linked_with_one_account(house: House, awa: Person) -> None:
    jean = somebody(house, "jean", "client").is_in()
    assert told(comes_back(house, *links(jean))) == (409, "claimed")
    assert me(house, signs_in(house))["account_id"] == str(awa.account)


# ── what comes back wrong ──────────────────────────────────────────────────


def test_a_state_that_nobody_was_given_is_refused(house: House, awa: Person) -> None:
    url, cookie = begins(house)
    for state in ("", "x", "00000000-0000-4000-8000-000000000000"):
        assert told(arrives(house, agreed(url) | {"state": state}, cookie)) == REFUSED, state


def test_the_way_back_of_another_browser_is_refused(house: House, awa: Person) -> None:
    mine, theirs = begins(house), begins(house)
    assert told(comes_back(house, mine[0], theirs[1])) == REFUSED
    assert told(arrives(house, agreed(begins(house)[0]), None)) == REFUSED


def test_the_way_back_works_once(house: House, awa: Person) -> None:
    url, cookie = begins(house)
    back = agreed(url)
    assert arrives(house, back, cookie).status_code == 302
    assert told(arrives(house, back, cookie)) == REFUSED


def test_a_code_that_was_used_in_another_way_back_is_refused(house: House, awa: Person) -> None:
    first, second = begins(house), begins(house)
    used = agreed(first[0])
    assert arrives(house, used, first[1]).status_code == 302
    assert told(arrives(house, agreed(second[0]) | {"code": used["code"]}, second[1])) == REFUSED


def test_a_code_of_another_browser_is_refused(house: House, awa: Person) -> None:
    stolen, mine = agreed(begins(house)[0]), begins(house)
    assert told(arrives(house, agreed(mine[0]) | {"code": stolen["code"]}, mine[1])) == REFUSED, "PKCE"


def test_the_way_back_is_over_after_ten_minutes(house: House, awa: Person) -> None:
    url, cookie = begins(house)
    back = agreed(url)
    later(house, minutes=10)
    assert told(arrives(house, back, cookie)) == REFUSED


def test_somebody_who_said_no_is_not_in(house: House, awa: Person) -> None:
    url, cookie = begins(house)
    assert told(arrives(house, agreed(url) | {"error": "access_denied"}, cookie)) == REFUSED


def test_the_answer_of_another_provider_is_not_taken_for_ours(
    house: House, awa: Person, provider: OpenIdProvider
) -> None:
    for iss in ("https://other.example", "", None):
        provider.answers = {"iss": iss}
        assert told(signs_in(house)) == REFUSED, iss


LIES: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "somebody-else"},
    {"aud": [CLIENT, "somebody-else"], "azp": CLIENT},
    {"aud": None},
    {"azp": "somebody-else"},
    {"iss": "https://other.example"},
    {"iss": None},
    {"sub": None},
    {"sub": 7},
    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    {"exp": None},
    {"exp": 1_000_000_000},
    {"iat": 4_000_000_000},
    {"auth_time": None},
    {"auth_time": 1_000_000_000},
]


def test_a_token_that_says_something_else_is_refused(
    house: House, awa: Person, provider: OpenIdProvider
) -> None:
    for provider.says in LIES:
        assert told(signs_in(house)) == REFUSED, provider.says
    provider.says = {}
    assert signs_in(house).status_code == 302, "the same without a lie"


def test_a_token_that_the_provider_has_not_signed_is_refused(
    house: House, awa: Person, provider: OpenIdProvider
) -> None:
    for liar in (
        provider.unsigned,
        provider.signed_with_its_public_key,
        provider.signed_by_somebody_else,
        provider.signed_with_a_key_that_it_brings,
    ):
        provider.signs_with = liar
        assert told(signs_in(house)) == REFUSED, liar
    provider.signs_with = provider.signed
    assert signs_in(house).status_code == 302


WRONG_DOORS: list[dict[str, Any]] = [
    {"issuer": "https://other.example"},
    {"token_endpoint": "http://other.example/token"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"jwks_uri": "file:///etc/passwd"},
    {"jwks_uri": None},
]


def test_a_provider_that_describes_something_else_is_not_asked(
    house: House, provider: OpenIdProvider
) -> None:
    for provider.describes in WRONG_DOORS:
        assert told(house.get(None, START)) == (503, "away"), provider.describes
    provider.describes = {}
    assert house.get(None, START).status_code == 302


# ── around it ──────────────────────────────────────────────────────────────

ELSEWHERE = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "javascript:alert(1)", "evil", "", "/a\r\nLocation: //evil.example", "/\u2028", "/" + "a" * 500,
]  # fmt: skip


def test_nobody_is_sent_to_another_site(house: House) -> None:
    awa = somebody(house, "awa", "client").is_in()
    for return_to in ELSEWHERE:
        answer = house.get(None, f"{START}?{urlencode({'return_to': return_to})}")
        assert answer.status_code == 422, return_to
        assert awa.post("/me/openid/link", {"return_to": return_to}).status_code == 422, return_to


def test_nothing_about_the_person_is_asked_and_nothing_secret_is_in_an_address(house: House) -> None:
    url, cookie = begins(house)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"{house.platform.settings.public_url}/api/v1/auth/openid/callback"
    assert cookie.partition("=")[2] not in url
    assert "code_verifier" not in url


def test_somebody_in_a_browser_reads_a_page(house: House) -> None:
    answer = arrives(house, {"state": "x", "code": "y"}, None, Accept="text/html")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")


def test_what_providers_send_besides_does_no_harm(house: House, awa: Person) -> None:
    url, cookie = begins(house)
    besides = {"session_state": "x", "scope": "openid", "authuser": "0", "prompt": "none", "hd": "example"}
    assert arrives(house, agreed(url) | besides, cookie).status_code == 302


def test_the_sign_in_page_can_ask_whether_there_is_a_provider(house: House, provider: OpenIdProvider) -> None:
    known = house.get(None, "/auth/openid")
    assert known.json() == {"name": "OpenID", "issuer": provider.issuer}


def test_without_a_provider_there_are_no_such_pages(inhabited: Database, tmp_path: Path) -> None:
    with opened(inhabited.app_url, inhabited.owner_url, tmp_path) as house:
        awa = somebody(house, "awa", "client").is_in()
        for answer in (
            house.get(None, "/auth/openid"),
            house.get(None, START),
            house.get(None, "/auth/openid/callback?state=x&code=y"),
            awa.post("/me/openid/link", {"return_to": "/"}),
        ):
            assert told(answer) == (404, "no-such-page")


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "id.example", "https://id.example?x", "ftp://id.example"]
)
def test_a_provider_has_an_encrypted_address(issuer: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https://"):
        Settings.load(state_dir=tmp_path, oidc_issuer=issuer)


def test_the_secret_may_lie_in_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("zibeline\n")
    settings = Settings.load(state_dir=tmp_path, oidc_client_secret_file=str(tmp_path / "secret"))
    assert settings.oidc_secret() == "zibeline"
    assert "zibeline" not in repr(Settings.load(state_dir=tmp_path, oidc_client_secret="zibeline"))


def test_the_document_says_that_the_way_there_and_back_lead_on_without_a_body(house: House) -> None:
    for path in (START, "/auth/openid/callback"):
        operation = openapi_document()["paths"][f"/api/v1{path}"]["get"]
        assert "content" not in operation["responses"]["302"]
        assert "Location" in operation["responses"]["302"]["headers"]
    assert "content-type" not in house.get(None, START).headers
