"""Keys of programs over HTTP: shown once, less than the account, and never its own master."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from commands.account import ChangeRoles
from tests.api.house import House, id_of, request_of
from tests.api.test_session import refused, stale
from tests.soon import soon

WANTED = {
    "name": "Comptabilité externe",
    "permissions": ["loan.read", "ledger.read"],
    "expires_on": "2199-12-31",
}


def issued(house: House, name: str = "chloe", **other: Any) -> dict[str, Any]:
    answer = house.post(name, "/me/keys", {**WANTED, **other})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def used(house: House, key: str, path: str = "/loans") -> httpx.Response:
    return house.get(None, path, Authorization=f"Bearer {key}")


def test_a_key_lets_a_program_do_what_it_was_made_for(house: House) -> None:
    made = issued(house)
    assert used(house, made["key"]).status_code == 200
    assert refused(used(house, made["key"], "/customers")) == (403, "forbidden")


def test_a_key_is_shown_once_and_kept_nowhere(house: House) -> None:
    made = issued(house)
    used(house, made["key"])
    (line,) = house.get("chloe", "/me/keys").json()["items"]
    assert (line["key_id"], line["name"], line["permissions"]) == (
        made["key_id"],
        "Comptabilité externe",
        ["ledger.read", "loan.read"],
    )
    assert line["last_used_at"]
    history = house.platform.store.history(id_of("chloe"))
    secret = made["key"][-43:]
    assert secret not in str(line)
    assert secret.encode() not in b"".join(row.state for row in history)


def test_a_repeated_request_makes_one_key_and_tells_it_again(house: House) -> None:
    key = {"Idempotency-Key": "one-key-please"}
    first = house.post("chloe", "/me/keys", WANTED, **key)
    again = house.post("chloe", "/me/keys", WANTED, **key)
    assert first.json() == again.json()
    assert len(house.get("chloe", "/me/keys").json()["items"]) == 1
    assert issued(house)["key"] != first.json()["key"]


def test_a_key_is_made_with_a_fresh_proof_and_within_ones_rights(house: House) -> None:
    with stale(house, "chloe") as old:
        assert refused(old.post("/me/keys", json=WANTED)) == (401, "step-up-required")
    beyond = house.post("chloe", "/me/keys", {**WANTED, "permissions": ["account.manage"]})
    assert refused(beyond) == (409, "beyond-own-rights")


@pytest.mark.parametrize(
    "wrong",
    [{"permissions": []}, {"permissions": ["loan.read", "loan.read"]}, {"networks": ["everywhere"]}, {"expires_on": "soon"},
     {"key_id": str(uuid4())}, {"sha256": "0" * 64}, {"role": "admin"}],
)  # fmt: skip
def test_a_key_has_its_form(house: House, wrong: dict[str, Any]) -> None:
    assert refused(house.post("chloe", "/me/keys", {**WANTED, **wrong})) == (422, "invalid")


def test_a_key_looks_after_no_account(house: House) -> None:
    key = issued(house, permissions=["self", "loan.read"])["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    for path in ("/me", "/me/keys", "/me/sessions", "/me/csrf"):
        assert refused(used(house, key, path)) == (403, "forbidden")
    for path in ("/me/keys", "/auth/sign-out", "/me/sessions/revoke-others"):
        assert refused(house.post(None, path, WANTED, **bearer)) == (403, "forbidden")


def test_a_key_never_proves_who_asks(house: House) -> None:
    key = issued(house, "admin", permissions=["account.manage"])["key"]
    closing = house.post(
        None, f"/accounts/{id_of('sam')}/close", {"reason": "x"}, Authorization=f"Bearer {key}"
    )
    assert refused(closing) == (401, "step-up-required")


def test_a_clients_key_sees_what_the_client_sees(house: House) -> None:
    theirs, own = house.requested("jean"), house.requested("awa")
    house.settle()
    key = issued(house, "awa", permissions=["loan.read"])["key"]
    assert [line["loan_id"] for line in used(house, key).json()["items"]] == [str(own)]
    assert refused(used(house, key, f"/loans/{theirs}")) == (404, "not-found")
    asked = house.post(None, "/loans", request_of("awa", uuid4()), Authorization=f"Bearer {key}")
    assert refused(asked) == (403, "forbidden")


def test_a_revoked_key_lets_nobody_in(house: House) -> None:
    made, other = issued(house), issued(house)
    assert used(house, made["key"]).status_code == 200
    assert house.post("chloe", f"/me/keys/{made['key_id']}/revoke").status_code == 200
    assert refused(used(house, made["key"])) == (401, "unauthenticated")
    assert used(house, other["key"]).status_code == 200
    assert refused(house.post("ana", f"/accounts/{id_of('chloe')}/keys/{other['key_id']}/revoke"))[0] == 403
    assert house.post("admin", f"/accounts/{id_of('chloe')}/keys/{other['key_id']}/revoke").status_code == 200
    assert refused(used(house, other["key"])) == (401, "unauthenticated")


def test_nobody_revokes_the_key_of_somebody_else(house: House) -> None:
    made = issued(house)
    assert refused(house.post("awa", f"/me/keys/{made['key_id']}/revoke"))[0] == 404
    assert used(house, made["key"]).status_code == 200


def test_a_key_is_used_from_its_networks_only(house: House) -> None:
    elsewhere = issued(house, networks=["203.0.113.0/24"])["key"]
    here = issued(house, networks=["127.0.0.0/8"])["key"]
    assert refused(used(house, elsewhere)) == (401, "unauthenticated")
    spoofed = {"Authorization": f"Bearer {elsewhere}", "X-Forwarded-For": "203.0.113.7"}
    assert refused(house.get(None, "/loans", **spoofed)) == (401, "unauthenticated")
    assert used(house, here).status_code == 200


def test_a_key_out_of_date_lets_nobody_in(house: House) -> None:
    assert refused(used(house, issued(house, expires_on="2020-01-01")["key"])) == (401, "unauthenticated")


def test_what_the_account_loses_the_key_loses(house: House) -> None:
    key = issued(house)["key"]
    assert used(house, key, "/ledger/journal").status_code == 200
    house.does(ChangeRoles(roles=["support"]), id_of("chloe"), account=id_of("admin"))
    soon(lambda: used(house, key, "/ledger/journal").status_code == 403)


def test_a_key_in_a_cookie_is_no_key(house: House) -> None:
    key = issued(house)["key"]
    assert refused(house.get(None, "/loans", Cookie=f"__Host-at={key}")) == (401, "unauthenticated")


@pytest.mark.parametrize("text", ["qk_", "qk_" + "A" * 86, "qk_" + "x" * 200, "qk_../../etc/passwd"])
def test_any_other_text_is_no_key(house: House, text: str) -> None:
    assert refused(used(house, text)) == (401, "unauthenticated")
