"""How figures and dates are written for people, in French and in English."""

from __future__ import annotations

import re
from datetime import date, datetime
from textwrap import fill
from zoneinfo import ZoneInfo

from aggregates.values import EXPONENTS, Money

NARROW = "\u202f"
"""Narrow no-break space: between groups of three digits, before ; ! ? % and inside « »."""
WIDE = "\u00a0"
"""No-break space: between a number and its unit, before a colon."""

_SIGNS = {
    "EUR": ("€", "€"),
    "CAD": ("$ CA", "CA$"),
    "USD": ("$ US", "US$"),
    "CDF": ("FC", "CDF "),
    "XOF": ("F CFA", "XOF "),
    "XAF": ("F CFA", "XAF "),
    "GNF": ("FG", "GNF "),
}
UNITS = {  # singular and plural, in French
    "EUR": ("euro", "euros"),
    "CAD": ("dollar canadien", "dollars canadiens"),
    "USD": ("dollar des États-Unis", "dollars des États-Unis"),
    "CDF": ("franc congolais", "francs congolais"),
    "XOF": ("franc CFA", "francs CFA"),
    "XAF": ("franc CFA", "francs CFA"),
    "GNF": ("franc guinéen", "francs guinéens"),
}
_MONTHS = {
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
           "septembre", "octobre", "novembre", "décembre"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"],
}  # fmt: skip
_NAMES = {
    "fr": {"transfer": "virement", "cash": "espèces", "cheque": "chèque"},
    "en": {"transfer": "bank transfer", "cash": "cash", "cheque": "cheque"},
}
_COUNTRIES = {
    "BE": "Belgique", "BF": "Burkina Faso", "BJ": "Bénin", "CA": "Canada", "CD": "République démocratique du Congo",
    "CG": "Congo", "CI": "Côte d’Ivoire", "CM": "Cameroun", "FR": "France", "GA": "Gabon", "GN": "Guinée",
    "LU": "Luxembourg", "ML": "Mali", "NE": "Niger", "SN": "Sénégal", "TD": "Tchad", "TG": "Togo", "CH": "Suisse",
}  # fmt: skip


def figures(amount: Money, language: str = "fr") -> str:
    """The number alone: ``5 000,00``, ``500 000``; ``5,000.00`` in English."""
    exponent = EXPONENTS[amount.currency]
    units, cents = divmod(abs(amount.minor), 10**exponent)
    group, point = (NARROW, ",") if language == "fr" else (",", ".")
    number = f"{units:,}".replace(",", group) + (f"{point}{cents:0{exponent}}" if exponent else "")
    return f"−{number}" if amount.minor < 0 else number


def money(amount: Money | str, language: str = "fr") -> str:
    """``5 000,00 €``, ``500 000 F CFA``; ``€5,000.00``, ``XOF 500,000`` in English. Text is read as ``5000.00 EUR``."""
    if isinstance(amount, str):
        amount = Money.parse(*amount.split(" "))
    french, english = _SIGNS[amount.currency]
    if language == "fr":
        return f"{figures(amount)}{WIDE}{french.replace(' ', WIDE)}"
    return f"{english.replace(' ', WIDE)}{figures(amount, 'en')}"


def unit(amount: Money) -> str:
    """What the figures of a table count, in French: ``euros``, ``francs CFA``."""
    return UNITS[amount.currency][1]


def day(on: date | datetime | str, language: str = "fr") -> str:
    """``4 mai 2026``, ``1er mai 2026``; ``4 May 2026`` in English. Text is read as ``2026-05-04``."""
    if isinstance(on, str):
        on = date.fromisoformat(on)
    number = "1er" if on.day == 1 and language == "fr" else str(on.day)
    return f"{number}{WIDE}{_MONTHS[language][on.month - 1]}{WIDE}{on.year}"


def moment(at: datetime | str, zone: str, language: str = "fr") -> str:
    """``11 mai 2026 à 16:05``, on the wall of a time zone; ``11 May 2026 at 16:05`` in English.

    Text is read as ``2026-05-11T14:05:00+00:00``.
    """
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    there = at.astimezone(ZoneInfo(zone))
    return f"{day(there, language)} {'à' if language == 'fr' else 'at'}{WIDE}{there:%H:%M}"


def short_day(on: date) -> str:
    """``04/05/2026``, for tables in French."""
    return f"{on:%d/%m/%Y}"


def percent(hundredths: int, language: str = "fr") -> str:
    """Hundredths of a percent (so, basis points): ``6,00 %``; ``6.00%`` in English."""
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02}{NARROW}%" if language == "fr" else f"{whole}.{part:02}%"


def method(code: str, language: str = "fr") -> str:
    """How money moved: ``virement``, ``espèces``, ``chèque``."""
    return _NAMES[language][code]


def unbroken(text: str) -> str:
    """Figures in a text that somebody typed kept on one line: ``RCS Paris 904 512 336``."""
    return re.sub(r"(?<=\d) (?=\d{3}\b|€)", NARROW, text)


def inline(address: str) -> str:
    """An address of several lines on one: ``14 quai Saint-Antoine, 69002 Lyon``."""
    return ", ".join(line.strip(" ,") for line in address.splitlines() if line.strip(" ,"))


def country(code: str) -> str:
    """A country's name in French by its ISO code; the code itself when we do not work there."""
    return _COUNTRIES.get(code, code)


def one_line(text: str) -> str:
    """Ordinary white space made single; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def flow(text: str, indent: str = "") -> str:
    """A paragraph in lines of at most 76 characters, all but the first begun by ``indent``; links stay whole."""
    return fill(one_line(text), 76, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
