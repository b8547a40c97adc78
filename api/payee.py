"""Where customers' payouts go, over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Read, Send
from api.described import asks, shows
from api.routing import routes
from commands.payee import ConfirmPayee, ProposePayee, RefusePayee
from eventstore import Receipt
from projections.payee_list import PayeeLine, PayeeList

router = routes("/payees", "payee")


@router.get("", **shows(PayeeList, "of", may="payee.read"))
def payees(customer_id: UUID, read: Read) -> list[PayeeLine]:
    return read(PayeeList).of(customer_id)


@router.post("", **asks(ProposePayee))
def propose_payee(command: ProposePayee, send: Send) -> Receipt:
    return send(command)


@router.post("/{payee_id}/confirm", **asks(ConfirmPayee))
def confirm_payee(payee_id: UUID, command: ConfirmPayee, send: Send) -> Receipt:
    return send(command, to=payee_id)


@router.post("/{payee_id}/refuse", **asks(RefusePayee))
def refuse_payee(payee_id: UUID, command: RefusePayee, send: Send) -> Receipt:
    return send(command, to=payee_id)
