"""Rendering for the tests of templates: one warm press, papers read back as plain words."""

from __future__ import annotations

import re

import msgspec
import pypdfium2
import pytest

from providers.rendering.templates import TEMPLATES
from providers.rendering.weasyprint import WeasyPrintRendering


@pytest.fixture(scope="session")
def press():
    made = WeasyPrintRendering(presses=1)
    yield made
    made.close()


@pytest.fixture
def read(press):
    """The words of each page of a paper, white space of any width one space, no-break hyphens plain."""

    def read(paper) -> list[str]:
        document = pypdfium2.PdfDocument(press.render(paper).content)
        return [
            re.sub(r"\s+", " ", page.get_textpage().get_text_range()).replace("\u2011", "-")
            for page in document
        ]

    return read


@pytest.fixture
def sample():
    """The sample beside the template of a kind of paper."""

    def sample(kind):
        return msgspec.json.decode((TEMPLATES / f"{kind.template}.sample.json").read_bytes(), type=kind)

    return sample
