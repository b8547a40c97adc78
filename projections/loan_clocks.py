"""The clocks: the times that the law gives about a loan, each with its law and its last day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.loan import Loan
from aggregates.rules.clocks import ClockName, Ending
from aggregates.rules.law import Law
from eventstore import Projection, Table, on
from projections.line import Line


class ClockLine(Line):
    loan_id: UUID
    number: int
    """From 1, of the clocks of the loan."""
    customer_id: UUID
    name: ClockName
    """counter-offer: the client may accept it; offer: the contract may be signed; no-payment: no money moves, in neither direction; step-back: the client may
    step back; capital-back: what was paid out comes back."""
    law: Law
    source: str | None
    """Text and article, date read; absent for a time that the organisation gives of itself."""
    began_on: date
    """The day of what set it going; the next one is the first that counts."""
    ends_on: date
    """The last day, which belongs to it."""
    ended_on: date | None
    """The business day on which it stopped; absent while it runs."""
    ended_because: Ending | None
    """time, signed, stepped-back, replaced: an offer that began anew; answered: a counter-offer was; or returned: what
    was paid out is back."""


class LoanClock(ClockLine):
    """A clock as it stands today."""

    days_left: int
    """Today and the days after it to the last; 0 when it is over."""


class LoanClocks(Projection):
    key = ("loan_id", "number")
    owner = "customer_id"
    row = ClockLine
    ddl = """
        CREATE TABLE {table} (
            loan_id       uuid NOT NULL,
            number        int NOT NULL,
            customer_id   uuid NOT NULL,
            name          text NOT NULL,
            law           text NOT NULL,
            source        text,
            began_on      date NOT NULL,
            ends_on       date NOT NULL,
            ended_on      date,
            ended_because text,
            PRIMARY KEY (loan_id, number)
        );
        CREATE INDEX ON {table} (customer_id)"""

    @on(Loan.ClocksStarted)
    def _started(self, e: Loan.ClocksStarted, table: Table) -> None:
        for clock in e.clocks:
            table.put(
                loan_id=e.originator_id,
                number=clock.number,
                customer_id=e.owner,
                name=clock.name,
                law=clock.law,
                source=clock.source,
                began_on=clock.began_on,
                ends_on=clock.ends_on,
            )

    @on(Loan.ClockEnded)
    def _ended(self, e: Loan.ClockEnded, table: Table) -> None:
        table.patch((e.originator_id, e.number), ended_on=e.on, ended_because=e.because)

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, loan_id: UUID, today: date) -> list[LoanClock]:
        """The clocks of a loan, in the order in which they began."""
        return self.rows(
            "SELECT *, CASE WHEN ended_on IS NULL THEN greatest(ends_on - %(today)s + 1, 0) ELSE 0 END AS days_left"
            " FROM {table} WHERE loan_id = %(loan_id)s ORDER BY number",
            into=LoanClock,
            loan_id=loan_id,
            today=today,
        )
