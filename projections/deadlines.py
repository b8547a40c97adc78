"""The deadlines: what has to be done on which day. A line is gone when the thing was done."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.loan import Loan
from aggregates.servicing import Servicing
from eventstore import Projection, Table, on
from projections.line import Line


class DeadlineLine(Line):
    kind: str
    """``instalment``: an instalment falls due; ``clock``: a time that the law gives is over."""
    stream_id: UUID
    """Whose deadline it is: the servicing of the loan, or the loan itself."""
    number: int
    """Which of its deadlines of this kind: the number of the instalment, or of the clock."""
    due: date
    lane: int
    """Of the stream, so that the work is shared out, one job for each lane."""


class Deadlines(Projection):
    version = 2
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

    # ── what the clock asks ────────────────────────────────────────────────

    def due(self, day: date, lane: int | None = None) -> list[DeadlineLine]:
        """What is due on ``day`` or before it and not done yet, oldest first, of one lane or of all."""
        return self.rows(
            "SELECT * FROM {table} WHERE due <= %(day)s AND (%(lane)s::int IS NULL OR lane = %(lane)s)"
            " ORDER BY due, stream_id, number",
            day=day,
            lane=lane,
        )
