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
_ENGLISH_UNITS = {
    "EUR": "euros", "CAD": "Canadian dollars", "USD": "US dollars", "CDF": "Congolese francs",
    "XOF": "CFA francs", "XAF": "CFA francs", "GNF": "Guinean francs",
}  # fmt: skip
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
    "fr": {
        "BE": "Belgique", "BF": "Burkina Faso", "BJ": "Bénin", "CA": "Canada",
        "CD": "République démocratique du Congo", "CG": "Congo", "CI": "Côte d’Ivoire", "CM": "Cameroun",
        "FR": "France", "GA": "Gabon", "GN": "Guinée", "LU": "Luxembourg", "ML": "Mali", "NE": "Niger",
        "SN": "Sénégal", "TD": "Tchad", "TG": "Togo", "CH": "Suisse",
    },
    "en": {
        "BE": "Belgium", "BF": "Burkina Faso", "BJ": "Benin", "CA": "Canada",
        "CD": "Democratic Republic of the Congo", "CG": "Congo", "CI": "Côte d’Ivoire", "CM": "Cameroon",
        "FR": "France", "GA": "Gabon", "GN": "Guinea", "LU": "Luxembourg", "ML": "Mali", "NE": "Niger",
        "SN": "Senegal", "TD": "Chad", "TG": "Togo", "CH": "Switzerland",
    },
}  # fmt: skip
_EVERY = {
    "fr": {"weekly": " hebdomadaires", "fortnightly": " par quinzaine", "monthly": " mensuelles",
           "quarterly": " trimestrielles"},
    "en": {"weekly": "weekly ", "fortnightly": "fortnightly ", "monthly": "monthly ", "quarterly": "quarterly "},
}  # fmt: skip
_LASTS = {
    "weekly": (1, "semaine", "week"),
    "fortnightly": (2, "semaine", "week"),
    "monthly": (1, "mois", "month"),
    "quarterly": (3, "mois", "month"),
}
_CALLED = {
    "fr": {
        "agreed": "échéancier convenu", "drawdown": "versement d’une nouvelle tranche",
        "repaid-in-part": "remboursement anticipé partiel", "repaid-in-full": "remboursement anticipé total",
        "rescheduled": "rééchelonnement", "payment-holiday": "report d’échéances",
        "due-day-changed": "changement du jour d’échéance", "rate-reset": "révision du taux",
        "accelerated": "déchéance du terme",
        "annuity": "échéances constantes", "linear": "part de capital constante",
        "bullet": "intérêts à chaque échéance, capital à la dernière",
        "flat": "intérêts calculés sur le montant emprunté",
        "weekly": "semaine", "fortnightly": "quinzaine", "monthly": "mois", "quarterly": "trimestre",
        "penalty": "pénalités", "fee": "frais", "insurance": "assurance", "interest": "intérêts",
        "principal": "capital",
    },
    "en": {
        "agreed": "schedule as agreed", "drawdown": "payout of a further tranche",
        "repaid-in-part": "early repayment in part", "repaid-in-full": "early repayment in full",
        "rescheduled": "rescheduling", "payment-holiday": "payment holiday",
        "due-day-changed": "change of the due day", "rate-reset": "reset of the rate",
        "accelerated": "acceleration",
        "annuity": "level instalments", "linear": "level parts of principal",
        "bullet": "interest with each instalment, principal with the last",
        "flat": "interest on the amount lent",
        "weekly": "week", "fortnightly": "fortnight", "monthly": "month", "quarterly": "quarter",
        "penalty": "penalties", "fee": "fees", "insurance": "insurance", "interest": "interest",
        "principal": "principal",
    },
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


def unit(amount: Money, language: str = "fr") -> str:
    """What the figures of a table count: ``euros``, ``francs CFA``; ``CFA francs`` in English."""
    return UNITS[amount.currency][1] if language == "fr" else _ENGLISH_UNITS[amount.currency]


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


def short_day(on: date, language: str = "fr") -> str:
    """For tables: ``04/05/2026``; ``04 May 2026`` in English, where figures alone would be read in two ways."""
    return (
        f"{on:%d/%m/%Y}"
        if language == "fr"
        else f"{on:%d}{WIDE}{_MONTHS['en'][on.month - 1][:3]}{WIDE}{on.year}"
    )


def percent(hundredths: int, language: str = "fr") -> str:
    """Hundredths of a percent (so, basis points): ``6,00 %``; ``6.00%`` in English."""
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02}{NARROW}%" if language == "fr" else f"{whole}.{part:02}%"


def method(code: str, language: str = "fr") -> str:
    """How money moved: ``virement``, ``espèces``, ``chèque``."""
    return _NAMES[language][code]


def called(code: str, language: str = "fr") -> str:
    """What people call what has a code in our records: ``remboursement anticipé partiel`` for ``repaid-in-part``."""
    return _CALLED[language][code]


def instalments(count: int, frequency: str, language: str = "fr") -> str:
    """``23 échéances mensuelles``, ``1 échéance``; ``23 monthly instalments`` in English."""
    every = _EVERY[language][frequency] if count > 1 else ""
    if language == "fr":
        return f"{count}{WIDE}échéance{'s' * (count > 1)}{every}"
    return f"{count}{WIDE}{every}instalment{'s' * (count > 1)}"


def lasting(count: int, frequency: str, language: str = "fr") -> str:
    """How long so many periods take: ``24 mois`` for eight quarters, ``52 semaines``; ``52 weeks`` in English."""
    each, french, english = _LASTS[frequency]
    many = count * each
    if language == "fr":
        return f"{many}{WIDE}{french}{'s' * (many > 1 and french != 'mois')}"
    return f"{many}{WIDE}{english}{'s' * (many > 1)}"


def unbroken(text: str) -> str:
    """Figures in a text that somebody typed kept on one line: ``RCS Paris 904 512 336``."""
    return re.sub(r"(?<=\d) (?=\d{3}\b|€)", NARROW, text)


def inline(address: str) -> str:
    """An address of several lines on one: ``14 quai Saint-Antoine, 69002 Lyon``."""
    return ", ".join(line.strip(" ,") for line in address.splitlines() if line.strip(" ,"))


def country(code: str, language: str = "fr") -> str:
    """A country's name by its ISO code; the code itself when we do not work there."""
    return _COUNTRIES[language].get(code, code)


def one_line(text: str) -> str:
    """Ordinary white space made single; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def flow(text: str, indent: str = "") -> str:
    """A paragraph in lines of at most 76 characters, all but the first begun by ``indent``; links stay whole."""
    return fill(one_line(text), 76, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
