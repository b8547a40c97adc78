"""A loan under any terms, simulated over HTTP: nothing is stored, and what is said is what the rules say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.house import MAY_4, House, id_of

PATH = "/loan-simulations"


def asked(**other: Any) -> dict[str, Any]:
    return {
        "terms": {"rate": 600},
        "principal": {"amount": "5000.00", "currency": "EUR"},
        "periods": 24,
    } | other


def simulated(house: House, **other: Any) -> dict[str, Any]:
    answer = house.post("ana", PATH, asked(**other))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_plain_terms_are_level_monthly_instalments_from_today(house: House):
    said = simulated(house)
    assert (said["apr"], said["no_apr"], said["interest"], said["cost"]) == (617, None, 318_49, 318_49)
    assert (said["payout_on"], said["received"], said["total"]) == (str(MAY_4), 5_000_00, 5_318_49)
    first, last = said["schedule"][0], said["schedule"][-1]
    assert (first["number"], first["starts_on"], first["due_on"], first["total"]) == (
        1,
        "2026-05-04",
        "2026-06-04",
        221_60,
    )
    assert (last["total"], last["remaining"]) == (221_69, 0)
    assert [year["year"] for year in said["years"]] == [2026, 2027, 2028]
    assert sum(year["total"] for year in said["years"]) == said["total"]
    assert said["ceiling"] == {
        "law": "unspecified",
        "law_source": said["ceiling"]["law_source"],
        "answer": "no-ceiling",
        "ceiling": None,
        "on": str(MAY_4),
    }


def test_fees_and_insurance_are_in_the_annual_rate(house: House):
    fee = {"title": "Frais de dossier", "when": "up-front", "fixed": {"amount": "75.00", "currency": "EUR"}}
    said = simulated(house, terms={"rate": 600, "fees": [fee]})
    assert (said["apr"], said["kept"], said["received"]) == (775, 75_00, 4_925_00)
    insured = simulated(house, terms={"rate": 600, "insurance": {"rate": 36}})
    free = simulated(house, terms={"rate": 600, "insurance": {"rate": 36, "is_required": False}})
    assert insured["schedule"][0]["insurance"] == free["schedule"][0]["insurance"] == 1_50
    assert insured["apr"] > free["apr"] == 617


def test_a_product_is_simulated_on_the_terms_it_has_today(house: House):
    personal = str(id_of("personal loan"))
    assert simulated(house, terms=None, product_id=personal)["rate"] == 600
    terms = {"rate": 500, "kind": "linear", "frequency": "quarterly"}
    answer = house.post("admin", f"/loan-products/{personal}/revise", {"terms": terms})
    assert answer.status_code == 200, answer.text
    said = simulated(house, terms=None, product_id=personal, periods=8)
    assert (said["rate"], {line["principal"] for line in said["schedule"]}) == (500, {625_00})
    house.settle()
    line = house.get("ana", f"/loan-products/{personal}").json()
    assert (line["rate"], line["terms"][-1]["terms"]["frequency"]) == (500, "quarterly")


def test_everything_that_can_be_asked_at_once(house: House):
    said = simulated(
        house,
        terms={
            "rate": 700, "kind": "linear", "frequency": "quarterly", "day_count": "ACT/ACT-ISDA", "due_day": 31,
            "first_period": "at-payout", "grace_principal": 1, "subsidy": 200, "business_days": "following",
            "calendar": "FR", "variable": {"index": "EURIBOR-3M", "margin": 150, "reset_every": 4},
            "rounding": {"unit": 5, "mode": "half-up"},
        },
        periods=12,
        payout_on="2026-01-10",
        drawdowns=[
            {"on": "2026-01-10", "amount": {"amount": "2000.00", "currency": "EUR"}},
            {"on": "2026-06-01", "amount": {"amount": "3000.00", "currency": "EUR"}},
        ],
        fixings=[{"on": "2026-12-01", "rate": 210}],
        holidays=["2026-07-31"],
        law="fr-consumer",
    )  # fmt: skip
    assert said["kept"] > 0, "interest of 21 odd days"
    assert said["borne"] == sum(line["borne"] for line in said["schedule"]) > 0
    assert (said["schedule"][0]["principal"], said["schedule"][-1]["remaining"]) == (0, 0)
    assert said["schedule"][1]["due_on"] == "2026-08-03", "31 July was proclaimed, then comes a week-end"
    assert said["ceiling"]["answer"] == "not-entered"


@pytest.mark.parametrize(("rate", "answer"), [(1_300, "kept"), (1_500, "above")])
def test_the_ceiling_of_the_law_is_looked_up(house: House, rate: int, answer: str):
    entered = house.post(
        "admin",
        "/legal-rates",
        {
            "law": "fr-consumer",
            "says": {"rate": 1_587, "from_on": "2026-04-01", "source": "Banque de France, read 2026-05-04"},
        },
    )
    assert entered.status_code == 201, entered.text
    said = simulated(house, terms={"rate": rate}, law="fr-consumer")["ceiling"]
    assert (said["answer"], said["ceiling"]["rate"], said["ceiling"]["source"]) == (
        answer,
        1_587,
        "Banque de France, read 2026-05-04",
    )


def test_without_a_rate_it_says_why(house: House):
    drawn = [
        {"on": "2026-05-04", "amount": {"amount": "1.00", "currency": "EUR"}},
        {"on": "2026-08-10", "amount": {"amount": "4999.00", "currency": "EUR"}},
    ]
    fee = {"title": "Compte", "when": "per-instalment", "fixed": {"amount": "90.00", "currency": "EUR"}}
    said = simulated(
        house, terms={"rate": 600, "kind": "bullet", "fees": [fee]}, drawdowns=drawn, law="fr-consumer"
    )
    assert said["apr"] is None
    assert "no single rate" in said["no_apr"]


@pytest.mark.parametrize(
    ("other", "status", "type"),
    [
        ({"terms": None}, 422, "invalid"),
        ({"product_id": str(id_of("personal loan"))}, 422, "invalid"),
        ({"periods": 1_041}, 422, "invalid"),
        ({"terms": {"rate": 6.5}}, 422, "invalid"),
        ({"terms": {"rate": 600, "nominal": 1}}, 422, "invalid"),
        ({"terms": {"rate": 600, "kind": "bullet", "balloon": 10}}, 422, "unsound-terms"),
        ({"first_due_on": "2026-05-01"}, 422, "unsound-terms"),
        ({"principal": {"amount": "0.10", "currency": "EUR"}}, 422, "unsound-terms"),
        ({"terms": None, "product_id": str(id_of("personal loan")), "periods": 61}, 409, "outside-product"),
        ({"terms": None, "product_id": str(id_of("nothing"))}, 404, "not-found"),
    ],
)
def test_what_cannot_be_simulated_is_refused(house: House, other, status, type):
    answer = house.post("ana", PATH, asked(**other))
    assert (answer.status_code, answer.json()["type"]) == (status, type)


def test_a_client_may_simulate_too(house: House):
    assert house.post("awa", PATH, asked()).status_code == 200
