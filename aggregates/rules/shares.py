"""What a receipt pays, as events and postings say it: interest and principal by instalment, what waits, the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aggregates.rules.allocation import Allocation
from aggregates.rules.calendar import DueInstalment
from aggregates.rules.facts import Version
from aggregates.rules.reallocated import Share
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.standing import Standing
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """Shares by where they went."""

    allocations: list[Allocation]
    """Interest and principal, by number."""
    advance: Money
    """What waits for an instalment."""
    beside: list[Share]
    """Penalties, fees, insurance; what was sent back, claimed or lost."""


def paid_by(shares: Iterable[Share], currency: str) -> Paid:
    """Sort the shares of money in one currency."""
    sums: dict[int, Allocation] = {}
    advance, beside, nothing = Money.zero(currency), [], Money.zero(currency)
    for share in shares:
        if share.what is None:
            advance += share.amount
        elif share.what in ("interest", "principal"):
            interest, principal = (
                (share.amount, nothing) if share.what == "interest" else (nothing, share.amount)
            )
            part = Allocation(share.number, interest, principal)
            known = sums.get(share.number)
            sums[share.number] = known.plus(part) if known else part
        else:
            beside.append(share)
    return Paid([sums[number] for number in sorted(sums)], advance, beside)


def paid_on_falling_due(now: Standing, line: DueInstalment) -> Paid:
    """What unallocated money pays of an instalment from its day on."""
    parts = [part for part in now.parts if part.number == line.number and part.on >= line.due_on]
    return paid_by(
        (Share(part.version, part.number, part.what, part.amount) for part in parts), now.claim.currency
    )


def first_version(opened_on: date, instalments: Iterable[DueInstalment]) -> Version:
    """The schedule that a loan begins with: each period starts on the due day of the one before."""
    lines, starts_on = list[Scheduled](), opened_on
    for due in instalments:
        nothing = Money.zero(due.interest.currency)
        lines.append(
            Scheduled(due.number, starts_on, due.due_on, due.interest, due.principal, nothing, nothing)
        )
        starts_on = due.due_on
    return Version(1, opened_on, 0, 0, tuple(lines))
