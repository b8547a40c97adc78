"""What a receipt pays, as events and postings say it: by instalment, what waits, the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aggregates.rules.allocation import Allocation
from aggregates.rules.facts import Version
from aggregates.rules.reallocated import Reallocated, Share
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Component
from aggregates.rules.standing import Standing
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """Shares by where they went."""

    allocations: list[Allocation]
    """What instalments got, by number."""
    advance: Money
    """What waits for an instalment."""
    beside: list[Share]
    """What was sent back, claimed or lost."""


def paid_by(shares: Iterable[Share], currency: str) -> Paid:
    """Sort the shares of money in one currency."""
    sums: dict[int, Counter[Component]] = {}
    advance, beside = Money.zero(currency), []
    for share in shares:
        match share.what:
            case None:
                advance += share.amount
            case "refund" | "claim" | "recovery":
                beside.append(share)
            case component:
                sums.setdefault(share.number, Counter())[component] += share.amount.minor
    return Paid([Allocation.of(number, sums[number], currency) for number in sorted(sums)], advance, beside)


def paid_anew(changes: Sequence[Reallocated], line: Scheduled) -> Paid:
    """What is paid of an instalment by receipts that pay something else than was said; what others pay of it is said."""
    return paid_by(
        (share for change in changes for share in change.after if share.number == line.number),
        line.principal.currency,
    )


def paid_on_falling_due(now: Standing, line: Scheduled) -> Paid:
    """What unallocated money pays of an instalment from its day on."""
    parts = [part for part in now.parts if part.number == line.number and part.on >= line.due_on]
    return paid_by(
        (Share(part.version, part.number, part.what, part.amount) for part in parts), now.claim.currency
    )


def first_version(
    opened_on: date, instalments: Iterable[Scheduled], capitalised: Money | None = None
) -> Version:
    """The schedule that a loan begins with.

    capitalised  fees that were added to the principal
    """
    return Version(1, opened_on, 0, 0, tuple(instalments), capitalised=capitalised)
