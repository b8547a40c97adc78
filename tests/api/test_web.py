"""The applications as they are served: compressed, kept by hash, under a policy without exceptions, and never for the API."""

from __future__ import annotations

import asyncio
import gzip
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api import web
from api.app import HANDLERS
from api.headers import page_policy
from providers.links import mailed
from tests.api.house import House

SCRIPT = "document.documentElement.lang='en'"
INDEX = f"<!doctype html><script>{SCRIPT}</script><style>p{{margin:0}}</style><title>FACE</title><p>Hello"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Both applications, as small as they can be."""
    for face in ("portal", "bureau"):
        assets = tmp_path / face / "assets"
        assets.mkdir(parents=True)
        (tmp_path / face / "index.html").write_text(INDEX.replace("FACE", face))
        (assets / "a-4fG7.js").write_text("x" * 500)
        (assets / "a-4fG7.js.gz").write_bytes(gzip.compress(b"x" * 500))
        (tmp_path / face / "favicon.svg").write_text("<svg/>")
    return tmp_path


def get(dist: Path, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.router.routes.append(web.route(dist))

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, headers={"Accept-Encoding": "identity", **headers})

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("path", "face"),
    [
        ("/", "portal"),
        ("/loans/10a00000-0000-4000-8000-000000000001", "portal"),
        ("/bureau", "bureau"),
        ("/bureau/", "bureau"),
        ("/bureau/loans?status=requested", "bureau"),
        ("/bureaucracy", "portal"),
    ],
)
def test_every_screen_is_the_page_of_its_application(dist: Path, path: str, face: str) -> None:
    shown = get(dist, path)
    assert (shown.status_code, f"<title>{face}</title>" in shown.text) == (200, True)
    assert shown.headers["cache-control"] == "no-cache"


def test_what_stands_in_the_page_is_known_by_its_hash_and_nothing_else_may(dist: Path) -> None:
    policy = get(dist, "/").headers["content-security-policy"]
    digest = b64encode(sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 2
    for part in page_policy().split("; "):
        assert part in policy


def test_another_build_is_another_page(dist: Path) -> None:
    before = get(dist, "/").headers["content-security-policy"]
    index = dist / "portal" / "index.html"
    index.write_text(INDEX.replace("'en'", "'fr'"))
    assert get(dist, "/").headers["content-security-policy"] != before


def test_a_browser_that_takes_less_gets_less_and_keeps_it_for_ever(dist: Path) -> None:
    small = get(dist, "/assets/a-4fG7.js", **{"Accept-Encoding": "gzip, deflate, br"})
    assert (small.headers["content-encoding"], small.text) == ("gzip", "x" * 500)
    assert small.headers["content-type"].startswith("text/javascript")
    assert "immutable" in small.headers["cache-control"]
    whole = get(dist, "/bureau/assets/a-4fG7.js")
    assert ("content-encoding" in whole.headers, len(whole.content)) == (False, 500)
    assert small.headers["vary"] == whole.headers["vary"] == "Accept-Encoding"
    assert "immutable" not in get(dist, "/favicon.svg").headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/api/nope", "/api/v1/nope", "/docs/nope", "/health/nope", "/assets/gone-1.js", "/assets/a-4fG7.js.gz",
     "/assets/..%2F..%2Fbureau/index.html", "/%2e%2e/%2e%2e/etc/hosts.conf", "/webhooks/nope"],
)  # fmt: skip
def test_what_is_no_screen_is_a_problem_and_not_a_page(dist: Path, path: str) -> None:
    answer = get(dist, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_screen_is_only_looked_at(dist: Path) -> None:
    refused = get(dist, "/loans", method="POST")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(("language", "said"), [("fr", "pas construite"), ("en", "not built")])
def test_without_a_build_the_page_says_which_command_makes_one(
    tmp_path: Path, language: str, said: str
) -> None:
    shown = get(tmp_path, "/", **{"Accept-Language": language})
    assert (shown.status_code, shown.headers["content-language"]) == (503, language)
    assert said in shown.text
    assert "python3 manage.py web" in shown.text


# ── behind a real server ───────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/", "/bureau/", *sorted(set(mailed.PAGES.values()))])
def test_doors_and_links_of_mails_lead_to_pages_and_nothing_leaks(house: House, path: str) -> None:
    shown = httpx.get(f"{house.url}{path}", headers={"Accept": "text/html"})
    assert shown.headers["content-type"].startswith("text/html")
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in shown.headers["content-security-policy"]


def test_what_the_api_does_not_know_stays_a_problem(house: House) -> None:
    unknown = httpx.get(f"{house.url}/api/v1/nope", headers={"Accept": "text/html"})
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
