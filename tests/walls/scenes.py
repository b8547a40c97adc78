"""For every operation a scene: what has to have happened, and the request that its owner gets a 2xx for.

A route without a scene fails in test_idor.py, so a new one says here how it is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from tests.api.house import MAY_4, House, id_of, pdf, request_of
from tests.walls.calls import OPERATIONS, Call


class Stock:
    """One customer's things, made when they are first asked for and then shared by everybody who only looks."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name = house, name
        self.customer = str(id_of(f"{name} customer"))
        self.contact = str(id_of(f"{name} contact"))

    @cached_property
    def loan(self) -> str:
        """Paid out, with its servicing and a first repayment."""
        loan = self.house.disbursed(self.name)
        self.repaid_into(loan)
        return str(loan)

    @cached_property
    def contract(self) -> str:
        return str(self.house.sent(self.name))

    @cached_property
    def document(self) -> str:
        """The contract's PDF."""
        events = self.house.platform.store.history(UUID(self.contract))
        return str(next(e.event().document_id for e in events if e.kind == "Contract.Rendered"))

    def repaid_into(self, loan: UUID) -> str:
        repayment = uuid4()
        body = repayment_of(repayment)
        answer = self.house.post("chloe", f"/loans/{loan}/repayments", body)
        assert answer.status_code == 200, answer.text
        return str(repayment)


def repayment_of(id: UUID) -> dict[str, Any]:
    return {
        "repayment_id": str(id),
        "amount": {"amount": "50.00", "currency": "EUR"},
        "value_date": str(MAY_4),
        "method": "cash",
        "reference": f"R-{id.hex[:8]}",
    }


Scene = Callable[[Stock], Call]
SCENES: dict[str, Scene] = {}


def scene(operation: str) -> Callable[[Scene], Scene]:
    def declare(made: Scene) -> Scene:
        assert operation not in SCENES, operation
        SCENES[operation] = made
        return made

    return declare


def call(operation: str, by: str, /, new: tuple[UUID, ...] = (), **parts: Any) -> Call:
    return Call(OPERATIONS[operation], by, new=frozenset(map(str, new)), **parts)


def _looks(operation: str, by: str, **parts: Callable[[Stock], dict[str, str]]) -> None:
    """A question: nothing has to be made for it alone."""
    SCENES[operation] = lambda stock: call(
        operation, by if by != "owner" else stock.name, **{name: made(stock) for name, made in parts.items()}
    )


# ── questions ──────────────────────────────────────────────────────────────

for operation in ("OrganisationCard", "ProductList", "CustomerFile", "LoanBook", "ContractDesk", "Clock"):
    _looks(operation, "owner")
for operation in ("AccountList", "BusinessDays", "MailLog"):
    _looks(operation, "admin")
for operation in ("Journal", "TrialBalance"):
    _looks(operation, "chloe")
_looks("Product", "owner", path=lambda _: {"product_id": str(id_of("personal loan"))})
_looks("Account", "admin", path=lambda stock: {"account_id": str(id_of(stock.name))})
_looks("Customer", "owner", path=lambda stock: {"customer_id": stock.customer})
_looks("ContactFile", "owner", query=lambda stock: {"customer_id": stock.customer})
_looks("Contact", "owner", path=lambda stock: {"contact_id": stock.contact})
for operation in ("Loan", "Schedule", "LoanAccount", "RepaymentList"):
    _looks(operation, "owner", path=lambda stock: {"loan_id": stock.loan})
_looks("Contract", "owner", path=lambda stock: {"contract_id": stock.contract})
_looks("DocumentShelf", "owner", query=lambda stock: {"about": stock.contract})
for operation in ("Document", "DocumentContent"):
    _looks(operation, "owner", path=lambda stock: {"document_id": stock.document})
_looks("DocumentAccess", "iris", path=lambda stock: {"document_id": stock.document})
_looks("JournalAbout", "chloe", path=lambda stock: {"about": stock.loan})
_looks("MailsAbout", "admin", path=lambda stock: {"about": stock.loan})


@scene("BusinessDay")
def _business_day(stock: Stock) -> Call:
    stock.house.opens_the_day()
    return call("BusinessDay", "ana")


@scene("LinkedDocument")
def _linked(stock: Stock) -> Call:
    links = stock.house.platform.outside.links
    link = links.make(UUID(stock.document), UUID(stock.customer), UUID(stock.contact), "contract")
    return call("LinkedDocument", stock.name, path={"token": link.token})


# ── the house ──────────────────────────────────────────────────────────────

IDENTITY = {
    "legal_name": "Prêts du Fleuve",
    "legal_form": "SAS au capital de 300 000 €",
    "registration": "RCS Lyon 912 345 678",
    "registered_office": "14 quai Saint-Antoine\n69002 Lyon",
    "country": "FR",
    "contact_line": "contrats@prets-du-fleuve.example",
}


@scene("EstablishOrganisation")
def _establish(stock: Stock) -> Call:
    """It is there already: who may, gets the answer of the first time."""
    further = {"time_zone": "Europe/Paris", "currency": "EUR", "languages": ["fr", "en"],
               "return_address": "contrats@prets-du-fleuve.example"}  # fmt: skip
    return call("EstablishOrganisation", "admin", body={**IDENTITY, **further})


@scene("ChangeLegalIdentity")
def _legal_identity(stock: Stock) -> Call:
    return call("ChangeLegalIdentity", "admin", body=IDENTITY)


@scene("ChangeReturnAddress")
def _return_address(stock: Stock) -> Call:
    return call("ChangeReturnAddress", "admin", body={"return_address": f"{uuid4().hex}@example.org"})


@scene("LaunchLoanProduct")
def _launch(stock: Stock) -> Call:
    product = uuid4()
    body = {
        "product_id": str(product),
        "code": f"p-{product.hex[:8]}",
        "title_fr": "Prêt",
        "title_en": "Loan",
        "rate": 600,
        "min_principal": {"amount": "1000.00", "currency": "EUR"},
        "max_principal": {"amount": "30000.00", "currency": "EUR"},
        "min_months": 6,
        "max_months": 60,
    }
    return call("LaunchLoanProduct", "admin", body=body, new=(product,))


@scene("WithdrawLoanProduct")
def _withdraw_product(stock: Stock) -> Call:
    launched = _launch(stock)
    answer = stock.house.post("admin", "/loan-products", launched.body)
    assert answer.status_code == 201, answer.text
    return call("WithdrawLoanProduct", "admin", path={"product_id": launched.body["product_id"]})


@scene("AdvanceClock")
def _advance(stock: Stock) -> Call:
    now = stock.house.platform.clock.now()
    return call("AdvanceClock", "admin", body={"to": now.replace(microsecond=0).isoformat()[:19] + "Z"})


# ── customers, contacts ────────────────────────────────────────────────────


@scene("RegisterCustomer")
def _register(stock: Stock) -> Call:
    customer = uuid4()
    body = {"customer_id": str(customer), "nature": "person", "name": "Léa Petit", "address": "1 rue X\nLyon",
            "country": "FR", "language": "fr"}  # fmt: skip
    return call("RegisterCustomer", "ana", body=body, new=(customer,))


@scene("ChangeCustomerDetails")
def _details(stock: Stock) -> Call:
    body = {"name": f"{stock.name.title()} Diop", "address": "9 rue de la République\n69002 Lyon"}
    return call("ChangeCustomerDetails", "ana", path={"customer_id": stock.customer}, body=body)


@scene("AddContact")
def _add_contact(stock: Stock) -> Call:
    contact = uuid4()
    body = {"contact_id": str(contact), "customer_id": stock.customer, "name": "Ali Ba",
            "email": f"{contact.hex}@example.org"}  # fmt: skip
    return call("AddContact", "ana", body=body, new=(contact,))


@scene("ChangeContactEmail")
def _contact_email(stock: Stock) -> Call:
    body = {"email": f"{uuid4().hex}@example.org"}
    return call("ChangeContactEmail", "ana", path={"contact_id": stock.contact}, body=body)


# ── loans ──────────────────────────────────────────────────────────────────


@scene("RequestLoan")
def _request_loan(stock: Stock) -> Call:
    loan, product = uuid4(), id_of("personal loan")
    return call("RequestLoan", stock.name, body=request_of(stock.name, loan), new=(loan, product))


def _on_a_requested_loan(operation: str, by: str, body: Any = None) -> None:
    def made(stock: Stock) -> Call:
        loan = stock.house.requested(stock.name)
        return call(operation, by if by != "owner" else stock.name, path={"loan_id": str(loan)}, body=body)

    SCENES[operation] = made


_on_a_requested_loan("ApproveLoan", "ben", {})
_on_a_requested_loan("DeclineLoan", "ben", {"reason": "Un refus motivé"})
_on_a_requested_loan("WithdrawLoanRequest", "owner")


@scene("DisburseLoan")
def _disburse(stock: Stock) -> Call:
    loan = stock.house.ready(stock.name)
    body = {"value_date": str(MAY_4), "method": "cash", "reference": "C-1"}
    return call("DisburseLoan", "chloe", path={"loan_id": str(loan)}, body=body)


@scene("RecordRepayment")
def _repay(stock: Stock) -> Call:
    repayment = uuid4()
    body = repayment_of(repayment)
    return call("RecordRepayment", "chloe", path={"loan_id": stock.loan}, body=body, new=(repayment,))


@scene("ReverseRepayment")
def _reverse(stock: Stock) -> Call:
    path = {"loan_id": stock.loan, "repayment_id": stock.repaid_into(UUID(stock.loan))}
    return call("ReverseRepayment", "chloe", path=path, body={"reason": "Saisi par erreur"})


# ── contracts ──────────────────────────────────────────────────────────────


@scene("SendContractAgain")
def _send_again(stock: Stock) -> Call:
    return call("SendContractAgain", "ana", path={"contract_id": stock.contract})


@scene("ReceiveSignedCopy")
def _return_copy(stock: Stock) -> Call:
    contract = stock.house.sent(stock.name)
    copy = pdf(f"signed {contract}")
    return call("ReceiveSignedCopy", stock.name, path={"contract_id": str(contract)}, file=copy)


def _on_a_returned_copy(operation: str, body: Any) -> None:
    def made(stock: Stock) -> Call:
        contract = stock.house.sent(stock.name)
        answer = stock.house.upload(stock.name, contract, pdf(f"signed {contract}"))
        assert answer.status_code == 200, answer.text
        return call(operation, "ana", path={"contract_id": str(contract)}, body=body)

    SCENES[operation] = made


_on_a_returned_copy("AcceptSignedCopy", {})
_on_a_returned_copy("RefuseSignedCopy", {"reason": "La dernière page manque"})
