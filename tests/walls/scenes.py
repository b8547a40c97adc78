"""For every operation a scene: what has to have happened, and the request that its owner gets a 2xx for.

A route without a scene fails in test_idor.py, so a new one says here how it is reached; those about accounts, sign-in,
money's own rules and legal rates stand in scenes_of_accounts.py, scenes_of_money.py and scenes_of_rates.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.api.consumer import CONFIRMED, approved_in_law
from tests.api.house import ESTABLISHED, LESS, MAY_4, ORGANISATION, id_of, pdf, request_of
from tests.api.uploading import announced, offer, upload
from tests.walls.calls import Call
from tests.walls.stock import SCENES, Scene, Stock, call, looks, repayment_of, scene

__all__ = ["SCENES", "Call", "Scene", "Stock"]

# ── questions ──────────────────────────────────────────────────────────────

for operation in ("OrganisationCard", "ProductList", "CustomerFile", "LoanBook", "ContractDesk", "Clock"):
    looks(operation, "owner")
for operation in ("Consents", "LoanCounts", "ContractCounts", "ExportContracts", "ExportCustomers"):
    looks(operation, "owner")
looks("ExportLoans", "owner", query=lambda stock: {"customer_id": stock.customer})
looks("ExportDocuments", "owner", query=lambda stock: {"about": stock.contract})
for operation in ("AccountList", "BusinessDays", "MailLog", "ExportMails"):
    looks(operation, "admin")
for operation in ("Journal", "ExportJournal", "TrialBalance"):
    looks(operation, "chloe")
looks(
    "Simulation",
    "owner",
    path=lambda _: {"product_id": str(id_of("personal loan"))},
    query=lambda _: {"principal": "500000", "months": "24"},
)
looks(
    "LoanSimulation",
    "owner",
    body=lambda _: {
        "terms": {"rate": 600},
        "principal": {"amount": "5000.00", "currency": "EUR"},
        "periods": 24,
    },
)
looks("Product", "owner", path=lambda _: {"product_id": str(id_of("personal loan"))})
looks("Account", "admin", path=lambda stock: {"account_id": str(id_of(stock.name))})
looks("ContactFile", "owner", query=lambda stock: {"customer_id": stock.customer})
looks("Contact", "owner", path=lambda stock: {"contact_id": stock.contact})
for operation in ("Loan", "LoanClocks", "Schedule", "LoanAccount", "RepaymentList", "LoanHistory"):
    looks(operation, "owner", path=lambda stock: {"loan_id": stock.loan})
for operation in ("Contract", "ContractHistory"):
    looks(operation, "owner", path=lambda stock: {"contract_id": stock.contract})
for operation in ("Customer", "CustomerHistory"):
    looks(operation, "owner", path=lambda stock: {"customer_id": stock.customer})
for operation in ("MyOverview", "Activity"):
    looks(operation, "owner")
looks("Overview", "ana")
looks("Machinery", "admin")
looks("ParkedEvents", "sam")
looks("LoanProof", "ana", path=lambda stock: {"loan_id": stock.loan})
looks("ContractProof", "ana", path=lambda stock: {"contract_id": stock.contract})
looks("CustomerProof", "ana", path=lambda stock: {"customer_id": stock.customer})
looks("DocumentShelf", "owner", query=lambda stock: {"about": stock.contract})
for operation in ("Document", "DocumentContent"):
    looks(operation, "owner", path=lambda stock: {"document_id": stock.document})
looks("DocumentAccess", "iris", path=lambda stock: {"document_id": stock.document})
looks("JournalAbout", "chloe", path=lambda stock: {"about": stock.loan})
looks("MailsAbout", "admin", path=lambda stock: {"about": stock.loan})


@scene("BusinessDay")
def _business_day(stock: Stock) -> Call:
    stock.house.opens_the_day()
    return call("BusinessDay", "ana")


@scene("LinkedDocument")
def _linked(stock: Stock) -> Call:
    links = stock.house.platform.outside.links
    link = links.make(UUID(stock.document), UUID(stock.customer), UUID(stock.contact), "contract")
    return call("LinkedDocument", stock.name, path={"token": link.token})


@scene("Events")
def _events(stock: Stock) -> Call:
    """What somebody missed while they were away: a request of the stock's customer."""
    loan = stock.house.requested(stock.name)
    before = stock.house.platform.store.history(loan)[0].position - 1
    return call("Events", stock.name, query={"after": str(before)})


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
    body = ORGANISATION.model_dump(mode="json")
    return call("EstablishOrganisation", "admin", body=body, headers={"Idempotency-Key": ESTABLISHED})


@scene("ChangeLegalIdentity")
def _legal_identity(stock: Stock) -> Call:
    return call("ChangeLegalIdentity", "admin", body=IDENTITY)


@scene("ChangeReturnAddress")
def _return_address(stock: Stock) -> Call:
    return call("ChangeReturnAddress", "admin", body={"return_address": f"{uuid4().hex}@example.org"})


@scene("ChangeClockSettings")
def _clock_settings(stock: Stock) -> Call:
    return call("ChangeClockSettings", "admin", body={"offer_days": 20})


@scene("ChangeChart")
def _chart(stock: Stock) -> Call:
    return call("ChangeChart", "admin", body={"chart": "PCG"})


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
    return call(
        "WithdrawLoanProduct",
        "admin",
        path={"product_id": launched.body["product_id"]},
        body={"reason": "Remplacé"},
    )


@scene("ReviseLoanProduct")
def _revise_product(stock: Stock) -> Call:
    product = _withdraw_product(stock).path
    return call("ReviseLoanProduct", "admin", path=product, body={"terms": {"rate": 500}})


@scene("AdvanceClock")
def _advance(stock: Stock) -> Call:
    ahead = stock.house.platform.clock.now().replace(microsecond=0) + timedelta(seconds=2)
    return call("AdvanceClock", "admin", body={"to": ahead.isoformat()})


def _parked(stock: Stock) -> dict[str, Any]:
    """Something that falls due and was given up, of a stream that is nobody's."""
    stream = uuid4()
    with stock.house.platform.store.pool.connection() as connection:
        connection.execute(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
            " SELECT 'reaction:watch.nothing', %s, 1, position, lane, 'ValueError' FROM store.newest(%s)",
            (stream, id_of("admin")),
        )
    return {"consumer": "reaction:watch.nothing", "stream_id": str(stream)}


@scene("RetryParked")
def _retry(stock: Stock) -> Call:
    parked = _parked(stock)
    return call("RetryParked", "sam", body=parked, new=(UUID(parked["stream_id"]),))


@scene("LeaveOut")
def _leave_out(stock: Stock) -> Call:
    parked = _parked(stock)
    body = {**parked, "version": 1, "reason": "Passé deux fois."}
    return call("LeaveOut", "admin", body=body, new=(UUID(parked["stream_id"]),))


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


_on_a_requested_loan("MakeCounterOffer", "ben", LESS)


def _on_a_counter_offer(operation: str) -> None:
    def made(stock: Stock) -> Call:
        loan = stock.house.counter_offered(stock.name)
        return call(operation, stock.name, path={"loan_id": str(loan)}, body={})

    SCENES[operation] = made


_on_a_counter_offer("AcceptCounterOffer")
_on_a_counter_offer("DeclineCounterOffer")


@scene("ConfirmInformation")
def _information(stock: Stock) -> Call:
    loan = approved_in_law(stock.house, stock.name, informed=False)
    return call("ConfirmInformation", stock.name, path={"loan_id": str(loan)}, body=CONFIRMED)


@scene("StepBack")
def _step_back(stock: Stock) -> Call:
    loan = stock.house.ready(stock.name, approved_in_law(stock.house, stock.name))
    return call("StepBack", stock.name, path={"loan_id": str(loan)}, body={})


@scene("DisburseLoan")
def _disburse(stock: Stock) -> Call:
    stock.house.lets_money_leave()
    loan = stock.house.ready(stock.name)
    body = {"value_date": str(MAY_4), "method": "cash", "reference": "C-1"}
    return call("DisburseLoan", "chloe", path={"loan_id": str(loan)}, body=body)


@scene("CancelDrawdowns")
def _cancel_drawdowns(stock: Stock) -> Call:
    stock.house.lets_money_leave()
    loan = stock.house.begun(stock.name)
    return call(
        "CancelDrawdowns", "ben", path={"loan_id": str(loan)}, body={"reason": "Plus besoin du reste"}
    )


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
    """As a form, or by naming what lies in the storage: the body is for those who send JSON."""
    contract = stock.house.sent(stock.name)
    stock.house.settle()
    copy = pdf(f"signed {contract}")
    named = {"upload": upload(stock.house, stock.name, contract, copy)}
    return call("ReceiveSignedCopy", stock.name, path={"contract_id": str(contract)}, file=copy, body=named)


@scene("OfferSignedCopyUpload")
def _announce_copy(stock: Stock) -> Call:
    contract = stock.house.sent(stock.name)
    stock.house.settle()
    body = announced(pdf(f"signed {contract}"))
    return call("OfferSignedCopyUpload", stock.name, path={"contract_id": str(contract)}, body=body)


@scene("TakeUpload")
def _bring_copy(stock: Stock) -> Call:
    announcing = _announce_copy(stock)
    contract = UUID(announcing.path["contract_id"])
    token = offer(stock.house, stock.name, contract, pdf(f"signed {contract}")).json()["upload"]
    return call("TakeUpload", stock.name, path={"token": token}, file=pdf(f"signed {contract}"))


def _on_a_returned_copy(operation: str, body: Any) -> None:
    def made(stock: Stock) -> Call:
        contract = stock.house.sent(stock.name)
        answer = stock.house.upload(stock.name, contract, pdf(f"signed {contract}"))
        assert answer.status_code == 200, answer.text
        return call(operation, "ana", path={"contract_id": str(contract)}, body=body)

    SCENES[operation] = made


_on_a_returned_copy("AcceptSignedCopy", {})
_on_a_returned_copy("RefuseSignedCopy", {"reason": "La dernière page manque"})


from tests.walls import scenes_of_accounts, scenes_of_money, scenes_of_rates  # noqa: F401 - they declare theirs
