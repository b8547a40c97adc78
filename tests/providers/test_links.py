"""Temporary links: what they allow, until when, and that nobody else can make one."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from providers.links import LinkExpired, LinkFacts, LinkInvalid
from providers.links.signed import SignedLinks

DOCUMENT = UUID("d0000000-0000-4000-8000-000000000001")
CUSTOMER = UUID("a0a0a0a0-0000-4000-8000-000000000001")
CONTACT = UUID("c1c1c1c1-0000-4000-8000-000000000001")
NOON = datetime(2026, 5, 4, 12, 0, 0, 999_999, tzinfo=UTC)
SECRET = bytes(range(32))


@dataclass
class Wall:
    """A clock on the wall, moved by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def wall():
    return Wall(NOON)


@pytest.fixture
def links(wall):
    return SignedLinks(SECRET, wall, timedelta(days=7), "https://prets.example/")


def test_a_link_says_which_document_for_whom_and_until_when(links):
    link = links.make(DOCUMENT, CUSTOMER, CONTACT, "contract")
    expires_at = datetime(2026, 5, 11, 12, 0, tzinfo=UTC)
    assert link.url == f"https://prets.example/api/v1/links/{link.token}"
    assert link.expires_at == expires_at
    assert links.read(link.token) == LinkFacts(DOCUMENT, CUSTOMER, CONTACT, "contract", expires_at)


def test_a_link_works_until_the_last_second_and_then_says_so(links, wall):
    link = links.make(DOCUMENT, CUSTOMER, CONTACT, "contract")
    wall.at = link.expires_at - timedelta(microseconds=1)
    links.read(link.token)
    wall.at = link.expires_at
    with pytest.raises(LinkExpired, match="valid until 2026-05-11 12:00 UTC") as refusal:
        links.read(link.token)
    assert refusal.value.status == 410
    assert refusal.value.facts.document_id == DOCUMENT


def test_the_same_link_made_at_the_same_moment_is_the_same(links):
    assert links.make(DOCUMENT, CUSTOMER, CONTACT, "contract") == links.make(
        DOCUMENT, CUSTOMER, CONTACT, "contract"
    )


def test_every_changed_byte_makes_a_link_invalid(links):
    sealed = urlsafe_b64decode(links.make(DOCUMENT, CUSTOMER, CONTACT, "quittance").token + "==")
    for at in range(len(sealed)):
        forged = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(LinkInvalid):
            links.read(urlsafe_b64encode(forged).rstrip(b"=").decode())


def test_a_link_has_one_spelling(links):
    token = links.make(DOCUMENT, CUSTOMER, CONTACT, "contract").token
    for other in (
        token + "=",
        token + "A",
        token[:-1],
        " " + token,
        token[:10] + "!" + token[10:],
        token * 3,
    ):
        with pytest.raises(LinkInvalid):
            links.read(other)


@pytest.mark.parametrize("token", ["", "A", "AAAA", "é", "../../etc/passwd", "A" * 5000, "\0", "%41"])
def test_what_is_no_link_at_all_is_invalid(links, token):
    with pytest.raises(LinkInvalid):
        links.read(token)


def test_a_link_of_another_installation_is_invalid(links, wall):
    theirs = SignedLinks(bytes(32), wall, timedelta(days=7), "https://prets.example")
    with pytest.raises(LinkInvalid):
        links.read(theirs.make(DOCUMENT, CUSTOMER, CONTACT, "contract").token)


def test_the_address_holds_nothing_but_ids(links):
    sealed = urlsafe_b64decode(links.make(DOCUMENT, CUSTOMER, CONTACT, "contract").token + "==")
    assert len(sealed) == 1 + 3 * 16 + 8 + len("contract") + 32
