"""The schedule of each loan that was paid out: what falls due when, and what has been paid of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal
from uuid import UUID

from aggregates.rules.allocation import Allocation
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import COMPONENTS, Component
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from eventstore import Projection, Table, on
from projections.line import Line

PAID: Final[dict[Component, str]] = {what: f"{what}_paid" for what in COMPONENTS}
"""The columns that say what an instalment has received."""


class ScheduleLine(Line):
    servicing_id: UUID
    number: int
    """Which instalment, from 1."""
    loan_id: UUID
    customer_id: UUID
    currency: str
    due_on: date
    interest: int
    """Minor units of ``currency``, like every amount here."""
    principal: int
    fee: int
    insurance: int
    amount: int
    """All four together."""
    interest_paid: int
    principal_paid: int
    fee_paid: int
    insurance_paid: int
    penalty_paid: int
    """For its lateness, beside its amount."""
    paid: int
    """Of its amount."""
    fell_due: bool
    """Whether its day has come and was worked through."""
    given_up: bool
    """Whether the loan was written off: what is not paid is owed no more."""


class ScheduleEntry(ScheduleLine):
    """An instalment as it stands on a given day."""

    state: str
    """paid, nothing (it asks for nothing), upcoming, due (its day has come), late (its day is past) or written-off."""
    days_past_due: int
    """Calendar days since its day while it is late; otherwise 0."""


class DueToday(Line):
    """The instalments of one day in one currency."""

    currency: str
    instalments: int
    amount: int
    """What falls due; minor units of ``currency``, like every amount here."""
    paid: int
    """What has been paid of it."""


class LateAmount(Line):
    """What is late for so many days, in one currency."""

    currency: str
    bucket: Literal["1-30", "31-60", "61-90", "over-90"]
    """Calendar days since the instalments' day."""
    instalments: int
    amount: int
    """Of these instalments, what is not paid; minor units of ``currency``."""


class Schedule(Projection):
    version = 5
    key = ("servicing_id", "number")
    owner = "customer_id"
    row = ScheduleLine
    ddl = """
        CREATE TABLE {table} (
            servicing_id   uuid NOT NULL,
            number         int NOT NULL,
            loan_id        uuid NOT NULL,
            customer_id    uuid NOT NULL,
            currency       char(3) NOT NULL,
            due_on         date NOT NULL,
            interest       bigint NOT NULL,
            principal      bigint NOT NULL,
            fee            bigint NOT NULL,
            insurance      bigint NOT NULL,
            amount         bigint NOT NULL,
            interest_paid  bigint NOT NULL,
            principal_paid bigint NOT NULL,
            fee_paid       bigint NOT NULL,
            insurance_paid bigint NOT NULL,
            penalty_paid   bigint NOT NULL,
            paid           bigint NOT NULL,
            fell_due       boolean NOT NULL,
            given_up       boolean NOT NULL,
            PRIMARY KEY (servicing_id, number)
        );
        CREATE INDEX ON {table} (due_on);
        CREATE INDEX ON {table} (due_on, servicing_id) INCLUDE (
            currency, customer_id, fell_due, amount, paid
        ) WHERE fell_due AND paid < amount AND NOT given_up"""

    @on(Servicing.Opened)
    def _opened(self, e: Servicing.Opened, table: Table) -> None:
        for line in e.instalments:
            _plan(table, e.originator_id, e.loan_id, e.customer_id, line)

    @on(Servicing.InstalmentFellDue)
    def _fell_due(self, e: Servicing.InstalmentFellDue, table: Table) -> None:
        table.patch((e.originator_id, e.number), fell_due=True)
        _pay(table, e.originator_id, e.applied)

    @on(Servicing.RepaymentReceived)
    def _received(self, e: Servicing.RepaymentReceived, table: Table) -> None:
        _pay(table, e.originator_id, e.allocations)

    @on(Servicing.RepaymentReversed)
    def _reversed(self, e: Servicing.RepaymentReversed, table: Table) -> None:
        _pay(table, e.originator_id, e.allocations, sign=-1)

    @on(Servicing.Reallocated)
    def _reallocated(self, e: Servicing.Reallocated, table: Table) -> None:
        no_longer, now = e.changed()
        _pay(table, e.originator_id, no_longer.allocations, sign=-1)
        _pay(table, e.originator_id, now.allocations)

    @on(Servicing.ScheduleChanged)
    def _changed(self, e: Servicing.ScheduleChanged, table: Table) -> None:
        """Those that are replaced have received nothing: what they had is told beforehand."""
        after = e.version.after
        known = table.get((e.originator_id, 1))
        assert known is not None, "the schedule began"
        for number in range(after + 1, after + e.replaces + 1):
            table.delete((e.originator_id, number))
        for line in e.version.lines:
            _plan(table, e.originator_id, known["loan_id"], e.customer_id, line)

    @on(Servicing.ScheduleRestored)
    def _restored(self, e: Servicing.ScheduleRestored, table: Table) -> None:
        known = table.get((e.originator_id, 1))
        assert known is not None, "the schedule began"
        for number in range(e.after + 1, e.after + e.replaces + 1):
            table.delete((e.originator_id, number))
        for line in e.lines:
            _plan(table, e.originator_id, known["loan_id"], e.customer_id, line)
            if not e.to_come:
                table.patch((e.originator_id, line.number), given_up=True)

    @on(Servicing.WrittenOff)
    def _written_off(self, e: Servicing.WrittenOff, table: Table) -> None:
        for number in range(1, e.after + e.replaces + 1):
            table.patch((e.originator_id, number), given_up=True)

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, loan_id: UUID, day: date) -> list[ScheduleEntry]:
        """The instalments of a loan in their order, as they stand on a day.

        There are none before the money left.
        """
        return self.rows(
            """
            SELECT entry.*, CASE WHEN state = 'late' THEN %(day)s - due_on ELSE 0 END AS days_past_due
            FROM (
                SELECT *, CASE
                    WHEN amount = 0 THEN 'nothing'
                    WHEN paid = amount THEN 'paid'
                    WHEN given_up THEN 'written-off'
                    WHEN fell_due AND due_on < %(day)s THEN 'late'
                    WHEN fell_due OR due_on <= %(day)s THEN 'due'
                    ELSE 'upcoming' END AS state
                FROM {table} WHERE servicing_id = %(servicing_id)s
            ) AS entry
            ORDER BY number""",
            into=ScheduleEntry,
            servicing_id=servicing_id(LoanId(loan_id)),
            day=day,
        )

    def due_on(self, day: date) -> list[DueToday]:
        """The instalments of a day, by currency, whether they were worked through or not."""
        return self.rows(
            """
            SELECT currency, count(*) AS instalments, sum(amount)::bigint AS amount, sum(paid)::bigint AS paid
            FROM {table} WHERE due_on = %(day)s AND NOT (given_up AND NOT fell_due) GROUP BY currency ORDER BY currency""",
            into=DueToday,
            day=day,
        )

    def late(self, day: date) -> list[LateAmount]:
        """What is late on a day, by currency and by how long; each instalment counts for itself."""
        return self.rows(
            """
            SELECT currency, bucket, count(*) AS instalments, sum(amount)::bigint AS amount
            FROM (
                SELECT currency, amount - paid AS amount, CASE
                    WHEN %(day)s - due_on <= 30 THEN '1-30'
                    WHEN %(day)s - due_on <= 60 THEN '31-60'
                    WHEN %(day)s - due_on <= 90 THEN '61-90'
                    ELSE 'over-90' END AS bucket
                FROM {table}
                WHERE fell_due AND paid < amount AND NOT given_up AND due_on < %(day)s
            ) AS entry
            GROUP BY currency, bucket ORDER BY currency, bucket""",
            into=LateAmount,
            day=day,
        )


def _plan(table: Table, servicing: UUID, loan_id: UUID, customer_id: UUID, line: Scheduled) -> None:
    table.put(
        servicing_id=servicing,
        number=line.number,
        loan_id=loan_id,
        customer_id=customer_id,
        currency=line.interest.currency,
        due_on=line.due_on,
        interest=line.interest.minor,
        principal=line.principal.minor,
        fee=line.fee.minor,
        insurance=line.insurance.minor,
        amount=line.total.minor,
        **dict.fromkeys(PAID.values(), 0),
        paid=0,
        fell_due=False,
        given_up=False,
    )


def _pay(table: Table, servicing: UUID, parts: Iterable[Allocation], sign: int = 1) -> None:
    for part in parts:
        row = table.get((servicing, part.number))
        if row is None:
            assert part.total.minor == part.minor("penalty"), f"instalment {part.number} is in the schedule"
            continue
        moved = {PAID[what]: row[PAID[what]] + sign * part.minor(what) for what in COMPONENTS}
        of_amount = part.total.minor - part.minor("penalty")
        table.patch((servicing, part.number), **moved, paid=row["paid"] + sign * of_amount)
