"""The payees of each customer: every proposal and how far it is. It holds account numbers: a permission of its own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from aggregates.payee import Payee, payee_id
from aggregates.values import CustomerId
from eventstore import Projection, Table, on
from projections.line import Line


class PayeeLine(Line):
    payee_id: UUID
    """The customer's; what is asked of a proposal is sent to it."""
    number: int
    """From 1; the highest of those whose ``usable_at`` has passed is in force."""
    customer_id: UUID
    destination: str
    """``bank-account`` or ``mobile-money``."""
    holder: str
    iban: str | None
    bic: str | None
    operator: str | None
    """Of mobile money."""
    phone: str | None
    """Of mobile money, E.164."""
    status: str
    """``proposed``, ``confirmed`` or ``refused``."""
    proposed_by: UUID
    proposed_on: date
    confirmed_by: UUID | None
    usable_at: datetime | None
    """From when money may go there; absent until it is confirmed."""
    refused_by: UUID | None
    refused_because: str | None


class PayeeList(Projection):
    key = ("payee_id", "number")
    owner = "customer_id"
    row = PayeeLine
    ddl = """
        CREATE TABLE {table} (
            payee_id        uuid NOT NULL,
            number          int NOT NULL,
            customer_id     uuid NOT NULL,
            destination     text NOT NULL,
            holder          text NOT NULL,
            iban            text,
            bic             text,
            operator        text,
            phone           text,
            status          text NOT NULL,
            proposed_by     uuid NOT NULL,
            proposed_on     date NOT NULL,
            confirmed_by    uuid,
            usable_at       timestamptz,
            refused_by      uuid,
            refused_because text,
            PRIMARY KEY (payee_id, number)
        )"""

    @on(Payee.Proposed)
    def _proposed(self, e: Payee.Proposed, table: Table) -> None:
        table.put(
            payee_id=e.originator_id,
            number=e.number,
            customer_id=e.customer_id,
            destination=e.destination,
            holder=e.holder.open(),
            iban=None if e.iban is None else e.iban.open(),
            bic=None if e.bic is None else e.bic.open(),
            operator=e.operator,
            phone=None if e.phone is None else e.phone.open(),
            status="proposed",
            proposed_by=e.by,
            proposed_on=e.on,
        )

    @on(Payee.Confirmed)
    def _confirmed(self, e: Payee.Confirmed, table: Table) -> None:
        table.patch(
            (e.originator_id, e.number),
            status="confirmed",
            confirmed_by=e.by,
            usable_at=e.usable_at,
        )

    @on(Payee.Refused)
    def _refused(self, e: Payee.Refused, table: Table) -> None:
        table.patch(
            (e.originator_id, e.number),
            status="refused",
            refused_by=e.by,
            refused_because=e.reason.open(),
        )

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, customer_id: UUID) -> list[PayeeLine]:
        """Where a customer's payouts go, went and were to go, newest first."""
        return self.rows(
            "SELECT * FROM {table} WHERE payee_id = %(payee_id)s ORDER BY number DESC",
            payee_id=payee_id(CustomerId(customer_id)),
        )
