"""Amounts of money in French words, as contracts and receipts write them."""

from __future__ import annotations

from aggregates.values import EXPONENTS, Money
from providers.rendering.formats import UNITS

_TO_SIXTEEN = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit",
    "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize",
]  # fmt: skip
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_SCALES = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))


def amount_in_words(amount: Money, hyphen: str = "-") -> str:
    """``cinq mille euros``, ``deux cent vingt et un euros et soixante centimes``, ``un million de francs CFA``.

    amount  zero or more, below 10^15 units; the minor unit is called centime whatever the currency
    hyphen  what joins the parts of a number; in print the no-break hyphen, so that none ends a line

    Raises KeyError for a currency without French words.
    """
    hundredths = 10 ** EXPONENTS[amount.currency]
    units, cents = divmod(amount.minor, hundredths)
    words = f"{in_words(units)} {_of(units)}{UNITS[amount.currency][units > 1]}"
    words = words.replace("de euros", "d’euros")
    if cents:
        words += f" et {in_words(cents)} centime{'s' * (cents > 1)}"
    return words.replace("-", hyphen)


def in_words(number: int) -> str:
    """A whole number from 0 to 10^15 − 1, in the spelling before 1990 that notaries use.

    Raises ValueError outside. Source: Le Bon Usage, § 596–599: vingt and cent take an s when multiplied and last,
    not before mille; mille never; million and milliard are nouns.
    """
    if not 0 <= number < 10**15:
        raise ValueError(f"{number} cannot be written in words")
    said = []
    for scale, name in _SCALES:
        count, number = divmod(number, scale)
        if count:
            said.append(f"{_below_thousand(count, last=True)} {name}{'s' * (count > 1)}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        said.append("mille" if thousands == 1 else f"{_below_thousand(thousands, last=False)} mille")
    if rest or not said:
        said.append(_below_thousand(rest, last=True))
    return " ".join(said)


def _of(units: int) -> str:
    """``un million de francs``: a noun of quantity at the end asks for ``de``."""
    return "de " if units >= 10**6 and units % 10**6 == 0 else ""


def _below_thousand(number: int, *, last: bool) -> str:
    hundreds, rest = divmod(number, 100)
    said = [] if not hundreds else ["cent"] if hundreds == 1 else [_TO_SIXTEEN[hundreds], "cent"]
    if hundreds > 1 and not rest and last:
        said[-1] = "cents"
    if rest or not hundreds:
        said.append(_below_hundred(rest, last=last))
    return " ".join(said)


def _below_hundred(number: int, *, last: bool) -> str:
    if number <= 16:
        return _TO_SIXTEEN[number]
    tens, rest = divmod(number, 10)
    if tens == 1:
        return f"dix-{_TO_SIXTEEN[rest]}"
    if tens in (7, 9):  # soixante-dix, quatre-vingt-dix: counted on from the ten before
        tens, rest = tens - 1, rest + 10
    if rest == 0:
        return "quatre-vingts" if tens == 8 and last else _TENS[tens]
    joint = " et " if rest in (1, 11) and tens != 8 else "-"
    return _TENS[tens] + joint + _below_hundred(rest, last=last)
