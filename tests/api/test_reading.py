"""Lists and questions: pages, bounds, and seeing one's own change."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote
from uuid import uuid4

import pytest

from aggregates.values import Money
from api.app import openapi_document
from api.deps import positions
from api.refusals import HeaderRefused
from tests.api.house import PRODUCT, id_of

READABLE = ("application/json", "application/problem+json", "text/csv; charset=utf-8")
"""What answers are written in: lists that are taken away are CSV."""
NEVER_ENDS = "/api/v1/events"
"""Whoever asks for it with values that are right reads for ever: test_events.py asks it with others."""


def test_pages_follow_each_other_without_gap_or_repetition(house):
    loans = {str(house.requested()) for _ in range(5)}
    house.settle()
    seen, path = [], "/loans?limit=2"
    while path:
        page = house.get("ana", path).json()
        seen += [line["loan_id"] for line in page["items"]]
        path = page["next"] and f"/loans?limit=2&cursor={page['next']}"
    assert (len(seen), set(seen)) == (5, loans)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("status=gone", "status"),
        ("customer_id=awa", "customer_id"),
        ("cursor=" + "x" * 3_501, "cursor"),
        ("sort=principal;drop table", "sort"),
    ],
)
def test_a_parameter_out_of_bounds_or_unheard_of_is_named(house, query, field):
    answer = house.get("ana", f"/loans?{query}")
    assert answer.status_code == 422
    assert [(error["field"], error["place"]) for error in answer.json()["errors"]] == [(field, "query")]


def test_a_cursor_of_another_list_is_refused(house):
    house.settle()
    answer = house.get("ana", "/loans?cursor=bm90aGluZw")
    assert (answer.status_code, answer.json()["type"]) == (422, "bad-cursor")


@pytest.mark.parametrize("value", [True, -5, 1.5e308, 10**30, ["2026-05-04"], {}])
def test_a_cursor_with_a_value_of_another_kind_is_refused(house, value):
    house.settle()
    given = house.get("ana", "/customers?limit=1").json()["next"]
    mark, *_ = json.loads(urlsafe_b64decode(given + "=="))
    for values in ([value, str(uuid4())], ["awa", value]):
        forged = urlsafe_b64encode(json.dumps([mark, *values]).encode()).decode().rstrip("=")
        answer = house.get("ana", f"/customers?cursor={forged}")
        assert (answer.status_code, answer.json()["type"]) == (422, "bad-cursor")


def test_the_longest_names_are_listed_to_the_end_and_found_by_their_end(house):
    names = {"𠮷" * 115 + each for each in ("Aé", "Be", "Ce")}
    for name in names:
        customer = {"customer_id": str(uuid4()), "nature": "person", "name": name, "address": "8 rue Noire"}
        asked = house.post("ana", "/customers", {**customer, "country": "FR", "language": "fr"})
        assert asked.status_code == 201, asked.text
    house.settle()
    seen, path = [], "/customers?limit=1"
    while path:
        answer = house.get("ana", path)
        assert answer.status_code == 200, answer.text
        seen += [line["name"] for line in answer.json()["items"]]
        path = answer.json()["next"] and f"/customers?limit=1&cursor={answer.json()['next']}"
    assert (len(seen), set(seen) >= names) == (5, True)
    assert [line["name"] for line in house.get("ana", "/customers?q=ae").json()["items"]] == [
        "𠮷" * 115 + "Aé"
    ]


def test_a_change_that_is_not_in_yet_is_admitted(house):
    house.settle()
    answer = house.get("ana", "/loans", **{"Read-After": '{"3": "9223372036854775807"}'})
    assert (answer.status_code, answer.headers["read-after-reached"]) == (200, "false")


def test_read_after_is_understood_in_both_spellings():
    assert positions('{"17": "4295098369", "3": "88"}') == {17: 4295098369, 3: 88}
    assert positions("17=4295098369, 3=88") == {17: 4295098369, 3: 88}


@pytest.mark.parametrize(
    "written",
    [
        "17",
        "64=1",
        "17=x",
        "17=1; drop",
        "{}",
        "17=1,,3=2",
        "-1=3",
        "1=" + "9" * 30,
        "17=9223372036854775808",
        '{"17": "9999999999999999999"}',
    ],
)
def test_read_after_is_nothing_else(written):
    with pytest.raises(HeaderRefused):
        positions(written)


def test_names_are_searched_without_accents_and_clients_find_themselves_only(house):
    house.settle()
    found = house.get("ana", "/customers?q=DIÔP").json()["items"]
    own = house.get("jean", "/customers").json()["items"]
    assert {line["customer_id"] for line in found} == {
        str(id_of("awa customer")),
        str(id_of("jean customer")),
    }
    assert [line["customer_id"] for line in own] == [str(id_of("jean customer"))]


def test_what_the_house_publishes_is_seen_by_clients_too(house):
    house.settle()
    assert [line["code"] for line in house.get("awa", "/loan-products").json()] == ["pret-personnel"]
    small = PRODUCT.model_copy(
        update={
            "product_id": uuid4(),
            "code": "avance",
            "min_principal": Money(100_000, "XOF"),
            "max_principal": Money(500_000, "XOF"),
        }
    )
    house.does(small, account=id_of("admin"))
    house.settle()
    offered = house.get("awa", "/loan-products").json()
    assert [line["currency"] for line in offered] == ["EUR", "XOF"], "the house's own first"
    assert house.get("awa", "/organisation").json()["legal_name"] == "Prêts du Fleuve"


HOSTILE = [
    "'",
    "' OR 1=1 --",
    "\x00",
    "\U0001f600",
    "\u202e\u0000",
    "../../etc/passwd",
    "9" * 30,
    "-1",
    "NaN",
    "{table}",
    "%(limit)s",
    "%s",
    "true",
    "2026-02-30",
    "x" * 600,
]


def test_no_hostile_value_breaks_a_question(house):
    house.settle()
    questions = [
        (path, [p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"])
        for path, methods in openapi_document()["paths"].items()
        if "get" in methods and path.startswith("/api/v1") and path != NEVER_ENDS
    ]
    assert len(questions) > 20
    with house.calling("ana") as client:
        for path, names in questions:
            for value in HOSTILE:
                quoted = quote(value, safe="")
                filled = re.sub(r"\{\w+\}", quoted, path).removeprefix("/api/v1")
                asked = [filled] + [f"{filled}?{name}={quoted}" for name in names]
                for address in asked:
                    answer = client.get(address)
                    assert answer.status_code < 500, (address, answer.text)
                    assert answer.headers["content-type"] in READABLE
