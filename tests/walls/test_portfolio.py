"""Staff with a portfolio do their whole work within it: the walls let them through where they belong."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from commands.loan import NoteSignature
from commands.servicing import OpenServicing
from tests.api.house import MAY_4, House, id_of, opened, pdf, request_of
from tests.conftest import Database
from tests.walls.stock import repayment_of

OWN = [id_of("jean customer")]


@pytest.fixture
def house(inhabited: Database, tmp_path: Path):
    with opened(inhabited.app_url, inhabited.owner_url, tmp_path) as house:
        house.hires("one", "advisor", portfolio=OWN)
        house.hires("two", "advisor", portfolio=OWN)
        house.hires("three", "accountant", portfolio=OWN)
        yield house


def done(answer) -> dict:
    assert answer.is_success, answer.text
    return answer.json()


def test_a_loan_from_the_request_to_a_repayment(house: House) -> None:
    loan = uuid4()
    done(house.post("one", "/loans", request_of("jean", loan, by_staff=True)))
    done(house.post("two", f"/loans/{loan}/approve"))
    contract = house.contract_of(loan)
    done(house.upload("jean", contract, pdf("signed")))
    done(house.post("one", f"/contracts/{contract}/signed-copy/accept"))
    house.does(NoteSignature(contract_id=contract), loan)
    paid = {"value_date": str(MAY_4), "method": "cash", "reference": "C-1"}
    done(house.post("three", f"/loans/{loan}/disburse", paid))
    house.does(OpenServicing(loan_id=loan))
    done(house.post("three", f"/loans/{loan}/repayments", repayment_of(uuid4())))
    house.settle()
    for name in ("one", "two", "three"):
        assert done(house.get(name, f"/loans/{loan}"))["status"] == "disbursed"
        assert len(done(house.get(name, "/customers"))["items"]) == 1


def test_a_customer_that_is_registered_is_in_the_portfolio(house: House) -> None:
    customer = uuid4()
    body = {"customer_id": str(customer), "nature": "person", "name": "Léa Petit", "address": "1 rue X\nLyon",
            "country": "FR", "language": "fr"}  # fmt: skip
    done(house.post("one", "/customers", body))
    contact = {
        "contact_id": str(uuid4()),
        "customer_id": str(customer),
        "name": "Léa Petit",
        "email": "l@example.org",
    }
    done(house.post("one", "/contacts", contact))
    house.settle()
    assert house.get("one", f"/customers/{customer}").status_code == 200
    assert house.get("two", f"/customers/{customer}").status_code == 404


def test_everybody_who_works_here_may_stop_the_money_and_two_release_it(house: House) -> None:
    why = {"reason": "Un virement que personne ne connaît."}
    done(house.post("one", "/stop-switch/pull", why))
    done(house.post("three", "/stop-switch/ask-for-release", why))
    done(house.post("admin", "/stop-switch/release"))


def test_a_payee_of_the_portfolio_is_proposed_and_confirmed(house: House) -> None:
    to = {"kind": "bank-account", "holder": "Jean Diop", "iban": "FR7630006000011234567890189"}
    ids = {"customer_id": str(OWN[0]), "contact_id": str(id_of("jean contact"))}
    payee: UUID = done(house.post("one", "/payees", {**ids, "to": to}))["id"]
    done(house.post("three", f"/payees/{payee}/confirm", {"number": 1}))


def test_a_portfolio_is_not_for_administrators_and_auditors(house: House) -> None:
    for role in ("admin", "auditor"):
        body = {"account_id": str(uuid4()), "roles": [role], "label": "X", "portfolio": [str(OWN[0])]}
        assert house.post("admin", "/accounts", body).status_code == 422
    refused = house.post("admin", f"/accounts/{id_of('iris')}/portfolio", {"portfolio": [str(OWN[0])]})
    assert (refused.status_code, refused.json()["type"]) == (409, "looks-after-everybody")
