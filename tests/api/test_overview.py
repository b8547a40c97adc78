"""What there is to do, over HTTP: the house at a glance, a client's next steps, what happened lately."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from aggregates.servicing import servicing_id
from aggregates.values import LoanId
from commands.servicing import MarkInstalmentDue
from eventstore import Asker
from tests.api.consumer import CONFIRMED, approved_in_law
from tests.api.house import MAY_4, House, id_of, pdf, served

JUNE_4, JUNE_14 = date(2026, 6, 4), date(2026, 6, 14)


@contextmanager
def on_a_day(house, day):
    """The same house on another business day."""
    platform = replace(house.platform, business_date=lambda: day)
    with served(platform) as url:
        yield House(platform, url)


def repay(house, loan):
    body = {"repayment_id": str(uuid4()), "amount": {"amount": "50.00", "currency": "EUR"},
            "value_date": "2026-05-04", "method": "cash", "reference": "R-1"}  # fmt: skip
    assert house.post("chloe", f"/loans/{loan}/repayments", body).status_code == 200


def steps(house, name="awa"):
    house.settle()
    return house.get(name, "/me/overview").json()["steps"]


def kinds(house, name="awa"):
    return [step["kind"] for step in steps(house, name) if step["kind"] != "add-factor"]


# ── the house ──────────────────────────────────────────────────────────────


def test_the_house_sees_what_waits_for_whom(house):
    house.requested()
    house.sent()
    house.ready()
    house.disbursed(method="cash")
    house.settle()
    seen = house.get("ana", "/overview").json()
    assert [(w["count"], w["amount"], w["oldest"]) for w in seen["requests"]] == [(1, 500000, "2026-05-04")]
    assert [(w["count"], w["currency"]) for w in seen["to_pay_out"]] == [(1, "EUR")]
    assert [(w["status"], w["count"]) for w in seen["contracts"]] == [("sent", 1)]
    assert seen["outstanding"] == [{"currency": "EUR", "loans": 1, "principal": 500000}]
    assert (seen["day"], seen["late"], seen["due_today"]) == ("2026-05-04", [], [])
    assert [(month["lent"], month["received"]) for month in seen["months"]] == [(500000, 0)]


def test_what_came_in_this_month_is_there(house):
    loan = house.disbursed(method="cash")
    repay(house, loan)
    house.settle()
    (month,) = house.get("iris", "/overview").json()["months"]
    assert (month["month"], month["currency"], month["due"], month["received"]) == (
        "2026-05-01",
        "EUR",
        0,
        5000,
    )


def test_whoever_looks_after_some_customers_sees_theirs_and_no_sums_of_the_house(house):
    house.requested("awa")
    repay(house, house.disbursed(name="jean", method="cash"))
    house.hires("paul", "advisor", portfolio=[id_of("awa customer")])
    house.settle()
    seen = house.get("paul", "/overview").json()
    assert [w["count"] for w in seen["requests"]] == [1]
    assert (seen["outstanding"], seen["months"]) == ([], None)


def test_a_client_has_no_view_of_the_house(house):
    assert house.get("awa", "/overview").status_code == 403


# ── a client ───────────────────────────────────────────────────────────────


def test_a_client_is_led_from_the_request_to_the_payout(house):
    loan = house.requested()
    assert kinds(house) == ["request-in-review"]
    assert house.post("ben", f"/loans/{loan}/approve").status_code == 200
    contract = house.contract_of(loan)
    (step,) = [s for s in steps(house) if s["kind"] == "sign-contract"]
    assert (step["by"], step["contract_id"], step["loan_id"]) == ("you", str(contract), str(loan))
    assert house.upload("awa", contract, pdf("signed")).status_code == 200
    assert kinds(house) == ["copy-in-review"]
    refusal = {"reason": "La dernière page manque"}
    assert house.post("ana", f"/contracts/{contract}/signed-copy/refuse", refusal).status_code == 200
    (step,) = [s for s in steps(house) if s["kind"] == "return-again"]
    assert step["reason"] == "La dernière page manque"


def test_a_client_confirms_the_information_before_there_is_a_contract(house):
    loan = approved_in_law(house, informed=False)
    (step,) = [s for s in steps(house) if s["kind"] == "confirm-information"]
    assert (step["by"], step["loan_id"], step["on"]) == ("you", str(loan), str(MAY_4))
    assert house.post("awa", f"/loans/{loan}/information", CONFIRMED).status_code == 200
    assert "confirm-information" not in kinds(house)


def test_a_client_sees_what_is_to_be_paid_next_and_what_is_owed(house):
    loan = house.disbursed(method="cash")
    house.settle()
    seen = house.get("awa", "/me/overview").json()
    assert (seen["next_payment"]["on"], seen["next_payment"]["days_past_due"]) == ("2026-06-04", 0)
    assert (seen["next_payment"]["amount"], seen["next_payment"]["loan_id"]) == (22160, str(loan))
    assert seen["totals"] == [{"currency": "EUR", "loans": 1, "principal_owed": 500000, "overdue": 0}]


@pytest.mark.parametrize(("day", "kind", "days"), [(JUNE_4, "pay-due", 0), (JUNE_14, "pay-late", 10)])
def test_what_is_late_comes_first_and_counts_its_days(house, day, kind, days):
    loan = house.disbursed(method="cash")
    house.requested()
    asker = Asker(id_of("machine"), "test", day, house.platform.clock.now())
    house.platform.store.send(MarkInstalmentDue(number=1), asker, servicing_id(LoanId(loan)))
    with on_a_day(house, day) as then:
        assert kinds(then) == [kind, "request-in-review"]
        seen = then.get("awa", "/me/overview").json()
        assert seen["next_payment"] == {
            "loan_id": str(loan), "reference": seen["steps"][0]["reference"], "on": "2026-06-04", "amount": 22160,
            "currency": "EUR", "days_past_due": days,
        }  # fmt: skip
        assert seen["totals"][0]["overdue"] == 22160
        of_the_house = then.get("ana", "/overview").json()
    assert [line["bucket"] for line in of_the_house["late"]] == (["1-30"] if days else [])
    assert [line["amount"] for line in of_the_house["due_today"]] == ([] if days else [22160])


def test_staff_find_no_client_in_their_own_overview(house):
    house.requested()
    house.settle()
    assert steps(house, "ana") == []
    assert house.get("ana", "/me/overview").json()["totals"] == []


# ── what happened lately ───────────────────────────────────────────────────


def activity(house, name, **query):
    house.settle()
    with house.calling(name) as client:
        answer = client.get("/activity", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_staff_see_what_happened_newest_first_with_whose_it_was(house):
    loan = house.disbursed(method="cash")
    repay(house, loan)
    newest = activity(house, "ana")["items"]
    assert [entry["event"] for entry in newest[:3]] == [
        "Servicing.RepaymentReceived", "Loan.Disbursed", "Contract.Signed",
    ]  # fmt: skip
    received = newest[0]
    assert (received["amount"], received["currency"], received["loan_id"]) == (5000, "EUR", str(loan))
    assert received["reference"].startswith("L-2026-")
    assert (received["customer"], received["by"]["label"]) == ("Awa Diop", "Chloe")
    positions = [int(entry["position"]) for entry in newest]
    assert positions == sorted(positions, reverse=True)


def test_a_client_sees_what_happened_to_them_and_not_who_did_it(house):
    house.approved("awa")
    house.approved("jean")
    mine = activity(house, "awa")["items"]
    assert {entry["customer_id"] for entry in mine} == {str(id_of("awa customer"))}
    assert (mine[0]["event"], mine[0]["by"]["label"], mine[0]["customer"]) == ("Loan.Approved", None, None)


def test_whoever_looks_after_some_customers_sees_theirs(house):
    house.hires("paul", "advisor", portfolio=[id_of("jean customer")])
    house.requested("awa")
    house.requested("jean")
    assert {e["customer_id"] for e in activity(house, "paul")["items"]} == {str(id_of("jean customer"))}


def test_what_somebody_may_not_read_did_not_happen_for_them(house):
    body = {"customer_id": str(id_of("awa customer")), "contact_id": str(id_of("awa contact")),
            "to": {"kind": "bank-account", "holder": "Awa Diop", "iban": "FR7630006000011234567890189"}}  # fmt: skip
    assert house.post("awa", "/payees", body).status_code == 201
    assert "Payee.Proposed" in {entry["event"] for entry in activity(house, "chloe")["items"]}
    assert "Payee.Proposed" not in {entry["event"] for entry in activity(house, "sam")["items"]}


def test_it_comes_in_pages_that_make_the_whole(house):
    for _ in range(3):
        house.approved()
    whole, pages, cursor = activity(house, "ana", limit=200)["items"], [], None
    while True:
        page = activity(house, "ana", limit=5, **({"cursor": cursor} if cursor else {}))
        pages += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert (pages, len(whole) > 6) == (whole, True)
    answer = house.get("ana", "/activity?cursor=WyJoaXN0b3J5IiwxXQ")
    assert (answer.status_code, answer.json()["type"]) == (422, "bad-cursor")
