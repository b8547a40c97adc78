"""Who gets in, who may do what, and whose data is seen: every route against every role."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from aggregates.permissions import ROLES, permissions_of
from api.app import openapi_document
from tests.api.house import PEOPLE, id_of, request_of
from tests.api.listening import brief_connections

FILLED = str(uuid4())


def operations():
    """Method, path, permission and an example of the body, of every route behind a token."""
    document = openapi_document()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "security" in operation:
                said = re.search(r"Permission: `([a-z._-]+)`", operation["description"])
                content = operation.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("example")
                yield method, re.sub(r"\{\w+\}", FILLED, path).removeprefix("/api/v1"), said and said[1], body


OPERATIONS = list(operations())
NOT_IN_PASSING = ("/clock/advance", "/auth/sign-out")
"""Whoever may do it would be somewhere else afterwards."""


def test_the_matrix_has_every_route():
    assert len(OPERATIONS) > 40
    assert {method for method, *_ in OPERATIONS} == {"get", "post"}
    assert [path for _, path, permission, _ in OPERATIONS if permission is None] == []


def test_nothing_is_answered_without_a_valid_token(house):
    for authorization in ("Nobody", "Basic YXdhOnNlY3JldA==", "Bearer", "Bearer short", f"Bearer {'x' * 40}"):
        with house.calling(None, Authorization=authorization) as client:
            for method, path, _, body in OPERATIONS:
                answer = client.request(method, path, json=body)
                assert (answer.status_code, answer.json()["type"]) == (401, "unauthenticated"), (method, path)
                assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", list(PEOPLE))
def test_every_role_is_refused_exactly_what_it_may_not(house, name):
    allowed = permissions_of(PEOPLE[name])
    house.settle()
    with brief_connections(), house.calling(name) as client:
        for method, path, permission, body in OPERATIONS:
            if path in NOT_IN_PASSING and permission in allowed:
                continue
            answer = client.request(method, path, json=body)
            expected = permission is not None and permission not in allowed
            assert (answer.status_code == 403) == expected, (method, path, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)


def test_the_cast_covers_the_roles():
    assert {role for roles in PEOPLE.values() for role in roles} == set(ROLES)


def test_a_closed_account_lets_in_no_more(house):
    assert house.post("awa", "/loans", request_of("awa", uuid4())).status_code == 201
    assert house.post("admin", f"/accounts/{id_of('awa')}/close", {"reason": "partie"}).status_code == 200
    assert house.get("awa", "/loans").status_code == 401
