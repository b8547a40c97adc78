"""What every template keeps to."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont
from jinja2 import DictLoader

from providers.messages.letters import LANGUAGES, LETTERS
from providers.rendering.papers import (
    AmortisationSchedule,
    FinalQuittance,
    LoanAgreement,
    PrecontractInformation,
)
from providers.rendering.templates import TEMPLATES, environment

PAPERS = [PrecontractInformation, LoanAgreement, AmortisationSchedule, FinalQuittance]
IN_ENGLISH = [PrecontractInformation, AmortisationSchedule]
"""Those that are written in the language of the customer; the others are French."""
FIGURES = re.compile(r"(\d{1,3})[,.](\d\d)\b")
"""Amounts and rates as either language writes them, from their last group of three on."""


@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_has_a_sample_beside_its_template_that_renders(press, sample, kind):
    assert press.render(sample(kind)).pages > 0


@pytest.mark.parametrize("kind", IN_ENGLISH)
def test_a_paper_in_two_languages_says_the_same_figures_in_both(read, sample, kind):
    french, english = sample(kind), replace(sample(kind), language="en")
    figures = {paper.language: sorted(FIGURES.findall(" ".join(read(paper)))) for paper in (french, english)}
    assert len(figures["fr"]) > 10
    assert figures["fr"] == figures["en"]


def test_there_is_a_template_for_every_paper_and_letter_and_none_is_left_over():
    papers = {f"{kind.template}.html" for kind in PAPERS} | {
        f"{kind.template}.en.html" for kind in IN_ENGLISH
    }
    letters = {f"mail/{letter}.{language}.jinja" for letter in LETTERS for language in LANGUAGES}
    there = {file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*/*.*")}
    made = {name for name in there if name.endswith((".html", ".jinja")) and "/_" not in name}
    assert made == papers | letters


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_the_fonts_are_static_and_have_the_spaces_of_french_print(style):
    font = TTFont(TEMPLATES / "fonts" / f"Inter-{style}.ttf")
    assert "fvar" not in font
    assert {0x202F, 0x00A0, 0x2011, 0x00AB, 0x00BB, 0x2019, 0x20AC, 0x2212} <= set(font.getBestCmap())


def test_the_fonts_are_those_that_were_cut():
    digests = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in TEMPLATES.glob("fonts/*.ttf")
    }
    assert digests == {"Inter-Regular.ttf": "0b59f6b6fc9e8a9a", "Inter-Bold.ttf": "202f240469f91672"}
    assert "SIL OPEN FONT LICENSE" in (TEMPLATES / "fonts" / "OFL.txt").read_text()


def test_french_print_has_its_spaces_but_what_people_type_is_left_alone():
    source = "« {{ typed }} » : l'un ; l'autre ! nº 7"
    texts = environment("fr", escape=False).overlay(
        loader=DictLoader({"a.fr.jinja": source, "a.en.jinja": source})
    )
    typed = "« a' ; b »"
    french = texts.get_template("a.fr.jinja").render(typed=typed)
    assert french == f"«\u202f{typed}\u202f»\u00a0: l’un\u202f; l’autre\u202f! nº\u00a07"
    assert texts.get_template("a.en.jinja").render(typed=typed) == source.replace("{{ typed }}", typed)
