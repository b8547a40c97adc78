"""The pages that links of mails lead to: people can use them before there is a web client, and nothing leaks."""

import html
import re

import httpx
import pytest

from api.headers import PAGES
from api.landing import ASKS, WORDS
from providers.links import mailed
from tests.api.house import House


def page(house: House, path: str, language: str = "fr") -> httpx.Response:
    return httpx.get(f"{house.url}{path}", headers={"Accept-Language": language, "Accept": "text/html"})


@pytest.mark.parametrize("path", sorted(set(mailed.PAGES.values())))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_of_a_mail_leads_to_a_page_in_the_readers_language(
    house: House, path: str, language: str
) -> None:
    shown = page(house, path, language)
    assert (shown.status_code, shown.headers["content-language"]) == (200, language)
    assert shown.headers["content-security-policy"] == PAGES["Content-Security-Policy"]
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert f'<html lang="{language}">' in shown.text
    words = WORDS["fr" if language == "fr" else "en"]
    assert html.escape(words[path.strip("/")]) in shown.text
    assert html.escape(words["no.script"]) in shown.text


@pytest.mark.parametrize("path", ["/password", "/address"])
def test_a_page_loads_only_what_is_here_and_has_no_script_inside(house: House, path: str) -> None:
    shown = page(house, path).text
    loaded = re.findall(r'(?:src|href|action)="([^"]+)"', shown)
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert "<script>" not in shown
    # Without the script nothing is sent, and a password never stands in an address.
    assert '<form id="ask" method="post"' in shown
    assert "<button disabled>" in shown
    assert not re.search(r"\son\w+=", shown)
    for address in (address for address in loaded if not address.startswith("/api/")):
        assert httpx.get(f"{house.url}{address}").status_code == 200


@pytest.mark.parametrize("path", ["password", "address"])
def test_what_a_page_asks_is_an_operation_of_the_api(house: House, path: str) -> None:
    asks = ASKS["password" if path == "password" else "address"]
    assert f'action="{asks}"' in page(house, f"/{path}").text
    document = httpx.get(f"{house.url}/openapi.json").json()
    schema = document["paths"][asks]["post"]["requestBody"]["content"]["application/json"]["schema"]
    fields = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    assert set(fields) == {"token"} | ({"password"} if path == "password" else set())


def test_the_script_never_makes_markup_of_an_answer(house: House) -> None:
    said = httpx.get(f"{house.url}/landing.js")
    assert said.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in said.text
    assert 'credentials: "omit"' in said.text
