"""The register of index values over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Read, Send
from api.described import asks, shows
from api.routing import routes
from commands.index_rates import CorrectIndexValue, EnterIndexValue
from eventstore import Receipt
from projections.index_rate_list import IndexRateLine, IndexRateList

router = routes("/index-rates", "index")


@router.get("", **shows(IndexRateList, "entered", may="legal-rates.read"))
def index_rates(read: Read) -> list[IndexRateLine]:
    return read(IndexRateList).entered()


@router.post("", **asks(EnterIndexValue))
def enter_index_value(command: EnterIndexValue, send: Send) -> Receipt:
    return send(command)


@router.post("/{rates_id}/correct", **asks(CorrectIndexValue))
def correct_index_value(rates_id: UUID, command: CorrectIndexValue, send: Send) -> Receipt:
    return send(command, to=rates_id)
