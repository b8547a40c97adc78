"""The published values of one index that variable rates follow, by day, each with its source. A stream each.

A value counts from its day until the next one. It is entered, corrected, and never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL

from aggregates.rules.terms import Fixing
from aggregates.values import AccountId, BasisPoints, IndexRatesId, derived
from eventstore import Aggregate, Rejected


class ValueEntered(Rejected):
    """The index has a value from this day on already."""


class NoSuchValue(Rejected):
    """No value that counts has this number: there never was one, or a corrected one took its place."""


@dataclass(frozen=True, slots=True)
class IndexValue:
    """What an index is worth from a day on, and where that is written."""

    value: BasisPoints
    """A year; may be negative."""
    from_on: date
    source: str
    """Who publishes it, and when it was read."""


def index_rates_id(index: str) -> IndexRatesId:
    """The stream that holds the values of an index, however its name is written: ``EURIBOR-3M``, ``Euribor-3m``."""
    return IndexRatesId(derived(NAMESPACE_URL, f"index-rates-{index.casefold()}"))


class IndexRates(Aggregate):
    index: str
    last: int = 0
    """The highest number that was given."""
    values: dict[int, IndexValue] = field(default_factory=dict)
    """Those that count, by number."""

    # ── what can have happened ─────────────────────────────────────────────

    class Begun(Aggregate.Created):
        index: str
        """Its name, like ``EURIBOR-3M``."""

    class Entered(Aggregate.Event):
        index: str
        number: int
        """From 1, in each index."""
        value: BasisPoints
        """A year; may be negative."""
        from_on: date
        """It counts from this day until the next value's."""
        source: str
        """Who publishes it, and when it was read."""
        by: AccountId
        corrects: int | None = None
        """Number of the value whose place it takes. Rates that were reset by that one stay as they were."""
        reason: str | None = None
        """Why it was corrected."""

        def apply(self, rates: IndexRates) -> None:
            if self.corrects is not None:
                del rates.values[self.corrects]
            rates.last = self.number
            rates.values[self.number] = IndexValue(self.value, self.from_on, self.source)

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def begin_for(cls, index: str) -> IndexRates:
        return cls.begin(cls.Begun, index_rates_id(index), index=index)

    def enter(self, value: IndexValue, by: AccountId) -> None:
        self._is_alone(value)
        self._record(value, by)

    def correct(self, number: int, value: IndexValue, reason: str, by: AccountId) -> None:
        """Let another one take its place, on its day or another."""
        if number not in self.values:
            raise self.reject(NoSuchValue, f"{self.index} has no value {number} that counts")
        self._is_alone(value, besides=number)
        self._record(value, by, corrects=number, reason=reason)

    # ── what it says ───────────────────────────────────────────────────────

    def fixing_on(self, day: date) -> Fixing | None:
        """The value that counts on a day; None before the first."""
        known = [each for each in self.values.values() if each.from_on <= day]
        latest = max(known, key=lambda each: each.from_on, default=None)
        return Fixing(latest.from_on, latest.value) if latest else None

    def _is_alone(self, value: IndexValue, besides: int | None = None) -> None:
        for number, other in self.values.items():
            if number != besides and other.from_on == value.from_on:
                raise self.reject(ValueEntered, f"value {number} counts from {value.from_on}: correct it")

    def _record(
        self, value: IndexValue, by: AccountId, corrects: int | None = None, reason: str | None = None
    ) -> None:
        self.record(
            self.Entered,
            index=self.index,
            number=self.last + 1,
            value=value.value,
            from_on=value.from_on,
            source=value.source,
            by=by,
            corrects=corrects,
            reason=reason,
        )
