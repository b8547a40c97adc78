"""Loans over HTTP: what is answered, never a rule that is tested below."""

from __future__ import annotations

from uuid import uuid4

from commands.servicing import OpenServicing
from tests.api.house import id_of, request_of


def test_a_client_asks_for_a_loan_and_finds_it_in_the_list(house):
    loan = uuid4()
    asked = house.post("awa", "/loans", request_of("awa", loan))
    house.settle()
    after = ", ".join(f"{lane}={position}" for lane, position in asked.json()["positions"].items())
    listed = house.get("awa", "/loans", **{"Read-After": after})
    assert (asked.status_code, asked.json()["id"], asked.headers["etag"]) == (201, str(loan), '"1"')
    assert [line["loan_id"] for line in listed.json()["items"]] == [str(loan)]
    assert listed.headers["read-after-reached"] == "true"


def test_a_decision_is_made_once_and_the_refusal_says_what_is_possible_now(house):
    loan = house.approved()
    again = house.post("ana", f"/loans/{loan}/decline", {"reason": "Changé d'avis"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["content-language"] == "fr"
    problem = again.json()
    assert problem["type"] == "not-awaiting-decision"
    assert problem["title"] == "Cette demande de prêt n'attend plus de décision."
    assert problem["state"] == "approved"
    assert "DisburseLoan" not in problem["accepted_commands"]
    assert "ApproveLoan" not in problem["accepted_commands"]
    assert problem["what_to_do"]
    assert problem["request_id"] == again.headers["x-request-id"]


def test_the_same_refusal_in_english(house):
    loan = house.approved()
    again = house.post("ana", f"/loans/{loan}/approve", **{"Accept-Language": "de, en;q=0.8, fr;q=0.5"})
    assert again.headers["content-language"] == "en"
    assert again.json()["title"] == "Only a requested loan can be approved, declined or withdrawn."


def test_nobody_approves_a_request_of_their_own(house):
    loan = uuid4()
    assert house.post("ana", "/loans", request_of("awa", loan, by_staff=True)).status_code == 201
    own = house.post("ana", f"/loans/{loan}/approve")
    assert (own.status_code, own.json()["type"], own.json()["state"]) == (409, "own-request", "requested")
    assert "ApproveLoan" in own.json()["accepted_commands"]


def test_a_version_that_moved_is_refused_and_the_right_one_is_not(house):
    loan = house.approved()
    house.settle()
    read = house.get("ana", f"/loans/{loan}")
    assert read.headers["etag"] == '"2"'
    stale = house.post("ana", f"/loans/{loan}/decline", {"reason": "trop tard"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"], stale.json()["state"]) == (409, "stale", "approved")
    fresh = house.post(
        "ana", f"/loans/{loan}/decline", {"reason": "trop tard"}, **{"If-Match": read.headers["etag"]}
    )
    assert fresh.json()["type"] == "not-awaiting-decision"


def test_an_id_that_is_taken_is_not_taken_over(house):
    loan = house.requested()
    again = house.post("awa", "/loans", request_of("awa", loan, amount="6000.00"))
    assert (again.status_code, again.json()["type"]) == (409, "already-exists")


PAID = {
    "repayment_id": "10a00000-0000-4000-8000-0000000000a1",
    "amount": {"amount": "100.00", "currency": "EUR"},
    "value_date": "2026-05-04",
    "method": "cash",
    "reference": "R-1",
}
UNDO = {"reason": "Saisi deux fois"}


def test_before_the_payout_a_repayment_is_refused_with_what_the_loan_waits_for(house):
    loan = house.approved()
    path = f"/loans/{loan}/repayments"
    received = house.post("chloe", path, PAID)
    undone = house.post("chloe", f"{path}/{PAID['repayment_id']}/reverse", UNDO)
    declined = house.requested("jean")
    house.post("ana", f"/loans/{declined}/decline", {"reason": "Revenus insuffisants"})
    never = house.post("chloe", f"/loans/{declined}/repayments", PAID)
    for answer, state in ((received, "approved"), (undone, "approved"), (never, "declined")):
        assert (answer.status_code, answer.json()["type"]) == (409, "not-disbursed")
        assert answer.json()["state"] == state
    waiting = house.post("ana", f"/loans/{loan}/decline", {"reason": "Changé d'avis"}).json()
    assert received.json()["accepted_commands"] == waiting["accepted_commands"]
    assert never.json()["accepted_commands"] == []


def test_between_the_payout_and_the_first_schedule_a_repayment_is_told_to_wait(house):
    loan = house.disbursed(serviced=False)
    soon = house.post("chloe", f"/loans/{loan}/repayments", PAID)
    assert (soon.status_code, soon.json()["type"], soon.json()["state"]) == (
        409,
        "not-disbursed",
        "disbursed",
    )
    assert "in a moment" in soon.json()["detail"]
    house.does(OpenServicing(loan_id=loan))
    assert house.post("chloe", f"/loans/{loan}/repayments", PAID).status_code == 200


def test_a_repayment_of_an_unknown_loan_speaks_of_that_loan(house):
    loan = uuid4()
    for path, body in (("", PAID), (f"/{uuid4()}/reverse", UNDO)):
        answer = house.post("chloe", f"/loans/{loan}/repayments{path}", body)
        assert (answer.status_code, answer.json()["type"]) == (404, "not-found")
        assert str(loan) in answer.json()["detail"]


def test_after_the_payout_there_are_a_schedule_an_account_and_repayments(house):
    loan = house.disbursed()
    assert house.post("chloe", f"/loans/{loan}/repayments", PAID).status_code == 200
    reverse = f"/loans/{loan}/repayments/{PAID['repayment_id']}/reverse"
    assert house.post("chloe", reverse, UNDO).status_code == 200
    house.settle()
    assert len(house.get("awa", f"/loans/{loan}/schedule").json()) == 24
    assert house.get("awa", f"/loans/{loan}/account").json()["principal"] == 500000
    assert [line["reversed"] for line in house.get("awa", f"/loans/{loan}/repayments").json()] == [True]
    again = house.post("chloe", reverse, {"reason": "Encore"})
    assert (again.status_code, again.json()["type"]) == (409, "already-reversed")


def test_a_loan_without_payout_has_no_account_and_an_unknown_one_no_schedule(house):
    loan = house.requested()
    house.settle()
    assert house.get("awa", f"/loans/{loan}/account").status_code == 404
    assert house.get("awa", f"/loans/{loan}/schedule").json() == []
    assert house.get("awa", f"/loans/{uuid4()}/schedule").status_code == 404


def test_somebody_elses_loan_is_as_unknown_as_one_that_never_was(house):
    loan = house.requested("jean")
    house.settle()
    for path in ("", "/schedule", "/account", "/repayments"):
        foreign, unknown = (
            house.get("awa", f"/loans/{loan}{path}"),
            house.get("awa", f"/loans/{uuid4()}{path}"),
        )
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert _without_ids(foreign) == _without_ids(unknown)
    foreign = house.post("awa", f"/loans/{loan}/withdraw")
    assert (foreign.status_code, foreign.json()["type"]) == (404, "not-found")
    assert house.get("awa", "/loans").json() == {"items": [], "next": None}


def test_a_client_asks_for_nobody_else(house):
    foreign = house.post("awa", "/loans", request_of("jean", uuid4()))
    assert (foreign.status_code, foreign.json()["type"]) == (404, "not-found")
    mixed = {**request_of("awa", uuid4()), "contact_id": str(id_of("jean contact"))}
    assert house.post("awa", "/loans", mixed).status_code == 404


def _without_ids(answer):
    return {name: said for name, said in answer.json().items() if name != "request_id"}
