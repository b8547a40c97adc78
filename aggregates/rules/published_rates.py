"""Ceilings as they were published: a table that an administrator takes into the register with one click, to begin with.

Nothing is decided by this table. What counts is what the register says, where every line can be corrected and ended; later
quarters are entered by hand when they are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from aggregates.rules.ceilings import Band, LegalRate
from aggregates.rules.law import CappedLaw
from aggregates.values import BasisPoints, Money

_USURY: Final = "Banque de France, seuils de l’usure applicables au 1er janvier 2026, consulté le 2026-11-22"
_2014: Final = (
    "Conseil des ministres de l’UMOA du 28 juin 2013, applicable au 1er janvier 2014, consulté le 2026-11-22"
)
_2026: Final = (
    "Conseil des ministres de l’UMOA du 30 décembre 2025, applicable au 1er juin 2026, consulté le 2026-11-22"
)
# Cited without its text at hand.
_ABUSIVE: Final = "Code criminel, L.R.C. 1985, c. C-46, art. 347 : 35 % depuis le 2025-01-01"

_QUARTER: Final = (date(2026, 1, 1), date(2026, 3, 31))


def _eur(amount: int) -> Money:
    return Money(amount * 100, "EUR")


def _france(rate: int, above: Money | None, up_to: Money | None) -> LegalRate:
    return LegalRate(BasisPoints(rate), _QUARTER[0], _USURY, _QUARTER[1], Band(above, up_to))


PUBLISHED: Final[Mapping[CappedLaw, Sequence[LegalRate]]] = {
    "fr-consumer": (
        _france(23_56, None, _eur(3_000)),
        _france(15_87, _eur(3_000), _eur(6_000)),
        _france(8_67, _eur(6_000), None),
    ),
    "umoa-bank": (
        LegalRate(BasisPoints(15_00), date(2014, 1, 1), _2014, date(2026, 5, 31)),
        LegalRate(BasisPoints(14_00), date(2026, 6, 1), _2026),
    ),
    "umoa-microfinance": (LegalRate(BasisPoints(24_00), date(2014, 1, 1), _2014),),
    "qc-consumer": (LegalRate(BasisPoints(35_00), date(2025, 1, 1), _ABUSIVE),),
}
