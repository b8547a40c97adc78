"""Under which law a loan is made: what decides on its ceiling and on the times that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Law = Literal["unspecified", "fr-consumer", "fr-business", "umoa-bank", "umoa-microfinance", "qc-consumer"]

CappedLaw = Literal["fr-consumer", "umoa-bank", "umoa-microfinance", "qc-consumer"]
"""Those that put a ceiling on what a loan may cost."""


@dataclass(frozen=True, slots=True)
class DefaultCaps:
    """The most that a lender may ask of a borrower who does not pay, once, in ten-thousandths."""

    accelerated: int
    """Of the capital that remains due, where the lender asks for all of it."""
    accelerated_source: str
    """Text and article, in French as people read them."""
    instalment: int
    """Of each unpaid instalment, where the lender does not."""
    instalment_source: str


@dataclass(frozen=True, slots=True)
class Regime:
    """What a law says about the cost of a loan."""

    source: str
    """Text and article, in French as people read them; cited in November 2026 without the text at hand."""
    country: str = ""
    """ISO 3166, two letters; empty where the law is of several countries, or of none."""
    ceilings_in: str | None = None
    """ISO 4217: the currency in which it puts a ceiling on the annual percentage rate; None where it puts none."""
    default_caps: DefaultCaps | None = None
    """On the indemnities for a default; None where only the contract says what they are."""


LAWS: Final[Mapping[Law, Regime]] = {
    "unspecified": Regime("aucune loi n’a été indiquée au lancement du produit"),
    "fr-consumer": Regime(
        "Code de la consommation, art. L. 312-1 et L. 314-6",
        "FR",
        ceilings_in="EUR",
        default_caps=DefaultCaps(
            accelerated=800,
            accelerated_source="Code de la consommation, art. L. 312-39 et D. 312-16",
            instalment=800,
            instalment_source="Code de la consommation, art. L. 312-39 et D. 312-17",
        ),
    ),
    "fr-business": Regime("Code de la consommation, art. L. 314-9", "FR"),
    "umoa-bank": Regime(
        "Loi uniforme relative à la définition et à la répression de l’usure, art. 1",
        ceilings_in="XOF",
    ),
    "umoa-microfinance": Regime(
        "Loi uniforme relative à la définition et à la répression de l’usure, art. 1",
        ceilings_in="XOF",
    ),
    "qc-consumer": Regime(
        "Loi sur la protection du consommateur, RLRQ c. P-40.1, art. 8",
        "CA",
        ceilings_in="CAD",
    ),
}
"""What each law is:

unspecified        no law was named: launched before it was asked, or a loan that no law of these is about
fr-consumer        credit to a consumer in France; the ceiling is set each quarter by amount band
fr-business        credit for a professional need in France: no ceiling but for overdrafts, which we do not lend
umoa-bank          a bank in the West African Monetary Union
umoa-microfinance  a microfinance institution there, or any other lender that is not a bank
qc-consumer        credit to a consumer in Quebec; the rate includes every fee
"""
