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


def test_the_check_before_an_approval_is_that_of_the_planned_drawdowns(house):
    loan = house.requested()
    house.settle()
    parts = [f"{each['on']}:{each['amount']['amount'].replace('.', '')}" for each in IN_PARTS]

    answer = house.get("ben", f"/loans/{loan}/approval-check?drawdowns={','.join(parts)}")
    assert answer.status_code == 200, answer.text
    short = house.get("ben", f"/loans/{loan}/approval-check?drawdowns={parts[0]}")
    assert (short.status_code, short.json()["type"]) == (409, "outside-product")
    house.post("ben", f"/loans/{loan}/approve", {"drawdowns": IN_PARTS})
    assert answer.json()["apr"] == line_of(house, loan)["apr"]


def test_a_drawdown_on_no_day_is_refused_before_it_is_reckoned(house):
    loan = house.requested()
    for said in ("2026-13-40:500000", "2026-05-04:0", "2026-05-04"):
        answer = house.get("ben", f"/loans/{loan}/approval-check?drawdowns={said}")
        assert answer.status_code == 422, said


def test_a_drawdown_whose_day_has_not_come_is_not_on_the_desk(house):
    loan = house.begun()
    house.settle()
    assert line_of(house, loan)["next_drawdown_on"] == IN_PARTS[1]["on"]
    found = house.get("chloe", "/loans?to_pay_out=true").json()["items"]
    assert str(loan) not in [each["loan_id"] for each in found]


def test_the_borrower_is_not_told_that_a_loss_is_proposed(house):
    loan = house.begun()
    house.settle()
    asked = {"reason": "Sans nouvelles depuis mars."}
    assert house.post("ben", f"/loans/{loan}/write-off/propose", asked).status_code in (200, 201)
    house.settle()
    keys = ("write_off_proposed_by", "write_off_because", "write_off_proposed_on", "would_lose")
    ours = house.get("chloe", f"/loans/{loan}/account").json()
    theirs = house.get("awa", f"/loans/{loan}/account").json()
    assert ours["write_off_because"] == asked["reason"]
    principal = house.get("chloe", f"/loans/{loan}/account").json()["principal_owed"]
    assert ours["would_lose"] == {
        "penalty": 0, "fee": 0, "insurance": 0, "interest": 0, "principal": principal, "total": principal,
    }  # fmt: skip
    assert [theirs[key] for key in keys] == [None] * 4
    [ours] = [each for each in told(house, "chloe", loan) if each["event"] == "Servicing.WriteOffProposed"]
    [theirs] = [each for each in told(house, "awa", loan) if each["event"] == "Servicing.WriteOffProposed"]
    assert {"grounds", "would_lose"} < {each["field"] for each in ours["fields"]}
    assert not theirs["fields"]


def told(house, who, loan):
    return house.get(who, f"/loans/{loan}/history").json()["items"]
