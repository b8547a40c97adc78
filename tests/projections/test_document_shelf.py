"""The document shelf."""

from dataclasses import replace
from uuid import UUID

from projections.document_shelf import DocumentFilter, DocumentShelf
from tests.stories import ANA, AWA, CONTRACT, CONTRACT_PDF, COPY, JEAN, MAY_4, MAY_6, contract_kept, copy_kept

AWAS_PDF, AWAS_CONTRACT = (UUID(f"d0000000-0000-5000-8000-00000000000{n}") for n in (1, 2))
awas_kept = replace(
    contract_kept.but(customer_id=AWA, about=AWAS_CONTRACT, key="contracts/2.pdf"), stream=AWAS_PDF
)


def told(screens) -> None:
    screens.happened(contract_kept, awas_kept, on=MAY_4)
    screens.happened(copy_kept, on=MAY_6)


def test_what_is_kept_about_a_contract_is_listed_oldest_first(screens):
    told(screens)
    shelf = screens.read(DocumentShelf)
    assert [line.purpose for line in shelf.lines(DocumentFilter(CONTRACT), "kept_on").items] == [
        "contract",
        "signed-copy",
    ]
    assert [line.document_id for line in shelf.lines(DocumentFilter(AWAS_CONTRACT)).items] == [AWAS_PDF]


def test_a_document_shows_where_its_bytes_are_and_what_they_must_be(screens):
    told(screens)
    line = screens.read(DocumentShelf).line(CONTRACT_PDF)
    assert (line.key, line.sha256, line.size) == (f"contracts/{CONTRACT_PDF}.pdf", "ab" * 32, 48_000)
    assert (line.media_type, line.pages, line.reference) == ("application/pdf", 4, "K-2026-000001")
    assert (line.kept_by, line.kept_on, line.file_name) == (ANA, MAY_4, None)
    assert screens.read(DocumentShelf).line(COPY).file_name == "contrat signé.pdf"


def test_a_client_sees_only_its_own_documents(screens):
    told(screens)
    own = screens.read(DocumentShelf, customers=[JEAN])
    assert len(own.lines(DocumentFilter(CONTRACT)).items) == 2
    assert own.lines(DocumentFilter(AWAS_CONTRACT)).items == []
    assert own.line(AWAS_PDF) is None
