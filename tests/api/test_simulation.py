"""What a loan would cost: the same numbers as the contract would have."""

from __future__ import annotations

from time import perf_counter
from uuid import uuid4

import pytest

from tests.api.consumer import PRODUCT_IN_LAW, approved_in_law
from tests.api.house import MAY_4, House, id_of

PATH = f"/loan-products/{id_of('personal loan')}/simulation"


def test_a_simulation_says_what_the_loan_will_say(house: House):
    said = house.get("awa", f"{PATH}?principal=500000&months=24").json()
    assert (said["rate"], said["is_indicative"], said["start"], said["currency"]) == (
        600,
        True,
        str(MAY_4),
        "EUR",
    )
    assert (said["instalment"], said["apr"], len(said["schedule"])) == (22_160, 617, 24)
    assert said["total"] == sum(each["total"] for each in said["schedule"]) == 500_000 + said["interest"]
    assert (said["schedule"][-1]["remaining"], said["last_instalment"]) == (0, said["schedule"][-1]["total"])
    loan = house.disbursed()
    house.settle()
    real = house.get("awa", f"/loans/{loan}/schedule").json()
    parts = ("number", "due_on", "interest", "principal")
    assert [{part: each[part] for part in parts} for each in said["schedule"]] == [
        {part: each[part] for part in parts} for each in real
    ]


def test_a_rate_and_a_day_may_be_named(house: House):
    answer = house.get("ana", f"{PATH}?principal=500000&months=12&rate=0&start=2026-01-31")
    said = answer.json()
    assert (said["rate"], said["is_indicative"], said["interest"], said["apr"]) == (0, False, 0, 0)
    assert [each["due_on"] for each in said["schedule"]][:2] == ["2026-02-28", "2026-03-31"]
    assert answer.headers["cache-control"] == "private, max-age=300"


def test_what_the_law_allows_stands_beside_the_annual_rate(house: House):
    free = house.get("awa", f"{PATH}?principal=500000&months=24").json()["ceiling"]
    assert (free["answer"], free["ceiling"]) == ("no-ceiling", None)
    approved_in_law(house)
    bound = PATH.replace(str(id_of("personal loan")), str(PRODUCT_IN_LAW.product_id))
    said = house.get("awa", f"{bound}?principal=500000&months=24").json()["ceiling"]
    assert (said["answer"], said["law"], said["ceiling"]["rate"]) == ("kept", "fr-consumer", 1_587)
    assert said["ceiling"]["source"] == "Seuils de l’usure, 2e trimestre 2026"


@pytest.mark.parametrize(
    ("query", "status", "type"),
    [
        ("principal=99999&months=24", 409, "outside-product"),
        ("principal=500000&months=61", 409, "outside-product"),
        ("principal=500000&months=24&rate=601", 409, "above-product-rate"),
        ("principal=0&months=24", 422, "invalid"),
        ("principal=5.5&months=24", 422, "invalid"),
        ("months=24", 422, "invalid"),
        ("principal=500000&months=24&start=20260504", 422, "invalid"),
    ],
)
def test_what_the_product_does_not_lend_is_refused(house: House, query, status, type):
    answer = house.get("awa", f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (status, type)


def test_a_product_that_is_no_longer_offered_or_not_there(house: House):
    product = id_of("personal loan")
    assert (
        house.post("admin", f"/loan-products/{product}/withdraw", {"reason": "Remplacé"}).status_code == 200
    )
    assert house.get("awa", f"{PATH}?principal=500000&months=24").json()["type"] == "product-withdrawn"
    elsewhere = PATH.replace(str(product), str(uuid4()))
    assert house.get("awa", f"{elsewhere}?principal=500000&months=24").status_code == 404


def test_a_slider_can_follow_it(house: House):
    """The longest schedule: the least of several looks, because the machine has other things to do."""
    taken = []
    with house.calling("awa") as client:
        for _ in range(20):
            began = perf_counter()
            assert client.get(f"{PATH}?principal=3000000&months=60").status_code == 200
            taken.append(perf_counter() - began)
    assert min(taken) < 0.02
