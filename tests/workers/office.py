"""An office: the premises of the journeys, entered by the back door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

from eventstore import Asker, Command, Store
from runtime.clock import Clock
from tests.soon import soon
from workers import watch


@dataclass
class Office:
    """Commands go to the store, not over HTTP."""

    store: Store
    clock: Clock

    def sends(self, by: UUID, command: Command, to: UUID | None = None) -> UUID:
        asker = Asker(by, f"account:{by}", self.today(), self.clock.now())
        return self.store.send(command, asker, to=to, command_id=uuid4()).id

    def today(self) -> date:
        return watch.business_date(self.store, self.clock).today()

    def opens_on(self, day: date) -> None:
        """Let the time come, and wait for the business day and for everything that it brings."""
        self.clock.advance_to(datetime.combine(day, time(10), UTC))
        self.settles()
        assert self.today() == day

    def settles(self) -> None:
        soon(lambda: watch.waits_for(self.store, self.clock) is None, 60)
