"""Who enters a servicing in the books as the worker does: event by event, from the stream alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aggregates.rules.movements import Movement
from aggregates.rules.postings import of_servicing
from aggregates.servicing import Servicing
from eventstore import Aggregate, Meta


@dataclass
class Clerk:
    """What happened to one servicing, and what was entered for it."""

    events: list[Aggregate.Event] = field(default_factory=list)
    entered: list[Movement] = field(default_factory=list)

    def enter(self, servicing: Servicing, on: date) -> list[Movement]:
        """Everything that the servicing recorded since the last time, on a business day; returns what is new."""
        before = len(self.entered)
        for event in servicing.collect_events():
            assert isinstance(event, Aggregate.Event)
            self.hear(event, on)
        return self.entered[before:]

    def hear(self, event: Aggregate.Event, on: date) -> list[Movement]:
        event.__dict__["meta"] = Meta(by="test", on=on)
        self.events.append(event)
        _, new = of_servicing(self.told())
        self.entered += new
        return new

    def told(self) -> Iterator[tuple[Servicing, Aggregate.Event]]:
        """The servicing after each event, as the store tells it."""
        servicing: Any = None
        for event in self.events:
            servicing = event.mutate(servicing)
            yield servicing, event
