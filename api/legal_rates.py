"""The register of legal rates over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Read, Send, Today
from api.described import asks, shows
from api.routing import routes
from commands.legal_rates import CorrectLegalRate, EndLegalRate, EnterLegalRate, ImportLegalRates
from eventstore import Receipt
from projections.legal_rate_list import LegalRateEntry, LegalRateList

router = routes("/legal-rates", "legal rate")


@router.get("", **shows(LegalRateList, "entered", may="legal-rates.read"))
def legal_rates(read: Read, today: Today) -> list[LegalRateEntry]:
    return read(LegalRateList).entered(today)


@router.post("", **asks(EnterLegalRate))
def enter_legal_rate(command: EnterLegalRate, send: Send) -> Receipt:
    return send(command)


@router.post("/import", **asks(ImportLegalRates))
def import_legal_rates(command: ImportLegalRates, send: Send) -> Receipt:
    return send(command)


@router.post("/{rates_id}/correct", **asks(CorrectLegalRate))
def correct_legal_rate(rates_id: UUID, command: CorrectLegalRate, send: Send) -> Receipt:
    return send(command, to=rates_id)


@router.post("/{rates_id}/end", **asks(EndLegalRate))
def end_legal_rate(rates_id: UUID, command: EndLegalRate, send: Send) -> Receipt:
    return send(command, to=rates_id)
