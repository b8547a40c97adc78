"""Everything a client does in the portal, by the API alone, as a client: from a file of one's own to the receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from aggregates.contract import contract_id
from aggregates.values import AccountId, LoanId
from commands.account import WelcomeClient
from commands.loan import NoteSignature
from commands.servicing import OpenServicing
from tests.api.house import MAY_4, House, id_of, pdf
from tests.walls.stock import repayment_of

LEA = "léa"


def done(answer: httpx.Response) -> Any:
    assert answer.is_success, (str(answer.url), answer.status_code, answer.text)
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.content


@pytest.fixture
def lea(house: House) -> House:
    """Signed up, and nothing else."""
    account = AccountId(id_of(LEA))
    house.does(WelcomeClient(account_id=account, label="Léa Petit", email="lea@example.org", language="fr"))
    return house


def test_a_client_does_everything_by_itself(lea: House) -> None:
    house = lea

    def shown(path: str) -> Any:
        house.settle()
        return done(house.get(LEA, path))

    def does(path: str, body: Any = None) -> Any:
        return done(house.post(LEA, path, body))

    # ── a file of one's own, and a further contact ──
    customer = str(uuid4())
    file = {"nature": "company", "name": "Léa Fleurs", "address": "1 rue X\n69001 Lyon", "country": "FR"}
    does("/me/customer", {"customer_id": customer, **file, "language": "fr"})
    assert [line["customer_id"] for line in shown("/customers")["items"]] == [customer]
    further = {
        "contact_id": str(uuid4()),
        "customer_id": customer,
        "name": "Ali Ba",
        "email": "ali@example.org",
    }
    does("/contacts", further)
    contacts = shown(f"/contacts?customer_id={customer}")
    assert [line["name"] for line in contacts] == ["Ali Ba", "Léa Petit"]

    # ── a request with a simulation before it; taken back, and asked again ──
    product = shown("/loan-products")[0]
    path = f"/loan-products/{product['product_id']}"
    simulated = shown(f"{path}/simulation?principal=500000&months=24")
    texts = shown("/consents")
    asked = {
        "customer_id": customer,
        "contact_id": contacts[1]["contact_id"],
        "product_id": product["product_id"],
        "principal": {"amount": "5000.00", "currency": "EUR"},
        "months": 24,
        "purpose": "Une chambre froide",
        "consents": [{"consent": t["consent"], "version": t["version"], "language": "fr"} for t in texts],
    }
    first, loan = uuid4(), uuid4()
    does("/loans", {"loan_id": str(first), **asked})
    does(f"/loans/{first}/withdraw")
    does("/loans", {"loan_id": str(loan), **asked})
    assert [line["status"] for line in shown("/loans?sort=reference")["items"]] == ["withdrawn", "requested"]
    assert shown("/loans/counts")["counts"]["requested"] == 1
    payee = {
        "customer_id": customer,
        "holder": "Léa Fleurs",
        "kind": "bank",
        "iban": "FR7630006000011234567890189",
    }
    answer = house.post(LEA, "/payees", payee)
    assert answer.status_code != 403
    assert isinstance(shown(f"/payees?customer_id={customer}"), list)

    # ── the contract: read, fetched, signed, handed in ──
    done(house.post("ben", f"/loans/{loan}/approve"))
    contract = house.contract_of(loan)
    assert contract == contract_id(LoanId(loan))
    line = shown(f"/contracts/{contract}")
    assert (line["status"], line["customer_name"]) == ("sent", "Léa Fleurs")
    assert shown(f"/documents/{line['document_id']}/content").startswith(b"%PDF")
    done(house.upload(LEA, contract, pdf("signed by Léa")))
    assert shown(f"/contracts/{contract}")["status"] == "returned"
    done(house.post("ana", f"/contracts/{contract}/signed-copy/accept"))
    house.does(NoteSignature(contract_id=contract), loan)

    # ── the money, and what comes back ──
    done(
        house.post(
            "chloe",
            f"/loans/{loan}/disburse",
            {"value_date": str(MAY_4), "method": "cash", "reference": "C-1"},
        )
    )
    house.does(OpenServicing(loan_id=loan))
    done(house.post("chloe", f"/loans/{loan}/repayments", repayment_of(uuid4())))
    assert [each["interest"] for each in shown(f"/loans/{loan}/schedule")] == [
        each["interest"] for each in simulated["schedule"]
    ]
    assert shown(f"/loans/{loan}/account")["received"] == 5_000
    assert [each["amount"] for each in shown(f"/loans/{loan}/repayments")] == [5_000]
    assert {each["purpose"] for each in shown("/documents")["items"]} == {"contract", "signed-copy"}
    assert b"L-2026-00000" in shown("/loans/export")
    assert shown("/organisation")["contact_line"]

    # ── one's own account ──
    for mine in ("/me/sessions", "/me/factors", "/me/access-log", "/me/keys"):
        shown(mine)
    assert UUID(customer) not in {
        UUID(line["customer_id"]) for line in done(house.get("jean", "/customers"))["items"]
    }


def test_a_client_adds_contacts_to_its_own_file_only(house: House) -> None:
    body = {"contact_id": str(uuid4()), "name": "Ali Ba", "email": "ali@example.org"}
    foreign = house.post("awa", "/contacts", {**body, "customer_id": str(id_of("jean customer"))})
    assert foreign.status_code == 404
    assert (
        house.post("awa", "/contacts", {**body, "customer_id": str(id_of("awa customer"))}).status_code == 201
    )
    assert (
        house.post("sam", "/contacts", {**body, "customer_id": str(id_of("awa customer"))}).status_code == 403
    )
