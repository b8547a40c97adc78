"""What is remembered of a credential, and when it is looked up again."""

from __future__ import annotations

import threading

import pytest

from api import auth
from api.auth import Identities
from api.refusals import Unauthenticated
from eventstore import Store
from tests.api.house import House, id_of


@pytest.fixture
def identities(house: House) -> Identities:
    platform = house.platform
    return Identities(platform.store, platform.access, platform.clock)


def test_a_token_is_believed_for_a_moment(house: House, identities: Identities) -> None:
    token = house.token("awa")
    found = identities.look_up(token)
    assert (found.account, found.session) == (id_of("awa"), house.session("awa"))
    assert identities.remembered(token) is found
    identities.forget()
    assert identities.remembered(token) is None


def test_a_moment_is_two_seconds_at_most(
    house: House, identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert auth.FRESH <= 2.0
    monkeypatch.setattr(auth, "FRESH", 0.0)
    identities.look_up(house.token("awa"))
    assert identities.remembered(house.token("awa")) is None


def test_what_was_read_before_something_changed_is_not_believed_afterwards(
    house: House, identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Store.load

    def meanwhile(*asked, **more):
        identities.forget()
        return load(*asked, **more)

    monkeypatch.setattr(Store, "load", meanwhile)
    identities.look_up(house.token("awa"))
    assert identities.remembered(house.token("awa")) is None


def test_what_is_remembered_asks_neither_the_database_nor_for_a_signature(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    platform, find = house.platform, house.platform.access.sessions._ask
    read = platform.access.tokens.read
    monkeypatch.setattr(platform.access.sessions, "_ask", lambda *a: asked.append("database") or find(*a))
    monkeypatch.setattr(
        type(platform.access.tokens), "read", lambda _, t: asked.append("signature") or read(t)
    )
    token = {"Authorization": f"Bearer {house.token('jean')}"}
    with house.calling(None, **token) as client:
        for _ in range(20):
            assert client.get("/loan-products").status_code == 200
    assert asked.count("signature") <= 2
    assert asked.count("database") <= 3


def test_a_session_that_ends_here_is_forgotten_at_once(house: House) -> None:
    token = {"Authorization": f"Bearer {house.token('awa')}"}
    assert house.get(None, "/me", **token).status_code == 200
    house.platform.access.sessions.end(house.session("awa"))
    assert house.get(None, "/me", **token).status_code == 401


def test_the_memory_has_a_size(house: House, identities: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "REMEMBERED", 2)
    for name in ("awa", "jean", "ana"):
        identities.look_up(house.token(name))
    assert identities.remembered(house.token("ana"))
    assert identities.remembered(house.token("awa")) is None


def test_a_credential_that_counts_no_more_is_not_remembered(house: House, identities: Identities) -> None:
    token = house.token("awa")
    house.platform.access.sessions.end(house.session("awa"))
    with pytest.raises(Unauthenticated):
        identities.look_up(token)
    assert identities.remembered(token) is None


def test_many_at_once_see_one_identity(house: House, identities: Identities) -> None:
    token, found = house.token("awa"), []
    threads = [threading.Thread(target=lambda: found.append(identities.look_up(token))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(found) == {found[0]}
    assert len(found) == 8
