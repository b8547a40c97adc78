"""Mass assignment: no body takes a field that it does not declare, at any depth, and nothing changes by trying.

Drawn from the OpenAPI document, so that a new route is covered by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from api.app import openapi_document
from tests.api.house import PEOPLE, House, id_of, pdf
from tests.walls.calls import OPERATIONS, Operation

WANTED = (
    "id", "account_id", "customer_id", "owner", "owner_id", "role", "roles", "is_admin", "permissions", "scope",
    "status", "state", "version", "balance", "limits", "approved_by", "requested_by", "proved_at", "step_up",
    "created_at", "reference", "__class__", "__proto__", "constructor",
)  # fmt: skip
"""What somebody would like to set."""

NOT_READ = {"ShownPasskey", "MadePasskey", "_ShownResponse", "_MadeResponse"}
"""What an authenticator made: browsers add to it as they please, and nothing but what is declared is read."""

DOCUMENT = openapi_document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def body_of(operation: Operation) -> dict[str, Any] | None:
    """The schema of a route's JSON body; None: it takes none."""
    described = DOCUMENT["paths"][f"/api/v1{operation.path}"][operation.method]
    content = described.get("requestBody", {}).get("content", {})
    return resolved(content["application/json"]["schema"]) if "application/json" in content else None


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Behind references, and behind what may be left out."""
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return resolved(choice)
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMAS[name] | {"title": name} if name else schema


TAKES_JSON = {name: body for name, one in OPERATIONS.items() if (body := body_of(one)) is not None}


def crammed(schema: dict[str, Any], depth: int = 3) -> set[str]:
    """Where in a body a wanted field may stand that is not declared there, at every depth."""
    declared = schema.get("properties", {})
    places = set(WANTED) - declared.keys()
    for name, inner in declared.items():
        below = resolved(inner)
        if below.get("type") == "object" and below.get("properties") and depth:
            if below["title"] in NOT_READ:
                continue
            places |= {f"{name}.{place}" for place in crammed(below, depth - 1)}
    return places


@pytest.fixture(scope="module")
def house(standing: House) -> House:
    return standing


# Of a signed copy the contract is looked for before anything is read: it may be a file. What its body may hold is
# looked at below.
@pytest.mark.parametrize("operation", sorted(TAKES_JSON.keys() - {"ReceiveSignedCopy"}))
def test_no_body_takes_a_field_that_it_does_not_declare(house: House, operation: str) -> None:
    one, before = OPERATIONS[operation], events(house)
    places = crammed(TAKES_JSON[operation])
    path = re.sub(r"\{\w+\}", lambda _: str(uuid4()), one.path)
    for by in (None,) if one.is_public else admitted(house, one):
        for parent in sorted({place.rpartition(".")[0] for place in places}):
            # One object at a time: an answer shows so many errors and no more.
            names = {place.rpartition(".")[2] for place in places if place.rpartition(".")[0] == parent}
            inside = {f"{parent}.{name}" if parent else name for name in names}
            sent: dict[str, Any] = dict.fromkeys(names, "admin")
            for above in reversed(parent.split(".") if parent else []):
                sent = {above: sent}
            answer = house.post(by, path, sent, **{"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 422, (by, answer.text)
            told = {e["field"] for e in answer.json()["errors"] if e["code"] == "extra_forbidden"}
            assert inside <= told, (by, answer.text)
    assert events(house) == before


def admitted(house: House, operation: Operation) -> Iterator[str]:
    """Everybody who may ask: the others hear 403 whatever they send."""
    may = [name for name in PEOPLE if operation.permission in house.get(name, "/me").json()["permissions"]]
    assert may, f"nobody of the house may ask for {operation.id}"
    yield from may[:2]


def events(house: House) -> int:
    return len(house.platform.store.read_feed(limit=10_000).events)


def test_every_object_that_a_body_may_hold_refuses_what_it_does_not_declare() -> None:
    """At any depth, in lists too: what the test above does not reach has to say so itself."""
    open_ones = {
        name for name in _reachable() if not SCHEMAS[name].get("additionalProperties", True) is False
    }
    assert open_ones - NOT_READ == set()


def _reachable() -> set[str]:
    """Every named object below a JSON body."""
    named: set[str] = set()
    waiting: list[Any] = [
        media["schema"]
        for methods in DOCUMENT["paths"].values()
        for described in methods.values()
        for kind, media in described.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, dict):
            name = str(schema.get("$ref", "")).rpartition("/")[2]
            if name and name not in named and SCHEMAS[name].get("type") == "object":
                named.add(name)
                waiting.append(SCHEMAS[name])
            waiting += [value for key, value in schema.items() if key not in ("example", "examples")]
        elif isinstance(schema, list):
            waiting += schema
    return named


def test_a_form_takes_its_file_and_nothing_beside_it(house: House) -> None:
    contract = house.sent("awa")
    before = events(house)
    with house.calling("awa") as client:
        files = {"file": ("copie.pdf", pdf("signed"), "application/pdf")}
        address = f"/contracts/{contract}/signed-copy"
        answer = client.post(
            address, files=files, data={"status": "signed", "customer_id": str(id_of("jean"))}
        )
    assert (answer.status_code, answer.json()["type"]) == (400, "broken-upload")
    assert events(house) == before
