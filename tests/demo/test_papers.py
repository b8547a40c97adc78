"""The papers that the borrowers hand in are what they are meant to be, as the check of files sees them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
import pikepdf
import pypdfium2
import pytest

from demo import papers
from demo.papers import SIGNS_AT
from providers.checking import FileEncrypted, FileMislabelled
from providers.checking.child import CheckingInAChild
from providers.rendering.papers import LoanAgreement
from providers.rendering.templates import TEMPLATES
from providers.rendering.weasyprint import WeasyPrintRendering

CHECKING = CheckingInAChild(1_000_000)


@pytest.fixture(scope="module")
def contract() -> Iterator[bytes]:
    press = WeasyPrintRendering(presses=1)
    sample = (TEMPLATES / f"{LoanAgreement.template}.sample.json").read_bytes()
    yield press.render(msgspec.json.decode(sample, type=LoanAgreement)).content
    press.close()


def check(paper: papers.Paper) -> int:
    return CHECKING.check(paper.content, paper.name, paper.media_type).pages


def test_a_renamed_text_is_refused() -> None:
    with pytest.raises(FileMislabelled):
        check(papers.renamed_text())


def test_a_locked_contract_is_refused(contract: bytes) -> None:
    with pytest.raises(FileEncrypted):
        check(papers.locked(contract))


def test_the_photo_is_a_good_file_of_one_page(contract: bytes) -> None:
    assert check(papers.photo_of_the_first_page(contract)) == 1


def test_the_signed_copy_is_the_contract_with_ink_below_the_borrowers_name(contract: bytes) -> None:
    paper = papers.signed(contract)
    with pikepdf.open(io.BytesIO(contract)) as unsigned:
        assert check(paper) == len(unsigned.pages)
    assert papers.signed(contract) == paper, "the same contract is signed in the same bytes"
    page = _page_to_sign(contract)
    before, after = (_ink(content, page) for content in (contract, paper.content))
    assert before == 0 < after


def _page_to_sign(contract: bytes) -> int:
    document = pypdfium2.PdfDocument(contract)
    return next(n for n in range(len(document)) if SIGNS_AT in document[n].get_textpage().get_text_range())


def _ink(content: bytes, page: int) -> int:
    """How many pixels are blue."""
    picture = pypdfium2.PdfDocument(content)[page].render(scale=1).to_pil().convert("RGB").tobytes()
    return sum(blue > red + 60 for red, blue in zip(picture[::3], picture[2::3], strict=True))
