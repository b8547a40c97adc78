"""A posting: one entry of the journal in double entry. It balances or it is not made; it is never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from aggregates.values import CustomerId, Money, PostingId
from eventstore import Aggregate, Rejected


class Unbalanced(Rejected):
    """The debits and the credits of an entry are the same in each currency."""


class MalformedLine(Rejected):
    """A line of an entry is a positive debit or a positive credit, never both."""


@dataclass(frozen=True, slots=True)
class Line:
    """One account, debited or credited."""

    account: str
    """Number in the chart of accounts, at least three digits."""
    debit: Money
    credit: Money


class Posting(Aggregate):
    entry_on: date
    movement: str
    about: UUID
    cause: str
    label: str
    customer_id: CustomerId | None = None
    lines: list[Line] = field(default_factory=list)

    # ── what can have happened ─────────────────────────────────────────────

    class Made(Aggregate.Created, owner="customer_id"):
        customer_id: CustomerId | None
        """Whose file it concerns; absent for the house's own entries."""
        entry_on: date
        """The accounting date: the day of the movement itself."""
        movement: str
        """What happened, in a word of rules/postings.py: ``disbursement``."""
        about: UUID
        """The loan."""
        cause: str
        """The event it was made from, as ``stream:version``."""
        label: str
        lines: list[Line]

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def make(
        cls,
        id: PostingId,
        customer_id: CustomerId | None,
        entry_on: date,
        movement: str,
        about: UUID,
        cause: str,
        label: str,
        lines: Sequence[Line],
    ) -> Posting:
        balanced(lines)
        return cls.begin(
            cls.Made,
            id,
            customer_id=customer_id,
            entry_on=entry_on,
            movement=movement,
            about=about,
            cause=cause,
            label=label,
            lines=list(lines),
        )


def balanced(lines: Sequence[Line]) -> None:
    """Raises MalformedLine or Unbalanced unless the lines make an entry."""
    sums: Counter[str] = Counter()
    for line in lines:
        one_sided = sorted((line.debit.minor, line.credit.minor))
        if one_sided[0] != 0 or one_sided[1] <= 0 or line.debit.currency != line.credit.currency:
            raise MalformedLine(f"account {line.account}: debit {line.debit}, credit {line.credit}")
        sums[line.debit.currency] += line.debit.minor - line.credit.minor
    if len(lines) < 2 or any(sums.values()):
        raise Unbalanced(
            ", ".join(f"{Money(rest, currency)}" for currency, rest in sums.items()) or "no lines"
        )
