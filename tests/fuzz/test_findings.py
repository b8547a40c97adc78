"""The fuzzing can fail: faults that are planted in the API are found, each by the check that is for it."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.app import create_app
from api.words import WORDS
from tests.api.house import PEOPLE, House, served
from tests.fuzz.engine import ABOUT_FORM, Plan, is_about_form, played
from tests.fuzz.figures import figures
from tests.fuzz.run import CHAIN, planned, tell
from tests.fuzz.ways import who_may

ORGANISATION = "/api/v1/organisation"


def planted(house, document, answer, checked=ORGANISATION):
    """What is found when one address of the API answers like this."""
    app = create_app(house.platform)
    app.router.routes.insert(0, Route(checked, answer, methods=["GET"]))
    alone = {**document, "paths": {checked: {"get": document["paths"][checked]["get"]}}}
    with served(house.platform, app) as url:
        plan = Plan(seed=1, each=3, scenarios=1, phases=("fuzzing",))
        return figures(alone, played(House(house.platform, url), alone, plan))


def checks(found):
    return {finding.check for finding in found.findings.values()}


def test_a_server_error_is_found_with_its_request(house, document):
    async def broken(request):
        raise RuntimeError("planted")

    found = planted(house, document, broken)
    assert "not_a_server_error" in checks(found)
    assert not found.kept
    assert all("curl -X GET" in f.request and ORGANISATION in f.request for f in found.findings.values())
    assert found.unreached == ["OrganisationCard"]


def test_a_status_that_is_not_documented_is_found(house, document):
    async def teapot(request):
        return JSONResponse({}, 418)

    assert "status_code_conformance" in checks(planted(house, document, teapot))


def test_an_answer_that_is_not_what_the_document_shows_is_found_and_so_is_an_open_door(house, document):
    async def other(request):
        return JSONResponse({"legal_name": 7})

    found = planted(house, document, other)
    assert {"response_schema_conformance", "ignored_auth"} <= checks(found)


def test_what_is_told_names_the_finding_its_request_the_seed_and_who_was_not_reached(house, document):
    async def teapot(request):
        return JSONResponse({}, 418)

    console = Console(file=StringIO(), width=200)
    tell(planted(house, document, teapot), 1, 2.0, console)
    told = console.file.getvalue()
    for words in (
        "status_code_conformance",
        "curl -X GET",
        "seed 1",
        "0.0 %",
        "without a 2xx: OrganisationCard",
    ):
        assert words in told


def test_as_many_are_drawn_as_were_asked_for():
    plan = planned(5_000, seed=1, operations=57)
    assert 4_900 < plan.each * 57 + plan.scenarios * CHAIN < 5_100


def test_too_few_accepted_operations_are_a_failure_without_any_finding(document):
    found = figures(document, [])
    assert (found.findings, found.broken, found.reached, found.kept) == ({}, [], 0, False)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ({"type": "invalid", "errors": [{"code": "string_too_long"}, {"code": "value_error"}]}, True),
        ({"type": "invalid", "errors": [{"code": "value_error"}]}, False),
        ({"type": "invalid", "errors": [{"code": "value_error"}, {"code": "int_type"}]}, False),
        ({"type": "header-refused"}, True),
        ({"type": "not-awaiting-decision"}, False),
    ],
)
def test_a_refusal_of_what_fits_is_a_fault_when_it_is_about_the_form(problem, expected):
    assert is_about_form(problem) is expected


def test_refusals_about_the_form_are_refusals_there_are():
    assert ABOUT_FORM - set(WORDS) == set()


def test_somebody_may_ask_each_operation(document):
    for methods in document["paths"].values():
        for operation in methods.values():
            if "security" in operation:
                assert who_may(operation) in PEOPLE
