"""A counter-offer over HTTP: what is asked before it, what both sides read, what becomes of it."""

from __future__ import annotations

from tests.api.house import LESS, MAY_4, House, id_of


def line(house: House, by: str, loan) -> dict:
    house.settle()
    answer = house.get(by, f"/loans/{loan}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def check(house: House, loan, by: str = "ben", **query) -> dict:
    house.settle()
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = house.get(by, f"/loans/{loan}/counter-offer-check?{asked}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_before_it_is_made_staff_read_both_sides_and_every_question(house):
    loan = house.requested()
    said = check(house, loan, principal=400_000, months=36)
    assert (said["requested"]["principal"], said["requested"]["months"]) == (500_000, 24)
    assert (said["offered"]["principal"], said["offered"]["months"]) == (400_000, 36)
    assert (said["offered"]["instalment"], said["offered"]["cost"], said["apr"]) == (12_169, 38_077, 617)
    assert [(each["question"], each["refusal"]) for each in said["questions"]] == [
        (question, None) for question in ("request", "difference", "payout-day", "person", "limit", "ceiling")
    ]
    assert line(house, "ana", loan)["status"] == "requested"


def test_what_was_asked_for_is_named_as_what_is_in_the_way(house):
    [same] = [each for each in check(house, house.requested())["questions"] if each["refusal"]]
    assert (same["question"], same["refusal"]["type"]) == ("difference", "same-as-requested")
    assert same["refusal"]["title"].startswith("Une contre-proposition change")


def test_a_client_sees_what_is_offered_and_accepts_it(house):
    loan = house.counter_offered()
    seen = line(house, "awa", loan)
    assert (seen["status"], seen["principal"], seen["counter_offer"]["reason"]) == (
        "counter-offered", 500_000, LESS["reason"],
    )  # fmt: skip
    [clock] = house.get("awa", f"/loans/{loan}/clocks").json()
    assert (clock["name"], clock["ends_on"]) == ("counter-offer", seen["counter_offer"]["until"])
    [step] = [
        each for each in house.get("awa", "/me/overview").json()["steps"] if each["loan_id"] == str(loan)
    ]
    assert (step["kind"], step["by"], step["on"], step["amount"]) == (
        "answer-counter-offer", "you", clock["ends_on"], 400_000,
    )  # fmt: skip
    assert house.post("awa", f"/loans/{loan}/counter-offer/accept", {}).status_code == 200
    seen = line(house, "awa", loan)
    assert (seen["status"], seen["principal"], seen["months"]) == ("approved", 400_000, 36)
    assert (seen["requested_principal"], seen["counter_offer_answer"]) == (500_000, "accepted")
    assert seen["approved_by"] == str(id_of("ben"))
    contract = house.contract_of(loan)
    house.settle()
    assert house.get("awa", f"/contracts/{contract}").json()["principal"] == 400_000


def test_a_client_declines_and_staff_decide_again(house):
    loan = house.counter_offered()
    assert house.post("awa", f"/loans/{loan}/counter-offer/decline", {}).status_code == 200
    assert line(house, "awa", loan)["status"] == "requested"
    again = house.post("awa", f"/loans/{loan}/counter-offer/accept", {})
    assert (again.status_code, again.json()["type"]) == (409, "not-counter-offered")
    assert again.json()["accepted_commands"] == [
        "ApproveLoan", "MakeCounterOffer", "DeclineLoan", "WithdrawLoanRequest",
    ]  # fmt: skip
    assert house.post("ben", f"/loans/{loan}/approve").status_code == 200
    assert line(house, "awa", loan)["principal"] == 500_000


def test_staff_enter_the_word_of_a_client_and_a_client_names_no_day(house):
    loan, other = house.counter_offered(), house.counter_offered()
    today = {"accepted_on": str(MAY_4)}
    refused = house.post("awa", f"/loans/{loan}/counter-offer/accept", today)
    assert (refused.status_code, refused.json()["type"]) == (409, "value-date-invalid")
    assert house.post("ana", f"/loans/{loan}/counter-offer/accept", today).status_code == 200
    declined = house.post("ana", f"/loans/{other}/counter-offer/decline", {"declined_on": str(MAY_4)})
    assert declined.status_code == 200


def test_nobody_else_sees_or_answers_it_and_a_client_makes_none(house):
    loan = house.counter_offered()
    house.settle()
    for name in ("accept", "decline"):
        assert house.post("jean", f"/loans/{loan}/counter-offer/{name}", {}).status_code == 404
    assert house.post("awa", f"/loans/{loan}/counter-offer", LESS).status_code == 403
    assert house.get("awa", f"/loans/{loan}/counter-offer-check").status_code == 403


def test_its_history_tells_the_client_what_was_offered_and_not_who_decided(house):
    loan = house.counter_offered()
    house.post("awa", f"/loans/{loan}/counter-offer/accept", {})
    house.settle()
    for by, sees in (("awa", False), ("ana", True)):
        entries = house.get(by, f"/loans/{loan}/history").json()["items"]
        [made] = [each for each in entries if each["event"] == "Loan.CounterOffered"]
        fields = {each["field"]: each["value"] for each in made["fields"]}
        assert (fields["principal"], fields["reason"]) == (
            {"minor": 400_000, "currency": "EUR"}, LESS["reason"],
        )  # fmt: skip
        assert ("by" in fields) is sees
        changed = {each["field"].partition(".")[0] for each in made["changes"]}
        assert ("counter_offer" in changed) is sees
