"""The deadlines: what has to be done on which day. A line is gone when the thing was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from aggregates.loan import Loan
from aggregates.rules.calendar import months_after
from aggregates.servicing import Servicing
from eventstore import Projection, Table, on
from projections.line import Line


class DeadlineLine(Line):
    kind: str
    """``instalment``: an instalment falls due; ``month-end``: a month of a loan is over; ``clock``: a time that the law gives is over;
    ``rate-reset``: a rate follows its index."""
    stream_id: UUID
    """Whose deadline it is: the servicing of the loan, or the loan itself."""
    number: int
    """Which of its deadlines of this kind: the number of the instalment, of the clock, of the reset, or of the month since year 0."""
    due: date
    lane: int
    """Of the stream, so that the work is shared out, one job for each lane."""


class DueInLane(BaseModel):
    """How many deadlines of a lane are due."""

    lane: int
    lines: int


class Deadlines(Projection):
    version = 4
    key = ("kind", "stream_id", "number")
    row = DeadlineLine
    ddl = """
        CREATE TABLE {table} (
            kind      text NOT NULL,
            stream_id uuid NOT NULL,
            number    int NOT NULL,
            due       date NOT NULL,
            lane      smallint NOT NULL,
            PRIMARY KEY (kind, stream_id, number)
        );
        CREATE INDEX ON {table} (due, stream_id, number)"""

    @on(Servicing.Opened)
    def _opened(self, e: Servicing.Opened, table: Table) -> None:
        for instalment in e.instalments:
            table.put(
                kind="instalment",
                stream_id=e.originator_id,
                number=instalment.number,
                due=instalment.due_on,
                lane=e.lane,
            )
        begins = e.value_date.replace(day=1)
        _month_end(table, e, months_after(begins, 1))
        self._reset(e, table, 1, e.first_reset_on)

    @on(Servicing.MonthClosed)
    def _month_closed(self, e: Servicing.MonthClosed, table: Table) -> None:
        table.delete(("month-end", e.originator_id, _month(e.since)))
        if e.next_on is not None:
            _month_end(table, e, e.next_on)

    @on(Servicing.WrittenOff)
    def _written_off(self, e: Servicing.WrittenOff, table: Table) -> None:
        for number in range(e.after + 1, e.after + e.replaces + 1):
            table.delete(("instalment", e.originator_id, number))
        self._no_reset(e, table)

    @on(Servicing.RateReset)
    def _rate_reset(self, e: Servicing.RateReset, table: Table) -> None:
        table.delete(("rate-reset", e.originator_id, e.number))
        self._reset(e, table, e.number + 1, e.next_on)

    @on(Servicing.Repaid)
    def _repaid(self, e: Servicing.Repaid, table: Table) -> None:
        self._no_reset(e, table)

    @on(Servicing.SteppedBack)
    def _stepped_back(self, e: Servicing.SteppedBack, table: Table) -> None:
        self._no_reset(e, table)

    @staticmethod
    def _no_reset(e: Servicing.Repaid | Servicing.SteppedBack | Servicing.WrittenOff, table: Table) -> None:
        if e.no_reset is not None:
            table.delete(("rate-reset", e.originator_id, e.no_reset))

    @staticmethod
    def _reset(
        e: Servicing.Opened | Servicing.RateReset, table: Table, number: int, due: date | None
    ) -> None:
        if due is not None:
            table.put(kind="rate-reset", stream_id=e.originator_id, number=number, due=due, lane=e.lane)

    @on(Servicing.InstalmentFellDue)
    def _fell_due(self, e: Servicing.InstalmentFellDue, table: Table) -> None:
        table.delete(("instalment", e.originator_id, e.number))

    @on(Loan.ClocksStarted)
    def _clocks_started(self, e: Loan.ClocksStarted, table: Table) -> None:
        for clock in e.clocks:
            table.put(
                kind="clock", stream_id=e.originator_id, number=clock.number, due=clock.over_on, lane=e.lane
            )

    @on(Loan.ClockEnded)
    def _clock_ended(self, e: Loan.ClockEnded, table: Table) -> None:
        table.delete(("clock", e.originator_id, e.number))

    @on(Servicing.ScheduleChanged)
    def _changed(self, e: Servicing.ScheduleChanged, table: Table) -> None:
        after = e.version.after
        for number in range(after + 1, after + e.replaces + 1):
            table.delete(("instalment", e.originator_id, number))
        for line in e.version.lines:
            table.put(
                kind="instalment", stream_id=e.originator_id, number=line.number, due=line.due_on, lane=e.lane
            )

    @on(Servicing.ScheduleRestored)
    def _restored(self, e: Servicing.ScheduleRestored, table: Table) -> None:
        for number in range(e.after + 1, e.after + e.replaces + 1):
            table.delete(("instalment", e.originator_id, number))
        for line in e.lines if e.to_come else ():
            table.put(
                kind="instalment", stream_id=e.originator_id, number=line.number, due=line.due_on, lane=e.lane
            )

    @on(Servicing.Reopened)
    def _reopened(self, e: Servicing.Reopened, table: Table) -> None:
        """The end of its months is looked at again, where it was looked at for the last time."""
        _month_end(table, e, e.next_on)
        if e.reset is not None:
            table.put(
                kind="rate-reset", stream_id=e.originator_id, number=e.reset, due=e.reset_on, lane=e.lane
            )

    # ── what the clock asks ────────────────────────────────────────────────

    def due(self, day: date, lane: int | None = None) -> list[DeadlineLine]:
        """What is due on ``day`` or before it and not done yet, oldest first, of one lane or of all."""
        return self.rows(
            "SELECT * FROM {table} WHERE due <= %(day)s AND (%(lane)s::int IS NULL OR lane = %(lane)s)"
            " ORDER BY due, stream_id, number",
            day=day,
            lane=lane,
        )

    def count(
        self, day: date, kinds: Collection[str], without: Collection[tuple[str, UUID]]
    ) -> list[DueInLane]:
        """How many are due in each lane, without those of some kinds and streams; lanes with none are left out."""
        return self.rows(
            "SELECT lane, count(*) AS lines FROM {table} AS line WHERE due <= %(day)s AND kind = ANY (%(kinds)s)"
            " AND NOT EXISTS (SELECT FROM unnest(%(of)s::text[], %(streams)s::uuid[]) AS apart (kind, stream_id)"
            " WHERE apart.kind = line.kind AND apart.stream_id = line.stream_id) GROUP BY lane",
            DueInLane,
            day=day,
            kinds=list(kinds),
            of=[kind for kind, _ in without],
            streams=[stream for _, stream in without],
        )


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _month_end(table: Table, e: Servicing.Event, due: date) -> None:
    """The month before ``due``, the first day of the next one, is over."""
    ended = months_after(due, -1)
    table.put(kind="month-end", stream_id=e.originator_id, number=_month(ended), due=due, lane=e.lane)
