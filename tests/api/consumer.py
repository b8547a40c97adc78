"""A loan under the law of credit to consumers in France, as far as its approval; and one of Quebec, paid out."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID, uuid4

from aggregates.legal_rates import RatesOverlap
from aggregates.rules.consents import present
from aggregates.values import LoanId
from commands.document import KeepDocument
from commands.legal_rates import EnterLegalRate
from commands.loan_product import LaunchLoanProduct
from commands.servicing import OpenServicing
from eventstore import AlreadyExists, Claimed
from tests.api.house import MAY_4, PRODUCT, House, id_of, request_of

CONFIRMED = {"version": present("approval")[0].version, "language": "fr"}
"""That the information before the contract was received, on the screen."""

PRODUCT_IN_LAW = LaunchLoanProduct.model_validate(
    {
        **PRODUCT.model_dump(mode="json"),
        "product_id": str(id_of("loan with clocks")),
        "code": "credit-conso",
        "law": "fr-consumer",
    }
)
PRODUCT_OF_QUEBEC = LaunchLoanProduct.model_validate(
    {
        **PRODUCT.model_dump(mode="json"),
        "product_id": str(id_of("loan of quebec")),
        "code": "credit-quebec",
        "law": "qc-consumer",
        "min_principal": {"amount": "500.00", "currency": "CAD"},
        "max_principal": {"amount": "20000.00", "currency": "CAD"},
    }
)
CEILING_OF_QUEBEC = EnterLegalRate.model_validate(
    {"law": "qc-consumer", "says": {"rate": 3_500, "from_on": "2026-01-01", "source": "Seuil du Québec"}}
)
CEILING = EnterLegalRate.model_validate(
    {
        "law": "fr-consumer",
        "says": {
            "rate": 1_587,
            "from_on": "2026-05-01",
            "until_on": "2026-05-31",
            "source": "Seuils de l’usure, 2e trimestre 2026",
        },
    }
)


def approved_in_law(house: House, name: str = "awa", informed: bool = True) -> UUID:
    """The product and its ceiling are entered unless they are there; the client has the information, or not yet."""
    with suppress(AlreadyExists, Claimed):
        house.does(PRODUCT_IN_LAW)
    with suppress(RatesOverlap):
        house.does(CEILING, account=id_of("admin"))
    loan = uuid4()
    asked = {**request_of(name, loan), "product_id": str(PRODUCT_IN_LAW.product_id)}
    assert house.post(name, "/loans", asked).status_code == 201
    answer = house.post("ben", f"/loans/{loan}/approve")
    assert answer.status_code == 200, answer.text
    house.does(
        KeepDocument(
            purpose="information",
            about=LoanId(loan),
            key=f"information/{loan}/{'1f' * 32}.pdf",
            sha256="1f" * 32,
            size=40_000,
            pages=2,
        )
    )
    if informed:
        assert house.post(name, f"/loans/{loan}/information", CONFIRMED).status_code == 200
    return loan


def lent_in_quebec(house: House, name: str = "awa") -> UUID:
    """5,000.00 that left on the day of the signature, from which the client may step back."""
    house.lets_money_leave()
    with suppress(AlreadyExists, Claimed):
        house.does(PRODUCT_OF_QUEBEC)
    with suppress(RatesOverlap):
        house.does(CEILING_OF_QUEBEC, account=id_of("admin"))
    loan = uuid4()
    asked = {
        **request_of(name, loan),
        "product_id": str(PRODUCT_OF_QUEBEC.product_id),
        "principal": {"amount": "5000.00", "currency": "CAD"},
    }
    assert house.post(name, "/loans", asked).status_code == 201
    answer = house.post("ben", f"/loans/{loan}/approve")
    assert answer.status_code == 200, answer.text
    house.ready(name, loan)
    paid = {"value_date": str(MAY_4), "method": "cash", "reference": "REÇU-1"}
    assert house.post("chloe", f"/loans/{loan}/disburse", paid).status_code == 200
    house.does(OpenServicing(loan_id=LoanId(loan)))
    return loan
