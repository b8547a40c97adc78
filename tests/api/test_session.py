"""Sessions over HTTP: what is taken away is away at once here, and within two seconds everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from access import desk
from access.sessions import Device
from aggregates.account import Account
from api import auth
from api.app import create_app
from commands.account import ChangePortfolio, ChangeRoles, CloseAccount, RemoveFactorOfAnother
from tests.api.house import House, id_of, served
from tests.doors import AMR
from tests.soon import soon


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


def test_who_am_i(house: House) -> None:
    me = house.get("awa", "/me").json()
    assert (me["account_id"], me["label"], me["roles"]) == (str(id_of("awa")), "Awa", ["client"])
    assert set(me["customers"]) == {str(id_of("awa customer")), str(id_of("awa"))}
    assert (me["session_id"], me["must_enrol"], me["csrf_token"]) == (str(house.session("awa")), False, None)
    staff = house.get("ana", "/me").json()
    assert staff["customers"] is None
    assert {"loan.approve", "self"} <= set(staff["permissions"])


def test_my_sessions_come_in_pages_and_are_mine(house: House) -> None:
    sessions, awa = house.platform.access.sessions, house.platform.store.load(Account, id_of("awa"))
    ids = {str(sessions.open(awa, AMR, Device(f"Browser {n}", "192.0.2.1")).session.id) for n in range(4)}
    own = str(house.session("awa"))
    house.session("jean")
    lines, cursor = [], ""
    while cursor is not None:
        page = house.get("awa", f"/me/sessions?limit=2{cursor and f'&cursor={cursor}'}").json()
        lines, cursor = [*lines, *page["items"]], page["next"]
    assert {line["session_id"] for line in lines} == {own, *ids}
    assert len(lines) == 5
    assert [line["session_id"] for line in lines if line["current"]] == [own]
    assert lines == sorted(lines, key=lambda line: line["began_at"], reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "é", "bnVsbA"])
def test_a_cursor_of_nobody_is_refused(house: House, cursor: str) -> None:
    assert refused(house.get("awa", f"/me/sessions?cursor={cursor}")) == (422, "bad-cursor")


def test_another_device_is_signed_out_and_somebody_elses_is_not(house: House) -> None:
    sessions = house.platform.access.sessions
    other = sessions.open(house.platform.store.load(Account, id_of("awa")), AMR, Device("", "")).session
    assert refused(house.post("awa", f"/me/sessions/{house.session('jean')}/revoke")) == (404, "not-found")
    assert refused(house.post("awa", f"/me/sessions/{uuid4()}/revoke")) == (404, "not-found")
    assert house.post("awa", f"/me/sessions/{other.id}/revoke").json() == {"ended": 1}
    assert sessions.get(other.id) is None
    assert sessions.get(house.session("jean"))


def test_every_other_device_is_signed_out(house: House) -> None:
    sessions, awa = house.platform.access.sessions, house.platform.store.load(Account, id_of("awa"))
    others = [sessions.open(awa, AMR, Device("", "")).session.id for _ in range(3)]
    house.session("awa")
    assert house.post("awa", "/me/sessions/revoke-others").json() == {"ended": 3}
    assert [sessions.get(sid) for sid in others] == [None] * 3
    assert house.get("awa", "/me").status_code == 200


def test_an_administrator_signs_somebody_out_with_a_fresh_proof(house: House) -> None:
    assert house.get("awa", "/me").status_code == 200
    path = f"/accounts/{id_of('awa')}/sessions"
    assert len(house.get("admin", path).json()["items"]) == 1
    assert house.get("ana", path).status_code == 403
    with stale(house, "admin") as old:
        assert refused(old.post(f"{path}/revoke")) == (401, "step-up-required")
    assert house.post("admin", f"{path}/revoke").json() == {"ended": 1}
    assert house.platform.access.sessions.of(id_of("awa")) == []
    assert refused(house.post("admin", f"/accounts/{uuid4()}/sessions/revoke")) == (404, "not-found")


def stale(house: House, name: str) -> httpx.Client:
    """A client whose session goes on, but whose proof is older than five minutes."""
    access, clock = house.platform.access, house.platform.clock
    opened = access.sessions.open(house.platform.store.load(Account, id_of(name)), AMR, Device("", ""))
    clock.advance_to(clock.now() + timedelta(minutes=5, seconds=1))
    token = access.tokens.mint(access.sessions.rotate(opened.refresh_token).session)
    return httpx.Client(base_url=f"{house.url}/api/v1", headers={"Authorization": f"Bearer {token}"})


# ── tokens of a session ────────────────────────────────────────────────────


def test_a_program_renews_its_tokens(house: House) -> None:
    awa = house.platform.store.load(Account, id_of("awa"))
    opened = house.platform.access.sessions.open(awa, AMR, Device("", ""))
    renewed = house.post(None, "/auth/refresh", {"refresh_token": opened.refresh_token}).json()
    assert (renewed["outcome"], renewed["account_id"]) == ("signed-in", str(id_of("awa")))
    assert renewed["refresh_token"] != opened.refresh_token
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert house.get(None, "/me", **bearer).json()["session_id"] == str(opened.session.id)
    again = house.post(None, "/auth/refresh", {"refresh_token": opened.refresh_token}).json()
    assert again["refresh_token"] == renewed["refresh_token"]


def test_a_copied_refresh_token_ends_the_session_for_both(house: House) -> None:
    awa = house.platform.store.load(Account, id_of("awa"))
    opened = house.platform.access.sessions.open(awa, AMR, Device("", ""))
    renewed = house.post(None, "/auth/refresh", {"refresh_token": opened.refresh_token}).json()
    house.platform.clock.advance_to(house.platform.clock.now() + timedelta(seconds=11))
    assert house.get(None, "/me", Authorization=f"Bearer {renewed['access_token']}").status_code == 200
    copied = house.post(None, "/auth/refresh", {"refresh_token": opened.refresh_token})
    assert refused(copied) == (401, "refresh-reused")
    assert house.get(None, "/me", Authorization=f"Bearer {renewed['access_token']}").status_code == 401


def test_a_token_that_has_expired_by_the_clock_lets_in_no_more(house: House) -> None:
    token = {"Authorization": f"Bearer {house.token('awa')}"}
    assert house.get(None, "/me", **token).status_code == 200
    house.platform.clock.advance_to(house.platform.clock.now() + timedelta(minutes=6))
    soon(lambda: house.get(None, "/me", **token).status_code == 401)
    assert house.get("awa", "/me").status_code == 200


def test_a_token_of_another_installation_is_refused(house: House, tmp_path) -> None:
    platform = house.platform
    other = platform.settings.model_copy(update={"signing_dir": tmp_path / "other"})
    access = desk.from_settings(other, platform.store.pool, platform.clock, platform.store)
    session = platform.access.sessions.get(house.session("awa"))
    assert refused(house.get(None, "/me", Authorization=f"Bearer {access.tokens.mint(session)}")) == (
        401,
        "unauthenticated",
    )


# ── what changes while somebody is in ──────────────────────────────────────


@pytest.fixture
def elsewhere(house: House) -> Iterator[House]:
    """The same house at the door of another process, which hears nothing of what is done here."""
    platform = house.platform
    access = desk.from_settings(platform.settings, platform.store.pool, platform.clock, platform.store)
    other = replace(platform, access=access)
    with served(other, create_app(other)) as url:
        yield House(other, url)


def test_two_seconds_are_what_a_process_believes_a_session_for() -> None:
    """Below, a machine with much to do may take longer over the questions themselves."""
    assert auth.FRESH == 2.0


def test_a_session_that_is_ended_elsewhere_is_soon_over(house: House, elsewhere: House) -> None:
    token = {"Authorization": f"Bearer {house.token('awa')}"}
    assert (
        elsewhere.get(None, "/me", **token).status_code == house.get(None, "/me", **token).status_code == 200
    )
    assert house.post(None, "/auth/sign-out", None, **token).status_code == 200
    assert house.get(None, "/me", **token).status_code == 401
    soon(lambda: elsewhere.get(None, "/me", **token).status_code == 401)


@pytest.mark.parametrize(
    ("command", "name", "path", "before", "after"),
    [
        (ChangeRoles(roles=["support"]), "chloe", "/ledger/journal", 200, 403),
        (CloseAccount(reason="Départ."), "chloe", "/ledger/journal", 200, 401),
        (ChangePortfolio(portfolio=[]), "ana", f"/customers/{id_of('awa customer')}", 200, 404),
        (RemoveFactorOfAnother(factor_id=id_of("chloe passkey")), "chloe", "/ledger/journal", 200, 403),
    ],
    ids=["roles", "closed", "portfolio", "factor"],
)
def test_what_an_account_loses_its_sessions_soon_lose(
    house: House, elsewhere: House, command, name: str, path: str, before: int, after: int
) -> None:
    house.settle()
    assert elsewhere.get(name, path).status_code == before
    house.does(command, id_of(name), account=id_of("admin"))
    soon(lambda: elsewhere.get(name, path).status_code == after)


def test_what_takes_a_fresh_proof_is_asked_of_the_database_each_time(house: House, elsewhere: House) -> None:
    token = {"Authorization": f"Bearer {house.token('admin')}"}
    assert elsewhere.get(None, "/me", **token).status_code == 200
    house.platform.access.sessions.end(house.session("admin"))
    closing = elsewhere.post(None, f"/accounts/{id_of('sam')}/close", {"reason": "Départ."}, **token)
    assert refused(closing) == (401, "unauthenticated")


def test_a_command_that_takes_a_fresh_proof_is_refused_without(house: House) -> None:
    with stale(house, "admin") as old:
        answer = old.post(f"/accounts/{id_of('sam')}/close", json={"reason": "Départ."})
        assert refused(answer) == (401, "step-up-required")
        assert old.get("/accounts").status_code == 200
    assert house.post("admin", f"/accounts/{id_of('sam')}/close", {"reason": "Départ."}).status_code == 200


def test_staff_look_after_themselves_alone_until_they_proved_with_two_things(house: House) -> None:
    access, ana = house.platform.access, house.platform.store.load(Account, id_of("ana"))
    token = access.tokens.mint(access.sessions.open(ana, ("pwd",), Device("", "")).session)
    with house.calling(None, Authorization=f"Bearer {token}") as client:
        assert client.get("/me").json()["permissions"] == ["self"]
        assert refused(client.get("/loans")) == (403, "enrolment-needed")


def test_a_client_who_is_made_staff_signs_in_again(house: House) -> None:
    assert house.get("awa", "/me").status_code == 200
    house.does(ChangeRoles(roles=["client", "support"]), id_of("awa"), account=id_of("admin"))
    soon(lambda: house.get("awa", "/me").status_code == 401)
    assert house.platform.access.sessions.get(house.session("awa")) is None
