"""What our letters say: one source in ``templates/mail/`` for each letter and language, as text and as HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from providers.errors import ProviderRefused
from providers.links import Link
from providers.rendering.formats import one_line
from providers.rendering.templates import environment

LETTERS = {
    "contract": ("reference", "amount"),
    "copy-refused": ("reference", "reason"),
    "declined": ("reference", "reason"),
    "counter-offer": ("reference", "requested", "amount", "months", "instalment", "apr", "until", "reason"),
    "counter-offer-expired": ("reference",),
    "information": ("reference", "amount"),
    "expired": ("reference",),
    "stepped-back": ("reference", "notified_on"),
    "disbursed": ("reference", "amount", "value_date", "method"),
    "rate-reset": ("reference", "index", "value", "was", "rate", "reset_on", "instalment", "due_on"),
    "drawdown": ("reference", "amount", "value_date", "method"),
    "drawdowns-cancelled": ("reference", "amount", "reason"),
    "notice": ("reference", "amount", "late_since", "until"),
    "accelerated": ("reference", "accelerated_on", "overdue", "principal", "interest", "indemnity", "total"),
    "acceleration-lifted": ("reference", "accelerated_on"),
    "payee-changed": ("reference", "usable_at"),
    "quittance": ("reference", "loan_reference", "amount"),
    "quittance-void": ("reference", "loan_reference", "voided_on"),
    "invitation": (),
    "sign-up-exists": (),
    "password-reset": (),
    "address-proof": (),
    "security-notice": ("what", "on"),
}
"""Each letter and the facts it needs: references as people see them, amounts like ``5000.00 EUR``, dates like
``2026-05-04``, moments like ``2026-05-04T12:00:00+00:00``, methods transfer, cash or cheque, reasons word for word."""

LANGUAGES = ("fr", "en")
"""A letter in any other language is written in the second."""


@dataclass(frozen=True)
class Letterhead:
    """Who writes, as the organisation is now."""

    organisation: str
    return_address: str
    """Where people send what they return by post; lines separated by newlines."""
    contact_line: str = ""
    time_zone: str = "UTC"
    """In which people read when a link expires."""


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def write_letter(
    template: str, language: str, facts: Mapping[str, str], head: Letterhead, link: Link | None = None
) -> Letter:
    """A letter with its plain-text alternative.

    template  one of LETTERS
    facts     at least what LETTERS lists for it
    link      the document it is about, without which the letter sends people to their own space; or the page where a
              password is chosen or an address confirmed, without which there is no such letter

    Raises ProviderRefused when there is no such letter, or a fact is missing or unreadable.
    """
    language = language if language in LANGUAGES else LANGUAGES[1]
    words = {**facts, "head": head, "link": link, "language": language}
    missing = set(LETTERS.get(template, ())) - set(facts)
    if template not in LETTERS or missing:
        raise ProviderRefused(
            f"letter {template!r}: {', '.join(sorted(missing)) or 'there is none of this name'}"
        )
    try:
        subject, text = _parts(f"mail/{template}.{language}.jinja", language, words, "text")
        _, html = _parts(f"mail/{template}.{language}.jinja", language, words, "html")
    except (TemplateError, KeyError, ValueError) as error:
        raise ProviderRefused(f"letter {template!r}: {error}") from error
    return Letter(one_line(subject), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _parts(name: str, language: str, words: dict[str, Any], form: str) -> tuple[str, str]:
    letter = environment(language, escape=form == "html").get_template(name)
    context = {**words, "layout": f"mail/_{form}.jinja", "parts": f"mail/_{form}_parts.jinja"}
    return "".join(letter.blocks["subject"](letter.new_context(context))), letter.render(context)
