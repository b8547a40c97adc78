"""Forged hosts and redirects: whatever a request says about where it goes, links lead to us and nobody is sent away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from aggregates.access_request import AccessRequest
from aggregates.notification import Notification
from api.app import openapi_document
from runtime.reactions import Answers
from tests.access.people import somebody
from tests.api.house import House, opened
from tests.conftest import Database, MailServer
from workers import admit, notify

EVIL = "evil.example"
FORGED = (
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"Forwarded": f"for=1.2.3.4;host={EVIL};proto=https"},
    {"X-Original-URL": f"https://{EVIL}/", "X-Rewrite-URL": f"https://{EVIL}/", "X-Host": EVIL},
    {"Origin": f"https://{EVIL}", "Referer": f"https://{EVIL}/"},
)


@pytest.mark.parametrize(
    "host", [EVIL, f"127.0.0.1.{EVIL}", f"{EVIL}:80", f"127.0.0.1@{EVIL}", "[::ffff:6.6.6.6]"]
)
def test_a_reset_that_is_asked_of_another_host_is_not_taken(house: House, host: str) -> None:
    somebody(house, "awa", "client")
    answer = house.post(None, "/auth/password-reset", {"email": "awa@prets.example"}, Host=host)
    assert (answer.status_code, answer.json()["type"]) == (421, "unknown-host")
    assert of_kind(house, AccessRequest.Made.kind) == []


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_the_link_in_a_mail_is_ours_whatever_the_request_says(
    database: Database, tmp_path: Path, mail_server: MailServer, headers: dict[str, str]
) -> None:
    with opened(database.app_url, database.owner_url, tmp_path, smtp_port=mail_server.smtp_port) as house:
        somebody(house, "awa", "client")
        answer = house.post(None, "/auth/password-reset", {"email": "awa@prets.example"}, **headers)
        assert (answer.status_code, EVIL in f"{answer.headers}{answer.text}") == (202, False)
        acts(house, admit.let_in, of_kind(house, AccessRequest.Made.kind)[0])
        acts(house, notify.send_the_letter, of_kind(house, Notification.Requested.kind)[0])
        ours = house.platform.settings.public_url
    (written,) = [mail_server.box.open(number) for number in mail_server.box.numbers()]
    links = re.findall(r"https?://[^\s\"'<>]+", f"{written.text} {written.html}")
    assert links
    assert all(link.startswith(f"{ours}/") for link in links), links
    assert EVIL not in f"{written}"


def acts(house: House, reaction: Callable[..., Answers], event: Any) -> None:
    """What a worker does, at once."""
    store = house.platform.store
    outside = replace(house.platform.outside, load=store.load, claimed=store.claimed)
    for command, to in reaction(event, outside):
        house.does(command, to)


def of_kind(house: House, kind: str) -> list[Any]:
    told = house.platform.store.read_feed(limit=10_000)
    return [each.event() for each in told.events if each.kind == kind]


# ── being sent away ────────────────────────────────────────────────────────


def test_nothing_redirects_but_the_way_to_the_openid_provider_and_to_where_documents_lie() -> None:
    away = {
        path
        for path, methods in openapi_document()["paths"].items()
        for operation in methods.values()
        if any(status.startswith("3") for status in operation["responses"])
    }
    # A document that lies in S3 is fetched there, by an address that the server has signed.
    content = "/api/v1/documents/{document_id}/content"
    assert away == {"/api/v1/auth/openid/start", "/api/v1/auth/openid/callback", content}


@pytest.mark.parametrize(
    "path",
    [
        f"//{EVIL}", f"//{EVIL}/", f"/\\{EVIL}", f"/%2f{EVIL}", f"/%5c{EVIL}/", f"/.{EVIL}/..", "/api/v1/loans/",
        "/api/v1//loans", "/docs/", "/health/", f"/?next=https://{EVIL}", f"/docs?url=https://{EVIL}/openapi.json",
        "/api/v1/auth/openid/start?return_to=//evil.example", "/%0d%0aLocation:%20https://evil.example",
    ],
)  # fmt: skip
def test_no_address_leads_to_another_site(standing: House, path: str) -> None:
    answer = httpx.get(f"{standing.url}{path}", follow_redirects=False)
    assert "location" not in answer.headers
    assert answer.status_code not in range(300, 400)


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_no_answer_names_a_host_that_a_request_brought(standing: House, headers: dict[str, str]) -> None:
    for path in ("/", "/docs", "/openapi.json", "/api/v1/loans", "/api/v1/links/x", "/nowhere"):
        answer = httpx.get(f"{standing.url}{path}", headers=headers)
        assert EVIL not in f"{answer.headers}{answer.text}", path
