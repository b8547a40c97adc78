"""The papers that a borrower hands in: two that nobody can take, one that is not enough, one that is right."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
import pypdfium2

INK = b"0.10 0.16 0.55 RG 0.10 0.16 0.55 rg 1.3 w 1 J 1 j"

_SIGNATURE = (
    b"0 8 m 6 34 16 30 12 6 c 10 -6 2 -4 10 8 c 18 20 24 16 26 8 c 28 2 34 2 36 10 c 38 18 44 16 45 8 c "
    b"46 0 52 4 56 10 c 62 20 66 30 62 34 c 56 38 58 10 66 6 c 74 4 76 16 84 14 c 92 12 96 8 120 12 c S "
    b"4 -6 m 40 -2 80 -2 116 -4 c S"
)
"""Strokes of a pen, in points from where it is set down."""

SIGNS_AT = "Signature de l"
"""What the contract prints where its borrower signs."""


@dataclass(frozen=True)
class Paper:
    """A file as a browser would send it."""

    name: str
    media_type: str
    content: bytes


def renamed_text() -> Paper:
    """A letter whose name claims that it is a PDF."""
    letter = "Bonjour,\n\nVeuillez trouver mon contrat signé en pièce jointe.\n\nCordialement\n"
    return Paper("contrat-signe.pdf", "application/pdf", letter.encode())


def locked(contract: bytes) -> Paper:
    """The contract behind a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(contract)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="demo", user="demo", R=6))
    return Paper("contrat-protege.pdf", "application/pdf", out.getvalue())


def photo_of_the_first_page(contract: bytes) -> Paper:
    """A good picture that lacks what matters: the page with the signature."""
    document = pypdfium2.PdfDocument(contract)
    try:
        picture = document[0].render(scale=1.5).to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=82)
    return Paper("page-1.jpg", "image/jpeg", out.getvalue())


def signed(contract: bytes) -> Paper:
    """The whole contract with a signature in ink."""
    page, x, y = _where_to_sign(contract)
    strokes = b"q %s 1 0 0 1 %d %d cm %s Q" % (INK, x, y, _SIGNATURE)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(contract)) as pdf:
        pdf.pages[page].contents_add(b"q", prepend=True)
        pdf.pages[page].contents_add(b"Q " + strokes)
        pdf.save(out, deterministic_id=True)  # others each time, and so other bytes, without it
    return Paper("contrat-signe.pdf", "application/pdf", out.getvalue())


def _where_to_sign(contract: bytes) -> tuple[int, int, int]:
    """Number of the page, from 0, and the point on it, in points from its lower left corner."""
    document = pypdfium2.PdfDocument(contract)
    try:
        for number in reversed(range(len(document))):
            text = document[number].get_textpage()
            if (found := text.search(SIGNS_AT, match_case=True).get_next()) is not None:
                left, bottom, _, _ = text.get_charbox(found[0])
                return number, round(left) + 6, round(bottom) - 64
    finally:
        document.close()
    raise ValueError("nothing in this document asks for a signature")
