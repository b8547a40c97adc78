"""Too much over HTTP: refused as a slip of the pen, foreseen, kept where it is said, listed, and sent back by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.api.house import House
from tests.api.test_standing import repaid as arrived


def sends_back(house: House, who: str, loan: UUID, amount: str) -> Any:
    body = {key: value for key, value in arrived(amount).items() if key != "repayment_id"}
    return house.post(who, f"/loans/{loan}/refund", body)


def held(house: House, who: str = "ana") -> list[tuple[str, str, int]]:
    """The loans that hold money for their borrower: which, in which state, how much."""
    rows = house.get(who, "/loans?overpaid=true").json()["items"]
    return [(row["loan_id"], row["status"], row["overpaid"]) for row in rows]


@pytest.fixture
def loan(house: House) -> UUID:
    """5 318.49 are to come of it, 5 000.00 settle it today; somebody else's loan stands beside it."""
    house.disbursed(name="jean")
    made = house.disbursed()
    house.settle()
    return made


def test_too_much_is_foreseen_refused_and_kept_where_it_is_said(house, loan):
    foreseen = house.get("chloe", f"/loans/{loan}/repayment-preview?amount=540000").json()
    assert (foreseen["advance"], foreseen["overpaid"], foreseen["recovered"]) == (5_400_00, 81_51, 0)
    refused = house.post("chloe", f"/loans/{loan}/repayments", arrived("5400.00"))
    assert (refused.status_code, refused.json()["type"]) == (409, "more-than-owed")
    assert "5318.49 EUR is owed" in refused.json()["detail"]
    assert held(house) == []
    kept = house.post("chloe", f"/loans/{loan}/repayments", arrived("5400.00", keeps_overpayment=True))
    assert kept.status_code == 200, kept.text
    house.settle()
    assert held(house) == held(house, "awa") == [(str(loan), "disbursed", 81_51)]
    assert held(house, "jean") == []
    account = house.get("awa", f"/loans/{loan}/account").json()
    assert (account["advance"], account["overpaid"], account["received"]) == (5_400_00, 81_51, 5_400_00)


def test_money_after_the_end_is_taken_and_goes_back_by_two_people(house, loan):
    settled = house.post("chloe", f"/loans/{loan}/settlement", arrived("5010.00"))
    assert (settled.status_code, settled.json()["type"]) == (409, "not-the-quote")
    body = arrived("5010.00", keeps_overpayment=True)
    assert house.post("chloe", f"/loans/{loan}/settlement", body).status_code == 200
    house.settle()
    assert [(id, amount) for id, _, amount in held(house)] == [(str(loan), 10_00)]
    late = house.get("chloe", f"/loans/{loan}/repayment-preview?amount=2500").json()
    assert (late["owed"], late["advance"], late["overpaid"]) == (0, 25_00, 25_00)
    assert (
        house.post("chloe", f"/loans/{loan}/repayments", arrived("25.00")).json()["type"] == "more-than-owed"
    )
    again = house.post("chloe", f"/loans/{loan}/repayments", arrived("25.00", keeps_overpayment=True))
    assert again.status_code == 200, again.text
    house.settle()
    account = house.get("awa", f"/loans/{loan}/account").json()
    assert (account["status"], account["overpaid"]) == ("repaid", 35_00)
    alone = sends_back(house, "chloe", loan, "35.00")
    assert (alone.status_code, alone.json()["type"]) == (409, "own-receipt"), "she recorded it"
    assert sends_back(house, "ana", loan, "35.01").json()["type"] == "more-than-unallocated"
    back = sends_back(house, "ana", loan, "35.00")
    assert back.status_code == 200, back.text
    house.settle()
    account = house.get("awa", f"/loans/{loan}/account").json()
    assert (account["status"], account["overpaid"], account["advance"]) == ("repaid", 0, 0)
    assert held(house) == []


def test_what_of_a_recovery_brings_back_is_foreseen(house, loan):
    proposed = house.post("ana", f"/loans/{loan}/write-off/propose", {"reason": "Sans nouvelles."})
    assert proposed.status_code == 200, proposed.text
    confirmed = house.post("chloe", f"/loans/{loan}/write-off/confirm", {})
    assert confirmed.status_code == 200, confirmed.text
    foreseen = house.get("chloe", f"/loans/{loan}/repayment-preview?amount=500700").json()
    assert (foreseen["recovered"], foreseen["overpaid"], foreseen["parts"]) == (5_000_00, 7_00, [])
