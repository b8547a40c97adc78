"""How somebody gets in for the first time, or again: signing up, a forgotten password, the link of a mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from access.sessions import Device
from aggregates.access_request import AccessRequest
from aggregates.account import Account
from commands.account import CloseAccount, OpenAccount
from providers.links.mailed import MailedLinks
from tests.api.house import House, id_of

NADIA = id_of("nadia")
MAIL = "nadia.ba@example.org"
GOOD = "trois mangues sur le toit"
BETTER = "une pirogue rouge à Thiès"
LAPTOP = Device("Firefox", "192.0.2.7")


@pytest.fixture
def nadia(house: House) -> UUID:
    """An advisor who was invited."""
    house.does(OpenAccount(account_id=NADIA, roles=["advisor"], label="Nadia Ba", email=MAIL))
    return NADIA


def token(house: House, purpose="invitation", account: UUID = NADIA, letter: UUID | None = None) -> str:
    """As the mail says it: of the account as it is now."""
    known = house.platform.store.load(Account, account)
    return house.platform.outside.mailed.make(purpose, known, letter or uuid4()).token


def chooses(house: House, link: str, password: str = GOOD):
    return house.post(None, "/auth/password", {"token": link, "password": password})


def signs_in(house: House, email: str = MAIL, password: str = GOOD) -> int:
    said = {"email": email, "password": password, "carrier": "bearer"}
    return house.post(None, "/auth/sign-in", said).status_code


def visits(house: House) -> list[AccessRequest.Made]:
    told = house.platform.store.read_feed(limit=10_000)
    return [each.event() for each in told.events if each.kind == AccessRequest.Made.kind]


# ── asking ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/auth/sign-up", "/auth/password-reset"])
def test_whose_address_is_known_is_answered_as_everybody_is(house: House, nadia: UUID, path: str) -> None:
    def ask(email: str):
        said = {"email": email} | ({"name": "Nadia Ba"} if "sign-up" in path else {})
        answer = house.post(None, path, said)
        volatile = ("date", "x-request-id", "traceparent", "ratelimit")
        headers = {n: v for n, v in answer.headers.items() if not n.lower().startswith(volatile)}
        return answer.status_code, answer.json(), headers

    known, unknown = ask(MAIL), ask("nobody@example.org")
    assert known == unknown
    assert known[0] == 202


def test_a_visit_is_the_same_work_for_everybody(house: House, nadia: UUID) -> None:
    """Both are one append of one event of one kind with the same fields; neither looks anybody up."""
    for email in (MAIL, "nobody@example.org"):
        house.post(None, "/auth/password-reset", {"email": email, "language": "en"})
    known, unknown = visits(house)
    assert (known.purpose, known.language, known.name) == (unknown.purpose, unknown.language, unknown.name)
    assert (known.email.open(), unknown.email.open()) == (MAIL, "nobody@example.org")
    assert known.meta.by == unknown.meta.by == "visitor"


def test_a_visit_looks_nobody_up(house: House, nadia: UUID, monkeypatch) -> None:
    """Whether an address is known is asked by its claim: neither a known nor an unknown one is asked for."""
    store, asked = house.platform.store, []
    looks = type(store).claimed
    monkeypatch.setattr(type(store), "claimed", lambda *what: asked.append(what) or looks(*what))
    for email in (MAIL, "nobody@example.org"):
        assert house.post(None, "/auth/password-reset", {"email": email}).status_code == 202
    assert asked == []
    assert signs_in(house) == 401
    assert [scope for _, scope, _ in asked] == ["sign-in-address"], "the lamp is on"


def test_the_mail_is_in_the_language_of_the_request_unless_another_is_wished(house: House) -> None:
    english = {"Accept-Language": "en"}
    house.post(None, "/auth/sign-up", {"email": "a@example.org", "name": "A B"}, **english)
    house.post(None, "/auth/sign-up", {"email": "b@example.org", "name": "A B", "language": "fr"}, **english)
    assert [visit.language for visit in visits(house)] == ["en", "fr"]


def test_one_mailbox_gets_five_mails_a_day(house: House) -> None:
    answers = [
        house.post(None, "/auth/password-reset", {"email": "Awa@Example.org"}).status_code for _ in range(6)
    ]
    assert answers == [202] * 5 + [429]


@pytest.mark.parametrize(
    "said", [{}, {"email": "nobody"}, {"email": "a@example.org", "name": "A B", "roles": ["admin"]}]
)
def test_a_visitor_says_no_more_than_is_asked(house: House, said: dict) -> None:
    assert house.post(None, "/auth/sign-up", said).status_code == 422


# ── the link ───────────────────────────────────────────────────────────────


def test_an_invitation_leads_to_a_password_that_signs_in(house: House, nadia: UUID) -> None:
    assert signs_in(house) == 401
    answer = chooses(house, token(house))
    assert (answer.status_code, answer.json()["id"]) == (200, str(nadia))
    assert signs_in(house) == 200
    assert signs_in(house, password=GOOD + "!") == 401


def test_a_link_works_once(house: House, nadia: UUID) -> None:
    link = token(house)
    assert chooses(house, link).status_code == 200
    again = chooses(house, link, BETTER)
    assert (again.status_code, again.json()["type"]) == (410, "link-spent")
    assert signs_in(house) == 200


def test_a_newer_password_makes_every_older_link_void(house: House, nadia: UUID) -> None:
    invitation, reset = token(house), token(house, "password-reset")
    assert chooses(house, reset).status_code == 200
    assert chooses(house, invitation, BETTER).status_code == 410


def test_a_link_lasts_as_long_as_its_purpose(house: House, nadia: UUID) -> None:
    clock = house.platform.clock
    invitation, reset = token(house), token(house, "password-reset")
    clock.advance_to(clock.now() + timedelta(hours=1, seconds=1))
    assert chooses(house, reset).status_code == 410
    clock.advance_to(clock.now() + timedelta(days=6, hours=22))
    assert chooses(house, invitation).status_code == 200


def test_a_link_of_one_purpose_serves_no_other(house: House, nadia: UUID) -> None:
    proof = token(house, "address-proof")
    assert chooses(house, proof).status_code == 410
    assert house.post(None, "/auth/email", {"token": token(house)}).status_code == 410


def test_a_link_of_another_house_or_of_nobody_opens_nothing(house: House, nadia: UUID) -> None:
    account = house.platform.store.load(Account, nadia)
    forged = MailedLinks(bytes(32), house.platform.clock, "https://evil.example")
    assert chooses(house, forged.make("invitation", account, uuid4()).token).status_code == 410
    link = token(house)
    for at in range(0, len(link), 7):
        other = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
        assert chooses(house, other).status_code == 410
    assert signs_in(house) == 401


def test_a_closed_account_has_no_way_back(house: House, nadia: UUID) -> None:
    link = token(house)
    house.does(CloseAccount(reason="Départ."), nadia)
    assert chooses(house, link).status_code == 410


def test_a_password_by_link_ends_every_session(house: House, nadia: UUID) -> None:
    sessions, account = house.platform.access.sessions, house.platform.store.load(Account, nadia)
    sessions.open(account, ["pwd"], LAPTOP)
    assert chooses(house, token(house)).status_code == 200
    assert sessions.of(nadia) == []


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("trop court", "password-too-short"),
        ("x" * 100 + "y" * 29, "password-too-long"),
        ("motdepasse2026!", "password-too-common"),
        ("Nadia.Ba@example.org", "password-too-personal"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_the_link_stays_good(
    house: House, nadia: UUID, password: str, refusal: str
) -> None:
    link = token(house)
    answer = chooses(house, link, password)
    assert (answer.status_code, answer.json()["type"]) == (422, refusal)
    assert answer.headers["content-language"] == "fr"
    assert password not in answer.text
    assert chooses(house, link).status_code == 200
