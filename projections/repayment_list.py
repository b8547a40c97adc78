"""The repayments of each loan, with what they paid when they came in, and what they pay since more became known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from aggregates.rules.allocation import sums
from aggregates.rules.reallocated import Share
from aggregates.rules.standing import What
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from eventstore import Projection, Table, on
from projections.line import Line


class PaidPart(Line):
    """What some of a repayment paid."""

    what: What | None
    """Absent for what waits for an instalment."""
    number: int
    """The instalment, from 1; 0 for what is not one."""
    amount: int
    """Minor units of the repayment's currency."""


class Reallocation(Line):
    """On a day it became known that a repayment pays something else."""

    on: date
    before: list[PaidPart]
    after: list[PaidPart]


class RepaymentLine(Line):
    servicing_id: UUID
    repayment_id: UUID
    customer_id: UUID
    amount: int
    """Minor units of ``currency``, like every amount here."""
    currency: str
    interest: int
    """The part that paid interest when it came in."""
    principal: int
    """The part that paid principal when it came in."""
    charges: int
    """The part that paid fees, insurance and penalties when it came in."""
    advance: int
    """The part that was kept for instalments not due yet."""
    value_date: date
    """The day the money arrived."""
    method: str
    """transfer, cash or cheque."""
    reference: str
    """Of the transfer, the receipt or the cheque."""
    recorded_by: UUID
    recorded_on: date
    reversed: bool
    """Whether it was undone, because it was recorded by mistake."""
    reversed_on: date | None
    reversed_because: str | None
    reallocated: list[Reallocation]
    """Each time that more became known, and this repayment paid something else; the first one first."""


class RepaymentList(Projection):
    version = 3
    key = ("servicing_id", "repayment_id")
    owner = "customer_id"
    row = RepaymentLine
    ddl = """
        CREATE TABLE {table} (
            servicing_id     uuid NOT NULL,
            repayment_id     uuid NOT NULL,
            customer_id      uuid NOT NULL,
            amount           bigint NOT NULL,
            currency         char(3) NOT NULL,
            interest         bigint NOT NULL,
            principal        bigint NOT NULL,
            charges          bigint NOT NULL,
            advance          bigint NOT NULL,
            value_date       date NOT NULL,
            method           text NOT NULL,
            reference        text NOT NULL,
            recorded_by      uuid NOT NULL,
            recorded_on      date NOT NULL,
            reversed         boolean NOT NULL,
            reversed_on      date,
            reversed_because text,
            reallocated      jsonb NOT NULL,
            PRIMARY KEY (servicing_id, repayment_id)
        )"""

    @on(Servicing.RepaymentReceived)
    def _received(self, e: Servicing.RepaymentReceived, table: Table) -> None:
        paid = sums(e.allocations)
        table.put(
            servicing_id=e.originator_id,
            repayment_id=e.repayment_id,
            customer_id=e.owner,
            amount=e.amount.minor,
            currency=e.amount.currency,
            interest=paid["interest"],
            principal=paid["principal"],
            charges=paid["fee"] + paid["insurance"] + paid["penalty"],
            advance=e.advance.minor,
            value_date=e.value_date,
            method=e.method,
            reference=e.reference,
            recorded_by=e.by,
            recorded_on=e.on,
            reversed=False,
            reallocated=[],
        )

    @on(Servicing.RepaymentReversed)
    def _reversed(self, e: Servicing.RepaymentReversed, table: Table) -> None:
        table.patch(
            (e.originator_id, e.repayment_id),
            reversed=True,
            reversed_on=e.on,
            reversed_because=e.reason.open(),
        )

    @on(Servicing.Reallocated)
    def _reallocated(self, e: Servicing.Reallocated, table: Table) -> None:
        for line in e.lines:
            key = (e.originator_id, line.repayment_id)
            row = table.get(key)
            assert row is not None, "the repayment was received"
            moved = {"on": e.on.isoformat(), "before": _parts(line.before), "after": _parts(line.after)}
            table.patch(key, reallocated=[*row["reallocated"], moved])

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, loan_id: UUID) -> list[RepaymentLine]:
        """The repayments of a loan, oldest first, the reversed ones too."""
        return self.rows(
            "SELECT * FROM {table} WHERE servicing_id = %(servicing_id)s"
            " ORDER BY value_date, recorded_on, repayment_id",
            servicing_id=servicing_id(LoanId(loan_id)),
        )


def _parts(shares: Iterable[Share]) -> list[dict[str, str | int | None]]:
    return [{"what": share.what, "number": share.number, "amount": share.amount.minor} for share in shares]
