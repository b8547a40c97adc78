"""Where the rules that the guide explains are written: texts and articles, with the day on which they were read."""

from __future__ import annotations

from datetime import date
from typing import Final

from providers.rendering.formats import day

READ_ON: Final = date(2026, 11, 22)
_READ: Final = f"lecture du {day(READ_ON)}"

SOURCES: Final[dict[str, str]] = {
    "day_counts": f"ISDA 2006 Definitions, 4.16 (b), (d) et (g), {_READ}",
    "no_interest_on_interest": f"code civil, art. 1343-2, {_READ}",
    "interest_first": f"code civil, art. 1343-1 et 1342-10, {_READ}",
    "equation": f"directive 2008/48/CE, annexe I, conservée par la directive (UE) 2023/2225, {_READ}",
    "usury": f"code de la consommation, art. L. 314-6, {_READ}",
    "returned": f"code monétaire et financier, art. L. 131-67 ; directive (UE) 2015/2366, art. 73 et 76, {_READ}",
    "early": f"directive 2008/48/CE, art. 16, et directive (UE) 2023/2225, art. 29, {_READ}",
    "acceleration": "code de la consommation, art. L. 312-39, D. 312-16 et D. 312-17, cités sans leur texte",
    "stepping_back": "code de la consommation, art. L. 312-26, cité d’après un commentaire",
    "at_risk": "CGAP, Microfinance Consensus Guidelines, 2003",
}
DECISIONS: Final[dict[str, str]] = {
    "terms": "0031-terms-and-schedules.md",
    "servicing": "0032-servicing-by-facts.md",
    "clocks": "0035-clocks-of-the-law.md",
    "acceleration": "0042-acceleration.md",
}
"""Files of docs/decisions/ in which every formula is written down."""
