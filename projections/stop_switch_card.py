"""The stop switch on one card: whether money may leave the house, and who said what. At most a single row."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from eventstore import Projection, Table, on
from projections.line import Line


class StopSwitchLine(Line):
    switch_id: UUID
    status: str
    """``released``: money may leave. ``pulled`` or ``release-asked``: none does."""
    reason: str | None
    """Why it was pulled last."""
    pulled_by: UUID | None
    """Absent when a restore did it, and before it was ever pulled."""
    pulled_on: date | None
    restored: UUID | None
    """The incarnation of the store that the restore began, when one pulled it."""
    release_reason: str | None
    """What whoever asks for the release looked at."""
    release_asked_by: UUID | None
    released_by: UUID | None
    version: int
    """Of the switch: send it back as ``If-Match``. 0 when it was never pulled."""


NEVER_PULLED = StopSwitchLine(
    switch_id=STOP_SWITCH_ID,
    status="released",
    reason=None,
    pulled_by=None,
    pulled_on=None,
    restored=None,
    release_reason=None,
    release_asked_by=None,
    released_by=None,
    version=0,
)


class StopSwitchCard(Projection):
    key = "switch_id"
    row = StopSwitchLine
    ddl = """
        CREATE TABLE {table} (
            switch_id        uuid PRIMARY KEY,
            status           text NOT NULL,
            reason           text,
            pulled_by        uuid,
            pulled_on        date,
            restored         uuid,
            release_reason   text,
            release_asked_by uuid,
            released_by      uuid,
            version          int NOT NULL
        )"""

    @on(StopSwitch.Installed)
    def _installed(self, e: StopSwitch.Installed, table: Table) -> None:
        table.put(switch_id=e.originator_id, status="released", version=e.originator_version)

    @on(StopSwitch.Pulled)
    def _pulled(self, e: StopSwitch.Pulled, table: Table) -> None:
        table.put(
            switch_id=e.originator_id,
            status="pulled",
            reason=e.reason,
            pulled_by=e.by,
            pulled_on=e.on,
            restored=e.restored,
            version=e.originator_version,
        )

    @on(StopSwitch.ReleaseAsked)
    def _release_asked(self, e: StopSwitch.ReleaseAsked, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="release-asked",
            release_reason=e.reason,
            release_asked_by=e.by,
            version=e.originator_version,
        )

    @on(StopSwitch.Released)
    def _released(self, e: StopSwitch.Released, table: Table) -> None:
        table.patch(e.originator_id, status="released", released_by=e.by, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def current(self) -> StopSwitchLine:
        """Whether money may leave the house, and who said what."""
        return self.one("SELECT * FROM {table}") or NEVER_PULLED
