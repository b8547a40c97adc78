"""The OpenAPI document is complete: a stranger can call every route from it alone."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from api.app import openapi_document
from api.deps import positions
from api.examples import BY_NAME
from api.refusals import HeaderRefused
from api.words import WORDS
from commands.access_request import RequestAccess
from commands.account import AddFactor, ChangeSignInAddress, ChoosePassword, IssueKey, LinkIdentity
from commands.contract import ReceiveSignedCopy
from commands.document import RecordDownload
from commands.notification import ProveAddress
from commands.servicing import ReverseRepayment
from eventstore import Command

DOCUMENT = openapi_document()
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
COMMANDS = {
    command.__name__: command
    for command in Command.registry
    if command.may and command.__module__.startswith("commands.")
}


def examples(content):
    if "example" in content:
        return [content["example"]]
    shared = DOCUMENT["components"]["examples"]
    return [
        (shared[shown["$ref"].rpartition("/")[2]] if "$ref" in shown else shown)["value"]
        for shown in content.get("examples", {}).values()
    ]


def test_operation_ids_are_unique():
    assert len(OPERATIONS) == sum(len(methods) for methods in DOCUMENT["paths"].values())


BEHIND_OTHER_ROUTES = {
    command.__name__
    for command in (
        RecordDownload, AddFactor, LinkIdentity, ChoosePassword, ChangeSignInAddress, RequestAccess,
    )
}  # fmt: skip
"""Sent by the API itself: a download, a factor that was shown to work, an identity that a provider vouched for, a
password that was judged, an address whose mailbox was proved, a visit."""


def test_every_command_of_people_has_its_route():
    assert set(COMMANDS) - BEHIND_OTHER_ROUTES <= set(OPERATIONS)


NOTHING_TO_SHOW = {"204", "302", "303"}
"""Done, and what leads on to another address."""


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_is_and_shows_every_body_and_answer(name):
    _, path, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    shown = [answer for status, answer in operation["responses"].items() if status not in NOTHING_TO_SHOW]
    for carrier in (*bodies, *shown):
        assert carrier["content"], (name, carrier)
        for content in carrier["content"].values():
            assert content.get("schema") or content.get("itemSchema"), name
            assert examples(content), (name, content)
    if path.startswith("/api/"):
        assert {"422", "503"} <= set(operation["responses"])
    if "security" in operation:
        assert {"401", "403"} <= set(operation["responses"])
        answers = [a for status, a in operation["responses"].items() if status.startswith("2")]
        assert all(answer.get("headers") for answer in answers)


COMPLETED = (ReverseRepayment, IssueKey, ProveAddress, ReceiveSignedCopy)
"""The route adds what the sender cannot know."""


@pytest.mark.parametrize("name", sorted(set(COMMANDS) & set(OPERATIONS)))
def test_the_example_of_a_body_is_one_that_the_command_takes(name):
    body = OPERATIONS[name][2].get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and COMMANDS[name] not in COMPLETED:
        COMMANDS[name].model_validate_json(json.dumps(body["example"]))


@pytest.mark.parametrize("name", sorted(set(COMMANDS) & set(OPERATIONS)))
def test_every_refusal_of_a_command_is_documented_with_its_status(name):
    answers = OPERATIONS[name][2]["responses"]
    for kind in COMMANDS[name].rejects:
        problems = answers[str(kind.status)]["content"]["application/problem+json"]["examples"]
        assert kind.code() in problems


def test_a_refusal_in_a_state_shows_that_state_and_what_is_possible():
    conflicts = OPERATIONS["DisburseLoan"][2]["responses"]["409"]["content"]["application/problem+json"]
    shown = {problem["type"]: problem for problem in examples(conflicts)}["not-ready-to-disburse"]
    assert shown["state"] == "requested"
    assert "ApproveLoan" in shown["accepted_commands"]


def test_every_refusal_that_a_route_can_answer_has_french_words():
    told = {
        problem["type"]: problem["title"]
        for _, _, operation in OPERATIONS.values()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for problem in examples(content)
        if isinstance(problem, dict) and "what_to_do" in problem
    }
    assert set(told) - set(WORDS) == set()


def test_known_property_names_are_ours():
    named = {
        name for schema in DOCUMENT["components"]["schemas"].values() for name in schema.get("properties", {})
    }
    assert set(BY_NAME) - named == set()


def test_a_parameter_is_there_or_not_but_never_null():
    for name, (_, _, operation) in OPERATIONS.items():
        for parameter in operation.get("parameters", []):
            assert {"type": "null"} not in parameter["schema"].get("anyOf", []), name


@pytest.mark.parametrize(("name", "is_required"), [("WithdrawLoanRequest", False), ("DeclineLoan", True)])
def test_a_body_may_be_left_out_where_every_field_may(name, is_required):
    assert OPERATIONS[name][2]["requestBody"]["required"] is is_required


def documented(name, parameter):
    return next(p["schema"]["pattern"] for p in OPERATIONS[name][2]["parameters"] if p["name"] == parameter)


@pytest.mark.parametrize("written", ["17=4295098369, 3=88", '{"17": "4295098369"}', "63=9199999999999999999"])
def test_what_the_document_says_of_read_after_is_understood(written):
    assert re.search(documented("LoanBook", "Read-After"), written)
    assert positions(written)


@pytest.mark.parametrize("written", ["", "x", "64=1", "1=9223372036854775808", "1=1, ", "null"])
def test_what_the_document_says_of_read_after_leaves_out_what_is_refused(written):
    assert not re.search(documented("LoanBook", "Read-After"), written)
    with pytest.raises(HeaderRefused):
        positions(written)


def test_the_documentation_page_loads_everything_from_here(house):
    page = httpx.get(f"{house.url}/docs")
    assert (page.status_code, "http://" in page.text, "https://" in page.text) == (200, False, False)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js", "favicon.png"):
        assert httpx.get(f"{house.url}/docs/{asset}").status_code == 200
    assert httpx.get(f"{house.url}/docs/..%2f..%2fpyproject.toml").status_code == 404
    assert httpx.get(f"{house.url}/openapi.json", timeout=60).json()["paths"] == DOCUMENT["paths"]
