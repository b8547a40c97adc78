"""A loan that is paid out in several drawdowns, over HTTP and with everything that follows."""

from uuid import UUID

from tests.api.house import IN_PARTS, MAY_4


def line_of(house, loan: UUID, name: str = "chloe") -> dict:
    house.settle()
    return house.get(name, f"/loans/{loan}").json()


def calendar_of(house, loan: UUID) -> list[dict]:
    house.settle()
    return house.get("awa", f"/loans/{loan}/schedule").json()


def test_a_loan_is_paid_out_in_two_and_the_calendar_follows(house):
    loan = house.begun()
    before = calendar_of(house, loan)
    assert sum(each["principal"] for each in before) == 3_000_00
    assert [each["state"] for each in line_of(house, loan, "awa")["drawdowns"]] == ["paid", "planned"]
    paid = {"value_date": str(MAY_4), "method": "cash", "reference": "REÇU-2"}
    assert house.post("chloe", f"/loans/{loan}/disburse", paid).status_code == 200
    after = calendar_of(house, loan)
    assert (sum(each["principal"] for each in after), len(after)) == (5_000_00, len(before))
    assert line_of(house, loan)["drawn"] == 5_000_00
    again = house.post("chloe", f"/loans/{loan}/disburse", paid)
    assert (again.status_code, again.json()["type"]) == (409, "not-ready-to-disburse")


def test_a_client_is_told_why_the_rest_does_not_come_and_may_not_cancel_it(house):
    loan = house.begun()
    asked = {"reason": "Les travaux coûtent moins."}
    assert house.post("awa", f"/loans/{loan}/drawdowns/cancel", asked).status_code == 403
    assert house.post("ben", f"/loans/{loan}/drawdowns/cancel", asked).status_code == 200
    line = line_of(house, loan, "awa")
    assert (line["principal"], [each["state"] for each in line["drawdowns"]]) == (
        3_000_00,
        ["paid", "cancelled"],
    )
    told = house.get("awa", f"/loans/{loan}/history").json()["items"]
    [cancelled] = [each for each in told if each["event"] == "Loan.DrawdownsCancelled"]
    says = {each["field"]: each["value"] for each in cancelled["fields"]}
    assert says["reason"] == "Les travaux coûtent moins."
    assert "by" not in says


def test_drawdowns_that_do_not_make_the_loan_are_refused_with_what_to_do(house):
    loan = house.requested()
    answer = house.post("ben", f"/loans/{loan}/approve", {"drawdowns": IN_PARTS[:1]})
    assert (answer.status_code, answer.json()["type"]) == (409, "outside-product")
    assert "pay out 5000.00 EUR in all" in answer.json()["detail"]
