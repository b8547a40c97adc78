"""The templates in ``templates/``, with the words and figures they may use. Nothing else reads that folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from providers.rendering import formats
from providers.rendering.papers import Paper
from providers.rendering.words import amount_in_words

TEMPLATES = Path(__file__).parents[2] / "templates"

_FRENCH = [
    (re.compile(r"« "), f"«{formats.NARROW}"),
    (re.compile(r" (?=[»;!?%])"), formats.NARROW),
    (re.compile(r" (?=:)"), formats.WIDE),
    (re.compile(r"(?<=\bnº) |(?<=\bNº) |(?<=\bart\.) |(?<=\bL\.) "), formats.WIDE),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
]
_THE_SAME_IN_ALL_LANGUAGES = (
    formats.unbroken,
    formats.inline,
    formats.flow,
)
_TAG = re.compile(r"(\{[{%#].*?[}%#]\}|<[^>]*>)", re.DOTALL)


class FrenchTypography(Extension):
    """Spaces and apostrophes as French print wants them, in the text of our templates; never in what a person typed."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if name is None or ".en." in name:
            return source
        parts = _TAG.split(source)
        return "".join(part if at % 2 else _in_french(part) for at, part in enumerate(parts))


def _in_french(text: str) -> str:
    for pattern, replacement in _FRENCH:
        text = pattern.sub(replacement, text)
    return text


@cache
def environment(language: str, *, escape: bool = True) -> Environment:
    """Templates in a language. Everything that is put in is escaped, unless the result is plain text."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escape,
        undefined=StrictUndefined,
        extensions=[FrenchTypography],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for write in (
        formats.figures,
        formats.money,
        formats.day,
        formats.moment,
        formats.percent,
        formats.method,
        formats.short_day,
        formats.country,
        formats.unit,
        formats.called,
        formats.instalments,
        formats.lasting,
    ):
        made.filters[write.__name__] = _speaking(write, language)
    for same in (amount_in_words, *_THE_SAME_IN_ALL_LANGUAGES):
        made.filters[same.__name__] = same
    return made


def html_of(paper: Paper) -> str:
    """The paper as HTML, with its pictures and fonts still to be fetched by ``asset:`` names."""
    ending = "html" if paper.language == "fr" else f"{paper.language}.html"
    return environment(paper.language).get_template(f"{paper.template}.{ending}").render(paper=paper)


@cache
def fingerprint(template: str) -> str:
    """Hex digest of a template with everything it is made of."""
    digest = hashlib.sha256()
    for file in sorted(
        [TEMPLATES / f"{template}.html", *TEMPLATES.glob("_*"), *TEMPLATES.glob("fonts/*.ttf")]
    ):
        digest.update(file.relative_to(TEMPLATES).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _speaking(write: Callable[..., str], language: str) -> Callable[..., str]:
    return lambda *values: write(*values, language=language)
