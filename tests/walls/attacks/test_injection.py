"""Injection through sorting, filtering and paging: every query parameter of every question, and some that there are not.

What is not of the declared form is a 422 that names it; what is of the form is only ever a value. A question never shows
more rows for it, and never breaks.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from api.app import openapi_document
from tests.api.house import PEOPLE, House
from tests.api.listening import brief_connections
from tests.walls.calls import OPERATIONS, Operation

PAYLOADS = (
    "' OR '1'='1", "1; DROP TABLE read.loan_book --", "x') UNION SELECT label FROM read.account_list --", "%' --", "%",
    "_", "\\", "$$", "pg_sleep(9)", "\x00", "\ud7ff\uffff", "[]", "{}", "null", "true", "0x1", "1e9", "-0",
    "%(customers)s", "{0.__class__}", "${7*7}", "{{7*7}}", "all", "*", "x" * 3_400,
)  # fmt: skip
UNHEARD_OF = ("sort", "order", "order_by", "filter", "where", "fields", "include", "columns", "limit[]", "cursor[$gt]",
              "offset", "page", "scope", "customers", "owner", "as_of")  # fmt: skip
DECLARED = {
    operation["operationId"]: [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    for methods in openapi_document()["paths"].values()
    for operation in methods.values()
}
QUESTIONS = {name: one for name, one in OPERATIONS.items() if not one.changes and "openid" not in one.path}
LEAKS = re.compile(r"psycopg|syntax error|relation |SELECT|UNION|Traceback|read\.", re.IGNORECASE)


@pytest.fixture(scope="module")
def house(standing: House) -> Iterator[House]:
    for name in ("awa", "jean"):
        standing.requested(name)
    standing.settle()
    with brief_connections():
        yield standing


def asker_of(house: House, one: Operation) -> str | None:
    """Somebody who may ask; a client before staff, who sees less."""
    if one.permission is None:
        return None
    return next(n for n in PEOPLE if one.permission in house.get(n, "/me").json()["permissions"])


def address(one: Operation) -> str:
    return re.sub(r"\{\w+\}", lambda _: str(uuid4()), one.path)


def rows(answer: httpx.Response) -> set[str]:
    """What is shown, each row as text; nothing for a refusal and for what is no list."""
    if answer.status_code != 200 or "json" not in answer.headers["content-type"]:
        return set()
    said = answer.json()
    items = said.get("items", []) if isinstance(said, dict) else said
    return {json.dumps(item, sort_keys=True) for item in items} if isinstance(items, list) else set()


@pytest.mark.parametrize("operation", sorted(QUESTIONS))
def test_what_is_sent_as_a_parameter_is_a_value_or_refused(house: House, operation: str) -> None:
    one = QUESTIONS[operation]
    with house.calling(asker_of(house, one)) as client:
        plain = client.get(address(one), params={"limit": "200"} if "limit" in DECLARED[operation] else {})
        for name in DECLARED[operation]:
            for payload in PAYLOADS:
                answer = client.get(
                    f"{address(one)}?{quote(name)}={quote(payload, safe='', errors='replace')}"
                )
                assert answer.status_code in (200, 404, 422), (name, payload, answer.text)
                assert not LEAKS.search(answer.text.replace(payload, "")) or answer.status_code == 200, (
                    answer.text
                )
                if plain.status_code == 200:
                    assert rows(answer) <= rows(plain) or "log" in one.path, (name, payload)


@pytest.mark.parametrize("operation", sorted(QUESTIONS))
def test_a_parameter_that_there_is_not_is_refused_by_name(house: House, operation: str) -> None:
    one = QUESTIONS[operation]
    with house.calling(asker_of(house, one)) as client:
        for name in set(UNHEARD_OF) - set(DECLARED[operation]):
            answer = client.get(f"{address(one)}?{quote(name)}=1")
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "extra_forbidden"), name


@pytest.mark.parametrize("operation", sorted(name for name in QUESTIONS if DECLARED[name]))
def test_a_parameter_that_is_sent_twice_is_refused_by_name(house: House, operation: str) -> None:
    """Also with the same value, and spelled differently: a proxy on the way may have read the other one."""
    one = QUESTIONS[operation]
    with house.calling(asker_of(house, one)) as client:
        for name in DECLARED[operation]:
            for twice in (
                f"{name}=1&{name}=2",
                f"{name}=1&{name}=1",
                f"{name}=1&%{ord(name[0]):02x}{name[1:]}=2",
            ):
                answer = client.get(f"{address(one)}?{twice}")
                told = [(error["field"], error["code"]) for error in answer.json()["errors"]]
                assert (answer.status_code, told) == (422, [(name, "sent_twice")]), answer.text


@pytest.mark.parametrize("name", ["Idempotency-Key", "If-Match"])
def test_a_header_of_ours_that_is_sent_twice_is_refused(house: House, name: str) -> None:
    loan = house.requested("awa")
    headers = [(name, '"1"'), (name, '"2"'), ("Authorization", f"Bearer {house.token('awa')}")]
    answer = httpx.post(f"{house.url}/api/v1/loans/{loan}/withdraw", headers=headers, json={})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "sent_twice")
    assert answer.json()["errors"][0]["place"] == "header"


# ── cursors ────────────────────────────────────────────────────────────────


def forged(*values: Any) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        ("name",), ("name", "loan_id"), ("requested_on DESC", "x"), ("1=1 OR", "x"), ("' OR 1=1 --", str(uuid4())),
        (["name"], {"$gt": ""}), ("\x00", "\x00"), ("x", None), (None, None), ("𠮷" * 50, str(uuid4())), ("x", "all"),
    ],
)  # fmt: skip
def test_a_cursor_with_other_columns_or_statements_shows_nothing_more(
    house: House, values: tuple[Any, ...]
) -> None:
    given = house.get("ana", "/customers?limit=1").json()["next"]
    mark = json.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))[0]
    own = rows(house.get("awa", "/customers"))
    for first in (mark, "deadbeef", "name DESC"):
        answer = house.get("awa", f"/customers?cursor={forged(first, *values)}")
        assert answer.status_code in (200, 422), answer.text
        assert rows(answer) <= own
        if first != mark:
            assert answer.json()["type"] == "bad-cursor"


def test_a_cursor_of_somebody_who_sees_more_shows_nothing_more(house: House) -> None:
    given = house.get("ana", "/customers?limit=1").json()["next"]
    for name in ("awa", "jean"):
        own = rows(house.get(name, "/customers"))
        assert rows(house.get(name, f"/customers?cursor={given}")) <= own
