"""Legal rates over HTTP, and what an approval says of them before and when it is decided."""

from __future__ import annotations

from uuid import uuid4

import pytest

from aggregates.organisation import ORGANISATION_ID
from commands.legal_rates import EnterLegalRate
from commands.loan_product import LaunchLoanProduct
from commands.organisation import ChangeFourEyesPolicy, ConfirmProposal
from tests.api.house import MAY_4, PRODUCT, House, id_of, request_of

SAYS = {
    "rate": 616,
    "above": {"amount": "3000.00", "currency": "EUR"},
    "from_on": "2026-04-01",
    "until_on": "2026-06-30",
    "source": "Seuils de l’usure, 2e trimestre 2026",
}
CONSUMER = PRODUCT.model_copy(
    update={"product_id": id_of("consumer loan"), "code": "pret-consommation", "law": "fr-consumer"}
)


@pytest.fixture
def loan(house: House) -> str:
    """Jean asks for 5,000.00 EUR over 24 months: 6.17 % a year."""
    assert isinstance(CONSUMER, LaunchLoanProduct)
    house.does(CONSUMER)
    loan = uuid4()
    body = request_of("jean", loan) | {"product_id": str(CONSUMER.product_id)}
    assert house.post("jean", "/loans", body).status_code == 201
    house.settle()
    return str(loan)


def entered(house: House, **other) -> None:
    house.does(
        EnterLegalRate.model_validate({"law": "fr-consumer", "says": SAYS | other}), account=id_of("admin")
    )


def checked(house: House, loan: str, query: str = "", by: str = "ben") -> dict:
    answer = house.get(by, f"/loans/{loan}/approval-check{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def in_the_way(check: dict) -> list[tuple[str, str]]:
    return [(each["question"], each["refusal"]["type"]) for each in check["questions"] if each["refusal"]]


def test_a_rate_is_entered_listed_and_ended(house: House):
    asked = house.post("admin", "/legal-rates", {"law": "fr-consumer", "says": SAYS})
    assert (asked.status_code, asked.json()["version"]) == (201, 2)
    house.settle()
    (line,) = house.get("ana", "/legal-rates").json()
    assert (line["law"], line["rate"], line["above"], line["up_to"], line["state"]) == (
        "fr-consumer", 616, 3_000_00, None, "in-force",
    )  # fmt: skip
    end = {"number": line["number"], "until_on": "2026-05-03", "reason": "Un autre arrêté paraît."}
    assert house.post("admin", f"/legal-rates/{line['rates_id']}/end", end).status_code == 200
    house.settle()
    assert house.get("ana", "/legal-rates").json()[0]["state"] == "over"


def test_what_was_published_is_imported_once(house: House):
    assert house.post("admin", "/legal-rates/import").status_code == 201
    house.settle()
    assert {line["law"] for line in house.get("ana", "/legal-rates").json()} == {
        "fr-consumer", "umoa-bank", "umoa-microfinance", "qc-consumer",
    }  # fmt: skip
    again = house.post("admin", "/legal-rates/import")
    assert (again.status_code, again.json()["type"]) == (409, "nothing-to-import")


def test_two_rates_at_once_are_refused_in_words(house: House):
    entered(house)
    again = house.post("admin", "/legal-rates", {"law": "fr-consumer", "says": SAYS})
    assert (again.status_code, again.json()["type"]) == (409, "rates-overlap")
    assert again.json()["title"] == "Un autre taux compte pour une partie de ces montants et de ces jours."


def test_the_check_says_the_rate_the_ceiling_and_the_way_out(house: House, loan: str):
    entered(house)
    check = checked(house, loan)
    assert (check["apr"], check["rate"], check["highest_rate"]) == (617, 600, 599)
    assert (check["law"], check["has_ceiling"], check["on"]) == ("fr-consumer", True, str(MAY_4))
    assert check["ceiling"] == {
        "rate": 616, "source": SAYS["source"], "from_on": "2026-04-01", "until_on": "2026-06-30",
        "number": 1, "above": 3_000_00, "up_to": None,
    }  # fmt: skip
    assert in_the_way(check) == [("ceiling", "above-rate-ceiling")]
    lower = checked(house, loan, "?rate=599")
    assert (lower["apr"], lower["highest_rate"], in_the_way(lower)) == (616, None, [])


def test_the_check_names_every_thing_that_is_in_the_way(house: House, loan: str):
    own = checked(house, loan, "?planned_payout_on=2030-01-01")
    assert in_the_way(own) == [("payout-day", "value-date-invalid"), ("ceiling", "ceiling-not-entered")]
    assert own["ceiling"] is None
    for conditions in ("?rate=601", "?rate=-1", "?planned_payout_on=tomorrow"):
        assert house.get("ben", f"/loans/{loan}/approval-check{conditions}").status_code in (409, 422)


def test_the_check_of_ones_own_request_knows_the_policy(house: House):
    loan = uuid4()
    assert house.post("ana", "/loans", request_of("awa", loan, by_staff=True)).status_code == 201
    house.settle()
    assert in_the_way(checked(house, str(loan), by="ana")) == [("person", "own-request")]
    assert in_the_way(checked(house, str(loan), "?alone=true", by="ana")) == [("person", "own-request")]
    proposed = ChangeFourEyesPolicy(policy="single-operator", reason="Une seule conseillère en août.")
    house.does(proposed, ORGANISATION_ID, id_of("admin"))
    house.does(ConfirmProposal(number=1), ORGANISATION_ID, id_of("max"))
    assert in_the_way(checked(house, str(loan), by="ana")) == [("person", "own-request")]
    assert in_the_way(checked(house, str(loan), "?alone=true", by="ana")) == []


def test_the_refusal_of_an_approval_has_its_numbers(house: House, loan: str):
    entered(house)
    refused = house.post("ben", f"/loans/{loan}/approve")
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "above-rate-ceiling")
    assert problem["figures"] == {
        "law": "fr-consumer", "amount": 5_000_00, "currency": "EUR", "apr": 617, "ceiling": 616,
        "source": SAYS["source"], "from_on": "2026-04-01", "until_on": "2026-06-30",
    }  # fmt: skip
    assert "taux plus bas" in problem["what_to_do"]
    assert "6.17 %" in problem["detail"]


def test_a_refusal_for_want_of_a_ceiling_says_who_enters_it(house: House, loan: str):
    refused = house.post("ben", f"/loans/{loan}/approve").json()
    assert refused["type"] == "ceiling-not-entered"
    assert "admin" in refused["what_to_do"]


def test_the_proof_stays_with_the_loan(house: House, loan: str):
    entered(house)
    assert house.post("ben", f"/loans/{loan}/approve", {"rate": 599}).status_code == 200
    entered(house, from_on="2026-07-01", until_on=None, rate=500)
    house.settle()
    line = house.get("ana", f"/loans/{loan}").json()
    assert (line["law"], line["apr"], line["ceiling"]["rate"], line["ceiling"]["source"]) == (
        "fr-consumer", 616, 616, SAYS["source"],
    )  # fmt: skip
    assert in_the_way(checked(house, loan))[0] == ("request", "not-awaiting-decision")


def test_a_client_reads_no_register_and_asks_for_no_check(house: House, loan: str):
    assert house.get("jean", "/legal-rates").status_code == 403
    assert house.get("jean", f"/loans/{loan}/approval-check").status_code == 403
    assert house.get("ben", f"/loans/{uuid4()}/approval-check").status_code == 404
