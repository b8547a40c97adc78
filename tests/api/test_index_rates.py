"""Values of an index over HTTP, and a loan that is lent on one."""

from __future__ import annotations

from uuid import uuid4

from commands.loan_product import LaunchLoanProduct
from commands.terms import WrittenTerms
from tests.api.house import PRODUCT, House, id_of, request_of

SAYS = {"value": 212, "from_on": "2026-04-01", "source": "EMMI, Euribor 3 mois, lu le 31 mars 2026"}
FOLLOWS = {"rate": 600, "variable": {"index": "EURIBOR-3M", "margin": 350, "reset_every": 3}}


def test_a_value_is_entered_listed_and_corrected(house: House):
    asked = house.post("admin", "/index-rates", {"index": "EURIBOR-3M", "says": SAYS})
    assert (asked.status_code, asked.json()["version"]) == (201, 2)
    house.settle()
    (line,) = house.get("ana", "/index-rates").json()
    assert (line["index_name"], line["value"], line["corrected_by"]) == ("EURIBOR-3M", 212, None)
    right = {"number": 1, "says": SAYS | {"value": 221}, "reason": "Lu de travers dans le tableau."}
    assert house.post("admin", f"/index-rates/{line['rates_id']}/correct", right).status_code == 200
    house.settle()
    assert {each["number"]: each["corrected_by"] for each in house.get("ana", "/index-rates").json()} == {
        1: 2, 2: None,
    }  # fmt: skip


def test_refusals_say_the_rule_and_the_way_out(house: House):
    assert house.post("admin", "/index-rates", {"index": "EURIBOR-3M", "says": SAYS}).status_code == 201
    again = house.post("admin", "/index-rates", {"index": "euribor-3m", "says": SAYS})
    assert (again.status_code, again.json()["type"]) == (409, "value-entered")
    assert again.json()["title"] == "L'indice a déjà une valeur à partir de ce jour."
    assert house.post("ben", "/index-rates", {"index": "EURIBOR-3M", "says": SAYS}).status_code == 403
    assert house.get("jean", "/index-rates").status_code == 403


def test_a_loan_follows_an_index_once_its_value_is_known(house: House):
    product = PRODUCT.model_copy(
        update={
            "product_id": id_of("indexed loan"), "code": "pret-indexe",
            "terms": WrittenTerms.model_validate(FOLLOWS),
        }
    )  # fmt: skip
    assert isinstance(product, LaunchLoanProduct)
    house.does(product)
    loan = uuid4()
    body = request_of("jean", loan) | {"product_id": str(product.product_id)}
    assert house.post("jean", "/loans", body).status_code == 201
    house.settle()
    refused = house.post("ben", f"/loans/{loan}/approve").json()
    assert (refused["type"], "EURIBOR-3M" in refused["detail"]) == ("outside-product", True)
    assert house.post("admin", "/index-rates", {"index": "EURIBOR-3M", "says": SAYS}).status_code == 201
    assert house.post("ben", f"/loans/{loan}/approve").status_code == 200
