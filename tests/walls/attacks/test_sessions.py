"""Attacks on a session: planted, left behind, copied, ended by somebody who only found the screen unlocked."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from access.sessions import Device, Opened
from aggregates.account import Account
from aggregates.notification import Notification
from tests.access.people import PASSWORD, Person, later, somebody
from tests.api.house import House, id_of
from tests.doors import AMR
from tests.soon import soon

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def awa(house: House) -> Person:
    """A client without a second factor."""
    return somebody(house, "awa", "client")


def opened(house: House, account: UUID) -> Opened:
    known = house.platform.store.load(Account, account)
    return house.platform.access.sessions.open(known, AMR, Device("Firefox", "192.0.2.7"))


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


# ── fixation ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("minutes", [1, 6])
def test_who_signs_in_again_leaves_no_session_open_behind(house: House, awa: Person, minutes: int) -> None:
    """Also one whose access token is over while its session goes on."""
    body = {"email": awa.email, "password": PASSWORD}
    first = house.post(None, "/auth/sign-in", body, **OURS)
    cookies = "; ".join(line.partition(";")[0] for line in first.headers.get_list("set-cookie"))
    before = [session.id for session in house.platform.access.sessions.of(awa.account)]
    later(house, minutes=minutes)
    assert house.post(None, "/auth/sign-in", body, Cookie=cookies, **OURS).status_code == 200
    now = [session.id for session in house.platform.access.sessions.of(awa.account)]
    assert (len(before), len(now)) == (1, 1)
    assert before != now


def test_a_program_that_signs_in_again_leaves_none_either(house: House, awa: Person) -> None:
    left = opened(house, awa.account)
    token = house.platform.access.tokens.mint(left.session)
    body = {"email": awa.email, "password": PASSWORD, "carrier": "bearer"}
    assert house.post(None, "/auth/sign-in", body, Authorization=f"Bearer {token}").status_code == 200
    assert house.platform.access.sessions.get(left.session.id) is None


def test_a_sign_in_that_fails_and_a_forged_token_end_nobodys_session(house: House, awa: Person) -> None:
    jean = opened(house, id_of("jean"))
    token = house.platform.access.tokens.mint(jean.session)
    head, claims, signature = token.split(".")
    forged = f"{head}.{claims}.{'A' * len(signature)}"
    body = {"email": awa.email, "password": PASSWORD, "carrier": "bearer"}
    house.post(None, "/auth/sign-in", {**body, "password": "wrong"}, Authorization=f"Bearer {token}")
    assert house.post(None, "/auth/sign-in", body, Authorization=f"Bearer {forged}").status_code == 200
    assert house.platform.access.sessions.get(jean.session.id)


# ── a copied refresh token ─────────────────────────────────────────────────


def copied(house: House, account: UUID) -> httpx.Response:
    """A refresh token that is used a second time, later."""
    held = opened(house, account)
    house.post(None, "/auth/refresh", {"refresh_token": held.refresh_token})
    later(house, seconds=11)
    return house.post(None, "/auth/refresh", {"refresh_token": held.refresh_token})


def test_a_copied_refresh_token_stands_in_the_access_log(house: House, awa: Person) -> None:
    assert refused(copied(house, awa.account)) == (401, "refresh-reused")

    def noted() -> list[tuple[str, str, str]]:
        entries = house.get("iris", "/access-log?limit=200&decision=deny").json()["items"]
        return [(one["action"], one["resource"], one["reason"]) for one in entries]

    assert soon(lambda: noted() == [("RefreshSession", str(awa.account), "refresh-reused")]), noted()


def test_its_person_is_told_by_mail_once(house: House, awa: Person) -> None:
    copied(house, awa.account)
    told = house.platform.store.read_feed(limit=10_000)
    letters = [each.event() for each in told.events if each.kind == Notification.Requested.kind]
    assert [(one.template, one.facts["what"], one.to.open()) for one in letters] == [
        ("security-notice", "session-copied", awa.email)
    ]
    assert letters[0].account_id == awa.account


def test_an_account_without_a_mailbox_is_ended_without_a_letter(house: House) -> None:
    assert refused(copied(house, id_of("awa"))) == (401, "refresh-reused")


# ── ending sessions ────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", ["revoke-others", "{other}/revoke"])
def test_ending_other_sessions_takes_a_fresh_proof(house: House, awa: Person, which: str) -> None:
    other = opened(house, awa.account).session.id
    path = f"/me/sessions/{which.format(other=other)}"
    awa.is_in()
    later(house, minutes=4)
    awa.refreshes()
    later(house, minutes=2)
    awa.refreshes()
    assert refused(awa.post(path)) == (401, "step-up-required")
    assert house.platform.access.sessions.get(other)
    assert awa.steps_up().post(path).status_code == 200
    assert house.platform.access.sessions.get(other) is None
