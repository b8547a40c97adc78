"""Documents over HTTP: bytes as they were kept, never to be run, every access recorded; and temporary links."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from aggregates.document import Document, paper_id
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from api.files import disposition, file_name
from commands.document import KeepDocument, VoidDocument
from providers.storage import key_for
from tests.api.house import id_of, pdf
from tests.kit import MAY_4


@pytest.fixture
def contract(house) -> UUID:
    return house.sent(content=pdf("the contract"))


@pytest.fixture
def document(house, contract) -> UUID:
    house.settle()
    return UUID(house.get("awa", f"/contracts/{contract}").json()["document_id"])


def link_to(house, document: UUID) -> str:
    link = house.platform.outside.links.make(
        document, id_of("awa customer"), id_of("awa contact"), "contract"
    )
    return f"{house.url}/api/v1/links/{link.token}"


def test_a_document_leaves_as_an_attachment_that_nothing_runs(house, contract, document):
    fetched = house.get("awa", f"/documents/{document}/content")
    assert (fetched.status_code, fetched.content) == (200, pdf("the contract"))
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"].startswith('attachment; filename="K-2026-000001.pdf"')
    assert fetched.headers["content-security-policy"].startswith("sandbox")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["cache-control"] == "no-store"


def test_every_access_is_recorded_before_the_bytes_leave(house, document):
    house.get("awa", f"/documents/{document}/content", **{"User-Agent": "Lecteur/1.0 (\t)"})
    httpx.get(link_to(house, document))
    house.settle()
    accesses = house.get("ana", f"/documents/{document}/accesses").json()["items"]
    assert [(a["via"], a["account_id"], a["ip"]) for a in accesses] == [
        ("link", None, "127.0.0.1"),
        ("account", str(id_of("awa")), "127.0.0.1"),
    ]
    assert accesses[1]["user_agent"].startswith("Lecteur")
    kept = house.platform.store.history(document)[-1].state
    assert b"127.0.0.1" not in kept, "an address is personal: it is sealed"


def test_somebody_elses_document_is_unknown(house, document):
    for path in ("", "/content"):
        assert house.get("jean", f"/documents/{document}{path}").status_code == 404
        assert house.get("jean", f"/documents/{uuid4()}{path}").status_code == 404
    assert len(house.platform.store.history(document)) == 1


def test_who_fetched_a_document_is_for_staff_alone(house, document):
    """It holds the addresses of the people who work here."""
    assert house.get("awa", f"/documents/{document}/accesses").status_code == 403
    assert house.get("ana", f"/documents/{document}/accesses").status_code == 200


def test_a_damaged_document_does_not_leave(house, document):
    kept = house.platform.store.load(Document, document)
    stored = house.platform.settings.documents_dir / kept.key
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes().replace(b"contract", b"contrast"))
    answer = house.get("awa", f"/documents/{document}/content")
    assert (answer.status_code, answer.json()["type"]) == (500, "document-damaged")
    assert len(house.platform.store.history(document)) == 1


def test_a_link_opens_its_document_without_a_token(house, document):
    fetched = httpx.get(link_to(house, document))
    assert (fetched.status_code, fetched.content) == (200, pdf("the contract"))
    assert fetched.headers["content-security-policy"].startswith("sandbox")


def test_an_expired_link_says_what_to_do_to_programs_and_to_people(house, document):
    link = link_to(house, document)
    house.platform.clock.advance_to(house.platform.clock.now() + timedelta(days=8))
    program = httpx.get(link)
    person = httpx.get(link, headers={"Accept": "text/html,*/*"})
    assert (program.status_code, program.json()["type"]) == (410, "link-expired")
    assert "demandez un nouveau lien" in program.json()["what_to_do"]
    assert person.status_code == 410
    assert person.headers["content-type"].startswith("text/html")
    assert "demandez un nouveau lien" in person.text
    assert len(house.platform.store.history(document)) == 1


@pytest.mark.parametrize("change", ["", "x", "cut", "a" * 250])
def test_a_link_that_was_tampered_with_is_unknown(house, document, change):
    link = link_to(house, document)
    token = link.rpartition("/")[2]
    broken = {"cut": token[:-5], "": token[::-1]}.get(change, change)
    answer = httpx.get(link.replace(token, broken))
    assert (answer.status_code, answer.json()["type"]) == (404, "link-invalid")


def test_a_token_does_not_widen_a_link_nor_a_link_a_token(house, document):
    token = link_to(house, document).rpartition("/")[2]
    with house.calling(None, Authorization=f"Bearer {token}") as client:
        assert client.get("/loans").status_code == 401


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\contrat.pdf", "contrat.pdf"),
        ("contrat\x00\u202efdp.exe", "contratfdp.exe"),
        ("e\u0301le\u0300ve.pdf", "élève.pdf"),
        ("  ..  ", None),
        ("", None),
        (None, None),
        ("!!!", None),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_what_a_sender_calls_a_file_is_cleaned(sent, kept):
    assert file_name(sent) == kept


def test_any_name_fits_into_the_header():
    hostile = 'né"\r\nSet-Cookie: a=b;.pdf'
    written = disposition(hostile)
    assert "\r" not in written
    assert written.startswith(
        "attachment; filename=\"ne___Set-Cookie_ a_b_.pdf\"; filename*=UTF-8''n%C3%A9%22%0D"
    )


def test_a_file_of_somebody_is_never_run(house):
    contract = house.sent("awa", pdf("contract"))
    house.settle()
    document = house.get("awa", f"/contracts/{contract}").json()["document_id"]
    headers = house.get("awa", f"/documents/{document}/content").headers
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'; base-uri 'none';")
    assert headers["x-content-type-options"] == "nosniff"


def kept_quittance(house, loan: UUID, number: int | None = None) -> UUID:
    """As the worker keeps it (workers/render.py)."""
    content = pdf(f"quittance {number or 1}")
    facts = house.platform.outside.checking.check(content)
    key = key_for("quittance", loan, facts.sha256, facts.media_type)
    house.platform.outside.storage.put(key, content)
    house.does(
        KeepDocument(
            purpose="quittance", about=LoanId(loan), number=number, key=key,
            sha256=facts.sha256, size=facts.size, pages=1,
        )
    )  # fmt: skip
    return paper_id(LoanId(loan), "quittance", number)


def settled(house, loan: UUID, repayment_id: UUID) -> None:
    house.settle()
    quote = house.get("awa", f"/loans/{loan}/early-repayment-quote").json()
    money = {
        "repayment_id": str(repayment_id),
        "amount": {"amount": f"{quote['total'] / 100:.2f}", "currency": quote["currency"]},
        "value_date": str(MAY_4),
        "method": "cheque",
        "reference": "CHQ 0200",
    }
    assert house.post("chloe", f"/loans/{loan}/settlement", money).status_code == 200


def test_a_quittance_whose_money_came_back_says_so_where_it_is_kept_and_the_next_one_counts(house):
    loan, cheque = house.disbursed(), uuid4()
    settled(house, loan, cheque)
    first = kept_quittance(house, loan)
    unpaid = {"reason": "Chèque revenu impayé"}
    assert house.post("chloe", f"/loans/{loan}/repayments/{cheque}/reverse", unpaid).status_code == 200
    reopened = house.platform.store.load(Servicing, servicing_id(LoanId(loan)))
    assert (reopened.status, reopened.reopenings) == ("open", 1)
    house.does(VoidDocument(reason="money-came-back"), first)
    house.does(VoidDocument(reason="money-came-back"), first)
    settled(house, loan, uuid4())
    second = kept_quittance(house, loan, 2)
    house.settle()
    for name in ("ana", "awa"):
        void = house.get(name, f"/documents/{first}").json()
        assert (void["voided_on"], void["void_because"]) == (str(MAY_4), "money-came-back")
        good = house.get(name, f"/documents/{second}").json()
        assert (good["voided_on"], good["void_because"]) == (None, None)
        assert (void["reference"], good["reference"]) == ("Q-2026-000001", "Q-2026-000001-2")
        listed = house.get(name, f"/documents?about={loan}&purpose=quittance").json()["items"]
        assert {line["document_id"]: line["voided_on"] for line in listed} == {
            str(first): str(MAY_4),
            str(second): None,
        }
    assert house.get("awa", f"/documents/{first}/content").content == pdf("quittance 1")
    assert house.get("jean", f"/documents/{first}").status_code == 404
    told = [event.kind for event in house.platform.store.history(first)]
    assert told.count("Document.Voided") == 1
    for name in ("ana", "awa"):
        happened = house.get(name, "/activity").json()["items"]
        news = [each for each in happened if each["kind"] == "Document"]
        assert [(each["event"], each["reference"], each["loan_id"], each["amount"]) for each in news] == [
            ("Document.Voided", "Q-2026-000001", str(loan), None)
        ]
    assert all(each["kind"] != "Document" for each in house.get("jean", "/activity").json()["items"])
