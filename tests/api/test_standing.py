"""How a loan stands by the facts, over HTTP: a quote, every schedule it had, what each repayment pays."""

from __future__ import annotations

from uuid import uuid4

from tests.api.house import MAY_4


def repaid(amount: str, **more: object) -> dict[str, object]:
    return {
        "repayment_id": str(uuid4()),
        "amount": {"amount": amount, "currency": "EUR"},
        "value_date": str(MAY_4),
        "method": "cash",
        "reference": "R-1",
        **more,
    }


def test_the_borrower_reads_the_quote_with_its_law_and_its_last_day(house):
    loan = house.disbursed()
    house.settle()
    quote = house.get("awa", f"/loans/{loan}/early-repayment-quote").json()
    assert (quote["on"], quote["valid_until"], quote["total"]) == ("2026-05-04", "2026-06-03", 5_000_00)
    assert {part["part"]: part["amount"] for part in quote["parts"]} == {
        "due": 0, "principal": 5_000_00, "accrued": 0, "fee": 0, "credit": 0,
    }  # fmt: skip
    assert all(part["law"] for part in quote["parts"])
    assert len(quote["days"]) == 31
    assert quote["interest_saved"] == 318_49


def test_a_quote_for_a_day_that_is_over_is_refused(house):
    loan = house.disbursed()
    house.settle()
    past = house.get("chloe", f"/loans/{loan}/early-repayment-quote?on=2026-05-03")
    assert (past.status_code, past.json()["type"]) == (409, "value-date-invalid")


def test_a_part_repaid_early_leaves_both_schedules_readable(house):
    loan = house.disbursed()
    done = house.post("chloe", f"/loans/{loan}/early-repayments", repaid("1000.00", keeps="same-instalment"))
    assert done.status_code == 200, done.text
    house.settle()
    first, second = house.get("awa", f"/loans/{loan}/schedule-versions").json()
    assert (first["why"], first["in_force"], len(first["lines"])) == ("agreed", False, 24)
    assert (second["why"], second["in_force"], second["after"]) == ("repaid-in-part", True, 0)
    assert second["lines"][0]["principal"] == 1_000_00
    assert len(second["lines"]) < 24
    (pays,) = house.get("awa", f"/loans/{loan}/allocations").json()
    assert [(part["number"], part["what"], part["amount"]) for part in pays["parts"]] == [
        (1, "principal", 1_000_00)
    ]
    schedule = house.get("awa", f"/loans/{loan}/schedule").json()
    assert [line["number"] for line in schedule] == [line["number"] for line in second["lines"]]


def test_another_amount_than_the_quoted_is_refused_in_plain_words(house):
    loan = house.disbursed()
    refused = house.post("chloe", f"/loans/{loan}/settlement", repaid("4999.99"))
    assert (refused.status_code, refused.json()["type"]) == (409, "not-the-quote")
    assert "5000.00 EUR" in refused.json()["detail"]


def test_the_quoted_amount_closes_the_loan(house):
    loan = house.disbursed()
    assert house.post("chloe", f"/loans/{loan}/settlement", repaid("5000.00")).status_code == 200
    house.settle()
    account = house.get("awa", f"/loans/{loan}/account").json()
    assert (account["status"], account["principal_owed"], account["next_due_on"]) == ("repaid", 0, None)
    late = house.get("awa", f"/loans/{loan}/early-repayment-quote")
    assert (late.status_code, late.json()["type"]) == (409, "nothing-repaid-early")


def test_only_whoever_advises_changes_a_schedule(house):
    loan = house.disbursed()
    body = {"day": 15, "reason": "Le client touche sa paie le 15."}
    assert house.post("chloe", f"/loans/{loan}/due-day", body).status_code == 403
    assert house.post("ana", f"/loans/{loan}/due-day", body).status_code == 200
    house.settle()
    assert house.get("awa", f"/loans/{loan}/schedule").json()[0]["due_on"] == "2026-06-15"


def test_arrears_are_the_house_s_own_report(house):
    house.disbursed()
    house.settle()
    arrears = house.get("ana", "/arrears").json()
    assert arrears["on"] == "2026-05-04"
    assert {bucket["bucket"] for bucket in arrears["buckets"]} == {"current"}
    assert [line["days"] for line in arrears["at_risk"]] == [1, 30, 60, 90]
    assert house.get("awa", "/arrears").status_code == 403


def test_what_money_would_pay_is_told_before_it_is_recorded(house):
    loan = house.disbursed()
    house.settle()
    usual = house.get("chloe", f"/loans/{loan}/repayment-preview").json()
    assert (usual["owed_now"], usual["next"], usual["owed"], usual["parts"]) == (0, 221_60, 5_318_49, [])
    ahead = house.get("chloe", f"/loans/{loan}/repayment-preview?amount=30000").json()
    assert (ahead["parts"], ahead["advance"], ahead["others"]) == ([], 300_00, 0)
    before = house.get("chloe", f"/loans/{loan}/account").json()
    assert before["received"] == 0


def test_money_that_would_be_refused_is_refused_in_its_preview_too(house):
    loan = house.disbursed()
    house.settle()
    early = house.get("chloe", f"/loans/{loan}/repayment-preview?amount=100&value_date=2026-05-03")
    assert (early.status_code, early.json()["type"]) == (409, "value-date-invalid")
    assert house.get("awa", f"/loans/{loan}/repayment-preview").status_code == 403


def test_the_late_loans_are_listed_and_taken_away(house):
    house.disbursed()
    house.settle()
    assert house.get("ana", "/arrears/loans").json()["items"] == []
    exported = house.get("ana", "/arrears/loans/export?bucket=1-30,90%2B&language=en")
    assert exported.text.splitlines()[0].startswith("Reference,Customer no.,Customer,")
    for bucket, status in (("90%2B", 200), ("90+", 200), ("31-60,61-90", 200), ("current", 422), ("", 422)):
        assert house.get("ana", f"/arrears/loans?bucket={bucket}").status_code == status, bucket
