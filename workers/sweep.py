"""Sweep: what was uploaded and never handed in goes after a day."""

from __future__ import annotations

from aggregates.business_day import BusinessDay
from providers import Outside
from runtime.reactions import Answers, reacts_to


@reacts_to(BusinessDay.Opened)
def sweep_uploads(event: BusinessDay.Opened, outside: Outside) -> Answers:
    """Where the storage does not do it itself. Nothing is recorded: none of it was ever a document."""
    outside.storage.sweep()
    yield from ()
