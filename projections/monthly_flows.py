"""What was lent, fell due and came in, month by month and currency by currency, over all customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aggregates.rules.allocation import Allocation
from aggregates.servicing import Servicing
from eventstore import Projection, Table, on
from projections.line import Line

SUMS = (
    "due",
    "received",
    "lent",
    "principal_paid",
    "loans_opened",
    "loans_repaid",
    "principal_lost",
    "loans_lost",
)


class MonthlyFlow(Line):
    month: date
    """Its first day."""
    currency: str
    due: int
    """Fell due in this month, by the due dates; minor units of ``currency``, like every amount here."""
    received: int
    """Came in during this month, by the value dates, less what was reversed in it."""
    lent: int
    """Was lent in this month, by the value dates, with fees that are repaid with it; less fees that were given back in it."""
    principal_paid: int
    """Of what was lent, what was paid back in this month, by the business dates, less what was reversed in it."""
    loans_opened: int
    loans_repaid: int
    """In this month, less those that were opened again in it."""
    principal_lost: int
    """Of what was lent, what was written off in this month, less what later turned out not to be lost."""
    loans_lost: int
    """Written off in this month."""


class Outstanding(Line):
    """What is lent in one currency and not paid back yet."""

    currency: str
    loans: int
    """That are neither repaid nor written off."""
    principal: int
    """Minor units of ``currency``."""


class MonthlyFlows(Projection):
    """Sums over every lane: a reversal is taken off the month in which it was decided, as in the books."""

    version = 4
    key = ("month", "currency")
    laneless = True
    row = MonthlyFlow
    ddl = """
        CREATE TABLE {table} (
            month          date NOT NULL,
            currency       char(3) NOT NULL,
            due            bigint NOT NULL,
            received       bigint NOT NULL,
            lent           bigint NOT NULL,
            principal_paid bigint NOT NULL,
            loans_opened   bigint NOT NULL,
            loans_repaid   bigint NOT NULL,
            principal_lost bigint NOT NULL,
            loans_lost     bigint NOT NULL,
            PRIMARY KEY (month, currency)
        )"""

    @on(Servicing.Opened)
    def _opened(self, e: Servicing.Opened, table: Table) -> None:
        lent = sum(line.principal.minor for line in e.instalments)
        _add(table, e.value_date, e.principal.currency, lent=lent, loans_opened=1)

    @on(Servicing.ScheduleChanged)
    def _changed(self, e: Servicing.ScheduleChanged, table: Table) -> None:
        if e.drawn is not None:
            _add(table, e.version.on, e.drawn.currency, lent=e.drawn.minor)
        if (given := e.version.given_back) is not None:
            _add(table, e.on, given.fees.currency, lent=-given.total.minor)
        if e.fallen_due is not None:
            _add(table, e.on, e.interest.currency, due=-e.fallen_due.total.minor)

    @on(Servicing.InstalmentFellDue)
    def _fell_due(self, e: Servicing.InstalmentFellDue, table: Table) -> None:
        currency = e.interest.currency
        due = Allocation(e.number, e.interest, e.principal, e.fee, e.insurance).total
        _add(table, e.due_on, currency, due=due.minor)
        _add(table, e.on, currency, principal_paid=_principal(e.applied))

    @on(Servicing.RepaymentReceived)
    def _received(self, e: Servicing.RepaymentReceived, table: Table) -> None:
        _add(table, e.value_date, e.amount.currency, received=e.amount.minor)
        _add(table, e.on, e.amount.currency, principal_paid=_principal(e.allocations))

    @on(Servicing.RepaymentReversed)
    def _reversed(self, e: Servicing.RepaymentReversed, table: Table) -> None:
        _add(
            table, e.on, e.amount.currency, received=-e.amount.minor,
            principal_paid=-_principal(e.allocations),
        )  # fmt: skip

    @on(Servicing.Reallocated)
    def _reallocated(self, e: Servicing.Reallocated, table: Table) -> None:
        no_longer, now = e.changed()
        change = _principal(now.allocations) - _principal(no_longer.allocations)
        _add(table, e.on, now.advance.currency, principal_paid=change)

    @on(Servicing.WrittenOff)
    def _written_off(self, e: Servicing.WrittenOff, table: Table) -> None:
        lost = e.lost.principal
        _add(table, e.written_off_on, lost.currency, principal_lost=lost.minor, loans_lost=1)

    @on(Servicing.LossRestated)
    def _restated(self, e: Servicing.LossRestated, table: Table) -> None:
        change = e.lost.principal - e.before.principal
        _add(table, e.on, change.currency, principal_lost=change.minor)

    @on(Servicing.Repaid)
    def _repaid(self, e: Servicing.Repaid, table: Table) -> None:
        _add(table, e.repaid_on, e.total.currency, loans_repaid=1)

    @on(Servicing.Reopened)
    def _reopened(self, e: Servicing.Reopened, table: Table) -> None:
        _add(table, e.reopened_on, e.received.currency, loans_repaid=-1)

    @on(Servicing.ScheduleRestored)
    def _restored(self, e: Servicing.ScheduleRestored, table: Table) -> None:
        """What had fallen due by the schedule that fell is taken back on the day it is known, like money."""
        _add(table, e.on, e.principal.currency, due=-e.fallen_due.total.minor)

    # ── what the screen asks ───────────────────────────────────────────────

    def between(self, first: date, last: date) -> list[MonthlyFlow]:
        """The months from one to another, both first days, oldest first; a month without any flow is not there."""
        return self.rows(
            "SELECT * FROM {table} WHERE month BETWEEN %(first)s AND %(last)s ORDER BY month, currency",
            first=first,
            last=last,
        )

    def outstanding(self) -> list[Outstanding]:
        """What is lent and not paid back yet, by currency."""
        return self.rows(
            "SELECT currency, sum(loans_opened - loans_repaid - loans_lost)::bigint AS loans,"
            " sum(lent - principal_paid - principal_lost)::bigint AS principal FROM {table} GROUP BY currency"
            " HAVING sum(loans_opened) > sum(loans_repaid + loans_lost) ORDER BY currency",
            into=Outstanding,
        )


def _principal(parts: Iterable[Allocation]) -> int:
    return sum(part.principal.minor for part in parts)


def _add(table: Table, day: date, currency: str, **deltas: int) -> None:
    every = dict.fromkeys(SUMS, 0) | deltas
    table.add({"month": day.replace(day=1), "currency": currency}, **every)
