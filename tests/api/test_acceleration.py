"""A loan that is not paid, over HTTP: what would be due at once is what is due at once."""

from __future__ import annotations

from tests.walls.scenes_of_money import WHY, late_loan, noticed_loan
from tests.walls.stock import Stock


def test_what_is_said_beforehand_is_what_falls_due(house):
    """Four instalments are past due on 4 May, one of them today; 5,000.00 at 6 % over 12 months, nothing paid."""
    path = f"/loans/{noticed_loan(Stock(house, 'awa'))['loan_id']}"
    house.settle()
    before = house.get("chloe", f"{path}/default").json()
    assert (before["noticed_on"], before["noticed_until"]) == ("2026-03-10", "2026-04-10")
    assert (before["is_over"], before["is_own"], before["may_accelerate"]) == (True, False, True)
    assert before["noticed_unpaid"] == 860_66, "two instalments of 430.33"
    assert house.get("ana", f"{path}/default").json()["is_own"]
    expected = before["at_once"]
    assert expected["total"] == sum(
        expected[part] for part in ("overdue", "principal", "interest", "indemnity")
    )
    assert house.post("chloe", f"{path}/acceleration", {"grounds": WHY}).status_code == 200
    after = house.get("awa", f"{path}/default").json()
    assert (after["accelerated_on"], after["at_once"], after["owed_now"]) == (
        "2026-05-04",
        None,
        expected["total"],
    )
    versions = house.get("awa", f"{path}/schedule-versions").json()
    assert [version["why"] for version in versions] == ["agreed", "accelerated"]


def test_a_refusal_says_which_day_may_be(house):
    path = f"/loans/{late_loan(Stock(house, 'awa'))['loan_id']}"
    house.settle()
    state = house.get("ana", f"{path}/default").json()
    assert (state["noticed_on"], state["may_accelerate"], state["first_until"]) == (None, False, "2026-06-03")
    refused = house.post("ana", f"{path}/notice", {"until": "2026-06-02"})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "notice-too-short")
    assert "2026-06-03" in refused.json()["detail"]
    assert house.post("ana", f"{path}/notice", {"until": "2026-06-03"}).status_code == 200


def test_the_borrower_is_told_of_it_and_asks_for_none_of_it(house):
    path = f"/loans/{late_loan(Stock(house, 'awa'))['loan_id']}"
    house.settle()
    assert house.post("awa", f"{path}/notice", {"until": "2026-06-03"}).status_code == 403
    assert house.post("awa", f"{path}/acceleration", {"grounds": WHY}).status_code == 403
    assert house.get("awa", f"{path}/default").status_code == 200
    assert house.get("jean", f"{path}/default").status_code == 404
