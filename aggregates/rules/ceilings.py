"""The most that a loan may cost by its law: for which amounts a ceiling is, and whether an approval keeps below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregates.rules.law import LAWS, Law
from aggregates.values import BasisPoints, Ceiling, Money
from eventstore import Rejected


class AboveRateCeiling(Rejected):
    """The loan would cost more than its law allows."""


class CeilingNotEntered(Rejected):
    """No ceiling is entered for this law, amount and day: nobody can say whether the rate is allowed."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts of one currency: above one, up to another, which is within."""

    above: Money | None = None
    """None: from nothing on."""
    up_to: Money | None = None
    """None: however large."""

    def holds(self, amount: Money) -> bool:
        return (self.above is None or amount > self.above) and (self.up_to is None or amount <= self.up_to)

    def meets(self, other: Band) -> bool:
        """Whether some amount is in both."""
        return self._begins_below(other.up_to) and other._begins_below(self.up_to)

    def _begins_below(self, end: Money | None) -> bool:
        return self.above is None or end is None or self.above < end

    def __str__(self) -> str:
        parts = [f"above {self.above}"] * (self.above is not None) + [f"up to {self.up_to}"] * (
            self.up_to is not None
        )
        return " and ".join(parts) or "any amount"


@dataclass(frozen=True, slots=True)
class LegalRate:
    """What a law says about some amounts and some days."""

    rate: BasisPoints
    """The highest annual percentage rate that is allowed."""
    from_on: date
    source: str
    """Text, article or notice, date read."""
    until_on: date | None = None
    """The last day; None until a later one follows."""
    band: Band = Band()

    def counts_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def meets(self, other: LegalRate) -> bool:
        """Whether both count for some amount on some day."""
        days = self.counts_on(max(self.from_on, other.from_on)) and other.counts_on(
            max(self.from_on, other.from_on)
        )
        return days and self.band.meets(other.band)

    def is_followed_by(self, later: LegalRate) -> bool:
        """Whether it has no end and ends by itself because a later one takes its place for the same amounts."""
        return self.until_on is None and self.band == later.band and self.from_on < later.from_on

    def __str__(self) -> str:
        return f"{self.rate / 100:.2f} % for {self.band}, from {self.from_on} to {self.until_on or 'further notice'}"


def keep_below(ceiling: Ceiling | None, law: Law, principal: Money, apr: int) -> None:
    """Let a loan pass that costs at most what its law allows.

    ceiling  the one in force on the day of the decision, for this law and amount; None when none is entered
    apr      annual percentage rate, hundredths of a percent

    Raises CeilingNotEntered where the law has ceilings and none is known, AboveRateCeiling; both say their numbers.
    """
    if LAWS[law].ceilings_in is None:
        return
    if ceiling is None:
        raise _unknown(law, principal)
    if apr > ceiling.rate:
        raise _above(ceiling, principal, apr)


def _unknown(law: Law, principal: Money) -> Rejected:
    refusal = CeilingNotEntered(f"{law} has ceilings, and none is entered for {principal} on this day")
    refusal.figures = {"law": law, "amount": principal.minor, "currency": principal.currency}
    return refusal


def _above(ceiling: Ceiling, principal: Money, apr: int) -> Rejected:
    refusal = AboveRateCeiling(
        f"{apr / 100:.2f} % a year is above the {ceiling.rate / 100:.2f} % of {ceiling.law} ({ceiling.source})"
    )
    refusal.figures = {
        "law": ceiling.law,
        "amount": principal.minor,
        "currency": principal.currency,
        "apr": apr,
        "ceiling": ceiling.rate,
        "source": ceiling.source,
        "from_on": ceiling.from_on.isoformat(),
        "until_on": None if ceiling.until_on is None else ceiling.until_on.isoformat(),
    }
    return refusal
