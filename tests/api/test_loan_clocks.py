"""The times that the law gives, over HTTP: what a client and the staff read, and what is refused meanwhile."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from commands.contract import DraftContract
from commands.loan import NoteOffer, NoteRepaid
from tests.api.consumer import CONFIRMED, approved_in_law, lent_in_quebec
from tests.api.house import MAY_4, House

PAYOUT = {"value_date": str(MAY_4), "method": "cash", "reference": "C-1"}


def clocks(house: House, by: str, loan) -> dict[str, tuple[str, str | None, int]]:
    house.settle()
    answer = house.get(by, f"/loans/{loan}/clocks")
    assert answer.status_code == 200, answer.text
    return {
        each["name"]: (each["ends_on"], each["ended_because"], each["days_left"]) for each in answer.json()
    }


def test_client_and_staff_read_each_clock_with_its_law_and_its_last_day(house):
    loan = approved_in_law(house)
    house.does(NoteOffer(sent_on=MAY_4), loan)
    assert clocks(house, "awa", loan) == {"offer": ("2026-05-19", None, 16)}
    house.ready(approved=loan)
    expected = {
        "offer": ("2026-05-19", "signed", 0),
        "no-payment": ("2026-05-11", None, 8),
        "step-back": ("2026-05-18", None, 15),
    }
    assert clocks(house, "awa", loan) == clocks(house, "ana", loan) == expected
    lock = house.get("awa", f"/loans/{loan}/clocks").json()[1]
    assert (lock["law"], lock["began_on"]) == ("fr-consumer", "2026-05-04")
    assert lock["source"].startswith("Code de la consommation, art. L. 312-25")


def test_nobody_else_reads_them(house):
    loan = approved_in_law(house)
    house.settle()
    assert house.get("jean", f"/loans/{loan}/clocks").status_code == 404


def test_a_loan_without_such_a_law_has_none(house):
    assert clocks(house, "awa", house.approved()) == {}


def test_a_payout_in_the_first_days_is_refused_with_the_day_and_the_law(house):
    house.lets_money_leave()
    loan = house.ready(approved=approved_in_law(house))
    problem = house.post("chloe", f"/loans/{loan}/disburse", PAYOUT)
    assert (problem.status_code, problem.json()["type"]) == (409, "no-payment-yet")
    assert problem.json()["detail"].startswith(
        "money may leave from 2026-05-12 (Code de la consommation, art. L. 312-25"
    )
    assert (
        problem.json()["title"]
        == "La loi interdit tout paiement dans les premiers jours qui suivent la signature."
    )


def test_a_client_steps_back_and_no_money_leaves_any_more(house):
    house.lets_money_leave()
    loan = house.ready(approved=approved_in_law(house))
    assert house.post("awa", f"/loans/{loan}/step-back", {}).status_code == 200
    again = house.post("awa", f"/loans/{loan}/step-back", {})
    assert (again.status_code, again.json()["type"]) == (409, "cannot-step-back")
    assert house.post("chloe", f"/loans/{loan}/disburse", PAYOUT).json()["type"] == "not-ready-to-disburse"
    house.settle()
    line = house.get("awa", f"/loans/{loan}").json()
    assert (line["status"], line["closed_on"]) == ("stepped-back", str(MAY_4))
    assert {ended for _, ended, _ in clocks(house, "awa", loan).values()} == {"stepped-back"}


def test_staff_enter_the_letter_of_a_client(house):
    loan = house.ready(approved=approved_in_law(house))
    assert house.post("ana", f"/loans/{loan}/step-back", {"notified_on": str(MAY_4)}).status_code == 200
    other = house.ready(approved=approved_in_law(house))
    tomorrow = house.post("ana", f"/loans/{other}/step-back", {"notified_on": str(date(2026, 5, 5))})
    assert (tomorrow.status_code, tomorrow.json()["type"]) == (409, "value-date-invalid")
    own = house.post("awa", f"/loans/{other}/step-back", {"notified_on": str(MAY_4)})
    assert (own.status_code, own.json()["type"]) == (409, "value-date-invalid")


def test_the_contract_waits_for_the_proof_of_the_information(house):
    loan = approved_in_law(house, informed=False)
    draft = DraftContract(loan_id=loan, template="contract/loan_agreement", template_sha256="0" * 64)
    house.settle()
    assert house.get("awa", f"/loans/{loan}").json()["needs_information"]
    assert house.post("awa", f"/loans/{loan}/information", {**CONFIRMED, "version": 9}).status_code == 422
    assert house.post("awa", f"/loans/{loan}/information", CONFIRMED).status_code == 200
    house.does(draft)
    house.settle()
    line = house.get("awa", f"/loans/{loan}").json()
    assert (line["needs_information"], line["informed_on"]) == (False, str(MAY_4))


def test_the_text_that_is_confirmed_is_served_apart_from_those_of_a_request(house):
    asked = house.get("awa", "/consents").json()
    [confirmed] = house.get("awa", "/consents?moment=approval").json()
    assert confirmed["consent"] == "pre-contract-information"
    assert confirmed["consent"] not in [text["consent"] for text in asked]


def test_an_administrator_says_how_long_offers_hold(house):
    assert house.post("admin", "/organisation/clock-settings", {"offer_days": 30}).status_code == 200
    house.settle()
    card = house.get("ana", "/organisation").json()
    assert (card["offer_days"], card["high_cost_apr"]) == (30, None)
    loan = approved_in_law(house)
    house.does(NoteOffer(sent_on=MAY_4), loan)
    assert clocks(house, "awa", loan)["offer"][0] == "2026-06-03"
    assert house.post("ana", "/organisation/clock-settings", {"offer_days": 30}).status_code == 403
    assert house.post("admin", "/organisation/clock-settings", {"offer_days": 0}).status_code == 422


def test_after_the_payout_the_client_reads_what_comes_back_before_stepping_back(house):
    """Of Quebec, where it costs nothing: 30 days from 4 May are over on 3 June."""
    loan = lent_in_quebec(house)
    house.settle()
    before = house.get("awa", f"/loans/{loan}/stepping-back").json()
    assert before == {
        "loan_id": str(loan), "currency": "CAD", "return_by": "2026-06-03", "capital": 5_000_00, "given_back": 0,
        "interest_a_day": 0, "interest": 0, "received": 0,
    }  # fmt: skip
    assert house.get("jean", f"/loans/{loan}/stepping-back").status_code == 404

    assert house.post("awa", f"/loans/{loan}/step-back", {}).status_code == 200
    assert clocks(house, "awa", loan)["capital-back"] == ("2026-06-03", None, 31)
    line = house.get("ana", f"/loans/{loan}").json()
    assert (line["status"], line["stepped_back_on"], line["return_by"], line["closed_on"]) == (
        "returning", str(MAY_4), "2026-06-03", None,
    )  # fmt: skip
    [only] = house.get("awa", f"/loans/{loan}/schedule").json()
    assert (only["due_on"], only["principal"], only["amount"]) == ("2026-06-03", 5_000_00, 5_000_00)
    again = house.get("awa", f"/loans/{loan}/stepping-back")
    assert (again.status_code, again.json()["type"]) == (409, "cannot-step-back")


def test_before_the_payout_stepping_back_asks_for_nothing(house):
    loan = house.ready(approved=approved_in_law(house))
    house.settle()
    answer = house.get("awa", f"/loans/{loan}/stepping-back")
    assert (answer.status_code, answer.json()["type"]) == (409, "cannot-step-back")


def test_what_came_back_ends_the_loan_as_stepped_back_and_the_account_says_so(house):
    loan = lent_in_quebec(house)
    assert house.post("awa", f"/loans/{loan}/step-back", {}).status_code == 200
    paid = {
        "repayment_id": str(uuid4()), "amount": {"amount": "5000.00", "currency": "CAD"}, "value_date": str(MAY_4),
        "method": "cash", "reference": "REÇU-2",
    }  # fmt: skip
    assert house.post("chloe", f"/loans/{loan}/repayments", paid).status_code == 200
    house.does(NoteRepaid(on=MAY_4), loan)
    house.settle()
    line = house.get("awa", f"/loans/{loan}").json()
    assert (line["status"], line["closed_on"], line["repaid_on"]) == ("stepped-back", str(MAY_4), None)
    account = house.get("awa", f"/loans/{loan}/account").json()
    assert (account["status"], account["principal_owed"], account["interest_paid"]) == ("repaid", 0, 0)
    assert clocks(house, "awa", loan)["capital-back"][1] == "returned"
