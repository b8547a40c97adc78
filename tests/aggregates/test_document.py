"""What a document can do. How contracts and copies are kept: test_contract.py."""

import pytest
from pydantic import ValidationError

from aggregates.document import Document, paper_id
from commands.document import KeepDocument, RecordDownload
from eventstore import NotFound, Sealed
from tests.kit import fact, given
from tests.stories import (
    ANA,
    HOUSE,
    JEAN,
    JEAN_ACCOUNT,
    LOAN,
    QUITTANCE,
    contract_kept,
    downloaded,
    requested,
)

keep = KeepDocument(
    about=LOAN,
    key=f"quittances/{QUITTANCE}.pdf",
    sha256="9a" * 32,
    size=30_000,
    pages=1,
)
quittance_kept = fact(
    Document.Kept,
    QUITTANCE,
    customer_id=JEAN,
    purpose="quittance",
    about=LOAN,
    reference="Q-2026-000001",
    key=f"quittances/{QUITTANCE}.pdf",
    sha256="9a" * 32,
    size=30_000,
    media_type="application/pdf",
    pages=1,
    by=ANA,
)


def test_a_quittance_is_kept_under_the_loans_number():
    given().with_(*HOUSE, requested).as_(ANA).when(keep).then(quittance_kept)


def test_each_version_of_a_schedule_is_a_document_of_its_own():
    second = keep.model_copy(update={"purpose": "schedule", "number": 2})
    [kept] = given().with_(*HOUSE, requested).as_(ANA).when(second).recorded
    assert (kept.originator_id, kept.reference) == (paper_id(LOAN, "schedule", 2), "T-2026-000001-2")
    again = {paper_id(LOAN, "schedule", 2, restored) for restored in (None, 1, 2)}
    assert len(again) == 3, "a schedule that is in force again has a paper of its own"
    assert kept.originator_id not in (paper_id(LOAN, "schedule", 1), paper_id(LOAN, "schedule"), QUITTANCE)


def test_a_quittance_is_about_a_loan():
    given().when(keep).then_rejected(NotFound)


def test_every_download_is_kept_with_who_and_from_where():
    fetch = RecordDownload(via="account", ip="192.0.2.7", user_agent="Firefox/145.0")
    given(contract_kept).as_(JEAN_ACCOUNT, customers=[JEAN]).when(fetch).then(downloaded)
    again = given(contract_kept, downloaded).as_(JEAN_ACCOUNT).when(fetch)
    again.then(downloaded)
    assert again.recorded[0].subject_id() == JEAN


def test_a_link_says_nothing_about_who_holds_it():
    fetch = RecordDownload(via="link", ip="::1", user_agent="-")
    given(contract_kept).as_(ANA).when(fetch).then(
        downloaded.but(via="link", by=None, ip=Sealed("::1"), user_agent=Sealed("-"))
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "../etc/passwd"},
        {"key": "/etc/passwd"},
        {"key": "contracts/../../x"},
        {"key": "contracts/É.pdf"},
        {"sha256": "AB" * 32},
        {"size": 0},
        {"pages": 0},
    ],
)
def test_what_no_stored_document_is(wrong):
    with pytest.raises(ValidationError):
        KeepDocument(**(keep.model_dump() | wrong))
