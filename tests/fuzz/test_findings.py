"""The fuzzing can fail: faults that are planted in the API are found, each by the check that is for it."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from starlette.responses import JSONResponse
from starlette.routing import Route

from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from api.app import create_app
from api.words import WORDS
from commands.loan_product import LaunchLoanProduct
from commands.organisation import ChangeFourEyesPolicy
from commands.stop_switch import PullStopSwitch
from tests.access.people import later
from tests.api import consumer
from tests.api import house as houses
from tests.api.house import PEOPLE, House, id_of, served
from tests.fuzz.chains import linked
from tests.fuzz.engine import ABOUT_FORM, Plan, is_about_form, played
from tests.fuzz.figures import figures
from tests.fuzz.run import CHAIN, planned, tell
from tests.fuzz.scenes import GROUND, tidied
from tests.fuzz.ways import credentials, who_may

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


def test_a_receipt_leads_to_everything_that_can_be_asked_of_the_thing(document):
    answers = linked(document)["paths"]["/api/v1/loans"]["post"]["responses"]
    links = {link["operationId"]: link["parameters"] for link in answers["201"]["links"].values()}
    assert links["ApproveLoan"] == {"loan_id": "$response.body#/id"}
    assert links["DocumentShelf"] == {"about": "$response.body#/id"}
    assert "Customer" not in links
    assert "links" not in document["paths"]["/api/v1/loans"]["post"]["responses"]["201"]


def test_a_chain_goes_on_with_the_thing_that_it_began_with(house, document):
    loan = "/api/v1/loans"
    of_a_loan = {path: methods for path, methods in document["paths"].items() if path.startswith(loan)}
    alone = {**document, "paths": of_a_loan}
    found = figures(alone, played(house, alone, Plan(seed=1, each=1, scenarios=3, phases=("stateful",))))
    assert sum(found.chains.values()) > 0


def test_who_was_signed_out_or_whose_proof_is_old_signs_in_again(house):
    before = credentials(house, "jean")
    assert credentials(house, "jean") == before
    house.platform.access.sessions.end(house.session("jean"))
    again = credentials(house, "jean")
    assert again != before
    later(house, minutes=5)
    assert credentials(house, "jean") != again


def test_no_product_that_scenes_share_can_be_taken_away():
    entered = {**vars(houses), **vars(consumer)}.values()
    shared = {str(each.product_id) for each in entered if isinstance(each, LaunchLoanProduct)}
    assert len(shared) == 3
    assert shared <= GROUND


def test_what_there_is_one_of_is_put_right_again(house):
    house.does(PullStopSwitch(reason="Un essai seulement."), account=id_of("ana"))
    policy = ChangeFourEyesPolicy(policy="single-operator", reason="Un essai seulement.")
    house.does(policy, ORGANISATION_ID, id_of("admin"))
    tidied(house)
    assert house.platform.store.load(Organisation, ORGANISATION_ID).proposed is None
    assert house.platform.store.load(StopSwitch, STOP_SWITCH_ID).status == "released"


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
