"""What a fact that became known late changes in what was said before: each receipt, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aggregates.rules.standing import Standing, What
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a receipt went to one thing; nothing of it is lost between two knowledge states."""

    version: int
    """0 for what is not an instalment."""
    number: int
    """The instalment, from 1; 0 for what is not one."""
    what: What | None
    """Absent for what is unallocated."""
    amount: Money


@dataclass(frozen=True, slots=True)
class Reallocated:
    """What one receipt paid as it was known, and what it pays as it is known now."""

    receipt: int
    before: tuple[Share, ...]
    """Empty for a receipt that was not known."""
    after: tuple[Share, ...]
    """Empty for one that came to nothing."""


def reallocated(before: Standing, after: Standing) -> list[Reallocated]:
    """The receipts that pay something else than was said, by number.

    before  the standing of a day as it was known
    after   the standing of the same day as it is known now
    """
    if before.on != after.on:
        raise ValueError(f"what is known is compared for one day, not for {before.on} and {after.on}")
    was, now = _shares(before), _shares(after)
    return [
        Reallocated(receipt, was.get(receipt, ()), now.get(receipt, ()))
        for receipt in sorted({*was, *now})
        if was.get(receipt) != now.get(receipt)
    ]


def unallocated_after(number: int, shares: Iterable[Share]) -> tuple[Share, ...]:
    """The shares while the instalments after this number are not there: what pays them is unallocated."""
    kept, waiting = list[Share](), list[Money]()
    for share in shares:
        if share.what is None or share.number > number:
            waiting.append(share.amount)
        else:
            kept.append(share)
    if waiting:
        kept.insert(0, Share(0, 0, None, Money.total(waiting, waiting[0].currency)))
    return tuple(sorted(kept, key=lambda share: _place((share.version, share.number, share.what))))


def _shares(standing: Standing) -> dict[int, tuple[Share, ...]]:
    """What each receipt paid in all, whenever it was applied."""
    sums: dict[int, Counter[tuple[int, int, What | None]]] = {}
    for part in standing.parts:
        sums.setdefault(part.receipt, Counter())[part.version, part.number, part.what] += part.amount.minor
    for waiting in standing.waiting:
        sums.setdefault(waiting.receipt, Counter())[0, 0, None] += waiting.amount.minor
    currency = standing.claim.currency
    return {
        receipt: tuple(
            Share(version, number, what, Money(minor, currency))
            for (version, number, what), minor in sorted(by_use.items(), key=lambda use: _place(use[0]))
        )
        for receipt, by_use in sums.items()
    }


def _place(use: tuple[int, int, What | None]) -> tuple[int, int, str]:
    version, number, what = use
    return version, number, what or ""
