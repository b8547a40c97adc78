"""What a fact that came to nothing undoes: the versions that rested on it, and what receipts pay instead.

See docs/decisions/0041-money-that-comes-back.md, and 0042-acceleration.md for a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from aggregates.rules.facts import Fact, Lifted, Returned, Version
from aggregates.rules.life import standing
from aggregates.rules.reallocated import Reallocated, reallocated, unallocated_after
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a loan before the fact comes to nothing."""

    terms: ServicingTerms
    versions: Sequence[Version]
    facts: Sequence[Fact]
    chain: Sequence[Version]
    """The versions that stand."""
    instalments: int
    """How many the schedule in force has."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What it changes for the loan."""

    now: Standing
    """Without it."""
    fallen: tuple[Version, ...]
    """The versions that fall with it."""
    kept: int
    """The instalments up to this number stay."""
    fell_due: int
    """Those up to this one have fallen due on the schedule that is in force again."""
    others: tuple[Reallocated, ...]
    """What receipts pay otherwise; of a return, other ones than its own."""

    def before_it_is_back(self) -> list[Reallocated]:
        """What others pay while the earlier schedule is not back: what comes back pays nothing yet. Where none is to come
        back, what they pay: a penalty may be of an instalment beyond the last that is in force."""
        if not self.fallen:
            return list(self.others)
        return [replace(each, after=unallocated_after(self.kept, each.after)) for each in self.others]

    def once_it_is_back(self) -> list[Reallocated]:
        """The rest, when its instalments have fallen due again: what is in advance pays nothing before that."""
        return [replace(each, before=unallocated_after(self.fell_due, each.after)) for each in self.others]


@dataclass(frozen=True, slots=True)
class Return(Undone):
    """The same where it is money."""

    own: Reallocated
    """What the receipt itself no longer pays."""


def returned(known: Known, receipt: int, on: date, last_day: date) -> Return:
    """The return of a receipt that stands.

    receipt   its number
    on        the day of the entry
    last_day  on which instalments still fell due: that of a write-off, else ``on``
    """
    gone = _undone(known, Returned(len(known.facts) + 1, on, receipt), last_day)
    own = next(change for change in gone.others if change.receipt == receipt)
    others = tuple(change for change in gone.others if change is not own)
    return Return(gone.now, gone.fallen, gone.kept, gone.fell_due, others, own)


def lifted(known: Known, notice: int, on: date, last_day: date) -> Undone:
    """The end of an acceleration with the notice that it rests on; arguments as above."""
    return _undone(known, Lifted(len(known.facts) + 1, on, notice), last_day)


def _undone(known: Known, fact: Returned | Lifted, last_day: date) -> Undone:
    before = standing(known.terms, known.versions, known.facts, fact.on)
    now = standing(known.terms, known.versions, [*known.facts, fact], fact.on)
    fallen = tuple(version for version in known.chain if version.number > now.version)
    kept = min((version.after for version in fallen), default=known.instalments)
    fell_due = max(kept, sum(each.line.due_on <= last_day for each in now.instalments))
    return Undone(now, fallen, kept, fell_due, tuple(reallocated(before, now)))
