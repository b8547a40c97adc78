"""Every look at personal or money data stands in the access log before anybody sees the answer."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from access.proof import verify_log
from api.app import openapi_document
from api.permitted import PUBLIC
from providers.links.mailed import LENGTH
from tests.api.house import id_of, pdf, request_of
from tests.soon import soon

PHRASE = "un canard violet sous la pluie"

OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, methods in openapi_document()["paths"].items()
    for method, operation in methods.items()
}


def entries(house, **filters):
    answer = house.get(
        "iris", "/access-log?" + "&".join(f"{name}={value}" for name, value in filters.items())
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def latest(house, action):
    return soon(lambda: next((each for each in entries(house, limit=200) if each["action"] == action), None))


def test_a_look_is_recorded_with_who_looked_at_whose_data(house):
    loan = house.requested("awa")
    house.settle()
    answer = house.get("ana", f"/loans/{loan}")
    look = latest(house, "Loan")
    assert look["who"] == f"account:{id_of('ana')}"
    assert look["proof"] == f"session:{house.session('ana')}"
    assert (look["roles"], look["via"], look["kind"]) == (["advisor"], "bearer", "loan")
    assert (look["resource"], look["customers"]) == (str(loan), [str(id_of("awa customer"))])
    assert (look["decision"], look["reason"], look["status"]) == ("allow", None, 200)
    assert (look["request"], look["network"]) == (answer.headers["x-request-id"], "127.0.0.0/24")


def test_a_list_names_every_customer_on_the_page(house):
    house.requested("awa")
    house.requested("jean")
    house.settle()
    house.get("ana", "/loans")
    assert set(latest(house, "LoanBook")["customers"]) == {
        str(id_of("awa customer")),
        str(id_of("jean customer")),
    }


def test_every_refusal_is_recorded_too(house):
    loan = house.requested("jean")
    house.settle()
    house.get("awa", f"/loans/{loan}")
    house.post("awa", f"/loans/{loan}/approve")
    house.get(None, f"/customers/{id_of('awa customer')}")
    stranger, forbidden, nobody = (latest(house, name) for name in ("Loan", "ApproveLoan", "Customer"))
    assert (stranger["decision"], stranger["reason"], stranger["status"]) == ("deny", "not-found", 404)
    assert (stranger["resource"], stranger["customers"]) == (str(loan), [])
    assert (forbidden["reason"], forbidden["roles"]) == ("forbidden", ["client"])
    assert (nobody["who"], nobody["reason"], nobody["via"]) == ("nobody", "unauthenticated", "none")


def test_a_guess_at_a_password_or_a_link_is_recorded_whatever_its_status(house):
    assert house.post("ana", "/me/password", {"current": "a guess", "password": PHRASE}).status_code == 422
    assert house.post(None, "/auth/password", {"token": "A" * LENGTH, "password": PHRASE}).status_code == 410
    password, link = latest(house, "ChangePassword"), latest(house, "ChoosePasswordByLink")
    assert (password["decision"], password["reason"]) == ("deny", "password-wrong")
    assert (link["who"], link["decision"], link["reason"]) == ("nobody", "deny", "link-spent")


def test_an_accepted_command_needs_no_entry(house):
    house.requested("awa")
    assert [each for each in entries(house, limit=200) if each["action"] == "RequestLoan"] == []


def test_a_download_is_recorded_and_the_token_of_a_link_never(house):
    contract = house.sent("awa", pdf("contract"))
    house.settle()
    document = house.get("awa", f"/contracts/{contract}").json()["document_id"]
    assert house.get("awa", f"/documents/{document}/content").status_code == 200
    look = latest(house, "DocumentContent")
    assert (look["resource"], look["customers"]) == (document, [str(id_of("awa customer"))])
    house.get(None, "/links/Planted-Token-8461")
    assert "Planted-Token" not in str(entries(house, limit=200))


def test_the_log_is_filtered_by_everything_it_says(house):
    loan = house.requested("awa")
    house.settle()
    house.get("ana", f"/loans/{loan}")
    house.get("ben", f"/loans/{loan}")
    house.get("awa", "/ledger/journal")
    soon(lambda: entries(house, decision="deny"))
    assert {each["who"] for each in entries(house, who=f"account:{id_of('ben')}")} == {
        f"account:{id_of('ben')}"
    }
    assert {each["resource"] for each in entries(house, resource=loan)} == {str(loan)}
    assert {each["action"] for each in entries(house, customer_id=id_of("awa customer"))} == {"Loan"}
    assert {each["action"] for each in entries(house, decision="deny")} == {"Journal"}
    moment = entries(house, resource=loan)[0]["at"].replace("+", "%2B")
    assert [each["who"] for each in entries(house, resource=loan, to=moment)] == [f"account:{id_of('ana')}"]
    assert len(entries(house, **{"resource": loan, "from": moment})) == 1


def test_a_moment_is_written_as_one_and_not_as_seconds(house):
    for written in ("0", "1767225600", "2026-05-04", "2026-05-04T09:00:00"):
        answer = house.get("iris", f"/access-log?from={written}")
        assert (answer.status_code, answer.json()["type"]) == (422, "invalid"), written
    assert house.get("iris", "/access-log?from=2026-05-04T09:00:00%2B02:00").status_code == 200


def test_reading_the_log_is_recorded_in_the_log(house):
    entries(house)
    assert entries(house)[0]["action"] == "AccessLog"


def test_the_log_comes_in_pages(house):
    for _ in range(5):
        house.get("ana", "/loans")
    who = f"who=account:{id_of('ana')}"
    first = house.get("iris", f"/access-log?{who}&limit=3").json()
    second = house.get("iris", f"/access-log?{who}&limit=3&cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    broken = house.get("iris", "/access-log?cursor=x")
    assert (broken.status_code, broken.json()["type"]) == (422, "bad-cursor")


def test_a_client_sees_who_looked_at_its_data_and_staff_by_role_alone(house):
    loan = house.requested("awa")
    other = house.requested("jean")
    house.settle()
    for name, path in (("ana", f"/loans/{loan}"), ("ana", "/loans"), ("awa", f"/loans/{loan}"), ("ana", f"/loans/{other}")):  # fmt: skip
        assert house.get(name, path).status_code == 200
    mine = house.get("awa", "/me/access-log").json()["items"]
    assert [(each["by"], each["action"], each["roles"]) for each in mine] == [
        ("you", "Loan", []),
        ("staff", "LoanBook", ["advisor"]),
        ("staff", "Loan", ["advisor"]),
    ]
    assert {customer for each in mine for customer in each["customers"]} == {str(id_of("awa customer"))}
    assert str(id_of("ana")) not in str(mine)


def test_staff_sees_nothing_of_others_as_its_own(house):
    house.requested("awa")
    house.settle()
    house.get("ben", "/loans")
    assert house.get("ana", "/me/access-log").json()["items"] == []


@pytest.mark.parametrize("name", ["awa", "ana", "chloe", "sam"])
def test_the_log_is_for_those_who_may(house, name):
    assert house.get(name, "/access-log").status_code == 403


def test_what_cannot_be_recorded_is_not_shown_and_the_rest_goes_on(house):
    loan = house.requested("awa")
    house.settle()
    with psycopg.connect(house.platform.settings.owner_url, autocommit=True) as owner:
        owner.execute("REVOKE EXECUTE ON FUNCTION access.note(jsonb) FROM app")
        refused = house.get("ana", f"/loans/{loan}")
        denied = house.get("ana", "/ledger/journal")
        product = house.get("ana", "/loan-products")
        asked = house.post("ben", f"/loans/{loan}/approve")
        owner.execute("GRANT EXECUTE ON FUNCTION access.note(jsonb) TO app")
    assert (refused.status_code, refused.json()["type"]) == (503, "not-recorded")
    assert "retry-after" in refused.headers
    assert (denied.status_code, product.status_code, asked.status_code) == (403, 200, 200)
    assert soon(lambda: house.platform.access.log.lost) == 1
    assert house.get("ana", f"/loans/{loan}").status_code == 200


def test_the_chain_of_what_was_asked_over_http_is_whole(house):
    for name in ("ana", "awa", "sam"):
        house.get(name, f"/loans/{uuid4()}")
        house.get(name, "/loans")
    with house.platform.reads.connection() as connection:
        proof = verify_log(connection)
    assert proof.breaks == []
    assert proof.entries >= 6


def test_every_operation_about_a_customer_is_recorded():
    """A list of what is not, so that a new route is looked at."""
    silent = {name for name, (_, method, operation) in OPERATIONS.items() if method == "get" and not operation["x-recorded"]}  # fmt: skip
    assert silent - set(PUBLIC) == {
        "OrganisationCard", "ProductList", "Product", "LegalRateList", "IndexRateList", "BusinessDay", "BusinessDays", "Clock", "StopSwitchCard",
        "Machinery", "ParkedEvents", "Arrears",
        "Me", "CsrfToken", "MySessions", "MyKeys", "Factors", "MyAccessLog", "Consents", "Simulation",
    }  # fmt: skip


def test_ids_of_the_log_are_the_ids_of_the_rest(house):
    house.get("ana", "/loans")
    assert UUID(latest(house, "LoanBook")["proof"].removeprefix("session:"))


def test_what_an_insider_tried_alone_is_recorded(house):
    own = id_of("ana's loan")
    assert house.post("ana", "/loans", request_of("awa", own, by_staff=True)).status_code == 201
    refused = house.post("ana", f"/loans/{own}/approve")
    assert (refused.status_code, refused.json()["type"]) == (409, "own-request")
    (entry,) = soon(
        lambda: [
            one
            for one in house.get("iris", "/access-log?decision=deny").json()["items"]
            if one["reason"] == "own-request"
        ]
    )
    assert (entry["who"], entry["action"], entry["status"]) == (f"account:{id_of('ana')}", "ApproveLoan", 409)
